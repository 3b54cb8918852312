"""Registers are read from CSV, TOML and GeoJSON; places hold positions; baselines come back."""

from __future__ import annotations

import datetime
import io
import json
from pathlib import Path

import pytest

from screening.errors import ConfigError
from screening.records import Finding
from screening.registers import (
    Place,
    load_consents,
    load_places,
    load_suppressions,
    open_registers,
    protected_places,
)
from screening.registers.baseline import Answer, baseline_rows, write_baseline
from screening.registers.places import distance_m

DAY = datetime.date(2026, 6, 1)


@pytest.fixture(scope="module")
def examples(repository: Path) -> Path:
    return repository / "docs" / "examples"


def position(latitude: float, longitude: float, within: str = "") -> Finding:
    values = {"latitude_deg": latitude, "longitude_deg": longitude}
    return Finding("metadata", "gps_location", 1.0, sensitive=values, within=within)


def test_the_examples_can_be_used(examples: Path) -> None:
    assert [one.kind for one in load_consents(examples / "consents.csv")] == [
        "consent",
        "consent",
        "approval",
    ]
    assert len(load_suppressions(examples / "suppressions.toml")) == 2
    courts = load_places(examples / "protected_places.csv")
    assert {place.kind for place in courts} == {"courthouse"}
    assert len(load_places(examples / "protected_places.geojson")) == 2
    opened = open_registers(
        [examples / "consents.csv"],
        [examples / "suppressions.toml"],
        [examples / "protected_places.csv", examples / "protected_places.geojson"],
        "Open Day 2026",
        DAY,
    )
    assert (len(opened.sha256), opened.outdated) == (4, {})


def test_toml_and_csv_say_the_same(tmp_path: Path, examples: Path) -> None:
    (tmp_path / "suppressions.csv").write_text(
        "sha256,rule,region,reason,author,until\n"
        f"{'0' * 64},EDMO-2D-DOCKET,120 40 380 72,the case is closed and its file is public,"
        "R. Vale,2027-06-30\n"
    )
    [from_csv] = load_suppressions(tmp_path / "suppressions.csv")
    from_toml, _ = load_suppressions(examples / "suppressions.toml")
    assert (from_csv.region, from_csv.rule, from_csv.validity) == (
        from_toml.region,
        from_toml.rule,
        from_toml.validity,
    )


def test_distances_against_known_ones() -> None:
    # One degree of latitude on the mean sphere is 111.195 km; St. Louis to New York 1408 km.
    assert distance_m((0, 0), (1, 0)) == pytest.approx(111_195, abs=1)
    assert distance_m((38.627, -90.199), (40.713, -74.006)) == pytest.approx(1_408_000, rel=0.005)
    assert distance_m((10, 179.9995), (10, -179.9995)) == pytest.approx(109.5, abs=0.5)


@pytest.mark.parametrize(
    ("latitude", "longitude", "kinds"),
    [
        (30.0005, -39.999, ["station"]),
        (30.0014, -39.999, ["station"]),
        (30.0016, -39.999, []),
        (30.01, -40.0115, ["courthouse"]),
        (30.01, -40.0117, []),
        (-30.0005, -39.999, []),
    ],
)
def test_points_and_outlines_with_their_radius(
    examples: Path, latitude: float, longitude: float, kinds: list[str]
) -> None:
    places = load_places(examples / "protected_places.geojson")
    found = protected_places([position(latitude, longitude)], places)
    assert [one.evidence["place_kind"] for one in found] == kinds
    assert all(one.label == "protected_place" and one.box is None for one in found)


def test_an_outline_across_the_date_line() -> None:
    ring = ((10.0, 179.9), (10.0, -179.9), (10.1, -179.9), (10.1, 179.9), (10.0, 179.9))
    place = Place("x", "Island", "station", ring, 10.0)
    assert place.holds((10.05, 179.95))
    assert place.holds((10.05, -179.95))
    assert not place.holds((10.05, 179.8))


def test_the_name_of_a_place_is_sensitive(examples: Path) -> None:
    places = load_places(examples / "protected_places.geojson")
    [found] = protected_places([position(30.01, -40.01), position(30.01, -40.01)], places)
    assert found.sensitive == {"place": "Port Ellery Court"}
    assert "Ellery" not in json.dumps(dict(found.evidence))


def test_a_position_inside_an_embedded_picture_counts(examples: Path) -> None:
    places = load_places(examples / "protected_places.geojson")
    [found] = protected_places([position(30.01, -40.01, within="abc")], places)
    assert found.within == "abc"


def test_registers_of_one_name_are_refused(tmp_path: Path, examples: Path) -> None:
    copy = tmp_path / "consents.csv"
    copy.write_bytes((examples / "consents.csv").read_bytes())
    with pytest.raises(ConfigError, match="rename one"):
        open_registers([copy, examples / "consents.csv"], [], [], "", DAY)


RESULT = {
    "schema": "screening/result/1",
    "sha256": "c" * 64,
    "findings": [
        {"id": "f1", "box": [1.5, 2, 30, 40.25], "frame_index": 3},
        {"id": "f2", "box": None, "frame_index": 0},
    ],
    "violations": [
        {"rule": "OWN-1", "decision": "block", "findings": ["f1", "f2"]},
        {"rule": "OWN-2", "decision": "allow", "findings": ["f1"]},
    ],
}


def test_a_baseline_is_a_register_of_what_was_found(tmp_path: Path) -> None:
    results = tmp_path / "results.jsonl"
    results.write_text(json.dumps(RESULT) + "\n" + json.dumps(RESULT) + "\n")
    rows = baseline_rows(results)
    assert rows == [
        ("c" * 64, "OWN-1", "1.5 2 30 40.25", 3),
        ("c" * 64, "OWN-1", "file", 0),
    ]
    out = io.StringIO()
    write_baseline(rows, Answer("J. Doe", "an archive, of 2019", datetime.date(2027, 1, 1)), out)
    (tmp_path / "baseline.csv").write_text(out.getvalue())
    boxed, whole = load_suppressions(tmp_path / "baseline.csv")
    assert (boxed.rule, boxed.frame, boxed.reason) == ("OWN-1", 3, "an archive, of 2019")
    assert whole.region is None


@pytest.mark.parametrize("line", ["{}", "[]", "nonsense", '{"schema": "other"}', '"x"'])
def test_results_that_are_none(tmp_path: Path, line: str) -> None:
    results = tmp_path / "results.jsonl"
    results.write_text(json.dumps(RESULT) + "\n" + line + "\n")
    with pytest.raises(ConfigError, match="no result of the schema") as caught:
        baseline_rows(results)
    assert caught.value.line == 2
