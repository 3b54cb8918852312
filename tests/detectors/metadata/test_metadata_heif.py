"""Items of HEIF files: packed, cut from others, in circles, without end."""

from __future__ import annotations

import gzip
import struct
import zlib
from pathlib import Path

import metadata_builders as build
import pytest

XMP = build.xmp_packet()
HERE = (build.LATITUDE_DEG, build.LONGITUDE_DEG)
MIME = b"application/rdf+xml\0"


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        (b"deflate", zlib.compress(XMP)),
        (b"gzip", gzip.compress(XMP)),
        (b"compress_zlib", zlib.compress(XMP)),
    ],
    ids=["deflate", "gzip", "zlib"],
)
def test_packed_xmp(tmp_path: Path, encoding: bytes, packed: bytes) -> None:
    content = build.heic([(b"mime", MIME + encoding + b"\0", packed)], in_idat=True)
    assert build.positions(build.detect(tmp_path, content)) == [("XMP", *HERE)]


@pytest.mark.parametrize(
    ("encoding", "packed", "reason"),
    [
        (b"deflate", zlib.compress(bytes(64 * 1024**2)), "unfolds to more"),
        (b"deflate", zlib.compress(XMP)[:-9], "damaged"),
        (b"br", b"\0\1\2\3", "compressed in a way"),
    ],
    ids=["bomb", "cut", "unknown"],
)
def test_what_cannot_be_unpacked_is_said(
    tmp_path: Path, encoding: bytes, packed: bytes, reason: str
) -> None:
    content = build.heic([(b"mime", MIME + encoding + b"\0", packed)], in_idat=True)
    assert reason in str(build.detect_damaged(tmp_path, content))


def heic_with_cut_items(exif: bytes, references: list[tuple[int, int]]) -> bytes:
    """Item 1 lies in idat; items 2 and up are cut from the item they refer to."""
    count = 1 + len(references)
    infos = [
        build.full_box(
            b"infe", struct.pack(">HH4s", number, 0, b"Exif" if number == 2 else b"data"),
            b"\0", version=2,
        )
        for number in range(1, count + 1)
    ]  # fmt: skip
    iinf = build.full_box(b"iinf", struct.pack(">H", count), *infos)
    rows = [struct.pack(">HHHHII", 1, 1, 0, 1, 0, len(exif) + 8)]
    rows += [struct.pack(">HHHHII", n, 2, 0, 1, 8, len(exif)) for n, _ in references]
    iloc = build.full_box(b"iloc", struct.pack(">HH", 0x4400, count), *rows, version=1)
    pairs = [build.box(b"iloc", struct.pack(">HHH", n, 1, other)) for n, other in references]
    iref = build.full_box(b"iref", *pairs)
    idat = build.box(b"idat", bytes(8), exif)
    ftyp = build.box(b"ftyp", b"heic", bytes(4), b"mif1heic")
    return ftyp + build.full_box(b"meta", iinf, iloc, iref, idat)


def test_item_cut_from_another(tmp_path: Path) -> None:
    exif = bytes(4) + build.tiff_block()
    content = heic_with_cut_items(exif, [(2, 1)])
    found = build.detect(tmp_path, content)
    assert build.positions(found) == [("EXIF", *HERE)]


def test_items_cut_from_one_another(tmp_path: Path) -> None:
    content = heic_with_cut_items(bytes(4) + build.tiff_block(), [(2, 3), (3, 2)])
    assert "EXIF block" in str(build.detect_damaged(tmp_path, content))


def test_extents_that_take_no_bytes_have_an_end(tmp_path: Path) -> None:
    infe = build.full_box(b"infe", struct.pack(">HH4s", 1, 0, b"Exif"), b"\0", version=2)
    iinf = build.full_box(b"iinf", struct.pack(">H", 1), infe)
    row = struct.pack(">HHH", 1, 0, 0xFFFF)
    iloc = build.full_box(b"iloc", struct.pack(">HH", 0, 0xFFFF), row * 0xFFFF)
    content = build.box(b"ftyp", b"heic", bytes(4)) + build.full_box(b"meta", iinf, iloc)
    assert "far more parts" in str(build.detect_damaged(tmp_path, content))


def test_user_description(tmp_path: Path) -> None:
    udes = build.full_box(b"udes", b"en\0", b"Pier\0", b"Robin at the pier\0", b"sea\0")
    iprp = build.box(b"iprp", build.box(b"ipco", udes))
    content = build.box(b"ftyp", b"heic", bytes(4)) + build.full_box(b"meta", iprp)
    found = build.values(build.detect(tmp_path, content), "description")
    assert [value["description"] for value in found] == ["Pier", "Robin at the pier", "sea"]


def test_items_of_unknown_kinds_are_said_to_be_unread(tmp_path: Path) -> None:
    content = build.heic([(b"mime", b"application/x-example\0", b"secret")], in_idat=True)
    assert "not read here" in str(build.detect_damaged(tmp_path, content))
    other = build.heic([(b"mime", b"image/jpeg\0", b"\xff\xd8")], in_idat=True)
    assert build.detect(tmp_path, other) == []
