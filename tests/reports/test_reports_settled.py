"""What a register settles is shown, with its reason, in every format."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace

from screening.records import Decision, FileResult, Settlement, Verdict
from screening.reports.base import ReportContext
from screening.reports.plain import plain_answer
from screening.reports.registry import open_writers

REASON = "consent W-7, valid until 2027-01-31"
SETTLEMENT = Settlement("consent", "consents.csv, line 2", REASON)


def settled(result: FileResult, *, wholly: bool = True) -> FileResult:
    violation = replace(
        result.verdict.violations[0], decision=Decision.ALLOW, settled=(SETTLEMENT,)
    )
    standing = replace(result.verdict.violations[0], rule="OTHER")
    violations = (violation,) if wholly else (violation, standing)
    decision = Decision.ALLOW if wholly else Decision.BLOCK
    return replace(result, verdict=Verdict(decision, violations))


def test_every_format_gives_the_reason(
    make_context: Callable[..., ReportContext], make_result: Callable[..., FileResult]
) -> None:
    context = make_context()
    for writer in open_writers(["jsonl", "csv", "html"], context):
        writer.write(settled(make_result()))
        writer.close()
    page = (context.out_dir / "report.html").read_text(encoding="utf-8")
    assert "<strong>Settled</strong>" in page
    assert f"{REASON} (consents.csv, line 2)" in page
    result = json.loads((context.out_dir / "results.jsonl").read_text(encoding="utf-8"))
    assert result["decision"] == result["violations"][0]["decision"] == "allow"
    assert result["violations"][0]["settled"] == [
        {"kind": "consent", "entry": "consents.csv, line 2", "reason": REASON}
    ]
    with (context.out_dir / "results.csv").open(encoding="utf-8-sig", newline="") as stream:
        [row] = csv.DictReader(stream)
    assert row["settled"] == f"{REASON} (consents.csv, line 2)"
    assert row["violation_decision"] == "allow"


def test_the_plain_answer_says_what_stands_and_what_is_settled(
    make_result: Callable[..., FileResult],
) -> None:
    wholly = plain_answer(settled(make_result()))
    assert wholly.startswith("You may post this: everything in it")
    assert f"Settled: it shows the seal of the Court of Fairhaven. Reason: {REASON}" in wholly
    partly = plain_answer(settled(make_result(), wholly=False))
    assert partly.startswith("Do not post this: it shows the seal")
    assert "Settled: " in partly
