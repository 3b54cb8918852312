"""Notices to supervisors, and what a stranger could learn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from screening.records import Decision, FileResult, Finding, Verdict
from screening.reports.base import ReportContext
from screening.reports.exposure import exposure, learned
from screening.reports.notice import NoticeWriter
from screening.reports.plain import plain_answer


def test_a_notice_has_the_file_the_clause_and_the_evidence(
    make_context: Callable[..., ReportContext], make_result: Callable[..., FileResult]
) -> None:
    context = make_context()
    writer = NoticeWriter(context)
    result = make_result(name="<b>.png")
    writer.write(result)
    writer.write(replace(result, verdict=Verdict(Decision.ALLOW)))
    writer.close()
    page = (context.out_dir / "notice.html").read_text(encoding="utf-8")
    assert page.count('class="notice-page"') == 1
    assert result.media.sha256 in page
    assert "Employees do not show the seal of the court." in page
    assert result.verdict.violations[0].findings[0] in page
    assert "Follow-up action" in page
    assert "A stranger could learn from this file where it was taken" in page
    assert "<b>" not in page
    assert "10.34" not in page


def test_nothing_to_notify(
    make_context: Callable[..., ReportContext],
) -> None:
    context = make_context()
    NoticeWriter(context).close()
    assert "No notices" in (context.out_dir / "notice.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("finding", "words"),
    [
        (Finding("t", "gps_location", 1.0), "where it was taken"),
        (Finding("t", "protected_place", 1.0), "that it was taken at a protected place"),
        (Finding("t", "full_name", 1.0), "names of people"),
        (Finding("t", "seal", 1.0), "for which agency or court its owner works"),
        (Finding("t", "credential", 1.0), "a password or other way in"),
    ],
)
def test_what_findings_tell(finding: Finding, words: str) -> None:
    assert learned([finding, finding]) == [words]
    assert exposure([finding]) == f"A stranger could learn from this file {words}."


def test_what_tells_nothing() -> None:
    shared = Finding("t", "device_identity", 1.0, evidence={"kind": "colour_profile"})
    assert learned([shared, Finding("t", "text", 1.0)]) == []
    assert exposure([]) == ""


def test_many_things_are_counted() -> None:
    labels = ("gps_location", "full_name", "seal", "license_plate", "marking", "face", "email")
    words = exposure([Finding("t", label, 1.0) for label in labels])
    assert words.endswith("and 3 things more.")


def test_the_plain_answer_says_what_a_stranger_could_learn(
    make_result: Callable[..., FileResult],
) -> None:
    assert "A stranger could learn from this file where it was taken" in plain_answer(make_result())
