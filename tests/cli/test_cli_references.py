"""`screening references`, as somebody uses it who has a few pictures of an own insignia."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from screening.resources import shipped_dir

Screening = Callable[..., "subprocess.CompletedProcess[str]"]
SEAL = shipped_dir("reference_insignia") / "fairhaven_police" / "seal.png"
NO_COURTS = ("--option", "insignia.court_seals=false")
ONE_COURT = ("--option", 'insignia.courts=["moed"]')


@pytest.fixture
def references(screening: Screening, tmp_path: Path) -> Screening:
    """Runs `screening references` with a cache of its own."""
    return lambda *words: screening(
        "references", *words, SCREENING_CACHE_DIR=str(tmp_path / "cache")
    )


@pytest.fixture
def lighthouse(tmp_path: Path) -> Path:
    """A picture that no shipped reference looks like."""
    from PIL import ImageDraw

    path = tmp_path / "light.png"
    picture = Image.new("RGB", (400, 400), "white")
    draw = ImageDraw.Draw(picture)
    draw.ellipse((20, 20, 380, 380), fill="gold", outline="black", width=10)
    for number in range(12):
        draw.line((200, 200, 40 + number * 30, 60 + (number * 97) % 280), fill="navy", width=7)
        draw.rectangle((60 + number * 22, 300, 70 + number * 22, 330), fill="darkred")
    draw.text((120, 90), "HARBOUR\nLIGHT 42", fill="black", font_size=34)
    picture.save(path)
    return path


def test_list(references: Screening) -> None:
    run = references("list", *ONE_COURT)
    assert run.returncode == 0, run.stderr
    assert "City of Fairhaven Police: 1 seal, 1 badge, 1 patch, 1 logo" in run.stdout
    assert "us-courts/moed" in run.stdout
    assert run.stdout.splitlines()[-1] == "9 references of 3 agencies"
    data = json.loads(references("list", *ONE_COURT, "--format", "json").stdout)
    assert len(data) == 9
    assert data[-1]["id"] == "us-courts/moed"
    assert all(Path(file).is_file() for one in data for file in one["files"])


def test_add_show_check_and_build(references: Screening, tmp_path: Path, lighthouse: Path) -> None:
    words = ("--kind", "seal", "--name", "Harbour light", "--agency", "Harbour Patrol")
    added = references("add", "harbour", lighthouse, *words, *NO_COURTS)
    assert added.returncode == 0, added.stdout + added.stderr
    assert "harbour/harbour-light is in harbour/catalog.yaml, with 1 picture" in added.stdout
    assert added.stdout.splitlines()[-1] == "1 reference checked, nothing wrong"
    own = ("--references", "harbour", *NO_COURTS)
    shown = references("show", "harbour/harbour-light", "--picture", "out.png", *own)
    assert shown.returncode == 0, shown.stderr
    assert "agency: Harbour Patrol" in shown.stdout
    assert str(tmp_path / "harbour" / "light.png") in shown.stdout
    with Image.open(tmp_path / "out.png") as picture:
        assert picture.size == (288, 288)
    checked = references("check", "harbour", *NO_COURTS, "--matrix", "alike.csv")
    assert checked.returncode == 0, checked.stdout
    rows = list(csv.reader((tmp_path / "alike.csv").read_text().splitlines()))
    assert rows[0][1:] == [row[0] for row in rows[1:]]
    assert "harbour/harbour-light" in rows[0]
    built = references("build", *own)
    assert built.returncode == 0
    assert built.stdout.startswith("The index is current: ")
    other = references("build", "--references", "harbour", *ONE_COURT)
    assert other.stdout.startswith("Built in ")
    assert "10 references" in other.stdout


def test_check_finds_look_alikes_and_small_pictures(references: Screening, tmp_path: Path) -> None:
    shutil.copy(SEAL, tmp_path / "copy.png")
    with Image.open(SEAL) as picture:
        picture.resize((80, 80)).save(tmp_path / "small.png")
    words = ("--kind", "seal", "--agency", "Twins", *NO_COURTS)
    first = references("add", "twins", "copy.png", "--name", "Twin", *words)
    assert first.returncode == 1
    assert "too alike to tell apart: fairhaven_police/seal, twins/twin" in first.stdout
    second = references("add", "twins", "small.png", "--name", "Small", *words)
    assert second.returncode == 1
    assert "pixels large" in second.stdout


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (("list", "--format", "xml"), ("xml", "--format")),
        (("list", "--references", "gone"), ("gone", "catalog.yaml")),
        (("list", "--option", 'insignia.courts=["mode"]'), ("'mode'", "moed")),
        (("list", "--option", "insignia.size=3"), ("size", "not known")),
        (("show", "us-courts/mode"), ("us-courts/moed", "references list")),
        (("check", "gone"), ("gone", "catalog.yaml")),
        (("check", "--matrix", "m.pdf"), ("m.pdf", ".csv or .png")),
        (("add", "new", "gone.png", "--kind", "seal", "--name", "A"), ("gone.png", "read")),
        (("add", "new", "plain.png", "--kind", "seal", "--name", "A"), ("plain.png", "nothing")),
        (("add", "new", "seal.png", "--kind", "medal", "--name", "A"), ("kind", "'seal'")),
        (("add", "new", "seal.png", "--kind", "seal", "--name", "A"), ("--agency",)),
        (("add", "new", "seal.png", "--kind", "seal", "--name", "!"), ("--id",)),
        (
            ("add", "new", "seal.png", "--kind", "building", "--name", "A", "--position", "91,0"),
            ("latitude", "90"),
        ),
        (
            ("add", "new", "seal.png", "--kind", "seal", "--name", "A", "--position", "1,0"),
            ("only a reference of kind building",),
        ),
    ],
)
def test_wrong_usage_is_one_line(
    references: Screening,
    picture: Path,
    tmp_path: Path,
    words: tuple[str, ...],
    parts: tuple[str, ...],
) -> None:
    assert picture.name == "plain.png"
    shutil.copy(SEAL, tmp_path / "seal.png")
    run = references(*words)
    assert run.returncode == 2, run.stdout + run.stderr
    assert run.stderr.startswith("screening: ")
    assert run.stderr.count("\n") == 1
    assert all(part in run.stderr for part in parts), run.stderr
    assert not (tmp_path / "new").exists()
