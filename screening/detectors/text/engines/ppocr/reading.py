"""From cut-out lines to their texts, in batches over several pictures, in any direction.

Source: Graves et al., "Connectionist Temporal Classification" (2006), best path decoding.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

import cv2
import numpy as np
from numpy.typing import NDArray

from screening.detectors.text.engines.ppocr.finding import Corners
from screening.detectors.text.engines.ppocr.sessions import Networks

HEIGHT_PX = 48
_WIDTH_STEP_PX = 160
_MIN_WIDTH_PX = 320
_MAX_WIDTH_PX = 3200
"""Lines are padded to steps of width, so that a reading does not depend on its batch."""
_BATCH_PX = 8 * 320
"""Widths of the lines of one batch together: wide lines go in small batches."""
_GREY = 127
_UPRIGHT_RATIO = 1.5
"""Outlines higher than this many widths hold a line that runs up or down."""
_DOUBTFUL = 0.8
_CLEARLY_BETTER = 0.1


@dataclass(frozen=True, slots=True)
class Reading:
    """What one line says.

    Attributes:
        text: its characters.
        score: mean probability of the characters, 0..1; 0 for no text.
        places: where each character stands along the line, 0..1.
    """

    text: str
    score: float
    places: tuple[float, ...]


NOTHING = Reading("", 0.0, ())


def cut_out(pixels: NDArray[np.uint8], corners: Corners) -> NDArray[np.uint8]:
    """The line inside `corners`, straightened; uint8 RGB."""
    width = max(int(max(_distance(corners, 0, 1), _distance(corners, 2, 3))), 1)
    height = max(int(max(_distance(corners, 0, 3), _distance(corners, 1, 2))), 1)
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    transform = cv2.getPerspectiveTransform(corners, target)
    line: NDArray[np.uint8] = cv2.warpPerspective(
        pixels, transform, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return line


def read_lines(
    networks: Networks, lines: Sequence[tuple[NDArray[np.uint8], Corners]]
) -> list[tuple[Reading, Corners]]:
    """The best reading of each line in any of the directions it may run.

    Args:
        networks: loaded models.
        lines: picture and corners of each.

    Returns:
        Readings in the order of `lines`, with the corners from the start of the text, clockwise.
    """
    turned = [_along_the_text(cut_out(pixels, corners), corners) for pixels, corners in lines]
    upright = _read(networks, [crop for crop, _, _ in turned])
    doubtful = [
        number
        for number, ((_, _, vertical), reading) in enumerate(zip(turned, upright, strict=True))
        if vertical or reading.score < _DOUBTFUL
    ]
    flipped = dict(
        zip(
            doubtful, _read(networks, [turned[one][0][::-1, ::-1] for one in doubtful]), strict=True
        )
    )
    best = []
    for number, ((_, corners, _), reading) in enumerate(zip(turned, upright, strict=True)):
        other = flipped.get(number, NOTHING)
        if other.score > reading.score + _CLEARLY_BETTER and len(other.text) > 1:
            best.append((other, np.roll(corners, -2, axis=0)))
        else:
            best.append((reading, corners))
    return best


def _along_the_text(
    crop: NDArray[np.uint8], corners: Corners
) -> tuple[NDArray[np.uint8], Corners, bool]:
    """A crop that is wider than high, its corners from its own upper left, and if it was turned."""
    if crop.shape[0] < _UPRIGHT_RATIO * crop.shape[1]:
        return crop, corners, False
    return np.rot90(crop), np.roll(corners, -1, axis=0), True


def _read(networks: Networks, crops: Sequence[NDArray[np.uint8]]) -> list[Reading]:
    readings = [NOTHING] * len(crops)
    widths = [_width_px(crop) for crop in crops]
    for width, batch in _batches(widths):
        pixels = np.full((len(batch), HEIGHT_PX, width, 3), _GREY, np.uint8)
        for row, number in enumerate(batch):
            size = (widths[number], HEIGHT_PX)
            pixels[row, :, : size[0]] = cv2.resize(np.ascontiguousarray(crops[number]), size)
        indexes, scores = networks.characters_at(pixels)
        for row, number in enumerate(batch):
            share = width / widths[number]
            readings[number] = _decoded(networks.alphabet, indexes[row], scores[row], share)
    return readings


def _batches(widths: Sequence[int]) -> Iterator[tuple[int, list[int]]]:
    """Padded width and numbers of lines that are read together."""
    by_width: dict[int, list[int]] = defaultdict(list)
    for number, width in enumerate(widths):
        padded = ceil(width / _WIDTH_STEP_PX) * _WIDTH_STEP_PX
        by_width[max(padded, _MIN_WIDTH_PX)].append(number)
    for width, numbers in sorted(by_width.items()):
        together = max(_BATCH_PX // width, 1)
        for start in range(0, len(numbers), together):
            yield width, numbers[start : start + together]


def _decoded(
    alphabet: Sequence[str],
    indexes: NDArray[np.int32],
    scores: NDArray[np.float32],
    share: float,
) -> Reading:
    """Repeated characters once, blanks left out; `share` is how much wider the input was."""
    starts = np.ones(len(indexes), bool)
    starts[1:] = indexes[1:] != indexes[:-1]
    kept = np.flatnonzero(starts & (indexes != 0))
    if not len(kept):
        return NOTHING
    text = "".join(alphabet[index] for index in indexes[kept])
    places = ((kept + 0.5) / len(indexes) * share).clip(0, 1)
    return Reading(text, float(scores[kept].mean()), tuple(places.tolist()))


def _width_px(crop: NDArray[np.uint8]) -> int:
    height, width = crop.shape[:2]
    enlarged: int = ceil(HEIGHT_PX * width / height)
    return min(max(enlarged, 1), _MAX_WIDTH_PX)


def _distance(corners: Corners, one: int, other: int) -> float:
    return float(np.linalg.norm(corners[one] - corners[other]))
