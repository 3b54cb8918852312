"""Boxes and polygons: properties that hold for all of them."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from screening.geometry import Box, Polygon

COORDINATES = st.floats(-1e4, 1e4)
SIZES = st.floats(0, 1e4)
FRAMES = st.tuples(st.integers(1, 5000), st.integers(1, 5000))
FACTORS = st.floats(0.01, 100)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    x_min, y_min = draw(COORDINATES), draw(COORDINATES)
    return Box(x_min, y_min, x_min + draw(SIZES), y_min + draw(SIZES))


@st.composite
def regular_polygons(draw: st.DrawFn) -> tuple[Polygon, float]:
    """A regular polygon with its area by the trigonometric formula."""
    corners, radius = draw(st.integers(3, 12)), draw(st.floats(1, 1000))
    turn, x, y = draw(st.floats(0, 6.3)), draw(COORDINATES), draw(COORDINATES)
    angles = [turn + 2 * math.pi * corner / corners for corner in range(corners)]
    points = tuple((x + radius * math.cos(a), y + radius * math.sin(a)) for a in angles)
    return Polygon(points), corners / 2 * radius**2 * math.sin(2 * math.pi / corners)


def near(first: Box, second: Box) -> bool:
    return first.as_tuple() == pytest.approx(second.as_tuple(), rel=1e-6, abs=1e-6)


@given(boxes(), boxes())
def test_iou_is_symmetric_and_within_0_and_1(first: Box, second: Box) -> None:
    assert first.iou(second) == second.iou(first)
    assert 0 <= first.iou(second) <= 1 + 1e-9


@given(boxes())
def test_iou_with_itself_is_1_or_0_for_an_empty_box(box: Box) -> None:
    assert box.iou(box) == pytest.approx(1 if box.area_px > 0 else 0)


@given(boxes(), boxes())
def test_intersection_is_at_most_either_area(first: Box, second: Box) -> None:
    least = min(first.area_px, second.area_px)
    assert 0 <= first.intersection(second) <= least * (1 + 1e-9)


def test_iou_of_a_known_pair() -> None:
    assert Box(0, 0, 2, 2).iou(Box(1, 1, 3, 3)) == pytest.approx(1 / 7)


def test_boxes_that_only_touch_share_nothing() -> None:
    assert Box(0, 0, 1, 1).iou(Box(1, 0, 2, 1)) == 0


@given(boxes(), FRAMES)
def test_clip_stays_inside_and_is_idempotent(box: Box, frame: tuple[int, int]) -> None:
    clipped = box.clip(*frame)
    assert 0 <= clipped.x_min <= clipped.x_max <= frame[0]
    assert 0 <= clipped.y_min <= clipped.y_max <= frame[1]
    assert clipped.clip(*frame) == clipped
    assert clipped.area_px <= box.area_px * (1 + 1e-9)


@given(boxes(), FRAMES)
def test_clip_keeps_what_lies_inside(box: Box, frame: tuple[int, int]) -> None:
    whole = Box(0, 0, *frame)
    assert box.clip(*frame).area_px == pytest.approx(box.intersection(whole), abs=1e-3)


@given(boxes(), FACTORS, FACTORS)
def test_scaling_back_restores(box: Box, factor_x: float, factor_y: float) -> None:
    assert near(box.scaled(factor_x, factor_y).scaled(1 / factor_x, 1 / factor_y), box)


@given(boxes(), COORDINATES, COORDINATES)
def test_shifting_back_restores(box: Box, x_px: float, y_px: float) -> None:
    assert near(box.shifted(x_px, y_px).shifted(-x_px, -y_px), box)


def test_stretching_keeps_the_middle() -> None:
    assert Box(10, 20, 20, 60).stretched(2, 0.5) == Box(5, 30, 25, 50)


@given(boxes(), FACTORS, FACTORS)
def test_stretching_back_restores(box: Box, factor_x: float, factor_y: float) -> None:
    assert near(box.stretched(factor_x, factor_y).stretched(1 / factor_x, 1 / factor_y), box)


@given(boxes(), boxes(), FACTORS, COORDINATES)
def test_iou_does_not_depend_on_scale_and_place(
    first: Box, second: Box, factor: float, offset_px: float
) -> None:
    assume(min(first.width_px, first.height_px, second.width_px, second.height_px) > 1)
    moved = [box.scaled(factor, factor).shifted(offset_px, offset_px) for box in (first, second)]
    assert moved[0].iou(moved[1]) == pytest.approx(first.iou(second), abs=1e-3)


@given(st.lists(st.tuples(COORDINATES, COORDINATES), min_size=1, max_size=20))
def test_around_holds_every_point_and_touches_the_outermost(
    points: list[tuple[float, float]],
) -> None:
    box = Box.around(points)
    assert all(box.x_min <= x <= box.x_max and box.y_min <= y <= box.y_max for x, y in points)
    assert {box.x_min, box.x_max} <= {x for x, _ in points}
    assert {box.y_min, box.y_max} <= {y for _, y in points}


@pytest.mark.parametrize(
    "corners",
    [(1, 0, 0, 1), (0, 1, 1, 0), (math.nan, 0, 1, 1), (0, 0, math.inf, 1), (-math.inf, 0, 0, 0)],
)
def test_impossible_boxes_are_refused(corners: tuple[float, float, float, float]) -> None:
    with pytest.raises(ValueError, match="Box needs"):
        Box(*corners)


@given(regular_polygons())
def test_polygon_area_and_convexity(made: tuple[Polygon, float]) -> None:
    polygon, area_px = made
    assert polygon.area_px == pytest.approx(area_px, rel=1e-3, abs=1e-3)
    assert polygon.is_convex()
    backwards = Polygon(polygon.points[::-1])
    assert backwards.is_convex()
    assert backwards.area_px == pytest.approx(polygon.area_px, rel=1e-6, abs=1e-3)
    assert polygon.area_px <= polygon.bounds.area_px * (1 + 1e-6) + 1e-3


@given(regular_polygons(), FRAMES)
def test_clipped_polygon_lies_in_the_frame(
    made: tuple[Polygon, float], frame: tuple[int, int]
) -> None:
    bounds = made[0].clip(*frame).bounds
    assert bounds == bounds.clip(*frame) == made[0].bounds.clip(*frame)


@given(regular_polygons(), FACTORS, FACTORS)
def test_polygon_scaled_by_the_product_in_area(
    made: tuple[Polygon, float], factor_x: float, factor_y: float
) -> None:
    polygon = made[0]
    scaled = polygon.scaled(factor_x, factor_y)
    expected = polygon.area_px * factor_x * factor_y
    assert scaled.area_px == pytest.approx(expected, rel=1e-3, abs=1e-2 * factor_x * factor_y)
    assert near(scaled.bounds, polygon.bounds.scaled(factor_x, factor_y))


def test_self_crossing_and_dented_outlines_are_not_convex() -> None:
    assert Polygon(((0, 0), (1, 0), (1, 1), (0, 1))).is_convex()
    assert not Polygon(((0, 0), (1, 1), (1, 0), (0, 1))).is_convex()
    assert not Polygon(((0, 0), (4, 0), (1, 1), (0, 4))).is_convex()
    assert not Polygon(((0, 0), (1, 0), (2, 0), (2, 1))).is_convex()


@pytest.mark.parametrize("points", [(), ((0.0, 0.0), (1.0, 1.0))])
def test_polygon_needs_three_points(points: tuple[tuple[float, float], ...]) -> None:
    with pytest.raises(ValueError, match="at least 3"):
        Polygon(points)


def test_polygon_needs_finite_points() -> None:
    with pytest.raises(ValueError, match="finite"):
        Polygon(((0, 0), (1, 0), (math.nan, 1)))


def test_shared_extent_along_one_axis_ignores_the_other() -> None:
    upper, lower = Box(0, 0, 10, 4), Box(6, 20, 30, 22)
    assert upper.shared_width_px(lower) == lower.shared_width_px(upper) == 4
    assert upper.shared_height_px(lower) == 0
    assert upper.intersection(lower) == 0


def test_a_polygon_moves_with_the_tile_it_was_found_in() -> None:
    moved = Polygon(((0, 0), (4, 0), (4, 3))).shifted(10, -2)
    assert moved == Polygon(((10, -2), (14, -2), (14, 1)))
    assert moved.area_px == 6


def test_share_of_a_box_in_another() -> None:
    small = Box(0, 0, 10, 10)
    assert small.share_in(Box(5, 0, 100, 100)) == 0.5
    assert Box(5, 0, 105, 100).share_in(small) == pytest.approx(0.005)
    assert small.share_in(small) == 1
    assert Box(3, 3, 3, 3).share_in(small) == 0
