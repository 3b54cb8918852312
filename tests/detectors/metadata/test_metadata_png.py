"""PNG: what every keyword stands for, profiles, manifests, and chunks nobody knows."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import metadata_builders as build
import pytest
import still_builders as still
from PIL import ImageCms

PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def text(keyword: str, content: str, kind: str = "tEXt") -> bytes:
    raw, name = content.encode(), keyword.encode("latin-1")
    if kind == "zTXt":
        return build.png_chunk(b"zTXt", name + b"\0\0" + zlib.compress(raw))
    if kind == "iTXt":
        return build.png_chunk(b"iTXt", name + b"\0\1\0en\0\0" + zlib.compress(raw))
    return build.png_chunk(b"tEXt", name + b"\0" + raw)


@pytest.mark.parametrize("kind", ["tEXt", "zTXt", "iTXt"])
@pytest.mark.parametrize(
    ("keyword", "label", "field"),
    [
        ("Title", "description", "Title"),
        ("Description", "description", "Description"),
        ("Comment", "description", "Comment"),
        ("Disclaimer", "description", "Disclaimer"),
        ("Warning", "description", "Warning"),
        ("tiff:ImageDescription", "description", "ImageDescription"),
        ("Robins own", "description", "other keyword"),
        ("Author", "person_name", "Author"),
        ("artist", "person_name", "Artist"),
        ("Creator", "person_name", "Creator"),
        ("Copyright", "person_name", "Copyright"),
        ("exif:Artist", "person_name", "Artist"),
        ("Software", "edit_history", "Software"),
        ("tiff:software", "edit_history", "Software"),
        ("Source", "device_identity", "Source"),
        ("exif:Model", "device_identity", "Model"),
        ("exif:BodySerialNumber", "device_identity", "BodySerialNumber"),
        ("parameters", "edit_history", "parameters"),
        ("workflow", "edit_history", "workflow"),
        ("Thumb::URI", "edit_history", "Thumb::URI"),
    ],
)
def test_a_keyword_has_its_meaning(
    tmp_path: Path, keyword: str, label: str, field: str, kind: str
) -> None:
    found = build.detect(tmp_path, build.png(text(keyword, "Robin of Fairhaven", kind)))
    assert ("PNG text", field) in still.carried(found, label)
    assert "Robin" not in str([one.evidence for one in found])


@pytest.mark.parametrize("keyword", ["Creation Time", "date:create", "exif:DateTimeOriginal"])
def test_a_time_is_a_capture_time(tmp_path: Path, keyword: str) -> None:
    found = build.detect(tmp_path, build.png(text(keyword, "2024:05:06 07:08:09")))
    assert build.values(found, "capture_time") == [{"time": "2024-05-06T07:08:09"}]


def test_the_time_of_a_change_is_a_step(tmp_path: Path) -> None:
    chunk = build.png_chunk(b"tIME", struct.pack(">H5B", 2024, 5, 6, 7, 8, 9))
    found = build.detect(tmp_path, build.png(chunk, text("date:modify", "2024-05-06T07:08:09Z")))
    assert build.values(found, "edit_history") == [
        {"step": "changed 2024-05-06T07:08:09Z"},
        {"step": "changed 2024-05-06T07:08:09Z"},
    ]


def imagemagick_position(**changes: str | None) -> bytes:
    texts = {
        "GPSLatitude": "12/1, 30/1, 45/1",
        "GPSLatitudeRef": "N",
        "GPSLongitude": "34/1, 15/1, 0/1",
        "GPSLongitudeRef": "W",
        "GPSInfo": "1234",
    } | changes
    return build.png(*(text(f"exif:{key}", value) for key, value in texts.items() if value))


def test_a_position_over_several_texts_is_put_together(tmp_path: Path) -> None:
    content = imagemagick_position(GPSAltitude="105/10")
    (place,) = [one for one in build.detect(tmp_path, content) if one.label == "gps_location"]
    assert place.evidence["carrier"] == "PNG text"
    assert place.sensitive["latitude_deg"] == build.LATITUDE_DEG
    assert place.sensitive["longitude_deg"] == build.LONGITUDE_DEG
    assert place.sensitive["altitude_m"] == 10.5
    assert b"12/1, 30/1, 45/1" in still.bytes_of(place, content)


@pytest.mark.parametrize("latitude", [None, "12/0", "north", "99/1"])
def test_half_a_position_is_said(tmp_path: Path, latitude: str | None) -> None:
    error = build.detect_damaged(tmp_path, imagemagick_position(GPSLatitude=latitude))
    assert "The PNG text of this file" in str(error)


def test_a_position_in_a_comment_is_found(tmp_path: Path) -> None:
    content = build.png(text("Comment", "12\u00b030'45\"N 34\u00b015'0\"W", "iTXt"))
    assert build.positions(build.detect(tmp_path, content)) == [
        ("PNG text", build.LATITUDE_DEG, build.LONGITUDE_DEG)
    ]


def test_decimal_codes_of_imagemagick_are_spelled_out(tmp_path: Path) -> None:
    codes = ", ".join(str(byte) for byte in b"ASCII\0\0\0by the sea")
    found = build.detect(tmp_path, build.png(text("exif:UserComment", codes)))
    assert build.values(found, "description") == [{"description": "by the sea"}]


@pytest.mark.parametrize("keyword", ["exif:FNumber", "png:IHDR.width,height", "Thumb::Size"])
def test_technical_texts_are_nothing(tmp_path: Path, keyword: str) -> None:
    assert build.detect(tmp_path, build.png(text(keyword, "28/10"))) == []


@pytest.mark.parametrize("checksum", [True, False])
def test_a_profile_is_read_with_or_without_its_checksum(tmp_path: Path, checksum: bool) -> None:
    packed = zlib.compress(PROFILE)
    chunk = build.png_chunk(b"iCCP", b"ICC\0\0" + (packed if checksum else packed[:-4]))
    build.detect(tmp_path, build.png(chunk))  # raises if it were damaged


def test_a_cut_profile_is_said(tmp_path: Path) -> None:
    chunk = build.png_chunk(b"iCCP", b"ICC\0\0" + zlib.compress(PROFILE)[:100])
    assert "damaged" in str(build.detect_damaged(tmp_path, build.png(chunk)))


def test_compressed_exif_is_read(tmp_path: Path) -> None:
    block = build.tiff_block()
    chunk = b"\0" + struct.pack(">I", len(block)) + zlib.compress(block)
    found = build.detect(tmp_path, build.png(build.png_chunk(b"zxIf", chunk)))
    assert [carrier for carrier, *_ in build.positions(found)] == ["EXIF"]


def test_a_manifest_is_noted(tmp_path: Path) -> None:
    kind = b"c2pa" + bytes.fromhex("00110010800000aa00389b71")
    box = build.box(b"jumb", build.box(b"jumd", kind, b"\x03", b"c2pa\0"))
    found = build.detect(tmp_path, build.png(build.png_chunk(b"caBX", box)))
    assert [one.label for one in found] == ["edit_history"]


def test_an_unknown_private_chunk_is_said(tmp_path: Path) -> None:
    content = build.png(build.png_chunk(b"prVt", still.noise(100)))
    assert str(build.detect_damaged(tmp_path, content)) == (
        "The prVt chunk of this file is of a private kind that is not known here and was not read."
    )


@pytest.mark.parametrize("kind", [b"caNv", b"iDOT", b"vpAg", b"gAMA", b"prVt"])
def test_known_and_tiny_chunks_are_nothing(tmp_path: Path, kind: bytes) -> None:
    assert build.detect(tmp_path, build.png(build.png_chunk(kind, b"12345678"))) == []


@pytest.mark.parametrize("kind", ["zTXt", "iTXt"])
def test_text_bombs_are_bounded(tmp_path: Path, kind: str) -> None:
    chunk = text("Comment", "a" * 20_000_000, kind)
    assert f"The {kind} chunk of this file" in str(build.detect_damaged(tmp_path, build.png(chunk)))


def test_texts_without_end_are_bounded(tmp_path: Path) -> None:
    content = build.png(*[text("Comment", "lat 1.5 lon 2.5")] * 20_000)
    error = build.detect_damaged(tmp_path, content)
    assert "far more parts than a real file has" in str(error)
    assert len(error.findings) == 2
    packed = text("Comment", "12.5125 N " * 100_000, "zTXt")
    error = build.detect_damaged(tmp_path, build.png(*[packed] * 20))
    assert "holds more text than is searched" in str(error)


def test_a_profile_of_an_unknown_kind_is_said(tmp_path: Path) -> None:
    chunk = text("Raw profile type example", "\nexample\n 4\n31323334\n")
    assert "not known here" in str(build.detect_damaged(tmp_path, build.png(chunk)))


def test_the_path_of_a_thumbnail_names_the_account(tmp_path: Path) -> None:
    content = build.png(text("Thumb::URI", "file:///home/robin/sea.jpg"))
    found = build.detect(tmp_path, content)
    assert build.values(found, "person_name") == [{"name": "robin"}]
