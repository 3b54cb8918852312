"""`screening evaluate` on a small annotated folder, with the real detectors."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from screening.resources import shipped_dir

SEAL = shipped_dir("reference_insignia") / "port_ellery_court" / "seal.png"
WALL = (184, 178, 168)
Screening = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Two walls with a seal and two without, and boxes for them."""
    folder = tmp_path / "photos"
    folder.mkdir()
    art = Image.open(SEAL).convert("RGBA").resize((220, 220))
    lines = []
    for number, corner in enumerate([(60, 80), (330, 200), None, None]):
        wall = Image.new("RGB", (640, 480), WALL)
        labels = []
        if corner:
            wall.paste(art, corner, art)
            box = [*corner, corner[0] + 220, corner[1] + 220]
            labels = [{"category": "seal", "box": box}]
        wall.save(folder / f"{number}.png")
        lines.append(json.dumps({"file": f"{number}.png", "labels": labels}))
    (folder / "annotations.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


def test_figures_of_a_detector(screening: Screening, photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "figures"
    run = screening("evaluate", photos, "--detector", "insignia", "--out", out)
    assert run.returncode == 0
    assert "4 pictures" in run.stdout
    told = json.loads((out / "figures.json").read_text(encoding="utf-8"))
    [seal] = told["classes"]
    assert (seal["name"], seal["pictures_with"], seal["pictures_without"]) == ("seal", 2, 2)
    assert seal["average_precision"] == 1
    assert seal["area_under_curve"] == 1
    assert [one["recall"] for one in seal["recalls"]] == [1, 1, 1]
    assert told["left_out"] == {}
    assert Image.open(out / "worst.png").size == (1560, 300)


def test_what_was_missed_is_on_the_sheet(
    screening: Screening, photos: Path, tmp_path: Path
) -> None:
    lines = (photos / "annotations.jsonl").read_text(encoding="utf-8")
    [first, *rest] = lines.splitlines()
    # The first seal is called a badge; the second stands elsewhere than its box.
    moved = json.dumps({"file": "1.png", "labels": [{"category": "seal", "box": [0, 0, 90, 90]}]})
    wrong = "\n".join([first.replace('"seal"', '"badge"'), moved, *rest[1:]])
    (photos / "annotations.jsonl").write_text(wrong, encoding="utf-8")
    out = tmp_path / "figures"
    run = screening("evaluate", photos, "--detector", "insignia", "--out", out)
    classes = json.loads((out / "figures.json").read_text(encoding="utf-8"))["classes"]
    assert [(one["name"], one["average_precision"]) for one in classes] == [
        ("badge", 0), ("seal", 0),
    ]  # fmt: skip
    assert run.returncode == 0
    sheet = np.asarray(Image.open(out / "worst.png"))
    green = (sheet == (0, 150, 60)).all(axis=2).sum()
    red = (sheet == (210, 30, 40)).all(axis=2).sum()
    assert min(green, red) > 500


def test_a_picture_that_cannot_be_read_is_named(screening: Screening, photos: Path) -> None:
    (photos / "3.png").write_bytes(b"no picture")
    out = photos.parent / "figures"
    run = screening("evaluate", photos, "--detector", "insignia", "--out", out)
    assert run.returncode == 3
    assert run.stdout.startswith("3 pictures\n")
    assert "Left out: 1 of 4 pictures\n" in run.stdout
    told = json.loads((out / "figures.json").read_text(encoding="utf-8"))
    assert [Path(path).name for path in told["left_out"]] == ["3.png"]
    assert f"  {photos / '3.png'}: " in run.stdout


def test_a_class_without_a_label_is_named(screening: Screening, photos: Path) -> None:
    lines = (photos / "annotations.jsonl").read_text(encoding="utf-8")
    (photos / "annotations.jsonl").write_text(lines.replace('"seal"', '"court seal"'))
    run = screening("evaluate", photos, "--detector", "insignia")
    assert run.returncode == 0
    assert run.stderr.startswith("court seal: insignia has no such label; it has ")


def test_the_objects_detector_shows_every_score(screening: Screening, photos: Path) -> None:
    run = screening("evaluate", photos, "--option", "objects.max_tiles=0")
    assert run.returncode == 0
    assert "seal" in run.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--detector", "nothing"], "nothing"),
        (["--detector", "metadata"], "does not look at pictures"),
        (["--annotations", "nowhere.json"], "no such file"),
        (["--option", "objects.min_scor=1"], "min_scor"),
        (["--out", "photos"], "choose another with --out"),
        (["--out", "photos/0.png"], "--out"),
    ],
)
def test_mistakes_stop_at_once(
    screening: Screening, photos: Path, words: list[str], said: str
) -> None:
    run = screening("evaluate", photos, *words)
    assert run.returncode == 2
    assert said in run.stderr
    assert "Traceback" not in run.stderr


def test_train_passes_everything_on(screening: Screening) -> None:
    run = screening("train", "calibrate-objects", "--help")
    assert run.returncode == 0
    assert "--drafts" in run.stdout
    for words in ((), ("--help",), ("-h",)):
        shown = screening("train", *words)
        assert shown.returncode == 0
        assert "usage: screening train" in shown.stdout
        assert "\n    screening train " in shown.stdout.split("Examples:")[1]
