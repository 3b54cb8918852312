"""What findings say together: a listed building, and a photo taken beside it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.fusion import NEAR_M, RULES, KnownPlaces, LatLon, distance_m, fuse
from screening.records import Finding, with_ids

HOUSE: LatLon = (10.0, 20.0)
METRES_PER_DEGREE = 111_195.0
KNOWN = KnownPlaces({"harbour/house": HOUSE})


def building(score: float = 0.6, reference: str = "harbour/house", **more: object) -> Finding:
    evidence = {"reference": reference, "kind": "building", **more}
    return Finding("insignia", "building", score, evidence=evidence)  # type: ignore[arg-type]


def photo_taken(metres_north: float) -> Finding:
    sensitive = {"latitude_deg": HOUSE[0] + metres_north / METRES_PER_DEGREE, "longitude_deg": 20.0}
    return Finding("metadata", "gps_location", 1.0, sensitive=sensitive)


def fused(*findings: Finding) -> list[Finding]:
    return [one for one in fuse(with_ids(findings), KNOWN) if one.detector == "insignia"]


@pytest.mark.parametrize("metres", [0, 120, -295])
def test_a_building_photographed_beside_it_is_surer(metres: float) -> None:
    [found] = fused(building(0.6), photo_taken(metres))
    assert 0.95 < found.score < 1
    assert found.evidence["near_position"] is True


@pytest.mark.parametrize("metres", [305, -5_000, 2_000_000])
def test_a_position_elsewhere_changes_nothing(metres: float) -> None:
    before = with_ids([building(0.6), photo_taken(metres)])
    assert fuse(before, KNOWN) == before


def test_any_position_of_the_file_will_do() -> None:
    [found] = fused(building(), photo_taken(9_000), photo_taken(10))
    assert found.evidence["near_position"] is True


def test_a_faint_building_counts_only_at_its_place() -> None:
    faint = building(0.35, needs_position=True)
    assert fused(faint) == []
    assert fused(faint, photo_taken(400)) == []
    [found] = fused(faint, photo_taken(100))
    assert found.score > 0.9
    assert "needs_position" not in found.evidence


def test_only_listed_buildings_with_a_position_are_meant() -> None:
    seal = Finding("insignia", "seal", 0.6, evidence={"reference": "harbour/house"})
    elsewhere = building(reference="harbour/annexe")
    before = with_ids([seal, elsewhere, Finding("objects", "building", 0.5), photo_taken(0)])
    assert fuse(before, KNOWN) == before
    before = with_ids([building(), photo_taken(0)])
    assert fuse(before, KnownPlaces({})) == before


def test_a_position_that_was_not_read_is_none() -> None:
    before = with_ids([building(), Finding("metadata", "gps_location", 1.0)])
    assert fuse(before, KNOWN) == before


def test_no_coordinate_leaks_into_public_evidence() -> None:
    for one in fuse(with_ids([building(), photo_taken(10)]), KNOWN):
        assert not any(isinstance(value, float) for value in one.evidence.values())
    assert "20.0" not in repr(fused(building(), photo_taken(10)))


def test_findings_stay_in_stable_order_with_ids() -> None:
    before = with_ids([photo_taken(10), building(0.7), building(0.6, more=1)])
    after = fuse(before, KNOWN)
    assert after == with_ids(after)
    assert all(one.id for one in after)
    assert fuse((), KNOWN) == ()


@given(st.floats(0, 1), st.floats(0, 1))
def test_scores_only_rise_and_keep_their_order(first: float, second: float) -> None:
    raised = [fused(building(score), photo_taken(0))[0].score for score in (first, second)]
    assert all(
        after >= round(score, 3) for after, score in zip(raised, (first, second), strict=True)
    )
    assert all(after <= 1 for after in raised)
    assert (raised[0] <= raised[1]) or first > second


@pytest.mark.parametrize(
    ("first", "second", "metres"),
    [
        ((0.0, 0.0), (0.0, 1.0), 111_195),
        ((0.0, 0.0), (1.0, 0.0), 111_195),
        ((60.0, 0.0), (60.0, 1.0), 55_597),
        ((0.0, 179.9995), (0.0, -179.9995), 111.2),
        ((90.0, 5.0), (90.0, 100.0), 0),
        ((0.0, 0.0), (0.0, 180.0), 20_015_115),
    ],
)
def test_distances(first: LatLon, second: LatLon, metres: float) -> None:
    assert distance_m(first, second) == pytest.approx(metres, rel=2e-3, abs=0.1)
    assert distance_m(second, first) == pytest.approx(distance_m(first, second))


def test_every_rule_says_what_it_does() -> None:
    assert RULES
    assert all(rule.__doc__ for rule in RULES)
    assert 100 <= NEAR_M <= 1000
