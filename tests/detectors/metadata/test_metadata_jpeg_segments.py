"""What JPEG files keep in their small and rare segments."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import metadata_builders as build
import pytest
import still_builders as still
from PIL import Image, ImageCms

from screening.detectors.metadata.harvest import Harvest
from screening.detectors.metadata.reading import read_metadata
from screening.detectors.metadata.source import Source

PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def harvest_of(content: bytes, max_block_bytes: int = 16 * 1024**2) -> Harvest:
    return read_metadata(Source(io.BytesIO(content), max_block_bytes))


def test_a_comment_is_a_description_with_its_bytes(tmp_path: Path) -> None:
    content = build.jpeg(build.segment(0xFE, b"Fairhaven, lat 12.5125 lon -34.25"))
    found = build.detect(tmp_path, content)
    (comment,) = [one for one in found if one.label == "description"]
    assert comment.evidence["carrier"] == "JPEG comment"
    assert still.bytes_of(comment, content) == b"Fairhaven, lat 12.5125 lon -34.25"
    assert build.positions(found) == [("JPEG comment", build.LATITUDE_DEG, build.LONGITUDE_DEG)]


def test_a_comment_goes_on_behind_a_zero(tmp_path: Path) -> None:
    found = build.detect(tmp_path, build.jpeg(build.segment(0xFE, b"first\0second")))
    assert build.values(found, "description") == [{"description": "first second"}]


@pytest.mark.parametrize("coding", ["jpeg", "palette", "rgb", "jfif"])
def test_thumbnails_are_previews(coding: str) -> None:
    picture = still.small_jpeg()
    pixels = bytes([10, 20, 30]) * 6
    payload = {
        "jpeg": b"JFXX\0\x10" + picture,
        "palette": b"JFXX\0\x11\x03\x02" + bytes([10, 20, 30]) * 256 + bytes(range(6)),
        "rgb": b"JFXX\0\x13\x03\x02" + pixels,
        "jfif": b"JFIF\0\x01\x02\0\0\x01\0\x01\x03\x02" + pixels,
    }[coding]
    (preview,) = harvest_of(build.jpeg(build.segment(0xE0, payload))).previews
    assert preview.name == ("JFIF thumbnail" if coding == "jfif" else "JFXX thumbnail")
    decoded = Image.open(io.BytesIO(preview.source.read_all()))
    if coding == "jpeg":
        assert preview.source.read_all() == picture
    else:
        assert decoded.size == (3, 2)
        assert decoded.getpixel((2, 1)) == (10, 20, 30)


def test_a_cut_thumbnail_is_said(tmp_path: Path) -> None:
    content = build.jpeg(build.segment(0xE0, b"JFXX\0\x13\x09\x09" + bytes(12)))
    assert "The APP0 segment of this file is damaged" in str(
        build.detect_damaged(tmp_path, content)
    )


def test_the_position_of_a_thumbnail_is_read(tmp_path: Path) -> None:
    content = build.jpeg(build.segment(0xE0, b"JFXX\0\x10" + still.located_jpeg()))
    (place,) = [one for one in build.detect(tmp_path, content) if one.label == "gps_location"]
    assert place.evidence["inside"] == "JFXX thumbnail"


def icc_segment(number: int, count: int, content: bytes) -> bytes:
    return build.segment(0xE2, b"ICC_PROFILE\0" + bytes([number, count]) + content)


def test_a_profile_in_parts_is_put_together() -> None:
    half = len(PROFILE) // 2
    parts = [icc_segment(2, 2, PROFILE[half:]), icc_segment(1, 2, PROFILE[:half])]
    assert harvest_of(build.jpeg(*parts)).damage == ()


def test_a_profile_with_a_part_missing_is_said(tmp_path: Path) -> None:
    content = build.jpeg(icc_segment(1, 3, PROFILE))
    assert "The ICC block of this file is damaged" in str(build.detect_damaged(tmp_path, content))


@pytest.mark.parametrize(
    ("marker", "prefix"),
    [
        (0xE1, b"Exif\0\0"),
        (0xE1, b"exif\0\0"),
        (0xE1, b"\0\0\0\0Exif\0\0"),
        (0xE1, b"PARROT\0"),
        (0xE3, b"Meta\0\0"),
        (0xE6, b"EPPIM\0"),
        (0xE7, b"EXAMPLE\0"),
    ],
)
def test_exif_is_found_under_other_names(tmp_path: Path, marker: int, prefix: bytes) -> None:
    content = build.jpeg(build.segment(marker, prefix + build.tiff_block()))
    assert [carrier for carrier, *_ in build.positions(build.detect(tmp_path, content))] == ["EXIF"]


@pytest.mark.parametrize(
    "prefix", [b"http://ns.example/other/\0", b"XMP\0", b"", b"W5M0MpCehiHz\0"]
)
@pytest.mark.parametrize("marker", [0xE1, 0xE4])
def test_xmp_is_found_without_its_prefix(tmp_path: Path, marker: int, prefix: bytes) -> None:
    content = build.jpeg(build.segment(marker, prefix + build.xmp_packet()))
    assert [carrier for carrier, *_ in build.positions(build.detect(tmp_path, content))] == ["XMP"]


def manifest_segments(box: bytes, size: int) -> list[bytes]:
    """A box in packets, of which all but the first repeat its header."""
    segments = []
    for number, at in enumerate(range(0, len(box), size), 1):
        repeated = box[:8] if at else b""
        head = b"JP\0\x07" + struct.pack(">I", number) + repeated
        segments.append(build.segment(0xEB, head + box[at : at + size]))
    return segments


def test_a_manifest_over_several_segments_is_put_together() -> None:
    kind = b"c2pa" + bytes.fromhex("00110010800000aa00389b71")
    description = build.box(b"jumd", kind, b"\x03", b"c2pa\0")
    box = build.box(b"jumb", description, build.box(b"free", bytes(300)))
    whole = harvest_of(build.jpeg(*manifest_segments(box, 1000)))
    parts = harvest_of(build.jpeg(*manifest_segments(box, 100)))
    for harvest in (whole, parts):
        assert harvest.damage == ()
        assert [fact.label for fact in harvest.facts] == ["edit_history"]


def test_ducky_texts_are_read(tmp_path: Path) -> None:
    def field(tag: int, text: str) -> bytes:
        raw = struct.pack(">I", len(text)) + text.encode("utf-16-be")
        return struct.pack(">HH", tag, len(raw)) + raw

    quality = struct.pack(">HHI", 1, 4, 80)
    payload = b"Ducky" + quality + field(2, "by the sea") + field(3, "Robin Example") + bytes(2)
    found = build.detect(tmp_path, build.jpeg(build.segment(0xEC, payload)))
    assert build.values(found, "description") == [{"description": "by the sea"}]
    assert build.values(found, "person_name") == [{"name": "Robin Example"}]


def test_a_picture_info_names_the_camera(tmp_path: Path) -> None:
    payload = (
        b"[picture info]\r\nTimeDate=915117440\r\nID=EXAMPLE\r\nType=EX84\r\nSerial#=0001\r\n\0"
    )
    found = build.detect(tmp_path, build.jpeg(build.segment(0xEC, payload)))
    assert build.values(found, "device_identity") == [
        {"make": "EXAMPLE", "model": "EX84", "serial_number": "0001"}
    ]
    assert build.values(found, "capture_time") == [{"time": "1998-12-31T15:17:20"}]


def test_texts_of_other_makers_are_descriptions(tmp_path: Path) -> None:
    for marker, payload in (
        (0xEA, b"UNICODE\0" + "by the sea".encode("utf-16-be")),
        (0xE9, b"Media Jukebox\0\0\0\0\0<MJMD><Album>by the sea</Album></MJMD>"),
        (0xE3, b"_JPSJPS_\0\x10\0\0\0\0\0\x0aby the sea"),
        (0xE8, b"words by the sea, written by somebody"),
    ):
        found = build.detect(tmp_path, build.jpeg(build.segment(marker, payload)))
        (text,) = build.values(found, "description")
        assert "by the sea" in str(text["description"])


def test_the_fields_of_a_ricoh_are_read(tmp_path: Path) -> None:
    def section(kind: int, content: bytes) -> bytes:
        return struct.pack(">HH", kind, len(content) + 2) + content

    payload = b"RMETA\0MM" + struct.pack(">HHHH", 0, 0, 0, 10) + struct.pack(">H", 2) + bytes(8)
    payload += section(1, b"Place\0Who\0") + section(2, b"Fairhaven\0Robin\0")
    found = build.detect(tmp_path, build.jpeg(build.segment(0xE5, payload)))
    assert build.values(found, "description") == [{"description": "Fairhaven, Robin"}]


def test_a_preview_in_an_unknown_segment_is_found(tmp_path: Path) -> None:
    picture = still.small_jpeg()
    content = build.jpeg(build.segment(0xE4, b"EXAMPLE\0" + picture))
    (found,) = still.embedded(build.detect(tmp_path, content))
    assert still.bytes_of(found, content) == picture


def test_an_unknown_segment_is_said(tmp_path: Path) -> None:
    content = build.jpeg(build.segment(0xE7, still.noise(200)))
    assert str(build.detect_damaged(tmp_path, content)) == (
        "The APP7 segment of this file has a layout that is not known here and was not read."
    )


@pytest.mark.parametrize(
    ("marker", "payload"),
    [
        (0xEE, b"Adobe\0d" + bytes(20)),
        (0xED, b"Adobe_CM\0\x01" + bytes(20)),
        (0xE8, b"SPIFF\0" + bytes(range(26))),
        (0xE7, b"\x01\x02\x03"),
        (0xE7, bytes(1000)),
    ],
)
def test_technical_and_empty_segments_are_nothing(
    tmp_path: Path, marker: int, payload: bytes
) -> None:
    assert build.detect(tmp_path, build.jpeg(build.segment(marker, payload))) == []


def test_large_coded_data_is_passed_with_small_reads() -> None:
    stream = io.BytesIO()
    Image.effect_noise((2000, 2000), 90).save(stream, "JPEG", quality=97)
    content = stream.getvalue()
    assert len(content) > 2_000_000
    harvest = harvest_of(content + still.located_movie(), max_block_bytes=65536)
    assert harvest.damage == ()
    assert [fact.label for fact in harvest.facts if fact.label == "embedded_media"] == [
        "embedded_media"
    ]


def test_fill_bytes_between_segments_are_nothing(tmp_path: Path) -> None:
    plain = build.jpeg()
    content = plain[:2] + b"\xff" * 300 + plain[2:]
    assert build.detect(tmp_path, content) == []


def kodak_meta(**texts: str) -> bytes:
    tags = {"owner": 0xC353, "serial": 0xC354, "folder": 0xC418}
    offset = 8 + 2 + 12 * len(texts) + 4
    entries, values = b"", b""
    for name, content in texts.items():
        raw = b"ASCII\0\0\0" + content.encode() + b"\0"
        entries += struct.pack(">HHII", tags[name], 7, len(raw), offset + len(values))
        values += raw
    head = b"MM\0*" + struct.pack(">IH", 8, len(texts))
    return b"Meta\0\0" + head + entries + bytes(4) + values


def test_a_kodak_names_owner_and_serial_number(tmp_path: Path) -> None:
    payload = kodak_meta(owner="Robin Example", serial="EX-0001", folder="DCIM/100ROBIN")
    found = build.detect(tmp_path, build.jpeg(build.segment(0xE3, payload)))
    assert build.values(found, "person_name") == [{"name": "Robin Example"}]
    assert build.values(found, "device_identity") == [{"serial_number": "EX-0001"}]
    assert build.values(found, "edit_history") == [{"file_path": "DCIM/100ROBIN"}]


def test_a_cut_kodak_segment_is_said(tmp_path: Path) -> None:
    payload = kodak_meta(owner="Robin Example", serial="EX-0001")[:36]
    content = build.jpeg(build.segment(0xE3, payload))
    assert "The APP3 segment of this file is damaged" in str(
        build.detect_damaged(tmp_path, content)
    )
