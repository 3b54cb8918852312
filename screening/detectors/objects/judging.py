"""What the places of a frame are: uniforms, robes, police vehicles, court buildings, emblems."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from screening.detectors.objects.calibration import Calibration, place_features
from screening.detectors.objects.cutting import EMBLEM, PLACE, Shape, cut
from screening.detectors.objects.networks import EMBLEMS, TOLD
from screening.detectors.objects.places import Place
from screening.geometry import Box

Look = Callable[[NDArray[np.uint8]], NDArray[np.float32]]

TOLD_OF: Mapping[str, tuple[str, ...]] = {
    "person": ("uniform", "judicial_robe"),
    "vehicle": ("police_vehicle",),
    "building": ("courthouse",),
    **dict.fromkeys(EMBLEMS, ("emblem",)),
}
"""What the second look may tell of a place of each label."""


class _Choice(NamedTuple):
    """Places of one kind that are looked at again: the largest and surest first."""

    labels: frozenset[str]
    least: float
    most: int


_CHOICES = (
    _Choice(frozenset({"person"}), 0.1, 6),  # crowds wear the same uniform
    _Choice(frozenset({"vehicle"}), 0.1, 3),
    _Choice(frozenset({"building"}), 0.03, 2),
    _Choice(EMBLEMS, 0.02, 6),  # the detector sees most of them, and is sure of none
)
LEAST = min(choice.least for choice in _CHOICES)
"""Score from which a place may be worth a second look."""
_INSIDE = 0.7
"""Share of an emblem that lies on the person who wears it, or in a larger emblem."""
_WHOLE_SCORE = 0.02
"""Of the frame as one emblem: the detector does not mark a seal that fills the photo."""
_NOTHING_BESIDE = -5.0
"""Logit that stands for none."""


class Looks(NamedTuple):
    """What the second look says.

    Attributes:
        frame: logits of the whole frame, in the order of `TOLD`.
        places: each place that was looked at again, and its logits; the frame as an emblem too.
    """

    frame: Sequence[float]
    places: Sequence[tuple[Place, Sequence[float]]]


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


def look_again(pixels: NDArray[np.uint8], places: Sequence[Place], look: Look) -> Looks:
    """Show the second network the frame and the places worth it.

    The frame is looked at as a whole, for a uniform is likelier among police cars; and as what may
    be one emblem.

    Args:
        pixels: uint8 RGB, shape (H, W, 3).
        places: best first.
        look: see `networks.Networks`.
    """
    chosen = list(_worth_a_look(places))
    height, width = pixels.shape[:2]
    whole = Box(0.0, 0.0, float(width), float(height))
    large = [place for place in chosen if place.label not in EMBLEMS]
    emblems = [place for place in chosen if place.label in EMBLEMS]
    frame, *rows = _seen(pixels, [whole, *(place.box for place in large)], PLACE, look)
    rows += _seen(pixels, [place.box for place in emblems], EMBLEM, look)
    surest = max(emblems, key=lambda one: one.score, default=Place("seal", whole, 0.0))
    filling = Place(surest.label, whole, _WHOLE_SCORE)
    return Looks(frame, list(zip([*large, *emblems, filling], [*rows, frame], strict=True)))


def _seen(
    pixels: NDArray[np.uint8], boxes: Sequence[Box], shape: Shape, look: Look
) -> list[list[float]]:
    if not boxes:
        return []
    logits = look(np.stack([cut(pixels, box, shape) for box in boxes]))
    found: list[list[float]] = logits.astype(float).tolist()
    return found


def _worth_a_look(places: Sequence[Place]) -> Iterator[Place]:
    for labels, least, most in _CHOICES:
        like = [place for place in places if place.label in labels and place.score >= least]
        if labels is EMBLEMS:
            yield from like[:most]
        else:
            yield from sorted(like, key=lambda one: -one.score * one.box.area_px)[:most]


def judge(looks: Looks, calibration: Calibration) -> Iterator[Judged]:
    """Everything that the places may be, each with its probability.

    An emblem keeps the detector's word for it: badge, patch, seal or logo. One around a surer one
    is left out.
    """
    judged = list(_judged(looks, calibration))
    emblems = [one for one in judged if one.label in EMBLEMS]
    for one in judged:
        surer = (other.box for other in emblems if other.score > one.score)
        if one.label not in EMBLEMS or all(box.share_in(one.box) < _INSIDE for box in surer):
            yield one


def _judged(looks: Looks, calibration: Calibration) -> Iterator[Judged]:
    for place, row in looks.places:
        for told in TOLD_OF[place.label]:
            column = TOLD.index(told)
            score = calibration.probability(told, features_at(told, place, row, looks))
            parts = {
                place.label: place.score,
                "second_look": _probability(row[column]),
                "frame": _probability(looks.frame[_frame_column(told)]),
            }
            yield Judged(place.label if told == "emblem" else told, place.box, score, parts)


def features_at(told: str, place: Place, row: Sequence[float], looks: Looks) -> list[float]:
    """What the calibration weighs.

    Args:
        told: one of `TOLD`.
        place: where.
        row: logits there.
        looks: all of the frame.
    """
    frame = looks.frame[_frame_column(told)]
    beside = _beside(told, place, looks)
    return place_features(row[TOLD.index(told)], place, frame, beside)


def _frame_column(told: str) -> int:
    """An emblem is likelier in a frame of uniforms; of emblems a frame as a whole says little."""
    return TOLD.index("uniform" if told == "emblem" else told)


def _beside(told: str, place: Place, looks: Looks) -> float:
    """The highest logit of an emblem on a person, or of a uniform around an emblem."""
    if told == "uniform":
        logits = [
            row[TOLD.index("emblem")]
            for one, row in looks.places
            if one.label in EMBLEMS and one.box.share_in(place.box) >= _INSIDE
        ]
    elif told == "emblem":
        logits = [
            row[TOLD.index("uniform")]
            for one, row in looks.places
            if one.label == "person" and place.box.share_in(one.box) >= _INSIDE
        ]
    else:
        return 0.0
    return max(logits, default=_NOTHING_BESIDE)


def _probability(logit: float) -> float:
    return float(1 / (1 + np.exp(-np.clip(logit, -60, 60))))
