"""`screening baseline`: suppressions of all that a run found."""

from __future__ import annotations

import datetime
import hashlib
from pathlib import Path
from typing import Annotated

import typer

from screening.cli.audit import AuditOption, open_log
from screening.errors import ConfigError

EXAMPLES = """\b
Examples:
  screening scan archive --out first --format jsonl
  screening baseline first/results.jsonl --author "J. Doe" --reason "archive of 2019" \\
    --until 2027-12-31 --out baseline.csv
  screening scan archive --suppressions baseline.csv"""


def baseline(
    results: Annotated[
        Path, typer.Argument(metavar="RESULTS", help="The results.jsonl of a run, or its folder.")
    ],
    author: Annotated[str, typer.Option(metavar="NAME", help="Who answers for it.")],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; every report shows it.")],
    until: Annotated[
        datetime.datetime,
        typer.Option(metavar="DATE", formats=["%Y-%m-%d"], help="Last day, such as 2027-12-31."),
    ],
    out: Annotated[Path, typer.Option(metavar="FILE.csv", help="The register to write.")] = Path(
        "baseline.csv"
    ),
    audit: AuditOption = None,
) -> None:
    """Suppress all that a run found, so that later runs alarm only for what is new."""
    from screening.registers.baseline import (  # noqa: PLC0415 - keeps --help quick
        Answer,
        baseline_rows,
        write_baseline,
    )

    if not (author.strip() and reason.strip()):
        raise ConfigError("neither may be empty", key="author, reason")
    rows = baseline_rows(results / "results.jsonl" if results.is_dir() else results)
    log = open_log(audit)
    try:
        with out.open("x", encoding="utf-8", newline="") as stream:
            write_baseline(rows, Answer(author.strip(), reason.strip(), until.date()), stream)
    except FileExistsError:
        raise ConfigError("this file exists; choose another with --out", file=out) from None
    if log is not None:
        digest = hashlib.sha256(out.read_bytes()).hexdigest()
        log.append("baseline_made", {"suppressions": len(rows), "sha256": digest})
    print(f"{len(rows)} suppressions in {out}")
