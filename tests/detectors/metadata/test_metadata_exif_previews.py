"""Previews in TIFF structures: all handed over, none invented, cut ones said."""

from __future__ import annotations

import io

import exif_builders as exif
import numpy as np
import pytest
from exif_builders import Blob, Short, harvest_of, small_jpeg, tiff
from PIL import Image

from screening.detectors.metadata.reading import read_metadata
from screening.detectors.metadata.source import Source

JPEG = small_jpeg()


def previews(content: bytes) -> list[tuple[str, bytes]]:
    """Name and bytes of every preview."""
    found = harvest_of(content).previews
    return [(one.name, one.source.read_up_to(0, one.source.size)) for one in found]


def thumbnail(content: bytes = JPEG, **changes: object) -> dict[int, object]:
    """A directory with a thumbnail; `length` and `offset` may be wrong."""
    return {
        0x0103: Short((6,)),
        0x0201: changes.get("offset", Blob(content)),
        0x0202: changes.get("length", len(content)),
    }


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("big", [False, True], ids=["TIFF", "BigTIFF"])
def test_exif_thumbnail(order: str, *, big: bool) -> None:
    block = tiff({0x010F: "Example"}, thumbnail(), order=order, big=big)
    assert previews(block) == [("EXIF thumbnail", JPEG)]


def test_the_bytes_of_a_preview_are_those_of_the_file() -> None:
    block = tiff({0x010F: "Example"}, thumbnail())
    (preview,) = harvest_of(block).previews
    (span,) = preview.source.spans()
    assert block[span.start : span.start + span.size_bytes] == JPEG


def test_metadata_of_a_thumbnail_is_read() -> None:
    inner = tiff({0x013B: "Kim Example"})
    segment = b"\xff\xe1" + (len(inner) + 8).to_bytes(2, "big") + b"Exif\0\0" + inner
    block = tiff({0x013B: "Robin Example"}, thumbnail(JPEG[:2] + segment + JPEG[2:]))
    facts = [fact for fact in harvest_of(block).facts if fact.label == "person_name"]
    assert [(fact.values["name"], fact.inside) for fact in facts] == [
        ("Robin Example", ()),
        ("Kim Example", ("EXIF thumbnail",)),
    ]


@pytest.mark.parametrize(
    "changes",
    [{"length": 0}, {"offset": 0}, {"length": 40, "offset": Blob(bytes(40))}],
    ids=["no length", "no offset", "zeros"],
)
def test_an_empty_thumbnail_is_none(changes: dict[str, object]) -> None:
    block = tiff({0x010F: "Example"}, thumbnail(**changes))
    assert previews(block) == []
    assert harvest_of(block).damage == ()


@pytest.mark.parametrize("changes", [{"length": 90_000}, {"offset": 90_000}, {"length": 2**32 - 1}])
def test_a_cut_thumbnail_is_said(changes: dict[str, object]) -> None:
    block = tiff({0x010F: "Example"}, thumbnail(**changes))
    assert previews(block) == []
    assert harvest_of(block).damage == (
        "The EXIF thumbnail of this file is damaged and could not be read to its end.",
    )


def strip(content: bytes, *, compression: int, **tags: object) -> dict[int, object]:
    return {
        0x0100: 16, 0x0101: 12, 0x0103: Short((compression,)), 0x0111: Blob(content),
        0x0117: len(content), **{int(tag[1:], 16): value for tag, value in tags.items()},
    }  # fmt: skip


@pytest.mark.parametrize(
    "block",
    [
        pytest.param(tiff({exif.SUB_IFDS: strip(JPEG, compression=7, t00FE=1)}), id="DNG preview"),
        pytest.param(tiff({exif.SUB_IFDS: strip(JPEG, compression=6)}), id="directory inside"),
        pytest.param(tiff(strip(JPEG, compression=6)), id="CR2"),
        pytest.param(tiff({exif.SUB_IFDS: thumbnail()}), id="NEF"),
    ],
)
def test_raw_previews(block: bytes) -> None:
    assert previews(block) == [("TIFF preview", JPEG)]


def test_a_cut_raw_preview_is_said() -> None:
    block = tiff(strip(JPEG, compression=7, t00FE=1))
    assert "TIFF preview" in harvest_of(block[:-40]).damage[0]


def test_shared_tables_are_put_in_front() -> None:
    quantisation = JPEG.index(b"\xff\xdb")
    frame = JPEG.index(b"\xff\xc0")
    tables = b"\xff\xd8" + JPEG[quantisation:frame] + b"\xff\xd9"
    short = b"\xff\xd8" + JPEG[frame:]
    block = tiff({exif.SUB_IFDS: strip(short, compression=7, t00FE=1, t015B=tables)})
    ((_, whole),) = previews(block)
    assert Image.open(io.BytesIO(whole)).convert("RGB").getpixel((4, 4))[0] > 200


def test_raw_pixels_in_lossless_jpeg_are_no_preview() -> None:
    lossless = JPEG.replace(b"\xff\xc0", b"\xff\xc3", 1)
    assert previews(tiff({exif.SUB_IFDS: strip(lossless, compression=6)})) == []


def plain(colour: tuple[int, int, int], **tags: object) -> dict[int, object]:
    pixels = bytes(colour) * 16 * 12
    return strip(
        pixels, compression=1, t0102=Short((8, 8, 8)), t0106=Short((2,)), t0115=Short((3,)), **tags
    )


@pytest.mark.parametrize(
    "block",
    [
        pytest.param(tiff({0x010F: "Example"}, plain((200, 100, 50))), id="EXIF"),
        pytest.param(tiff({exif.SUB_IFDS: plain((200, 100, 50), t00FE=1)}), id="NEF"),
        pytest.param(tiff(plain((200, 100, 50), t00FE=1), order=">"), id="DNG"),
    ],
)
def test_uncompressed_thumbnails_become_files(block: bytes) -> None:
    ((_, whole),) = previews(block)
    picture = np.asarray(Image.open(io.BytesIO(whole)).convert("RGB"))
    assert picture.shape == (12, 16, 3)
    assert (picture == (200, 100, 50)).all()


def test_pages_are_no_thumbnails() -> None:
    page = plain((200, 100, 50))
    assert previews(tiff(page, page)) == []
    assert previews(tiff(strip(JPEG, compression=7), strip(JPEG, compression=7))) == []


def test_a_long_preview_is_not_copied() -> None:
    long = JPEG + bytes(300_000)
    block = tiff({0x010F: "Example"}, thumbnail(long))
    # A copy would be over this limit of a single read.
    harvest = read_metadata(Source(io.BytesIO(block), 65536))
    (preview,) = harvest.previews
    assert preview.source.size == len(long)


def test_panasonic_raw() -> None:
    block = tiff({0x002E: JPEG}, magic=b"U\0")
    assert previews(block) == [("JpgFromRaw", JPEG)]
    assert previews(tiff({0x002E: JPEG})) == []
