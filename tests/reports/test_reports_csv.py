"""`results.csv` opens in a spreadsheet and runs nothing there."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from screening.records import Decision, Failure, FileResult, Finding, Verdict, with_ids
from screening.reports.base import ReportContext
from screening.reports.csv_table import COLUMNS, CsvWriter

MakeResult = Callable[..., FileResult]
MakeContext = Callable[..., ReportContext]


def written(context: ReportContext, *results: FileResult) -> list[dict[str, str]]:
    writer = CsvWriter(context)
    for result in results:
        writer.write(result)
    writer.close()
    with (context.out_dir / "results.csv").open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_one_row_per_violation(make_context: MakeContext, make_result: MakeResult) -> None:
    result = make_result()
    twice = result.verdict.violations[0]
    verdict = Verdict(
        Decision.BLOCK, (twice, replace(twice, rule="OTHER", decision=Decision.REVIEW))
    )
    rows = written(make_context(), replace(result, verdict=verdict))
    assert [row["rule"] for row in rows] == ["FAIR-2C2-SEAL", "OTHER"]
    assert rows[0] == dict(
        zip(
            COLUMNS,
            (
                result.media.path.as_posix(),
                result.media.sha256,
                "block",
                "yes",
                "FAIR-2C2-SEAL",
                "insignia",
                "block",
                "Code of Conduct of Fairhaven",
                "2.c(2)",
                "it shows the seal of the Court of Fairhaven",
                "",
                "seal",
                "",
                "[100.0, 80.0, 180.0, 160.0]",
                "0",
                "",
                "",
            ),
            strict=True,
        )
    )


def test_a_file_without_violation_has_a_row_with_findings_and_failures(
    make_context: MakeContext, make_result: MakeResult
) -> None:
    found = with_ids([Finding("text", "text", 0.5, text="Hello there")])
    failure = Failure("media", "truncated", "The file ends too early.")
    (row,) = written(make_context(), make_result(findings=found, failures=(failure,)))
    assert (row["rule"], row["decision"], row["complete"]) == ("", "review", "no")
    assert (row["labels"], row["texts"]) == ("text", "H*** t***")
    assert row["failures"] == "media/truncated: The file ends too early."


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋"])  # noqa: RUF001
def test_no_cell_is_a_formula(
    make_context: MakeContext, make_result: MakeResult, start: str
) -> None:
    hostile = f"{start}HYPERLINK(1)"
    result = make_result(message=hostile)
    result = replace(result, media=replace(result.media, path=Path(hostile)))
    (row,) = written(make_context(), result)
    assert (row["path"], row["message"]) == (f"'{hostile}", f"'{hostile}")
