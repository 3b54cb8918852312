"""The GPS directory of EXIF: real, empty, zero and impossible positions told apart."""

from __future__ import annotations

import struct

import exif_builders as exif
import pytest
from exif_builders import LATITUDE_DEG, LONGITUDE_DEG, gps, harvest_of, rationals, said, tiff


def positions(**changes: object) -> list[dict[str, object]]:
    facts = said(harvest_of(tiff({exif.GPS: gps(**changes)})), "gps_location")
    return [values for *_, values in facts]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("big", [False, True], ids=["TIFF", "BigTIFF"])
def test_a_position_names_its_bytes(order: str, *, big: bool) -> None:
    content = tiff({exif.GPS: gps()}, order=order, big=big)
    (fact,) = harvest_of(content).facts
    assert fact.values["latitude_deg"] == pytest.approx(LATITUDE_DEG)
    assert fact.values["longitude_deg"] == pytest.approx(LONGITUDE_DEG)
    assert [span.size_bytes for span in fact.spans] == [24, 24]
    degrees = [content[span.start : span.start + 4] for span in fact.spans]
    byte_order = "little" if order == "<" else "big"
    assert [int.from_bytes(raw, byte_order) for raw in degrees] == [10, 40]


def test_spans_count_in_the_file_not_in_the_block() -> None:
    block = tiff({exif.GPS: gps()})
    content = b"\xff\xd8\xff\xe1" + (len(block) + 8).to_bytes(2, "big") + b"Exif\0\0" + block
    (fact,) = (
        fact for fact in harvest_of(content + b"\xff\xd9").facts if fact.label == "gps_location"
    )
    start = fact.spans[0].start
    assert content[start : start + 24] == block[start - 12 : start + 12]
    assert content[start] == 10


def test_everything_that_belongs_to_a_position() -> None:
    (values,) = positions(
        AltitudeRef=exif.Raw(1, 1, b"\1"),
        Altitude=rationals((125, 10)),
        DateStamp="2024:05:06",
        TimeStamp=rationals(7, 8, 9),
        SpeedRef="N",
        Speed=rationals(10),
        ImgDirectionRef="T",
        ImgDirection=rationals((2715, 10)),
        Track=rationals(90),
    )
    assert values == {
        "latitude_deg": pytest.approx(LATITUDE_DEG),
        "longitude_deg": pytest.approx(LONGITUDE_DEG),
        "altitude_m": -12.5,
        "timestamp_utc": "2024-05-06T07:08:09Z",
        "direction_deg": 271.5,
        "speed_m_s": pytest.approx(5.1444444),
    }


@pytest.mark.parametrize(
    ("unit", "speed_m_s"), [("K", 10.0), (None, 10.0), ("M", 16.09344), ("N", 18.52)]
)
def test_speeds(unit: str | None, speed_m_s: float) -> None:
    (values,) = positions(SpeedRef=unit, Speed=rationals(36))
    assert values["speed_m_s"] == pytest.approx(speed_m_s)


def test_the_way_stands_in_for_a_missing_direction() -> None:
    (values,) = positions(Track=rationals(90))
    assert values["direction_deg"] == 90


@pytest.mark.parametrize("direction", [(0, 0), (5000, 1)])
def test_an_impossible_direction_is_left_out(direction: tuple[int, int]) -> None:
    (values,) = positions(ImgDirection=rationals(direction))
    assert "direction_deg" not in values


def test_the_destination_is_a_finding_of_its_own() -> None:
    destination = {
        "DestLatitudeRef": "S",
        "DestLatitude": rationals(1, 30, 0),
        "DestLongitudeRef": "E",
        "DestLongitude": rationals(2, 15, 0),
        "DestBearing": rationals(45),
    }
    harvest = harvest_of(tiff({exif.GPS: gps(**destination)}))
    own, other = said(harvest, "gps_location")
    assert (own[1], other[1]) == ("GPSLatitude", "GPSDestLatitude")
    assert other[2] == {"latitude_deg": -1.5, "longitude_deg": 2.25, "direction_deg": 45}


EMPTY = {"Latitude": rationals((0, 0), (0, 0), (0, 0)), "Longitude": rationals((0, 0))}
ZERO = {"Latitude": rationals(0, 0, 0), "Longitude": rationals(0, 0, 0)}


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"Latitude": None, "Longitude": None}, id="absent"),
        pytest.param(EMPTY, id="empty"),
        pytest.param({**EMPTY, "Speed": rationals(3)}, id="empty while moving"),
        pytest.param(ZERO, id="zero without a fix"),
        pytest.param({**ZERO, "DateStamp": "0000:00:00"}, id="zero with an empty date"),
    ],
)
def test_no_position_is_neither_finding_nor_damage(changes: dict[str, object]) -> None:
    harvest = harvest_of(tiff({exif.GPS: gps(**changes)}))
    assert said(harvest, "gps_location") == []
    assert harvest.damage == ()


