"""Fits what `models/objects/calibration.json` holds, on pictures no network of the measuring saw.

`measure` runs networks on the pictures held out, or on one fold of `posts/`; `fit` reads what was
measured.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from screening.detectors.objects.calibration import Calibration
from screening.detectors.objects.judging import TOLD_OF, features_at, judge
from screening.detectors.objects.networks import (
    ATTRIBUTES,
    CALIBRATION,
    EMBLEMS,
    FOLDER,
    SHIPPED,
    TOLD,
    networks_in,
)
from screening.detectors.weights import model_folder
from screening.training.objects.crops import UNKNOWN, Crop, Part, all_crops, fold_of
from screening.training.objects.measuring import Seen, look_at, read, write
from screening.training.objects.proposals import emblem_crops
from screening.training.shipping import fit_logistic, write_checksums

_SAME_IOU = 0.5
_FALSE_ALARM_RATES = {
    "uniform": 0.0035, "judicial_robe": 0.001, "police_vehicle": 0.0035, "courthouse": 0.014,
    "badge": 0.0035, "patch": 0.0035, "seal": 0.0, "logo": 0.0,
}  # fmt: skip
"""On pictures held out that show nothing: less than three in a hundred in all, and most of them for
court buildings, which banks and town halls are told from with the most trouble."""
_LEAST_SCORES = {"person": 0.35, "face": 0.4, "license_plate": 0.35, "weapon": 0.4}
"""Of what Open Images taught; there is no truth here to fit them on."""
_LEAST = 0.3


def held_out(crops: Sequence[Crop]) -> list[str]:
    """Pictures that training left out."""
    return sorted({crop.file for crop in crops if crop.part is Part.HELD_OUT})


def of_fold(crops: Sequence[Crop], fold: int) -> list[str]:
    """Pictures of `posts/` that training without this fold left out."""
    posts = (crop for crop in crops if crop.part is Part.POSTS)
    return sorted({crop.file for crop in posts if fold_of(crop.source) == fold})


Row = tuple[list[float], float]
"""Features and truth."""


def place_rows(told: str, seen: Sequence[Seen], crops: Sequence[Crop]) -> Iterator[Row]:
    """Every place that was looked at and whose truth is known."""
    column, by_file = TOLD.index(told), _by_file(crops)
    for one in seen:
        for place, row in one.looks.places:
            if told not in TOLD_OF[place.label]:
                continue
            kinds = {"emblem", "scene"} if told == "emblem" else {place.label}
            same = [
                (crop.box.iou(place.box), crop.truth[column])
                for crop in by_file.get(one.file, ())
                if crop.kind in kinds and crop.box.iou(place.box) >= _SAME_IOU
            ]
            known = max(same, default=(0.0, UNKNOWN))[1]
            if known != UNKNOWN:
                yield features_at(told, place, row, one.looks), known


def _by_file(crops: Sequence[Crop]) -> dict[str, list[Crop]]:
    found: dict[str, list[Crop]] = {}
    for crop in crops:
        found.setdefault(crop.file, []).append(crop)
    return found


def fit(seen: Sequence[Seen], crops: Sequence[Crop]) -> Calibration:
    """Weights of every attribute, and scores from which each label is reported."""
    weights = {told: _fitted(list(place_rows(told, seen, crops))) for told in TOLD}
    unsure = Calibration(told=weights, min_scores={})
    scores = {
        label: _score_for(best_scores(label, unsure, seen), crops, label)
        for label in (*ATTRIBUTES, *sorted(EMBLEMS))
    }
    return Calibration(told=weights, min_scores=dict(sorted({**_LEAST_SCORES, **scores}.items())))


def _fitted(rows: Sequence[Row]) -> list[float]:
    """Weights of what speaks for the attribute; what would speak against it weighs nothing.

    A robe is not likelier for being small: the photos of judges just happen to be.
    """
    given, truths = zip(*rows, strict=True)
    features, wanted = np.array(given), np.array(truths) > 0.5
    used = np.ones(features.shape[1], bool)
    while True:
        constant, *weights = fit_logistic(features[:, used], wanted)
        against = np.flatnonzero(used)[np.array(weights) < 0]
        if not len(against):
            break
        used[against] = False
    whole = np.zeros(len(used))
    whole[used] = weights
    return [round(one, 5) for one in (constant, *whole.tolist())]


def best_scores(label: str, calibration: Calibration, seen: Sequence[Seen]) -> dict[str, float]:
    """By picture, the highest score of a label anywhere in it."""
    return {
        one.file: max((score for score in _scores(label, calibration, one)), default=0.0)
        for one in seen
    }


def _scores(label: str, calibration: Calibration, seen: Seen) -> Iterator[float]:
    if label not in ATTRIBUTES and label not in EMBLEMS:
        yield from (place.score for place in seen.places if place.label == label)
    else:
        yield from (one.score for one in judge(seen.looks, calibration) if one.label == label)


def _score_for(scores: dict[str, float], crops: Sequence[Crop], label: str) -> float:
    """The score that `_FALSE_ALARM_RATES` of the pictures that show nothing at all reach."""
    plain = sorted(
        {
            crop.file
            for crop in crops
            if crop.file.startswith("negative/") and "city_halls" not in crop.file
        }
    )
    reached = sorted((scores[file] for file in plain if file in scores), reverse=True)
    allowed = int(_FALSE_ALARM_RATES[label] * len(reached))
    least = reached[allowed] + 0.005 if allowed < len(reached) else 0.0
    return round(min(max(least, _LEAST), 0.99), 3)


def main() -> None:
    """Measure or fit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--drafts", type=Path, required=True)
    parser.add_argument("--proposals", type=Path, required=True, help="what `proposals` wrote")
    parser.add_argument("--networks", type=Path, help="folder with both ONNX files, to measure")
    parser.add_argument("--fold", type=int, help="measure this fold of posts/")
    parser.add_argument("--out", type=Path, help="JSON lines of what is measured")
    parser.add_argument("--fit", type=Path, nargs="*", help="what was measured, to fit")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    cv2.setNumThreads(options.threads)
    crops = [
        *all_crops(options.data, options.drafts),
        *emblem_crops(options.data, options.proposals),
    ]
    if options.networks:
        files = held_out(crops) if options.fold is None else of_fold(crops, options.fold)
        networks = networks_in(options.networks, options.threads)
        write(options.out, look_at(options.data, files, networks))
    if options.fit:
        seen = [one for path in options.fit for one in read(path)]
        calibration = fit(seen, crops)
        folder = model_folder(FOLDER)
        text = calibration.model_dump_json(indent=2) + "\n"
        (folder / CALIBRATION).write_text(text, encoding="utf-8")
        write_checksums(folder, SHIPPED)
        print(text)


if __name__ == "__main__":
    main()
