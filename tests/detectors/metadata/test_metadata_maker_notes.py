"""Maker notes: owners, places, ids, serial numbers and previews, and none from broken ones."""

from __future__ import annotations

import io
import json
import re
import shutil
import struct
import subprocess
from pathlib import Path

import exif_builders as exif
import pytest
from exif_builders import Blob, Note, Raw, Short, harvest_of, noted, said, small_jpeg, tiff

from screening.detectors.metadata.harvest import Harvest
from screening.detectors.metadata.source import Source
from screening.detectors.metadata.tiff.maker_notes import read_canon_note

JPEG = small_jpeg()
CANON = Note(b"", {0x0009: "Kim Example", 0x000C: 4711})
NIKON_HEAD = b"Nikon\0\2\x10\0\0"


def preview_at(offset_tag: int, length_tag: int) -> dict[int, object]:
    return {offset_tag: Blob(JPEG), length_tag: len(JPEG)}


def device(content: bytes) -> list[dict[str, object]]:
    return [values for *_, values in said(harvest_of(content), "device_identity")]


def nikon(directory: dict[int, object], order: str) -> Note:
    mark = b"II*\0\x08\0\0\0" if order == "<" else b"MM\0*\0\0\0\x08"
    return Note(NIKON_HEAD + mark, directory, base=10, order=order)


def olympus_equipment(**texts: str) -> dict[int, object]:
    return {int(tag[1:], 16): text for tag, text in texts.items()}


