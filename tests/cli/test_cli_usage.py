"""What every command prints, and how it answers wrong usage: one plain line, exit code 2."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from screening import __version__
from screening.detectors.registry import detector_names
from screening.policy.loading import shipped_packs
from screening.reports.registry import writer_names

Screening = Callable[..., "subprocess.CompletedProcess[str]"]

METADATA = ("--detectors", "metadata")


def assert_one_line(run: subprocess.CompletedProcess[str], *parts: str) -> None:
    assert run.returncode == 2, run.stderr
    assert run.stdout == ""
    assert run.stderr.startswith("screening: ")
    assert run.stderr.count("\n") == 1
    for part in parts:
        assert part in run.stderr


@pytest.mark.parametrize(
    "command",
    [
        "scan",
        "check",
        "detectors",
        "policies",
        "policy list",
        "policy show",
        "policy check",
        "policy explain",
        "policy test",
        "policy diff",
        "formats",
        "version",
        "evaluate",
    ]
    + [f"references {name}" for name in ("list", "show", "add", "check", "build")],
)
def test_help_of_every_command(screening: Screening, command: str) -> None:
    run = screening(*command.split(), "--help")
    assert run.returncode == 0
    assert run.stdout.startswith(f"Usage: screening {command}")
    assert "\n    screening " in run.stdout.split("Examples:")[1]


def test_help_lists_the_commands(screening: Screening) -> None:
    for run in (screening("--help"), screening("-h"), screening()):
        for command in ("scan", "check", "detectors", "policy", "formats", "version"):
            assert f"\n  {command} " in run.stdout + run.stderr
        assert "screening check photo.jpg" in run.stdout + run.stderr


def test_lists(screening: Screening) -> None:
    listed = {
        "detectors": [f"{name}: " for name in detector_names()],
        "policies": [f"{name} " for name in shipped_packs()],
        "formats": [f"{name}: " for name in writer_names()],
        "version": [f"screening {__version__} "],
    }
    for command, starts in listed.items():
        run = screening(command)
        assert run.returncode == 0
        assert run.stderr == ""
        for start in starts:
            assert any(line.startswith(start) for line in run.stdout.splitlines()), start


def in_bash(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)


def test_shell_completion(screening: Screening) -> None:
    shown = in_bash(f"{sys.executable} -m screening --show-completion; exit $?")
    assert shown.returncode == 0, shown.stderr
    assert "_SCREENING_COMPLETE=complete_bash" in shown.stdout
    completed = screening(
        _SCREENING_COMPLETE="complete_bash", COMP_WORDS="screening de", COMP_CWORD="1"
    )
    assert completed.stdout.split() == ["detectors"]


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (("--detectors", "nose"), ("'nose'", "metadata, previews, text, insignia")),
        (("--detectors", ","), ("at least one detector",)),
        ((*METADATA, "--policy", "nonsense"), ("'nonsense'", "edmo-2016")),
        ((*METADATA, "--policy", "gone.yaml"), ("gone.yaml", "cannot be read")),
        ((*METADATA, "--policy", "folder.yaml"), ("folder.yaml", "directory")),
        ((*METADATA, "--profile", "visitor"), ("'visitor'", "employee, undercover, official")),
        ((*METADATA, "--references", "gone"), ("gone", "catalog.yaml")),
        ((*METADATA, "--option", "nonsense"), ("'nonsense'", "detector.name=value")),
        ((*METADATA, "--option", "metadata=3"), ("detector.name=value",)),
        ((*METADATA, "--option", "metadata.=3"), ("detector.name=value",)),
        ((*METADATA, "--option", "nose.size=3"), ("'nose'",)),
        ((*METADATA, "--option", "metadata.size=3"), ("metadata", "size", "not known")),
        ((*METADATA, "--option", "metadata.max_block_bytes=x"), ("max_block_bytes",)),
        ((*METADATA, "--option", "metadata.max_block_bytes=null"), ("max_block_bytes",)),
        ((*METADATA, "--option", 'metadata.max_block_bytes={"a": 1}'), ("max_block_bytes",)),
        (("--config", "gone.toml"), ("gone.toml", "cannot be read")),
        (("--config", "folder.yaml"), ("folder.yaml", "directory")),
        (("--config", "plain.png"), ("plain.png", "UTF-8")),
        (("--config", "wrong.toml"), ("wrong.toml:2", "detektors")),
        (("--config", "broken.toml"), ("broken.toml:1", "TOML")),
    ],
)
def test_wrong_usage(
    screening: Screening,
    picture: Path,
    tmp_path: Path,
    words: tuple[str, ...],
    parts: tuple[str, ...],
) -> None:
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "wrong.toml").write_text('profile = "official"\ndetektors = ["text"]\n')
    (tmp_path / "broken.toml").write_text("profile = = 3\n")
    assert_one_line(screening("scan", picture, *words), *parts)
    assert not (tmp_path / "screening-results").exists()


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (("scan", "gone.png", *METADATA), ("gone.png", "no such file or folder")),
        (("scan", "plain.png", *METADATA, "--format", "pdf"), ("'pdf'", "jsonl, html")),
        (("scan", "plain.png", *METADATA, "--format", ""), ("at least one report format",)),
        (("scan", ".", *METADATA, "--out", "."), ("choose another with --out",)),
        (("scan", "plain.png", *METADATA, "--out", "plain.png"), ("plain.png", "--out")),
        (("check", "gone.png"), ("gone.png", "no such file")),
        (("check", "."), ("screening scan FOLDER",)),
    ],
)
def test_wrong_paths_and_formats(
    screening: Screening, picture: Path, words: tuple[str, ...], parts: tuple[str, ...]
) -> None:
    assert_one_line(screening(*words), *parts)


@pytest.mark.parametrize(
    "words", [("scan",), ("scan", "a.png", "--workers", "-1"), ("scna", "a.png"), ("check",)]
)
def test_usage_that_the_parser_refuses(screening: Screening, words: tuple[str, ...]) -> None:
    run = screening(*words)
    assert run.returncode == 2
    assert "Usage:" in run.stderr
    assert "Traceback" not in run.stderr


def test_check_reads_the_same_settings(screening: Screening, picture: Path) -> None:
    words = ("--detectors", "text", "--option", "text.engine=quill", "--profile", "visitor")
    assert_one_line(screening("check", picture, *words), "'visitor'")
    assert_one_line(
        screening("check", picture, *words[:4]), "'quill'", "rapidocr, thorough, tesseract"
    )


def test_reader_that_goes_away() -> None:
    run = in_bash(f"{sys.executable} -m screening policies | head -n 1; exit ${{PIPESTATUS[0]}}")
    assert run.stdout.count("\n") == 1
    assert "Traceback" not in run.stderr
