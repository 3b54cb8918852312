"""What a run looks like while it goes on, and the table at its end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from screening.records import Decision
from screening.reports.wording import visible

if TYPE_CHECKING:
    from screening.registers import Registers
    from screening.run.batch import Summary

_STYLES = {Decision.ALLOW: "green", Decision.REVIEW: "yellow", Decision.BLOCK: "red"}


class _Rate(ProgressColumn):
    """Files per second, or seconds per file where that reads better."""

    def render(self, task: Task) -> Text:
        """The rate of one bar."""
        speed = task.finished_speed or task.speed
        if not speed:
            return Text("")
        return Text(f"{speed:.1f}/s" if speed >= 1 else f"{1 / speed:.1f} s each")


class RunDisplay:
    """A progress bar, if stderr is a terminal; nothing at all when `quiet`."""

    def __init__(self, *, quiet: bool) -> None:
        self.console = Console(stderr=True, quiet=quiet, highlight=False)
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            _Rate(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=self.console,
            transient=True,
            disable=quiet or not self.console.is_terminal,
        )
        self._tasks: dict[str, TaskID] = {}

    @contextmanager
    def shown(self) -> Iterator[RunDisplay]:
        """Show the bar inside a `with` block."""
        with self._progress:
            yield self

    def step(self, what: str, done: int, total: int) -> None:
        """Set one bar, made when it is first named."""
        if what not in self._tasks:
            self._tasks[what] = self._progress.add_task(what, total=total)
        self._progress.update(self._tasks[what], completed=done, total=total)


def print_summary(console: Console, summary: Summary, skipped: Mapping[str, int]) -> None:
    """The final table: decisions, violated rules, what could not be examined, time."""
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(min_width=34)
    table.add_column(justify="right")
    for decision in Decision:
        table.add_row(decision.value, str(summary.decisions[decision]), style=_STYLES[decision])
    _section(table, "violations by rule (files)", summary.violations)
    _section(table, "settled by registers, by rule (files)", summary.settled)
    _section(table, "not fully examined (files)", summary.failures)
    _section(table, "skipped", skipped)
    table.add_section()
    rate = summary.done / summary.elapsed_s if summary.elapsed_s else 0.0
    table.add_row("files screened", f"{summary.done} of {summary.total}")
    table.add_row("time", f"{summary.elapsed_s:.1f} s ({rate:.1f} files/s)")
    console.print(table)
    if summary.interrupted:
        console.print("Stopped early: the reports hold only the files screened until then.")


def print_registers(console: Console, registers: Registers, used: set[str]) -> None:
    """Entries that are expired or not yet valid, and suppressions that settled nothing."""
    for entry, state in registers.outdated.items():
        console.print(f"{state}: {visible(entry)}", style="yellow", markup=False)
    for entry in registers.unused(used):
        console.print(f"unused suppression: {visible(entry)}", style="yellow", markup=False)


def _section(table: Table, title: str, counts: Mapping[str, int]) -> None:
    if counts:
        table.add_section()
        table.add_row(title, "", style="bold")
        for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
            table.add_row(f"  {name}", str(count))
