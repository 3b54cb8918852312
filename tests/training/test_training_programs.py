"""Training programs without what they need say what to do."""

from __future__ import annotations

import subprocess
import sys

import pytest


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "screening.training", *words],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("program", ["finder", "embedder", "drafts", "detector", "second-look"])
def test_a_missing_extra_names_the_command_that_installs_it(program: str) -> None:
    done = run(program, "--help")
    assert done.returncode == 1
    assert "pip install 'screening[train]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_program_lists_the_known_ones() -> None:
    done = run("seals")
    assert done.returncode == 1
    assert "no program 'seals'" in done.stderr
    assert all(name in done.stdout for name in ("finder", "second-look", "calibrate-objects"))


@pytest.mark.parametrize("words", [(), ("--help",)])
def test_without_a_program_it_says_which_there_are(words: tuple[str, ...]) -> None:
    done = run(*words)
    assert done.returncode == 0
    assert "usage: screening train PROGRAM" in done.stdout


@pytest.mark.parametrize("program", ["calibrate", "calibrate-objects"])
def test_calibration_needs_no_extra(program: str) -> None:
    done = run(program, "--help")
    assert done.returncode == 0
    assert "--data" in done.stdout
