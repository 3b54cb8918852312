"""JPEG XL and JPEG 2000 boxes, codestream comments, and what follows the last box."""

from __future__ import annotations

import struct
from pathlib import Path

import brotli
import metadata_builders as build
import pytest
from PIL import ImageCms

XMP = build.xmp_packet()
JXL = build.box(b"JXL ", b"\r\n\x87\n")
JP2 = build.box(b"jP  ", b"\r\n\x87\n")
CODESTREAM = b"\xff\x4f\xff\x51" + struct.pack(">H", 41) + bytes(39)
HERE = (build.LATITUDE_DEG, build.LONGITUDE_DEG)


def brob(kind: bytes, plain: bytes) -> bytes:
    return build.box(b"brob", kind, brotli.compress(plain, quality=1))


@pytest.mark.parametrize(
    ("content", "carrier"),
    [
        (brob(b"Exif", bytes(4) + build.tiff_block()), "EXIF"),
        (brob(b"xml ", XMP), "XMP"),
        (build.box(b"xml ", XMP), "XMP"),
    ],
    ids=["Exif in Brotli", "XMP in Brotli", "XMP"],
)
def test_jpeg_xl(tmp_path: Path, content: bytes, carrier: str) -> None:
    assert build.positions(build.detect(tmp_path, JXL + content)) == [(carrier, *HERE)]


def test_brotli_bomb_is_said_and_bounded(tmp_path: Path) -> None:
    error = build.detect_damaged(tmp_path, JXL + brob(b"xml ", bytes(64 * 1024**2)))
    assert "compressed" in str(error)


def test_damaged_brotli_is_said(tmp_path: Path) -> None:
    content = JXL + build.box(b"brob", b"Exif", b"\xff" * 40)
    assert "damaged" in str(build.detect_damaged(tmp_path, content))


def comment(text: bytes, kind: int = 1) -> bytes:
    return b"\xff\x64" + struct.pack(">HH", len(text) + 4, kind) + text


@pytest.mark.parametrize("boxed", [True, False], ids=["in a box", "bare"])
def test_codestream_comments(tmp_path: Path, boxed: bool) -> None:
    stream = (
        CODESTREAM + comment(b"Created by Example 2") + comment(b"With Robin") + b"\xff\x90\0\0"
    )
    content = JP2 + build.box(b"jp2c", stream) if boxed else stream
    found = build.detect(tmp_path, content)
    assert build.values(found, "edit_history") == [{"software": "Created by Example 2"}]
    assert build.values(found, "description") == [{"description": "With Robin"}]


def test_jpeg_2000_xml_address(tmp_path: Path) -> None:
    xml = b"""<CONTENT_DESCRIPTION><PERSON_NAME>Robin Example</PERSON_NAME><LOCATION><ADDRESS>
      <ADDR_COMP TYPE="City">Fairhaven</ADDR_COMP><COUNTRY>XX</COUNTRY></ADDRESS></LOCATION>
      </CONTENT_DESCRIPTION>"""
    found = build.detect(tmp_path, JP2 + build.box(b"xml ", xml))
    assert build.values(found, "place_name") == [{"place": "Fairhaven, XX"}]
    assert build.values(found, "person_name") == [{"name": "Robin Example"}]


def test_entities_in_xml_are_refused(tmp_path: Path) -> None:
    xml = b'<!DOCTYPE a [<!ENTITY x "aaaaaaaa">]><a>&x;</a>'
    assert "XML block" in str(build.detect_damaged(tmp_path, JP2 + build.box(b"xml ", xml)))


def test_label_and_metadata_in_an_association(tmp_path: Path) -> None:
    asoc = build.box(b"asoc", build.box(b"lbl ", b"Robin at sea"), build.box(b"xml ", XMP))
    found = build.detect(tmp_path, JP2 + asoc)
    assert build.values(found, "description") == [{"description": "Robin at sea"}]
    assert build.positions(found) == [("XMP", *HERE)]


def test_colour_profile(tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    colr = build.box(b"colr", b"\2\0\0", profile)
    found = build.detect(tmp_path, JP2 + build.box(b"jp2h", colr))
    assert [finding.evidence["carrier"] for finding in found] == ["ICC"] * len(found)
    cut = JP2 + build.box(b"jp2h", build.box(b"colr", b"\2\0\0", profile[:100]))
    assert "ICC block" in str(build.detect_damaged(tmp_path, cut))


def test_superboxes_without_end(tmp_path: Path) -> None:
    content = b""
    for _ in range(200):
        content = build.box(b"asoc", content)
    assert "damaged" in str(build.detect_damaged(tmp_path, JP2 + content))


def test_a_picture_behind_the_last_box(tmp_path: Path) -> None:
    picture = build.jpeg(build.exif_segment(build.tiff_block()))
    content = build.movie(build.box(b"udta")) + picture
    found = build.detect(tmp_path, content)
    (medium,) = [finding for finding in found if finding.label == "embedded_media"]
    assert medium.spans[0].start == len(content) - len(picture)
    assert build.positions(found) == [("EXIF", *HERE)]


def test_motion_photo_of_a_heic_picture(tmp_path: Path) -> None:
    clip = build.movie(
        build.box(b"udta", build.box(b"\xa9xyz", build.quicktime_text("+10.3400-040.8350/")))
    )
    content = build.heic([(b"Exif", b"", bytes(4) + build.tiff_block())], in_idat=False)
    content += build.box(b"mpvd", clip)
    found = build.detect(tmp_path, content)
    (medium,) = [finding for finding in found if finding.label == "embedded_media"]
    assert medium.evidence["media_type"] == "video/mp4"
    (span,) = medium.spans
    assert content[span.start : span.start + span.size_bytes] == clip
    assert ("QuickTime", 10.34, -40.835) in build.positions(found)


def test_event_messages_are_said_to_be_unread(tmp_path: Path) -> None:
    content = build.movie() + build.full_box(b"emsg", b"urn:example\0")
    assert "event messages" in str(build.detect_damaged(tmp_path, content))


JUMBF_TYPE = b"c2pa" + bytes.fromhex("00110010800000aa00389b71")
MANIFEST = build.box(b"jumb", build.box(b"jumd", JUMBF_TYPE, b"\3c2pa\0"))
C2PA_UUID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")


@pytest.mark.parametrize(
    "content",
    [
        build.movie()
        + build.box(b"uuid", C2PA_UUID, bytes(4), b"manifest\0", bytes(8), MANIFEST),
        JXL + MANIFEST,
        JXL + brob(b"jumb", MANIFEST[8:]),
        build.heic([(b"mime", b"application/c2pa\0", MANIFEST)], in_idat=True),
        b"RIFF" + struct.pack("<I", len(MANIFEST) + 12) + b"WEBPC2PA"
        + struct.pack("<I", len(MANIFEST)) + MANIFEST,
    ],
    ids=["uuid", "JPEG XL", "JPEG XL, Brotli", "HEIF item", "WebP"],
)  # fmt: skip
def test_content_credentials(tmp_path: Path, content: bytes) -> None:
    found = build.detect(tmp_path, content + bytes(len(content) % 2))
    assert {finding.evidence["carrier"] for finding in found} == {"C2PA"}
    assert found[0].evidence["kind"] == "manifest"
