"""What IPTC-IIM says, dataset by dataset."""

from __future__ import annotations

import struct

import block_builders as block
import metadata_builders as build
import pytest
from block_builders import read, values

from screening.detectors.metadata.harvest import BlockKind
from screening.detectors.metadata.packets.iptc import MAX_DATASETS

EVERYTHING = build.iptc_block(
    (1, 90, b"\x1b%G"),
    (1, 100, b"EX:1"),
    (2, 5, b"pier"),
    (2, 25, b"boats"),
    (2, 25, b"sea"),
    (2, 27, b"Oldport"),
    (2, 65, b"Example Desk"),
    (2, 70, b"5"),
    (2, 80, b"Robin Example"),
    (2, 90, b"Fairhaven"),
    (2, 92, b"Pier 3"),
    (2, 100, b"NWH"),
    (2, 116, "© Kim Example".encode()),
    (2, 118, b"kim@fairhaven.example"),
    (2, 120, b"moved from /Users/robin/desk/a.jpg"),
)


def test_every_dataset_of_interest_is_told_with_its_bytes() -> None:
    harvest = read(BlockKind.IPTC, EVERYTHING)
    assert values(harvest, "place_name") == [
        ("Sublocation", {"place": "Pier 3, Fairhaven, NWH"}),
        ("ContentLocationName", {"place": "Oldport"}),
    ]
    assert values(harvest, "person_name") == [
        ("By-line", {"name": "Robin Example"}),
        ("Contact", {"name": "kim@fairhaven.example"}),
        ("CopyrightNotice", {"name": "© Kim Example"}),
        ("Caption-Abstract", {"name": "robin"}),
    ]
    assert values(harvest, "edit_history") == [
        ("OriginatingProgram", {"software": "Example Desk 5"}),
        ("UniqueObjectName", {"document_id": "EX:1"}),
        ("Caption-Abstract", {"file_path": "/Users/robin/desk/a.jpg"}),
    ]
    assert ("Keywords", {"description": "boats, sea"}) in values(harvest, "description")
    place = block.first(harvest, "place_name")
    assert block.evidence(EVERYTHING, place) == [b"Pier 3", b"Fairhaven", b"NWH"]
    assert harvest.damage == ()


@pytest.mark.parametrize(
    ("announced", "raw", "expected"),
    [
        pytest.param(b"", "Fäirhaven".encode("latin-1"), "Fäirhaven", id="Latin"),
        pytest.param(b"", "Fäirhaven".encode(), "Fäirhaven", id="UTF-8 unannounced"),
        pytest.param(b"\x1b%G", "Fäirhaven".encode("latin-1"), "Fäirhaven", id="announced wrongly"),
        pytest.param(b"", b"Fair\0haven", "Fair haven", id="NUL hides nothing"),
    ],
)
def test_character_sets(announced: bytes, raw: bytes, expected: str) -> None:
    content = build.iptc_block((1, 90, announced), (2, 90, raw))
    assert values(read(BlockKind.IPTC, content), "place_name") == [("City", {"place": expected})]


def test_an_extended_dataset_and_words_in_the_other_order_are_read() -> None:
    extended = b"\x1c\x02\x5a\x80\x04" + struct.pack(">I", 9) + b"Fairhaven"
    assert len(values(read(BlockKind.IPTC, extended), "place_name")) == 1
    padded = extended + bytes(-len(extended) % 4)
    swapped = b"".join(padded[at : at + 4][::-1] for at in range(0, len(padded), 4))
    assert len(values(read(BlockKind.IPTC, swapped), "place_name")) == 1


def test_what_stands_before_the_damage_and_the_cut_text_are_told() -> None:
    harvest = read(BlockKind.IPTC, EVERYTHING[:-10])
    assert "The IPTC block of this file is damaged" in harvest.damage[0]
    assert len(values(harvest, "place_name")) == 2
    assert any(name == "Caption-Abstract" for name, _ in values(harvest, "description"))


def test_a_preview_is_queued_and_its_metadata_read() -> None:
    picture = build.jpeg(build.exif_segment(build.tiff_block()))
    content = build.iptc_block((2, 202, picture[:30000]))
    harvest = read(BlockKind.IPTC, content)
    assert [preview.name for preview in harvest.previews] == ["IPTC preview"]
    assert block.first(harvest, "gps_location").inside == ("IPTC preview",)


def test_endless_datasets_are_said() -> None:
    harvest = read(BlockKind.IPTC, build.iptc_block((2, 80, b"a")) * (MAX_DATASETS + 1))
    assert "far more parts" in harvest.damage[0]
