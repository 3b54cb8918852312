"""Broken packs, registers, places and rosters: file, line and key are named, nothing is run."""

from __future__ import annotations

import datetime
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from screening.cli import main
from screening.detectors.registry import known_labels
from screening.errors import ConfigError
from screening.people.roster import load_roster
from screening.policy import load_packs
from screening.registers import load_consents, load_places, load_suppressions

FOLDER = Path(__file__).parent
CASES = yaml.safe_load((FOLDER / "expected.yaml").read_text(encoding="utf-8"))
FLAGS = {
    "pack": "--policy",
    "consents": "--consents",
    "suppressions": "--suppressions",
    "places": "--places",
}


def load(path: Path) -> object:
    kind = path.name.partition("-")[0]
    if kind == "pack":
        day = datetime.date(2026, 6, 1)
        return load_packs([str(path)], profile="employee", known_labels=known_labels, on=day)
    readers: dict[str, Callable[[Path], object]] = {
        "consents": load_consents,
        "suppressions": load_suppressions,
        "places": load_places,
        "roster": load_roster,
    }
    return readers[kind](path)


def test_there_are_enough_cases_and_every_file_is_one() -> None:
    assert len(CASES) >= 40
    assert {path.name for path in (FOLDER / "cases").iterdir()} == CASES.keys()
    assert {name.partition("-")[0] for name in CASES} == {*FLAGS, "roster"}


@pytest.mark.parametrize("name", CASES)
def test_the_mistake_is_named(name: str) -> None:
    path, expected = FOLDER / "cases" / name, CASES[name]
    with pytest.raises(ConfigError) as caught:
        load(path)
    error = caught.value
    assert expected["says"] in error.message
    assert (str(error.file), error.line, error.key) == (
        str(path),
        expected["line"],
        expected["key"],
    )


@pytest.mark.parametrize("name", CASES)
def test_the_program_ends_with_2_and_runs_nothing(
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    repository: Path,
) -> None:
    path, out = FOLDER / "cases" / name, tmp_path / "out"
    kind = name.partition("-")[0]
    photo = repository / "samples" / "clean_still_life.png"
    words = ["scan", str(photo), "--detectors", "metadata", FLAGS.get(kind, ""), str(path)]
    if kind == "roster":
        words = ["profiles", str(tmp_path), "--roster", str(path)]
    monkeypatch.setattr("sys.argv", ["screening", *words, "--out", str(out), "--workers", "0"])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    assert ended.value.code == 2
    assert said.out == ""
    assert said.err.startswith(f"screening: {path}:")
    assert not out.exists()


def test_a_whole_program_does_the_same(tmp_path: Path) -> None:
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "screening",
            "policy",
            "check",
            FOLDER / "cases" / "pack-no-rules.yaml",
        ],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert run.returncode == 2
