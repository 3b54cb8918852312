"""Whose device a colour profile tells of."""

from __future__ import annotations

import struct

import pytest
from block_builders import (
    first,
    icc_description,
    icc_dictionary,
    icc_languages,
    icc_profile,
    read,
    values,
)

from screening.detectors.metadata.harvest import BlockKind

TEXT = b"text\0\0\0\0"


@pytest.mark.parametrize(
    "name",
    [
        "sRGB IEC61966-2.1", "Adobe RGB (1998)", "Display P3", "Dot Gain 20%", "ProPhoto RGB",
        "Generic Gray Gamma 2.2 Profile", "GIMP built-in sRGB", "uRGB", "c2ci",
        "Artifex Software sRGB ICC Profile", "U.S. Web Coated (SWOP) v2", "ROMM RGB",
    ],
)  # fmt: skip
def test_standard_profiles_name_no_device(name: str) -> None:
    content = icc_profile(desc=icc_description(name), dmdd=icc_description("monitor"))
    harvest = read(BlockKind.ICC, content)
    assert harvest.facts == []
    assert harvest.damage == ()


def test_a_profile_made_for_a_monitor_names_it() -> None:
    content = icc_profile(
        desc=icc_description("Kim's desk 2024"),
        dmnd=icc_description("Example Optics"),
        dmdd=icc_description("Lighthouse 27"),
        cprt=TEXT + b"Kim Example\0",
    )
    harvest = read(BlockKind.ICC, content)
    assert first(harvest, "device_identity").values == {
        "make": "Example Optics",
        "model": "Lighthouse 27",
        "colour_profile": "Kim's desk 2024",
    }
    assert first(harvest, "device_identity").remarks == {"kind": "model"}
    assert values(harvest, "person_name") == [("cprt", {"name": "Kim Example"})]


def test_the_kind_is_the_profile_where_nothing_better_is_known() -> None:
    content = icc_profile(
        desc=icc_languages(de="Kims Bildschirm", en="Kim's screen"),
        cprt=TEXT + b"Copyright Apple Inc.\0",
    )
    harvest = read(BlockKind.ICC, content)
    assert [(fact.values, fact.remarks) for fact in harvest.facts] == [
        ({"colour_profile": "Kim's screen"}, {"kind": "colour_profile"})
    ]


def test_serial_numbers_of_monitors_are_told() -> None:
    by_system = icc_profile(
        desc=icc_description("desk"),
        meta=icc_dictionary(EDID_model="Lighthouse 27", EDID_serial="EX-0001", other="x"),
    )
    apple = b"mmod" + bytes(4) + struct.pack(">IIIII", 1, 2, 0xE0001, 0, 0)
    by_apple = icc_profile(desc=icc_description("desk"), mmod=apple)
    assert first(read(BlockKind.ICC, by_system), "device_identity").values == {
        "model": "Lighthouse 27",
        "serial_number": "EX-0001",
        "colour_profile": "desk",
    }
    device = first(read(BlockKind.ICC, by_apple), "device_identity")
    assert device.values["serial_number"] == "000E0001"
    assert device.remarks == {"kind": "serial_number"}


def test_a_path_as_description_names_the_account() -> None:
    harvest = read(BlockKind.ICC, icc_profile(desc=icc_description("/Users/robin/desk.icc")))
    assert values(harvest, "edit_history") == [("desc", {"file_path": "/Users/robin/desk.icc"})]
    assert values(harvest, "person_name") == [("desc", {"name": "robin"})]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(icc_profile(desc=icc_description("desk"))[:-4], id="cut"),
        pytest.param(bytes(200), id="no profile"),
        pytest.param(b"short", id="short"),
        pytest.param(bytes(36) + b"acsp" + bytes(88) + b"\xff\xff\xff\xff", id="huge count"),
        pytest.param(
            icc_profile(desc=b"mluc" + bytes(4) + struct.pack(">II", 2**32 - 1, 12)),
            id="records without end",
        ),
    ],
)
def test_damage_is_said(content: bytes) -> None:
    assert read(BlockKind.ICC, content).damage[0].startswith("The ICC block of this file ")
