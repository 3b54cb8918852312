"""From logits to what is reported."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from screening.detectors import weights
from screening.detectors.objects.calibration import (
    Calibration,
    load_calibration,
    reported_from,
)
from screening.detectors.objects.cutting import SIDE_PX, cut
from screening.detectors.objects.judging import ATTRIBUTES_OF, judge, worth_a_look
from screening.detectors.objects.networks import ATTRIBUTES, CALIBRATION
from screening.detectors.objects.places import Place
from screening.errors import ConfigError
from screening.geometry import Box

PLAIN = [0.0, 1.0, 0.5, 0.2, 0.3]
MADE_UP = Calibration(attributes=dict.fromkeys(ATTRIBUTES, PLAIN), min_scores={"uniform": 0.6})
FRAME = np.zeros((300, 400, 3), np.uint8)


def looks(*rows: list[float]) -> object:
    """Answers with these logits, whatever it is shown."""

    def look(pieces: np.ndarray) -> np.ndarray:
        assert pieces.shape == (len(rows), SIDE_PX, SIDE_PX, 3)
        return np.array(rows, np.float32)

    return look


def test_every_place_is_judged_by_what_it_can_be() -> None:
    places = [
        Place("person", Box(0, 0, 50, 100), 0.8),
        Place("vehicle", Box(100, 0, 200, 100), 0.8),
        Place("building", Box(0, 0, 400, 300), 0.8),
        Place("face", Box(10, 0, 20, 10), 0.9),
    ]
    rows = [[0.0] * 4, [3.0, -3.0, 9.0, 9.0], [9.0, 9.0, 2.0, 9.0], [9.0, 9.0, 9.0, 1.0]]
    judged = judge(FRAME, places, looks(*rows), MADE_UP)  # type: ignore[arg-type]
    placed = {one.label: one for one in judged}
    assert set(placed) == set(ATTRIBUTES)
    assert placed["uniform"].box == places[0].box
    assert placed["uniform"].score > 0.9 > placed["judicial_robe"].score
    assert placed["uniform"].parts["person"] == 0.8
    assert placed["uniform"].parts["second_look"] == pytest.approx(0.953, abs=0.001)
    assert placed["police_vehicle"].score > placed["courthouse"].score


def test_where_nothing_stands_nothing_is_looked_at() -> None:
    def look(pieces: np.ndarray) -> np.ndarray:
        raise AssertionError

    assert judge(FRAME, [Place("face", Box(0, 0, 9, 9), 0.9)], look, MADE_UP) == []


def test_of_a_crowd_only_some_are_looked_at_again() -> None:
    crowd = [Place("person", Box(x, 0, x + 30 + x, 100), 0.9) for x in range(20)]
    chosen = list(worth_a_look(crowd))
    assert len(chosen) == 6
    assert chosen[0].box.area_px == max(place.box.area_px for place in crowd)


def test_nothing_else_is_looked_at_again() -> None:
    assert list(worth_a_look([Place("badge", Box(0, 0, 9, 9), 0.9)])) == []
    assert set().union(*ATTRIBUTES_OF.values()) == set(ATTRIBUTES)


@pytest.mark.parametrize("score", [0.0, 1.0, 1e-9])
def test_extreme_scores_are_no_errors(score: float) -> None:
    place = Place("person", Box(5, 5, 5, 5), score)
    assert 0 <= MADE_UP.at_place("uniform", 1e9, place, -1e9) <= 1


def test_a_surer_larger_place_and_a_surer_frame_make_it_likelier() -> None:
    def at(logit: float = 0, score: float = 0.5, frame: float = 0, side_px: float = 128) -> float:
        place = Place("person", Box(0, 0, side_px / 3, side_px), score)
        return MADE_UP.at_place("uniform", logit, place, frame)

    assert at(score=0.9) > at(score=0.2)
    assert at(frame=2) > at(frame=-2)
    assert at(logit=2) > at(logit=-2)
    assert at(side_px=200) > at(side_px=40)
    assert at(side_px=4000) == at(side_px=5000)


def test_from_which_score_a_label_is_reported() -> None:
    shipped = Calibration(attributes={}, min_scores={"uniform": 0.6, "face": 0.4})
    assert reported_from(shipped, None, {}) == {"uniform": 0.6, "face": 0.4}
    assert reported_from(shipped, 0.01, {}) == {"uniform": 0.01, "face": 0.01}
    assert reported_from(shipped, 0.01, {"face": 0.9}) == {"uniform": 0.01, "face": 0.9}


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'{"attributes": {}, "min_scores": 1}'])
def test_a_calibration_that_is_none_names_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    folder = tmp_path / "models" / "objects"
    folder.mkdir(parents=True)
    (folder / CALIBRATION).write_bytes(content)
    monkeypatch.setattr(weights, "shipped_dir", lambda name: tmp_path / name)
    with pytest.raises(ConfigError, match="calibration") as caught:
        load_calibration.__wrapped__()
    assert caught.value.file == folder / CALIBRATION


@pytest.mark.parametrize(
    "box",
    [
        Box(0, 0, 400, 300), Box(10, 10, 12, 250), Box(-50, -50, 20, 20), Box(390, 290, 900, 900),
        Box(399.9, 299.9, 400, 300),
    ],
)  # fmt: skip
def test_a_piece_is_a_square_of_the_frame(box: Box) -> None:
    piece = cut(FRAME, box)
    assert piece.shape == (SIDE_PX, SIDE_PX, 3)
    assert piece.dtype == np.uint8


def test_a_piece_shows_its_box_and_a_little_around() -> None:
    pixels = np.zeros((300, 400, 3), np.uint8)
    pixels[100:200, 100:200] = 255
    piece = cut(pixels, Box(100, 100, 200, 200))
    assert piece[SIDE_PX // 2, SIDE_PX // 2].tolist() == [255, 255, 255]
    assert piece[2, 2].tolist() == [0, 0, 0]
    assert 0.7 < (piece > 128).mean() < 0.85
