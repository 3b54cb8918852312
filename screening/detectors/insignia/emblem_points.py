"""Local features of seals, badges and patches, for places that the embedding does not explain.

A covered emblem is boxed by what is visible of it and looks unlike its reference as a whole; its
keypoints are still there. Descriptors are kept in eight bits a number: ten thousand references take
some 370 MB, where float32 would take 1.3 GB.

Seals are mostly given as drawings and met in print; badges and patches are given as photos of metal
or cloth and met as such, and finer details of those come back from photo to photo.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import faiss
import numpy as np
from numpy.typing import NDArray

from screening.catalog import InsigniaKind
from screening.detectors.insignia.art import Rgba, on_ground
from screening.detectors.insignia.features import Features, extract
from screening.detectors.insignia.keypoints import KeypointIndex, filled

POINTS_PER_PICTURE = 250
_MOST_CELLS = 4096
_POINTS_A_CELL = 64
_PROBES = 4


@dataclass(frozen=True, slots=True)
class Detail:
    """How fine the details are of which keypoints are taken.

    Attributes:
        name: what its files begin with.
        art_px: longer side of the art when its keypoints are taken.
        enlarged_below_px: regions of a picture that are smaller are looked at twice as large.
    """

    name: str
    art_px: int
    enlarged_below_px: int


PRINTED = Detail("emblem", 128, 0)
"""Keypoints of larger art are of details that no photo of a print shows: of 70 drawn emblems, 35 %
covered at 120 px, they name 27 at 256 px, 39 at 192, 41 at 128."""
WORN = Detail("worn", 256, 400)
"""Of 135 badges in photos, known from one other photo, 21 are named with it, 9 without; 11 with art
of 256 px and nothing enlarged, 19 with regions below 300 px enlarged."""


class EmblemPoints(NamedTuple):
    """Keypoints of the emblems of one detail, by row of the whole index."""

    detail: Detail
    points: KeypointIndex


def details_of(kind: InsigniaKind) -> tuple[Detail, ...]:
    """How finely emblems of a kind are looked at."""
    return (PRINTED, WORN) if kind in (InsigniaKind.BADGE, InsigniaKind.PATCH) else (PRINTED,)


def emblem_points(rgba: Rgba, detail: Detail, art_px: int) -> Features:
    """The keypoints of one picture, in pixels of its art with the longer side `art_px`."""
    gray = cv2.cvtColor(on_ground(rgba), cv2.COLOR_RGB2GRAY)
    factor = detail.art_px / max(gray.shape)
    small = cv2.resize(gray, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    found = extract(np.asarray(small, np.uint8), POINTS_PER_PICTURE)
    scale = art_px / max(small.shape)
    return Features(found.xy * scale, found.size * scale, found.angle, found.descriptors)


def save_emblem_points(
    folder: Path, detail: Detail, pictures: Sequence[tuple[int, Features]]
) -> None:
    """Save the keypoints of pictures of one detail, given with their rows; none is fine."""
    parts = [points for _, points in pictures if len(points)]
    if not parts:
        return
    rows = [row for row, points in pictures if len(points)]
    flat = np.vstack([np.column_stack([one.xy, one.size, one.angle]) for one in parts])
    owner = np.repeat(np.array(rows, np.int32), [len(one) for one in parts])
    np.save(folder / f"{detail.name}_points.npy", flat.astype(np.float32))
    np.save(folder / f"{detail.name}_owner.npy", owner)
    nearest = _trained(np.vstack([one.descriptors for one in parts]))
    faiss.write_index(nearest, str(folder / f"{detail.name}_nearest.faiss"))


def load_emblem_points(folder: Path, size_wh: NDArray[np.int32]) -> tuple[EmblemPoints, ...]:
    """Open what `save_emblem_points` saved of every detail.

    Args:
        folder: of the index.
        size_wh: see `ReferenceIndex`; its rows are those of the pictures here.
    """
    return tuple(
        EmblemPoints(detail, _load(folder, detail, size_wh))
        for detail in (PRINTED, WORN)
        if (folder / f"{detail.name}_nearest.faiss").is_file()
    )


def _load(folder: Path, detail: Detail, size_wh: NDArray[np.int32]) -> KeypointIndex:
    points: Any = np.load(folder / f"{detail.name}_points.npy", mmap_mode="r")
    owner: Any = np.load(folder / f"{detail.name}_owner.npy", mmap_mode="r")
    nearest = faiss.read_index(str(folder / f"{detail.name}_nearest.faiss"), faiss.IO_FLAG_MMAP)
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
