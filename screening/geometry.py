"""Boxes and polygons in pixels of the upright full-size frame; the only box maths.

Coordinates are floats, origin top-left, x to the right, y down. Boxes are half-open:
a box covers `x_min <= x < x_max`, so its width is `x_max - x_min` without a `+ 1`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite

Point = tuple[float, float]


@dataclass(frozen=True, slots=True, order=True)
class Box:
    """An axis-aligned rectangle with a positive or zero area.

    Raises:
        ValueError: a coordinate is not finite, or a maximum lies below its minimum.
    """

    x_min: float
    y_min: float
    x_max: float
    y_max: float

    def __post_init__(self) -> None:
        if not all(isfinite(value) for value in self.as_tuple()):
            raise ValueError(f"Box needs finite coordinates, got {self.as_tuple()}")
        if self.x_max < self.x_min or self.y_max < self.y_min:
            raise ValueError(f"Box needs min <= max on both axes, got {self.as_tuple()}")

    @classmethod
    def around(cls, points: Iterable[Point]) -> Box:
        """The smallest box that holds every one of `points` (at least one)."""
        x_values, y_values = zip(*points, strict=True)
        return cls(min(x_values), min(y_values), max(x_values), max(y_values))

    @property
    def width_px(self) -> float:
        """Extent along x, in pixels."""
        return self.x_max - self.x_min

    @property
    def height_px(self) -> float:
        """Extent along y, in pixels."""
        return self.y_max - self.y_min

    @property
    def area_px(self) -> float:
        """Covered area, in square pixels."""
        return self.width_px * self.height_px

    def as_tuple(self) -> tuple[float, float, float, float]:
        """`(x_min, y_min, x_max, y_max)`."""
        return (self.x_min, self.y_min, self.x_max, self.y_max)

    def corners(self) -> tuple[Point, ...]:
        """The four corners, clockwise from the upper left one."""
        return (
            (self.x_min, self.y_min),
            (self.x_max, self.y_min),
            (self.x_max, self.y_max),
            (self.x_min, self.y_max),
        )

    def shared_width_px(self, other: Box) -> float:
        """Extent along x that both boxes span, in pixels, wherever they stand along y."""
        return max(0.0, min(self.x_max, other.x_max) - max(self.x_min, other.x_min))

    def shared_height_px(self, other: Box) -> float:
        """Extent along y that both boxes span, in pixels, wherever they stand along x."""
        return max(0.0, min(self.y_max, other.y_max) - max(self.y_min, other.y_min))

    def intersection(self, other: Box) -> float:
        """Area that both boxes cover, in square pixels."""
        return self.shared_width_px(other) * self.shared_height_px(other)

    def iou(self, other: Box) -> float:
        """Intersection over union, 0..1; 0 when both boxes are empty."""
        shared = self.intersection(other)
        union = self.area_px + other.area_px - shared
        return shared / union if union > 0 else 0.0

    def share_in(self, other: Box) -> float:
        """How much of this box's area lies in `other`, 0..1; 0 when this box is empty."""
        return self.intersection(other) / self.area_px if self.area_px > 0 else 0.0

    def clip(self, width_px: float, height_px: float) -> Box:
        """This box cut to a frame of the given size (an outside box becomes empty)."""
        return Box(
            min(max(self.x_min, 0.0), width_px),
            min(max(self.y_min, 0.0), height_px),
            min(max(self.x_max, 0.0), width_px),
            min(max(self.y_max, 0.0), height_px),
        )

    def scaled(self, factor_x: float, factor_y: float) -> Box:
        """Coordinates times positive factors: from a resized frame to its full size."""
        return Box(
            self.x_min * factor_x,
            self.y_min * factor_y,
            self.x_max * factor_x,
            self.y_max * factor_y,
        )

    def shifted(self, x_px: float, y_px: float) -> Box:
        """Coordinates plus an offset: from a tile to the frame it was cut from."""
        return Box(self.x_min + x_px, self.y_min + y_px, self.x_max + x_px, self.y_max + y_px)

    def stretched(self, factor_x: float, factor_y: float) -> Box:
        """Sides times positive factors, around the same middle."""
        x, y = (self.x_min + self.x_max) / 2, (self.y_min + self.y_max) / 2
        half_x, half_y = self.width_px * factor_x / 2, self.height_px * factor_y / 2
        return Box(x - half_x, y - half_y, x + half_x, y + half_y)


@dataclass(frozen=True, slots=True, order=True)
class Polygon:
    """A closed outline of at least three points, without the closing repetition.

    Raises:
        ValueError: fewer than three points, or a coordinate is not finite.
    """

    points: tuple[Point, ...]

    def __post_init__(self) -> None:
        if len(self.points) < 3:
            raise ValueError(f"Polygon needs at least 3 points, got {len(self.points)}")
        if not all(isfinite(value) for point in self.points for value in point):
            raise ValueError(f"Polygon needs finite coordinates, got {self.points}")

    @property
    def bounds(self) -> Box:
        """The smallest box around the polygon."""
        return Box.around(self.points)

    @property
    def area_px(self) -> float:
        """Enclosed area in square pixels (shoelace formula), never negative."""
        return abs(sum(_cross_sums(self.points))) / 2

    def is_convex(self) -> bool:
        """Whether every turn along the outline goes the same way (no self-crossing quad)."""
        turns = [
            (bx - ax) * (cy - by) - (by - ay) * (cx - bx)
            for (ax, ay), (bx, by), (cx, cy) in zip(
                self.points, _rotate(self.points, 1), _rotate(self.points, 2), strict=True
            )
        ]
        return all(turn > 0 for turn in turns) or all(turn < 0 for turn in turns)

    def clip(self, width_px: float, height_px: float) -> Polygon:
        """Every point moved into a frame of the given size."""
        return Polygon(
            tuple((min(max(x, 0.0), width_px), min(max(y, 0.0), height_px)) for x, y in self.points)
        )

    def shifted(self, x_px: float, y_px: float) -> Polygon:
        """Every point plus an offset: from a tile to the frame it was cut from."""
        return Polygon(tuple((x + x_px, y + y_px) for x, y in self.points))

    def scaled(self, factor_x: float, factor_y: float) -> Polygon:
        """Coordinates times positive factors: from a resized frame to its full size."""
        return Polygon(tuple((x * factor_x, y * factor_y) for x, y in self.points))


def _rotate(points: tuple[Point, ...], steps: int) -> tuple[Point, ...]:
    return points[steps:] + points[:steps]


def _cross_sums(points: tuple[Point, ...]) -> list[float]:
    return [
        ax * by - bx * ay for (ax, ay), (bx, by) in zip(points, _rotate(points, 1), strict=True)
    ]
