"""RIFF files: INFO lists, camera chunks, several RIFF chunks, what follows the last one."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import metadata_builders as build
import movie_builders as movies
import pytest
from PIL import Image, ImageCms
from PIL.ExifTags import IFD

from screening.detectors.metadata.movies.riff import riff_time
from screening.records import Finding

HERE = (build.LATITUDE_DEG, build.LONGITUDE_DEG)


def chunk(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)


def listing(kind: bytes, *chunks: bytes) -> bytes:
    return chunk(b"LIST", kind + b"".join(chunks))


def avi(*parts: bytes, form: bytes = b"AVI ") -> bytes:
    return chunk(b"RIFF", form + b"".join(parts))


def seen(found: list[Finding]) -> set[tuple[str, str]]:
    return {(f.label, str(value)) for f in found for value in f.sensitive.values()}


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (b"IART", "Robin Example", ("person_name", "Robin Example")),
        (b"ICOP", "Kim Example", ("person_name", "Kim Example")),
        (b"ICMT", "At the pier", ("description", "At the pier")),
        (b"INAM", "Pier", ("description", "Pier")),
        (b"IARL", "Fairhaven", ("place_name", "Fairhaven")),
        (b"ISFT", "Cutter 9", ("edit_history", "Cutter 9")),
        (b"ICRD", "2024-05-06", ("capture_time", "2024-05-06")),
    ],
)
def test_info_list(tmp_path: Path, kind: bytes, text: str, expected: tuple[str, str]) -> None:
    content = avi(listing(b"INFO", chunk(kind, text.encode() + b"\0")), listing(b"movi", bytes(8)))
    found = build.detect(tmp_path, content)
    assert seen(found) == {expected}
    (span,) = found[0].spans
    assert content[span.start : span.start + span.size_bytes] == text.encode() + b"\0"


def test_time_as_c_writes_it() -> None:
    assert riff_time("Mon Mar 10 15:04:43 2003\n") == "2003-03-10T15:04:43"
    assert riff_time("2009/10/27 12:14:34") == "2009/10/27 12:14:34"


def test_stream_name_and_time_in_the_header(tmp_path: Path) -> None:
    strl = listing(b"strl", chunk(b"strn", b"Robin's camera\0"))
    content = avi(listing(b"hdrl", strl, chunk(b"IDIT", b"Mon May  6 07:08:09 2024\n\0")))
    assert seen(build.detect(tmp_path, content)) == {
        ("description", "Robin's camera"),
        ("capture_time", "2024-05-06T07:08:09"),
    }


def test_second_riff_chunk_and_what_follows_it(tmp_path: Path) -> None:
    second = avi(listing(b"INFO", chunk(b"IART", b"Kim\0")), form=b"AVIX")
    picture = build.jpeg(build.exif_segment(build.tiff_block()))
    content = avi(listing(b"movi", bytes(8))) + second + picture
    found = build.detect(tmp_path, content)
    assert ("person_name", "Kim") in seen(found)
    (medium,) = [finding for finding in found if finding.label == "embedded_media"]
    assert medium.spans[0].start == len(content) - len(picture)


def test_picture_behind_a_webp(tmp_path: Path) -> None:
    stream = io.BytesIO()
    Image.new("RGB", (8, 8)).save(stream, "WEBP")
    picture = build.jpeg(build.exif_segment(build.tiff_block()))
    found = build.detect(tmp_path, stream.getvalue() + picture)
    assert build.positions(found) == [("EXIF", *HERE)]
    assert "embedded_media" in {finding.label for finding in found}


def test_colour_profile_of_a_webp(tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    content = avi(chunk(b"ICCP", profile[:60]), form=b"WEBP")
    assert "ICC block" in str(build.detect_damaged(tmp_path, content))


def nikon_chunk() -> bytes:
    records = (
        struct.pack("<IHH", 2, 2, 8) + b"Field 3\0",
        struct.pack("<IHH", 0x1200001, 2, 2) + b"N\0",
        struct.pack("<IHH6I", 0x1200002, 5, 3, 10, 1, 20, 1, 24, 1),
        struct.pack("<IHH", 0x1200003, 2, 2) + b"W\0",
        struct.pack("<IHH6I", 0x1200004, 5, 3, 40, 1, 50, 1, 6, 1),
    )
    return listing(b"ncdt", chunk(b"nctg", b"".join(records)))


def test_nikon_records(tmp_path: Path) -> None:
    found = build.detect(tmp_path, avi(nikon_chunk()))
    assert build.positions(found) == [("Nikon movie data", 10.34, -40.835)]
    assert build.values(found, "device_identity") == [{"model": "Field 3"}]


def test_exif_of_a_stream(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif.endian = "<"
    exif[0x013B] = "Robin Example"
    exif.get_ifd(IFD.GPSInfo).update(build.gps_directory())
    block = exif.tobytes().removeprefix(b"Exif\0\0")
    strd = b"AVIF" + bytes(4) + block[8:]
    content = avi(listing(b"hdrl", listing(b"strl", chunk(b"strd", strd))))
    found = build.detect(tmp_path, content)
    assert build.positions(found) == [("EXIF", *HERE)]
    assert build.values(found, "person_name") == [{"name": "Robin Example"}]


def test_name_plate_in_junk(tmp_path: Path) -> None:
    junk = bytearray(400)
    junk[:18] = b"OLYMDigital Camera"
    junk[0x12:0x19], junk[0x2C:0x33] = b"Example", b"Field 3"
    found = build.detect(tmp_path, avi(chunk(b"JUNK", bytes(junk))))
    assert build.values(found, "device_identity") == [{"make": "Example", "model": "Field 3"}]


def test_filler_is_no_finding(tmp_path: Path) -> None:
    content = avi(chunk(b"JUNK", bytes(500)), chunk(b"JUNK", b"[= MPlayer junk data! =]" * 9))
    assert build.detect(tmp_path, content) == []


def test_telemetry_chunk(tmp_path: Path) -> None:
    content = avi(chunk(b"gpmd", movies.gps5((10.34, -40.835))))
    assert build.positions(build.detect(tmp_path, content)) == [("GPMF", 10.34, -40.835)]


def test_broadcast_wave(tmp_path: Path) -> None:
    bext = b"At the pier".ljust(256, b"\0") + b"Robin Example".ljust(64, b"\0")
    bext += b"2024-05-0607:08:09" + bytes(264)
    content = avi(chunk(b"bext", bext), form=b"WAVE")
    assert seen(build.detect(tmp_path, content)) == {
        ("description", "At the pier"),
        ("person_name", "Robin Example"),
        ("capture_time", "2024-05-06T07:08:09"),
    }


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (avi(chunk(b"id3 ", b"ID3\4")), "ID3 tag"),
        (avi(listing(b"ncdt", chunk(b"nctg", b"\0\0\0\2\0\2\xff\xff"))), "camera data"),
        (avi(listing(b"INFO", chunk(b"ICMT", b"x" * 70_000))), "too long"),
        (avi(chunk(b"EXIF", build.tiff_block()))[:-40], "chunk structure"),
    ],
    ids=["ID3", "Nikon", "long text", "cut"],
)
def test_what_is_not_read_is_said(tmp_path: Path, content: bytes, reason: str) -> None:
    assert reason in str(build.detect_damaged(tmp_path, content))


def test_a_list_longer_than_its_file_says_is_read_and_said(tmp_path: Path) -> None:
    exif = listing(b"exif", chunk(b"ecor", b"Example\0"), chunk(b"emdl", b"Field 3\0"))
    content = bytearray(avi(exif, form=b"WAVE"))
    content[4:8] = struct.pack("<I", len(content) - 20)
    error = build.detect_damaged(tmp_path, bytes(content))
    assert build.values(list(error.findings), "device_identity") == [
        {"make": "Example", "model": "Field 3"}
    ]


@pytest.mark.shared
def test_real_camera_note(shared_data: Path) -> None:
    path = shared_data / "metadata" / "exiftool" / "Pentax.avi"
    with pytest.raises(build.DetectorError) as caught:  # its picture data is cut away
        build.detector().detect_file(build.media_file(path))
    devices = build.values(list(caught.value.findings), "device_identity")
    assert sum("serial_number" in device for device in devices) >= 1
