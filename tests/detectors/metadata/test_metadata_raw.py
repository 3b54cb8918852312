"""Raw containers that are no TIFF: Fujifilm RAF, Minolta MRW, Sigma X3F, Canon CRW (CIFF)."""

from __future__ import annotations

import struct

import exif_builders as exif
import pytest
from exif_builders import harvest_of, said, small_jpeg, tiff

JPEG = small_jpeg()
BLOCK = tiff({0x013B: "Robin Example", exif.GPS: exif.gps()})
PHOTO = b"\xff\xd8\xff\xe1" + (len(BLOCK) + 8).to_bytes(2, "big") + b"Exif\0\0" + BLOCK + JPEG[2:]


def raf(jpeg: bytes = PHOTO, length: int | None = None) -> bytes:
    header = b"FUJIFILMCCD-RAW 0201FF000001" + b"Example X-1".ljust(32, b"\0")
    header = header.ljust(84, b"\0") + struct.pack(
        ">II", 160, len(jpeg) if length is None else length
    )
    return header.ljust(160, b"\0") + jpeg


def mrw(block: bytes = BLOCK, order: str = ">", length: int | None = None) -> bytes:
    blocks = b"\0PRD" + struct.pack(f"{order}I", 8) + bytes(8)
    blocks += b"\0TTW" + struct.pack(f"{order}I", len(block)) + block
    size = len(blocks) if length is None else length
    return (b"\0MRM" if order == ">" else b"\0MRI") + struct.pack(f"{order}I", size) + blocks


def x3f_properties(**texts: str) -> bytes:
    names, characters = [], ""
    for text in (part for pair in texts.items() for part in pair):
        names.append(len(characters))
        characters += text + "\0"
    head = struct.pack("<4s5I", b"SECp", 0x20000, len(texts), 0, 0, len(characters))
    return head + struct.pack(f"<{len(names)}I", *names) + characters.encode("utf-16-le")


def x3f_picture(jpeg: bytes) -> bytes:
    return struct.pack("<4s6I", b"SECi", 0x20000, 2, 18, 16, 12, 0) + jpeg


def x3f(*sections: tuple[bytes, bytes], identifier: bytes = bytes(range(16))) -> bytes:
    content = b"FOVb" + struct.pack("<I", 0x20002) + identifier + bytes(80)
    rows = b""
    for name, section in sections:
        rows += struct.pack("<II4s", len(content), len(section), name)
        content += section
    directory = struct.pack("<4sII", b"SECd", 0x20000, len(sections)) + rows
    return content + directory + struct.pack("<I", len(content))


def heap(*records: tuple[int, bytes]) -> bytes:
    """A CIFF heap; values of 8 bytes with the flag 0x4000 stand in the directory."""
    values, rows = b"", b""
    for tag, content in records:
        if tag & 0x4000:
            rows += struct.pack("<H", tag) + content.ljust(8, b"\0")
        else:
            rows += struct.pack("<HII", tag, len(content), len(values))
            values += content
    return values + struct.pack("<H", len(records)) + rows + struct.pack("<I", len(values))


def crw(*records: tuple[int, bytes], kind: bytes = b"HEAPCCDR") -> bytes:
    return b"II\x1a\0\0\0" + kind + bytes(12) + heap(*records)


CAMERA = (
    (0x300A, heap((0x0816, b"CRW_0001.CRW\0"))),
    (
        0x2807,
        heap(
            (0x080A, b"Canon\0Canon Example D\0"),
            (0x0810, b"Kim Example\0"),
            (0x580B, struct.pack("<I", 4711)),
        ),
    ),
    (0x180E, struct.pack("<III", 1_714_979_289, 0, 0)),
    (0x2804, heap((0x0805, b"EXAMPLE CAMERA RAW\0"))),
    (0x0805, b"met Robin at the pier\0"),
    (0x2007, JPEG),
)


@pytest.mark.parametrize("content", [raf(), mrw(), mrw(order="<")], ids=["RAF", "MRW", "MRI"])
def test_the_exif_inside_is_read(content: bytes) -> None:
    harvest = harvest_of(content)
    assert [values["name"] for *_, values in said(harvest, "person_name")] == ["Robin Example"]
    (fact,) = (fact for fact in harvest.facts if fact.label == "gps_location")
    assert [content[span.start] for span in fact.spans] == [10, 40]
    assert harvest.damage == ()


