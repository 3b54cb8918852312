"""Positions in metadata and text tracks, without reading what lies between them."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import metadata_builders as build
import movie_builders as movies
import pytest

from screening.detectors.metadata.harvest import Harvest
from screening.detectors.metadata.reading import read_metadata
from screening.detectors.metadata.source import Source
from screening.detectors.metadata.tracks.sample_table import MAX_SAMPLES_READ

HERE = (10.34, -40.835)


class CountingStream(io.BufferedIOBase):
    """Passes reads on and counts bytes."""

    def __init__(self, stream: io.BufferedReader) -> None:
        self.stream, self.bytes_read = stream, 0

    def seek(self, offset: int, whence: int = 0) -> int:
        return self.stream.seek(offset, whence)

    def read(self, size: int | None = -1) -> bytes:
        data = self.stream.read(-1 if size is None else size)
        self.bytes_read += len(data)
        return data


def read(content: bytes) -> Harvest:
    return read_metadata(Source(io.BytesIO(content), 16 << 20))


def places(harvest: Harvest) -> list[tuple[object, object]]:
    return [
        (fact.values["latitude_deg"], fact.values["longitude_deg"])
        for fact in harvest.facts
        if fact.label == "gps_location"
    ]


def test_telemetry_first_and_last_fix_and_how_many_samples() -> None:
    samples = [
        movies.gps5((0.0, 0.0), fix=0),
        movies.gps5(HERE),
        movies.gps5((10.35, -40.835)),
        movies.gps5((10.36, -40.835)),
        movies.gps5((1.0, 1.0), fix=0),
    ]
    harvest = read(movies.movie_with_track(b"meta", b"gpmd", samples))
    assert harvest.damage == ()
    assert places(harvest) == [HERE, (10.36, -40.835)]
    facts = [fact for fact in harvest.facts if fact.label == "gps_location"]
    assert [fact.remarks for fact in facts] == [
        {"which": "first", "count": 5},
        {"which": "last", "count": 5},
    ]
    raw = struct.pack(">ii", 103_400_000, -408_350_000)
    content = movies.movie_with_track(b"meta", b"gpmd", samples)
    assert facts[0].spans[0].start == content.index(raw)


def test_a_fix_in_the_middle_of_a_long_track_is_found() -> None:
    empty = movies.gps5((0.0, 0.0), fix=0)
    samples = [empty] * 200 + [movies.gps5(HERE)] * 20 + [empty] * 200
    assert set(places(read(movies.movie_with_track(b"meta", b"gpmd", samples)))) == {HERE}


def test_without_any_fix_the_last_known_position_is_noted() -> None:
    harvest = read(movies.movie_with_track(b"meta", b"gpmd", [movies.gps5(HERE, fix=0)]))
    assert places(harvest) == [HERE]
    assert [f.remarks["which"] for f in harvest.facts if f.label == "gps_location"] == [
        "without a fix"
    ]


@pytest.mark.parametrize(
    "packet",
    [
        movies.camm(5, *HERE, 7.5),
        movies.camm(6, 1.4e9, 3, *HERE, 7.5, 0, 0, 0, 0, 0, 0),
    ],
    ids=["type 5", "type 6"],
)
def test_camera_motion_packets(packet: bytes) -> None:
    samples = [movies.camm(2, 0.1, 0.2, 0.3), packet]
    assert places(read(movies.movie_with_track(b"camm", b"camm", samples))) == [HERE]


@pytest.mark.parametrize(
    "text",
    [
        b"F/2.8, SS 60, ISO 100, GPS (-40.8350, 10.3400, 18), D 24.26m, H 6.00m",
        b"GPS(-40.8350,10.3400,18) HOME",
        b"[iso: 100] [latitude: 10.3400] [longitude: -40.8350] [rel_alt: 1.2]",
        b"[latitude : 10.34000] [longtitude : -40.83500]",
        b"N 10.3400 W 40.8350",
        b"10.3400N, 40.8350W",
        b"$GPRMC,082138,A,1020.4000,N,04050.1000,W,012.5,87.86,050213,002.1,A",
        b"gsensori,4,512,-67;GNRMC,161313.00,A,1020.4000,N,04050.1000,W,6.2,35.34,310819,,,A",
        b"A,270519,201555.000,1020.4000,N,04050.1000,W,000.0,331.0M,+01.84",
        b"home +10.3400-040.8350/ end",
    ],
    ids=["DJI", "DJI, old", "DJI, named", "DJI, misspelt", "letters first", "letters last",
         "RMC", "RMC in a row", "Mini 0806", "ISO 6709"],
)  # fmt: skip
def test_text_tracks(text: bytes) -> None:
    sample = struct.pack(">H", len(text)) + text
    harvest = read(movies.movie_with_track(b"sbtl", b"tx3g", [sample]))
    assert places(harvest) == [pytest.approx(HERE)]


def test_masked_dashcam_text() -> None:
    plain = bytearray(311)
    plain[8:22] = b"20240506070809"
    plain[37:57] = b"\0N10204000W040501000"
    sample = bytearray(value ^ 0xAA for value in plain)
    sample[:2], sample[2:6] = bytes(2), b"\xf2\xe1\xf0\xee"
    harvest = read(movies.movie_with_track(b"text", b"text", [bytes(sample)]))
    assert places(harvest) == [pytest.approx(HERE)]


def test_other_subtitles_are_a_description() -> None:
    samples = [struct.pack(">H", len(t)) + t for t in (b"Good morning,", b"Robin Example")]
    facts = read(movies.movie_with_track(b"sbtl", b"tx3g", samples)).facts
    assert [fact.values for fact in facts] == [{"description": "Good morning, / Robin Example"}]


def test_cues_in_boxes_are_a_description() -> None:
    samples = [build.box(b"vttc", build.box(b"payl", b"Robin waves")), build.box(b"vtte")]
    harvest = read(movies.movie_with_track(b"text", b"wvtt", samples))
    assert harvest.damage == ()
    assert [fact.values for fact in harvest.facts] == [{"description": "Robin waves"}]


def test_timed_key_list() -> None:
    key = build.box(
        b"\0\0\0\x01",
        build.box(b"keyd", b"mdta", b"com.apple.quicktime.location.ISO6709"),
        build.box(b"dtyp", struct.pack(">II", 0, 1)),
    )
    sample = build.box(b"\0\0\0\x01", b"+10.3400-040.8350+012.000/")
    content = movies.movie_with_track(b"meta", b"mebx", [sample], build.box(b"keys", key))
    assert places(read(content)) == [HERE]


def test_sony_real_time_metadata() -> None:
    def tag(number: int, value: bytes) -> bytes:
        return struct.pack(">HH", number, len(value)) + value

    sample = (
        struct.pack(">H", 28)
        + bytes(26)
        + b"".join(
            (
                tag(0x8501, b"N\0"),
                tag(0x8502, struct.pack(">6I", 10, 1, 20, 1, 24, 1)),
                tag(0x8503, b"W\0"),
                tag(0x8504, struct.pack(">6I", 40, 1, 50, 1, 6, 1)),
            )
        )
    )
    harvest = read(movies.movie_with_track(b"meta", b"rtmd", [sample]))
    assert places(harvest) == [pytest.approx(HERE)]


def free_gps(content: bytes) -> bytes:
    block = b"\0\0\x40\0freeGPS " + content
    return block.ljust(256, b"\0")


FREE_GPS = {
    "floats": bytes(36) + struct.pack("<6I", 7, 8, 9, 24, 5, 6) + b"ANW\0"
    + struct.pack("<ff", 1020.4, 4050.1),
    "older floats": bytes(4) + struct.pack("<6I", 7, 8, 9, 24, 5, 6) + b"ANW\0"
    + struct.pack("<ff", 1020.4, 4050.1),
    "Akaso": bytes(48) + b"A\0\0\0" + struct.pack("<f", 1020.4) + b"N\0\0\0"
    + struct.pack("<f", 4050.1) + b"W\0\0\0",
    "Vantrue": bytes(52) + b"ANW\0" + bytes(24) + struct.pack("<ff", 4050.1, 1020.4),
    "text": bytes(40) + b"20240506070809$GPRMC,070809.00,A,1020.4000,N,04050.1000,W,0,0,060524",
    "shifted text": bytes(48)
    + bytes(c + 16 for c in b"$GPRMC,070809.00,A,1020.4000,N,04050.1000,W,0,0,060524"),
    "masked text": bytes(6) + b"\xaa\xaa\xf2\xe1\xf0\xee\x54\x54"
    + bytes(c ^ 0xAA for c in b"20240506070809.Example Label..\3N10204000W040501000"),
}  # fmt: skip


@pytest.mark.parametrize("content", FREE_GPS.values(), ids=FREE_GPS)
def test_dashcam_index(content: bytes) -> None:
    block = free_gps(content)
    ftyp = build.box(b"ftyp", b"isom", bytes(4))
    mdat = build.box(b"mdat", block, free_gps(b""))
    start = len(ftyp) + 8
    index = struct.pack(">II", 0, 2) + struct.pack(">4I", start, 256, start + 256, 256)
    harvest = read(ftyp + mdat + build.box(b"moov", build.box(b"gps ", index)))
    assert places(harvest) == [pytest.approx(HERE, abs=1e-5)] * 2
    assert harvest.damage == ()


def test_ciphered_dashcam_positions_are_said_to_be_unread() -> None:
    content = bytes(36) + struct.pack("<6I", 7, 8, 9, 24, 5, 6) + b"ANW\0" + bytes(4) + b"\x80" * 12
    ftyp = build.box(b"ftyp", b"isom", bytes(4))
    index = struct.pack(">4I", 0, 1, len(ftyp) + 8, 256)
    moov = build.box(b"moov", build.box(b"gps ", index))
    harvest = read(ftyp + build.box(b"mdat", free_gps(content)) + moov)
    assert places(harvest) == []
    assert "dashcam" in harvest.damage[0]


def test_unknown_telemetry_is_said_to_be_unread() -> None:
    harvest = read(movies.movie_with_track(b"meta", b"djmd", [b"\x0a\x10" * 40]))
    assert harvest.damage == (
        "The telemetry track of this file holds a telemetry track that is not read here.",
    )


def test_dashcam_records() -> None:
    empty = struct.pack("<dd", 1e9, 1e9).ljust(32, b"\0")
    rows = [struct.pack("<dd", 1020.4 + i, -4050.1).ljust(32, b"\0") for i in range(3)]
    movie = build.movie()
    gps0 = build.box(b"gps0", empty, *rows, empty)
    assert places(read(movie + gps0)) == [
        pytest.approx(HERE),
        pytest.approx((10 + 22.4 / 60, -40.835)),
    ]
    row = struct.pack("<4IcIcI", 1, 1, 2, 3, b"N", 1_020_400, b"W", 4_050_100)
    assert places(read(movie + build.box(b"GPS ", row.ljust(36, b"\0")))) == [pytest.approx(HERE)]


def test_samples_in_movie_fragments_are_said_to_be_unread() -> None:
    table = movies.sample_table([], movies.sample_entry(b"gpmd"))
    mvex = build.box(b"mvex", build.full_box(b"trex", bytes(20)))
    fragmented = build.movie(movies.track(b"meta", table), mvex)
    assert read(build.movie(movies.track(b"meta", table))).damage == ()
    assert "fragments" in read(fragmented).damage[0]


def test_a_4_gib_movie_is_read_without_its_media(tmp_path: Path) -> None:
    path = tmp_path / "sparse.mp4"
    block = movies.gps5(HERE)
    sizes = [len(block)] * 2
    size_bytes = 4 * 1024**3
    with path.open("wb") as stream:
        stream.write(build.box(b"ftyp", b"isom", bytes(4)))
        start = stream.tell()
        stream.write(struct.pack(">I4sQ", 1, b"mdat", size_bytes))
        stream.seek(movies.SAMPLES_START)
        stream.write(block * 2)
        stream.seek(start + size_bytes)
        table = movies.sample_table(sizes, movies.sample_entry(b"gpmd"))
        stream.write(build.box(b"moov", movies.track(b"meta", table)))
    with path.open("rb") as stream:
        counting = CountingStream(stream)
        harvest = read_metadata(Source(counting, 16 << 20))  # type: ignore[arg-type]
    assert places(harvest) == [HERE]
    assert harvest.damage == ()
    assert counting.bytes_read < 20_000


def test_of_a_long_track_only_some_samples_are_read() -> None:
    sample = struct.pack(">H", 11) + b"no position"
    content = movies.movie_with_track(b"text", b"text", [sample] * 20_000)
    counting = CountingStream(io.BytesIO(content))  # type: ignore[arg-type]
    harvest = read_metadata(Source(counting, 16 << 20))  # type: ignore[arg-type]
    assert harvest.damage == ()
    tables = 20_000 * 4 + 10_000 * 4
    assert counting.bytes_read < tables + 10_000 + MAX_SAMPLES_READ * 100


@pytest.mark.parametrize(
    ("kind", "sample"),
    [(b"text", b"lat: 1." + b"1" * 100_000), (b"rtmd", b"\0\2" + b"\x81\0\0\0" * 20_000)],
)
def test_samples_that_are_too_long_are_said_and_not_read(kind: bytes, sample: bytes) -> None:
    content = movies.movie_with_track(b"meta", kind, [sample] * 4)
    assert "longer samples" in read(content).damage[0]


def test_movies_have_no_hundreds_of_tracks() -> None:
    table = movies.sample_table([4], movies.sample_entry(b"text"))
    content = build.movie(*[movies.track(b"text", table)] * 100)
    assert "far more parts" in read(content).damage[-1]


@pytest.mark.parametrize("change", [(b"stsz", 8), (b"stsc", 4), (b"stco", 4)])
def test_tables_with_huge_counts_are_said_to_be_damaged(change: tuple[bytes, int]) -> None:
    content = bytearray(movies.movie_with_track(b"meta", b"gpmd", [movies.gps5(HERE)] * 3))
    at = content.index(change[0]) + 4 + change[1]
    content[at : at + 4] = b"\xff\xff\xff\xff"
    harvest = read(bytes(content))
    assert harvest.damage == (
        "The telemetry track of this file is damaged and could not be read to its end.",
    )


@pytest.mark.shared
def test_real_telemetry_track(shared_data: Path) -> None:
    with (shared_data / "metadata" / "gpmf" / "karma.mp4").open("rb") as stream:
        counting = CountingStream(stream)
        harvest = read_metadata(Source(counting, 16 << 20))  # type: ignore[arg-type]
    assert harvest.damage == ()
    found = [fact for fact in harvest.facts if fact.label == "gps_location"]
    assert {fact.remarks["count"] for fact in found} == {13}
    assert {fact.tag for fact in found} == {"GPRI", "GLPI", "BPOS"}
    assert counting.bytes_read < 300_000


def test_pictures_in_a_metadata_track_are_embedded() -> None:
    picture = build.jpeg(build.exif_segment(build.tiff_block()))
    content = movies.movie_with_track(b"meta", b"mett", [picture])
    harvest = read(content)
    (medium,) = [fact for fact in harvest.facts if fact.label == "embedded_media"]
    assert medium.remarks == {"media_type": "image/jpeg"}
    assert places(harvest) == [(build.LATITUDE_DEG, build.LONGITUDE_DEG)]


def test_binary_samples_of_a_text_format_are_said_to_be_unread() -> None:
    harvest = read(movies.movie_with_track(b"meta", b"mett", [b"P1\0\x2a\0\x07\x91"]))
    assert "not read here" in harvest.damage[0]
