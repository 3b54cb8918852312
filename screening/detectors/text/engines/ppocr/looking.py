"""Where the lines of a picture stand: a look at all of it, and second looks at small text."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from screening.detectors.text.engines.ppocr.finding import (
    MULTIPLE_PX,
    Corners,
    Rect,
    find_lines,
    weak_regions,
)
from screening.detectors.text.engines.ppocr.sessions import Networks
from screening.geometry import Box

_MIN_SIDE_PX = 736
"""Smaller pictures are enlarged to this short side, as PaddleOCR does."""
LOOK_PIXELS = 1_600_000
"""Most pixels of one look: 4 million would take 1.2 GB."""
_WEAK = 0.05
"""Marks that are worth a second look; a line counts from 0.3 on."""
_SMALL_PX = 7
"""Marks lower than this are looked at again; they are about half as high as their line."""
_THOROUGH_PX = 112
_SECOND_LOOKS = 8
"""Second looks take at most so many times the pixels of one look."""
_ENLARGED = 2.0
_EDGE, _EDGE_REACH_PX = 8, 3
"""Least difference of grey levels next to each other that small text makes, and how near."""
_OVERLAP_PX = 64
_SAME_LINE_IOU = 0.5


class Looks(NamedTuple):
    """What looking came to.

    Attributes:
        lines: corners in pixels of the picture.
        complete: False where more small text may stand than second looks were allowed for.
        text_map: of the first look at the whole picture, float32 (H, W), 0..1.
        scale: pixels of the map per pixel of the picture.
    """

    lines: list[Corners]
    complete: bool
    text_map: NDArray[np.float32]
    scale: float


def look(networks: Networks, pixels: NDArray[np.uint8], *, thorough: bool) -> Looks:
    """Find the lines of a picture.

    Args:
        networks: loaded models.
        pixels: uint8 RGB (H, W, 3).
        thorough: look again, enlarged, wherever the first look saw anything, and keep what
            either look found; otherwise look again only where a reduced picture may have lost
            small text.
    """
    height, width = pixels.shape[:2]
    scale = _first_scale(height, width)
    whole = Rect(0, 0, width, height)
    text_map = _text_map(networks, pixels, whole, scale)
    first = _lines(text_map, whole, scale)
    second_scale = _ENLARGED if thorough and scale > 0.5 else 1.0
    if second_scale < 1.2 * scale:
        return Looks(first, True, text_map, scale)
    weak = np.where(_textured(pixels, text_map.shape), text_map, 0)
    regions = weak_regions(weak, _WEAK, _THOROUGH_PX if thorough else _SMALL_PX)
    second: list[Corners] = []
    looked_at: list[Rect] = []
    budget_px = _SECOND_LOOKS * LOOK_PIXELS
    for tile in _tiles(regions, scale, whole, second_scale):
        budget_px -= round(tile.area_px * second_scale**2)
        if budget_px < 0:
            break
        second += _lines(_text_map(networks, pixels, tile, second_scale), tile, second_scale)
        looked_at.append(tile)
    if not thorough:
        first = [line for line in first if not _seen_again(line, looked_at, scale)]
    lines = [*first, *(line for line in second if not _among(line, first))]
    return Looks(lines, budget_px >= 0, text_map, scale)


def lines_as_they_are(networks: Networks, pixels: NDArray[np.uint8]) -> list[Corners]:
    """Find the lines of a picture whose letters have a good size already."""
    whole = Rect(0, 0, pixels.shape[1], pixels.shape[0])
    return _lines(_text_map(networks, pixels, whole, 1.0), whole, 1.0)


def _first_scale(height: int, width: int) -> float:
    most: float = (LOOK_PIXELS / (height * width)) ** 0.5
    return min(max(1.0, _MIN_SIDE_PX / min(height, width)), most)


def _textured(pixels: NDArray[np.uint8], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Where a picture, reduced to `shape`, has edges nearby.

    On perfectly plain ground the network answers up to 0.4, where no text can stand.
    """
    height, width = shape
    grey = cv2.resize(pixels[..., 1], (width, height), interpolation=cv2.INTER_AREA)
    edges = cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    nearby = np.ones((2 * _EDGE_REACH_PX + 1,) * 2, np.uint8)
    found: NDArray[np.bool_] = cv2.dilate(edges, nearby) > _EDGE
    return found


def _text_map(
    networks: Networks, pixels: NDArray[np.uint8], part: Rect, scale: float
) -> NDArray[np.float32]:
    """The map of text on a part of a picture, resized by `scale`, without the padding."""
    crop = pixels[part.y_min : part.y_max, part.x_min : part.x_max]
    height = max(round(crop.shape[0] * scale), 1)
    width = max(round(crop.shape[1] * scale), 1)
    if (height, width) != crop.shape[:2]:
        kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        crop = cv2.resize(crop, (width, height), interpolation=kind)
    padded = cv2.copyMakeBorder(
        crop, 0, -height % MULTIPLE_PX, 0, -width % MULTIPLE_PX, cv2.BORDER_REPLICATE
    )
    return networks.text_map(padded[None])[:height, :width]


def _lines(text_map: NDArray[np.float32], part: Rect, scale: float) -> list[Corners]:
    corner = np.array([part.x_min, part.y_min], np.float32)
    return [line / np.float32(scale) + corner for line in find_lines(text_map)]


def _tiles(regions: list[Rect], scale: float, whole: Rect, second_scale: float) -> Iterator[Rect]:
    """The regions of the first look in pixels of the picture, cut to the size of one look."""
    side = int((LOOK_PIXELS**0.5) / second_scale)
    for region in regions:
        x_min, y_min = int(region.x_min / scale), int(region.y_min / scale)
        x_max = min(ceil(region.x_max / scale), whole.x_max)
        y_max = min(ceil(region.y_max / scale), whole.y_max)
        for y in _starts(y_min, y_max, side):
            for x in _starts(x_min, x_max, side):
                yield Rect(x, y, min(x + side, x_max), min(y + side, y_max))


def _starts(low: int, high: int, side: int) -> range:
    return range(low, max(high - _OVERLAP_PX, low + 1), side - _OVERLAP_PX)


def _seen_again(line: Corners, looked_at: list[Rect], scale: float) -> bool:
    """Whether a second look at full size covered a line that was small on the first."""
    height_px = min(np.linalg.norm(line[0] - line[3]), np.linalg.norm(line[0] - line[1]))
    x, y = line.mean(axis=0)
    return bool(height_px * scale < 2 * _SMALL_PX) and any(
        tile.x_min <= x < tile.x_max and tile.y_min <= y < tile.y_max for tile in looked_at
    )


def _among(line: Corners, others: list[Corners]) -> bool:
    box = _box(line)
    return any(box.iou(_box(other)) > _SAME_LINE_IOU for other in others)


def _box(line: Corners) -> Box:
    (x_min, y_min), (x_max, y_max) = line.min(axis=0).tolist(), line.max(axis=0).tolist()
    return Box(x_min, y_min, x_max, y_max)
