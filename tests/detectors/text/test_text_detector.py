"""The text detector: real engines on rendered pictures, and which lines are read together."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from screening.catalog import Agency
from screening.config import StrictModel
from screening.detectors.base import DetectorResources
from screening.detectors.registry import detector_options
from screening.detectors.text.detector import TextDetector
from screening.detectors.text.engines import ENGINES as TABLE
from screening.detectors.text.engines import engine_class
from screening.detectors.text.engines.base import PageText, TextLine
from screening.errors import ConfigError, DetectorError, MissingDependencyError
from screening.geometry import Box, Polygon
from screening.records import Finding, Frame

ENGINES = ["rapidocr", "thorough", "tesseract"]
SIZE_WH = (900, 420)
PRINTED = {
    "FAIRHAVEN POLICE": (40, 30),
    "Case 4:21-cr-00123": (60, 150),
    "CONFIDENTIAL": (420, 290),
}


def options(**given: object) -> StrictModel:
    return detector_options(TextDetector, {"text": given})


def printed(lines: Mapping[str, tuple[int, int]] = PRINTED) -> tuple[Frame, dict[str, Box]]:
    """A white page with `lines` at their places, and the true box of each."""
    page = Image.new("RGB", SIZE_WH, "white")
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(56)
    places = {}
    for words, corner in lines.items():
        draw.text(corner, words, "black", font)
        places[words] = Box(*draw.textbbox(corner, words, font))
    return Frame(np.asarray(page)), places


def labelled(findings: list[Finding], label: str) -> list[Finding]:
    return [finding for finding in findings if finding.label == label]


@pytest.fixture(scope="module", params=ENGINES)
def detector(request: pytest.FixtureRequest, resources: DetectorResources) -> TextDetector:
    chosen = options(engine=request.param)
    TextDetector.prepare(chosen, resources, lambda what, done, total: None)
    return TextDetector(chosen, resources)


def test_every_line_is_read_where_it_stands(detector: TextDetector) -> None:
    frame, places = printed()
    lines = labelled(detector.detect([frame]), "text")
    assert sorted(line.text or "" for line in lines) == sorted(places)
    for line in lines:
        assert line.box is not None
        assert line.box.iou(places[line.text or ""]) > 0.6
        assert line.score > 0.5


def test_recognised_words_lie_on_their_part_of_the_line(detector: TextDetector) -> None:
    frame, places = printed()
    found = detector.detect([frame])
    expected = {
        "agency_name": ("FAIRHAVEN POLICE", "FAIRHAVEN POLICE"),
        "police_word": ("FAIRHAVEN POLICE", "POLICE"),
        "docket_number": ("Case 4:21-cr-00123", "4:21-cr-00123"),
        "marking": ("CONFIDENTIAL", "CONFIDENTIAL"),
    }
    assert {finding.label for finding in found} == {"text", *expected}
    for label, (line, words) in expected.items():
        [finding] = labelled(found, label)
        assert finding.text == words
        assert finding.box is not None
        place = places[line]
        share = (finding.box.x_max - place.x_min) / place.width_px
        assert share == pytest.approx(1, abs=0.06), "all of them end their line"
        start = line.index(words) / len(line)
        assert (finding.box.x_min - place.x_min) / place.width_px == pytest.approx(start, abs=0.12)
        assert finding.polygon is not None
        assert finding.polygon.bounds == finding.box


def test_evidence_names_engine_and_recogniser_and_no_text(detector: TextDetector) -> None:
    frame, _ = printed()
    for finding in detector.detect([frame]):
        assert finding.evidence["engine"] in ENGINES
        shown = " ".join(map(str, finding.evidence.values()))
        assert "00123" not in shown
        assert ("recogniser" in finding.evidence) == (finding.label != "text")


def test_a_blank_page_has_no_text(detector: TextDetector) -> None:
    assert detector.detect([Frame(np.full((300, 400, 3), 255, np.uint8))]) == []


@pytest.mark.parametrize("engine", ENGINES)
def test_min_score_drops_doubtful_lines(engine: str, resources: DetectorResources) -> None:
    strict = TextDetector(options(engine=engine, min_score=1.0), resources)
    frame, _ = printed()
    assert all(finding.score == 1 for finding in labelled(strict.detect([frame]), "text"))


def test_work_email_of_a_configured_domain(resources: DetectorResources) -> None:
    frame, _ = printed({"desk@office.example": (40, 30)})
    plain = TextDetector(options(), resources)
    asked = TextDetector(options(email_domains=["office.example"]), resources)
    assert labelled(plain.detect([frame]), "work_email") == []
    [finding] = labelled(asked.detect([frame]), "work_email")
    assert finding.text == "desk@office.example"


def test_engines_are_listed_and_unknown_ones_named(resources: DetectorResources) -> None:
    assert list(TABLE.names()) == ENGINES
    with pytest.raises(ConfigError, match="rapidocr, thorough, tesseract"):
        TextDetector.prepare(options(engine="abbyy"), resources, lambda what, done, total: None)


@pytest.mark.parametrize("languages", ["", "eng+", "eng;ls", "--psm 3"])
def test_odd_language_codes_are_refused(languages: str) -> None:
    with pytest.raises(ConfigError) as caught:
        options(languages=languages)
    assert caught.value.key == "languages"


def test_missing_language_says_how_to_install_it(resources: DetectorResources) -> None:
    chosen = options(engine="tesseract", languages="eng+tlh")
    with pytest.raises(MissingDependencyError, match="apt-get install tesseract-ocr-tlh") as caught:
        TextDetector.prepare(chosen, resources, lambda what, done, total: None)
    assert caught.value.key == "text.languages"


def test_missing_program_says_how_to_install_it(tmp_path: Path) -> None:
    """In a process of its own: pytesseract remembers its first answer."""
    program = (
        "from screening.detectors.text.engines import engine_class\n"
        "from screening.errors import MissingDependencyError\n"
        "try:\n"
        "    engine_class('tesseract').check_installed('eng')\n"
        "except MissingDependencyError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "not installed" in done.stdout
    for command in ("apt-get install tesseract-ocr", "brew install tesseract", "winget install"):
        assert command in done.stdout


@pytest.mark.parametrize("engine", ENGINES)
def test_assets_name_what_reads(engine: str, resources: DetectorResources) -> None:
    assets = TextDetector.assets(options(engine=engine), resources)
    assert {"rapidocr": "openvino", "thorough": "openvino"}.get(engine, engine) in assets
    other = replace(resources, agencies=(Agency("Another agency", (), (), ()),))
    assert TextDetector.assets(options(engine=engine), other) != assets


def test_models_of_rapidocr_are_part_of_the_assets() -> None:
    digests = [
        value
        for name, value in engine_class("rapidocr").assets("eng").items()
        if name.endswith(".onnx")
    ]
    assert len(digests) >= 2
    assert all(len(digest) == 64 for digest in digests)


class ScriptedEngine:
    """Hands out lines at given places: what is tested is which lines are read together."""

    name = "scripted"

    def __init__(self, lines: list[tuple[str, Box]]) -> None:
        self._lines = [TextLine(text, 1.0, quad(box)) for text, box in lines]

    def read(self, pictures: Sequence[NDArray[np.uint8]]) -> list[PageText]:
        return [
            PageText(self._lines) if picture.max() else PageText([], "This part was not read.")
            for picture in pictures
        ]


def quad(box: Box) -> Polygon:
    left, top, right, bottom = box.as_tuple()
    return Polygon(((left, top), (right, top), (right, bottom), (left, bottom)))


def read_together(
    resources: DetectorResources, lines: list[tuple[str, Box]], label: str
) -> list[Finding]:
    detector = TextDetector(options(), resources)
    detector._engine = ScriptedEngine(lines)
    return labelled(detector.detect([Frame(np.full((500, 800, 3), 255, np.uint8))]), label)


STACKED = [("BADGE", Box(100, 100, 300, 150)), ("1234", Box(120, 160, 280, 210))]


def test_a_match_over_two_lines_has_a_box_around_both(resources: DetectorResources) -> None:
    [finding] = read_together(resources, STACKED, "badge_number")
    assert finding.text == "BADGE 1234"
    assert finding.box == Box(100, 100, 300, 210)


def test_order_of_the_engine_does_not_matter(resources: DetectorResources) -> None:
    [finding] = read_together(resources, STACKED[::-1], "badge_number")
    assert finding.text == "BADGE 1234"


@pytest.mark.parametrize(
    "second",
    [
        Box(120, 200, 280, 250),  # a line's height too far below
        Box(400, 160, 560, 210),  # other columns
        Box(120, 40, 280, 90),  # above
        Box(380, 100, 540, 150),  # too far to the right
        Box(310, 130, 470, 180),  # to the right and half a line lower
        Box(-90, 100, 90, 150),  # to the left
    ],
    ids=str,
)
def test_lines_that_do_not_follow_are_read_apart(resources: DetectorResources, second: Box) -> None:
    assert read_together(resources, [STACKED[0], ("1234", second)], "badge_number") == []


def test_a_line_split_at_a_wide_blank_is_read_as_one(resources: DetectorResources) -> None:
    beside = [("UNIT", Box(100, 100, 260, 150)), ("4512", Box(300, 102, 460, 150))]
    [finding] = read_together(resources, beside, "unit_number")
    assert finding.text == "UNIT 4512"
    assert finding.box == Box(100, 100, 460, 150)


def test_part_of_a_line_is_taken_not_all(resources: DetectorResources) -> None:
    lines = [
        ("OFFICER BADGE", Box(100, 100, 360, 150)),
        ("1234 MAIN", Box(260, 160, 440, 210)),
    ]
    [finding] = read_together(resources, lines, "badge_number")
    assert finding.text == "BADGE 1234"
    assert finding.box is not None
    assert finding.box.x_min == pytest.approx(260)
    assert finding.box.x_max == pytest.approx(360)


def test_names_over_two_lines(resources: DetectorResources) -> None:
    lines = [
        ("CITY OF FAIRHAVEN", Box(100, 100, 400, 140)),
        ("POLICE", Box(180, 150, 320, 190)),
        ("HIGHWAY", Box(100, 300, 260, 340)),
        ("PATROL", Box(110, 350, 250, 390)),
    ]
    [agency] = read_together(resources, lines, "agency_name")
    assert agency.evidence["agency"] == "City of Fairhaven Police"
    texts = [finding.text for finding in read_together(resources, lines, "police_word")]
    assert texts == ["POLICE", "HIGHWAY PATROL"]


def test_dockets_and_plates_are_never_put_together(resources: DetectorResources) -> None:
    lines = [("ABC", Box(100, 100, 300, 150)), ("1234", Box(100, 160, 300, 210))]
    assert read_together(resources, lines, "license_plate") == []


def test_what_reaches_over_the_edge_is_cut_to_the_frame(resources: DetectorResources) -> None:
    [finding] = read_together(resources, [("POLICE", Box(-20, 470, 900, 530))], "police_word")
    assert finding.box == Box(0, 470, 800, 500)


def test_one_bad_frame_keeps_the_findings_of_the_others(resources: DetectorResources) -> None:
    detector = TextDetector(options(), resources)
    detector._engine = ScriptedEngine([("POLICE", Box(10, 10, 90, 40))])
    black, white = np.zeros((60, 100, 3), np.uint8), np.full((60, 100, 3), 255, np.uint8)
    with pytest.raises(DetectorError) as caught:
        detector.detect([Frame(white, 0), Frame(black, 1), Frame(white, 2)])
    assert caught.value.code == "text_unread"
    assert [
        finding.frame_index for finding in labelled(list(caught.value.findings), "police_word")
    ] == [0, 2]


def test_captions_of_a_page_make_one_finding_around_them(resources: DetectorResources) -> None:
    lines = [
        ("DRIVER LICENSE", Box(100, 50, 400, 90)),
        ("DL X123456", Box(100, 110, 300, 140)),
        ("EXP 04/12/2028", Box(100, 160, 350, 190)),
        ("SEX F", Box(100, 300, 180, 330)),
        ("ROOM 12", Box(600, 400, 700, 430)),
    ]
    [finding] = read_together(resources, lines, "id_document")
    assert finding.box == Box(100, 50, 400, 330)
    assert finding.polygon is None
    assert finding.text == "DRIVER LICENSE DL X123456 EXP 04/12/2028 SEX F"
    assert finding.evidence["id_kind"] == "driver_licence"


def test_parts_of_a_programme_are_cut_out_of_their_lines(resources: DetectorResources) -> None:
    lines = [
        ("Please come to the Judicial Conference", Box(100, 50, 480, 90)),
        ("on May 7 at 9 AM", Box(100, 110, 260, 150)),
    ]
    [finding] = read_together(resources, lines, "programme")
    assert finding.text == "Judicial Conference May 7 9 AM"
    assert finding.box is not None
    assert finding.box.x_min == pytest.approx(130)


def test_why_is_said_and_nothing_read_is_in_it(resources: DetectorResources) -> None:
    [finding] = read_together(resources, [("B4DGE 8ADGE 4471", Box(0, 0, 90, 20))], "badge_number")
    assert finding.evidence["why"] == "a number after the word for it"
    assert finding.evidence["misread_letters"] == 1


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"docket_patterns": ["EL/[0-9]+"]}, "docket_patterns"),
        ({"docket_patterns": ["Ellery=EL/([0-9]+"]}, "docket_patterns"),
        ({"region": "usa"}, "region"),
    ],
)
def test_options_with_mistakes_are_refused(given: dict[str, object], key: str) -> None:
    with pytest.raises(ConfigError) as caught:
        options(**given)
    assert caught.value.key == key


def test_options_reach_the_recognisers(resources: DetectorResources, tmp_path: Path) -> None:
    roster = tmp_path / "names.txt"
    roster.write_text("Jane Doverley", encoding="utf-8")
    chosen = options(docket_patterns=["Ellery=EL/[0-9]{6}"], region="GB", roster=str(roster))
    detector = TextDetector(chosen, resources)
    words = ["EL/004711", "020 7946 0018", "JANE DOVERLEY"]
    lines = [(text, Box(10, 80 * row, 300, 80 * row + 30)) for row, text in enumerate(words)]
    detector._engine = ScriptedEngine(lines)
    found = detector.detect([Frame(np.full((500, 800, 3), 255, np.uint8))])
    assert {"docket_number", "phone_number", "roster_name"} <= {one.label for one in found}


@pytest.mark.shared
@pytest.mark.parametrize(
    ("folder", "label", "least", "most"),
    [("text/plates", "license_plate", 30, 40), ("text/icdar2015", "police_word", 0, 0)],
)
def test_real_photos(
    shared_data: Path,
    resources: DetectorResources,
    folder: str,
    label: str,
    least: int,
    most: int,
) -> None:
    detector = TextDetector(options(), resources)
    pictures = sorted((shared_data / folder).glob("*.jpg"))
    assert pictures
    fired = 0
    for path in pictures:
        with Image.open(path) as picture:
            frame = Frame(np.asarray(picture.convert("RGB")))
        fired += bool(labelled(detector.detect([frame]), label))
    assert least <= fired <= most
