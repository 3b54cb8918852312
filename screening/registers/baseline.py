"""Makes suppressions of everything that a run found, so that later runs show what is new."""

from __future__ import annotations

import csv
import datetime
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from screening.errors import ConfigError
from screening.registers.suppressions import WHOLE_FILE

COLUMNS = ("sha256", "rule", "region", "frame", "reason", "author", "until")
_RESULT_SCHEMA = "screening/result/1"

Row = tuple[str, str, str, int]
"""SHA-256 of the file, rule, region, frame."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Who answers for the entries of a baseline, why, and until when."""

    author: str
    reason: str
    until: datetime.date


def baseline_rows(results: Path) -> list[Row]:
    """A row for each place where a rule is broken and not settled, in the order of the results.

    Args:
        results: a `results.jsonl`.

    Raises:
        ConfigError: it cannot be read, or a line is no result; with file and line.
    """
    try:
        lines = results.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError("the results cannot be read", file=results) from error
    rows: dict[Row, None] = {}
    for number, line in enumerate(lines, start=1):
        try:
            rows.update(dict.fromkeys(_rows(json.loads(line))))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ConfigError(
                f"this is no result of the schema {_RESULT_SCHEMA}", file=results, line=number
            ) from error
    return list(rows)


def _rows(result: dict[str, object]) -> Iterator[Row]:
    if result["schema"] != _RESULT_SCHEMA:
        raise ValueError("another schema")
    sha256, findings, violations = result["sha256"], result["findings"], result["violations"]
    if not (isinstance(sha256, str) and isinstance(findings, list)):
        raise TypeError("another form")
    by_id = {finding["id"]: finding for finding in findings}
    for violation in violations if isinstance(violations, list) else ():
        if sha256 and violation["decision"] != "allow":
            for key in violation["findings"]:
                box = by_id[key]["box"]
                region = WHOLE_FILE if box is None else " ".join(f"{value:g}" for value in box)
                frame = 0 if box is None else by_id[key]["frame_index"]
                yield sha256, violation["rule"], region, frame


def write_baseline(rows: list[Row], answer: Answer, out: TextIO) -> None:
    """Write a register of suppressions in CSV."""
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    for row in rows:
        table.writerow((*row, answer.reason, answer.author, answer.until.isoformat()))
