"""Movie headers: user data, key lists, camera boxes, compressed and struck-out headers."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import metadata_builders as build
import pytest
from PIL import Image

from screening.detectors.metadata.movies.named_tags import MAX_TEXTS
from screening.records import Finding

POSITION = ("QuickTime", 10.34, -40.835)
LOCATION = "+10.3400-040.8350/"
XYZ = build.box(b"\xa9xyz", build.quicktime_text(LOCATION))


def udta(*boxes: bytes) -> bytes:
    return build.movie(build.box(b"udta", *boxes))


def text_box(kind: bytes, text: bytes) -> bytes:
    return build.box(kind, bytes(4), b"\x15\xc7", text + b"\0")


def values(found: list[Finding]) -> list[tuple[str, str, str]]:
    """Label, field and value of every finding."""
    return [
        (finding.label, str(finding.evidence["field"]), str(value))
        for finding in found
        for value in finding.sensitive.values()
    ]


def jpeg() -> bytes:
    stream = io.BytesIO()
    Image.effect_noise((16, 16), 50).save(stream, "JPEG")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (text_box(b"perf", b"Robin Example"), ("person_name", "perf", "Robin Example")),
        (text_box(b"auth", b"Kim Example"), ("person_name", "auth", "Kim Example")),
        (text_box(b"titl", b"At the pier"), ("description", "titl", "At the pier")),
        (
            build.box(b"\xa9cmt", build.quicktime_text("With Robin")),
            ("description", "\xa9cmt", "With Robin"),
        ),
        (
            build.box(b"\xa9swr", build.quicktime_text("Cutter 9")),
            ("edit_history", "\xa9swr", "Cutter 9"),
        ),
        (
            build.box(b"\xa9zzz", build.quicktime_text("Unheard of")),
            ("description", "\xa9zzz", "Unheard of"),
        ),
        (build.box(b"LENS", b"LX-0002"), ("device_identity", "LENS", "LX-0002")),
        (build.box(b"CAME", b"\x01\xff"), ("device_identity", "CAME", "01ff")),
        (build.box(b"FIRM", b"EX1.02"), ("edit_history", "FIRM", "EX1.02")),
        (
            build.box(b"clfn", b"C:\\cards\\CLIP1.MOV\0"),
            ("edit_history", "clfn", "C:\\cards\\CLIP1.MOV"),
        ),
        (
            build.box(b"smta", build.box(b"mdln", b"Lighthouse 9\0")),
            ("device_identity", "modl", "Lighthouse 9"),
        ),
        (
            build.box(b"TAGS", b"EXAMPLE DIGITAL CAMERA".ljust(24, b"\0"), b"Field 3\0", bytes(64)),
            ("device_identity", "modl", "Field 3"),
        ),
        (
            build.box(b"\xa9ART", struct.pack(">HH", 4, 0), "Zoë".encode("mac-roman") + b"!"),
            ("person_name", "\xa9ART", "Zoë!"),
        ),
    ],
)  # fmt: skip
def test_user_data(tmp_path: Path, content: bytes, expected: tuple[str, str, str]) -> None:
    assert expected in values(build.detect(tmp_path, udta(content)))


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("com_apple_quicktime_content_identifier", "edit_history"),
        ("com_apple_quicktime_location_name", "place_name"),
        ("com_apple_quicktime_author", "person_name"),
        ("com_apple_quicktime_software", "edit_history"),
        ("com_apple_quicktime_camera_identifier", "device_identity"),
        ("com_apple_quicktime_comment", "description"),
        ("com_example_unheard", "description"),
    ],
)
def test_key_lists(tmp_path: Path, key: str, expected: str) -> None:
    content = build.movie(build.key_list(**{key: "Fairhaven 1"}))
    (finding,) = build.detect(tmp_path, content)
    assert finding.label == expected
    (span,) = finding.spans
    assert content[span.start : span.start + span.size_bytes] == b"Fairhaven 1"


def test_key_list_of_a_track(tmp_path: Path) -> None:
    keys = build.key_list(com_apple_quicktime_location_ISO6709=LOCATION)
    found = build.detect(tmp_path, build.movie(build.box(b"trak", keys)))
    assert build.positions(found) == [POSITION]


def test_technical_keys_are_no_findings(tmp_path: Path) -> None:
    keys = build.key_list(com_apple_quicktime_live__photo_auto="1", com_android_capture_fps="30")
    content = build.movie(keys.replace(b"live..photo", b"live-photo."))
    assert build.detect(tmp_path, content) == []


def test_cover_art_is_an_embedded_picture(tmp_path: Path) -> None:
    picture = jpeg()
    data = build.box(b"data", struct.pack(">II", 13, 0), picture)
    ilst = build.box(b"ilst", build.box(b"covr", data))
    content = udta(build.full_box(b"meta", build.full_box(b"hdlr", bytes(20)), ilst))
    (finding,) = build.detect(tmp_path, content)
    assert finding.label == "embedded_media"
    assert finding.embedded
    assert finding.evidence["media_type"] == "image/jpeg"
    (span,) = finding.spans
    assert content[span.start : span.start + span.size_bytes] == picture


def test_free_form_items(tmp_path: Path) -> None:
    item = build.box(
        b"----",
        build.full_box(b"mean", b"com.example"),
        build.full_box(b"name", b"owner"),
        build.box(b"data", struct.pack(">II", 1, 0), b"Kim"),
    )
    meta = build.full_box(b"meta", build.full_box(b"hdlr", bytes(20)), build.box(b"ilst", item))
    assert values(build.detect(tmp_path, udta(meta))) == [("description", "owner", "Kim")]


def compressed_movie(plain: bytes) -> bytes:
    cmov = build.box(
        b"cmov",
        build.box(b"dcom", b"zlib"),
        build.box(b"cmvd", struct.pack(">I", len(plain)), zlib.compress(plain)),
    )
    return build.movie(cmov)


def test_compressed_movie_header(tmp_path: Path) -> None:
    plain = build.box(b"moov", build.box(b"udta", XYZ))
    assert build.positions(build.detect(tmp_path, compressed_movie(plain))) == [POSITION]


def test_compressed_bomb_is_said_and_bounded(tmp_path: Path) -> None:
    error = build.detect_damaged(tmp_path, compressed_movie(bytes(64 * 1024**2)))
    assert "unfolds to more" in str(error)


@pytest.mark.parametrize("kind", [b"free", b"skip"])
def test_header_that_an_editor_struck_out(tmp_path: Path, kind: bytes) -> None:
    mvhd = build.full_box(b"mvhd", bytes(96))
    content = build.movie() + build.box(kind, mvhd, build.box(b"udta", XYZ))
    assert build.positions(build.detect(tmp_path, content)) == [POSITION]
    assert build.detect(tmp_path, build.movie() + build.box(kind, b"\x7f" * 400)) == []


def nikon_record(tag: int, kind: int, count: int, raw: bytes) -> bytes:
    return struct.pack(">IHH", tag, kind, count) + raw


def test_nikon_records(tmp_path: Path) -> None:
    records = b"".join(
        (
            nikon_record(0x02, 2, 8, b"Field 3\0"),
            nikon_record(0x110A431, 2, 8, b"EX-0001\0"),
            nikon_record(0x1200001, 2, 2, b"N\0"),
            nikon_record(0x1200002, 5, 3, struct.pack(">6I", 10, 1, 20, 1, 24, 1)),
            nikon_record(0x1200003, 2, 2, b"W\0"),
            nikon_record(0x1200004, 5, 3, struct.pack(">6I", 40, 1, 50, 1, 6, 1)),
        )
    )
    content = udta(build.box(b"NCDT", build.box(b"NCTG", records)))
    found = build.detect(tmp_path, content)
    assert build.positions(found) == [("Nikon movie data", 10.34, -40.835)]
    assert build.values(found, "device_identity") == [
        {"model": "Field 3", "serial_number": "EX-0001"}
    ]
    cut = udta(build.box(b"NCDT", build.box(b"NCTG", records[:-4])))
    assert "damaged" in str(build.detect_damaged(tmp_path, cut))


def test_pentax_position(tmp_path: Path) -> None:
    block = bytearray(0x180)
    block[:8], block[0x1A:0x21] = b"EXAMPLE\0", b"Optic 2"
    block[0xC7:0xCF] = b"GPS_\2\2\0\0"
    block[0xCF:0xD1], block[0xE9:0xEB] = b"N\0", b"W\0"
    block[0xD1:0xE9] = struct.pack(">6I", 10, 1, 20, 1, 24, 1)
    block[0xEB:0x103] = struct.pack(">6I", 40, 1, 50, 1, 6, 1)
    found = build.detect(tmp_path, udta(build.box(b"PENT", bytes(block))))
    assert build.positions(found) == [POSITION]


def test_unknown_camera_box_that_spells_out_a_position(tmp_path: Path) -> None:
    content = udta(build.box(b"XyZ0", b"\1\2pos=" + LOCATION.encode() + b"\0\0"))
    assert build.positions(build.detect(tmp_path, content)) == [POSITION]


def test_unknown_camera_box_with_exif_and_a_thumbnail(tmp_path: Path) -> None:
    exif = udta(build.box(b"RMKN", bytes(8) + build.tiff_block()))
    assert build.positions(build.detect(tmp_path, exif)) == [
        ("EXIF", build.LATITUDE_DEG, build.LONGITUDE_DEG)
    ]
    picture = build.jpeg(build.exif_segment(build.tiff_block()))
    (finding,) = build.detect(tmp_path, udta(build.box(b"thmb", bytes(4), picture)))
    assert finding.evidence["inside"] == "thmb thumbnail"


def test_sony_texts(tmp_path: Path) -> None:
    texts = {1: "At the pier", 3: "2024/05/06 07:08:09", 4: "Cutter 9"}
    entries = b"".join(
        struct.pack(">HIHH", 10 + 2 * len(text), kind, 0, 1) + text.encode("utf-16-be")
        for kind, text in texts.items()
    )
    uuid = bytes.fromhex("55534d5421d24fcebb88695cfac9c740")
    block = build.box(b"uuid", uuid, build.box(b"MTDT", struct.pack(">H", 3), entries))
    assert {value for *_, value in values(build.detect(tmp_path, build.movie(block)))} == {
        "At the pier", "2024-05-06T07:08:09", "Cutter 9",
    }  # fmt: skip


def test_sony_xml(tmp_path: Path) -> None:
    xml = b"""<?xml version="1.0"?><NonRealTimeMeta xmlns="urn:example">
      <CreationDate value="2024-05-06T07:08:09+02:00"/>
      <Device manufacturer="Example" modelName="Field 3" serialNo="EX-0001"/>
      <Item name="LatitudeRef" value="N"/><Item name="Latitude" value="10:20:24.000"/>
      <Item name="LongitudeRef" value="W"/><Item name="Longitude" value="40:50:06.000"/>
      </NonRealTimeMeta>"""
    handler = build.full_box(b"hdlr", bytes(4), b"nrtm", bytes(13))
    content = build.movie() + build.full_box(b"meta", handler, build.full_box(b"xml ", xml))
    found = build.detect(tmp_path, content)
    assert build.positions(found) == [("XML", 10.34, -40.835)]
    assert build.values(found, "device_identity") == [
        {"make": "Example", "model": "Field 3", "serial_number": "EX-0001"}
    ]
    assert build.values(found, "capture_time") == [{"time": "2024-05-06T07:08:09+02:00"}]


def test_times_of_movie_track_and_media_are_noted_once(tmp_path: Path) -> None:
    seconds = struct.pack(">I", 3_797_821_200)
    same = build.movie(
        build.full_box(b"mvhd", seconds, bytes(92)),
        build.box(
            b"trak",
            build.full_box(b"tkhd", seconds, bytes(76)),
            build.box(b"mdia", build.full_box(b"mdhd", seconds, bytes(16))),
        ),
    )
    assert len(build.values(build.detect(tmp_path, same), "capture_time")) == 1
    only_media = same.replace(seconds, bytes(4), 2)
    assert len(build.values(build.detect(tmp_path, only_media), "capture_time")) == 1


def test_gps_of_a_3gp_movie_names_its_bytes(tmp_path: Path) -> None:
    fixed = struct.pack(">iii", round(-40.835 * 65536), round(10.34 * 65536), 0)
    loci = build.full_box(b"loci", b"\x15\xc7", b"Fairhaven pier\0", b"\0", fixed, b"earth\0Kim\0")
    content = udta(loci)
    found = build.detect(tmp_path, content)
    (position,) = [finding for finding in found if finding.label == "gps_location"]
    (span,) = position.spans
    assert content[span.start : span.start + span.size_bytes] == fixed[:8]
    assert build.values(found, "place_name") == [{"place": "Fairhaven pier"}]
    assert build.values(found, "description") == [{"description": "Kim"}]


def test_a_damaged_box_does_not_hide_its_neighbours(tmp_path: Path) -> None:
    content = udta(build.full_box(b"loci", b"\0\0", b"x"), XYZ)
    error = build.detect_damaged(tmp_path, content)
    assert build.positions(list(error.findings)) == [POSITION]


def test_user_data_beside_the_movie_header(tmp_path: Path) -> None:
    content = build.movie() + build.box(b"udta", XYZ)
    assert build.positions(build.detect(tmp_path, content)) == [POSITION]


def test_xml_inside_the_movie_header(tmp_path: Path) -> None:
    handler = build.full_box(b"hdlr", bytes(4), b"nrtm", bytes(13))
    xml = build.full_box(b"xml ", b'<a><Device serialNo="EX-0001"/></a>')
    found = build.detect(tmp_path, build.movie(build.full_box(b"meta", handler, xml)))
    assert build.values(found, "device_identity") == [{"serial_number": "EX-0001"}]


def test_packed_xml_is_said_to_be_unread(tmp_path: Path) -> None:
    meta = build.full_box(b"meta", build.full_box(b"hdlr", bytes(20)), build.full_box(b"bxml"))
    assert "XML block" in str(build.detect_damaged(tmp_path, build.movie() + meta))


def test_more_texts_than_any_movie_has_are_said(tmp_path: Path) -> None:
    error = build.detect_damaged(
        tmp_path, udta(build.box(b"\xa9cmt", build.quicktime_text("x")) * (MAX_TEXTS + 1), XYZ)
    )
    assert "far more parts" in str(error)
