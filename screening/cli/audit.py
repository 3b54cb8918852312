"""`screening audit verify`: whether an audit log is whole; and what runs write into one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from screening.errors import ConfigError, ExitCode

if TYPE_CHECKING:
    from screening.audit import AuditLog
    from screening.records import FileResult
    from screening.run.batch import Summary
    from screening.screen import ScreenPlan

app = typer.Typer(help="Check audit logs.", no_args_is_help=True, rich_markup_mode=None)
AuditOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE.jsonl",
        help="Append what is run and decided to this log, which cannot be changed unseen.",
    ),
]


@app.callback()
def audit() -> None:
    """Check audit logs."""


@app.command(
    epilog="\b\nExamples:\n  screening audit verify audit.jsonl\n"
    "  screening audit verify audit.jsonl --expect 412:9f2c...  (as the last run printed it)"
)
def verify(
    log: Annotated[Path, typer.Argument(metavar="FILE.jsonl", help="The log.")],
    expect: Annotated[
        str | None,
        typer.Option(
            metavar="NUMBER:DIGEST",
            help="A record that was written down elsewhere; without it, somebody who can write"
            " the log and its head can cut both at the end.",
        ),
    ] = None,
) -> None:
    """Find any change, cut or reordering of an audit log; exit code 1 if there is one."""
    from screening.audit import verify as verify_log  # noqa: PLC0415 - keeps --help quick

    expected = None
    if expect is not None:
        number, colon, digest = expect.partition(":")
        if not (colon and number.isdecimal() and len(digest) == 64):
            raise ConfigError("this must look like 412:9f2c..., with 64 digits", key="--expect")
        expected = (int(number), digest.lower())
    report = verify_log(log, expected)
    for notice in report.notices:
        print(f"notice: {notice}")
    for fault in report.faults:
        print(f"FAULT: {fault}")
    print(f"{report.count} records; last: {report.count}:{report.digest}")
    raise typer.Exit(ExitCode.FOUND if report.faults else ExitCode.CLEAR)


def open_log(path: Path | None) -> AuditLog | None:
    """The log of a run; it is tried at once, so that no run goes unrecorded.

    Raises:
        ConfigError: it cannot be written, or was cut.
    """
    if path is None:
        return None
    from screening.audit import AuditLog  # noqa: PLC0415

    return AuditLog(path)


def run_started(log: AuditLog | None, plan: ScreenPlan, files: int) -> None:
    """Record what a run goes by."""
    if log is not None:
        log.append(
            "run_started",
            {
                "fingerprint": plan.fingerprint,
                "policies": [f"{pack.name} {pack.version}" for pack in plan.packs],
                "profile": plan.config.profile,
                "registers": list(plan.registers.sha256),
                "files": files,
            },
        )


def decided(log: AuditLog | None, result: FileResult, profile: str) -> None:
    """Record the decision on one file and what was settled; not its name, nor what it shows."""
    if log is not None:
        violations = result.verdict.violations
        log.append(
            "decision",
            {
                "sha256": result.media.sha256,
                "profile": profile,
                "decision": str(result.verdict.decision),
                "complete": result.complete,
                "violations": {one.rule: str(one.decision) for one in violations},
                "settled": [
                    {"rule": one.rule, "kind": entry.kind, "entry": entry.entry}
                    for one in violations
                    for entry in one.settled
                ],
            },
        )


def run_ended(log: AuditLog | None, summary: Summary) -> str:
    """Record how a run ended; returns the words that tell its head, empty without a log."""
    if log is None:
        return ""
    head = log.append(
        "run_ended",
        {
            "decisions": {str(one): count for one, count in summary.decisions.items()},
            "incomplete": summary.incomplete,
            "interrupted": summary.interrupted,
        },
    )
    return f"audit log: {head.count}:{head.digest}"
