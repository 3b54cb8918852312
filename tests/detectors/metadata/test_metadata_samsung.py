"""The trailer of Samsung phones: videos, pictures, times and texts, and what lies between."""

from __future__ import annotations

import struct
from pathlib import Path

import metadata_builders as build
import pytest
import still_builders as still

PICTURE = build.jpeg()
MOVIE = still.located_movie()
NOISE = still.noise(400)


def test_a_motion_photo_is_found_with_its_bytes(tmp_path: Path) -> None:
    content = PICTURE + still.samsung_trailer(
        (0x0A01, b"Image_UTC_Data", b"1715065689123"),
        (0x0AA1, b"MCC_Data", b"901"),
        (0x0A30, b"MotionPhoto_Data", MOVIE),
    )
    found = build.detect(tmp_path, content)
    (video,) = still.embedded(found)
    assert video.evidence["carrier"] == "Samsung trailer"
    assert video.evidence["field"] == "MotionPhoto_Data"
    assert video.evidence["media_type"] == "video/mp4"
    assert still.bytes_of(video, content) == MOVIE
    assert build.values(found, "capture_time") == [{"time": "2024-05-07T07:08:09+00:00"}]
    assert build.values(found, "place_name") == [{"place": "mobile country code 901"}]
    assert [place[1:] for place in build.positions(found)] == [
        (build.LATITUDE_DEG, build.LONGITUDE_DEG)
    ]


@pytest.mark.parametrize("kind", [0x0001, 0x0A20, 0x7777])
def test_a_second_picture_is_found_under_any_number(tmp_path: Path, kind: int) -> None:
    other = still.located_jpeg()
    content = PICTURE + still.samsung_trailer((kind, b"DualShot_1", other))
    (found,) = still.embedded(build.detect(tmp_path, content))
    assert still.bytes_of(found, content) == other


def test_a_text_is_a_description_and_its_name_is_not_told(tmp_path: Path) -> None:
    content = PICTURE + still.samsung_trailer((0x0BA0, b"Robin_Name", b"edited in Fairhaven"))
    found = build.detect(tmp_path, content)
    assert still.carried(found, "description") == [("Samsung trailer", "other block")]
    assert "Robin" not in str([finding.evidence for finding in found])


def test_an_unknown_block_is_searched_and_reported(tmp_path: Path) -> None:
    other = still.located_jpeg()
    content = PICTURE + still.samsung_trailer((0x0830, b"1.pre", NOISE + other))
    found = still.embedded(build.detect(tmp_path, content))
    assert [still.bytes_of(one, content) for one in found] == [NOISE, other]


def test_bytes_between_blocks_are_reported(tmp_path: Path) -> None:
    trailer = still.samsung_trailer((0x0A01, b"Image_UTC_Data", b"1715065689123"))
    at = trailer.index(b"SEFH")
    (back,) = struct.unpack_from("<I", trailer, at + 16)
    moved = struct.pack("<I", back + len(NOISE))
    trailer = trailer[:at] + NOISE + trailer[at : at + 16] + moved + trailer[at + 20 :]
    content = PICTURE + trailer
    (found,) = still.embedded(build.detect(tmp_path, content))
    assert still.bytes_of(found, content) == NOISE


def test_a_block_of_sound_may_follow_the_directory(tmp_path: Path) -> None:
    trailer = still.samsung_trailer((0x0A30, b"MotionPhoto_Data", MOVIE))
    sound = b"QDIO" + struct.pack("<IIII", 101, 1, 0, 0) + struct.pack("<I", 20) + b"QDIO"
    content = PICTURE + trailer + sound + b"BS"
    (found,) = still.embedded(build.detect(tmp_path, content))
    assert still.bytes_of(found, content) == MOVIE


@pytest.mark.parametrize("field", [8, 16, 20], ids=["count", "distance", "size"])
def test_a_damaged_directory_is_said_and_its_blocks_are_searched(
    tmp_path: Path, field: int
) -> None:
    trailer = still.samsung_trailer((0x0A30, b"MotionPhoto_Data", MOVIE))
    at = trailer.index(b"SEFH") + field
    content = PICTURE + trailer[:at] + b"\xff\xff\xff\x7f" + trailer[at + 4 :]
    error = build.detect_damaged(tmp_path, content)
    assert "trailer of this file is damaged" in str(error)
    assert MOVIE in [still.bytes_of(one, content) for one in still.embedded(list(error.findings))]


def test_an_empty_directory_is_nothing(tmp_path: Path) -> None:
    assert build.detect(tmp_path, PICTURE + still.samsung_trailer()) == []
