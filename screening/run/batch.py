"""A whole run: files through an executor into the report writers, and a summary of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from screening.errors import ExitCode
from screening.records import Decision, FileResult
from screening.reports.base import ReportWriter
from screening.run.executors import Executor
from screening.run.interrupts import Interrupts
from screening.screen import ScreenPlan


@dataclass(slots=True)
class Summary:
    """What a run came to.

    Attributes:
        total: files that were to be screened.
        decisions: files by decision.
        violations: files by rule, without those that are settled.
        settled: files with a settled violation, by rule.
        used: entries of registers that settled something.
        failures: files by failure code.
        elapsed_s: duration of the run.
        interrupted: whether it was stopped before its end.
    """

    total: int
    decisions: Counter[Decision] = field(default_factory=Counter)
    violations: Counter[str] = field(default_factory=Counter)
    settled: Counter[str] = field(default_factory=Counter)
    used: set[str] = field(default_factory=set)
    failures: Counter[str] = field(default_factory=Counter)
    incomplete: int = 0
    elapsed_s: float = 0.0
    interrupted: bool = False

    @property
    def done(self) -> int:
        """Files with a result."""
        return self.decisions.total()

    def add(self, result: FileResult) -> None:
        """Count one result."""
        self.decisions[result.verdict.decision] += 1
        for violation in result.verdict.violations:
            counter = self.settled if violation.settled else self.violations
            counter[violation.rule] += 1
            self.used.update(one.entry for one in violation.settled)
        self.failures.update({failure.error for failure in result.failures})
        self.incomplete += not result.complete

    @property
    def exit_code(self) -> ExitCode:
        """The code the process ends with."""
        if self.interrupted:
            return ExitCode.INTERRUPTED
        if self.incomplete:
            return ExitCode.INCOMPLETE
        if self.decisions[Decision.REVIEW] or self.decisions[Decision.BLOCK]:
            return ExitCode.FOUND
        return ExitCode.CLEAR


def run_batch(
    plan: ScreenPlan,
    files: Sequence[Path],
    executor: Executor,
    writers: Sequence[ReportWriter],
    on_result: Callable[[int, FileResult], None],
) -> Summary:
    """Screen `files` and write every result as it comes.

    `on_result` gets the number done and each result once the reports have it.

    Ctrl-C ends the run cleanly: every report holds the same files, those done until then.

    Raises:
        OSError: a report could not be written.
    """
    summary = Summary(total=len(files))
    start = perf_counter()
    with Interrupts() as interrupts:
        try:
            with closing(executor.run(plan, files)) as results:
                for result in results:
                    with interrupts.held():
                        for writer in writers:
                            writer.write(result)
                        summary.add(result)
                        on_result(summary.done, result)
        except KeyboardInterrupt:
            summary.interrupted = True
        finally:
            interrupts.ignore()
            for writer in writers:
                writer.close()
    summary.elapsed_s = perf_counter() - start
    return summary
