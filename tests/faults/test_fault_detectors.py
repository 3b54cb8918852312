"""Detectors that crash, hang, eat memory or lie: each costs its own file and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from screening.config import MediaLimits, ScreenConfig
from screening.errors import ConfigError, ScreeningError
from screening.records import Decision, FileResult
from screening.run.executors import Executor, ProcessExecutor, SerialExecutor
from screening.screen import make_plan

MakePictures = Callable[..., list[Path]]

LIMITS = MediaLimits(time_limit_s=2, kill_after_s=1)


def run(
    executor: Executor, files: list[Path], limits: MediaLimits = LIMITS
) -> dict[str, FileResult]:
    """Results by stem of the file, in the order they came."""
    plan = make_plan(ScreenConfig(detectors=("file_fault",), limits=limits))
    results = list(executor.run(plan, files))
    assert [result.media.path for result in results] == files
    return {result.media.path.stem: result for result in results}


def codes(result: FileResult) -> list[tuple[str, str]]:
    return [(failure.stage, failure.error) for failure in result.failures]


def labels(result: FileResult) -> list[str]:
    return [finding.label for finding in result.findings]


def test_each_fault_costs_only_its_own_file(pictures: MakePictures) -> None:
    files = pictures(
        "fine-1", "abort", "fine-2", "hang", "fine-3", "segfault", "killed", "slow", "fine-5"
    )
    results = run(ProcessExecutor(2), files)
    assert {stem: codes(result) for stem, result in results.items() if result.failures} == {
        "abort": [("run", "crashed")],
        "hang": [("run", "timeout")],
        "segfault": [("run", "crashed")],
        "killed": [("run", "killed")],
        "slow": [("run", "timeout")],
    }
    for stem, result in results.items():
        assert result.media.sha256
        if stem.startswith("fine"):
            assert labels(result) == ["seen"]
        else:
            assert result.verdict.decision is Decision.REVIEW
            assert not result.complete


def test_a_file_that_eats_memory_costs_only_itself(pictures: MakePictures) -> None:
    # Far above what a worker needs to load (200 to 400 MB), far below what the eater may take.
    limits = MediaLimits(max_memory_bytes=1024**3)
    results = run(ProcessExecutor(1), pictures("fine-1", "eat", "fine-2"), limits)
    assert [codes(result) for result in results.values()] == [[], [("run", "memory")], []]


def test_crash_after_crash_with_one_worker_loses_nothing(pictures: MakePictures) -> None:
    files = pictures(*(f"abort-{number}" for number in range(5)), "fine")
    results = run(ProcessExecutor(1), files)
    assert [codes(result) for result in results.values()] == [[("run", "crashed")]] * 5 + [[]]


def test_no_worker_and_no_temporary_folder_is_left(
    pictures: MakePictures, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    run(ProcessExecutor(2), pictures("fine", "abort", "slow"))
    left = [
        child
        for child in psutil.Process().children(recursive=True)
        if child.pid not in before and "resource_tracker" not in " ".join(child.cmdline())
    ]
    assert left == []
    assert [path.name for path in tmp_path.iterdir()] == ["pictures"]


def test_a_run_that_is_abandoned_ends_its_workers(pictures: MakePictures) -> None:
    plan = make_plan(ScreenConfig(detectors=("file_fault",), limits=LIMITS))
    results = ProcessExecutor(1).run(plan, pictures("fine", "slow"))
    assert next(results).complete
    workers = [
        child for child in psutil.Process().children() if "spawn_main" in " ".join(child.cmdline())
    ]
    assert workers
    results.close()
    assert not any(worker.is_running() for worker in workers)


@pytest.mark.parametrize("executor", [SerialExecutor(), ProcessExecutor(1)])
def test_errors_inside_a_detector_become_failures(
    executor: Executor, pictures: MakePictures, caplog: pytest.LogCaptureFixture
) -> None:
    from screening_faults import SENSITIVE

    caplog.set_level("DEBUG")
    faults = ("raise", "exit", "refuse", "undeclared", "unwritable", "nothing", "fine")
    results = run(executor, pictures(*faults))
    assert {stem: codes(result) for stem, result in results.items()} == {
        "raise": [("file_fault", "internal")],
        "exit": [("file_fault", "internal")],
        "refuse": [("file_fault", "part")],
        "undeclared": [("file_fault", "undeclared_label")],
        "unwritable": [("file_fault", "internal")],
        "nothing": [("file_fault", "internal")],
        "fine": [],
    }
    assert labels(results["refuse"]) == ["seen"]
    assert labels(results["undeclared"]) == ["made_up", "seen"]
    assert all(
        result.verdict.decision is Decision.REVIEW for result in results.values() if result.failures
    )
    assert SENSITIVE not in caplog.text
    assert SENSITIVE not in repr(list(results.values()))


def test_detectors_that_need_more_memory_than_allowed_are_said_so(pictures: MakePictures) -> None:
    limits = MediaLimits(max_memory_bytes=10 * 1024**2)
    with pytest.raises(ScreeningError, match=r"before their first file \(exit code 86\)"):
        run(ProcessExecutor(1), pictures("fine"), limits)


def test_a_detector_under_a_wrong_name_is_refused(
    monkeypatch: pytest.MonkeyPatch, pictures: MakePictures
) -> None:
    import screening_faults

    monkeypatch.setattr(screening_faults.FileFault, "name", "other")
    with pytest.raises(ConfigError, match="'file_fault' calls itself 'other'"):
        make_plan(ScreenConfig(detectors=("file_fault",)))


def test_a_detector_that_detects_nothing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    import screening_faults

    monkeypatch.delattr(screening_faults.FileFault, "detect_file")
    with pytest.raises(ConfigError, match="no method detect, detect_file or detect_first"):
        make_plan(ScreenConfig(detectors=("file_fault",)))
