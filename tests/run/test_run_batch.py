"""Whole runs: order, equal results for any number of workers, one line per file."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from screening.config import ScreenConfig
from screening.errors import ExitCode
from screening.records import FileResult
from screening.reports.base import ReportContext
from screening.reports.registry import open_writers
from screening.run.batch import Summary, run_batch
from screening.run.executors import default_workers, make_executor
from screening.run.walk import list_files
from screening.screen import ScreenPlan, make_plan

MakePictures = Callable[[Path, int], list[Path]]


@pytest.fixture(scope="module")
def plan() -> ScreenPlan:
    return make_plan(ScreenConfig(detectors=("metadata",)))


def run(
    plan: ScreenPlan,
    files: list[Path],
    out: Path,
    workers: int,
    on_progress: Callable[[int], None] = lambda done: None,
) -> Summary:
    context = ReportContext(out, False, False, (), "employee", "0", plan.fingerprint)
    writers = open_writers(["jsonl", "csv"], context)
    return run_batch(
        plan, files, make_executor(workers), writers, lambda done, _: on_progress(done)
    )


def test_any_number_of_workers_gives_the_same_bytes(
    plan: ScreenPlan, tmp_path: Path, repository: Path, make_pictures: MakePictures
) -> None:
    make_pictures(tmp_path / "in", 40)
    (tmp_path / "in" / "020a.png").write_bytes(b"")
    (tmp_path / "in" / os.fsdecode(b"odd\xff\n.png")).write_bytes(b"\x89PNG\r\n\x1a\n")
    files = list_files([tmp_path / "in", repository / "samples" / "gps_exif.jpg"]).files
    for workers in (0, 1, 2):
        summary = run(plan, files, tmp_path / f"out{workers}", workers)
        assert summary.done == len(files) == 43
        assert summary.exit_code is ExitCode.INCOMPLETE
    serial, one, two = (
        {path.name: path.read_bytes() for path in (tmp_path / f"out{workers}").iterdir()}
        for workers in (0, 1, 2)
    )
    assert serial == one == two
    lines = serial["results.jsonl"].decode().splitlines()
    assert [json.loads(line)["path"] for line in lines] == [
        os.fsencode(file).decode("utf-8", "backslashreplace") for file in files
    ]


def test_files_that_nothing_can_read_get_a_line_each(plan: ScreenPlan, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "text.jpg").write_text("no picture")
    (folder / "loop.jpg").symlink_to(folder / "loop.jpg")
    os.mkfifo(folder / "pipe.jpg")
    files = list_files([folder, folder / "loop.jpg"]).files
    summary = run(plan, files, tmp_path / "out", 1)
    assert summary.incomplete == summary.total == 3
    assert summary.failures == {"unsupported": 1, "unreadable": 2}


def test_progress_counts_every_file(
    plan: ScreenPlan, tmp_path: Path, make_pictures: MakePictures
) -> None:
    seen: list[int] = []
    run(plan, make_pictures(tmp_path / "in", 5), tmp_path / "out", 2, seen.append)
    assert seen == [1, 2, 3, 4, 5]


def test_no_files_at_all(plan: ScreenPlan, tmp_path: Path) -> None:
    summary = run(plan, [], tmp_path / "out", 2)
    assert summary.exit_code is ExitCode.CLEAR
    assert (tmp_path / "out" / "results.jsonl").read_bytes() == b""


@pytest.mark.parametrize("stop_at", [1, 4])
def test_interrupt_while_a_result_is_written_leaves_equal_whole_reports(
    plan: ScreenPlan, tmp_path: Path, make_pictures: MakePictures, stop_at: int
) -> None:
    import signal

    def interrupt(done: int) -> None:
        if done == stop_at:
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)

    before = signal.getsignal(signal.SIGINT)
    files = make_pictures(tmp_path / "in", 6)
    summary = run(plan, files, tmp_path / "out", 0, interrupt)
    assert summary.interrupted
    assert summary.exit_code is ExitCode.INTERRUPTED
    assert summary.done == stop_at
    text = (tmp_path / "out" / "results.jsonl").read_text(encoding="utf-8")
    assert [json.loads(line)["path"] for line in text.splitlines()] == [
        str(file) for file in files[:stop_at]
    ]
    assert text.endswith("\n")
    assert signal.getsignal(signal.SIGINT) is before


class FullDisk:
    """A writer that fails as a full disk makes one fail."""

    name = "full"
    summary = ""

    def __init__(self) -> None:
        self.closed = False

    def write(self, result: FileResult) -> None:
        raise OSError(28, "No space left on device")

    def close(self) -> None:
        self.closed = True


def test_writers_are_closed_when_one_fails(
    plan: ScreenPlan, tmp_path: Path, make_pictures: MakePictures
) -> None:
    writer = FullDisk()
    with pytest.raises(OSError, match="No space left"):
        run_batch(
            plan, make_pictures(tmp_path, 2), make_executor(1), [writer], lambda done, _: None
        )
    assert writer.closed


def test_workers_are_never_more_than_files() -> None:
    assert default_workers(0) == default_workers(1) == 1
    assert 1 <= default_workers(1000) <= (os.cpu_count() or 1)
