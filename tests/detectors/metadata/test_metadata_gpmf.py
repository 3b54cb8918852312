"""GoPro telemetry: positions, camera, damage."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import movie_builders as movies
import pytest

from screening.detectors.metadata.harvest import Fact, Harvest
from screening.detectors.metadata.source import DamagedError, Source
from screening.detectors.metadata.tracks.gpmf import gpmf_positions, read_gpmf

HERE = (10.34, -40.835)


def read(block: bytes) -> Harvest:
    harvest = Harvest()
    read_gpmf(Source(io.BytesIO(block), 1 << 20), harvest)
    return harvest


def positions(harvest: Harvest) -> list[Fact]:
    return [fact for fact in harvest.facts if fact.label == "gps_location"]


def test_first_and_last_position_with_their_bytes() -> None:
    block = movies.gps5(HERE, (10.35, -40.835), (10.36, -40.8))
    first, last = positions(read(block))
    assert first.values == {
        "latitude_deg": 10.34,
        "longitude_deg": -40.835,
        "altitude_m": 12.5,
        "timestamp_utc": "2024-05-06T07:08:09Z",
    }
    assert last.values["latitude_deg"] == 10.36
    (span,) = first.spans
    raw = block[span.start : span.start + span.size_bytes]
    assert struct.unpack(">ii", raw) == (103_400_000, -408_350_000)


def test_rows_without_a_position_are_passed_over() -> None:
    found = positions(read(movies.gps5((0.0, 0.0), HERE, (0.0, 0.0))))
    assert [fact.values["latitude_deg"] for fact in found] == [10.34]


def test_camera_model_serial_number_and_software() -> None:
    texts = {b"MINF": b"Lighthouse 9", b"CASN": b"EX0001", b"FMWR": b"EX9.01"}
    items = [
        movies.klv(key, b"c", "", *(bytes([letter]) for letter in text))
        for key, text in texts.items()
    ]
    facts = read(movies.nest(b"DEVC", *items)).facts
    assert [dict(fact.values) for fact in facts] == [
        {"software": "EX9.01"},
        {"model": "Lighthouse 9", "serial_number": "EX0001"},
    ]


def test_newer_layout_with_a_fix_in_every_row() -> None:
    rows = [(103_400_000, -408_350_000, 1000, 0, 0, 8000, 0, 100, fix) for fix in (0, 3)]
    block = movies.nest(
        b"STRM",
        movies.klv(b"TYPE", b"c", "", *(bytes([letter]) for letter in b"lllllllSS")),
        movies.klv(b"SCAL", b"l", "i", *((s,) for s in (10**7, 10**7, 1000, 1, 1, 1, 1, 1, 1))),
        movies.klv(b"GPS9", b"?", "7iHH", *rows),
    )
    found = positions(read(block))
    assert [fact.remarks["fix"] for fact in found] == ["no", "yes"]
    assert found[0].values["longitude_deg"] == -40.835


def test_a_position_without_a_fix_is_still_noted() -> None:
    (fact,) = positions(read(movies.gps5(HERE, fix=0)))
    assert fact.remarks["fix"] == "no"
    assert "timestamp_utc" not in fact.values


@pytest.mark.parametrize(
    "block",
    [
        movies.gps5(HERE)[:-9],
        movies.gps5(HERE, scales=2),
        movies.nest(b"STRM", movies.klv(b"GPS5", b"l", "5i", (1, 1, 1, 1, 1))),
        movies.nest(b"STRM", movies.klv(b"GPS9", b"?", "8i", (1,) * 8)),
        movies.gps5((95.0, 10.0)),
    ],
    ids=["cut", "too few scales", "no scales", "no layout", "not on Earth"],
)
def test_damage_is_said(block: bytes) -> None:
    with pytest.raises(DamagedError):
        read(block)


def test_endless_nesting_ends() -> None:
    block = struct.pack(">4scBH", b"STRM", b"\0", 0, 0) * 100_000
    with pytest.raises(DamagedError):
        read(block)


@pytest.mark.shared
def test_real_drone(shared_data: Path) -> None:
    with (shared_data / "metadata" / "gpmf" / "karma.raw").open("rb") as stream:
        found = list(gpmf_positions(Source(stream, 1 << 24)))
    assert {one.stream for one in found} == {"GPRI", "GLPI", "BPOS"}
    latitudes = [one.position.latitude_deg for one in found]
    assert max(latitudes) - min(latitudes) < 1e-3
