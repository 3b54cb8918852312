"""Local features of seals, badges and patches, for places that the embedding does not explain.

A covered emblem is boxed by what is visible of it and looks unlike its reference as a whole; its
keypoints are still there. Descriptors are kept in eight bits a number: ten thousand references take
some 370 MB, where float32 would take 1.3 GB.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import faiss
import numpy as np
from numpy.typing import NDArray

from screening.detectors.insignia.art import Rgba, on_ground
from screening.detectors.insignia.features import Features, extract
from screening.detectors.insignia.keypoints import KeypointIndex, filled

POINTS_PER_PICTURE = 250
_DRAWN_PX = 128
"""Longer side of the art when its keypoints are taken. Those of larger art are of details that no
photo shows: of 70 emblems, 35 % covered at 120 px, they name 27 at 256 px, 39 at 192, 41 at 128."""

_MOST_CELLS = 4096
_POINTS_A_CELL = 64
_PROBES = 4
_NEAREST, _POINTS, _OWNER = "emblem_nearest.faiss", "emblem_points", "emblem_owner"


def emblem_points(rgba: Rgba, art_px: int) -> Features:
    """The keypoints of one picture, in pixels of its art with the longer side `art_px`."""
    gray = cv2.cvtColor(on_ground(rgba), cv2.COLOR_RGB2GRAY)
    factor = _DRAWN_PX / max(gray.shape)
    small = cv2.resize(gray, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    found = extract(np.asarray(small, np.uint8), POINTS_PER_PICTURE)
    scale = art_px / max(small.shape)
    return Features(found.xy * scale, found.size * scale, found.angle, found.descriptors)


def save_emblem_points(folder: Path, pictures: Sequence[tuple[int, Features]]) -> None:
    """Save the keypoints of pictures, given with their rows; none is fine."""
    parts = [points for _, points in pictures if len(points)]
    if not parts:
        return
    rows = [row for row, points in pictures if len(points)]
    flat = np.vstack([np.column_stack([one.xy, one.size, one.angle]) for one in parts])
    owner = np.repeat(np.array(rows, np.int32), [len(one) for one in parts])
    np.save(folder / f"{_POINTS}.npy", flat.astype(np.float32))
    np.save(folder / f"{_OWNER}.npy", owner)
    nearest = _trained(np.vstack([one.descriptors for one in parts]))
    faiss.write_index(nearest, str(folder / _NEAREST))


def load_emblem_points(folder: Path, size_wh: NDArray[np.int32]) -> KeypointIndex | None:
    """Open what `save_emblem_points` saved; None where there was nothing to save.

    Args:
        folder: of the index.
        size_wh: see `ReferenceIndex`; its rows are those of the pictures here.
    """
    if not (folder / _NEAREST).is_file():
        return None
    points: Any = np.load(folder / f"{_POINTS}.npy", mmap_mode="r")
    owner: Any = np.load(folder / f"{_OWNER}.npy", mmap_mode="r")
    nearest = faiss.read_index(str(folder / _NEAREST), faiss.IO_FLAG_MMAP)
    nearest.nprobe = _PROBES
    none = np.zeros((0, 128), np.float32)
    nothing_drawn = np.zeros((0, 0, 0), np.uint8)
    return KeypointIndex(
        np.arange(len(size_wh), dtype=np.int32),
        Features(points[:, :2], points[:, 2], points[:, 3], none),
        owner,
        nothing_drawn,
        nothing_drawn,
        size_wh,
        nearest,
    )


def _trained(descriptors: NDArray[np.float32]) -> faiss.Index:
    """Inverted file over k-means cells, eight bits a number."""
    cells = int(np.clip(len(descriptors) // _POINTS_A_CELL, 1, _MOST_CELLS))
    width = descriptors.shape[1]
    index = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(width),
        width,
        cells,
        faiss.ScalarQuantizer.QT_8bit,
        faiss.METRIC_INNER_PRODUCT,
        False,
    )
    return filled(index, descriptors)
