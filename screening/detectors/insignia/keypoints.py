"""The part of the index that is matched by local features of flat print: logos, letterheads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import faiss
import numpy as np
from numpy.typing import NDArray

from screening.detectors.insignia.art import SIDE_PX, Rgba, on_ground
from screening.detectors.insignia.features import Features, Float32, extract
from screening.errors import ConfigError

KEYPOINTS_PER_PICTURE = 500
MIN_KEYPOINTS = 12
"""A picture with fewer keypoints can never reach the inliers a match needs."""

_SEED = 7
_SAMPLED_A_CELL, _ROUNDS = 64, 10
"""Of k-means. The 256 and 25 of faiss are ten times the work; cells need not be that exact."""
_NAMES = ("points", "descriptors", "owner", "pictures", "key_art", "key_masks", "key_size_wh")


@dataclass(frozen=True, slots=True, eq=False)
class KeypointIndex:
    """Keypoints of some pictures of the index, side by side.

    Attributes:
        pictures: int32, shape (M,), the row of the whole index each picture here stands at.
        features: keypoints of all M pictures.
        owner: int32, shape (N,), which of the M pictures each keypoint belongs to.
        art: uint8, shape (M, SIDE_PX, SIDE_PX), grey art in the upper left corner; empty where
            no appearance is compared.
        masks: uint8, like `art`, 255 where the insignia is.
        size_wh: int32, shape (M, 2), width and height of the art in its square.
        nearest: approximate nearest-neighbour search over `features.descriptors`.
    """

    pictures: NDArray[np.int32]
    features: Features
    owner: NDArray[np.int32]
    art: NDArray[np.uint8]
    masks: NDArray[np.uint8]
    size_wh: NDArray[np.int32]
    nearest: faiss.Index


def keypoints_of(rgba: Rgba, path: Path) -> Features:
    """The keypoints of one picture.

    Raises:
        ConfigError: it is too plain.
    """
    gray = cv2.cvtColor(on_ground(rgba), cv2.COLOR_RGB2GRAY)
    found = extract(gray, KEYPOINTS_PER_PICTURE)
    if len(found) < MIN_KEYPOINTS:
        raise ConfigError(
            f"this reference picture is too plain to be recognised ({len(found)} distinct"
            f" points, {MIN_KEYPOINTS} are needed); use a larger or more detailed one",
            file=path,
        )
    return found


def save_keypoints(folder: Path, pictures: Sequence[tuple[int, Rgba, Features]]) -> None:
    """Save the keypoints of pictures, given with their rows; none is fine."""
    if not pictures:
        return
    parts: list[Features] = []
    art = np.zeros((len(pictures), SIDE_PX, SIDE_PX), np.uint8)
    masks = np.zeros_like(art)
    size_wh = np.zeros((len(pictures), 2), np.int32)
    for number, (_, rgba, points) in enumerate(pictures):
        parts.append(points)
        gray = cv2.cvtColor(on_ground(rgba), cv2.COLOR_RGB2GRAY)
        height, width = gray.shape
        art[number, :height, :width], masks[number, :height, :width] = gray, rgba[..., 3]
        size_wh[number] = width, height
    descriptors = np.vstack([part.descriptors for part in parts])
    arrays: dict[str, NDArray[Any]] = {
        "points": np.vstack([np.column_stack([part.xy, part.size, part.angle]) for part in parts]),
        "descriptors": descriptors,
        "owner": np.repeat(np.arange(len(parts), dtype=np.int32), [len(part) for part in parts]),
        "pictures": np.array([row for row, _, _ in pictures], np.int32),
        "key_art": art,
        "key_masks": masks,
        "key_size_wh": size_wh,
    }
    for name, values in arrays.items():
        np.save(folder / f"{name}.npy", values)
    faiss.write_index(_train(descriptors), str(folder / "nearest.faiss"))


def load_keypoints(folder: Path) -> KeypointIndex | None:
    """Open what `save_keypoints` saved; None where there was nothing to save."""
    if not (folder / "nearest.faiss").is_file():
        return None
    arrays: dict[str, Any] = {
        name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in _NAMES
    }
    points = np.asarray(arrays["points"], np.float32)
    return KeypointIndex(
        np.asarray(arrays["pictures"], np.int32),
        Features(points[:, :2], points[:, 2], points[:, 3], arrays["descriptors"]),
        np.asarray(arrays["owner"], np.int32),
        arrays["key_art"],
        arrays["key_masks"],
        np.asarray(arrays["key_size_wh"], np.int32),
        faiss.read_index(str(folder / "nearest.faiss"), faiss.IO_FLAG_MMAP),
    )


def _train(descriptors: Float32) -> faiss.Index:
    """Inverted file over k-means cells; 8 of 512 cells are searched.

    Small catalogs get fewer cells: k-means wants about 39 points a cell (the faiss default).
    """
    cells = int(np.clip(len(descriptors) // 64, 1, 512))
    index = faiss.IndexIVFFlat(
        faiss.IndexFlatIP(descriptors.shape[1]),
        descriptors.shape[1],
        cells,
        faiss.METRIC_INNER_PRODUCT,
    )
    return filled(index, descriptors)


def filled(index: faiss.Index, descriptors: Float32) -> faiss.Index:
    """An inverted file after training on its descriptors, the same in every run."""
    faiss.omp_set_num_threads(1)
    index.cp.seed = _SEED
    index.cp.min_points_per_centroid = 1
    index.cp.max_points_per_centroid, index.cp.niter = _SAMPLED_A_CELL, _ROUNDS
    index.train(descriptors)
    index.add(descriptors)
    index.nprobe = 8
    return index
