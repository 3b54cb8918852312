"""EXIF tags: every name, place, time, text, id and device they hold, with its bytes."""

from __future__ import annotations

import struct

import exif_builders as exif
import pytest
from exif_builders import harvest_of, said, tiff

BIG = tiff({0x0110: "Lighthouse"}, big=True)
PERSON_TAGS = [
    (0x013B, "Artist"), (0x8298, "Copyright"), (0xA430, "CameraOwnerName"),
    (0xA437, "Photographer"), (0xA438, "ImageEditor"), (0xFDE8, "OwnerName"),
]  # fmt: skip


@pytest.mark.parametrize(("tag", "name"), PERSON_TAGS)
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("big", [False, True], ids=["TIFF", "BigTIFF"])
def test_names(tag: int, name: str, order: str, *, big: bool) -> None:
    content = tiff({tag: "Robin Example"}, order=order, big=big)
    harvest = harvest_of(content)
    assert said(harvest, "person_name") == [("EXIF", name, {"name": "Robin Example"})]
    (fact,) = harvest.facts
    (span,) = fact.spans
    assert content[span.start : span.start + span.size_bytes] == b"Robin Example\0"


def test_windows_texts_are_utf_16() -> None:
    def wide(text: str) -> exif.Raw:
        coded = text.encode("utf-16-le") + b"\0\0"
        return exif.Raw(1, len(coded), coded)

    harvest = harvest_of(
        tiff({0x9C9D: wide("Åsa Example"), 0x9C9B: wide("Fairhaven"), 0x9C9E: wide("pier; dusk")})
    )
    assert said(harvest, "person_name") == [("EXIF", "XPAuthor", {"name": "Åsa Example"})]
    assert said(harvest, "description") == [
        ("EXIF", "XPTitle", {"description": "Fairhaven"}),
        ("EXIF", "XPKeywords", {"description": "pier; dusk"}),
    ]


@pytest.mark.parametrize(
    ("comment", "order", "expected"),
    [
        (b"ASCII\0\0\0met Kim at the pier", "<", "met Kim at the pier"),
        (b"UNICODE\0" + "möte".encode("utf-16-le"), "<", "möte"),
        (b"UNICODE\0" + "möte".encode("utf-16-be"), ">", "möte"),
        (b"UNICODE\0" + "möte".encode("utf-16"), ">", "möte"),
        (b"JIS\0\0\0\0\0" + "灯台の".encode("iso2022_jp"), "<", "灯台の"),
        (b"\0\0\0\0\0\0\0\0plain", "<", "plain"),
        (b"no code in front", "<", "no code in front"),
    ],
)
def test_user_comments(comment: bytes, order: str, expected: str) -> None:
    harvest = harvest_of(tiff({exif.EXIF: {0x9286: comment}}, order=order))
    assert said(harvest, "description") == [("EXIF", "UserComment", {"description": expected})]


@pytest.mark.parametrize(
    "text",
    [
        "OLYMPUS DIGITAL CAMERA         ", "SONY DSC", "GE DIGITAL CAMERA", "default", "   ",
        "Exif_JPEG_PICTURE", "KONICA MINOLTA DIGITAL CAMERA", "\x01\x02\x03", "....,,,,----",
    ],
)  # fmt: skip
def test_what_cameras_write_is_no_description(text: str) -> None:
    assert said(harvest_of(tiff({0x010E: text})), "description") == []


def test_descriptions_that_begin_like_those_of_cameras_are_kept() -> None:
    harvest = harvest_of(tiff({0x010E: "Digital camera course at Fairhaven"}))
    assert len(said(harvest, "description")) == 1


def test_times_have_their_offsets() -> None:
    block = tiff(
        {
            0x0132: "2024:05:06 07:08:09",
            exif.EXIF: {
                0x9003: "2024:05:06 07:08:01",
                0x9004: "0000:00:00 00:00:00",
                0x9010: "-03:00",
                0x9011: "+02:00",
            },
        }
    )
    assert said(harvest_of(block), "capture_time") == [
        ("EXIF", "DateTime", {"time": "2024-05-06T07:08:09-03:00"}),
        ("EXIF", "DateTimeOriginal", {"time": "2024-05-06T07:08:01+02:00"}),
    ]


