"""The objects detector on pictures that its networks did not learn from.

`python benchmarks/objects_figures.py --drafts FILE --folds DIR`: FILE is what `screening train
drafts` wrote; DIR/0 to DIR/4 hold the networks trained without each fifth of `posts/` (by source).
Without `--folds`, only the pictures held out from the shipped networks: a fifth of `uniform/`,
`courthouse/` and `vehicle/`, half of `negative/`, and all of it beside.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2

from screening.detectors.objects.calibration import Calibration, load_calibration
from screening.detectors.objects.judging import judge
from screening.detectors.objects.networks import ATTRIBUTES, FOLDER, Networks, networks_in
from screening.detectors.weights import model_folder
from screening.geometry import Box
from screening.training.evaluation.evaluating import outcomes
from screening.training.objects.calibrate import best_scores, held_out, of_fold
from screening.training.objects.crops import FOLDS, all_crops, notes_by_file
from screening.training.objects.figures import (
    Annotated,
    Detected,
    Truth,
    area_under_curve,
    average_precision,
    calibration_bins,
    recall_at,
    wilson,
)
from screening.training.objects.measuring import Seen, look_at
from screening.training.sources import CIVILIANS

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
EMBLEMS = ("badge", "patch", "seal")
RATE = 0.05


def boxed(label: str, calibration: Calibration, seen: Seen) -> Iterator[Detected]:
    """Every place with a score for the label, in pixels of the picture as it was read."""
    judged = judge(seen.looks, calibration)
    yield from (Detected(one.box, one.score) for one in judged if one.label == label)


def posts(seen: Sequence[Seen], calibration: Calibration) -> None:
    """One row per label: pictures, AUC, recall at 5 % false positives, average precision."""
    notes = notes_by_file(DATA / "posts" / "annotations.jsonl")
    print(f"\n`posts/`, {len(seen)} pictures, cross-validated\n")
    print("| label | with, without | AUC | recall at 5 % (95 % interval) | AP50 (boxes) |")
    print("|---|---|---|---|---|")
    for label in ("uniform", "police_vehicle", "courthouse", *EMBLEMS, "logo", "/".join(EMBLEMS)):
        names = label.split("/")
        best: dict[str, float] = dict.fromkeys((one.file for one in seen), 0.0)
        for name in names:
            scores = best_scores(name, calibration, seen)
            best = {file: max(score, scores[file]) for file, score in best.items()}
        kinds = {file: _kind(notes[file], names) for file in best}
        wanted = [best[file] for file, kind in kinds.items() if kind == "with"]
        others = [best[file] for file, kind in kinds.items() if kind == "without"]
        recall = recall_at(wanted, others, RATE)
        low, high = wilson(round(recall * len(wanted)), len(wanted))
        precision = [
            average_precision([_annotated(one, notes[one.file], name, calibration) for one in seen])
            for name in names
        ]
        count = sum(
            one["category"] in names and not one["difficult"]
            for note in notes.values()
            for one in note["labels"]
        )
        mean = sum(precision) / len(precision)
        print(
            f"| {label} | {len(wanted)}, {len(others)} | {area_under_curve(wanted, others):.3f}"
            f" | {recall:.2f} ({low:.2f} to {high:.2f}) | {mean:.2f} ({count}) |"
        )


def _kind(note: dict, names: Sequence[str]) -> str:
    like = [one["difficult"] for one in note["labels"] if one["category"] in names]
    return "with" if False in like else "unclear" if like else "without"


def _annotated(seen: Seen, note: dict, label: str, calibration: Calibration) -> Annotated:
    scale = seen.size_wh[0] / note["width"]
    truths = [
        Truth(Box(*one["box"]).scaled(scale, scale), one["difficult"])
        for one in note["labels"]
        if one["category"] == label
    ]
    crowd = bool(note["crowd"]) and label == "uniform"
    return Annotated(truths, list(boxed(label, calibration, seen)), crowd)


def calibrated(seen: Sequence[Seen], calibration: Calibration) -> None:
    """How often what was reported with a score of each span was right, for what has boxes."""
    notes = notes_by_file(DATA / "posts" / "annotations.jsonl")
    print("\n`posts/`: right at IoU 0.5 (of so many) by score\n")
    print("| label | below 0.2 | 0.2 | 0.4 | 0.6 | 0.8 to 1 |\n|---|---|---|---|---|---|")
    for label in ("uniform", "police_vehicle", "courthouse"):
        found = [
            outcome
            for one in seen
            for outcome in outcomes(_annotated(one, notes[one.file], label, calibration))
        ]
        bins = calibration_bins([score for score, _ in found], [right for _, right in found])
        listed = " | ".join(f"{one.share:.2f} ({one.detections})" for one in bins)
        print(f"| {label} | {listed} |")


def professions(seen: Sequence[Seen], calibration: Calibration) -> None:
    """Police against the other professions, on the fifth held out."""
    scores = best_scores("uniform", calibration, seen)
    police = [score for file, score in scores.items() if file.startswith("uniform/police/")]
    print("\n`uniform/`, the fifth held out\n")
    print("| police against | pictures | AUC | recall at 5 % |\n|---|---|---|---|")
    for name, folders in (
        ("eight civilian professions", CIVILIANS),
        ("those and judges", (*CIVILIANS, "judge")),
    ):
        others = [
            score for file, score in scores.items() if file.split("/")[1] in folders
            and file.startswith("uniform/")
        ]  # fmt: skip
        area, recall = area_under_curve(police, others), recall_at(police, others, RATE)
        print(f"| {name} | {len(police)}, {len(others)} | {area:.3f} | {recall:.2f} |")


def held_out_labels(seen: Sequence[Seen], calibration: Calibration) -> None:
    """Court buildings, robes and police vehicles among what was held out."""
    print("\nOther pictures held out, against the held-out half of `negative/` (no city halls)\n")
    print("| label, set | pictures | AUC | recall at 5 % |\n|---|---|---|---|")
    for label, folder in (
        ("courthouse", "courthouse/us/"), ("courthouse", "courthouse/uk/"),
        ("judicial_robe", "uniform/judge/"),
    ):  # fmt: skip
        scores = best_scores(label, calibration, seen)
        wanted = [score for file, score in scores.items() if file.startswith(folder)]
        others = [
            score for file, score in scores.items()
            if file.startswith("negative/") and "city_halls" not in file
        ]  # fmt: skip
        area, recall = area_under_curve(wanted, others), recall_at(wanted, others, RATE)
        print(f"| {label}, `{folder}` | {len(wanted)}, {len(others)} | {area:.3f} | {recall:.2f} |")


def false_alarms(seen: Sequence[Seen], calibration: Calibration, name: str) -> None:
    """Pictures per label and hundred that reach the shipped score although nothing is there."""
    plain = [one for one in seen if one.file.startswith("negative/")]
    for halls in (False, True):
        some = [one for one in plain if ("city_halls" in one.file) == halls]
        counts = {}
        for label in (*ATTRIBUTES, "badge", "patch", "seal", "logo", "weapon"):
            scores = best_scores(label, calibration, some)
            wrong = [file for file, one in scores.items() if one >= calibration.min_scores[label]]
            counts[label] = len(wrong)
            for file in wrong:
                print(f"    {label}: {file} {scores[file]:.2f}", file=sys.stderr)
        total = sum(counts.values())
        listed = ", ".join(f"{label} {count}" for label, count in counts.items())
        where = "city halls" if halls else "no city halls"
        rate = 100 * total / max(len(some), 1)
        print(f"\n{name}, {where}: {len(some)} pictures, {rate:.1f} false alarms per 100: {listed}")


def _networks(folder: Path) -> Networks:
    return networks_in(folder, 1)


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--drafts", type=Path, required=True)
    parser.add_argument("--folds", type=Path)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    calibration, crops = load_calibration(), all_crops(DATA, options.drafts)
    if options.folds:
        across = [
            one
            for fold in range(FOLDS)
            for one in look_at(DATA, of_fold(crops, fold), _networks(options.folds / str(fold)))
        ]
        posts(across, calibration)
        calibrated(across, calibration)
    shipped = _networks(model_folder(FOLDER))
    apart = list(look_at(DATA, held_out(crops), shipped))
    professions(apart, calibration)
    held_out_labels(apart, calibration)
    false_alarms(apart, calibration, "`negative/`, the half held out")
    rest = sorted(
        {crop.file for crop in crops if crop.file.startswith("negative/")}
        - {one.file for one in apart}
    )
    learned = list(look_at(DATA, rest, shipped))
    false_alarms([*apart, *learned], calibration, "all of `negative/`")
    return 0


if __name__ == "__main__":
    sys.exit(main())
