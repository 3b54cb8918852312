"""Each recogniser against its table: `cases/<recogniser>.yaml` with `flag` and `pass`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from screening.catalog import Agency
from screening.detectors.text.recognisers import (
    RECOGNISER_LABELS,
    Knowledge,
    page_recognisers,
    recognisers,
)
from screening.detectors.text.recognisers.base import PageRecogniser, Recogniser, other_words

CASES = Path(__file__).parent / "cases"
ROSTER = CASES / "roster.txt"
AGENCIES = (
    Agency(
        "City of Fairhaven Police",
        ("Fairhaven Police", "Fairhaven Police Department", "FPD"),
        ("fairhaven-police.example",),
        (),
    ),
    Agency("Port Ellery District Court", ("District Court of Port Ellery",), (), ()),
)
KNOWN = Knowledge(agencies=AGENCIES, roster=ROSTER)
RECOGNISERS = {one.name.replace(" ", "_"): one for one in recognisers(KNOWN)}
PAGE_RECOGNISERS = {one.name.replace(" ", "_"): one for one in page_recognisers()}
PUBLIC_EVIDENCE = {
    "agency", "court", "court_id", "marking_kind", "misread_letters", "rank_kind",
    "credential_kind", "id_kind",
}  # fmt: skip
TABLES = {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in CASES.glob("*.yaml")}
PAGES = {
    path.stem: yaml.safe_load(path.read_text("utf-8")) for path in (CASES / "pages").glob("*.yaml")
}
FLAG = [(name, *case) for name, table in sorted(TABLES.items()) for case in table["flag"]]
PASS = [(name, case) for name, table in sorted(TABLES.items()) for case in table["pass"]]
PAGE_FLAG = [(name, *case) for name, table in sorted(PAGES.items()) for case in table["flag"]]
PAGE_PASS = [(name, case) for name, table in sorted(PAGES.items()) for case in table["pass"]]


@pytest.mark.parametrize(("name", "text", "part"), FLAG)
def test_flagged(name: str, text: str, part: str) -> None:
    found = [text[span.start : span.end] for span in RECOGNISERS[name].find(text)]
    assert found == [part]


@pytest.mark.parametrize(("name", "text"), PASS)
def test_passed(name: str, text: str) -> None:
    assert RECOGNISERS[name].find(text) == []


@pytest.mark.parametrize(("name", "lines", "parts"), PAGE_FLAG)
def test_flagged_in_a_page(name: str, lines: list[str], parts: list[str]) -> None:
    [passage] = PAGE_RECOGNISERS[name].find(lines)
    claimed = [lines[number][start:end] for number, start, end in passage.parts]
    assert set(parts) <= set(claimed)
    assert set(passage.evidence) <= PUBLIC_EVIDENCE
    assert 0 < passage.score <= 1


@pytest.mark.parametrize(("name", "lines"), PAGE_PASS)
def test_passed_in_a_page(name: str, lines: list[str]) -> None:
    assert PAGE_RECOGNISERS[name].find(lines) == []


def test_every_recogniser_has_a_table_and_every_table_a_recogniser() -> None:
    assert set(TABLES) == set(RECOGNISERS)
    assert set(PAGES) == set(PAGE_RECOGNISERS)
    for table in (*TABLES.values(), *PAGES.values()):
        assert set(table) == {"flag", "pass"}
    for table in TABLES.values():
        assert min(len(table["flag"]), len(table["pass"])) >= 10
        assert all(isinstance(text, str) for text in table["pass"])


def test_declared_labels_are_those_of_the_recognisers() -> None:
    known = [*RECOGNISERS.values(), *PAGE_RECOGNISERS.values()]
    assert {recogniser.label for recogniser in known} == RECOGNISER_LABELS


@pytest.mark.parametrize("recogniser", RECOGNISERS.values(), ids=RECOGNISERS)
@pytest.mark.parametrize(
    "text",
    ["", " ", "\n", "ß" * 300, "\U0001f46e", "\0", "A1" * 5000, "US " * 3000, "a." * 3000 + "@"],
    ids=["empty", "blank", "newline", "wide", "emoji", "nul", "plates", "states", "dots"],
)
def test_strange_lines_are_survived(recogniser: Recogniser, text: str) -> None:
    for span in recogniser.find(text):
        assert 0 <= span.start < span.end <= len(text)


@pytest.mark.parametrize("recogniser", PAGE_RECOGNISERS.values(), ids=PAGE_RECOGNISERS)
@pytest.mark.parametrize(
    "line", ["", " ", "\0", "<" * 400, "A1" * 3000, "4" * 3000, "9 AM " * 500, "NAME " * 500]
)
def test_strange_pages_are_survived(recogniser: PageRecogniser, line: str) -> None:
    for passage in recogniser.find([line] * 3):
        assert all(0 <= start < end <= len(line) for _, start, end in passage.parts)


@pytest.mark.parametrize(("name", "text", "part"), FLAG)
def test_evidence_never_repeats_what_was_read(name: str, text: str, part: str) -> None:
    """Public evidence may name the agency, the court or a kind, nothing else."""
    for span in RECOGNISERS[name].find(text):
        assert set(span.evidence) <= PUBLIC_EVIDENCE
        assert 0 < span.score <= 1
        assert span.why
        assert not any(number in span.why for number in re.findall(r"\d{4,}", part))


def test_court_evidence_names_the_court() -> None:
    [span] = RECOGNISERS["court_names"].find("EASTERN DISTRICT OF MISSOURI")
    assert span.evidence["court_id"] == "moed"
    [span] = RECOGNISERS["court_names"].find("DISTRICT COURT")
    assert not span.evidence, "states have district courts too"


def test_agency_found_once_by_its_longest_spelling() -> None:
    [span] = RECOGNISERS["agency_names"].find("FAIRHAVEN POLICE DEPARTMENT")
    assert span.evidence == {"agency": "City of Fairhaven Police"}


def test_own_email_domains_are_added() -> None:
    [emails] = [
        one
        for one in recognisers(Knowledge(email_domains=["@Office.Example"]))
        if one.label == "work_email"
    ]
    assert [span.score for span in emails.find("a@office.example b@office.test")] == [0.95]


def test_own_docket_patterns_are_added() -> None:
    known = Knowledge(docket_patterns={"Ellery": re.compile(r"EL/\d{6}")})
    [dockets] = [one for one in recognisers(known) if one.label == "docket_number"]
    [span] = dockets.find("File EL/004711 of the clerk")
    assert (span.score, "Ellery" in span.why) == (0.95, True)


def test_phone_numbers_of_another_region() -> None:
    [phones] = [one for one in recognisers(Knowledge(region="GB")) if one.label == "phone_number"]
    assert [span.start for span in phones.find("020 7946 0018")] == [0]
    assert RECOGNISERS["phone_numbers"].find("020 7946 0018") == []


@pytest.mark.parametrize(
    "line",
    ["{}", "SAMPLE {}", "NOT A {}", "{} - specimen, void, not real", "for training only: {}"],
)
@pytest.mark.parametrize(
    ("name", "strong"),
    [
        ("docket_numbers", "4:21-cr-00123"),
        ("social-security_numbers", "219-45-6789"),
        ("police_words", "POLICE"),
        ("agency_names", "Fairhaven Police"),
        ("phone_numbers", "314-555-0142"),
        ("work_e-mail_domains", "clerk@example.gov"),
        ("markings", "LAW ENFORCEMENT SENSITIVE"),
        ("badge_numbers", "BADGE NO 4471"),
        ("ranks_and_names", "SGT. HARGROVE"),
        ("names_of_the_roster", "Marlowe Quist"),
        ("incident_numbers", "INCIDENT NO 24-001187"),
        ("dates_of_birth", "DOB 04/12/1987"),
        ("credentials", "PASSWORD: blue7fox"),
    ],
)
def test_context_does_not_talk_a_strong_match_down(name: str, strong: str, line: str) -> None:
    [alone] = RECOGNISERS[name].find(strong)
    [within] = RECOGNISERS[name].find(line.format(strong))
    assert within.score == alone.score


def test_other_words() -> None:
    assert other_words("see FBI men", 4, 7) == ["SEE", "MEN"]
