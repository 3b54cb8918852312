"""Circular legends of seals and patches, unrolled into straight strips.

Circles are found by `cv2.HOUGH_GRADIENT_ALT` (OpenCV), which scores how closed a circle is. Around
each circle that answers as text three strips are unrolled: the upper part, the lower part turned
upright (its letters stand with their feet outwards), and one and a half turns for lettering that
runs all around.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, cos, pi, radians, sin

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
_INNER, _OUTER = 0.6, 1.3
"""The ring that may hold a legend, in radii of the circle, which may be its inner border."""
_TEXT, _LEAST_TEXT = 0.2, 0.02
"""On 15 of 16 seals 3 to 45 percent of the ring answer as text, on other circles 0."""
_STRIP_HEIGHT_PX = 144
"""Letters, about a seventh of the radius high, become some 28 px."""
_MIN_RADIUS_FOR_TEXT_PX = 30
_PARTS = ((70, 290, False), (250, 470, True), (0, 540, False))
"""First and last angle of each strip, clockwise from six o'clock, and if it is turned."""


@dataclass(frozen=True, slots=True)
class UnrolledLegend:
    """Part of a ring as a strip.

    Attributes:
        pixels: uint8 RGB; x runs clockwise, y from outside to inside; or both the other way.
        x_px: centre of the circle in the picture.
        y_px: the same, downwards.
        radius_px: of the circle.
        first_deg: angle at which the strip starts, clockwise from six o'clock.
        last_deg: angle at which it ends.
        turned: whether the strip is upside down.
    """

    pixels: NDArray[np.uint8]
    x_px: float
    y_px: float
    radius_px: float
    first_deg: float
    last_deg: float
    turned: bool

    def outline(self, corners: Corners) -> Polygon:
        """The box in the picture around a line found on the strip."""
        height, width = self.pixels.shape[:2]
        shares = (corners / (width, height)).clip(0, 1)
        if self.turned:
            shares = 1 - shares
        (first, outer), (last, inner) = shares.min(axis=0).tolist(), shares.max(axis=0).tolist()
        sweep = self.last_deg - self.first_deg
        around = [
            (self.x_px - radius * sin(angle), self.y_px + radius * cos(angle))
            for angle in np.radians(self.first_deg + np.linspace(first, last, 16) * sweep)
            for share in (outer, inner)
            for radius in (self.radius_px * (_OUTER - (_OUTER - _INNER) * share),)
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
            circle = (x_px, y_px, radius_px)
            for first_deg, last_deg, turned in _PARTS:
                strip = _unrolled(pixels, circle, first_deg, last_deg)
                strip = np.ascontiguousarray(strip[::-1, ::-1]) if turned else strip
                legends.append(UnrolledLegend(strip, *circle, first_deg, last_deg, turned))
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
    pixels: NDArray[np.uint8],
    circle: tuple[float, float, float],
    first_deg: float,
    last_deg: float,
) -> NDArray[np.uint8]:
    """The ring around a circle (x, y, radius) between two angles as a strip."""
    x_px, y_px, radius_px = circle
    turn_px = 2 * pi * (_OUTER + _INNER) / 2 * _STRIP_HEIGHT_PX / (_OUTER - _INNER)
    width = round(turn_px * (last_deg - first_deg) / 360)
    angles = np.linspace(radians(first_deg), radians(last_deg), width, endpoint=False)
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
