"""Each recogniser against its table: `cases/<recogniser>.yaml` with `flag` and `pass`."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from screening.catalog import Agency
from screening.detectors.text.recognisers import RECOGNISER_LABELS, recognisers
from screening.detectors.text.recognisers.base import Recogniser, any_of, other_words, spelled

CASES = Path(__file__).parent / "cases"
AGENCIES = (
    Agency(
        "City of Fairhaven Police",
        ("Fairhaven Police", "Fairhaven Police Department", "FPD"),
        ("fairhaven-police.example",),
        (),
    ),
    Agency("Port Ellery District Court", ("District Court of Port Ellery",), (), ()),
)
RECOGNISERS = {
    recogniser.name.replace(" ", "_"): recogniser for recogniser in recognisers(AGENCIES, [])
}
TABLES = {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in CASES.glob("*.yaml")}
FLAG = [(name, *case) for name, table in sorted(TABLES.items()) for case in table["flag"]]
PASS = [(name, case) for name, table in sorted(TABLES.items()) for case in table["pass"]]


@pytest.mark.parametrize(("name", "text", "part"), FLAG)
def test_flagged(name: str, text: str, part: str) -> None:
    found = [text[span.start : span.end] for span in RECOGNISERS[name].find(text)]
    assert found == [part]


@pytest.mark.parametrize(("name", "text"), PASS)
def test_passed(name: str, text: str) -> None:
    assert RECOGNISERS[name].find(text) == []


def test_every_recogniser_has_a_table_and_every_table_a_recogniser() -> None:
    assert set(TABLES) == set(RECOGNISERS)
    for table in TABLES.values():
        assert set(table) == {"flag", "pass"}
        assert min(len(table["flag"]), len(table["pass"])) >= 15
        assert all(isinstance(text, str) for text in table["pass"])


def test_declared_labels_are_those_of_the_recognisers() -> None:
    assert {recogniser.label for recogniser in RECOGNISERS.values()} == RECOGNISER_LABELS


@pytest.mark.parametrize("recogniser", RECOGNISERS.values(), ids=RECOGNISERS)
@pytest.mark.parametrize(
    "text",
    ["", " ", "\n", "ß" * 300, "\U0001f46e", "\0", "A1" * 5000, "US " * 3000, "a." * 3000 + "@"],
    ids=["empty", "blank", "newline", "wide", "emoji", "nul", "plates", "states", "dots"],
)
def test_strange_lines_are_survived(recogniser: Recogniser, text: str) -> None:
    for span in recogniser.find(text):
        assert 0 <= span.start < span.end <= len(text)


@pytest.mark.parametrize(("name", "text", "part"), FLAG)
def test_evidence_never_repeats_what_was_read(name: str, text: str, part: str) -> None:
    """Public evidence may name the agency, court or kind of marking, nothing else."""
    for span in RECOGNISERS[name].find(text):
        assert set(span.evidence) <= {"agency", "court", "court_id", "marking_kind"}
        assert 0 < span.score <= 1


def test_court_evidence_names_the_court() -> None:
    [span] = RECOGNISERS["court_names"].find("EASTERN DISTRICT OF MISSOURI")
    assert span.evidence["court_id"] == "moed"
    [span] = RECOGNISERS["court_names"].find("DISTRICT COURT")
    assert not span.evidence, "states have district courts too"


def test_agency_found_once_by_its_longest_spelling() -> None:
    [span] = RECOGNISERS["agency_names"].find("FAIRHAVEN POLICE DEPARTMENT")
    assert span.evidence == {"agency": "City of Fairhaven Police"}


def test_own_email_domains_are_added() -> None:
    [emails] = [one for one in recognisers((), ["@Office.Example"]) if one.label == "work_email"]
    assert [span.score for span in emails.find("a@office.example b@office.test")] == [0.95]


def test_spelling_forgives_look_alikes_and_prefers_the_longest() -> None:
    assert spelled("SOB IT") == r"[S5][O0][B8]\W*[I1L|]T"
    assert any_of(["A", "A B"]).index("[B8]") < any_of(["A", "A B"]).index("|A)")
    assert other_words("see FBI men", 4, 7) == ["SEE", "MEN"]