def test_traces_of_editing() -> None:
    block = tiff(
        {
            0x000B: "Develop 1", 0x010D: "/studio/fairhaven.tif", 0x0131: "Lamp 2.1",
            0xC65D: bytes(range(16)), 0xC68B: "DSC_0001.NEF",
            exif.EXIF: {0xA420: "abcdef0123456789abcdef0123456789", 0xA43B: "Paint 3"},
        }
    )  # fmt: skip
    assert {
        (tag, *values.items()) for _, tag, values in said(harvest_of(block), "edit_history")
    } == {
        ("ProcessingSoftware", ("software", "Develop 1")),
        ("DocumentName", ("file_path", "/studio/fairhaven.tif")),
        ("Software", ("software", "Lamp 2.1")),
        ("RawDataUniqueID", ("document_id", "000102030405060708090a0b0c0d0e0f")),
        ("OriginalRawFileName", ("file_path", "DSC_0001.NEF")),
        ("ImageUniqueID", ("document_id", "abcdef0123456789abcdef0123456789")),
        ("ImageEditingSoftware", ("software", "Paint 3")),
    }


@pytest.mark.parametrize("tag", [0x010D, 0x010E, 0x0131, 0xC68B])
def test_a_path_names_whose_computer_it_was(tag: int) -> None:
    harvest = harvest_of(tiff({tag: "/home/robin/pier/lamp.tif"}))
    ((_, _, person),) = said(harvest, "person_name")
    assert person == {"name": "robin"}
    paths = [values for *_, values in said(harvest, "edit_history") if "file_path" in values]
    assert paths == [{"file_path": "/home/robin/pier/lamp.tif"}]


def test_an_id_of_zeros_is_none() -> None:
    block = tiff({0xC65D: bytes(16), exif.EXIF: {0xA420: "0" * 32}})
    assert said(harvest_of(block), "edit_history") == []


def test_one_device_from_all_directories() -> None:
    block = tiff(
        {
            0x010F: "Example", 0x0110: "Lighthouse 1", 0x013C: "robins-desk", 0xC614: "Example L1",
            0xC62F: "EX-0001",
            exif.EXIF: {0xA431: "EX-0001", 0xA433: "Glass", 0xA434: "50mm", 0xA435: "LX-2"},
        }
    )  # fmt: skip
    ((carrier, tag, values),) = said(harvest_of(block), "device_identity")
    assert (carrier, tag) == ("EXIF", "CameraSerialNumber")
    assert values == {
        "make": "Example", "model": "Lighthouse 1", "host_computer": "robins-desk",
        "serial_number": "EX-0001", "lens_make": "Glass", "lens_model": "50mm",
        "lens_serial_number": "LX-2",
    }  # fmt: skip


def test_a_second_device_in_a_later_directory_is_not_lost() -> None:
    block = tiff({0x0110: "Lighthouse 1"}, {0x0110: "Harbour 2", 0x013B: "Kim Example"})
    assert [values for *_, values in said(harvest_of(block), "device_identity")] == [
        {"model": "Lighthouse 1"},
        {"model": "Harbour 2"},
    ]
    assert said(harvest_of(block), "person_name") == [("EXIF", "Artist", {"name": "Kim Example"})]


def test_serial_numbers_of_zeros_are_none() -> None:
    block = tiff({0xC62F: "0000000", exif.EXIF: {0xA431: "0", 0xA435: "   "}})
    assert said(harvest_of(block), "device_identity") == []


def test_a_serial_number_may_be_a_number() -> None:
    block = tiff({exif.EXIF: {0xA431: 471100}})
    ((_, _, values),) = said(harvest_of(block), "device_identity")
    assert values == {"serial_number": "471100"}


@pytest.mark.parametrize(
    "block",
    [
        pytest.param(tiff({0x013B: exif.Raw(2, 99, struct.pack("<I", 8000))}), id="wrong offset"),
        pytest.param(tiff({0x013B: "Robin Example"})[:-4], id="cut text"),
        pytest.param(tiff({0x013B: "Robin Example"})[:20], id="cut directory"),
        pytest.param(tiff({0x013B: exif.Raw(2, 0xFFFFFFFF, b"\x08\0\0\0")}), id="huge count"),
        pytest.param(
            tiff({exif.GPS: {2: exif.Raw(5, 0x20000001, b"\x08\0\0\0")}}, order="<"),
            id="huge count of rationals",
        ),
        pytest.param(BIG[:30], id="cut BigTIFF"),
        pytest.param(b"II+\0\4\0\0\0" + bytes(64), id="BigTIFF with offsets of 4 bytes"),
        pytest.param(BIG[:16] + b"\xff" * 8 + BIG[24:], id="BigTIFF with endless entries"),
        pytest.param(tiff({0xC68C: b"packed"}), id="raw file in a DNG"),
    ],
)
def test_damage_is_said(block: bytes) -> None:
    harvest = harvest_of(block)
    assert harvest.damage
    assert said(harvest, "person_name") == []
    assert said(harvest, "gps_location") == []


def test_a_text_over_the_limit_is_said() -> None:
    harvest = harvest_of(tiff({0x010E: "pier " * 250_000, 0x013B: "Robin Example"}))
    assert len(said(harvest, "person_name")) == 1
    assert "text of more than 1048576 bytes" in harvest.damage[0]


