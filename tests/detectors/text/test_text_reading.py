"""The default engine on lettering of every direction, on rings, and small on large pictures."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from screening.detectors.text.engines.base import TextLine
from screening.detectors.text.engines.ppocr import looking
from screening.detectors.text.engines.rapidocr import RapidOcrEngine, ThoroughEngine

Pixels = NDArray[np.uint8]


@pytest.fixture(scope="module")
def engine() -> RapidOcrEngine:
    return RapidOcrEngine("eng", 1)


def letters(text: str) -> str:
    return "".join(char for char in text.upper() if char.isalnum())


def said(lines: list[TextLine]) -> list[str]:
    return [letters(line.text) for line in lines if line.score > 0.5]


def sign(
    words: str,
    size: tuple[int, int] = (720, 1280),
    at: tuple[int, int] = (300, 380),
    scale: float = 2.0,
    ink: int = 20,
    ground: int = 225,
) -> Pixels:
    """Words on a plain ground; `at` is the lower left corner of the first letter, x and y."""
    canvas = np.full((*size, 3), ground, np.uint8)
    thickness = max(round(2 * scale), 1)
    cv2.putText(
        canvas, words, at, cv2.FONT_HERSHEY_SIMPLEX, scale, (ink,) * 3, thickness, cv2.LINE_AA
    )
    return canvas


def photo(words: str, scale: float = 0.9) -> Pixels:
    """Twelve megapixels with the noise of a camera and words 20 px high."""
    plain = sign(words, size=(3000, 4000), at=(2500, 1700), scale=scale)
    noise = np.random.default_rng(1).normal(0, 12, plain.shape)
    return np.clip(plain + noise, 0, 255).astype(np.uint8)


def ring(words: str, radius_px: int = 150, size: tuple[int, int] = (720, 1280)) -> Pixels:
    """Words around the upper half of a circle in the middle of a picture."""
    height, turn = 48, 900
    strip = np.full((height, turn, 3), 245, np.uint8)
    (width, _), _ = cv2.getTextSize(words, cv2.FONT_HERSHEY_DUPLEX, 1.1, 2)
    start = ((turn - width) // 2, 36)
    cv2.putText(strip, words, start, cv2.FONT_HERSHEY_DUPLEX, 1.1, (30, 30, 90), 2, cv2.LINE_AA)
    canvas = np.full((*size, 3), 120, np.uint8)
    centre = (size[1] // 2, size[0] // 2)
    cv2.circle(canvas, centre, radius_px, (245,) * 3, -1, cv2.LINE_AA)
    rows, columns = np.mgrid[: size[0], : size[1]].astype(np.float32)
    x, y = columns - centre[0], rows - centre[1]
    outer, inner = 0.95 * radius_px, 0.7 * radius_px
    distance = np.hypot(x, y)
    map_x = (np.arctan2(x, -y) / (2 * np.pi) + 0.5) * turn
    map_y = (outer - distance) / (outer - inner) * height
    bent = cv2.remap(strip, map_x, map_y, cv2.INTER_LINEAR)
    band = (distance < outer) & (distance > inner)
    canvas[band] = bent[band]
    return canvas


@pytest.mark.parametrize("quarter_turns", [0, 1, 2, 3])
def test_lettering_is_read_whichever_way_it_runs(
    engine: RapidOcrEngine, quarter_turns: int
) -> None:
    picture = np.ascontiguousarray(np.rot90(sign("EVIDENCE ROOM"), quarter_turns))
    (page,) = engine.read([picture])
    assert "EVIDENCEROOM" in said(page.lines)


@pytest.mark.parametrize("quarter_turns", [0, 1, 2, 3])
def test_a_word_has_its_own_box_whichever_way_it_runs(
    engine: RapidOcrEngine, quarter_turns: int
) -> None:
    upright = sign("EVIDENCE ROOM")
    marked = sign("EVIDENCE")
    picture = np.ascontiguousarray(np.rot90(upright, quarter_turns))
    wanted = np.argwhere(np.rot90(marked, quarter_turns)[..., 0] < 128)
    (page,) = engine.read([picture])
    (line,) = [line for line in page.lines if letters(line.text) == "EVIDENCEROOM"]
    box = line.span_quad(0, 8).bounds
    height_px = min(np.ptp(wanted[:, 0]), np.ptp(wanted[:, 1]))
    for side, place in zip(
        (box.y_min, box.x_min, box.y_max, box.x_max),
        (*wanted.min(axis=0), *wanted.max(axis=0)),
        strict=True,
    ):
        assert abs(side - place) < 0.6 * height_px


def test_light_on_dark_is_read(engine: RapidOcrEngine) -> None:
    (page,) = engine.read([sign("SHERIFF", ink=235, ground=25)])
    assert "SHERIFF" in said(page.lines)


def test_a_legend_around_a_circle_is_read(engine: RapidOcrEngine) -> None:
    (page,) = engine.read([ring("EASTERN DISTRICT")])
    (line,) = [line for line in page.lines if letters(line.text) == "EASTERNDISTRICT"]
    assert line.circular
    box = line.quad.bounds
    assert 480 < box.x_min < 560
    assert 720 < box.x_max < 800
    assert 205 < box.y_min < 235


def test_a_name_tape_on_a_12_megapixel_photo_is_read(engine: RapidOcrEngine) -> None:
    (page,) = engine.read([photo("R EXAMPLE")])
    (line,) = [line for line in page.lines if letters(line.text) == "REXAMPLE"]
    box = line.quad.bounds
    assert box.height_px < 45
    assert abs(box.x_min - 2500) < 15
    assert not page.unread


def test_more_small_text_than_is_read_is_said(
    engine: RapidOcrEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "_SECOND_LOOKS", 0.01)
    (page,) = engine.read([photo("R EXAMPLE")])
    assert "was not read" in page.unread


@pytest.mark.parametrize("grey", [0, 128, 200, 255])
def test_plain_ground_holds_no_text(engine: RapidOcrEngine, grey: int) -> None:
    (page,) = engine.read([np.full((3000, 4000, 3), grey, np.uint8)])
    assert page.lines == []
    assert not page.unread


def test_a_scanned_page_is_read_to_its_end(engine: RapidOcrEngine) -> None:
    sheet = np.full((3508, 2480, 3), 255, np.uint8)
    for row in range(40):
        words = f"{row:02} the witness was heard in chambers and left"
        place = (200, 250 + 78 * row)
        cv2.putText(sheet, words, place, cv2.FONT_HERSHEY_SIMPLEX, 1.5, (30,) * 3, 3, cv2.LINE_AA)
    (page,) = engine.read([sheet])
    assert not page.unread
    assert sum("WITNESS" in line for line in said(page.lines)) >= 38


def test_a_batch_reads_like_its_pictures_one_by_one(engine: RapidOcrEngine) -> None:
    pictures = [sign("COURTROOM 4"), sign("JURY", scale=4.0), ring("EASTERN DISTRICT")]
    together = [said(page.lines) for page in engine.read(pictures)]
    alone = [said(engine.read([picture])[0].lines) for picture in pictures]
    assert together == alone
    assert engine.read([]) == []


def test_thorough_looks_again_at_small_letters(engine: RapidOcrEngine) -> None:
    blurred = cv2.GaussianBlur(sign("RADIO CAR 417", scale=0.35), (0, 0), 0.6)
    noise = np.random.default_rng(2).normal(0, 8, blurred.shape)
    picture = np.clip(blurred + noise, 0, 255).astype(np.uint8)
    (fast,) = engine.read([picture])
    (thorough,) = ThoroughEngine("eng", 1).read([picture])
    assert "RADIOCAR417" not in said(fast.lines)
    assert "RADIOCAR417" in said(thorough.lines)


@pytest.mark.parametrize("size", [(1, 1), (1, 29), (29, 1), (3, 900), (16, 16)])
def test_pictures_of_odd_shapes_are_read(engine: RapidOcrEngine, size: tuple[int, int]) -> None:
    (page,) = engine.read([np.full((*size, 3), 200, np.uint8)])
    assert page.lines == []


_GLYPHS = {
    "中": [(0, 25, 70, 25), (70, 25, 70, 65), (70, 65, 0, 65), (0, 65, 0, 25), (35, 0, 35, 100)],
    "田": [(0, 10, 70, 10), (70, 10, 70, 90), (70, 90, 0, 90), (0, 90, 0, 10), (35, 10, 35, 90),
          (0, 50, 70, 50)],
    "日": [(10, 5, 60, 5), (60, 5, 60, 95), (60, 95, 10, 95), (10, 95, 10, 5), (10, 50, 60, 50)],
    "口": [(0, 20, 65, 20), (65, 20, 65, 85), (65, 85, 0, 85), (0, 85, 0, 20)],
}  # fmt: skip
"""Strokes of a few ideographs; no font on a plain machine has any."""


def test_other_scripts_are_read_where_they_are_asked_for(engine: RapidOcrEngine) -> None:
    canvas, words = np.full((400, 900, 3), 235, np.uint8), "中田日口中田"
    for place, glyph in enumerate(words):
        for x1, y1, x2, y2 in _GLYPHS[glyph]:
            left, top = 150 + 95 * place, 135
            cv2.line(canvas, (left + x1, top + y1), (left + x2, top + y2), (20,) * 3, 6)
    [page] = RapidOcrEngine("eng+chi_sim", 1).read([canvas])
    assert words in "".join(line.text for line in page.lines)
    [page] = engine.read([canvas])
    assert not any(char in line.text for line in page.lines for char in words)
    for languages in ("eng", "eng+chi_sim"):
        [page] = RapidOcrEngine(languages, 1).read([sign("UNIT 7 (A-9) $40")])
        assert said(page.lines) == ["UNIT7A940"]
