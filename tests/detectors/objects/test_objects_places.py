"""Where something stands: letterbox, tiles, merged boxes. The network here is one that is told."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.detectors.objects.networks import PLACES
from screening.detectors.objects.places import (
    SIDE_PX,
    Eye,
    Pixels,
    Place,
    find_places,
    letterbox,
    merged,
)
from screening.geometry import Box

WHITE = (255, 255, 255)


def photo(width: int, height: int, *squares: Box) -> Pixels:
    """Black, with white squares."""
    pixels = np.zeros((height, width, 3), np.uint8)
    for box in squares:
        x_min, y_min, x_max, y_max = (round(one) for one in box.as_tuple())
        pixels[y_min:y_max, x_min:x_max] = WHITE
    return pixels


def marks_white(label: str, score: float = 0.9) -> Eye:
    """Marks the bounds of everything white."""

    def detect(picture: Pixels) -> np.ndarray:
        rows, columns = np.nonzero(picture.min(axis=2) > 200)
        if not len(rows):
            return np.zeros((4 + len(PLACES), 0), np.float32)
        wide, high = np.ptp(columns) + 1, np.ptp(rows) + 1
        found = np.zeros((4 + len(PLACES), 1), np.float32)
        found[:4, 0] = columns.min() + wide / 2, rows.min() + high / 2, wide, high
        found[4 + PLACES.index(label), 0] = score
        return found

    return Eye(detect)


@pytest.mark.parametrize("size_wh", [(640, 480), (300, 200), (1200, 900), (90, 1300), (33, 17)])
def test_a_box_comes_back_in_pixels_of_the_frame(size_wh: tuple[int, int]) -> None:
    width, height = size_wh
    box = Box(width // 4, height // 4, width // 2, height // 2)
    [place] = find_places(photo(width, height, box), marks_white("person"), 0.5, 0)
    assert place.label == "person"
    assert place.box.as_tuple() == pytest.approx(box.as_tuple(), abs=2 + max(size_wh) / SIDE_PX)


def test_a_score_below_the_least_is_left_out() -> None:
    pixels = photo(640, 480, Box(100, 100, 200, 200))
    assert find_places(pixels, marks_white("person", 0.4), 0.5, 4) == []
    assert len(find_places(pixels, marks_white("person", 0.6), 0.5, 4)) == 1


@given(st.integers(1, 5000), st.integers(1, 5000))
def test_the_letterbox_holds_the_whole_picture(width: int, height: int) -> None:
    canvas, scale = letterbox(np.zeros((height, width, 3), np.uint8))
    assert all(side % 32 == 0 and side <= SIDE_PX for side in canvas.shape[:2])
    assert width * scale <= canvas.shape[1] + 1
    assert height * scale <= canvas.shape[0] + 1


def test_a_network_of_one_size_gets_that_size() -> None:
    canvas, scale = letterbox(np.zeros((1000, 500, 3), np.uint8), (320, 416))
    assert canvas.shape == (320, 416, 3)
    assert scale == pytest.approx(0.32)


def test_small_things_are_looked_for_in_tiles_too() -> None:
    tiny = Box(2900, 2150, 2940, 2190)
    seen: list[tuple[int, ...]] = []
    eye = marks_white("badge")

    def watched(picture: Pixels) -> np.ndarray:
        seen.append(picture.shape)
        return eye.detect(picture)

    [place] = find_places(photo(4000, 3000, tiny), Eye(watched), 0.5, 4)
    assert place.box.iou(tiny) > 0.7
    assert len(seen) == 5
    seen.clear()
    find_places(photo(4000, 3000, tiny), Eye(watched), 0.5, 0)
    assert len(seen) == 1


def test_large_things_are_not_looked_for_in_tiles() -> None:
    box = Box(200, 200, 900, 1200)
    places = find_places(photo(4000, 3000, box), marks_white("person"), 0.5, 4)
    assert len(places) == 1


def test_what_a_tile_cuts_off_is_not_reported() -> None:
    across = Box(1000, 100, 3000, 160)
    places = find_places(photo(4000, 3000, across), marks_white("license_plate"), 0.5, 4)
    assert [place.box.iou(across) > 0.8 for place in places] == [True]


def test_a_photo_of_a_banner_has_two_tiles() -> None:
    shapes: list[tuple[int, ...]] = []

    def watched(picture: Pixels) -> np.ndarray:
        shapes.append(picture.shape)
        return np.zeros((4 + len(PLACES), 0), np.float32)

    find_places(photo(2000, 500), Eye(watched), 0.5, 4)
    assert len(shapes) == 3


def test_of_boxes_that_agree_the_best_is_kept() -> None:
    best = Place("person", Box(0, 0, 100, 100), 0.9)
    same = Place("person", Box(5, 0, 105, 100), 0.8)
    other = Place("vehicle", Box(0, 0, 100, 100), 0.7)
    far = Place("person", Box(300, 0, 400, 100), 0.2)
    assert merged([same, far, best, other]) == [best, other, far]


def test_merging_does_not_depend_on_the_order() -> None:
    places = [Place("person", Box(x, 0, x + 100, 100), 0.5) for x in (0, 10, 200, 210)]
    assert merged(places) == merged(places[::-1])
