"""Degrees, ISO 6709, and what is no position."""

from __future__ import annotations

from pathlib import Path

import metadata_builders as build
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.detectors.metadata.positions import degrees, parse_iso_6709
from screening.detectors.metadata.source import DamagedError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+12.5125-034.2500/", (12.5125, -34.25, None)),
        ("-12.5+034.25+100.5CRSWGS_84/", (-12.5, 34.25, 100.5)),
        ("+1230.75-03415.0/", (12.5125, -34.25, None)),
        ("+123045-0341500-8.25/", (12.5125, -34.25, -8.25)),
        ("+00.0010+000.0000/", (0.001, 0.0, None)),
        ("+12-034", (12.0, -34.0, None)),
    ],
)
def test_iso_6709(text: str, expected: tuple[float, float, float | None]) -> None:
    position = parse_iso_6709(text)
    assert position is not None
    assert (position.latitude_deg, position.longitude_deg, position.altitude_m) == pytest.approx(
        expected
    )


@pytest.mark.parametrize("text", ["", "  ", "+00.0000+000.0000/", "+00.0000+000.0000+000.000/"])
def test_empty_iso_6709_is_no_position(text: str) -> None:
    assert parse_iso_6709(text) is None


@pytest.mark.parametrize("text", ["north of here", "+95.0+010.0/", "+10.0+190.0/", "+12.5/"])
def test_iso_6709_that_is_not_on_earth_is_damage(text: str) -> None:
    with pytest.raises(DamagedError):
        parse_iso_6709(text)


@given(st.integers(0, 179), st.integers(0, 59), st.floats(0, 59.999))
def test_degrees_stay_between_neighbours(whole: int, minutes: int, seconds: float) -> None:
    value = degrees([float(whole), float(minutes), seconds])
    assert value is not None
    assert whole <= value < whole + 1
    assert value == pytest.approx(whole + (minutes * 60 + seconds) / 3600)


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_iso_6709_round_trip(latitude: float, longitude: float) -> None:
    position = parse_iso_6709(f"{latitude:+010.6f}{longitude:+011.6f}/")
    if abs(latitude) < 5e-7 and abs(longitude) < 5e-7:
        assert position is None
    else:
        assert position is not None
        assert position.latitude_deg == pytest.approx(latitude, abs=6e-7)
        assert position.longitude_deg == pytest.approx(longitude, abs=6e-7)


def gps_jpeg(**changes: object) -> bytes:
    gps = build.gps_directory(**changes)
    return build.jpeg(build.exif_segment(build.tiff_block(gps=gps)))


@pytest.mark.parametrize(
    ("references", "signs"),
    [(("N", "E"), (1, 1)), (("S", "W"), (-1, -1)), (("s", "w"), (-1, -1))],
)
def test_references_give_the_signs(
    tmp_path: Path, references: tuple[str, str], signs: tuple[int, int]
) -> None:
    content = gps_jpeg(GPSLatitudeRef=references[0], GPSLongitudeRef=references[1])
    ((_, latitude, longitude),) = build.positions(build.detect(tmp_path, content))
    assert (latitude, longitude) == (signs[0] * 12.5125, signs[1] * 34.25)


def test_missing_reference_is_said(tmp_path: Path) -> None:
    (finding,) = build.detect(tmp_path, gps_jpeg(GPSLatitudeRef=None))
    assert finding.evidence["hemisphere"] == "assumed north and east"


@pytest.mark.parametrize(("reference", "altitude_m"), [(0, 250.5), (1, -250.5), (3, -250.5)])
def test_altitude_has_its_reference(tmp_path: Path, reference: int, altitude_m: float) -> None:
    content = gps_jpeg(GPSAltitudeRef=bytes([reference]), GPSAltitude=build.rationals((501, 2))[0])
    (finding,) = build.detect(tmp_path, content)
    assert finding.sensitive["altitude_m"] == altitude_m


@pytest.mark.parametrize(
    ("clock", "expected"),
    [
        (build.rationals(7, 8, (99, 10)), "2024-05-06T07:08:09Z"),
        (build.rationals(0, 1950, 18), "2024-05-06"),
        (build.rationals(7, 8, (0, 0)), "2024-05-06"),
        (None, "2024-05-06"),
    ],
)
def test_timestamp_is_utc(tmp_path: Path, clock: object, expected: str) -> None:
    content = gps_jpeg(GPSDateStamp="2024:05:06", GPSTimeStamp=clock)
    (finding,) = build.detect(tmp_path, content)
    assert finding.sensitive["timestamp_utc"] == expected


@pytest.mark.parametrize(
    "changes",
    [
        {"GPSLatitude": build.rationals(0, 0, 0), "GPSLongitude": build.rationals(0, 0, 0)},
        {
            "GPSLatitude": build.rationals(*[(0, 0)] * 3),
            "GPSLongitude": build.rationals(*[(0, 0)] * 3),
        },
        {"GPSLatitude": None, "GPSLongitude": None, "GPSDateStamp": "2024:05:06"},
    ],
    ids=["all zero", "zero denominators", "absent"],
)
def test_empty_positions_are_not_reported(tmp_path: Path, changes: dict[str, object]) -> None:
    assert build.positions(build.detect(tmp_path, gps_jpeg(**changes))) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"GPSLatitude": build.rationals(0, 0, (1, 100)), "GPSLongitude": build.rationals(0, 0, 0)},
        {
            "GPSLatitude": build.rationals(0, 0, 0),
            "GPSLongitude": build.rationals(0, 0, 0),
            "GPSImgDirection": build.rationals(90)[0],
        },
        {
            "GPSLatitude": build.rationals(0, 0, 0),
            "GPSLongitude": build.rationals(0, 0, 0),
            "GPSDateStamp": "2024:05:06",
        },
    ],
    ids=["close to zero", "zero with a direction", "zero with a date"],
)
def test_real_positions_near_zero_are_reported(tmp_path: Path, changes: dict[str, object]) -> None:
    assert len(build.positions(build.detect(tmp_path, gps_jpeg(**changes)))) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"GPSLatitude": build.rationals(91, 0, 0)},
        {"GPSLongitude": build.rationals(181, 0, 0)},
        {"GPSLongitude": None},
        {"GPSLongitude": build.rationals((0, 0), 0, 0)},
    ],
    ids=["latitude 91", "longitude 181", "no longitude", "longitude without denominator"],
)
def test_impossible_positions_make_the_file_incomplete(
    tmp_path: Path, changes: dict[str, object]
) -> None:
    error = build.detect_damaged(tmp_path, gps_jpeg(**changes))
    assert error.findings == ()
    assert "position that is incomplete or not a place on Earth" in str(error)


def test_minutes_without_denominator_count_as_zero(tmp_path: Path) -> None:
    content = gps_jpeg(GPSLatitude=build.rationals(12, (5125, 10000), (0, 0)))
    ((_, latitude, _),) = build.positions(build.detect(tmp_path, content))
    assert latitude == pytest.approx(12 + 0.5125 / 60, abs=1e-7)


def test_destination_is_a_position_too(tmp_path: Path) -> None:
    content = gps_jpeg(
        GPSDestLatitudeRef="S",
        GPSDestLatitude=build.rationals(1, 30, 0),
        GPSDestLongitudeRef="E",
        GPSDestLongitude=build.rationals(2, 15, 0),
    )
    findings = build.detect(tmp_path, content)
    assert [finding.evidence["field"] for finding in findings] == [
        "GPSLatitude",
        "GPSDestLatitude",
    ]
    assert build.positions(findings)[1][1:] == (-1.5, 2.25)
