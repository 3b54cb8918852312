"""A position is found wherever a container can hide it."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import metadata_builders as build
import pytest
from PIL import Image

TIFF = build.tiff_block()
XMP = build.xmp_packet()
EXIF_ITEM = (b"Exif", b"", bytes(4) + TIFF)
XMP_ITEM = (b"mime", b"application/rdf+xml\0", XMP)
LOCATION = "+12.5125-034.2500/"


def tiff_with(tag: int, content: bytes) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (8, 8)).save(stream, "TIFF", tiffinfo={tag: content})
    return stream.getvalue()


def webp_with(**options: bytes) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (8, 8)).save(stream, "WEBP", **options)
    return stream.getvalue()


def extended_xmp() -> list[bytes]:
    """A main packet without a position, and one with it in two extension segments."""
    half = len(XMP) // 2
    start = b"http://ns.adobe.com/xmp/extension/\0" + b"A" * 32
    parts = [(half, XMP[half:]), (0, XMP[:half])]
    return [
        build.xmp_segment(build.xmp_packet('photoshop:Urgency="1"')),
        *(
            build.segment(0xE1, start + struct.pack(">II", len(XMP), offset) + content)
            for offset, content in parts
        ),
    ]


def canon_cr3() -> bytes:
    gps_first = bytearray(b"MM\0*" + struct.pack(">I", 8))
    entries = [
        struct.pack(">HHI4s", 1, 2, 2, b"N\0"),
        struct.pack(">HHII", 2, 5, 3, 62),
        struct.pack(">HHI4s", 3, 2, 2, b"W\0"),
        struct.pack(">HHII", 4, 5, 3, 86),
    ]
    gps_first += struct.pack(">H", len(entries)) + b"".join(entries) + bytes(4)
    gps_first += struct.pack(">12I", 12, 1, 30, 1, 45, 1, 34, 1, 15, 1, 0, 1)
    canon = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
    return build.movie(build.box(b"uuid", canon, build.box(b"CMT4", bytes(gps_first))))


EXIF_FILES = {
    "jpeg": build.jpeg(build.exif_segment(TIFF)),
    "jpeg, second EXIF segment": build.jpeg(
        build.segment(0xEE, b"Adobe\0d" + bytes(6)),
        build.exif_segment(build.tiff_block(gps={})),
        build.segment(0xFE, b"comment"),
        build.exif_segment(TIFF),
    ),
    "jpeg, behind the coded data": build.jpeg(after_scan=build.exif_segment(TIFF)),
    "jpeg, EXIF over two segments": build.jpeg(
        build.exif_segment(TIFF[:40]), build.exif_segment(TIFF[40:])
    ),
    "jpeg, Photoshop resource": build.jpeg(
        build.photoshop_segment(build.image_resource(0x0422, TIFF))
    ),
    "exv": b"\xff\x01Exiv2" + build.exif_segment(TIFF) + b"\xff\xd9",
    "tiff": TIFF,
    "png eXIf": build.png(build.png_chunk(b"eXIf", TIFF)),
    "png zTXt profile": build.png(
        build.png_chunk(
            b"zTXt",
            b"Raw profile type exif\0\0"
            + zlib.compress(build.raw_profile(b"exif", b"Exif\0\0" + TIFF)),
        )
    ),
    "png tEXt profile": build.png(
        build.png_chunk(
            b"tEXt",
            b"Raw profile type APP1\0" + build.raw_profile(b"generic", b"Exif\0\0" + TIFF),
        )
    ),
    "webp": webp_with(exif=b"Exif\0\0" + TIFF),
    "heic": build.heic([EXIF_ITEM], in_idat=False),
    "heic, idat": build.heic([EXIF_ITEM], in_idat=True),
    "heic, distance to the header": build.heic(
        [(b"Exif", b"", struct.pack(">I", 6) + b"Exif\0\0" + TIFF)], in_idat=True
    ),
    "cr3": canon_cr3(),
    "jpeg xl": build.box(b"JXL ", b"\r\n\x87\n") + build.box(b"Exif", bytes(4), TIFF),
    "jpeg 2000": build.box(b"jP  ", b"\r\n\x87\n")
    + build.box(b"uuid", bytes.fromhex("4a706754696666457869662d3e4a5032"), TIFF),
}

XMP_FILES = {
    "jpeg": build.jpeg(build.xmp_segment(XMP)),
    "jpeg, extended": build.jpeg(*extended_xmp()),
    "jpeg, Photoshop resource": build.jpeg(
        build.photoshop_segment(build.image_resource(0x0424, XMP))
    ),
    "png iTXt": build.png(build.png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP)),
    "png iTXt, compressed": build.png(
        build.png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(XMP))
    ),
    "png profile": build.png(
        build.png_chunk(b"tEXt", b"Raw profile type xmp\0" + build.raw_profile(b"xmp", XMP))
    ),
    "webp": webp_with(xmp=XMP),
    "gif": build.gif_with_xmp(XMP),
    "tiff": tiff_with(700, XMP),
    "heic": build.heic([XMP_ITEM], in_idat=False),
    "heic, idat": build.heic([XMP_ITEM], in_idat=True),
    "mp4 uuid": build.movie() + build.box(b"uuid", build.XMP_UUID, XMP),
    "mov udta": build.movie(build.box(b"udta", build.box(b"XMP_", XMP))),
    "jpeg 2000": build.box(b"jP  ", b"\r\n\x87\n") + build.box(b"uuid", build.XMP_UUID, XMP),
    "jpeg xl": build.box(b"JXL ", b"\r\n\x87\n") + build.box(b"xml ", XMP),
    "avi": build.riff(b"AVI ", (b"_PMX", XMP)),
    "psd": b"8BPS"
    + bytes(22)
    + struct.pack(">II", 0, len(build.image_resource(0x0424, XMP)))
    + build.image_resource(0x0424, XMP)
    + struct.pack(">IH", 0, 0),
    "sidecar": XMP,
    "sidecar, UTF-16": XMP.decode().encode("utf-16"),
}

QUICKTIME_FILES = {
    "udta xyz": build.movie(
        build.box(b"udta", build.box(b"\xa9xyz", build.quicktime_text(LOCATION)))
    ),
    "udta xyz of a track": build.movie(
        build.box(
            b"trak", build.box(b"udta", build.box(b"\xa9xyz", build.quicktime_text(LOCATION)))
        )
    ),
    "meta keys": build.movie(build.key_list(com_apple_quicktime_location_ISO6709=LOCATION)),
    "loci": build.movie(
        build.box(
            b"udta",
            build.full_box(
                b"loci",
                b"\0\0",
                b"\0",
                b"\0",
                struct.pack(">iii", round(-34.25 * 65536), round(12.5125 * 65536), 0),
                b"earth\0\0",
            ),
        )
    ),
    "64-bit box size": b"\0\0\0\1mdat"
    + struct.pack(">Q", 24)
    + bytes(8)
    + build.movie(build.box(b"udta", build.box(b"\xa9xyz", build.quicktime_text(LOCATION)))),
}

CASES = [
    *((name, "EXIF", content) for name, content in EXIF_FILES.items()),
    *((name, "XMP", content) for name, content in XMP_FILES.items()),
    *((name, "QuickTime", content) for name, content in QUICKTIME_FILES.items()),
]


@pytest.mark.parametrize(
    ("carrier", "content"),
    [case[1:] for case in CASES],
    ids=[f"{carrier} in {name}" for name, carrier, _ in CASES],
)
def test_position_is_found(tmp_path: Path, carrier: str, content: bytes) -> None:
    found = build.positions(build.detect(tmp_path, content))
    assert len(found) == 1
    assert found[0][0] == carrier
    # 16.16 fixed point is good to 8e-6 degrees, everything else is exact.
    assert found[0][1:] == pytest.approx((build.LATITUDE_DEG, build.LONGITUDE_DEG), abs=8e-6)


@pytest.mark.parametrize(
    ("carrier", "content"),
    [case[1:] for case in CASES],
    ids=[f"{carrier} in {name}" for name, carrier, _ in CASES],
)
def test_a_cut_file_never_crashes_nor_invents(tmp_path: Path, carrier: str, content: bytes) -> None:
    whole = build.positions(build.detect(tmp_path, content))
    for length in range(0, len(content), 7):
        try:
            found = build.detect(tmp_path, content[:length])
        except build.DetectorError as error:
            found = list(error.findings)
        assert set(build.positions(found)) <= set(whole)


@pytest.mark.parametrize("tag_content", [(33723, False), (34377, True)], ids=["IPTC", "8BIM"])
def test_tiff_tags_hold_iptc(tmp_path: Path, tag_content: tuple[int, bool]) -> None:
    tag, in_resource = tag_content
    block = build.iptc_block((2, 90, b"Fairhaven"))
    content = build.image_resource(0x0404, block) if in_resource else block
    found = build.detect(tmp_path, tiff_with(tag, content))
    assert build.values(found, "place_name") == [{"place": "Fairhaven"}]


def test_two_carriers_are_two_findings(tmp_path: Path) -> None:
    content = build.jpeg(build.exif_segment(TIFF), build.xmp_segment(XMP))
    assert [carrier for carrier, *_ in build.positions(build.detect(tmp_path, content))] == [
        "EXIF",
        "XMP",
    ]


def test_positions_of_two_exif_blocks_are_not_mixed(tmp_path: Path) -> None:
    other = build.tiff_block(gps=build.gps_directory(GPSLatitude=build.rationals(1, 0, 0)))
    content = build.jpeg(build.exif_segment(TIFF), build.exif_segment(other))
    found = build.positions(build.detect(tmp_path, content))
    assert [latitude for _, latitude, _ in found] == [build.LATITUDE_DEG, 1.0]


def test_media_data_is_not_read_for_boxes(tmp_path: Path) -> None:
    path = tmp_path / "sparse.mp4"
    tail = build.box(
        b"moov", build.box(b"udta", build.box(b"\xa9xyz", build.quicktime_text(LOCATION)))
    )
    size_bytes = 4 * 1024**3
    with path.open("wb") as stream:
        stream.write(build.box(b"ftyp", b"isom", bytes(4)))
        start = stream.tell()
        stream.write(struct.pack(">I4sQ", 1, b"mdat", size_bytes))
        stream.seek(start + size_bytes)
        stream.write(tail)
    found = build.detector().detect_file(build.media_file(path))
    assert len(build.positions(found)) == 1
