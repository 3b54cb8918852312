"""Where in a picture an emblem may stand: the finder's answer at several sizes, merged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from screening.geometry import Box

_STRIDE_PX = 8
_SHAPES_HW = ((384, 640), (640, 384), (512, 512), (288, 832), (832, 288))
"""Sizes of the finder's input, all of about a quarter of a megapixel. Few sizes: the runtime
prepares itself anew for each."""
_LARGEST_SCALE = 2.0
_NEXT_LEVEL = 2.0
_TILE_OVERLAP_PX = 96
_SAME_IOU = 0.55
_MIN_SIDE_PX = 10.0

Find = Callable[[NDArray[np.uint8]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A place where an emblem may stand.

    Attributes:
        box: around it, in pixels of the picture.
        score: how much it looks like an emblem, 0..1.
    """

    box: Box
    score: float


def propose(
    picture: NDArray[np.uint8], find: Find, min_score: float, max_pixels: int, most: int
) -> list[Proposal]:
    """The most likely places, best first.

    Args:
        picture: uint8 RGB, shape (H, W, 3).
        find: the finder.
        min_score: least score, 0..1.
        max_pixels: no more pixels than this are looked at, larger pictures are reduced.
        most: how many places at most.
    """
    found: list[Proposal] = []
    for pixels, scale, corner_xy in _looks(picture, max_pixels):
        found += _decoded(find(pixels), min_score, scale, corner_xy, picture.shape)
    return _merged(found, most)


def _looks(
    picture: NDArray[np.uint8], max_pixels: int
) -> Iterator[tuple[NDArray[np.uint8], float, tuple[float, float]]]:
    """Inputs for the finder, each with its scale and its corner in the picture."""
    height, width = picture.shape[:2]
    shape = max(_SHAPES_HW, key=lambda hw: min(hw[0] / height, hw[1] / width))
    whole = min(shape[0] / height, shape[1] / width, _LARGEST_SCALE)
    # The finder answers nothing at all where a side is no multiple of 32, as half of 288 is not.
    half = (-(-shape[0] // 64) * 32, -(-shape[1] // 64) * 32)
    yield _padded(_resized(picture, whole / 2), half), whole / 2, (0.0, 0.0)
    yield _padded(_resized(picture, whole), shape), whole, (0.0, 0.0)
    scale = _NEXT_LEVEL * whole
    # Up to 0.55 of full size an emblem of 40 px is large enough for the finder.
    while scale <= 0.55 and scale**2 * height * width <= max_pixels:
        resized = _resized(picture, scale)
        for y in _starts(resized.shape[0], shape[0]):
            for x in _starts(resized.shape[1], shape[1]):
                tile = resized[y : y + shape[0], x : x + shape[1]]
                yield _padded(tile, shape), scale, (x / scale, y / scale)
        scale *= _NEXT_LEVEL


def _resized(picture: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    size = (max(round(picture.shape[1] * scale), 1), max(round(picture.shape[0] * scale), 1))
    kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, size, interpolation=kind))


def _padded(picture: NDArray[np.uint8], shape_hw: tuple[int, int]) -> NDArray[np.uint8]:
    height, width = picture.shape[:2]
    canvas = np.full((*shape_hw, 3), 114, np.uint8)
    canvas[:height, :width] = picture[: shape_hw[0], : shape_hw[1]]
    return canvas


def _starts(length: int, tile: int) -> range | list[int]:
    if length <= tile:
        return [0]
    return [*range(0, length - tile, tile - _TILE_OVERLAP_PX), length - tile]


def _decoded(
    answer: NDArray[np.float32],
    min_score: float,
    scale: float,
    corner_xy: tuple[float, float],
    shape: tuple[int, ...],
) -> list[Proposal]:
    """Local maxima of the map of centres as boxes of the picture."""
    centre = answer[0]
    highest = cv2.dilate(centre, np.ones((3, 3)))
    least = np.log(min_score / (1 - min_score))
    found = []
    for row, column in np.argwhere((centre >= highest) & (centre > least)):
        logit, off_x, off_y, log_wide, log_high = (float(one) for one in answer[:, row, column])
        x, y = column + 0.5 + off_x, row + 0.5 + off_y
        wide, high = np.exp(min(log_wide, 5.0)), np.exp(min(log_high, 5.0))
        factor = _STRIDE_PX / scale
        x_min, x_max = (
            (x - wide / 2) * factor + corner_xy[0],
            (x + wide / 2) * factor + corner_xy[0],
        )
        y_min, y_max = (
            (y - high / 2) * factor + corner_xy[1],
            (y + high / 2) * factor + corner_xy[1],
        )
        if min(x_max - x_min, y_max - y_min) < _MIN_SIDE_PX:
            continue
        if (x_min + x_max) / 2 > shape[1] or (y_min + y_max) / 2 > shape[0]:
            continue
        found.append(Proposal(Box(x_min, y_min, x_max, y_max), float(1 / (1 + np.exp(-logit)))))
    return found


def _merged(found: list[Proposal], most: int) -> list[Proposal]:
    """Non-maximum suppression."""
    kept: list[Proposal] = []
    for proposal in sorted(found, key=lambda one: (-one.score, one.box)):
        if all(proposal.box.iou(other.box) < _SAME_IOU for other in kept):
            kept.append(proposal)
            if len(kept) == most:
                break
    return kept
