"""`screening profiles`: one folder for each officer, a verdict on each, worst first."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from screening.cli.arguments import RevealOption, takes_settings
from screening.cli.audit import AuditOption, decided, open_log, run_ended, run_started
from screening.cli.reporting import report_context
from screening.errors import ExitCode

if TYPE_CHECKING:
    from screening.cli.console import RunDisplay
    from screening.config import MediaLimits, ScreenConfig
    from screening.people.screening_officers import Crowd
    from screening.records import FileResult
    from screening.run.batch import Summary

EXAMPLES = """\b
Examples:
  screening profiles collected --roster roster.csv --out report
  screening profiles collected --roster roster.csv --public agency_site --places places.csv
  screening profiles collected --roster roster.toml --policy rite-draft --audit audit.jsonl
Each officer's pictures lie in the folder that the roster names. Open report/officers.html.
Exit code: as for scan; 1 also when a picture links two officers."""


@takes_settings("profile")
def profiles(
    *,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Holds a folder per officer.")],
    roster: Annotated[
        Path, typer.Option(metavar="FILE", help="Who is there (CSV or TOML; see docs/people.md).")
    ],
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder that the reports are written to.")
    ] = Path("screening-officers"),
    public: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="DIR",
            help="Pictures that are public, such as the agency's site: those that an officer has"
            " too are reported; may be repeated.",
        ),
    ] = None,
    settings: ScreenConfig,
    workers: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="Worker processes; as for scan.")
    ] = None,
    reveal: RevealOption = False,
    audit: AuditOption = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Screen one folder per officer; a verdict on each, and pictures that link two of them."""
    from screening.run.confinement import confine_process  # noqa: PLC0415 - keeps --help quick

    confine_process()
    from screening.cli.console import RunDisplay, print_registers, print_summary  # noqa: PLC0415
    from screening.people.collecting import (  # noqa: PLC0415
        OfficerWriters,
        crowd_of,
        looking_for_names,
    )
    from screening.people.reports import write_overview  # noqa: PLC0415
    from screening.people.roster import load_roster  # noqa: PLC0415
    from screening.people.screening_officers import JudgedByOfficer  # noqa: PLC0415
    from screening.run.batch import run_batch  # noqa: PLC0415
    from screening.run.executors import default_workers, make_executor  # noqa: PLC0415
    from screening.screen import make_plan  # noqa: PLC0415

    officers = load_roster(roster)
    crowd, unlisted = crowd_of(folder, officers, settings.profile, out)
    files = list(crowd.owner_of)
    display = RunDisplay(quiet=quiet)
    with display.shown(), ExitStack() as stack:
        settings = stack.enter_context(looking_for_names(settings, officers, out))
        plan = make_plan(settings, display.step)
        log = open_log(audit)
        context = report_context(plan, out, reveal=reveal)
        writers = OfficerWriters(crowd, context)
        run_started(log, plan, len(files))

        def on_result(done: int, result: FileResult) -> None:
            owner = crowd.owner_of[result.media.path]
            decided(log, result, crowd.verdicts[owner].profile)
            crowd.take(result, settings.limits)
            display.step("Screening", done, len(files))

        count = default_workers(len(files)) if workers is None else workers
        executor = JudgedByOfficer(make_executor(count), crowd)
        summary = run_batch(plan, files, executor, [writers], on_result)
        _take_public(crowd, public or [], out, settings.limits, display)
        crowd.compare([shown.name for shown in public or []])
    write_overview(crowd.verdicts, context, unlisted)
    print_summary(display.console, summary, {})
    print_registers(display.console, plan.registers, summary.used)
    _print_officers(display, crowd, unlisted)
    if head := run_ended(log, summary):
        display.console.print(head, markup=False)
    display.console.print(f"reports: {out / 'officers.html'}", markup=False)
    raise typer.Exit(_exit_code(summary, crowd, unlisted))


def _take_public(
    crowd: Crowd, public: list[Path], out: Path, limits: MediaLimits, display: RunDisplay
) -> None:
    """Describe the pictures of public sets."""
    from screening.people.collecting import digest_of  # noqa: PLC0415
    from screening.run.walk import list_files  # noqa: PLC0415

    for number, shown in enumerate(public):
        files = list_files([shown], out_dir=out).files
        for done, path in enumerate(files, start=1):
            crowd.take_public(number, path, digest_of(path), limits)
            display.step(f"Comparing with {shown.name}", done, len(files))


def _print_officers(display: RunDisplay, crowd: Crowd, unlisted: list[str]) -> None:
    from screening.people.officers import worst_first  # noqa: PLC0415

    for one in worst_first(crowd.verdicts):
        links = f", {len(one.links)} linked" if one.links else ""
        display.console.print(
            f"{one.decision:7} {one.officer.id}: {one.decisions.total()} files{links}", markup=False
        )
    for name in unlisted:
        display.console.print(f"not screened, nobody's folder: {name}", markup=False)
    if crowd.skipped:
        display.console.print(f"public files that could not be compared: {crowd.skipped}")


def _exit_code(summary: Summary, crowd: Crowd, unlisted: list[str]) -> ExitCode:
    from screening.records import Decision  # noqa: PLC0415

    if summary.exit_code is not ExitCode.CLEAR:
        return summary.exit_code
    if crowd.skipped:
        return ExitCode.INCOMPLETE
    found = unlisted or any(one.decision is not Decision.ALLOW for one in crowd.verdicts)
    return ExitCode.FOUND if found else ExitCode.CLEAR
