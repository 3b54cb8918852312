"""Executors: screen files one after another, or each in a killable worker process.

Both yield results in the order of the files, whatever order they finish in.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import psutil
from pebble import ProcessExpired, ProcessPool

from screening.records import Failure, FileResult
from screening.run.memory_guard import OUT_OF_MEMORY_EXIT, start_memory_guard
from screening.screen import Screener, ScreenPlan, unexamined

_LOAD_TIME_S = 60.0
"""Time a worker gets on top for loading models before its first file."""

_AHEAD_PER_WORKER = 4


class Executor(Protocol):
    """Screens files."""

    def run(self, plan: ScreenPlan, files: Iterable[Path]) -> Iterator[FileResult]:
        """One result per file, in the order of `files`."""


class SerialExecutor:
    """In this process; nothing protects it from a decoder that crashes or hangs."""

    def run(self, plan: ScreenPlan, files: Iterable[Path]) -> Iterator[FileResult]:
        """One result per file, in the order of `files`."""
        screener = Screener(plan)
        for file in files:
            yield screener.screen(file)


class ProcessExecutor:
    """In worker processes that are killed when a file takes too long or too much memory."""

    def __init__(self, workers: int) -> None:
        self._workers = workers

    def run(self, plan: ScreenPlan, files: Iterable[Path]) -> Iterator[FileResult]:
        """One result per file, in the order of `files`; a killed worker costs only its file."""
        limits = plan.config.limits
        timeout_s = limits.time_limit_s + limits.kill_after_s + _LOAD_TIME_S
        one_thread_each()
        pool = ProcessPool(
            max_workers=self._workers,
            context=multiprocessing.get_context("spawn"),
            initializer=_start_worker,
            initargs=(plan,),
        )
        waiting: deque[tuple[Path, Future[FileResult]]] = deque()
        finished = False
        try:
            for file in files:
                waiting.append((file, pool.schedule(_screen, args=(file,), timeout=timeout_s)))
                if len(waiting) >= self._workers * _AHEAD_PER_WORKER:
                    yield _result(*waiting.popleft(), plan)
            while waiting:
                yield _result(*waiting.popleft(), plan)
            finished = True
        finally:
            if finished:
                pool.close()
            else:
                pool.stop()
            pool.join()


def default_workers(files: int) -> int:
    """One worker per processor this process may use, and no more than files."""
    processors = len(psutil.Process().cpu_affinity()) if sys.platform == "linux" else os.cpu_count()
    return max(1, min(processors or 1, files))


def make_executor(workers: int) -> Executor:
    """Worker processes, or this process for 0."""
    return ProcessExecutor(workers) if workers else SerialExecutor()


def one_thread_each() -> None:
    """One thread per worker in every library, so that workers do not fight over processors.

    It also keeps sums in one order: results do not depend on the number of processors.
    """
    for variable in (
        "OMP_NUM_THREADS",
        "OMP_THREAD_LIMIT",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
    ):
        os.environ[variable] = "1"


_plan: ScreenPlan | None = None
_screener: Screener | None = None


def _start_worker(plan: ScreenPlan) -> None:
    global _plan  # noqa: PLW0603 - the pool hands work to a module-level function
    # Ctrl-C reaches the whole process group; the parent decides what happens then.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _forbid_core_dumps()
    # C libraries print warnings about damaged files, some with their content, to descriptor 2.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    start_memory_guard(plan.config.limits.max_memory_bytes)
    _plan = plan


def _forbid_core_dumps() -> None:
    """A core dump of a worker would hold the very picture that must not get out."""
    with suppress(ImportError):  # no `resource` on Windows, and no core dumps either
        import resource  # noqa: PLC0415

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _screen(file: Path) -> FileResult:
    global _screener  # noqa: PLW0603 - loaded once per worker
    if _screener is None:
        assert _plan is not None  # noqa: S101 - set by _start_worker
        import cv2  # noqa: PLC0415 - only workers need it

        cv2.setNumThreads(1)
        _screener = Screener(_plan)
    return _screener.screen(file)


def _result(file: Path, future: Future[FileResult], plan: ScreenPlan) -> FileResult:
    try:
        return future.result()
    except TimeoutError:
        failure = Failure(
            "run", "timeout", "The examination took too long and was stopped. Treat the file as"
            " not examined, or raise limits.time_limit_s.",
        )  # fmt: skip
    except ProcessExpired as error:
        failure = _crash(error)
    except CancelledError:
        failure = Failure("run", "cancelled", "The run was stopped before this file was examined.")
    return unexamined(file, failure, plan.fingerprint)


def _crash(error: ProcessExpired) -> Failure:
    if error.exitcode == OUT_OF_MEMORY_EXIT:
        return Failure(
            "run", "memory", "The examination needed more memory than limits.max_memory_bytes"
            " allows and was stopped. Treat the file as not examined.",
        )  # fmt: skip
    return Failure(
        "run", "crashed", "The program that reads this kind of file crashed on it. The file is"
        " damaged or made to do harm; do not post or open it.",
    )  # fmt: skip
