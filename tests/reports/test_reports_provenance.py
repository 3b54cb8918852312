"""What a file tells about its making: in clear for those who may see it, else only its kinds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from screening.records import ByteSpan, Decision, EvidenceValue, FileResult, Finding, Verdict
from screening.reports.base import ReportContext
from screening.reports.html_page import HtmlWriter
from screening.reports.plain import plain_answer
from screening.reports.provenance import distance_words, provenance, time_words
from screening.reports.wording import span_words, words

TOWN = "Fairhaven, Massachusetts, United States"


def fact(label: str, field: str = "", inside: str = "", /, **values: EvidenceValue) -> Finding:
    evidence = {"carrier": "EXIF", "field": field} | ({"inside": inside} if inside else {})
    return Finding("metadata", label, 1.0, evidence=evidence, sensitive=values)


def position(
    latitude_deg: float = 10.34167, *, field: str = "GPSLatitude", **more: object
) -> Finding:
    values: dict[str, EvidenceValue] = {
        "latitude_deg": latitude_deg,
        "longitude_deg": -40.835,
        "nearest_town": TOWN,
        "nearest_town_distance_m": 3200,
    }
    return fact("gps_location", field, **(values | more))  # type: ignore[arg-type]


TIME = fact("capture_time", "DateTimeOriginal", time="2024-05-06T07:08:09")
CAMERA = fact(
    "device_identity", "Model", make="Example Optics", model="Lighthouse 1", serial_number="1234"
)
ARTIST = fact("person_name", "Artist", name="Robin Example")
CAPTION = fact("description", "ImageDescription", description="The steps at noon")
PLACE = fact("place_name", "City", place="Fairhaven, Nowhere")


@pytest.mark.parametrize(
    ("findings", "clear", "kinds"),
    [
        ([], "", ""),
        (
            [position(), TIME, CAMERA, ARTIST],
            f"Taken about 3.2 km from {TOWN}, on 6 May 2024 at 07:08; camera: Example Optics"
            " Lighthouse 1, serial number 1234. It names Robin Example.",
            "The file says where it was taken (GPS position), when and with which camera; it names"
            " a person.",
        ),
        (
            [TIME, CAMERA],
            "Taken on 6 May 2024 at 07:08; camera: Example Optics Lighthouse 1, serial number"
            " 1234.",
            "The file says when it was taken and with which camera.",
        ),
        (
            [fact("device_identity", "Model", make="Lantern", model="Lantern 2")],
            "Camera: Lantern 2.",
            "The file says with which camera it was taken.",
        ),
        (
            [fact("device_identity", "Model", make="LANTERN CORPORATION", model="Lantern 2")],
            "Camera: Lantern 2.",
            "The file says with which camera it was taken.",
        ),
        (
            [fact("device_identity", "Make", make="Lantern")],
            "Camera: Lantern.",
            "The file says with which camera it was taken.",
        ),
        (
            [fact("device_identity", "LensSerialNumber", lens_serial_number="77")],
            "Camera: serial number of the lens 77.",
            "The file says with which camera it was taken.",
        ),
        (
            [fact("device_identity", "HostComputer", host_computer="robins-laptop")],
            "Computer: robins-laptop.",
            "The file names a computer.",
        ),
        ([fact("device_identity", "Profile", colour_profile="Lantern sRGB")], "", ""),
        (
            [PLACE, CAPTION],
            "It names the place Fairhaven, Nowhere. It holds the text “The steps at noon”.",
            "The file says where it was taken (name of a place); it holds a hidden text.",
        ),
        (
            [PLACE, fact("place_name", "City", place="Nowhere")],
            "It names the places Fairhaven, Nowhere and Nowhere.",
            "The file says where it was taken (names of places).",
        ),
        (
            [position(), PLACE],
            f"Taken about 3.2 km from {TOWN}. It names the place Fairhaven, Nowhere.",
            "The file says where it was taken (GPS position and name of a place).",
        ),
        (
            [ARTIST, fact("person_name", "By-line", name="Jo Example")],
            "It names Robin Example and Jo Example.",
            "The file names several persons.",
        ),
        (
            [CAPTION, fact("description", "Comment", description="b" * 300)],
            "It holds the text “The steps at noon” and 1 more.",
            "The file holds a hidden text.",
        ),
        ([fact("type_mismatch")], "", ""),
    ],
)
def test_sentences(findings: list[Finding], clear: str, kinds: str) -> None:
    assert provenance(findings, reveal=True) == clear
    assert provenance(findings, reveal=False) == kinds


def test_a_long_text_is_cut() -> None:
    told = provenance([fact("description", description="b" * 300)], reveal=True)
    assert told == f"It holds the text “{'b' * 200} ...”."


def test_one_place_told_by_several_carriers_is_one() -> None:
    here, rounded = position(10.34167), position(10.342)
    assert "one of" not in provenance([here, rounded], reveal=True)
    elsewhere = position(10.35)
    assert f"from {TOWN} (one of 2 positions in the file)." in provenance(
        [here, rounded, elsewhere], reveal=True
    )
    assert "(2 GPS positions)" in provenance([here, rounded, elsewhere], reveal=False)


def test_where_the_camera_looked_is_not_where_it_stood() -> None:
    assert provenance([position(field="GPSDestLatitude")], reveal=True) == ""


def test_a_position_without_a_town_is_given_in_degrees() -> None:
    bare = fact("gps_location", latitude_deg=10.34166667, longitude_deg=-40.835)
    assert provenance([bare], reveal=True) == "Taken at 10.34167, -40.83500."


def test_the_file_itself_speaks_before_what_is_inside_it() -> None:
    inside = "MPF"
    told = provenance(
        [
            fact("capture_time", "DateTimeOriginal", inside, time="1999-01-01"),
            fact("capture_time", "ModifyDate", time="2024-05-08"),
            fact("capture_time", "CreateDate", time="2024-05-07"),
            fact("device_identity", "Model", inside, make="Old", model="Box", serial_number="5"),
            fact("device_identity", "Model", make="Example", model="One", lens_serial_number="9"),
        ],
        reveal=True,
    )
    assert told == (
        "Taken on 7 May 2024; camera: Example One, serial number 5, serial number of the lens 9."
    )


def test_hidden_characters_are_spelled_out() -> None:
    told = provenance([fact("person_name", name="Robin\u202e\x1b[31m")], reveal=True)
    assert told == "It names Robin\\u202e\\u001b[31m."


@pytest.mark.parametrize(
    ("distance_m", "expected"),
    [
        (0, "less than 100 m from the centre of"),
        (99, "less than 100 m from the centre of"),
        (200, "about 200 m from"),
        (1400, "about 1.4 km from"),
        (3000, "about 3 km from"),
        (12000, "about 12 km from"),
        (1400000, "about 1400 km from"),
    ],
)
def test_distances(distance_m: float, expected: str) -> None:
    assert distance_words(distance_m) == expected


@pytest.mark.parametrize(
    ("iso", "expected"),
    [
        ("2024", "in 2024"),
        ("2024-05", "in May 2024"),
        ("2024-12-31", "on 31 December 2024"),
        ("2024-05-06T07:08:09", "on 6 May 2024 at 07:08"),
        ("2024-05-06T07:08:09Z", "on 6 May 2024 at 07:08 UTC"),
        ("2024-05-06T07:08:09+02:00", "on 6 May 2024 at 07:08 (UTC+02:00)"),
        ("2024-13-06", "in 2024"),
        ("soon", ""),
    ],
)
def test_times(iso: str, expected: str) -> None:
    assert time_words(iso) == expected


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ((), ""),
        ((ByteSpan(123, 334),), "bytes 123 to 456"),
        ((ByteSpan(0, 2), ByteSpan(10, 1)), "bytes 0 to 1 and 10 to 10"),
        (
            tuple(ByteSpan(10 * number, 2) for number in range(9)),
            "bytes 0 to 1, 10 to 11, 20 to 21, 30 to 31 and 5 more",
        ),
    ],
)
def test_spans(spans: tuple[ByteSpan, ...], expected: str) -> None:
    assert span_words(spans) == expected


def test_labels_in_words() -> None:
    assert words("embedded_preview_mismatch") == "Preview of another picture"
    assert words("nearest_town_distance_m") == "Nearest town distance (m)"


def test_the_plain_answer_tells_the_kinds_or_the_values(
    make_result: Callable[..., FileResult],
) -> None:
    result = replace(make_result(findings=(TIME,)), verdict=Verdict(Decision.ALLOW))
    masked, clear = (plain_answer(result, reveal=reveal) for reveal in (False, True))
    assert masked.splitlines()[0] == clear.splitlines()[0]
    assert masked.splitlines()[0].startswith("Nothing was found in this file that your policies")
    assert masked.splitlines()[-1] == "The file says when it was taken. Show it with --reveal."
    assert clear.splitlines()[-1] == "Taken on 6 May 2024 at 07:08."


@pytest.mark.parametrize("reveal", [False, True])
def test_the_page_tells_it_too(
    make_context: Callable[..., ReportContext],
    make_result: Callable[..., FileResult],
    reveal: bool,
) -> None:
    marked = replace(ARTIST, spans=(ByteSpan(100, 14),), id="a")
    context = make_context(reveal=reveal)
    writer = HtmlWriter(context)
    writer.write(make_result(findings=(marked, position())))
    writer.close()
    page = (context.out_dir / "report.html").read_text(encoding="utf-8")
    assert (f"Taken about 3.2 km from {TOWN}. It names Robin Example." in page) is reveal
    assert ("says where it was taken (GPS position); it names a person." in page) is not reveal
    assert ("Robin" in page) is reveal
    assert "bytes 100 to 113" in page
