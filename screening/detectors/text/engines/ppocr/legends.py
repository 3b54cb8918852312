"""Circular legends of seals and patches, unrolled into straight strips.

Circles are found by `cv2.HOUGH_GRADIENT_ALT` (OpenCV), which scores how closed a circle is. The
ring inside each is unrolled clockwise, once and a half around, so that no word is cut.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, cos, pi, sin

import cv2
import numpy as np
from numpy.typing import NDArray

from screening.detectors.text.engines.ppocr.finding import Corners
from screening.geometry import Box, Polygon

_SEARCH_SIDE_PX = 480
"""Circles are searched at this size, in 30 ms; 640 px took twice as long for the same seals."""
_MIN_RADIUS_PX = 18
_CANNY_HIGH, _ROUNDNESS = 200, 0.75
_MAX_CIRCLES = 6
_INNER, _OUTER = 0.55, 1.02
"""The ring that may hold a legend, in radii of the circle found."""
_TEXT, _LEAST_TEXT = 0.2, 0.02
"""On 15 of 16 seals 3 to 45 percent of the ring answer as text, on other circles 0."""
_TURNS = 1.5
_STRIP_HEIGHT_PX = 96
_MIN_RADIUS_FOR_TEXT_PX = 30
"""In the full-size picture: letters are about a seventh of the radius high."""


@dataclass(frozen=True, slots=True)
class UnrolledLegend:
    """A ring as a strip.

    Attributes:
        pixels: uint8 RGB; x runs clockwise from six o'clock, y from outside to inside.
        x_px: centre of the circle in the picture.
        y_px: the same, downwards.
        radius_px: of the circle.
    """

    pixels: NDArray[np.uint8]
    x_px: float
    y_px: float
    radius_px: float

    def outline(self, corners: Corners) -> Polygon:
        """The box in the picture around a line found on the strip."""
        height, width = self.pixels.shape[:2]
        x_min, x_max = float(corners[:, 0].min()), float(corners[:, 0].max())
        radii = [
            self.radius_px * (_OUTER - (_OUTER - _INNER) * float(y) / height)
            for y in (corners[:, 1].min(), corners[:, 1].max())
        ]
        angles = np.linspace(x_min, x_max, 16) / width * _TURNS * 2 * pi
        around = [
            (self.x_px - radius * sin(angle), self.y_px + radius * cos(angle))
            for angle in angles
            for radius in radii
        ]
        box = Box.around(around)
        return Polygon(
            (
                (box.x_min, box.y_min),
                (box.x_max, box.y_min),
                (box.x_max, box.y_max),
                (box.x_min, box.y_max),
            )
        )


def unrolled_legends(
    pixels: NDArray[np.uint8], text_map: NDArray[np.float32], scale: float
) -> list[UnrolledLegend]:
    """The rings with text of the circles in a picture, largest first; at most six.

    Args:
        pixels: uint8 RGB (H, W, 3).
        text_map: float32, 0..1, of the whole picture.
        scale: pixels of the map per pixel of the picture.
    """
    if not (text_map > _TEXT).any():
        return []
    legends = []
    for x_px, y_px, radius_px in _circles(pixels):
        share = _text_on_ring(text_map, x_px * scale, y_px * scale, radius_px * scale)
        if radius_px >= _MIN_RADIUS_FOR_TEXT_PX and share >= _LEAST_TEXT:
            strip = _unrolled(pixels, x_px, y_px, radius_px)
            legends.append(UnrolledLegend(strip, x_px, y_px, radius_px))
    return legends


def _text_on_ring(text_map: NDArray[np.float32], x: float, y: float, radius: float) -> float:
    """Share of the pixels of a ring that the map takes for text."""
    height, width = text_map.shape
    top, bottom = max(int(y - radius), 0), min(ceil(y + radius) + 1, height)
    left, right = max(int(x - radius), 0), min(ceil(x + radius) + 1, width)
    rows, columns = np.ogrid[top:bottom, left:right]
    distances = np.hypot(columns - x, rows - y)
    ring = (distances > _INNER * radius) & (distances < _OUTER * radius)
    return float((text_map[top:bottom, left:right][ring] > _TEXT).mean()) if ring.any() else 0.0


def _circles(pixels: NDArray[np.uint8]) -> list[tuple[float, float, float]]:
    """Centre and radius in full-size pixels, without those inside a similar larger one."""
    height, width = pixels.shape[:2]
    scale = min(1.0, _SEARCH_SIDE_PX / max(height, width))
    size = (max(round(width * scale), 1), max(round(height * scale), 1))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    grey = cv2.medianBlur(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), 5)
    found = cv2.HoughCircles(
        grey,
        cv2.HOUGH_GRADIENT_ALT,
        dp=1.5,
        minDist=8,
        param1=_CANNY_HIGH,
        param2=_ROUNDNESS,
        minRadius=_MIN_RADIUS_PX,
        maxRadius=max(small.shape[:2]) // 2,
    )
    kept: list[tuple[float, float, float]] = []
    circles = [] if found is None else found.reshape(-1, found.shape[-1])[:, :3].tolist()
    for x, y, radius in sorted(circles, key=lambda circle: -circle[2]):
        inside = any(np.hypot(x - a, y - b) < 0.2 * r and radius > 0.55 * r for a, b, r in kept)
        if not inside and len(kept) < _MAX_CIRCLES:
            kept.append((x, y, radius))
    return [(x / scale, y / scale, radius / scale) for x, y, radius in kept]


def _unrolled(
    pixels: NDArray[np.uint8], x_px: float, y_px: float, radius_px: float
) -> NDArray[np.uint8]:
    ring_px = (_OUTER - _INNER) * radius_px
    turn_px = 2 * pi * (_OUTER + _INNER) / 2 * radius_px * _STRIP_HEIGHT_PX / ring_px
    angles = np.linspace(0, _TURNS * 2 * pi, max(round(turn_px * _TURNS), 1), endpoint=False)
    radii = radius_px * np.linspace(_OUTER, _INNER, _STRIP_HEIGHT_PX)
    x_map = x_px - radii[:, None] * np.sin(angles)[None]
    y_map = y_px + radii[:, None] * np.cos(angles)[None]
    strip: NDArray[np.uint8] = cv2.remap(
        pixels,
        x_map.astype(np.float32),
        y_map.astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return strip
