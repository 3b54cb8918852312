"""Runs a frame detector on annotated pictures and counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from screening.config import MediaLimits
from screening.detectors.base import FrameDetector
from screening.errors import MediaError
from screening.geometry import Box
from screening.media.reader import open_frames
from screening.media.sniff import identify
from screening.records import Frame
from screening.training.evaluation.annotations import AnnotatedPicture
from screening.training.objects.figures import (
    MATCHING_IOU,
    Annotated,
    Bin,
    Detected,
    Truth,
    area_under_curve,
    average_precision,
    calibration_bins,
    recall_at,
    wilson,
)

RATES = (0.01, 0.02, 0.05)
"""Shares of pictures without a class that may be called."""
LEAST_SHOWN = 0.3
"""Detections from this score on are worth a look; a box found with less counts as missed here."""

Progress = Callable[[str, int, int], None]


class Evaluated(NamedTuple):
    """One picture, its truth and what the detector said.

    Attributes:
        picture: the annotated picture.
        detected: by class.
    """

    picture: AnnotatedPicture
    detected: Mapping[str, Sequence[Detected]]


class Recall(NamedTuple):
    """Image-level recall at a rate of false positives, with its 95 % interval (Wilson)."""

    rate: float
    recall: float
    low: float
    high: float


class ClassFigures(NamedTuple):
    """Figures of one class.

    Attributes:
        name: of the class.
        pictures_with: pictures with a box of it that is not difficult.
        pictures_without: pictures without any box of it.
        boxes: that are not difficult.
        average_precision: at IoU 0.5; NaN without boxes.
        area_under_curve: image level; NaN where one kind of picture is missing.
        recalls: image level; none where one kind of picture is missing.
        bins: how often scores of each fifth were right.
    """

    name: str
    pictures_with: int
    pictures_without: int
    boxes: int
    average_precision: float
    area_under_curve: float
    recalls: list[Recall]
    bins: list[Bin]


class Mistake(NamedTuple):
    """A box that was missed or should not be.

    Attributes:
        path: of the picture.
        name: of the class.
        truth: the box that was missed; None for a false alarm.
        detected: the false alarm; None for a miss.
        weight: the worst first.
        annotated: every box of the class on the picture, and every detection.
    """

    path: Path
    name: str
    truth: Truth | None
    detected: Detected | None
    weight: float
    annotated: Annotated


def evaluate(
    detector: FrameDetector,
    pictures: Sequence[AnnotatedPicture],
    limits: MediaLimits,
    progress: Progress,
) -> tuple[list[Evaluated], dict[Path, str]]:
    """What the detector says of every picture, and why those were left out that cannot be used.

    That is a picture that cannot be read, or has another size than its boxes were drawn for.

    Args:
        detector: looks at the first frame of each.
        pictures: annotated.
        limits: of reading.
        progress: told after each.
    """
    done: list[Evaluated] = []
    unreadable: dict[Path, str] = {}
    for number, picture in enumerate(pictures):
        progress("Looking at annotated pictures", number, len(pictures))
        try:
            frame = first_frame(picture.path, limits)
        except MediaError as error:
            unreadable[picture.path] = str(error)
            continue
        height, width = frame.pixels.shape[:2]
        if picture.size_wh and picture.size_wh != (width, height):
            unreadable[picture.path] = (
                f"upright it has {width} x {height} pixels, but its boxes were drawn for"
                f" {picture.size_wh[0]} x {picture.size_wh[1]}"
            )
            continue
        detected: dict[str, list[Detected]] = {}
        for finding in detector.detect([frame]):
            found = Detected(finding.box or Box(0, 0, width, height), finding.score)
            detected.setdefault(finding.label, []).append(found)
        done.append(Evaluated(picture, detected))
    progress("Looking at annotated pictures", len(pictures), len(pictures))
    return done, unreadable


def first_frame(path: Path, limits: MediaLimits) -> Frame:
    """The picture upright.

    Raises:
        MediaError: it cannot be read.
    """
    media = identify(path, limits)
    with open_frames(media, limits) as frames:
        return next(iter(frames))


def figures(evaluated: Sequence[Evaluated]) -> list[ClassFigures]:
    """The figures of every class that has a box, by name."""
    return [_figures_of(name, evaluated) for name in _classes(evaluated)]


def _classes(evaluated: Sequence[Evaluated]) -> list[str]:
    return sorted({name for one in evaluated for name in one.picture.truths})


def _figures_of(name: str, evaluated: Sequence[Evaluated]) -> ClassFigures:
    wanted, others = [], []
    for one in evaluated:
        truths = one.picture.truths.get(name, [])
        best = max((found.score for found in one.detected.get(name, ())), default=0.0)
        if any(not truth.difficult for truth in truths):
            wanted.append(best)
        elif not truths:
            others.append(best)
    pictures = [_annotated(name, one) for one in evaluated]
    recalls = []
    for rate in RATES if wanted and others else ():
        recall = recall_at(wanted, others, rate)
        recalls.append(Recall(rate, recall, *wilson(round(recall * len(wanted)), len(wanted))))
    scored = [outcome for picture in pictures for outcome in outcomes(picture)]
    return ClassFigures(
        name,
        len(wanted),
        len(others),
        sum(not truth.difficult for picture in pictures for truth in picture.truths),
        average_precision(pictures),
        area_under_curve(wanted, others),
        recalls,
        calibration_bins([score for score, _ in scored], [right for _, right in scored]),
    )


def _annotated(name: str, one: Evaluated) -> Annotated:
    truths, detected = one.picture.truths.get(name, ()), one.detected.get(name, ())
    return Annotated(truths, detected, one.picture.crowd)


def outcomes(picture: Annotated) -> Iterator[tuple[float, bool]]:
    """Score of every detection that counts, and whether a box is there."""
    for found in picture.detections:
        overlaps = [truth for truth in picture.truths if truth.overlap(found.box) >= MATCHING_IOU]
        if any(not truth.difficult for truth in overlaps):
            yield found.score, True
        elif not overlaps and not picture.crowd:
            yield found.score, False


def worst_mistakes(evaluated: Sequence[Evaluated], most: int) -> list[Mistake]:
    """The largest boxes that nothing found, then the surest false alarms.

    Half of each; more of one where there are fewer of the other. Only of classes that somebody
    drew: nobody knows whether the others are right.
    """
    missed, wrong = [], []
    classes = _classes(evaluated)
    for one in evaluated:
        for name in classes:
            picture = _annotated(name, one)
            missed += [
                Mistake(one.picture.path, name, truth, None, truth.box.area_px, picture)
                for truth in picture.truths
                if _misses(picture, truth)
            ]
            wrong += [
                Mistake(one.picture.path, name, None, found, found.score, picture)
                for found in picture.detections
                if _invents(picture, found)
            ]
    missed.sort(key=_order)
    wrong.sort(key=_order)
    kept = max(most // 2, most - len(wrong))
    return missed[:kept] + wrong[: most - min(len(missed), kept)]


def _misses(picture: Annotated, truth: Truth) -> bool:
    return not truth.difficult and all(
        found.box.iou(truth.box) < MATCHING_IOU or found.score < LEAST_SHOWN
        for found in picture.detections
    )


def _invents(picture: Annotated, found: Detected) -> bool:
    return (
        found.score >= LEAST_SHOWN
        and not picture.crowd
        and all(truth.overlap(found.box) < MATCHING_IOU for truth in picture.truths)
    )


def _order(mistake: Mistake) -> tuple[float, Path, str]:
    return -mistake.weight, mistake.path, mistake.name
