"""The frame around a box, and that references are framed as the places they are compared with."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from insignia_scenes import background

from screening.detectors.insignia.framing import (
    FRAME_PX,
    GROUND,
    MARGIN,
    Pyramid,
    box_of_frame,
    cut_frame,
    frame_of_box,
    frame_of_turned,
    framed_art,
    framed_turns,
    outline_points,
)


def moved(matrix: np.ndarray, *points: tuple[float, float]) -> np.ndarray:
    return cv2.perspectiveTransform(np.array([points], float), matrix)[0]


def emblem(height: int = 120, width: int = 200) -> np.ndarray:
    """A drawing in RGBA, opaque, light on dark with unequal corners."""
    art = np.full((height, width, 4), (30, 30, 60, 255), np.uint8)
    cv2.circle(art, (width // 4, height // 3), 18, (250, 220, 90, 255), -1)
    cv2.rectangle(art, (width // 2, height // 2), (width - 10, height - 8), (200, 40, 40, 255), -1)
    cv2.line(art, (5, height - 5), (width - 5, 5), (240, 240, 240, 255), 4)
    return art


@pytest.mark.parametrize("box", [(10.0, 20.0, 110.0, 70.0), (-5.0, 3.5, 3.25, 90.0)])
def test_a_box_fills_its_frame_but_for_the_margin(box: tuple[float, float, float, float]) -> None:
    x_min, y_min, x_max, y_max = box
    # Pixel centres stand at half pixels, so an edge of the box lies half a pixel before its index.
    corners = moved(frame_of_box(box), (x_min - 0.5, y_min - 0.5), (x_max - 0.5, y_max - 0.5)) + 0.5
    rim = MARGIN / (1 + 2 * MARGIN) * FRAME_PX
    assert corners[0] == pytest.approx([rim, rim])
    assert corners[1] == pytest.approx([FRAME_PX - rim, FRAME_PX - rim])


@pytest.mark.parametrize("scale", [0.3, 1.0, 4.0])
def test_a_frame_looks_the_same_at_every_size(scale: float) -> None:
    scene = background("plain", 400, 600)
    scene[100:220, 200:400] = emblem()[..., :3]
    wanted = cut_frame(Pyramid(scene), (200, 100, 400, 220))
    resized = cv2.resize(
        scene, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else 1
    )
    seen = cut_frame(Pyramid(resized), tuple(scale * side for side in (200, 100, 400, 220)))
    assert seen.shape == (FRAME_PX, FRAME_PX, 3)
    assert np.abs(seen.astype(int) - wanted).mean() < 6
    assert np.corrcoef(seen.ravel(), wanted.ravel())[0, 1] > 0.97


def test_a_frame_over_the_edge_repeats_it() -> None:
    scene = np.full((50, 50, 3), 90, np.uint8)
    assert (cut_frame(Pyramid(scene), (-30.0, -30.0, 20.0, 20.0)) == 90).all()
    assert (cut_frame(Pyramid(scene), (10.0, 10.0, 10.0, 10.0)) == 90).all(), "even around nothing"


def test_the_outline_of_a_mask() -> None:
    mask = np.zeros((60, 80), np.uint8)
    mask[10:31, 20:51] = 255
    points = outline_points(mask)
    assert points.min(axis=0) == pytest.approx([20, 10])
    assert points.max(axis=0) == pytest.approx([50, 30])
    whole = outline_points(np.zeros((60, 80), np.uint8))
    assert whole.max(axis=0) == pytest.approx([79, 59])


@pytest.mark.parametrize("turn_deg", [0.0, 22.5, 90.0, 200.0])
def test_a_turned_outline_fills_its_frame(turn_deg: float) -> None:
    points = outline_points(emblem()[..., 3])
    there = moved(frame_of_turned(points, turn_deg), *map(tuple, points))
    rim = MARGIN / (1 + 2 * MARGIN) * FRAME_PX
    assert there.min(axis=0) == pytest.approx([rim, rim], abs=0.6)
    assert there.max(axis=0) == pytest.approx([FRAME_PX - 1 - rim] * 2, abs=0.6)


@pytest.mark.parametrize("turn_deg", [0.0, 45.0, 90.0, 247.5])
def test_art_is_framed_like_the_same_art_in_a_picture(turn_deg: float) -> None:
    art = emblem()
    angle = np.deg2rad(turn_deg)
    spin = np.array([[np.cos(angle), -np.sin(angle), 250], [np.sin(angle), np.cos(angle), 250]])
    scene = np.full((500, 500, 3), GROUND, np.uint8)
    height, width = art.shape[:2]
    drawn = cv2.warpAffine(art[..., :3], spin, (500, 500), borderValue=(GROUND,) * 3)
    inside = cv2.warpAffine(art[..., 3], spin, (500, 500))
    scene[inside > 127] = drawn[inside > 127]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]]) @ spin[:, :2].T + 250
    box = (*corners.min(axis=0), *corners.max(axis=0))
    seen, framed = cut_frame(Pyramid(scene), box), framed_art(art, turn_deg)
    assert framed.shape == seen.shape
    assert np.corrcoef(seen.ravel(), framed.ravel())[0, 1] > 0.97


def test_what_is_transparent_is_ground() -> None:
    art = np.zeros((100, 100, 4), np.uint8)
    cv2.circle(art, (50, 50), 40, (200, 30, 30, 255), -1)
    framed = framed_art(art, 0)
    assert tuple(framed[2, 2]) == (GROUND,) * 3
    assert tuple(framed[48, 48]) == (200, 30, 30)


@pytest.mark.parametrize("shrink", [1.0, 2.0, 3.3, 8.0])
def test_a_part_of_a_pyramid_is_the_reduced_picture(shrink: float) -> None:
    """Stripes finer than the part can show come out even, not as other stripes."""
    y, x = np.mgrid[:400, :400]
    smooth = np.clip(128 + 100 * np.sin(x / 60) * np.cos(y / 45), 0, 255).astype(np.uint8)
    striped = np.where(x % 2 == 0, smooth // 2, smooth // 2 + 100).astype(np.uint8)
    size = (round(300 / shrink), round(300 / shrink))
    there = np.array([[1 / shrink, 0, -40 / shrink], [0, 1 / shrink, -40 / shrink], [0, 0, 1]])
    seen = Pyramid(smooth).cut(there, size, shrink)
    wanted = cv2.resize(smooth[40:340, 40:340], size, interpolation=cv2.INTER_AREA)
    assert np.abs(seen.astype(int) - wanted)[2:-2, 2:-2].max() < 8
    if shrink >= 2:
        fine = Pyramid(striped).cut(there, size, shrink).astype(float)
        assert np.abs(np.diff(fine, axis=1)).max() < 12


def test_there_and_back_is_where_it_started() -> None:
    box = (12.5, 30.0, 96.0, 81.25)
    assert box_of_frame(box) @ frame_of_box(box) == pytest.approx(np.eye(3), abs=1e-9)


def test_several_rotations_are_those_one_by_one() -> None:
    art = np.zeros((60, 90, 4), np.uint8)
    art[..., 3], art[10:30, 20:80, :3] = 255, (200, 40, 90)
    for turn_deg, framed in zip((0, 30, 200), framed_turns(art, (0, 30, 200)), strict=True):
        assert np.array_equal(framed, framed_art(art, turn_deg))
