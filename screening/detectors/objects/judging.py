"""What the places of a frame are: uniforms, robes, police vehicles, court buildings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from screening.detectors.objects.calibration import Calibration
from screening.detectors.objects.cutting import cut
from screening.detectors.objects.networks import ATTRIBUTES
from screening.detectors.objects.places import Place
from screening.geometry import Box

Look = Callable[[NDArray[np.uint8]], NDArray[np.float32]]

ATTRIBUTES_OF = {
    "person": ("uniform", "judicial_robe"),
    "vehicle": ("police_vehicle",),
    "building": ("courthouse",),
}
"""What the second look may find at a place of each label."""

_MOST_LOOKS = {"person": 6, "vehicle": 3, "building": 2}
"""Places that are looked at again, the largest and surest first; crowds wear the same uniform."""


class Judged(NamedTuple):
    """Something to report if its score suffices.

    Attributes:
        label: what it is.
        box: in pixels of the frame.
        score: 0..1.
        parts: what the score was made of, by name.
    """

    label: str
    box: Box
    score: float
    parts: Mapping[str, float]


def judge(
    pixels: NDArray[np.uint8], places: Sequence[Place], look: Look, calibration: Calibration
) -> list[Judged]:
    """Every attribute of every place worth a second look.

    The frame as a whole is looked at too: a uniform is likelier among police cars.

    Args:
        pixels: uint8 RGB, shape (H, W, 3).
        places: best first.
        look: see `networks.Networks`.
        calibration: turns logits into probabilities.
    """
    height, width = pixels.shape[:2]
    whole = Box(0.0, 0.0, float(width), float(height))
    chosen = list(worth_a_look(places))
    if not chosen:
        return []
    boxes = [whole, *(place.box for place in chosen)]
    logits = look(np.stack([cut(pixels, box) for box in boxes]))
    return [
        one
        for place, row in zip(chosen, logits[1:], strict=True)
        for one in _judged(place, row, logits[0], calibration)
    ]


def worth_a_look(places: Sequence[Place]) -> Iterator[Place]:
    """The largest and surest places of the labels that have attributes."""
    for label, most in _MOST_LOOKS.items():
        like = [place for place in places if place.label == label]
        yield from sorted(like, key=lambda one: -one.score * one.box.area_px)[:most]


def _judged(
    place: Place,
    logits: NDArray[np.float32],
    frame: NDArray[np.float32],
    calibration: Calibration,
) -> Iterator[Judged]:
    for attribute in ATTRIBUTES_OF[place.label]:
        column = ATTRIBUTES.index(attribute)
        logit, around = float(logits[column]), float(frame[column])
        score = calibration.at_place(attribute, logit, place, around)
        parts = {
            place.label: place.score,
            "second_look": _probability(logit),
            "frame": _probability(around),
        }
        yield Judged(attribute, place.box, score, parts)


def _probability(logit: float) -> float:
    return float(1 / (1 + np.exp(-np.clip(logit, -60, 60))))
