"""The index of reference insignia: built once per catalog, cached by content, memory-mapped."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import faiss
import numpy as np
from numpy.typing import NDArray

from screening.catalog import InsigniaKind, Reference
from screening.detectors.insignia.art import SIDE_PX, load_art
from screening.detectors.insignia.features import Features, Float32, extract
from screening.errors import ConfigError

FORMAT = 1
"""Raise when anything here or in art.py or features.py changes what an index holds."""

KEYPOINTS_PER_PICTURE = 400
MIN_KEYPOINTS = 12
"""A picture with fewer keypoints can never reach the inliers a match needs."""

_SEED = 7
_CHECKSUMS = "checksums.json"


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceIndex:
    """All pictures of all references, their keypoints side by side.

    Attributes:
        references: one per picture (a reference with three pictures stands here three times).
        features: keypoints of all pictures.
        owner: int32, shape (N,), the picture each keypoint belongs to.
        art: uint8, shape (pictures, SIDE_PX, SIDE_PX), grey art in the top-left corner.
        masks: uint8, like `art`, 255 where the insignia is.
        size_wh: int32, shape (pictures, 2), width and height of the art in its square.
        nearest: approximate nearest-neighbour search over `features.descriptors`.
    """

    references: tuple[Reference, ...]
    features: Features
    owner: NDArray[np.int32]
    art: NDArray[np.uint8]
    masks: NDArray[np.uint8]
    size_wh: NDArray[np.int32]
    nearest: faiss.Index


def catalog_digest(references: Sequence[Reference]) -> str:
    """SHA-256 over every name, every byte of every picture, and what the index is built with."""
    digest = hashlib.sha256(f"{FORMAT} {cv2.__version__} {faiss.__version__}".encode())
    for reference in references:
        digest.update(
            json.dumps([reference.id, reference.name, reference.agency, reference.kind]).encode()
        )
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
    progress: Callable[[str, int, int], None],
) -> None:
    """Build and save the index unless a whole one is in the cache.

    Raises:
        ConfigError: a picture is unreadable or too plain, or the cache cannot be written.
    """
    target = index_folder(cache_dir, digest)
    if _is_whole(target):
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
        if not _is_whole(target):
            shutil.rmtree(target, ignore_errors=True)
            scratch.rename(target)
    except OSError as error:
        if not _is_whole(target):
            raise ConfigError(
                f"the reference index cannot be saved: {error.strerror}", file=target
            ) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _is_whole(folder: Path) -> bool:
    """Whether an index lies in `folder` and every file of it is as it was written.

    Reading the 140 MB of the court seals for it takes 0.1 s (0.4 s cold), once per run.
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
    references = tuple(
        Reference(
            entry["id"],
            entry["name"],
            entry["agency"],
            InsigniaKind(entry["kind"]),
            tuple(Path(file) for file in entry["files"]),
        )
        for entry in entries
    )

    def array(name: str) -> Any:
        return np.load(folder / f"{name}.npy", mmap_mode="r")

    points = np.asarray(array("points"), np.float32)
    nearest = faiss.read_index(str(folder / "nearest.faiss"), faiss.IO_FLAG_MMAP)
    return ReferenceIndex(
        references,
        Features(points[:, :2], points[:, 2], points[:, 3], array("descriptors")),
        np.asarray(array("owner"), np.int32),
        array("art"),
        array("masks"),
        np.asarray(array("size_wh"), np.int32),
        nearest,
    )


def _build(
    references: Sequence[Reference], folder: Path, progress: Callable[[str, int, int], None]
) -> None:
    pictures = [(reference, path) for reference in references for path in reference.files]
    parts: list[Features] = []
    art = np.zeros((len(pictures), SIDE_PX, SIDE_PX), np.uint8)
    masks = np.zeros_like(art)
    size_wh = np.zeros((len(pictures), 2), np.int32)
    for number, (_, path) in enumerate(pictures):
        progress("Preparing reference insignia", number, len(pictures))
        picture = load_art(path)
        height, width = picture.gray.shape
        part = extract(picture.gray, KEYPOINTS_PER_PICTURE)
        if len(part) < MIN_KEYPOINTS:
            raise ConfigError(
                f"this reference picture is too plain to be recognised ({len(part)} distinct"
                f" points, {MIN_KEYPOINTS} are needed); use a larger or more detailed one",
                file=path,
            )
        parts.append(part)
        art[number, :height, :width], masks[number, :height, :width] = picture.gray, picture.mask
        size_wh[number] = width, height
    progress("Preparing reference insignia", len(pictures), len(pictures))
    descriptors = np.vstack([part.descriptors for part in parts])
    points = np.vstack([np.column_stack([part.xy, part.size, part.angle]) for part in parts])
    owner = np.repeat(np.arange(len(parts), dtype=np.int32), [len(part) for part in parts])
    entries = [asdict(reference) | {"files": [str(path)]} for reference, path in pictures]
    (folder / "references.json").write_text(json.dumps(entries), encoding="utf-8")
    arrays: dict[str, NDArray[Any]] = {
        "points": points,
        "descriptors": descriptors,
        "owner": owner,
        "art": art,
        "masks": masks,
        "size_wh": size_wh,
    }
    for name, values in arrays.items():
        np.save(folder / f"{name}.npy", values)
    faiss.write_index(_train(descriptors), str(folder / "nearest.faiss"))


def _train(descriptors: Float32) -> faiss.Index:
    """Inverted file over k-means cells; 8 of 512 cells are searched.

    Small catalogs get fewer cells: k-means wants about 39 points a cell (the faiss default).
    """
    cells = int(np.clip(len(descriptors) // 64, 1, 512))
    faiss.omp_set_num_threads(1)
    index = faiss.IndexIVFFlat(
        faiss.IndexFlatIP(descriptors.shape[1]),
        descriptors.shape[1],
        cells,
        faiss.METRIC_INNER_PRODUCT,
    )
    index.cp.seed = _SEED
    index.cp.min_points_per_centroid = 1
    index.train(descriptors)
    index.add(descriptors)
    index.nprobe = 8
    return index
