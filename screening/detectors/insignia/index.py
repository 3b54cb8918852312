"""The index of reference insignia: built once per catalog, cached by content, memory-mapped."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import cv2
import faiss
import numpy as np
from numpy.typing import NDArray

from screening.catalog import InsigniaKind, Reference
from screening.detectors.insignia.art import Rgba, load_art, on_ground
from screening.detectors.insignia.buildings import BuildingIndex, load_buildings, save_buildings
from screening.detectors.insignia.emblem_points import (
    PRINTED,
    WORN,
    Detail,
    EmblemPoints,
    details_of,
    emblem_points,
    load_emblem_points,
    save_emblem_points,
)
from screening.detectors.insignia.features import Features
from screening.detectors.insignia.framing import GROUND, framed_turns
from screening.detectors.insignia.keypoints import (
    KeypointIndex,
    keypoints_of,
    load_keypoints,
    save_keypoints,
)
from screening.detectors.insignia.nearest import Embeddings, load_embeddings, save_embeddings
from screening.detectors.insignia.networks import EMBEDDER, Networks, load_networks, model_digests
from screening.detectors.insignia.prints import Print, printed_art
from screening.errors import ConfigError

FORMAT = 9
"""Raise when anything here, in art.py, framing.py, features.py or buildings.py changes what an
index holds."""

ART_PX = 160
TURNS = 16
"""Rotations at which a reference is kept; the embedder forgives half a step."""

BY_KEYPOINTS = frozenset({InsigniaKind.LOGO, InsigniaKind.LETTERHEAD, InsigniaKind.BUILDING})
"""What is matched by local features: wide or deep things that fill no frame of their own. Of two
logos with lettering in the samples the networks found none."""

_LEAST_CONTRAST = 4.0
"""Standard deviation of grey levels below which a picture shows nothing to compare."""

_CHECKSUMS = "checksums.json"

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceIndex:
    """All pictures of all references.

    Attributes:
        references: one per picture (a reference with three pictures stands here three times).
        art: uint8, shape (pictures, ART_PX, ART_PX), grey art in the upper left corner.
        masks: uint8, shape (pictures, ART_PX, ART_PX / 8), a bit for each pixel of `art`: whether
            the insignia is there.
        size_wh: int32, shape (pictures, 2), width and height of the art in its square.
        embeddings: unit vectors of the art in every `Print`, each rotated in `TURNS` equal steps;
            zeros for what is matched by keypoints.
        keypoints: local features of logos and letterheads; None where there are none.
        buildings: local features of buildings; None where there are none.
        emblem_points: local features of everything else.
    """

    references: tuple[Reference, ...]
    art: NDArray[np.uint8]
    masks: NDArray[np.uint8]
    size_wh: NDArray[np.int32]
    embeddings: Embeddings
    keypoints: KeypointIndex | None
    buildings: BuildingIndex | None
    emblem_points: tuple[EmblemPoints, ...]

    def picture(self, row: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Grey art of one picture without the padding, and 255 where the insignia is."""
        width, height = (int(value) for value in self.size_wh[row])
        mask = 255 * np.unpackbits(self.masks[row, :height], axis=1)[:, :width]
        return np.ascontiguousarray(self.art[row, :height, :width]), mask


def catalog_digest(references: Sequence[Reference]) -> str:
    """SHA-256 over every name, every byte of every picture, and what the index is built with."""
    digest = hashlib.sha256(
        f"{FORMAT} {cv2.__version__} {faiss.__version__} {model_digests()[EMBEDDER]}".encode()
    )
    for reference in references:
        digest.update(json.dumps(asdict(reference) | {"files": len(reference.files)}).encode())
        for path in reference.files:
            try:
                digest.update(hashlib.sha256(path.read_bytes()).digest())
            except OSError as error:
                raise ConfigError(
                    f"this reference picture cannot be read: {error.strerror}", file=path
                ) from error
    return digest.hexdigest()


