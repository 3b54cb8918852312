"""`results.csv`: one row per violation, for spreadsheets."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import ClassVar

from screening.geometry import Box
from screening.records import FileResult, Finding, Violation
from screening.reports.atomic_text import AtomicText
from screening.reports.base import ReportContext
from screening.reports.inside import inside_words
from screening.reports.masking import shown_result
from screening.reports.wording import settlement_words, shown_path

COLUMNS = (
    "path",
    "sha256",
    "decision",
    "complete",
    "rule",
    "category",
    "violation_decision",
    "document",
    "sections",
    "message",
    "settled",
    "labels",
    "texts",
    "boxes",
    "frame_indexes",
    "within",
    "failures",
)

# Spreadsheets run a cell that starts like this as a formula (OWASP, "CSV Injection");
# some also take the full-width forms.
_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")  # noqa: RUF001


class CsvWriter:
    """Writes one row per violation; a file without one gets a row for what was found in it.

    The file starts with a byte-order mark, without which Excel misreads names; pandas and
    `csv` with `utf-8-sig` skip it.
    """

    name: ClassVar[str] = "csv"
    summary: ClassVar[str] = "results.csv: one row per violation, opens in a spreadsheet"

    def __init__(self, context: ReportContext) -> None:
        self._reveal = context.reveal
        self._file = AtomicText(context.out_dir / "results.csv", encoding="utf-8-sig", newline="")
        self._rows = csv.writer(self._file)
        self._rows.writerow(COLUMNS)

    def write(self, result: FileResult) -> None:
        """Append the rows of one file."""
        for row in _rows(shown_result(result, reveal=self._reveal)):
            self._rows.writerow([_inert(cell) for cell in row])

    def close(self) -> None:
        """Put `results.csv` in place."""
        self._file.close()


def _rows(result: FileResult) -> Iterator[tuple[str, ...]]:
    media, verdict = result.media, result.verdict
    file_cells = (
        shown_path(media.path),
        media.sha256,
        str(verdict.decision),
        "yes" if result.complete else "no",
    )
    failures = _joined(
        f"{failure.stage}/{failure.error}: {failure.message}" for failure in result.failures
    )
    for violation in verdict.violations:
        broken_by = [finding for finding in result.findings if finding.id in violation.findings]
        yield (
            *file_cells,
            *_violation_cells(violation),
            *_finding_cells(broken_by, result),
            failures,
        )
    if not verdict.violations:
        yield (*file_cells, *[""] * 7, *_finding_cells(result.findings, result), failures)


def _violation_cells(violation: Violation) -> tuple[str, ...]:
    return (
        violation.rule,
        violation.category,
        str(violation.decision),
        _joined(clause.document for clause in violation.clauses),
        _joined(clause.section for clause in violation.clauses),
        violation.message,
        _joined(settlement_words(one) for one in violation.settled),
    )


def _finding_cells(findings: Iterable[Finding], result: FileResult) -> tuple[str, ...]:
    findings = list(findings)
    boxed = [finding for finding in findings if finding.box]
    inside = any(finding.within for finding in boxed)
    return (
        _joined(finding.label for finding in findings),
        _joined(finding.text for finding in findings if finding.text),
        "; ".join(_box_text(finding.box) for finding in boxed if finding.box),
        "; ".join(str(finding.frame_index) for finding in boxed),
        "; ".join(inside_words([finding], result) or "in the file" for finding in boxed)
        if inside
        else "",
    )


def _box_text(box: Box) -> str:
    return "[" + ", ".join(f"{value:.1f}" for value in box.as_tuple()) + "]"


def _joined(parts: Iterable[str]) -> str:
    """Distinct parts in their order."""
    return "; ".join(dict.fromkeys(parts))


def _inert(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell
