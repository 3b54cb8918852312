"""What settles a violation, what does not, and that nothing else is lowered."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.geometry import Box
from screening.records import Decision, Failure, Finding, Verdict, Violation, with_ids
from screening.registers import Registers, open_registers

DAY = datetime.date(2026, 6, 1)
SHA, OTHER_SHA = "a" * 64, "b" * 64
HEAD = "kind,who,also_known_as,covers,sha256,event,rules,reference,valid_from,valid_until\n"
SUPPRESSED = "sha256,rule,region,frame,reason,author,until\n"
CONSENT = frozenset({"consent"})
FAILURE = Failure("media", "truncated", "The file ends too early.")


def registers(
    folder: Path, consents: str = "", suppressions: str = "", event: str = ""
) -> Registers:
    paths = []
    for name, head, rows in (("c.csv", HEAD, consents), ("s.csv", SUPPRESSED, suppressions)):
        (folder / name).write_text(head + rows)
        paths.append(folder / name)
    return open_registers([paths[0]], [paths[1]], [], event, DAY)


def judged(
    found: Registers,
    *findings: Finding,
    ways: frozenset[str] = CONSENT,
    failures: tuple[Failure, ...] = (),
    sha256: str = SHA,
) -> Verdict:
    """The verdict when all `findings` break the one rule OWN-1."""
    numbered = with_ids(findings)
    ids = tuple(finding.id for finding in numbered)
    violation = Violation("OWN-1", "identity", Decision.BLOCK, (), ids, "it shows people")
    verdict = Verdict(Decision.BLOCK, (violation,))
    return found.settle(verdict, numbered, failures, sha256, {"OWN-1": ways})


def face(number: int, frame: int = 0) -> Finding:
    return Finding("test", "face", 0.9, Box(number, 0, number + 9, 9), frame_index=frame)


def named(text: str) -> Finding:
    return Finding("test", "full_name", 0.9, Box(0, 0, 9, 9), text=text)


def consent(  # noqa: PLR0917 - the columns of the register
    who: str = "Ann",
    covers: str = "",
    sha: str = SHA,
    event: str = "",
    rules: str = "",
    days: str = "2026-01-01,2026-12-31",
    kind: str = "consent",
) -> str:
    return f"{kind},{who},,{covers},{sha},{event},{rules},W-1,{days}\n"


def test_one_consent_covers_one_person_and_says_why(tmp_path: Path) -> None:
    found = registers(tmp_path, consent())
    verdict = judged(found, face(1))
    assert verdict.decision is Decision.ALLOW
    [settled] = verdict.violations[0].settled
    assert settled.entry == "c.csv, line 2"
    assert settled.reason == "consent W-1, valid until 2026-12-31"
    assert "Ann" not in settled.reason


def test_two_people_need_two_consents_of_different_people(tmp_path: Path) -> None:
    two_faces = (face(1), face(20))
    for rows, decision in (
        (consent(), Decision.BLOCK),
        (consent() + consent(), Decision.BLOCK),
        (consent() + consent("Bob"), Decision.ALLOW),
        (consent(covers="everyone"), Decision.ALLOW),
    ):
        assert judged(registers(tmp_path, rows), *two_faces).decision is decision


def test_the_same_person_in_many_frames_needs_one_consent(tmp_path: Path) -> None:
    assert judged(registers(tmp_path, consent()), face(1), face(1, 5)).decision is Decision.ALLOW


def test_a_name_needs_the_consent_of_that_name(tmp_path: Path) -> None:
    found = registers(tmp_path, consent("Ann Stone"))
    assert judged(found, named("ANN STONE")).decision is Decision.ALLOW
    assert judged(found, named("Ann Stonecutter")).decision is Decision.BLOCK
    assert judged(found, named("ANN STONE"), named("Bob Vale")).decision is Decision.BLOCK


def test_a_consent_does_not_cover_a_plate(tmp_path: Path) -> None:
    plate = Finding("test", "license_plate", 0.9, Box(0, 50, 9, 59))
    assert judged(registers(tmp_path, consent()), face(1), plate).decision is Decision.BLOCK


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (consent(sha=OTHER_SHA), "another picture"),
        (consent(days="2025-01-01,2026-05-31"), "expired yesterday"),
        (consent(days="2026-06-02,2026-12-31"), "valid from tomorrow"),
        (consent(rules="OWN-2"), "another rule"),
        (consent(sha="", event="Open Day"), "an event that was not named"),
        (consent(kind="approval", rules="OWN-1"), "an approval where the clause asks for consent"),
    ],
)
def test_what_does_not_settle(tmp_path: Path, row: str, why: str) -> None:
    verdict = judged(registers(tmp_path, row), face(1))
    assert verdict.decision is Decision.BLOCK, why
    assert verdict.violations[0].settled == ()


def test_the_first_and_the_last_day_count(tmp_path: Path) -> None:
    for days in ("2026-06-01,2026-12-31", "2026-01-01,2026-06-01"):
        assert judged(registers(tmp_path, consent(days=days)), face(1)).decision is Decision.ALLOW


def test_a_rule_that_nothing_settles_stays(tmp_path: Path) -> None:
    found = registers(tmp_path, consent() + consent(kind="approval", rules="OWN-1"))
    assert judged(found, face(1), ways=frozenset()).decision is Decision.BLOCK


def test_an_event_settles_only_where_it_is_named(tmp_path: Path) -> None:
    row = consent(sha="", event="Open Day", covers="everyone")
    assert judged(registers(tmp_path, row, event="open day"), face(1)).decision is Decision.ALLOW
    assert judged(registers(tmp_path, row, event="parade"), face(1)).decision is Decision.BLOCK
    assert judged(registers(tmp_path, row), face(1)).decision is Decision.BLOCK


def test_an_approval_settles_everything_behind_its_rule(tmp_path: Path) -> None:
    found = registers(tmp_path, consent(kind="approval", rules="OWN-1"))
    ways = frozenset({"approval"})
    assert judged(found, face(1), face(30), ways=ways).decision is Decision.ALLOW


def suppression(
    rule: str = "OWN-1", region: str = "1 0 10 9", frame: int = 0, until: str = "2026-06-01"
) -> str:
    return f"{SHA},{rule},{region},{frame},old,J. Doe,{until}\n"


@pytest.mark.parametrize(
    ("row", "decision"),
    [
        (suppression(), Decision.ALLOW),
        (suppression(region="2 0 10 9"), Decision.ALLOW),
        (suppression(region="7 0 16 9"), Decision.BLOCK),
        (suppression(region="file"), Decision.BLOCK),
        (suppression(frame=1), Decision.BLOCK),
        (suppression(rule="OWN-2"), Decision.BLOCK),
        (suppression(until="2026-05-31"), Decision.BLOCK),
    ],
)
def test_a_suppression_is_for_content_rule_and_region(
    tmp_path: Path, row: str, decision: Decision
) -> None:
    found = registers(tmp_path, suppressions=row)
    assert judged(found, face(1), ways=frozenset()).decision is decision
    assert judged(found, face(1), face(40), ways=frozenset()).decision is Decision.BLOCK
    assert judged(found, face(1), sha256=OTHER_SHA).decision is Decision.BLOCK


def test_what_has_no_box_is_suppressed_by_file(tmp_path: Path) -> None:
    position = Finding("test", "gps_location", 1.0)
    found = registers(tmp_path, suppressions=suppression(region="file"))
    assert judged(found, position).decision is Decision.ALLOW
    assert judged(found, position, face(1)).decision is Decision.BLOCK


def test_a_file_that_was_not_fully_examined_stays_at_review(tmp_path: Path) -> None:
    verdict = judged(registers(tmp_path, consent()), face(1), failures=(FAILURE,))
    assert verdict.decision is Decision.REVIEW
    assert verdict.violations[0].decision is Decision.ALLOW


def test_a_file_that_could_not_be_read_is_never_settled(tmp_path: Path) -> None:
    row = consent(sha="", event="Open Day", covers="everyone")
    found = registers(tmp_path, row, event="Open Day")
    assert judged(found, face(1), sha256="").decision is Decision.BLOCK


def test_expired_and_unused_entries_are_told(tmp_path: Path) -> None:
    found = registers(
        tmp_path,
        consent(days="2025-01-01,2026-05-31") + consent(days="2026-06-02,2026-12-31"),
        suppression() + suppression(rule="OWN-9") + suppression(until="2020-01-01"),
    )
    assert found.outdated == {
        "c.csv, line 2": "expired",
        "c.csv, line 3": "not yet valid",
        "s.csv, line 4": "expired",
    }
    used = {one.entry for one in judged(found, face(1)).violations[0].settled}
    assert found.unused(used) == ["s.csv, line 3"]


@given(
    st.lists(st.integers(0, 3), max_size=5),
    st.lists(st.sampled_from(["Ann", "Bob", "Cy"]), max_size=4),
)
def test_consents_never_cover_more_people_than_gave_them(
    tmp_path_factory: pytest.TempPathFactory, frames: list[int], people: list[str]
) -> None:
    if not frames:
        return
    found = registers(tmp_path_factory.mktemp("c"), "".join(consent(who) for who in people))
    faces = [face(20 * number, frame) for number, frame in enumerate(frames)]
    most = max(frames.count(frame) for frame in frames)
    allowed = judged(found, *faces).decision is Decision.ALLOW
    assert allowed == (len(set(people)) >= most)
