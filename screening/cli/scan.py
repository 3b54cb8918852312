"""`screening scan`: many files into reports."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from screening.cli.arguments import RevealOption, comma_list, takes_settings
from screening.cli.audit import AuditOption, decided, open_log, run_ended, run_started
from screening.cli.reporting import report_context

if TYPE_CHECKING:
    from screening.config import ScreenConfig
    from screening.records import FileResult

EXAMPLES = """\b
Examples:
  screening scan photos --out report
  screening scan photos videos --profile undercover --format jsonl,html,csv,annotated
  screening scan share --policy edmo-2016 --references our_insignia --workers 8
  screening scan letters --detectors metadata,text --option text.engine=tesseract
Exit code: 0 nothing to object to; 1 something to review or not to post; 2 wrong usage or
configuration; 3 at least one file could not be fully examined; 130 stopped with Ctrl-C."""


@takes_settings()
def scan(
    *,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH", help="Files or folders.")],
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder that the reports are written to.")
    ] = Path("screening-results"),
    settings: ScreenConfig,
    report_format: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            metavar="A,B",
            help="Report formats (see: screening formats); may be repeated. Default: jsonl,html.",
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            min=0,
            metavar="N",
            help="Worker processes; default: one per processor. 0 works in this process, where"
            " nothing protects the run from a file that crashes or hangs a decoder.",
        ),
    ] = None,
    follow_symlinks: Annotated[
        bool, typer.Option("--follow-symlinks", help="Follow symbolic links inside folders.")
    ] = False,
    no_timings: Annotated[
        bool, typer.Option("--no-timings", help="Leave out what differs between equal runs.")
    ] = False,
    reveal: RevealOption = False,
    audit: AuditOption = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Screen files and folders; write one result per file and reports for people."""
    from screening.run.confinement import confine_process  # noqa: PLC0415 - keeps --help quick

    confine_process()
    from screening.cli.console import RunDisplay, print_registers, print_summary  # noqa: PLC0415
    from screening.reports.registry import open_writers  # noqa: PLC0415
    from screening.reports.wording import shown_path, visible  # noqa: PLC0415
    from screening.run.batch import run_batch  # noqa: PLC0415
    from screening.run.executors import default_workers, make_executor  # noqa: PLC0415
    from screening.run.walk import list_files  # noqa: PLC0415
    from screening.screen import make_plan  # noqa: PLC0415

    display = RunDisplay(quiet=quiet)
    with display.shown():
        listing = list_files(paths, out_dir=out, follow_symlinks=follow_symlinks)
        plan = make_plan(settings, display.step)
        log = open_log(audit)
        context = report_context(plan, out, reveal=reveal, timings=not no_timings)
        writers = open_writers(comma_list(report_format or ["jsonl,html"]) or [], context)
        count = len(listing.files)
        display.step("Screening", 0, count)
        run_started(log, plan, count)

        def on_result(done: int, result: FileResult) -> None:
            decided(log, result, settings.profile)
            display.step("Screening", done, count)

        summary = run_batch(
            plan,
            listing.files,
            make_executor(default_workers(count) if workers is None else workers),
            writers,
            on_result,
        )
    if summary.interrupted:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends already; a second one adds nothing
    print_summary(display.console, summary, listing.skipped)
    print_registers(display.console, plan.registers, summary.used)
    if head := run_ended(log, summary):
        display.console.print(head, markup=False)
    display.console.print(f"reports: {visible(shown_path(out))}", markup=False)
    raise typer.Exit(summary.exit_code)
