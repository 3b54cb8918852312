"""Where something stands in a frame: letterboxed passes, tiles of large photos, merged boxes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from screening.detectors.objects.networks import EMBLEMS, PLACES
from screening.geometry import Box

Pixels = NDArray[np.uint8]
Detect = Callable[[Pixels], NDArray[np.float32]]

SIDE_PX = 640
"""Longer side of what the network is shown."""
_STEP_PX = 160
"""The shorter side is padded to a multiple of this: the network is compiled for each shape once,
and compiling costs as much as several pictures."""
_GREY = 114
"""Of the padding, as in training (Ultralytics)."""
_MOST_ENLARGED = 2.0
_TILED_FROM_PX = 1400
_TILE_OVERLAP = 0.2
_SMALL_LABELS = EMBLEMS | {"face", "license_plate", "weapon"}
"""What tiles are searched for: the rest is large enough in the whole frame."""
_SAME_IOU = 0.55
_SAME_SMALL_IOU = 0.35
_EDGE_PX = 4.0


class Place(NamedTuple):
    """Something that stands somewhere.

    Attributes:
        label: one of `PLACES`.
        box: in pixels of the frame.
        score: of the network, 0..1.
    """

    label: str
    box: Box
    score: float


class Eye(NamedTuple):
    """A detector network.

    Attributes:
        detect: uint8 RGB (H, W, 3) to float32 (4 + len(labels), N): centre x and y, width and
            height in pixels, then a score 0..1 for each label.
        labels: what it tells apart, in the order of its outputs.
        shape_hw: the only size it takes; None if it takes any whose sides are multiples of 32.
    """

    detect: Detect
    labels: Sequence[str] = PLACES
    shape_hw: tuple[int, int] | None = None


def find_places(pixels: Pixels, eye: Eye, least: float, most_tiles: int) -> list[Place]:
    """Everything the network sees, best first; of boxes that agree the best one is kept.

    Args:
        pixels: uint8 RGB, shape (H, W, 3).
        eye: the network.
        least: score below which nothing is reported, 0..1.
        most_tiles: how many pieces of a large frame are looked at besides the whole, at most.
    """
    height, width = pixels.shape[:2]
    found = list(_pass(pixels, eye, least))
    for tile in _tiles(width, height)[:most_tiles]:
        x_min, y_min, x_max, y_max = (round(one) for one in tile.as_tuple())
        piece = pixels[y_min:y_max, x_min:x_max]
        for place in _pass(piece, eye, least):
            box = place.box.shifted(x_min, y_min)
            if place.label in _SMALL_LABELS and not _cut_by(tile, box, width, height):
                found.append(place._replace(box=box))
    return merged(found)


def merged(found: Sequence[Place]) -> list[Place]:
    """Non-maximum suppression within each label, best first; an emblem has one label only."""
    kept: list[Place] = []
    for place in sorted(found, key=lambda one: (-one.score, one.label, one.box)):
        same = _SAME_SMALL_IOU if place.label in _SMALL_LABELS else _SAME_IOU
        if all(not _alike(place, one) or place.box.iou(one.box) < same for one in kept):
            kept.append(place)
    return kept


def _alike(one: Place, other: Place) -> bool:
    return one.label == other.label or {one.label, other.label} <= EMBLEMS


def _pass(pixels: Pixels, eye: Eye, least: float) -> Iterator[Place]:
    canvas, scale = letterbox(pixels, eye.shape_hw)
    output = eye.detect(canvas)
    scores = output[4:]
    height, width = pixels.shape[:2]
    for row, column in np.argwhere(scores >= least):
        x, y, wide, high = (float(one) / scale for one in output[:4, column])
        box = Box(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2).clip(width, height)
        if box.width_px >= 2 and box.height_px >= 2:
            yield Place(eye.labels[row], box, float(scores[row, column]))


def letterbox(pixels: Pixels, shape_hw: tuple[int, int] | None = None) -> tuple[Pixels, float]:
    """The picture in a grey frame of the network's size, and the factor it was resized by."""
    height, width = pixels.shape[:2]
    most_hw = shape_hw or (SIDE_PX, SIDE_PX)
    scale = min(most_hw[0] / height, most_hw[1] / width, _MOST_ENLARGED)
    wide, high = max(1, round(width * scale)), max(1, round(height * scale))
    kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    padded_hw = (-(-high // _STEP_PX) * _STEP_PX, -(-wide // _STEP_PX) * _STEP_PX)
    canvas = np.full((*(shape_hw or padded_hw), 3), _GREY, np.uint8)
    canvas[:high, :wide] = cv2.resize(pixels, (wide, high), interpolation=kind)
    return canvas, scale


def _tiles(width_px: int, height_px: int) -> list[Box]:
    """Overlapping halves of the sides that are much longer than the network's input."""
    spans = [
        [(0.0, float(side))]
        if side < _TILED_FROM_PX / 1.5
        else [(0.0, side * (0.5 + _TILE_OVERLAP / 2)), (side * (0.5 - _TILE_OVERLAP / 2), side)]
        for side in (width_px, height_px)
    ]
    if max(width_px, height_px) < _TILED_FROM_PX:
        return []
    return [Box(x[0], y[0], x[1], y[1]) for y in spans[1] for x in spans[0]]


def _cut_by(tile: Box, box: Box, width_px: int, height_px: int) -> bool:
    """Whether a box ends where the tile does and the frame goes on."""
    return (
        (box.x_min - tile.x_min < _EDGE_PX and tile.x_min > 0)
        or (box.y_min - tile.y_min < _EDGE_PX and tile.y_min > 0)
        or (tile.x_max - box.x_max < _EDGE_PX and tile.x_max < width_px)
        or (tile.y_max - box.y_max < _EDGE_PX and tile.y_max < height_px)
    )