def test_raf() -> None:
    harvest = harvest_of(raf())
    assert [preview.name for preview in harvest.previews] == ["RAF preview"]
    assert said(harvest, "device_identity") == [("RAF", "CameraModel", {"model": "Example X-1"})]


def test_raf_without_a_picture() -> None:
    harvest = harvest_of(raf(length=0))
    assert harvest.previews == []
    assert harvest.damage == ()


def test_x3f() -> None:
    properties = x3f_properties(
        CAMMANUF="SIGMA", CAMMODEL="Example DP", CAMSERIAL="1004711", TIME="1714979289"
    )
    harvest = harvest_of(x3f((b"PROP", properties), (b"IMA2", x3f_picture(PHOTO))))
    assert said(harvest, "device_identity") == [
        (
            "X3F",
            "CAMSERIAL",
            {"make": "SIGMA", "model": "Example DP", "serial_number": "1004711"},
        )
    ]
    assert said(harvest, "capture_time") == [("X3F", "TIME", {"time": "2024-05-06T07:08:09"})]
    assert said(harvest, "edit_history") == [
        ("X3F", "ImageUniqueID", {"document_id": bytes(range(16)).hex()})
    ]
    assert [preview.name for preview in harvest.previews] == ["X3F preview"]
    assert len(said(harvest, "gps_location")) == 1


def test_raw_pixels_of_x3f_are_no_preview() -> None:
    pixels = x3f_picture(JPEG).replace(struct.pack("<II", 2, 18), struct.pack("<II", 2, 11))
    assert harvest_of(x3f((b"IMAG", pixels))).previews == []


@pytest.mark.parametrize("kind", [b"HEAPCCDR", b"HEAPJPGM"])
def test_crw(kind: bytes) -> None:
    harvest = harvest_of(crw(*CAMERA, kind=kind))
    assert said(harvest, "person_name") == [("CIFF", "OwnerName", {"name": "Kim Example"})]
    assert said(harvest, "device_identity") == [
        (
            "CIFF",
            "SerialNumber",
            {"make": "Canon", "model": "Canon Example D", "serial_number": "4711"},
        )
    ]
    assert said(harvest, "capture_time") == [
        ("CIFF", "DateTimeOriginal", {"time": "2024-05-06T07:08:09"})
    ]
    assert said(harvest, "description") == [
        ("CIFF", "UserComment", {"description": "met Robin at the pier"})
    ]
    assert said(harvest, "edit_history") == [
        ("CIFF", "OriginalFileName", {"file_path": "CRW_0001.CRW"})
    ]
    (preview,) = harvest.previews
    assert preview.source.read_up_to(0, preview.source.size) == JPEG
    assert harvest.damage == ()


def test_heaps_in_a_circle_end() -> None:
    content = bytearray(crw((0x300A, b"")))
    row = content.index(struct.pack("<H", 0x300A))
    struct.pack_into("<II", content, row + 2, len(content) - 26, 0)
    assert harvest_of(bytes(content)).damage == ()


def test_heaps_without_end_are_damage() -> None:
    inner = [(0x300A, heap((0x0816, b"a\0"))) for _ in range(100)]
    assert "far more parts" in harvest_of(crw(*inner)).damage[0]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(raf()[:60], id="RAF, cut header"),
        pytest.param(raf(length=90_000), id="RAF, cut picture"),
        pytest.param(mrw()[:-20], id="MRW, cut"),
        pytest.param(mrw(length=2**31), id="MRW, endless"),
        pytest.param(x3f((b"PROP", x3f_properties(TIME="1")))[:-9], id="X3F, cut"),
        pytest.param(
            x3f((b"PROP", struct.pack("<4s5I", b"SECp", 1, 2**31, 0, 0, 0))), id="X3F, endless"
        ),
        pytest.param(x3f((b"IMA2", b"no picture of its kind")), id="X3F, no picture"),
        pytest.param(b"FOVb" + b"\xff" * 40, id="X3F, nonsense"),
        pytest.param(crw(*CAMERA)[:-9], id="CRW, cut"),
        pytest.param(b"II\x1a\0\0\0HEAPCCDR" + b"\xff" * 40, id="CRW, nonsense"),
    ],
)
def test_damage_is_said(content: bytes) -> None:
    harvest = harvest_of(content)
    assert harvest.damage
    assert said(harvest, "device_identity") in (
        [],
        [("RAF", "CameraModel", {"model": "Example X-1"})],
    )