def test_circles_of_directories_end() -> None:
    writer = exif.TiffWriter()
    writer.out += b"II*\0\x08\0\0\0"
    _, next_at = writer.directory({0x0110: "Lighthouse", exif.SUB_IFDS: [8, 8, 8], exif.EXIF: 8})
    struct.pack_into("<I", writer.out, next_at, 8)
    harvest = harvest_of(bytes(writer.out))
    assert [values for *_, values in said(harvest, "device_identity")] == [{"model": "Lighthouse"}]
    assert harvest.damage == ()


@pytest.mark.parametrize(
    ("tag", "label"), [(0x8773, "ICC"), (0xCD41, "JUMBF")], ids=["ICC", "C2PA"]
)
def test_blocks_in_a_block_are_read(tag: int, label: str) -> None:
    # What cannot be a block of its kind is damage there or nothing, never damage to EXIF.
    harvest = harvest_of(tiff({tag: b"no such block", 0x013B: "Robin Example"}))
    assert len(said(harvest, "person_name")) == 1
    assert not any("EXIF" in sentence for sentence in harvest.damage)


def endless(kind: str) -> bytes:
    """Structures that would take minutes if they were read to their end."""
    rows = 60_000
    if kind == "entries":
        # Every directory of a chain has 60,000 entries, most of them in common with the others.
        content = bytearray(b"II*\0\x08\0\0\0" + b"\x0e\x01\x02\0\x01\0\0\0a\0\0\0" * 62_000)
        for at in range(8, 8 + 12 * 2000, 12):
            struct.pack_into("<H", content, at, rows)
            struct.pack_into("<I", content, at + 2 + 12 * rows, at + 12)
        return bytes(content)
    pointers = list(range(16, 16 + 8 * 3000, 8))
    return tiff({exif.SUB_IFDS: pointers})


@pytest.mark.parametrize("kind", ["entries", "pointers"])
def test_structures_without_end_are_damage(kind: str) -> None:
    assert "far more parts" in harvest_of(endless(kind)).damage[0]


def test_a_text_of_many_directories_is_noted_once() -> None:
    content = bytearray(tiff(*[{0x013B: "Robin Example", 0x0100: page} for page in range(300)]))
    first = content.index(struct.pack("<HHI", 0x013B, 2, 14)) + 8
    place = content[first : first + 4]
    at = first
    while (at := content.find(struct.pack("<HHI", 0x013B, 2, 14), at)) >= 0:
        content[at + 8 : at + 12] = place
        at += 12
    assert len(said(harvest_of(bytes(content)), "person_name")) == 1


def geo_keys(*keys: tuple[int, int]) -> exif.Short:
    rows = [(number, 0, 1, value) for number, value in keys]
    return exif.Short((1, 1, 0, len(rows), *(part for row in rows for part in row)))


DEGREES = geo_keys((1024, 2), (2048, 4326))


def test_geotiff_in_degrees_is_a_position() -> None:
    block = tiff({0x87AF: DEGREES, 0x8482: [0.0, 0.0, 0.0, -40.835, 10.34, 0.0]})
    ((carrier, tag, values),) = said(harvest_of(block), "gps_location")
    assert (carrier, tag) == ("GeoTIFF", "ModelTiepoint")
    assert values["latitude_deg"] == pytest.approx(10.34)
    assert values["longitude_deg"] == pytest.approx(-40.835)


def test_geotiff_with_a_matrix_is_a_position() -> None:
    matrix = [0.1, 0.0, 0.0, -40.835, 0.0, -0.1, 0.0, 10.34, *[0.0] * 7, 1.0]
    ((_, _, values),) = said(harvest_of(tiff({0x87AF: DEGREES, 0x85D8: matrix})), "gps_location")
    assert values["latitude_deg"] == pytest.approx(10.34)


def test_geotiff_in_metres_names_its_projection() -> None:
    block = tiff({0x87AF: geo_keys((1024, 1)), 0x87B1: "Fairhaven Grid|", 0x8482: [1.0] * 6})
    assert said(harvest_of(block), "gps_location") == []
    assert said(harvest_of(block), "place_name") == [
        ("GeoTIFF", "GeoAsciiParams", {"place": "Fairhaven Grid"})
    ]


@pytest.mark.parametrize(
    "ties",
    [[0.0, 0.0, 0.0, 500.0, 10.0, 0.0], [0.0, 0.0]],
    ids=["not on Earth", "too few"],
)
def test_a_geotiff_without_a_place_on_earth_is_damage(ties: list[float]) -> None:
    assert "GeoTIFF" in harvest_of(tiff({0x87AF: DEGREES, 0x8482: ties})).damage[0]
