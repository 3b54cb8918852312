"""GIF: comments, texts and the data of applications."""

from __future__ import annotations

from pathlib import Path

import metadata_builders as build
import pytest
import still_builders as still
from PIL import ImageCms

XMP = build.xmp_packet()
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def application(name: bytes, content: bytes) -> bytes:
    return b"\x21\xff\x0b" + name + still.sub_blocks(content)


def test_a_comment_is_a_description_with_its_bytes(tmp_path: Path) -> None:
    text = b"Harbour of Fairhaven, 12.5125 N 34.25 W " + b"x" * 300
    content = still.small_gif(b"\x21\xfe" + still.sub_blocks(text))
    found = build.detect(tmp_path, content)
    (comment,) = [one for one in found if one.label == "description"]
    assert (comment.evidence["carrier"], comment.evidence["field"]) == ("GIF comment", "Comment")
    assert still.bytes_of(comment, content) == text
    assert build.positions(found) == [("GIF comment", build.LATITUDE_DEG, build.LONGITUDE_DEG)]


def test_a_program_in_a_comment_is_edit_history(tmp_path: Path) -> None:
    found = build.detect(
        tmp_path, still.small_gif(b"\x21\xfe" + still.sub_blocks(b"Created with GIMP"))
    )
    assert build.values(found, "edit_history") == [{"software": "Created with GIMP"}]


def test_a_plain_text_block_is_a_description(tmp_path: Path) -> None:
    block = b"\x21\x01\x0c" + bytes(12) + still.sub_blocks(b"words on the picture")
    found = build.detect(tmp_path, still.small_gif(block))
    assert build.values(found, "description") == [{"description": "words on the picture"}]


def test_photoshop_and_iptc_of_imagemagick_are_read(tmp_path: Path) -> None:
    iptc = build.iptc_block((2, 90, b"Fairhaven"))
    for name, content in (
        (b"MGK8BIM0000", build.image_resource(0x0404, iptc)),
        (b"MGKIPTC0000", iptc),
    ):
        found = build.detect(tmp_path, still.small_gif(application(name, content)))
        assert build.values(found, "place_name") == [{"place": "Fairhaven"}]


@pytest.mark.parametrize("name", [b"ICCRGBG1012", b"NETSCAPE2.0", b"ANIMEXTS1.0"])
def test_known_applications_are_no_damage(tmp_path: Path, name: bytes) -> None:
    content = PROFILE if name.startswith(b"ICC") else b"\x01\x00\x00"
    found = build.detect(tmp_path, still.small_gif(application(name, content)))
    assert build.positions(found) == []


def test_packets_cut_into_sub_blocks_are_read(tmp_path: Path) -> None:
    found = build.detect(tmp_path, still.small_gif(application(b"XMP DataXMP", XMP)))
    assert [carrier for carrier, *_ in build.positions(found)] == ["XMP"]


def test_an_unknown_application_is_said(tmp_path: Path) -> None:
    content = still.small_gif(application(b"EXAMPLE 1.0", b"hidden " * 10))
    assert str(build.detect_damaged(tmp_path, content)) == (
        "The GIF extension of this file holds data of an application that is not known here."
    )


@pytest.mark.parametrize("length", [3, 9, 20, 40])
def test_a_cut_file_is_said(tmp_path: Path, length: int) -> None:
    content = still.small_gif(b"\x21\xfe" + still.sub_blocks(b"a comment"))
    content = content[: content.index(b"a comment") + length % 9]
    assert "damaged" in str(build.detect_damaged(tmp_path, content))


def test_endless_extensions_are_bounded(tmp_path: Path) -> None:
    content = still.small_gif(b"\x21\xfe" + b"\x01x" * 300_000 + b"\0", b"\x21\xf9\0" * 300_000)
    assert "far more parts" in str(build.detect_damaged(tmp_path, content))