def index_folder(cache_dir: Path, digest: str) -> Path:
    """Where the index of a catalog lies."""
    return cache_dir / f"insignia-{digest[:24]}"


def ensure_index(
    references: Sequence[Reference],
    cache_dir: Path,
    digest: str,
    progress: Progress,
) -> None:
    """Build and save the index unless a whole one is in the cache.

    Raises:
        ConfigError: a picture is unreadable or too plain, or the cache cannot be written.
    """
    target = index_folder(cache_dir, digest)
    if is_whole(target):
        return
    try:
        cache_dir.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix="building-", dir=cache_dir))
    except OSError as error:
        raise ConfigError(
            f"the cache folder cannot be written ({error.strerror}); set SCREENING_CACHE_DIR"
            " to a folder that can",
            file=cache_dir,
        ) from error
    try:
        _build(references, scratch, progress)
        (scratch / _CHECKSUMS).write_text(json.dumps(_checksums(scratch)), encoding="utf-8")
        # Another run may have finished the same index meanwhile; either copy will do.
        if not is_whole(target):
            shutil.rmtree(target, ignore_errors=True)
            scratch.rename(target)
    except OSError as error:
        if not is_whole(target):
            raise ConfigError(
                f"the reference index cannot be saved: {error.strerror}", file=target
            ) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class BuiltIndex:
    """An index in the cache.

    Attributes:
        folder: where it lies.
        size_bytes: of all its files.
        seconds: that building it took; None where it was there.
    """

    folder: Path
    size_bytes: int
    seconds: float | None


def build_index(references: Sequence[Reference], cache_dir: Path, progress: Progress) -> BuiltIndex:
    """Like `ensure_index`, and say what is there now."""
    digest = catalog_digest(references)
    folder = index_folder(cache_dir, digest)
    was_there, start_s = is_whole(folder), perf_counter()
    ensure_index(references, cache_dir, digest, progress)
    took_s = None if was_there else perf_counter() - start_s
    return BuiltIndex(folder, sum(path.stat().st_size for path in folder.iterdir()), took_s)


def is_whole(folder: Path) -> bool:
    """Whether an index lies in `folder` and every file of it is as it was written.

    Reading the 40 MB of the court seals for it takes 0.1 s (0.4 s cold), once per run.
    """
    try:
        written = json.loads((folder / _CHECKSUMS).read_text(encoding="utf-8"))
        return bool(written) and written == _checksums(folder)
    except (OSError, ValueError):
        return False


def _checksums(folder: Path) -> dict[str, str]:
    sums = {}
    for path in sorted(folder.iterdir()):
        if path.name != _CHECKSUMS:
            with path.open("rb") as stream:
                sums[path.name] = hashlib.file_digest(stream, "sha256").hexdigest()
    return sums


def load_index(cache_dir: Path, digest: str) -> ReferenceIndex:
    """Open a saved index; its big arrays are memory-mapped and shared between processes."""
    folder = index_folder(cache_dir, digest)
    entries = json.loads((folder / "references.json").read_text(encoding="utf-8"))
    references = tuple(_reference(entry) for entry in entries)

    def array(name: str) -> Any:
        return np.load(folder / f"{name}.npy", mmap_mode="r")

    size_wh = np.asarray(array("size_wh"), np.int32)
    return ReferenceIndex(
        references,
        array("art"),
        array("masks"),
        size_wh,
        load_embeddings(folder, len(Print) * TURNS),
        load_keypoints(folder),
        load_buildings(folder),
        load_emblem_points(folder, size_wh),
    )


def _reference(entry: dict[str, Any]) -> Reference:
    own = {
        "kind": InsigniaKind(entry["kind"]),
        "files": tuple(Path(file) for file in entry["files"]),
        "tags": tuple(entry["tags"]),
        "position": tuple(entry["position"]) if entry["position"] else None,
    }
    return Reference(**{**entry, **own})


