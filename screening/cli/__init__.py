"""The command line: parse, call, exit code. One module per command; nothing else happens here."""

from __future__ import annotations

import sys

import typer

from screening.cli import check, listing, scan
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
app.command("detectors")(listing.detectors)
app.command("policies")(listing.policies)
app.command("formats")(listing.formats)
app.command("version")(listing.version)


def main() -> None:
    """Entry point of the `screening` program; every expected error is one plain line."""
    try:
        app()
    except ScreeningError as error:
        print(f"screening: {error}", file=sys.stderr)
        sys.exit(ExitCode.USAGE)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        print(f"screening: {place}{error.strerror or error}", file=sys.stderr)
        sys.exit(ExitCode.USAGE)
