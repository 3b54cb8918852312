"""Looking at a picture at several sizes, and making boxes of what a finder answers.

The finder here knows the truth: it answers as a trained one would that sees every emblem.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from screening.detectors.insignia.networks import load_networks
from screening.detectors.insignia.proposals import propose
from screening.geometry import Box

STRIDE_PX = 8
MARK = (255, 0, 255)


def scene(width: int, height: int, *boxes: tuple[int, int, int, int]) -> np.ndarray:
    pixels = np.full((height, width, 3), 60, np.uint8)
    for x_min, y_min, x_max, y_max in boxes:
        pixels[y_min:y_max, x_min:x_max] = MARK
    return pixels


def sharp_eyed(
    smallest_px: float = 0, largest_px: float = 1e9
) -> Callable[[np.ndarray], np.ndarray]:
    """Finds the one marked rectangle of an input, if it is of a size it was trained for."""

    def find(pixels: np.ndarray) -> np.ndarray:
        height, width = pixels.shape[:2]
        assert pixels.dtype == np.uint8
        assert height % 32 == width % 32 == 0
        answer = np.full((5, height // STRIDE_PX, width // STRIDE_PX), -9, np.float32)
        rows, columns = np.nonzero((pixels[..., 0] > 180) & (pixels[..., 1] < 70))
        if not len(rows):
            return answer
        wide, high = np.ptp(columns) + 1, np.ptp(rows) + 1
        if not smallest_px <= max(wide, high) <= largest_px:
            return answer
        x, y = (columns.min() + wide / 2) / STRIDE_PX, (rows.min() + high / 2) / STRIDE_PX
        row, column = min(int(y), answer.shape[1] - 1), min(int(x), answer.shape[2] - 1)
        answer[:, row, column] = (
            4.0, x - column - 0.5, y - row - 0.5,
            np.log(wide / STRIDE_PX), np.log(high / STRIDE_PX),
        )  # fmt: skip
        return answer

    return find


@pytest.mark.parametrize(
    ("size", "box"),
    [
        ((640, 384), (100, 120, 180, 200)),
        ((384, 640), (100, 420, 260, 500)),
        ((1280, 720), (900, 400, 1000, 520)),
        ((300, 200), (40, 50, 110, 120)),
        ((3000, 700), (2800, 500, 2960, 660)),
        ((700, 3000), (20, 2700, 220, 2950)),
        ((640, 384), (0, 0, 640, 384)),
    ],
)
def test_boxes_come_back_in_pixels_of_the_picture(
    size: tuple[int, int], box: tuple[int, int, int, int]
) -> None:
    found = propose(scene(*size, box), sharp_eyed(), 0.3, 1_600_000, 16)
    assert found
    assert found[0].box.iou(Box(*map(float, box))) > 0.8
    assert found[0].score == pytest.approx(1 / (1 + np.exp(-4)))


def test_the_same_place_at_several_sizes_is_one_place() -> None:
    found = propose(scene(1280, 720, (300, 200, 500, 400)), sharp_eyed(), 0.3, 1_600_000, 16)
    assert len(found) == 1


def test_what_is_small_in_a_large_picture_is_seen_in_tiles() -> None:
    box = (2050, 1210, 2130, 1290)
    keen = sharp_eyed(smallest_px=30)
    picture = scene(2560, 1440, box)
    assert propose(picture, keen, 0.3, 100_000, 16) == []
    [found] = propose(picture, keen, 0.3, 4_000_000, 16)
    assert found.box.iou(Box(*map(float, box))) > 0.8


def test_every_part_of_a_large_picture_is_in_a_tile_whole() -> None:
    random = np.random.default_rng(2)
    for _ in range(12):
        x, y = int(random.integers(0, 2560 - 100)), int(random.integers(0, 1440 - 100))
        picture = scene(2560, 1440, (x, y, x + 100, y + 100))
        found = propose(picture, sharp_eyed(smallest_px=48), 0.3, 4_000_000, 16)
        wanted = Box(x, y, x + 100, y + 100)
        assert any(one.box.iou(wanted) > 0.8 for one in found), (x, y)


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (1000, 1000), (3000, 700), (700, 3000)])
def test_the_shipped_finder_takes_every_input(size: tuple[int, int]) -> None:
    shapes = []

    def find(pixels: np.ndarray) -> np.ndarray:
        answer = load_networks(1).find(pixels)
        shapes.append(
            (answer.shape[1] * STRIDE_PX, answer.shape[2] * STRIDE_PX) == pixels.shape[:2]
        )
        return answer

    propose(scene(*size), find, 0.3, 1_600_000, 16)
    assert len(shapes) >= 2
    assert all(shapes)


def answering(
    *peaks: tuple[int, int, float], side: float = 8.0
) -> Callable[[np.ndarray], np.ndarray]:
    """A finder with peaks at these cells of the full-size look, nothing in the coarse one."""

    def find(pixels: np.ndarray) -> np.ndarray:
        height, width = (length // STRIDE_PX for length in pixels.shape[:2])
        answer = np.full((5, height, width), -9, np.float32)
        answer[1:] = 0
        answer[3:] = np.log(side)
        for row, column, logit in peaks if pixels.shape[:2] == (384, 640) else ():
            answer[0, row, column] = logit
        return answer

    return find


def test_only_peaks_above_the_least_score_count_best_first() -> None:
    picture = scene(640, 384)
    find = answering((10, 10, 0.5), (10, 11, 0.2), (30, 60, 2.0), (20, 40, -1.0))
    found = propose(picture, find, 0.5, 1_600_000, 16)
    assert [round(one.score, 2) for one in found] == [0.88, 0.62]
    assert found[1].box.as_tuple() == pytest.approx((52, 52, 116, 116))
    assert len(propose(picture, find, 0.2, 1_600_000, 16)) == 3
    assert len(propose(picture, find, 0.2, 1_600_000, 2)) == 2


def test_overlapping_peaks_are_one_place() -> None:
    near = answering((10, 10, 1.0), (10, 12, 2.0))
    [found] = propose(scene(640, 384), near, 0.3, 1_600_000, 16)
    assert found.score == pytest.approx(1 / (1 + np.exp(-2.0)))
    apart = answering((10, 10, 1.0), (10, 16, 2.0))
    assert len(propose(scene(640, 384), apart, 0.3, 1_600_000, 16)) == 2


def test_specks_and_what_lies_in_the_padding_are_left_out() -> None:
    assert propose(scene(640, 384), answering((10, 10, 3.0), side=1.0), 0.3, 1_600_000, 16) == []
    beside = answering((10, 70, 3.0))
    assert propose(scene(400, 384), beside, 0.3, 1_600_000, 16) == []


@pytest.mark.parametrize("size", [(1, 1), (5000, 3), (3, 5000), (31, 33)])
def test_pictures_of_any_size(size: tuple[int, int]) -> None:
    for one in propose(scene(*size), sharp_eyed(), 0.3, 1_600_000, 16):
        assert one.box.width_px > 0
