"""The worker processes of a run, as their parent sees them.

Each has a pipe of its own and one file at a time, so the parent knows which file a worker died
of, and a worker that dies, whenever it does, can disturb no other: nothing is shared or locked.
"""

from __future__ import annotations

import multiprocessing
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing.connection import wait
from pathlib import Path
from time import monotonic
from typing import Self

import psutil

from screening.errors import ScreeningError
from screening.records import Failure, FileResult
from screening.run.guard import OUT_OF_MEMORY_EXIT
from screening.run.interrupts import born_deaf
from screening.run.worker import READY, serve
from screening.screen import ScreenPlan, unexamined

Job = tuple[int, Path]

_LOAD_TIME_S = 300.0
"""A worker that has not loaded its models by then never will; measured: 1 to 3 s."""

_MOST_FAILED_STARTS = 3

_SIGKILL_EXIT = -9
"""What Linux leaves when memory runs out; Windows has no name for this signal."""

_SPAWN = multiprocessing.get_context("spawn")


class _Worker:
    """One worker process; `job` is the file it has."""

    def __init__(self, plan: ScreenPlan, scratch_dir: Path) -> None:
        self.pipe, far_end = _SPAWN.Pipe()
        self.process = _SPAWN.Process(
            target=serve, args=(far_end, plan, scratch_dir), name="screening-worker", daemon=True
        )
        with born_deaf():
            self.process.start()
        far_end.close()
        self.job: Job | None = None
        self.is_ready = False
        self.deadline_s = monotonic() + _LOAD_TIME_S
        limits = plan.config.limits
        self._timeout_s = limits.time_limit_s + limits.kill_after_s

    def give(self, job: Job) -> None:
        """Let it screen a file; one that still loads takes the file up afterwards."""
        self.job = job
        if self.is_ready:
            self.deadline_s = monotonic() + self._timeout_s
        with suppress(BrokenPipeError, ConnectionResetError):  # then `receive` finds out
            self.pipe.send(job[1])

    def receive(self) -> FileResult | None:
        """The result, or None when it has just become ready.

        Raises:
            EOFError: the process has ended.
            ScreeningError: it cannot load the detectors.
        """
        try:
            message = self.pipe.recv()
        except OSError as error:
            raise EOFError from error
        if isinstance(message, ScreeningError):
            raise message
        if message == READY:
            self.is_ready = True
            self.deadline_s = monotonic() + self._timeout_s
            return None
        self.job = None
        assert isinstance(message, FileResult)  # noqa: S101 - worker.py sends nothing else
        return message

    def end(self, grace_s: float = 0.0) -> int | None:
        """Kill it, with the programs it started, and return its exit code.

        Args:
            grace_s: time to end by itself, for a process that has closed its pipe; to kill it
                on its last steps would change the exit code.
        """
        self.process.join(grace_s)
        with suppress(psutil.NoSuchProcess):
            for program in psutil.Process(self.process.pid).children(recursive=True):
                with suppress(psutil.NoSuchProcess):
                    program.kill()
        self.process.kill()
        self.process.join()
        self.pipe.close()
        return self.process.exitcode


class Crew:
    """Up to `size` workers, started when there is work; all end with the `with` block."""

    def __init__(self, plan: ScreenPlan, size: int) -> None:
        self._plan, self._size = plan, size
        self._workers: list[_Worker] = []
        self._again: list[Job] = []
        self._handed_out = 0
        self._failed_starts = 0

    def __enter__(self) -> Self:
        self._scratch = tempfile.TemporaryDirectory(prefix="screening-", ignore_cleanup_errors=True)
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.end()
        self._scratch.cleanup()

    @property
    def is_busy(self) -> bool:
        """Whether any worker has a file."""
        return any(worker.job for worker in self._workers)

    def hand_out(self, jobs: Iterator[Job], before: int) -> None:
        """Give every free worker one of the first `before` jobs, as long as there are any."""
        while sum(worker.job is not None for worker in self._workers) < self._size:
            job = self._again.pop() if self._again else None
            if job is None and self._handed_out < before:
                job = next(jobs, None)
                self._handed_out += 1
            if job is None:
                return
            self._free_worker().give(job)

    def collect(self) -> dict[int, FileResult]:
        """Wait until a worker says something or runs out of time; results by job number."""
        busy = [(worker, worker.job) for worker in self._workers if worker.job]
        patience_s = min(worker.deadline_s for worker, _ in busy) - monotonic()
        heard = wait([worker.pipe for worker, _ in busy], timeout=max(0.0, patience_s))
        done: dict[int, FileResult] = {}
        for worker, job in busy:
            result: FileResult | None = None
            if worker.pipe in heard:
                result = self._hear(worker, job)
            elif monotonic() > worker.deadline_s:
                worker.end()
                result = self._lose(worker, job, _TIMEOUT)
            if result is not None:
                done[job[0]] = result
        return done

    def _free_worker(self) -> _Worker:
        for worker in self._workers:
            if worker.job is None:
                return worker
        worker = _Worker(self._plan, Path(self._scratch.name))
        self._workers.append(worker)
        return worker

    def _hear(self, worker: _Worker, job: Job) -> FileResult | None:
        try:
            result = worker.receive()
        except EOFError:
            return self._lose(worker, job, _why_it_ended(worker.end(grace_s=5.0)))
        self._failed_starts = 0
        return result

    def _lose(self, worker: _Worker, job: Job, failure: Failure) -> FileResult | None:
        """The result for the file a worker ended on; None when it had not even begun."""
        self._workers.remove(worker)
        if worker.is_ready:
            return unexamined(job[1], failure, self._plan.fingerprint)
        self._failed_starts += 1
        if self._failed_starts == _MOST_FAILED_STARTS:
            raise ScreeningError(
                "the worker processes end before their first file"
                f" (exit code {worker.process.exitcode}); run again with --workers 0 to see why"
            )
        self._again.append(job)
        return None


def _why_it_ended(exit_code: int | None) -> Failure:
    if exit_code == OUT_OF_MEMORY_EXIT:
        return _MEMORY
    return _KILLED if exit_code == _SIGKILL_EXIT else _CRASHED


_TIMEOUT = Failure(
    "run",
    "timeout",
    "The examination took too long and was stopped. Treat the file as not examined, or raise"
    " limits.time_limit_s.",
)
_MEMORY = Failure(
    "run",
    "memory",
    "The examination needed more memory than limits.max_memory_bytes allows and was stopped."
    " Treat the file as not examined.",
)
_KILLED = Failure(
    "run",
    "killed",
    "The examination was stopped from outside, most likely because this computer ran out of"
    " memory. Treat the file as not examined, or screen it with fewer workers.",
)
_CRASHED = Failure(
    "run",
    "crashed",
    "The program that reads this kind of file crashed on it. The file is damaged or made to do"
    " harm; do not post or open it.",
)
