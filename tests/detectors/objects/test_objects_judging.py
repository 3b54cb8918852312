"""From logits to what is reported."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from screening.detectors import weights
from screening.detectors.objects.calibration import (
    Calibration,
    load_calibration,
    place_features,
    reported_from,
)
from screening.detectors.objects.cutting import EMBLEM, PLACE, Shape, cut
from screening.detectors.objects.judging import LEAST, TOLD_OF, Looks, judge, look_again
from screening.detectors.objects.networks import ATTRIBUTES, CALIBRATION, EMBLEMS, FOLDER, TOLD
from screening.detectors.objects.places import Place
from screening.detectors.weights import model_folder
from screening.errors import ConfigError
from screening.geometry import Box

PLAIN = [0.0, 1.0, 0.5, 0.2, 0.3, 0.4]
MADE_UP = Calibration(told=dict.fromkeys(TOLD, PLAIN), min_scores={"uniform": 0.6})
ONLY_THE_LOOK = Calibration(told={one: [0.0, 1.0, 0, 0, 0, 0] for one in TOLD}, min_scores={})
FRAME = np.zeros((300, 400, 3), np.uint8)
WHOLE, SMALL = Box(0, 0, 400, 300), Box(10, 10, 50, 50)
NOTHING = [0.0] * len(TOLD)


class Shown:
    """A second look that remembers what it was shown and answers with its number."""

    def __init__(self) -> None:
        self.sides_px: list[int] = []

    def __call__(self, pieces: np.ndarray) -> np.ndarray:
        first = len(self.sides_px)
        self.sides_px += [pieces.shape[1]] * len(pieces)
        numbers = np.arange(first, len(self.sides_px), dtype=np.float32)
        return np.repeat(numbers[:, None], len(TOLD), axis=1)


def person(height_px: float = 100, score: float = 0.8) -> Place:
    return Place("person", Box(0, 0, height_px / 2, height_px), score)


def test_every_place_is_judged_by_what_it_can_be() -> None:
    places = [
        (person(), [3.0, -3.0, 9.0, 9.0, 9.0]),
        (Place("vehicle", Box(100, 0, 200, 100), 0.8), [9.0, 9.0, 2.0, 9.0, 9.0]),
        (Place("building", Box(0, 0, 400, 300), 0.8), [9.0, 9.0, 9.0, 1.0, 9.0]),
        (Place("patch", Box(300, 200, 320, 220), 0.1), [9.0, 9.0, 9.0, 9.0, 1.0]),
    ]
    placed = {one.label: one for one in judge(Looks(NOTHING, places), MADE_UP)}
    assert set(placed) == {*ATTRIBUTES, "patch"}
    assert placed["uniform"].box == places[0][0].box
    assert placed["uniform"].score > 0.8 > placed["judicial_robe"].score
    assert placed["uniform"].parts["person"] == 0.8
    assert placed["uniform"].parts["second_look"] == pytest.approx(0.953, abs=0.001)
    assert placed["police_vehicle"].score > placed["courthouse"].score
    assert placed["patch"].parts["patch"] == 0.1


def test_an_emblem_on_a_person_and_a_uniform_around_it_support_each_other() -> None:
    worn = Place("badge", Box(20, 20, 30, 30), 0.5)
    beside = worn._replace(box=Box(200, 20, 210, 30))

    def scores(badge: Place) -> dict[str, float]:
        places = [(person(), [1.0] * 5), (badge, [2.0] * 5)]
        return {one.label: one.score for one in judge(Looks(NOTHING, places), MADE_UP)}

    assert scores(worn)["uniform"] > scores(beside)["uniform"]
    assert scores(worn)["badge"] > scores(beside)["badge"]
    assert scores(worn)["judicial_robe"] == scores(beside)["judicial_robe"]


def test_where_nothing_stands_only_the_frame_is_looked_at() -> None:
    look = Shown()
    places = [Place("face", Box(0, 0, 9, 9), 0.9), person(score=LEAST / 2), person(score=0.05)]
    looks = look_again(FRAME, places, look)
    assert look.sides_px == [PLACE.side_px]
    assert [(place.label, place.box) for place, _ in looks.places] == [("seal", WHOLE)]


def test_the_frame_goes_first_and_emblems_are_shown_smaller() -> None:
    look = Shown()
    places = [Place("badge", Box(10, 10, 20, 20), 0.3), person()]
    looks = look_again(FRAME, places, look)
    assert look.sides_px == [PLACE.side_px, PLACE.side_px, EMBLEM.side_px]
    assert looks.frame[0] == 0
    assert [(place.label, row[0]) for place, row in looks.places] == [
        ("person", 1), ("badge", 2), ("badge", 0),
    ]  # fmt: skip


@pytest.mark.parametrize(("whole", "boxes"), [(1.0, [SMALL]), (3.0, [SMALL, WHOLE])])
def test_an_emblem_around_a_surer_one_is_left_out(whole: float, boxes: list[Box]) -> None:
    places = [
        (Place("badge", SMALL, 0.1), [2.0] * 5),
        (Place("badge", WHOLE, 0.1), [whole] * 5),
    ]
    judged = judge(Looks(NOTHING, places), ONLY_THE_LOOK)
    assert [one.box for one in judged] == boxes


def test_of_a_crowd_only_some_are_looked_at_again() -> None:
    crowd = [Place("person", Box(x, 0, x + 30 + x, 100), 0.9) for x in range(20)]
    looks = look_again(FRAME, crowd, Shown())
    assert [place.label for place, _ in looks.places] == ["person"] * 6 + ["seal"]
    largest = max(place.box.area_px for place in crowd)
    assert looks.places[0][0].box.area_px == largest


def test_whatever_is_told_can_be_told_of_some_place() -> None:
    assert {one for told in TOLD_OF.values() for one in told} == set(TOLD)
    assert set(TOLD_OF) >= EMBLEMS


@pytest.mark.parametrize("score", [0.0, 1.0, 1e-9])
def test_extreme_scores_are_no_errors(score: float) -> None:
    place = Place("person", Box(5, 5, 5, 5), score)
    features = place_features(1e9, place, -1e9, 1e9)
    assert 0 <= MADE_UP.probability("uniform", features) <= 1


def test_a_surer_larger_place_and_a_surer_frame_make_it_likelier() -> None:
    def at(
        logit: float = 0, score: float = 0.5, frame: float = 0, side_px: float = 128,
        beside: float = 0,
    ) -> float:  # fmt: skip
        features = place_features(logit, person(side_px, score), frame, beside)
        return MADE_UP.probability("uniform", features)

    assert at(score=0.9) > at(score=0.2)
    assert at(frame=2) > at(frame=-2)
    assert at(logit=2) > at(logit=-2)
    assert at(beside=2) > at(beside=-2)
    assert at(side_px=200) > at(side_px=40)
    assert at(side_px=4000) == at(side_px=5000)


def test_from_which_score_a_label_is_reported() -> None:
    shipped = Calibration(told={}, min_scores={"uniform": 0.6, "face": 0.4})
    assert reported_from(shipped, None, {}) == {"uniform": 0.6, "face": 0.4}
    assert reported_from(shipped, 0.01, {}) == {"uniform": 0.01, "face": 0.01}
    assert reported_from(shipped, 0.01, {"face": 0.9}) == {"uniform": 0.01, "face": 0.9}


def test_the_model_card_names_the_scores_that_ship() -> None:
    card = " ".join((model_folder(FOLDER) / "MODEL_CARD.md").read_text(encoding="utf-8").split())
    scores = load_calibration().min_scores.items()
    assert f"Reported from: {', '.join(f'{label} {least}' for label, least in scores)}." in card


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'{"told": {}, "min_scores": 1}'])
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


@pytest.mark.parametrize("shape", [PLACE, EMBLEM])
@pytest.mark.parametrize(
    "box",
    [
        Box(0, 0, 400, 300), Box(10, 10, 12, 250), Box(-50, -50, 20, 20), Box(390, 290, 900, 900),
        Box(399.9, 299.9, 400, 300),
    ],
)  # fmt: skip
def test_a_piece_is_a_square_of_the_frame(box: Box, shape: Shape) -> None:
    piece = cut(FRAME, box, shape)
    assert piece.shape == (shape.side_px, shape.side_px, 3)
    assert piece.dtype == np.uint8


def test_a_piece_shows_its_box_and_a_little_around() -> None:
    pixels = np.zeros((300, 400, 3), np.uint8)
    pixels[100:200, 100:200] = 255
    piece = cut(pixels, Box(100, 100, 200, 200))
    assert piece[PLACE.side_px // 2, PLACE.side_px // 2].tolist() == [255, 255, 255]
    assert piece[2, 2].tolist() == [0, 0, 0]
    assert 0.7 < (piece > 128).mean() < 0.85


def test_of_an_emblem_as_much_around_as_of_itself_is_shown() -> None:
    pixels = np.zeros((300, 400, 3), np.uint8)
    pixels[100:150, 100:150] = 255
    assert 0.2 < (cut(pixels, Box(100, 100, 150, 150), EMBLEM) > 128).mean() < 0.3
