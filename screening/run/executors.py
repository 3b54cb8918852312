"""Executors: screen files one after another, or each in a killable worker process.

Both yield results in the order of the files, whatever order they finish in.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Iterable
from itertools import count
from pathlib import Path
from typing import Protocol

import psutil

from screening.records import FileResult
from screening.run.confinement import confine_process
from screening.run.crew import Crew
from screening.screen import Screener, ScreenPlan

_AHEAD_PER_WORKER = 16
"""How many files per worker may be done before the first of them: bounds the results in memory."""


class Executor(Protocol):
    """Screens files."""

    def run(self, plan: ScreenPlan, files: Iterable[Path]) -> Generator[FileResult, None, None]:
        """One result per file, in the order of `files`."""


class SerialExecutor:
    """In this process; nothing protects it from a decoder that crashes or hangs."""

    def run(self, plan: ScreenPlan, files: Iterable[Path]) -> Generator[FileResult, None, None]:
        """One result per file, in the order of `files`."""
        screener = Screener(plan)
        for file in files:
            yield screener.screen(file)


class ProcessExecutor:
    """In worker processes that are killed when a file takes too long or too much memory."""

    def __init__(self, workers: int) -> None:
        self._workers = workers

    def run(self, plan: ScreenPlan, files: Iterable[Path]) -> Generator[FileResult, None, None]:
        """One result per file, in the order of `files`; a killed worker costs only its file.

        Raises:
            ScreeningError: no worker can load the detectors.
        """
        confine_process()
        waiting = enumerate(files)
        done: dict[int, FileResult] = {}
        with Crew(plan, self._workers) as crew:
            for due in count():
                while due not in done:
                    crew.hand_out(waiting, before=due + self._workers * _AHEAD_PER_WORKER)
                    if not crew.is_busy:
                        return
                    done |= crew.collect()
                yield done.pop(due)


def default_workers(files: int) -> int:
    """One worker per processor this process may use, and no more than files."""
    processors = len(psutil.Process().cpu_affinity()) if sys.platform == "linux" else os.cpu_count()
    return max(1, min(processors or 1, files))


def make_executor(workers: int) -> Executor:
    """Worker processes, or this process for 0."""
    return ProcessExecutor(workers) if workers else SerialExecutor()
