"""What holds for whatever is read, and blocks that the fuzzer starts from."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from math import isfinite

import further_leak_cases as further
import leak_cases as leaks
import metadata_builders as build

from screening.detectors.metadata.harvest import Harvest


def check_harvest(harvest: Harvest, content: bytes) -> None:
    """Facts stand inside the file, and positions on Earth; damage is told in sentences."""
    for fact in harvest.facts:
        for span in fact.spans:
            assert 0 <= span.start <= span.start + span.size_bytes <= len(content), fact.tag
        for value in fact.values.values():
            assert isinstance(value, str) or isfinite(value), fact.tag
        if fact.label == "gps_location":
            latitude, longitude = fact.values["latitude_deg"], fact.values["longitude_deg"]
            assert abs(float(latitude)) <= 90, fact.tag
            assert abs(float(longitude)) <= 180, fact.tag
    for sentence in harvest.damage:
        assert sentence.startswith("The ")
        assert sentence.endswith(".")


def block_seeds(reader: str) -> Iterator[bytes]:
    """Blocks of one kind, without the file around them; none for readers of whole files."""
    tiff = leaks.exif_block()[6:]
    blocks = {
        "exif": [tiff, build.camera_block()],
        "tiff": [tiff, build.camera_block()],
        "xmp": [leaks.xmp_packet(), *_packets()],
        "iptc": [_iptc()],
        "icc": [_colour_profile()],
        "jumbf": [_manifest()],
        "mpf": [_multi_picture_index()],
        "gpmf": [further.gopro_sample()],
        "trailer": [leaks.photo("JPEG", exif=leaks.exif_block()), further.samsung_trailer()],
        "trailer_png": [leaks.photo("JPEG", exif=leaks.exif_block()), further.samsung_trailer()],
        "canon_note": [tiff[8:]],
        "nikon_note": [b"Nikon\0\2\x10\0\0" + tiff],
        "panasonic_note": [b"Panasonic\0\0\0" + tiff[8:]],
        "apple_note": [b"Apple iOS\0\0\1MM" + tiff[8:]],
        "raw": [
            b"FUJIFILMCCD-RAW 0201".ljust(84, b"\0") + struct.pack(">II", 148, 64) + bytes(128),
            b"\0MRM" + struct.pack(">I4sI", 16, b"\0TTW", 8) + tiff,
            b"FOVb" + bytes(40),
            b"II\x1a\0\0\0HEAPCCDR" + bytes(40),
        ],
    }
    yield from blocks.get(reader, ())


def _packets() -> Iterator[bytes]:
    yield leaks.xmp_packet(
        'exif:GPSLatitude="10.34" exif:GPSLongitude="-40,50.1" photoshop:City="Fairhaven"'
        ' exif:GPSAltitude="12/1" exif:GPSTimeStamp="2024-05-06T07:08:09Z"'
        ' aux:SerialNumber="EX-1" xmp:CreateDate="2024-05-06" dc:creator="Robin Example"'
    )
    yield leaks.xmp_packet(
        elements="<dc:creator><rdf:Seq><rdf:li>Robin Example</rdf:li></rdf:Seq></dc:creator>"
    )


def _iptc() -> bytes:
    return build.iptc_block(
        (1, 90, b"\x1b%G"), (2, 55, b"20240506"), (2, 60, b"070809+0200"), (2, 80, b"Robin"),
        (2, 90, b"Fairhaven"), (2, 101, b"Nowhere"), (2, 120, b"By the sea"),
    )  # fmt: skip


def _colour_profile() -> bytes:
    text = b"Example Display"
    description = b"desc" + bytes(4) + struct.pack(">I", len(text) + 1) + text + bytes(79)
    tags = struct.pack(">I4sII", 1, b"desc", 144, len(description))
    head = struct.pack(">I", 144 + len(description)).ljust(36, b"\0") + b"acsp"
    return head.ljust(128, b"\0") + tags + description


def _manifest() -> bytes:
    kind = build.box(b"jumd", b"c2pa\0\x11\0\x10\x80\0\0\xaa\0\x38\x9b\x71\x03c2pa\0")
    return build.box(b"jumb", kind, build.box(b"json", b'{"claim_generator":"Example"}'))


def _multi_picture_index() -> bytes:
    index = struct.pack("<2sHIH", b"II", 42, 8, 2) + struct.pack("<HHII", 0xB001, 4, 1, 2)
    index += struct.pack("<HHII", 0xB002, 7, 32, 38) + bytes(4)
    return index + struct.pack("<IIIHH", 0x20030000, 900, 0, 0, 0) * 2
