"""Positions in free text: every usual spelling, and nothing that only looks like one."""

from __future__ import annotations

import pytest

from screening.detectors.metadata.harvest import Harvest
from screening.detectors.metadata.text_positions import find_positions, note_text


@pytest.mark.parametrize(
    "text",
    [
        "+12.5125-034.2500/",
        "at +12.5125-034.2500+010.5/ today",
        "12.5125N 34.25W",
        "12.5125° N, 34.25° W",
        "N 12.5125, W 34.25",
        "N12.5125° W34.25°",
        "12°30'45\"N 34°15'0\"W",
        "12° 30' 45.00\" N, 34° 15' 0.00\" W",
        "12 deg 30' 45.00\" N, 34 deg 15' 0.00\" W",
        "12\u00b030\u203245\u2033N, 34\u00b015\u20320\u2033W",
        "N 12\u00b0 30.75' W 34\u00b0 15.0'",
        "lat: 12.5125, lon: -34.25",
        "Latitude=12.5125; Longitude=-34.25",
        '{"latitude": 12.5125, "longitude": -34.25}',
        "geo:12.5125,-34.2500",
        "https://maps.example/maps?q=12.5125,-34.2500",
        "https://maps.example/@12.5125,-34.2500,15z",
        "12.5125, -34.2500",
        "(12.5125 -34.2500)",
    ],
)
def test_a_position_is_found(text: str) -> None:
    (position,) = find_positions(text)
    assert position.latitude_deg == pytest.approx(12.5125)
    assert position.longitude_deg == pytest.approx(-34.25)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no numbers",
        "a day by the sea",
        "quality = 85, 4.5.6",
        "version 12.5125",
        "steps: 20, cfg 7.5, seed 1234.5678, size 512.000 x 768.000",
        "ratio 1.2345, 6.7890 and so on",
        "12.5125N",
        "95.5125N 34.25W",
        "lat: 99.9, lon: 34.25",
        "+1.5-2.5",
        "0.000, 0.000",
        "2024-05-06 07:08:09.123",
        "f/2.8 1/125 s ISO 100 50.0 mm",
    ],
)
def test_other_numbers_are_no_position(text: str) -> None:
    assert find_positions(text) == []


def test_two_positions_are_two_and_the_same_one_is_one() -> None:
    text = "12.5125N 34.25W, again 12.5125N 34.25W, then 1.5000S 2.5000E"
    assert [one.latitude_deg for one in find_positions(text)] == [12.5125, -1.5]


@pytest.mark.parametrize(
    "text",
    [
        "1 " * 200_000,
        "12.5125 " * 100_000,
        "1\u00b0" * 200_000,
        "lat " * 100_000,
        " " * 300_000 + "1.",
    ],
    ids=["digits", "decimals", "degrees", "words", "blanks"],
)
def test_long_texts_are_bounded(text: str) -> None:
    assert len(find_positions(text)) <= 16


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("CREATOR: gd-jpeg v1.0 (using IJG JPEG v62), quality = 85", "edit_history"),
        ("Lavc58.54.100", "edit_history"),
        ("LEAD Technologies Inc. V1.01", "edit_history"),
        ("File written by Adobe Photoshop\u00a8 4.0", "edit_history"),
        ("Intel(R) JPEG Library, version 1,5,4,36", "edit_history"),
        ("Created with GIMP", "edit_history"),
        ("created by Robin Example in Fairhaven", "description"),
        ("a day by the sea", "description"),
    ],
)
def test_marks_of_programs_are_told_from_comments(text: str, label: str) -> None:
    harvest = Harvest()
    note_text(harvest, "JPEG comment", "COM", text)
    assert [fact.label for fact in harvest.facts] == [label]


def test_a_path_names_the_account() -> None:
    harvest = Harvest()
    note_text(harvest, "JPEG comment", "COM", "saved from C:\\Users\\robin\\sea.jpg")
    assert [(fact.label, dict(fact.values)) for fact in harvest.facts][1:] == [
        ("edit_history", {"file_path": "C:\\Users\\robin\\sea.jpg"}),
        ("person_name", {"name": "robin"}),
    ]
