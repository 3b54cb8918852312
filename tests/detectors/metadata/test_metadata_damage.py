"""Damaged, endless and exploding metadata: said so, and nothing else is lost."""

from __future__ import annotations

import contextlib
import struct
import zlib
from pathlib import Path

import metadata_builders as build
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from screening.errors import DetectorError

TIFF = build.tiff_block()
XMP = build.xmp_packet()
BROKEN_XMP = XMP.replace(b"</rdf:RDF>", b"")
BILLION_LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><x:xmpmeta xmlns:x="adobe:ns:meta/">&b;</x:xmpmeta>"""


def test_the_sentence_names_the_carrier_and_other_carriers_are_read(tmp_path: Path) -> None:
    content = build.jpeg(build.exif_segment(TIFF), build.xmp_segment(BROKEN_XMP))
    error = build.detect_damaged(tmp_path, content)
    assert error.code == "metadata_unreadable"
    assert str(error) == ("The XMP block of this file is damaged and could not be read to its end.")
    assert [carrier for carrier, *_ in build.positions(list(error.findings))] == ["EXIF", "XMP"]


def test_several_damages_are_all_said(tmp_path: Path) -> None:
    content = build.jpeg(
        build.exif_segment(b"II*\0\xff\xff\xff\x7f"), build.xmp_segment(BROKEN_XMP)
    )
    message = str(build.detect_damaged(tmp_path, content))
    assert "The EXIF block" in message
    assert "The XMP block" in message


def test_a_value_behind_the_end_is_not_taken_for_zero(tmp_path: Path) -> None:
    # Pillow writes the GPS values last.
    content = build.jpeg(build.exif_segment(TIFF[:-8]))
    error = build.detect_damaged(tmp_path, content)
    assert error.findings == ()
    assert "The EXIF block of this file is damaged" in str(error)


def test_directories_in_a_circle_are_read_once(tmp_path: Path) -> None:
    entry = struct.pack("<HHI8s", 0x010F, 2, 4, b"Exa\0")[:12]
    circle = b"II*\0" + struct.pack("<IH", 8, 1) + entry + struct.pack("<I", 8)
    assert build.values(build.detect(tmp_path, circle), "device_identity") == [{"make": "Exa"}]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(
            b"II*\0"
            + struct.pack("<IH", 8, 65535)
            + b"\x0f\x01\x02\0\xff\xff\xff\xff\0\0\0\0" * 20,
            id="EXIF with a huge count",
        ),
        pytest.param(
            b"II*\0"
            + struct.pack("<I", 8)
            + b"\2\0\x4a\x01\4\0\xff\xff\xff\x0f\x08\0\0\0" * 50_000,
            id="EXIF with endless directories",
        ),
        pytest.param(BILLION_LAUGHS, id="XMP with entities"),
        pytest.param(b"<x:xmpmeta" + b"<rdf:li>" * 200_000, id="XMP nested without end"),
        pytest.param(
            b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + b"<a/>" * 600_000 + b"</x:xmpmeta>",
            id="XMP with endless elements",
        ),
        pytest.param(
            b"\xff\xd8" + build.exif_segment(TIFF + bytes(65_000)) * 300, id="JPEG without end"
        ),
        pytest.param(
            b"\x89PNG\r\n\x1a\n" + build.png_chunk(b"tEXt", b"k\0v") * 600_000,
            id="PNG without end",
        ),
        pytest.param(
            build.png(
                build.png_chunk(
                    b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(bytes(20_000_000), 9)
                )
            ),
            id="PNG text bomb",
        ),
        pytest.param(
            build.box(b"ftyp", b"isom") + b"\0\0\0\x08free" * 600_000, id="boxes without end"
        ),
        pytest.param(
            build.box(b"ftyp", b"heic") + struct.pack(">I4s", 0xFFFFFFF0, b"meta") + bytes(64),
            id="box longer than the file",
        ),
        pytest.param(
            build.box(b"ftyp", b"heic")
            + build.full_box(
                b"meta",
                build.full_box(
                    b"iinf",
                    struct.pack(">H", 1),
                    build.full_box(b"infe", struct.pack(">HH4s", 1, 0, b"Exif"), b"\0", version=2),
                ),
                build.full_box(b"iloc", b"\x44\0\xff\xff", version=1),
            ),
            id="HEIC item without a place",
        ),
        pytest.param(
            build.jpeg(build.photoshop_segment(b"8BIM\4\4\0\0\x7f\xff\xff\xff")),
            id="Photoshop resource longer than its block",
        ),
        pytest.param(
            build.jpeg(
                build.photoshop_segment(
                    build.image_resource(0x0404, b"\x1c\2\x5a\x88\0" + b"x" * 9)
                )
            ),
            id="IPTC with a huge length",
        ),
        pytest.param(
            build.movie(build.box(b"udta", build.full_box(b"loci", b"\0\0\0"))), id="loci cut"
        ),
        pytest.param(b"II+\0" + bytes(60), id="BigTIFF"),
        pytest.param(
            build.box(b"JXL ", b"\r\n\x87\n") + build.box(b"brob", b"Exif", bytes(20)),
            id="Brotli",
        ),
    ],
)
def test_hostile_structures_are_damage(tmp_path: Path, content: bytes) -> None:
    error = build.detect_damaged(tmp_path, content, max_block_bytes=1 << 20)
    assert error.code == "metadata_unreadable"


def test_deep_xmp_is_read(tmp_path: Path) -> None:
    deep = b"<dc:x>" * 50_000 + b"</dc:x>" * 50_000
    packet = XMP.replace(b"</rdf:Description>", deep + b"</rdf:Description>")
    assert len(build.positions(build.detect(tmp_path, packet))) == 1


def test_blocks_inside_one_another_come_to_an_end(tmp_path: Path) -> None:
    block = b""
    for _ in range(2000):
        resource = build.image_resource(0x0422, block)
        entry = struct.pack("<HHII", 0x8649, 1, len(resource), 26)
        block = b"II*\0" + struct.pack("<IH", 8, 1) + entry + bytes(4) + resource
    assert "far more parts" in str(build.detect_damaged(tmp_path, block))


def test_a_block_over_the_limit_is_not_read(tmp_path: Path) -> None:
    content = build.png(
        build.png_chunk(b"eXIf", TIFF),
        build.png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP + bytes(70_000)),
    )
    error = build.detect_damaged(tmp_path, content, max_block_bytes=65536)
    assert "larger than the limit of 65536 bytes (max_block_bytes)" in str(error)
    assert len(build.positions(list(error.findings))) == 1
    assert len(build.positions(build.detect(tmp_path, content))) == 2


def test_a_broken_maker_note_is_no_damage(tmp_path: Path) -> None:
    block = build.tiff_block(image={271: "Canon"}, exif={0x927C: b"\xff" * 64})
    findings = build.detect(tmp_path, build.jpeg(build.exif_segment(block)))
    assert build.values(findings, "device_identity") == [{"make": "Canon"}]


def test_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(DetectorError, match="could not be opened") as caught:
        build.detector().detect_file(build.media_file(tmp_path / "gone.jpg", "image/jpeg"))
    assert caught.value.code == "metadata_unreadable"


STARTS = [
    b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"8BPS", b"II*\0", b"MM\0*",
    b"RIFF\0\1\0\0WEBP", b"\0\0\0\x0cftypheic", b"\0\0\0\x20moov", b"<x:xmpmeta>",
    b"\xff\xd8\xff\xe1\0\x40Exif\0\0II*\0", b"\xff\xd8\xff\xed\0\x40Photoshop 3.0\0008BIM\4\4",
]  # fmt: skip
WHOLE = [
    build.jpeg(build.exif_segment(build.camera_block()), build.xmp_segment(XMP)),
    build.heic(
        [(b"Exif", b"", bytes(4) + TIFF), (b"mime", b"application/rdf+xml\0", XMP)], in_idat=True
    ),
    build.movie(build.key_list(com_apple_quicktime_location_ISO6709="+12.5-034.2/")),
    build.gif_with_xmp(XMP),
    build.png(build.png_chunk(b"eXIf", TIFF)),
]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.sampled_from(STARTS), rest=st.binary(max_size=400))
def test_nonsense_is_nothing_or_damage(tmp_path: Path, start: bytes, rest: bytes) -> None:
    with contextlib.suppress(DetectorError):
        assert build.positions(build.detect(tmp_path, start + rest)) == []


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.sampled_from(WHOLE),
    changes=st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), min_size=1, max_size=12),
)
def test_changed_bytes_never_crash(
    tmp_path: Path, content: bytes, changes: list[tuple[float, int]]
) -> None:
    changed = bytearray(content)
    for place, value in changes:
        changed[int(place * len(changed))] = value
    try:
        findings = build.detect(tmp_path, bytes(changed))
    except DetectorError as error:
        findings = list(error.findings)
    for _, latitude, longitude in build.positions(findings):
        assert -90 <= latitude <= 90
        assert -180 <= longitude <= 180
