"""Photoshop image resources: thumbnails, links, captions and the blocks of other standards."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import metadata_builders as build
import pytest
import still_builders as still
from PIL import Image

from screening.detectors.metadata.reading import read_metadata
from screening.detectors.metadata.source import Source


def with_resource(number: int, content: bytes) -> bytes:
    return build.jpeg(build.photoshop_segment(build.image_resource(number, content)))


def unicode_text(text: str) -> bytes:
    return struct.pack(">I", len(text)) + text.encode("utf-16-be")


def thumbnail(coding: int, picture: bytes, sides: tuple[int, int] = (32, 24)) -> bytes:
    row_bytes = (sides[0] * 3 + 3) // 4 * 4
    sizes = (row_bytes * sides[1], len(picture))
    return struct.pack(">6IHH", coding, *sides, row_bytes, *sizes, 24, 1) + picture


@pytest.mark.parametrize("number", [0x0409, 0x040C])
def test_a_thumbnail_is_a_preview_whose_metadata_is_read(tmp_path: Path, number: int) -> None:
    picture = still.located_jpeg()
    content = with_resource(number, thumbnail(1, picture))
    harvest = read_metadata(Source(io.BytesIO(content), 16 * 1024**2))
    (preview,) = harvest.previews
    assert preview.name == "Photoshop thumbnail"
    assert preview.source.read_all()[: len(picture)] == picture
    (place,) = [one for one in build.detect(tmp_path, content) if one.label == "gps_location"]
    assert place.evidence["inside"] == "Photoshop thumbnail"


def test_a_raw_thumbnail_becomes_a_picture() -> None:
    rows = b"".join(bytes([10, 20, 30]) * 3 + bytes(3) for _ in range(2))
    content = with_resource(0x040C, thumbnail(0, rows, (3, 2)))
    harvest = read_metadata(Source(io.BytesIO(content), 16 * 1024**2))
    picture = Image.open(io.BytesIO(harvest.previews[0].source.read_all()))
    assert picture.size == (3, 2)
    assert picture.getpixel((2, 1)) == (10, 20, 30)


@pytest.mark.parametrize(
    ("number", "content", "field", "text"),
    [
        (0x040B, b"http://fairhaven.example/", "URL", "http://fairhaven.example/"),
        (
            0x041E,
            struct.pack(">I", 1) + bytes(8) + unicode_text("http://one.example/"),
            "URL",
            "http://one.example/",
        ),
        (0x03F0, b"\x0ba day a sea", "Caption", "a day a sea"),
    ],
)
def test_texts_are_descriptions(
    tmp_path: Path, number: int, content: bytes, field: str, text: str
) -> None:
    found = build.detect(tmp_path, with_resource(number, content))
    assert still.carried(found, "description") == [("Photoshop", field)]
    assert build.values(found, "description") == [{"description": text}]


def test_program_and_document_name_are_edit_history(tmp_path: Path) -> None:
    versions = struct.pack(">IB", 1, 1) + unicode_text("Example Shop") + unicode_text("Shop 3")
    found = build.detect(tmp_path, with_resource(0x0421, versions + struct.pack(">I", 1)))
    assert build.values(found, "edit_history") == [{"software": "Shop 3"}]
    slices = struct.pack(">5I", 6, 0, 0, 9, 9) + unicode_text("Robin at the sea")
    found = build.detect(tmp_path, with_resource(0x041A, slices))
    assert build.values(found, "edit_history") == [{"file_path": "Robin at the sea"}]


@pytest.mark.parametrize("number", [0x0409, 0x041E, 0x0421])
def test_a_cut_resource_is_said_and_the_next_one_is_read(tmp_path: Path, number: int) -> None:
    place = build.image_resource(0x0404, build.iptc_block((2, 90, b"Fairhaven")))
    resources = build.image_resource(number, b"\0\0\0\1\0\0") + place
    error = build.detect_damaged(tmp_path, build.jpeg(build.photoshop_segment(resources)))
    assert "The Photoshop block of this file is damaged" in str(error)
    assert build.values(list(error.findings), "place_name") == [{"place": "Fairhaven"}]


def test_an_endless_list_of_links_is_bounded(tmp_path: Path) -> None:
    links = struct.pack(">I", 0xFFFFFFFF) + (bytes(8) + struct.pack(">I", 0)) * 5000
    assert "damaged" in str(build.detect_damaged(tmp_path, with_resource(0x041E, links)))