SERIALS = [
    pytest.param("Canon", CANON, "4711", id="Canon"),
    pytest.param("Canon", Note(b"", {0x0096: "AB1234567"}), "AB1234567", id="Canon, internal"),
    pytest.param(
        "Canon", Note(b"", {0x0096: b"\1" * 9 + b"CD7654321\xff\xff"}), "CD7654321", id="EOS 5D"
    ),
    pytest.param("NIKON", nikon({0x001D: "2001234"}, "<"), "2001234", id="Nikon, II"),
    pytest.param("NIKON", nikon({0x00A0: "NO= 0001234"}, ">"), "NO= 0001234", id="Nikon, MM"),
    pytest.param("NIKON", Note(b"", {0x001D: "2001234"}), "2001234", id="Nikon, no head"),
    pytest.param("OLYMPUS", Note(b"OLYMP\0\1\0", {0x0404: "E100200300"}), "E100200300", id="OLYMP"),
    pytest.param(
        "OLYMPUS",
        Note(b"OLYMPUS\0II\3\0", {0x2010: olympus_equipment(t0101="BX1234567")}, base=0),
        "BX1234567",
        id="OLYMPUS",
    ),
    pytest.param(
        "OM Digital Solutions",
        Note(b"OM SYSTEM\0\0\0II\4\0", {0x2010: olympus_equipment(t0101="BX7654321")}, base=0),
        "BX7654321",
        id="OM SYSTEM",
    ),
    pytest.param(
        "FUJIFILM",
        Note(b"FUJIFILM\x0c\0\0\0", {0x0010: "FF02B0001234"}, base=0, order="<"),
        "FF02B0001234",
        id="Fujifilm",
    ),
    pytest.param(
        "Panasonic", Note(b"Panasonic\0\0\0", {0x0025: b"X011234567\0\0"}), "X011234567",
        id="Panasonic",
    ),
    pytest.param("SONY", Note(b"SONY DSC \0\0\0", {0x2031: "34127856"}), "56781234", id="Sony"),
    pytest.param(
        "PENTAX", Note(b"PENTAX \0II", {0x0229: "1234567"}, base=0, order="<"), "1234567",
        id="Pentax",
    ),
    pytest.param(
        "PENTAX", Note(b"AOC\0II", {0x0229: "1234567"}, order="<"), "1234567", id="Pentax AOC"
    ),
    pytest.param(
        "PENTAX", Note(b"AOC\0MM", {0x0215: [1, 2, 3, 4, 4711]}, base=0, order=">"), "4711",
        id="Pentax AOC, offsets from the note",
    ),
    pytest.param("SAMSUNG", Note(b"", {0xA002: "SX123456"}), "SX123456", id="Samsung"),
    pytest.param("SAMSUNG", Note(b"", {0xA002: "SX123456"}, base=0), "SX123456", id="Samsung NX"),
    pytest.param("SIGMA", Note(b"SIGMA\0\0\0\1\0", {0x0002: "01008888"}), "01008888", id="Sigma"),
    pytest.param(
        "Motorola", Note(b"MOT\0\1\0\0\0", {0x5501: "NX0000012"}, base=0), "NX0000012",
        id="Motorola",
    ),
    pytest.param(
        "RICOH", Note(b"Ricoh\0\0\0", {0x0005: bytes(range(16))}), bytes(range(16)).hex(),
        id="Ricoh",
    ),
    pytest.param(
        "Leica Camera AG", Note(b"LEICA\0\0\0", {0x0303: 471100}, base=8), "471100", id="Leica M8"
    ),
    pytest.param(
        "LEICA CAMERA AG", Note(b"LEICA\0\5\0", {0x0305: 471101}, base=0), "471101", id="Leica X"
    ),
    pytest.param(
        "Leica Camera AG", Note(b"LEICA0\3\0", {0x3100: {0x3103: 471102}}, base=0), "471102",
        id="Leica M9",
    ),
    pytest.param("EASTMAN KODAK", b"KXYZ1234X5678 " + bytes(40), "KXYZ1234X5678", id="Kodak"),
    pytest.param(
        "RECONYX", b"\x01\xf1\3\0" + bytes(38) + "H500X00001".encode("utf-16-le") + bytes(60),
        "H500X00001", id="Reconyx",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("make", "note", "serial"), SERIALS)
@pytest.mark.parametrize("order", ["<", ">"])
def test_serial_numbers(make: str, note: Note | bytes, serial: str, order: str) -> None:
    content = noted(make, note, order=order)
    assert device(content) == [{"make": make, "serial_number": serial}]
    assert harvest_of(content).damage == ()


def test_several_serial_numbers_are_all_told() -> None:
    equipment = olympus_equipment(t0101="BX1", t0102="4001", t0202="LX2", t1003="FX3")
    content = noted("OLYMPUS", Note(b"OLYMPUS\0II\3\0", {0x2010: equipment}, base=0, order="<"))
    assert device(content)[0] == {
        "make": "OLYMPUS", "serial_number": "BX1", "lens_serial_number": "LX2",
    }  # fmt: skip
    assert sorted(device(content)[1:], key=str) == [
        {"serial_number": "4001"},
        {"serial_number": "FX3"},
    ]


def faces(*names: str) -> bytes:
    """Panasonic's list of recognised faces."""
    rows = b"".join(name.encode().ljust(48, b"\0") for name in names)
    return struct.pack("<HH", len(names), 0) + rows


def fuji_faces(name: str) -> bytes:
    """Fujifilm's list of registered faces: places of entries, then one entry, then its name."""
    entry = bytearray(62)
    struct.pack_into("<II", entry, 30, len(name), 78)
    return struct.pack("<IIII", 16, 62, 0, 0) + bytes(entry) + name.encode()


@pytest.mark.parametrize(
    ("make", "note", "names"),
    [
        pytest.param("Canon", CANON, ["Kim Example"], id="Canon"),
        pytest.param(
            "Panasonic",
            Note(b"Panasonic\0\0\0", {0x0066: "Robin", 0x0061: faces("Kim", "Sam")}, order="<"),
            ["Robin", "Kim", "Sam"],
            id="Panasonic",
        ),
        pytest.param(
            "FUJIFILM",
            Note(b"FUJIFILM\x0c\0\0\0", {0x4282: fuji_faces("Kim Example")}, base=0, order="<"),
            ["Kim Example"],
            id="Fujifilm",
        ),
        pytest.param("SAMSUNG", Note(b"", {0x0123: "Kim Example"}), ["Kim Example"], id="Samsung"),
        pytest.param(
            "PENTAX", Note(b"PENTAX \0II", {0x022E: "Robin Example"}, base=0, order="<"),
            ["Robin Example"], id="Pentax",
        ),
    ],
)  # fmt: skip
def test_persons(make: str, note: Note, names: list[str]) -> None:
    found = said(harvest_of(noted(make, note)), "person_name")
    assert sorted(str(values["name"]) for *_, values in found) == sorted(names)
    assert {carrier for carrier, *_ in found} == {"maker note"}


def location(place: bytes, coding: int) -> bytes:
    return b"0100" + bytes([coding]) + b"XX\0\0" + place.ljust(70, b"\0")


@pytest.mark.parametrize(
    ("make", "note", "places"),
    [
        pytest.param(
            "Panasonic",
            Note(
                b"Panasonic\0\0\0",
                {0x0067: "pier", 0x0069: "Exampleland", 0x006D: "Fairhaven", 0x006F: "---"},
            ),
            ["pier", "Exampleland", "Fairhaven"],
            id="Panasonic",
        ),
        pytest.param(
            "NIKON", nikon({0x0039: location(b"Fairhaven", 1)}, "<"), ["Fairhaven, XX"], id="Nikon"
        ),
        pytest.param(
            "NIKON", nikon({0x0039: location("Fairhaven".encode("utf-16-be"), 2)}, ">"),
            ["Fairhaven, XX"], id="Nikon, UTF-16",
        ),
        pytest.param("SAMSUNG", Note(b"", {0x0031: "Fairhaven"}), ["Fairhaven"], id="Samsung"),
        pytest.param(
            "CASIO", Note(b"QVC\0\0\0", {0x3006: "Fairhaven"}), ["Fairhaven"], id="Casio"
        ),
        pytest.param("Canon", Note(b"", {0x0035: [16, 60, 20, 0]}), ["London"], id="Canon"),
        pytest.param("Canon", Note(b"", {0x0035: [16, 60, 0, 0]}), [], id="Canon, not set"),
        pytest.param(
            "PENTAX", Note(b"PENTAX \0II", {0x0023: Short((56,))}, base=0, order="<"), ["Tokyo"],
            id="Pentax",
        ),
    ],
)  # fmt: skip
def test_places(make: str, note: Note, places: list[str]) -> None:
    found = said(harvest_of(noted(make, note)), "place_name")
    assert sorted(str(values["place"]) for *_, values in found) == sorted(places)


def test_ids_of_apple_and_canon() -> None:
    apple = Note(b"Apple iOS\0\0\1MM", {0x0011: "0AB1-LIVE"}, base=0, order=">")
    assert said(harvest_of(noted("Apple", apple)), "edit_history") == [
        ("maker note", "ContentIdentifier", {"document_id": "0AB1-LIVE"})
    ]
    canon = Note(b"", {0x0028: bytes(range(16))})
    ((_, tag, values),) = said(harvest_of(noted("Canon", canon)), "edit_history")
    assert (tag, values) == ("ImageUniqueID", {"document_id": bytes(range(16)).hex()})


def test_spans_are_those_of_the_value() -> None:
    content = noted("Canon", CANON)
    (fact,) = (fact for fact in harvest_of(content).facts if fact.label == "person_name")
    (span,) = fact.spans
    assert content[span.start : span.start + span.size_bytes] == b"Kim Example\0"


@pytest.mark.parametrize(
    ("make", "note"),
    [
        pytest.param("NIKON", nikon({0x0011: preview_at(0x0201, 0x0202)}, "<"), id="Nikon"),
        pytest.param(
            "OLYMPUS",
            Note(
                b"OLYMPUS\0II\3\0", {0x2020: preview_at(0x0101, 0x0102)}, base=0, order="<"
            ),
            id="OLYMPUS",
        ),
        pytest.param("CASIO", Note(b"QVC\0\0\0", {0x2000: JPEG}), id="Casio"),
        pytest.param("Minolta Co.", Note(b"", preview_at(0x0088, 0x0089)), id="Minolta"),
        pytest.param("SONY", Note(b"SONY DSC \0\0\0", {0x2001: bytes(32) + JPEG}), id="Sony"),
        pytest.param(
            "SIGMA", Note(b"SIGMA\0\0\0\1\0", preview_at(0x001C, 0x001D)), id="Sigma"
        ),
        pytest.param(
            "PENTAX",
            Note(b"PENTAX \0II", preview_at(0x0004, 0x0003), base=0, order="<"),
            id="Pentax",
        ),
    ],
)  # fmt: skip
def test_previews(make: str, note: Note) -> None:
    (preview,) = harvest_of(noted(make, note)).previews
    assert preview.name == "maker note preview"
    assert preview.source.read_up_to(0, preview.source.size) == JPEG


def test_a_preview_whose_first_byte_the_maker_spoiled() -> None:
    bare = b"\xff\xd8" + JPEG[JPEG.index(b"\xff\xdb") :]
    content = noted("Minolta Co.", Note(b"", {0x0081: b"\0" + bare[1:]}))
    (preview,) = harvest_of(content).previews
    assert preview.source.read_up_to(0, preview.source.size) == bare


def test_a_canon_preview_has_its_place_in_a_table() -> None:
    block = noted("Canon", Note(b"", {0x00B6: [24, 2, len(JPEG), 16, 12, 0]}))
    at = block.index(struct.pack("<III", 2, len(JPEG), 16))
    placed = bytearray(block + JPEG)
    struct.pack_into("<I", placed, at + 16, len(block))
    (preview,) = harvest_of(bytes(placed)).previews
    assert preview.source.read_up_to(0, preview.source.size) == JPEG


def test_a_preview_outside_the_block_is_left_to_who_finds_it_there() -> None:
    harvest = harvest_of(noted("PENTAX", Note(b"PENTAX \0II", {0x0004: 70000, 0x0003: 9}, base=0)))
    assert harvest.previews == []
    assert harvest.damage == ()


def test_a_moved_canon_note_is_found_by_its_footer() -> None:
    writer = exif.TiffWriter()
    writer.out += bytes(100)
    start, _ = writer.directory(CANON.directory)
    note = bytes(writer.out[start:]) + b"II*\0" + struct.pack("<I", start)
    content = noted("Canon", note)
    assert content.index(note) != start
    assert said(harvest_of(content), "person_name")[0][2] == {"name": "Kim Example"}


def test_a_note_that_adobe_moved() -> None:
    writer = exif.TiffWriter()
    writer.out += bytes(100)
    start, _ = writer.directory(CANON.directory)
    note = b"II" + struct.pack(">I", start) + bytes(writer.out[start:])
    private = b"Adobe\0" + b"Junk\0\0\0\1x\0" + b"MakN" + struct.pack(">I", len(note)) + note
    content = tiff({0x010F: "Canon", 0xC634: private})
    assert said(harvest_of(content), "person_name")[0][2] == {"name": "Kim Example"}
    assert device(content) == [{"make": "Canon", "serial_number": "4711"}]


def test_canon_notes_in_cr3() -> None:
    harvest = Harvest()
    block = tiff({0x0009: "Kim Example", 0x000C: 4711})
    read_canon_note(Source(io.BytesIO(block), 1 << 20), harvest)
    assert said(harvest, "person_name") == [("maker note", "OwnerName", {"name": "Kim Example"})]
    assert said(harvest, "device_identity") == [
        ("maker note", "SerialNumber", {"serial_number": "4711"})
    ]


def phase_one(serial: bytes) -> bytes:
    entry = struct.pack("<4I", 0x0102, 1, len(serial), 12)
    start = 12 + len(serial)
    return b"IIIICwaR" + struct.pack("<I", start) + serial + struct.pack("<II", 1, 0) + entry


def test_phase_one() -> None:
    content = noted("Phase One", phase_one(b"LD000001\0"))
    assert device(content) == [{"make": "Phase One", "serial_number": "LD000001"}]


@pytest.mark.parametrize(
    ("make", "note"),
    [
        pytest.param("Canon", b"\xff" * 64, id="no directory"),
        pytest.param("Canon", b"", id="empty"),
        pytest.param("Canon", struct.pack("<H", 200) + bytes(40), id="cut directory"),
        pytest.param("NIKON", NIKON_HEAD + b"II*\0\xff\xff\xff\xff", id="wrong offset"),
        pytest.param("NIKON", NIKON_HEAD + b"XX*\0\\8\0\0\0" + bytes(20), id="no byte order"),
        pytest.param("FUJIFILM", b"FUJIFILM\xff\xff\xff\xff", id="wrong offset of Fujifilm"),
        pytest.param("Phase One", b"IIIICwaR\xff\xff\xff\xff" + bytes(40), id="Phase One"),
        pytest.param("Canon", Note(b"", {0x0009: b"\x01\x02\xfe\x03garbage"}), id="garbage"),
        pytest.param(
            "Panasonic", Note(b"Panasonic\0\0\0", {0x0066: Raw(2, 9000, b"\x08\0\0\0")}), id="long"
        ),
    ],
)  # fmt: skip
def test_a_note_that_cannot_be_read_says_nothing(make: str, note: Note | bytes) -> None:
    harvest = harvest_of(noted(make, note))
    assert said(harvest, "person_name") == []
    assert said(harvest, "device_identity") == [("EXIF", "Make", {"make": make})]
    assert harvest.damage == ()


def test_a_name_that_is_not_in_the_file_is_said() -> None:
    away = Raw(2, 32, struct.pack("<I", 60_000))
    harvest = harvest_of(noted("Canon", Note(b"", {0x0009: away, 0x000C: 4711})))
    assert "names a person, a place or a device" in harvest.damage[0]


GROUPS = (
    "Apple", "Canon", "Casio", "FujiFilm", "Kodak", "Minolta", "Motorola", "Nikon", "Olympus",
    "Panasonic", "Pentax", "PhaseOne", "Reconyx", "Ricoh", "Samsung", "Sigma", "SigmaRaw", "Sony",
    "CanonRaw", "IFD0", "ExifIFD",
)  # fmt: skip
NAMES = re.compile(
    r"(?:Internal|Lens|Camera|Body|Flash|Accessory)?SerialNumber|(?:Camera)?OwnerName|Artist"
    r"|BabyName|Landmark|Location|City2?|State|Country|MediaGroupUUID|ImageUniqueID|XPAuthor"
)
NOT_READ = {
    "Sony:InternalSerialNumber": "enciphered, and no number that Sony prints anywhere",
    "Minolta:InternalSerialNumber": "Sony A100 only, 19 KB into a table of white balances",
}
NO_READER = (".pdf", ".miff", ".xcf", ".psp", ".bpg", ".eip", ".avi", ".flif")
"""Containers of which the EXIF is not looked for here."""


@pytest.mark.shared
def test_every_name_and_number_that_exiftool_reports_is_reported(shared_data: Path) -> None:
    exiftool = shutil.which("exiftool")
    if exiftool is None:
        pytest.skip("needs exiftool")
    folder = shared_data / "metadata"
    command = [exiftool, "-a", "-G1", "-n", "-j", "-r", "-m", str(folder)]
    # exiftool's exit status is 1 where one of many files is unreadable.
    output = subprocess.run(command, capture_output=True, check=False).stdout
    missed = []
    for row in json.loads(output):
        path = Path(row["SourceFile"])
        if path.suffix.lower() in NO_READER:
            continue
        facts = harvest_of(path.read_bytes()).facts if path.stat().st_size < 1 << 25 else []
        reported = {" ".join(str(text).split()) for fact in facts for text in fact.values.values()}
        for key, value in row.items():
            group, _, name = key.partition(":")
            # exiftool goes on behind the NUL that ends a text.
            text = " ".join(re.sub(r"[\x00-\x1f^].*", "", str(value)).split())
            if group not in GROUPS or not NAMES.fullmatch(name) or key in NOT_READ:
                continue
            if text.strip("0 -.") and not any(text in other for other in reported):
                missed.append((path.name, key))
    assert missed == []
