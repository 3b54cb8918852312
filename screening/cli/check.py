"""`screening check`: one file, one answer in plain words."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from screening.cli.arguments import RevealOption, takes_settings
from screening.cli.audit import AuditOption, decided, open_log, run_ended, run_started

if TYPE_CHECKING:
    from screening.config import ScreenConfig

EXAMPLES = """\b
Examples:
  screening check photo.jpg
  screening check clip.mp4 --profile undercover --quotes
  screening check photo.jpg --reveal
Exit code: as for scan (0 nothing found, 1 something found, 3 not fully examined)."""


@takes_settings()
def check(
    *,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A picture or a video.")],
    settings: ScreenConfig,
    quotes: Annotated[
        bool,
        typer.Option(
            "--quotes", help="Show every rule that applies, with the words of the policy."
        ),
    ] = False,
    reveal: RevealOption = False,
    audit: AuditOption = None,
) -> None:
    """Say in plain words whether one picture or video may be posted, and why not."""
    from screening.errors import ConfigError  # noqa: PLC0415 - keeps --help quick

    if file.is_dir():
        raise ConfigError("this is a folder; screen it with: screening scan FOLDER", file=file)
    if not file.exists():
        raise ConfigError("there is no such file", file=file)
    from screening.run.confinement import confine_process  # noqa: PLC0415

    confine_process()
    from screening.cli.console import RunDisplay  # noqa: PLC0415
    from screening.reports.plain import plain_answer  # noqa: PLC0415
    from screening.run.batch import Summary  # noqa: PLC0415
    from screening.run.executors import make_executor  # noqa: PLC0415
    from screening.screen import make_plan  # noqa: PLC0415

    display = RunDisplay(quiet=False)
    with display.shown():
        plan = make_plan(settings, display.step)
        log = open_log(audit)
        run_started(log, plan, 1)
        display.step("Looking at the file", 0, 1)
        [result] = make_executor(workers=1).run(plan, [file])
    print(plain_answer(result, quotes=quotes, reveal=reveal))
    summary = Summary(total=1)
    summary.add(result)
    decided(log, result, settings.profile)
    if head := run_ended(log, summary):
        print(head, file=sys.stderr)
    for entry, state in plan.registers.outdated.items():
        print(f"{state}: {entry}", file=sys.stderr)
    raise typer.Exit(summary.exit_code)
