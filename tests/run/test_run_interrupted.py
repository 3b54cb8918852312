"""Ctrl-C, SIGTERM and sudden death of a real `screening scan`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import jsonschema
import psutil
import pytest

from screening.resources import package_file

MakePictures = Callable[[Path, int], list[Path]]
Start = Callable[..., "subprocess.Popen[str]"]

DONE = 7


@pytest.fixture
def stuck_scan(tmp_path: Path, make_pictures: MakePictures, start_scan: Start) -> Start:
    """A scan that has done seven files and takes ten minutes over the eighth, of ten."""

    def start(*arguments: str) -> subprocess.Popen[str]:
        files = make_pictures(tmp_path / "in", DONE + 3)
        files[DONE].rename(tmp_path / "in" / "slow.png")
        for file in files[DONE + 1 :]:
            file.rename(tmp_path / "in" / f"very-{file.name}")
        scan = start_scan("in", "--out", "out", "--detectors", "file_fault", *arguments)
        wait_until(lambda: (tmp_path / "in" / "slow.started").exists() or scan.poll() is not None)
        return scan

    return start


def wait_until(condition: Callable[[], bool]) -> None:
    for _ in range(1200):
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError("waited two minutes in vain")


def family(scan: subprocess.Popen[str]) -> list[psutil.Process]:
    return psutil.Process(scan.pid).children(recursive=True)


def assert_gone(processes: list[psutil.Process], scratch: Path) -> None:
    _, alive = psutil.wait_procs(processes, timeout=60)
    assert alive == []
    assert list(scratch.iterdir()) == []


def names_in_report(out: Path) -> list[str]:
    schema = json.loads(package_file("schemas/result-1.json").read_text(encoding="utf-8"))
    text = (out / "results.jsonl").read_text(encoding="utf-8")
    assert text == "" or text.endswith("\n")
    lines = [json.loads(line) for line in text.splitlines()]
    for line in lines:
        jsonschema.validate(line, schema)
    return [Path(line["path"]).name for line in lines]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_scan_leaves_what_is_done(stuck_scan: Start, tmp_path: Path, number: int) -> None:
    scan = stuck_scan("--workers", "1", "--format", "jsonl,csv,html")
    processes = family(scan)
    assert processes
    if number == signal.SIGINT:
        os.killpg(scan.pid, number)  # as a terminal does: to every process of the group
    else:
        scan.send_signal(number)
    _, errors = scan.communicate(timeout=120)
    assert scan.returncode == 130
    assert "Traceback" not in errors
    assert "Stopped early" in errors
    assert names_in_report(tmp_path / "out") == [f"{number:03}.png" for number in range(DONE)]
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "results.jsonl",
        "results.csv",
        "report.html",
    }
    assert_gone(processes, tmp_path / "scratch")


def test_impatient_user(stuck_scan: Start, tmp_path: Path) -> None:
    scan = stuck_scan("--workers", "2")
    processes = family(scan)
    while scan.poll() is None:
        os.killpg(scan.pid, signal.SIGINT)
        time.sleep(0.02)
    _, errors = scan.communicate(timeout=120)
    assert scan.returncode == 130
    assert "Traceback" not in errors
    names = names_in_report(tmp_path / "out")
    assert names == [f"{number:03}.png" for number in range(len(names))]
    assert_gone(processes, tmp_path / "scratch")


def test_scan_stopped_while_it_starts(
    tmp_path: Path, make_pictures: MakePictures, start_scan: Start
) -> None:
    make_pictures(tmp_path / "in", 3)
    scan = start_scan("in", "--out", "out", "--detectors", "metadata")
    wait_until(lambda: (tmp_path / "out").exists() or scan.poll() is not None)
    os.killpg(scan.pid, signal.SIGINT)
    _, errors = scan.communicate(timeout=120)
    assert scan.returncode == 130
    assert "Traceback" not in errors


def test_workers_end_when_the_scan_is_killed(stuck_scan: Start, tmp_path: Path) -> None:
    scan = stuck_scan("--workers", "2")
    processes = family(scan)
    scan.kill()
    scan.communicate(timeout=120)
    assert_gone(processes, tmp_path / "scratch")
