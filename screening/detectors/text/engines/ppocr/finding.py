"""From the map of text to the outlines of lines.

Source: Liao et al., "Real-time Scene Text Detection with Differentiable Binarization" (2020),
section 3.3 (box formation); thresholds as PaddleOCR ships them.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

_TEXT = 0.3
_MIN_MEAN = 0.5
_UNCLIP = 1.6
_MIN_SIDE_PX = 3
_MAX_LINES = 1000
MULTIPLE_PX = 32
"""The network halves its input five times."""

Corners = NDArray[np.float32]
"""Corners of a line, shape (4, 2): from its upper left one, clockwise, in pixels x, y."""


class Rect(NamedTuple):
    """An upright part of a picture, half-open, in whole pixels."""

    x_min: int
    y_min: int
    x_max: int
    y_max: int

    @property
    def area_px(self) -> int:
        """Covered pixels."""
        return (self.x_max - self.x_min) * (self.y_max - self.y_min)


def find_lines(text_map: NDArray[np.float32]) -> list[Corners]:
    """Outlines of the lines on a map of text; at most 1000.

    Args:
        text_map: float32 (H, W), 0..1.
    """
    mask = cv2.dilate((text_map > _TEXT).astype(np.uint8), np.ones((2, 2), np.uint8))
    contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    lines = []
    for contour in contours[:_MAX_LINES]:
        centre, (width, height), angle = cv2.minAreaRect(contour)
        if min(width, height) < _MIN_SIDE_PX:
            continue
        shrunk = cv2.boxPoints((centre, (width, height), angle))
        if _mean_inside(text_map, shrunk) < _MIN_MEAN:
            continue
        # The network marks a core of each line; the outline stands off by area / perimeter.
        margin = width * height * _UNCLIP / (width + height)
        grown = (centre, (width + margin, height + margin), angle)
        lines.append(_in_order(cv2.boxPoints(grown)))
    return lines


def weak_regions(
    text_map: NDArray[np.float32], threshold: float, max_height_px: float
) -> list[Rect]:
    """Parts of a map where small text may stand, grown by a margin and merged.

    Args:
        text_map: float32 (H, W), 0..1.
        threshold: lower than that of `find_lines`: small text answers weakly.
        max_height_px: taller marks are large enough to be read as they are.
    """
    mask = (text_map > threshold).astype(np.uint8)
    count, _, boxes, _ = cv2.connectedComponentsWithStats(mask)
    height, width = text_map.shape
    found = []
    for x, y, box_width, box_height, _ in boxes[1:count].tolist():
        if min(box_width, box_height) > max_height_px:
            continue
        margin = 2 * min(box_width, box_height) + 8
        found.append(
            Rect(
                max(x - margin, 0),
                max(y - margin, 0),
                min(x + box_width + margin, width),
                min(y + box_height + margin, height),
            )
        )
    return _merged(found)


def _merged(rects: list[Rect]) -> list[Rect]:
    """Rectangles without those that overlap: each such group becomes one around it."""
    done: list[Rect] = []
    for rect in sorted(rects):
        grown = rect
        while touching := [one for one in done if _overlap(one, grown)]:
            for one in touching:
                done.remove(one)
                grown = Rect(
                    min(one.x_min, grown.x_min),
                    min(one.y_min, grown.y_min),
                    max(one.x_max, grown.x_max),
                    max(one.y_max, grown.y_max),
                )
        done.append(grown)
    return sorted(done)


def _overlap(one: Rect, other: Rect) -> bool:
    return (
        one.x_min < other.x_max
        and other.x_min < one.x_max
        and one.y_min < other.y_max
        and other.y_min < one.y_max
    )


def _mean_inside(text_map: NDArray[np.float32], corners: NDArray[np.float32]) -> float:
    height, width = text_map.shape
    x_min, y_min = np.floor(corners.min(axis=0)).astype(int).clip(0, (width - 1, height - 1))
    x_max, y_max = np.ceil(corners.max(axis=0)).astype(int).clip(0, (width - 1, height - 1))
    part = text_map[y_min : y_max + 1, x_min : x_max + 1]
    mask = np.zeros(part.shape, np.uint8)
    cv2.fillPoly(mask, [(corners - (x_min, y_min)).astype(np.int32)], 1)
    return float(cv2.mean(part, mask)[0])


def _in_order(corners: NDArray[np.float32]) -> Corners:
    """From the upper left one, clockwise: two to the left, two to the right, by height."""
    by_x = corners[np.argsort(corners[:, 0], kind="stable")]
    left = by_x[:2][np.argsort(by_x[:2, 1], kind="stable")]
    right = by_x[2:][np.argsort(by_x[2:, 1], kind="stable")]
    return np.array([left[0], right[0], right[1], left[1]], np.float32)
