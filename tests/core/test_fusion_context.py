"""What badges, words and places say for a uniform, a police vehicle, a courthouse."""

from __future__ import annotations

from dataclasses import replace

import pytest

from screening.fusion import KnownPlaces, fuse
from screening.geometry import Box
from screening.records import Finding, with_ids

NOTHING_KNOWN = KnownPlaces({})
PERSON = Box(100, 50, 200, 400)
ON_CHEST = Box(130, 120, 150, 145)
ELSEWHERE = Box(400, 120, 430, 145)


def seen(label: str, box: Box | None = PERSON, score: float = 0.5, **more: object) -> Finding:
    return Finding("objects", label, score, box=box, evidence=more)  # type: ignore[arg-type]


def beside(label: str, box: Box | None = ON_CHEST, **fields: object) -> Finding:
    detector = "insignia" if label in {"badge", "patch", "seal"} else "text"
    return Finding(detector, label, 0.9, box=box, **fields)  # type: ignore[arg-type]


def after(first: Finding, *others: Finding, known: KnownPlaces = NOTHING_KNOWN) -> list[Finding]:
    """What becomes of the first."""
    fused = fuse(with_ids([first, *others]), known)
    return [one for one in fused if one.detector == "objects" and one.label == first.label]


@pytest.mark.parametrize(
    ("label", "support", "why"),
    [
        ("uniform", "badge", "badge_inside"),
        ("uniform", "patch", "badge_inside"),
        ("uniform", "police_word", "police_words"),
        ("uniform", "agency_name", "police_words"),
        ("police_vehicle", "police_word", "police_words"),
        ("courthouse", "court_name", "court_words"),
    ],
)
def test_what_stands_in_the_box_makes_it_likelier(label: str, support: str, why: str) -> None:
    [found] = after(seen(label), beside(support))
    assert found.score > 0.75
    assert found.evidence[why] is True


@pytest.mark.parametrize(
    ("label", "support"),
    [
        ("uniform", "seal"),
        ("uniform", "court_name"),
        ("uniform", "text"),
        ("police_vehicle", "badge"),
        ("courthouse", "police_word"),
        ("person", "badge"),
        ("judicial_robe", "police_word"),
    ],
)
def test_what_says_nothing_about_it_changes_nothing(label: str, support: str) -> None:
    first = seen(label)
    [found] = after(first, beside(support))
    assert (found.score, found.evidence) == (first.score, first.evidence)


@pytest.mark.parametrize(
    "badge",
    [
        beside("badge", ELSEWHERE),
        beside("badge", None),
        beside("badge", Box(190, 120, 230, 160)),
        beside("badge", Box(130, 120, 130, 120)),
        beside("badge", frame_index=1),
        beside("badge", within="another"),
    ],
)
def test_it_must_stand_inside_in_the_same_frame(badge: Finding) -> None:
    [found] = after(seen("uniform"), badge)
    assert found.score == 0.5


def test_a_finding_without_a_box_is_not_supported() -> None:
    [found] = after(seen("uniform", None), beside("badge"))
    assert found.score == 0.5


def test_findings_of_other_detectors_keep_their_scores() -> None:
    other = Finding("own", "uniform", 0.5, box=PERSON)
    fused = fuse(with_ids([other, beside("badge")]), NOTHING_KNOWN)
    assert [one.score for one in fused if one.label == "uniform"] == [0.5]


def test_support_adds_up_and_stays_below_one() -> None:
    [once] = after(seen("uniform"), beside("badge"))
    [twice] = after(seen("uniform"), beside("badge"), beside("police_word"))
    assert once.score < twice.score < 1
    [sure] = after(seen("uniform", score=1.0), beside("badge"))
    assert sure.score <= 1


def test_a_photo_taken_beside_a_listed_building_makes_a_courthouse_likelier() -> None:
    known = KnownPlaces({"a/b": (10.0, 20.0)})
    taken = Finding(
        "metadata", "gps_location", 1.0, sensitive={"latitude_deg": 10.001, "longitude_deg": 20.0}
    )
    [found] = after(seen("courthouse"), taken, known=known)
    assert found.score > 0.9
    assert found.evidence["near_position"] is True
    assert "latitude_deg" not in found.evidence
    [same] = after(seen("police_vehicle"), taken, known=known)
    assert same.score == 0.5


def test_what_is_too_unsure_counts_only_with_support() -> None:
    faint = seen("uniform", score=0.4, counts_from=0.7)
    assert after(faint) == []
    assert after(faint, beside("badge", ELSEWHERE)) == []
    [found] = after(faint, beside("badge"))
    assert found.score >= 0.7
    assert "counts_from" not in found.evidence
    fainter = seen("uniform", score=0.2, counts_from=0.7)
    assert after(fainter, beside("badge")) == []
    [found] = after(fainter, beside("badge"), beside("police_word"))
    assert found.score >= 0.7


@pytest.mark.parametrize("label", ["badge", "patch", "seal", "logo"])
def test_an_emblem_that_is_named_is_reported_once(label: str) -> None:
    named = Finding("insignia", "seal", 0.9, box=Box(100, 100, 200, 200))
    nameless = seen(label, Box(110, 100, 210, 200))
    assert after(nameless, named) == []
    assert len(after(nameless, replace(named, box=Box(300, 100, 400, 200)))) == 1
    assert len(after(nameless, replace(named, frame_index=1))) == 1
    assert len(after(seen("person", named.box), named)) == 1
