"""`screening check`: one file, one answer in plain words."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from screening.cli.arguments import (
    ConfigOption,
    ConsentsOption,
    DetectorsOption,
    EventOption,
    OcrOption,
    OptionOption,
    PlacesOption,
    PolicyOption,
    ProfileOption,
    ReferencesOption,
    RevealOption,
    SuppressionsOption,
    build_config,
)
from screening.cli.audit import AuditOption, decided, open_log, run_ended, run_started

EXAMPLES = """\b
Examples:
  screening check photo.jpg
  screening check clip.mp4 --profile undercover --quotes
  screening check photo.jpg --reveal
Exit code: as for scan (0 nothing found, 1 something found, 3 not fully examined)."""


def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A picture or a video.")],
    policy: PolicyOption = None,
    profile: ProfileOption = None,
    consents: ConsentsOption = None,
    suppressions: SuppressionsOption = None,
    places: PlacesOption = None,
    event: EventOption = None,
    references: ReferencesOption = None,
    detectors: DetectorsOption = None,
    config: ConfigOption = None,
    option: OptionOption = None,
    ocr: OcrOption = None,
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
    settings = build_config(
        config=config,
        policy=policy,
        profile=profile,
        references=references,
        detectors=detectors,
        option=option,
        ocr=ocr,
        consents=consents,
        suppressions=suppressions,
        places=places,
        event=event,
    )
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
