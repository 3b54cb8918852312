"""The trailer of 360-degree cameras: serial number, model, first and last position."""

from __future__ import annotations

import io
import struct

import metadata_builders as build
import pytest

from screening.detectors.metadata.harvest import Harvest
from screening.detectors.metadata.reading import read_metadata
from screening.detectors.metadata.source import DamagedError, Source
from screening.detectors.metadata.tracks.insta360 import read_insta360_records

END_MARK = b"8db42d694ccc418790edff439fe026bf"


def row(latitude: float, longitude: float, status: bytes = b"A") -> bytes:
    return struct.pack(
        "<I6xcdcdcddd", 1_714_979_289, status, latitude, b"N", longitude, b"W", 0, 0, 5.5
    )


def trailer(*records: tuple[int, bytes]) -> bytes:
    """Records in order; the footer starts with the last one's number and length."""
    body = b""
    heads = [struct.pack("<HI", number, len(data)) for number, data in records]
    for index, (_, data) in enumerate(records):
        body += data + (heads[index] if index < len(records) - 1 else b"")
    footer = heads[-1] + bytes(32)
    size = len(body) + 78
    return body + footer + struct.pack("<II", size, 3) + END_MARK


def read(content: bytes) -> Harvest:
    harvest = Harvest()
    read_insta360_records(Source(io.BytesIO(content), 1 << 20), harvest)
    return harvest


def test_camera_and_positions() -> None:
    camera = b"\x0a\x07EX-0001\x12\x07Globe 3\x1a\x04v1.0\x2a\x01x"
    rows = row(1.0, 1.0, b"V") + row(10.34, 40.835) + row(10.35, 40.835) + row(10.36, 40.8)
    content = b"movie" * 9 + trailer((0x101, camera), (0x700, rows), (0x300, bytes(20)))
    facts = read(content).facts
    assert [dict(fact.values) for fact in facts] == [
        {"latitude_deg": 10.34, "longitude_deg": -40.835, "altitude_m": 5.5},
        {"latitude_deg": 10.36, "longitude_deg": -40.8, "altitude_m": 5.5},
        {"software": "v1.0"},
        {"model": "Globe 3", "serial_number": "EX-0001"},
    ]
    assert [fact.remarks for fact in facts[:2]] == [
        {"which": "first", "count": 4},
        {"which": "last", "count": 4},
    ]
    (span,) = facts[0].spans
    assert content[span.start : span.start + span.size_bytes] == row(10.34, 40.835)


def test_damage_is_said() -> None:
    whole = trailer((0x700, row(10.34, 40.835)))
    for content in (whole[:-1], whole[40:], trailer((0x700, row(95.0, 40.835)))):
        with pytest.raises(DamagedError):
            read(content)


def test_records_without_length_have_an_end() -> None:
    with pytest.raises(DamagedError):
        read(trailer(*[(1, b"")] * 2000))


def test_trailer_behind_a_movie() -> None:
    content = build.movie() + trailer((0x700, row(10.34, 40.835)), (0x300, bytes(20)))
    harvest = read_metadata(Source(io.BytesIO(content), 1 << 20))
    positions = [fact for fact in harvest.facts if fact.label == "gps_location"]
    assert [fact.values["latitude_deg"] for fact in positions] == [10.34]
    assert harvest.damage == ()
