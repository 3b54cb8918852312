"""Runs a frame detector on annotated pictures and counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from screening.config import MediaLimits
from screening.detectors.base import FrameDetector
from screening.errors import MediaError
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
_LEAST_SHOWN = 0.3
"""Surer false alarms than this are worth a look."""

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
        recalls: image level.
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
    """

    path: Path
    name: str
    truth: Truth | None
    detected: Detected | None
    weight: float


def evaluate(
    detector: FrameDetector,
    pictures: Sequence[AnnotatedPicture],
    limits: MediaLimits,
    progress: Progress,
) -> tuple[list[Evaluated], dict[Path, str]]:
    """What the detector says of every picture, and why those were left out that cannot be read.

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
            frame = _first_frame(picture.path, limits)
        except MediaError as error:
            unreadable[picture.path] = str(error)
            continue
        detected: dict[str, list[Detected]] = {}
        for finding in detector.detect([frame]):
            if finding.box is not None:
                found = Detected(finding.box, finding.score)
                detected.setdefault(finding.label, []).append(found)
        done.append(Evaluated(picture, detected))
    progress("Looking at annotated pictures", len(pictures), len(pictures))
    return done, unreadable


def _first_frame(path: Path, limits: MediaLimits) -> Frame:
    media = identify(path, limits)
    with open_frames(media, limits) as frames:
        return next(iter(frames))


def figures(evaluated: Sequence[Evaluated]) -> list[ClassFigures]:
    """The figures of every class that has a box, by name."""
    names = sorted({name for one in evaluated for name in one.picture.truths})
    return [_figures_of(name, evaluated) for name in names]


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
    for rate in RATES if wanted else ():
        recall = recall_at(wanted, others, rate)
        recalls.append(Recall(rate, recall, *wilson(round(recall * len(wanted)), len(wanted))))
    scored = [outcome for picture in pictures for outcome in _outcomes(picture)]
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


def _outcomes(picture: Annotated) -> Iterator[tuple[float, bool]]:
    """Score of every detection that counts, and whether a box is there."""
    for found in picture.detections:
        overlaps = [truth for truth in picture.truths if truth.box.iou(found.box) >= MATCHING_IOU]
        if any(not truth.difficult for truth in overlaps):
            yield found.score, True
        elif not overlaps and not picture.crowd:
            yield found.score, False


def worst_mistakes(evaluated: Sequence[Evaluated], most: int) -> list[Mistake]:
    """The largest boxes that nothing found and the surest false alarms, half of each at most."""
    missed, wrong = [], []
    for one in evaluated:
        for name in one.picture.truths.keys() | one.detected.keys():
            picture = _annotated(name, one)
            missed += [
                _missed(one, name, truth) for truth in picture.truths if _misses(picture, truth)
            ]
            if name in one.picture.truths or not picture.crowd:
                wrong += [
                    _wrong(one, name, found)
                    for found in picture.detections
                    if _invents(picture, found)
                ]
    missed.sort(key=_order)
    wrong.sort(key=_order)
    return missed[: most // 2] + wrong[: most - min(len(missed), most // 2)]


def _misses(picture: Annotated, truth: Truth) -> bool:
    return not truth.difficult and all(
        found.box.iou(truth.box) < MATCHING_IOU or found.score < _LEAST_SHOWN
        for found in picture.detections
    )


def _invents(picture: Annotated, found: Detected) -> bool:
    return (
        found.score >= _LEAST_SHOWN
        and not picture.crowd
        and all(found.box.iou(truth.box) < MATCHING_IOU for truth in picture.truths)
    )


def _missed(one: Evaluated, name: str, truth: Truth) -> Mistake:
    return Mistake(one.picture.path, name, truth, None, truth.box.area_px)


def _wrong(one: Evaluated, name: str, found: Detected) -> Mistake:
    return Mistake(one.picture.path, name, None, found, found.score)


def _order(mistake: Mistake) -> tuple[float, Path, str]:
    return -mistake.weight, mistake.path, mistake.name
