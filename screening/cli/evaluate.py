"""`screening evaluate`: how good a detector is on an annotated folder."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from screening.cli.arguments import detector_options_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from screening.training.evaluation.annotations import AnnotatedPicture
    from screening.training.evaluation.evaluating import ClassFigures

_SHEET_TILES = 24
EXAMPLES = """\b
Examples:
  screening evaluate our_photos --out figures
  screening evaluate our_photos --annotations instances_default.json
  screening evaluate our_photos --option objects.model=own.onnx --out figures
Exit code: 0 all pictures were looked at, 3 some were left out because they cannot be read."""


def evaluate(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Pictures and a file with their boxes.")
    ],
    *,
    annotations: Annotated[
        Path | None,
        typer.Option(help="COCO (.json) or JSON lines (.jsonl); default: the only one in FOLDER."),
    ] = None,
    detector: Annotated[str, typer.Option(help="Which detector.")] = "objects",
    out: Annotated[Path | None, typer.Option(help="Folder for figures.json and worst.png.")] = None,
    option: Annotated[
        list[str] | None, typer.Option(help="Detector option, such as objects.max_tiles=0.")
    ] = None,
) -> None:
    """Compare what a detector finds with boxes that people drew.

    For each class: average precision of the boxes (IoU 0.5); for whole pictures, the area under the
    ROC curve and how many are found at 1, 2 and 5 % false alarms; how often a score is right. With
    --out, a contact sheet of the worst mistakes.
    """
    from screening.run.confinement import confine_process  # noqa: PLC0415 - keeps --help quick

    confine_process()
    from screening.cli.console import RunDisplay  # noqa: PLC0415
    from screening.config import ScreenConfig  # noqa: PLC0415
    from screening.detectors.base import FrameDetector  # noqa: PLC0415
    from screening.detectors.registry import detector_class  # noqa: PLC0415
    from screening.errors import ConfigError, ExitCode  # noqa: PLC0415
    from screening.reports.wording import visible  # noqa: PLC0415
    from screening.screen import make_plan  # noqa: PLC0415
    from screening.training.evaluation.annotations import load_annotations  # noqa: PLC0415
    from screening.training.evaluation.evaluating import (  # noqa: PLC0415
        evaluate as run,
    )
    from screening.training.evaluation.evaluating import (  # noqa: PLC0415
        figures,
        worst_mistakes,
    )

    pictures = load_annotations(folder, annotations)
    if out is not None:
        _make_folder(out, folder)
    options = {detector: {"min_score": 0.01}} if detector == "objects" else {}
    for name, chosen in detector_options_of(option or []).items():
        options.setdefault(name, {}).update(chosen)  # type: ignore[arg-type]
    display = RunDisplay(quiet=False)
    with display.shown():
        config = ScreenConfig(detectors=(detector,), options=options)
        plan = make_plan(config, display.step)
        looks = detector_class(detector)(plan.detectors[0][1], plan.resources(1))
        if not isinstance(looks, FrameDetector):
            raise ConfigError("this detector does not look at pictures", key="--detector")
        _say_unknown(pictures, detector, looks.labels)
        done, left_out = run(looks, pictures, config.limits, display.step)
        found = figures(done)
        if out is not None:
            from screening.training.evaluation.sheet import contact_sheet  # noqa: PLC0415

            sheet = contact_sheet(worst_mistakes(done, _SHEET_TILES), config.limits, display.step)
            sheet.save(out / "worst.png")
            _write(out / "figures.json", detector, len(done), found, left_out)
    print(_table(found, len(done)))
    if left_out:
        print(f"\nLeft out: {len(left_out)} of {len(pictures)} pictures")
    for path, why in left_out.items():
        print(f"  {visible(str(path))}: {why}")
    if out is not None:
        print(f"\nFigures and the worst mistakes: {out}")
    raise typer.Exit(ExitCode.INCOMPLETE if left_out else ExitCode.CLEAR)


def _make_folder(out: Path, folder: Path) -> None:
    """Before the pictures are looked at, which may take an hour."""
    from screening.errors import ConfigError  # noqa: PLC0415

    if out.resolve() == folder.resolve():
        # The next run would find two files of annotations.
        raise ConfigError("the photos are there; choose another with --out", file=out)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"this folder cannot be made: {error.strerror}", key="--out") from error


def _say_unknown(pictures: list[AnnotatedPicture], detector: str, labels: frozenset[str]) -> None:
    """A class with another name than the detector's would look like one it never finds."""
    from screening.reports.wording import visible  # noqa: PLC0415

    for name in sorted({name for one in pictures for name in one.truths} - labels):
        known = ", ".join(sorted(labels))
        print(f"{visible(name)}: {detector} has no such label; it has {known}", file=sys.stderr)


def _write(
    path: Path,
    detector: str,
    pictures: int,
    found: list[ClassFigures],
    left_out: Mapping[Path, str],
) -> None:
    from screening.reports.atomic_text import AtomicText  # noqa: PLC0415

    told = {
        "detector": detector,
        "pictures": pictures,
        "left_out": {str(picture): why for picture, why in left_out.items()},
        "classes": [_plain(one) for one in found],
    }
    stream = AtomicText(path)
    stream.write(json.dumps(told, indent=2) + "\n")
    stream.close()


def _table(found: list[ClassFigures], pictures: int) -> str:
    from screening.reports.wording import visible  # noqa: PLC0415

    lines = [
        f"{pictures} pictures",
        "",
        f"{'class':<18}{'with':>6}{'without':>9}{'boxes':>7}{'AP50':>7}{'AUC':>7}"
        "   found at 1 %, 2 %, 5 % false alarms (95 % interval at 5 %)",
    ]
    for one in found:
        recalls = ", ".join(f"{each.recall:.2f}" for each in one.recalls) or "-"
        interval = ""
        if one.recalls:
            interval = f" ({one.recalls[-1].low:.2f} to {one.recalls[-1].high:.2f})"
        lines.append(
            f"{visible(one.name):<18}{one.pictures_with:>6}{one.pictures_without:>9}{one.boxes:>7}"
            f"{_shown(one.average_precision):>7}{_shown(one.area_under_curve):>7}"
            f"   {recalls}{interval}"
        )
    lines += ["", "How often a score is right (mean score: share right, of so many detections)"]
    for one in found:
        bins = ", ".join(
            f"{each.mean_score:.2f}: {each.share:.2f} of {each.detections}" for each in one.bins
        )
        lines.append(f"{visible(one.name):<18}{bins or 'nothing detected'}")
    return "\n".join(lines)


def _shown(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.2f}"


def _plain(one: ClassFigures) -> dict[str, object]:
    """JSON has no NaN."""
    plain = one._asdict() | {
        "recalls": [recall._asdict() for recall in one.recalls],
        "bins": [each._asdict() for each in one.bins],
    }
    return {
        name: None if isinstance(value, float) and math.isnan(value) else value
        for name, value in plain.items()
    }