@pytest.mark.parametrize(
    "change",
    [{"Altitude": rationals(4)}, {"DateStamp": "2024:05:06"}, {"Speed": rationals(3)}],
    ids=lambda change: next(iter(change)),
)
def test_zero_with_a_fix_is_a_position(change: dict[str, object]) -> None:
    (values,) = positions(**ZERO, **change)
    assert (values["latitude_deg"], values["longitude_deg"]) == (0, 0)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"Latitude": rationals(91)}, id="latitude"),
        pytest.param({"Longitude": rationals(181)}, id="longitude"),
        pytest.param({"Longitude": None}, id="half of one"),
        pytest.param({"Longitude": rationals((0, 0))}, id="half of one, half empty"),
    ],
)
def test_no_place_on_earth_is_damage(changes: dict[str, object]) -> None:
    harvest = harvest_of(tiff({exif.GPS: gps(**changes)}))
    assert said(harvest, "gps_location") == []
    assert "not a place on Earth" in harvest.damage[0]


@pytest.mark.parametrize("kind", [1, 7, 4, 9, 13, 11, 99])
def test_the_pointer_may_be_of_any_type(kind: int) -> None:
    content = bytearray(tiff({exif.GPS: gps()}))
    at = content.index(struct.pack("<HHI", exif.GPS, 4, 1))
    struct.pack_into("<HI", content, at + 2, kind, 4 if kind in (1, 7) else 1)
    assert len(said(harvest_of(bytes(content)), "gps_location")) == 1


def test_a_pointer_that_is_none_is_damage() -> None:
    assert harvest_of(tiff({exif.GPS: exif.Raw(7, 3, b"\x08\0\0")})).damage


@pytest.mark.parametrize("coordinate", ["10 20 24", b"\x0a\0\0\0\1\0\0\0"])
def test_coordinates_that_are_no_numbers_are_damage(coordinate: object) -> None:
    assert harvest_of(tiff({exif.GPS: gps(Latitude=coordinate)})).damage


def test_remarks_about_a_position() -> None:
    directory = gps(LatitudeRef=None, MapDatum="TOKYO", HPositioningError=rationals((1625, 100)))
    (fact,) = harvest_of(tiff({exif.GPS: directory})).facts
    assert fact.remarks["hemisphere"] == "assumed north and east"
    assert "not WGS84" in str(fact.remarks["datum"])
    assert fact.remarks["accuracy_m"] == 16.2


@pytest.mark.parametrize("datum", ["WGS-84", "WGS84   ", "WGS 84"])
def test_the_usual_datum_needs_no_remark(datum: str) -> None:
    (fact,) = harvest_of(tiff({exif.GPS: gps(MapDatum=datum)})).facts
    assert fact.remarks == {}


def test_texts_beside_the_position() -> None:
    harvest = harvest_of(
        tiff(
            {
                exif.GPS: gps(
                    AreaInformation=b"ASCII\0\0\0Fairhaven",
                    ProcessingMethod=b"ASCII\0\0\0set by Kim Example",
                )
            }
        )
    )
    assert said(harvest, "place_name") == [("EXIF", "GPSAreaInformation", {"place": "Fairhaven"})]
    assert said(harvest, "description") == [
        ("EXIF", "GPSProcessingMethod", {"description": "set by Kim Example"})
    ]


@pytest.mark.parametrize("method", [b"ASCII\0\0\0GPS", b"CELLID\0", b"ASCII\0\0\0fused"])
def test_usual_methods_are_no_description(method: bytes) -> None:
    harvest = harvest_of(tiff({exif.GPS: gps(ProcessingMethod=method)}))
    assert said(harvest, "description") == []


def test_a_time_without_a_position_is_a_time() -> None:
    directory = gps(
        Latitude=None, Longitude=None, DateStamp="2024:05:06", TimeStamp=rationals(7, 8, 9)
    )
    assert said(harvest_of(tiff({exif.GPS: directory})), "capture_time") == [
        ("EXIF", "GPSDateStamp", {"time": "2024-05-06T07:08:09Z"})
    ]


def test_two_gps_directories_are_two_positions() -> None:
    block = tiff({exif.GPS: gps()}, {exif.GPS: gps(LatitudeRef="S")})
    latitudes = [values["latitude_deg"] for *_, values in said(harvest_of(block), "gps_location")]
    assert latitudes == pytest.approx([LATITUDE_DEG, -LATITUDE_DEG])