def _build(references: Sequence[Reference], folder: Path, progress: Progress) -> None:
    pictures = [(reference, path) for reference in references for path in reference.files]
    art = np.zeros((len(pictures), ART_PX, ART_PX), np.uint8)
    masks = np.zeros((len(pictures), ART_PX, ART_PX // 8), np.uint8)
    size_wh = np.zeros((len(pictures), 2), np.int32)
    embeddings: list[NDArray[np.float32]] = []
    flat: list[tuple[int, Rgba, Features]] = []
    buildings: list[tuple[int, Path]] = []
    emblems: dict[Detail, list[tuple[int, Features]]] = {PRINTED: [], WORN: []}
    networks = load_networks(1)
    for number, (reference, path) in enumerate(pictures):
        progress("Preparing reference insignia", number, len(pictures))
        rgba = load_art(path)
        gray, mask = _small(rgba)
        height, width = gray.shape
        art[number, :height, :width] = gray
        packed = np.packbits(mask > 127, axis=1)
        masks[number, :height, : packed.shape[1]] = packed
        size_wh[number] = width, height
        if reference.kind in BY_KEYPOINTS:
            points = keypoints_of(rgba, path)
            if reference.kind is InsigniaKind.BUILDING:
                buildings.append((number, path))
            else:
                flat.append((number, rgba, points))
            embeddings.append(np.zeros((len(Print) * TURNS, networks.dimensions), np.float32))
        else:
            _refuse_even(gray, mask, path)
            embeddings.append(_turned(rgba, networks))
            for detail in details_of(reference.kind):
                emblems[detail].append((number, emblem_points(rgba, detail, ART_PX)))
    progress("Preparing reference insignia", len(pictures), len(pictures))
    entries = [asdict(reference) | {"files": [str(path)]} for reference, path in pictures]
    (folder / "references.json").write_text(json.dumps(entries), encoding="utf-8")
    arrays: dict[str, NDArray[Any]] = {
        "art": art,
        "masks": masks,
        "size_wh": size_wh,
    }
    for name, values in arrays.items():
        np.save(folder / f"{name}.npy", values)
    save_embeddings(folder, np.stack(embeddings))
    save_keypoints(folder, flat)
    save_buildings(folder, buildings)
    for detail, points_of in emblems.items():
        save_emblem_points(folder, detail, points_of)


def refuse_plain(kind: InsigniaKind, path: Path) -> None:
    """Do nothing where an index can be built with a picture.

    Raises:
        ConfigError: the picture cannot be read, or shows too little.
    """
    rgba = load_art(path)
    if kind in BY_KEYPOINTS:
        keypoints_of(rgba, path)
    else:
        _refuse_even(*_small(rgba), path)


def _refuse_even(gray: NDArray[np.uint8], mask: NDArray[np.uint8], path: Path) -> None:
    if float(gray[mask > 127].std()) < _LEAST_CONTRAST:
        raise ConfigError(
            "this reference picture shows nothing to recognise; use one with more detail",
            file=path,
        )


def _small(rgba: Rgba) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Grey art on even ground and its mask, longer side `ART_PX`."""
    scale = ART_PX / max(rgba.shape[:2])
    size = (max(round(rgba.shape[1] * scale), 1), max(round(rgba.shape[0] * scale), 1))
    gray = cv2.cvtColor(on_ground(rgba, GROUND), cv2.COLOR_RGB2GRAY)
    mask = np.ascontiguousarray(rgba[..., 3])
    return tuple(  # type: ignore[return-value]
        np.asarray(cv2.resize(one, size, interpolation=cv2.INTER_AREA), np.uint8)
        for one in (gray, mask)
    )


def _turned(rgba: Rgba, networks: Networks) -> NDArray[np.float32]:
    turns_deg = [turn * 360 / TURNS for turn in range(TURNS)]
    frames = [one for how in Print for one in framed_turns(printed_art(rgba, how), turns_deg)]
    return networks.embed(np.stack(frames))[0]
