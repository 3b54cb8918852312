"""Figures of a detector: average precision, recall at a rate of false alarms, calibration.

Sources: Everingham et al., "The PASCAL Visual Object Classes Challenge" (IJCV 2010, average
precision as the area under the interpolated curve); Wilson, "Probable Inference" (JASA 1927).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

import numpy as np

from screening.geometry import Box

MATCHING_IOU = 0.5


class Truth(NamedTuple):
    """A box of one class.

    Attributes:
        box: in pixels.
        difficult: counts neither way.
        is_region: around several things that have no boxes of their own; goes with `difficult`.
    """

    box: Box
    difficult: bool = False
    is_region: bool = False

    def overlap(self, found: Box) -> float:
        """IoU with `found`; of a region, the share of `found` that lies in it (as COCO counts)."""
        return found.share_in(self.box) if self.is_region else self.box.iou(found)


class Detected(NamedTuple):
    """A box that was reported.

    Attributes:
        box: in pixels.
        score: 0..1.
    """

    box: Box
    score: float


class Annotated(NamedTuple):
    """One picture and one class.

    Attributes:
        truths: the boxes there are.
        detections: the boxes that were reported.
        crowd: whether some more there are were not boxed; unmatched detections then do not count.
    """

    truths: Sequence[Truth]
    detections: Sequence[Detected]
    crowd: bool = False


def average_precision(pictures: Sequence[Annotated]) -> float:
    """Average precision at `MATCHING_IOU`, 0..1; NaN where there is no truth."""
    outcomes: list[tuple[float, bool]] = []
    wanted = 0
    for picture in pictures:
        wanted += sum(not truth.difficult for truth in picture.truths)
        outcomes += _outcomes(picture)
    if not wanted:
        return float("nan")
    outcomes.sort(key=lambda one: -one[0])
    right = np.array([is_right for _, is_right in outcomes], float)
    if not len(right):
        return 0.0
    found = np.cumsum(right)
    precision = found / np.arange(1, len(right) + 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    return float(np.sum(envelope * right) / wanted)


def _outcomes(picture: Annotated) -> list[tuple[float, bool]]:
    taken: set[int] = set()
    outcomes: list[tuple[float, bool]] = []
    for detected in sorted(picture.detections, key=lambda one: -one.score):
        overlaps = [
            (not truth.difficult, truth.overlap(detected.box), number)
            for number, truth in enumerate(picture.truths)
            if number not in taken or truth.difficult
        ]
        # What counts goes before what counts neither way, or a region would take its detections.
        fitting = [one for one in overlaps if one[1] >= MATCHING_IOU]
        counts, _, number = max(fitting, default=(False, 0.0, -1))
        if counts:
            taken.add(number)
            outcomes.append((detected.score, True))
        elif not fitting and not picture.crowd:
            outcomes.append((detected.score, False))
    return outcomes


def recall_at(positives: Sequence[float], negatives: Sequence[float], rate: float) -> float:
    """Share of positives above the score that at most `rate` of the negatives exceed, 0..1.

    NaN where one kind is missing: without negatives every score, even none, would be enough.
    """
    if not positives or not negatives:
        return float("nan")
    allowed = int(rate * len(negatives))
    ordered = sorted(negatives, reverse=True)
    least = ordered[allowed] if allowed < len(ordered) else -1.0
    return sum(score > least for score in positives) / len(positives)


def area_under_curve(positives: Sequence[float], negatives: Sequence[float]) -> float:
    """Chance that a positive scores higher than a negative, ties half; NaN where one is missing."""
    if not positives or not negatives:
        return float("nan")
    ordered = np.sort(np.asarray(negatives))
    below = np.searchsorted(ordered, positives, "left")
    upto = np.searchsorted(ordered, positives, "right")
    return float((below + upto).mean() / 2 / len(ordered))


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """95 percent interval of a share."""
    if not trials:
        return 0.0, 1.0
    z, share = 1.96, successes / trials
    middle = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    half = z * sqrt(share * (1 - share) / trials + z * z / (4 * trials**2)) / (1 + z * z / trials)
    return max(0.0, middle - half), min(1.0, middle + half)


class Bin(NamedTuple):
    """Scores of a span, and how often they were right.

    Attributes:
        mean_score: of those in the span.
        share: of them that were right.
        detections: how many there are.
    """

    mean_score: float
    share: float
    detections: int


def calibration_bins(scores: Sequence[float], right: Sequence[bool], bins: int = 5) -> list[Bin]:
    """How often scores of each of `bins` equal spans were right; empty spans are left out."""
    found = []
    for number in range(bins):
        low, high = number / bins, (number + 1) / bins
        inside = [
            (score, is_right)
            for score, is_right in zip(scores, right, strict=True)
            if low <= score < high or (score == 1 and number == bins - 1)
        ]
        if inside:
            values, hits = zip(*inside, strict=True)
            found.append(Bin(sum(values) / len(inside), sum(hits) / len(inside), len(inside)))
    return found
