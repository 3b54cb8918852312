"""The command line: parse, call, exit code. One module per command; nothing else happens here."""

from __future__ import annotations

import io
import sys

import typer

from screening.cli import (
    audit,
    baseline,
    check,
    evaluate,
    listing,
    policy,
    profiles,
    references,
    scan,
    train,
)
from screening.errors import ExitCode, ScreeningError

app = typer.Typer(
    name="screening",
    help="Screens pictures and videos before they are posted, and cites the policy clause that"
    " each one breaks. Nothing leaves this computer; originals are never changed.",
    epilog="Start with:  screening check photo.jpg   or   screening scan folder --out report",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("scan", epilog=scan.EXAMPLES)(scan.scan)
app.command("check", epilog=check.EXAMPLES)(check.check)
app.command("profiles", epilog=profiles.EXAMPLES)(profiles.profiles)
app.command("baseline", epilog=baseline.EXAMPLES)(baseline.baseline)
app.add_typer(references.app)
app.command("evaluate", epilog=evaluate.EXAMPLES)(evaluate.evaluate)
app.command("train", context_settings=train.PASSED_ON)(train.train)
for command, use in (
    (listing.detectors, "screening scan photos --detectors metadata,text"),
    (listing.formats, "screening scan photos --format jsonl,csv,annotated"),
    (listing.version, "screening version"),
):
    app.command(epilog=f"\b\nExamples:\n  {use}")(command)
# The older name of `screening policy list`.
app.command("policies", hidden=True, epilog="\b\nExamples:\n  screening policy list")(
    policy.list_packs
)
app.add_typer(policy.app, name="policy")
app.add_typer(audit.app, name="audit")


def main() -> None:
    """Entry point of the `screening` program; every expected error is one plain line."""
    for stream in (sys.stdout, sys.stderr):
        # A name that the terminal cannot show must not end the program.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        app(prog_name="screening")  # also when it runs as python -m screening
    except ScreeningError as error:
        print(f"screening: {error}", file=sys.stderr)
        sys.exit(ExitCode.USAGE)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        print(f"screening: {place}{error.strerror or error}", file=sys.stderr)
        sys.exit(ExitCode.USAGE)
