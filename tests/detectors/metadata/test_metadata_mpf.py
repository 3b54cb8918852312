"""Further pictures of a multi-picture file are noted with their exact bytes."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import metadata_builders as build
import pytest
import still_builders as still

from screening.detectors.metadata.harvest import Harvest
from screening.detectors.metadata.reading import read_metadata
from screening.detectors.metadata.source import Source

OTHER = still.located_jpeg()
GAIN_MAP = still.small_jpeg(
    "grey",
    build.xmp_segment(
        build.xmp_packet('xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1"')
    ),
)


def harvest_of(content: bytes) -> Harvest:
    return read_metadata(Source(io.BytesIO(content), 16 * 1024**2))


@pytest.mark.parametrize("order", [">", "<"])
@pytest.mark.parametrize(
    ("picture_type", "picture", "kind"),
    [
        (0x020001, OTHER, "panorama"),
        (0x020002, OTHER, "disparity"),
        (0x020003, OTHER, "multi-angle"),
        (0x000000, OTHER, "undefined"),
        (0x000000, GAIN_MAP, "gain map"),
        (0x999999, OTHER, "other"),
    ],
)
def test_a_picture_is_found_with_its_bytes(
    tmp_path: Path, order: str, picture_type: int, picture: bytes, kind: str
) -> None:
    content = still.multi_picture((picture_type, picture), order=order)
    (found,) = still.embedded(build.detect(tmp_path, content))
    assert found.evidence["carrier"] == "MPF"
    assert found.evidence["kind"] == kind
    assert found.evidence["media_type"] == "image/jpeg"
    assert still.bytes_of(found, content) == picture


def test_a_picture_of_its_own_has_its_metadata_read(tmp_path: Path) -> None:
    found = build.detect(tmp_path, still.multi_picture((0x020003, OTHER)))
    (place,) = [one for one in found if one.label == "gps_location"]
    assert place.evidence["inside"] == "MPF"


def test_a_large_thumbnail_is_a_preview() -> None:
    content = still.multi_picture((0x010001, OTHER), (0x010002, still.small_jpeg()))
    harvest = harvest_of(content)
    assert [one.name for one in harvest.previews] == ["MPF preview", "MPF preview"]
    assert not [fact for fact in harvest.facts if fact.label == "embedded_media"]


def test_nothing_is_reported_twice_and_the_rest_behind_it_is_found(tmp_path: Path) -> None:
    movie = still.located_movie()
    content = still.multi_picture((0x020003, OTHER), (0x010001, GAIN_MAP)) + movie
    found = still.embedded(build.detect(tmp_path, content))
    assert [still.bytes_of(one, content) for one in found] == [OTHER, movie]


def test_an_index_without_its_pictures_is_nothing(tmp_path: Path) -> None:
    content = still.multi_picture((0x020003, OTHER))
    assert build.detect(tmp_path, content[: -len(OTHER)]) == []


def test_an_index_that_points_elsewhere_hides_nothing(tmp_path: Path) -> None:
    content = still.multi_picture((0x020003, OTHER))
    moved = content[: -len(OTHER)] + bytes(7) + OTHER
    (found,) = still.embedded(build.detect(tmp_path, moved))
    assert found.evidence["carrier"] == "data after the end"
    assert still.bytes_of(found, moved) == OTHER


def test_a_cut_picture_is_noted_as_far_as_it_goes(tmp_path: Path) -> None:
    content = still.multi_picture((0x020003, OTHER))[:-20]
    error = build.detect_damaged(tmp_path, content)
    (found,) = still.embedded(error.findings)
    assert still.bytes_of(found, content) == OTHER[:-20]


@pytest.mark.parametrize(
    "index",
    [
        b"MM\0*",
        b"XX\0*" + bytes(20),
        b"MM\0*" + struct.pack(">IH", 8, 9),
        b"MM\0*" + struct.pack(">IHHHII", 8, 1, 0xB002, 7, 32, 0xFFFFFF),
    ],
)
def test_a_damaged_index_is_said(tmp_path: Path, index: bytes) -> None:
    error = build.detect_damaged(tmp_path, build.jpeg(build.segment(0xE2, b"MPF\0" + index)))
    assert str(error).startswith("The MPF index of this file is damaged")


def test_pictures_that_hold_themselves_are_bounded() -> None:
    # Every picture of the index starts in front of the index itself.
    plain = build.jpeg()
    entries = b"".join(struct.pack(">4I", 0x020003, 0xFFFFFF, 0xFFFFFFFF, 0) for _ in range(200))
    index = b"MM\0*" + struct.pack(">IHHHIII", 8, 1, 0xB002, 7, len(entries), 26, 0) + entries
    segment = build.segment(0xE2, b"MPF\0" + index)
    inner = plain[:2] + segment + plain[2:]
    around = struct.pack(">4I", 0x020003, 0xFFFFFF, len(segment) + len(plain) - 8, 0) * 200
    content = inner.replace(entries, around) * 3
    harvest = harvest_of(content)
    assert harvest.damage or len(harvest.facts) < 1100
