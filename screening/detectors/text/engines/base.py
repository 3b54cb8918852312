"""What a text engine is: pixels in, lines with quads out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from screening.geometry import Point, Polygon


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of text.

    Attributes:
        text: what it says.
        score: confidence of the engine, 0..1.
        quad: four corners from the start of the line, clockwise, in pixels of the input.
    """

    text: str
    score: float
    quad: Polygon

    def span_quad(self, start: int, end: int) -> Polygon:
        """Corners of the characters `start` to `end` (exclusive), as if all were equally wide."""
        length = max(len(self.text), 1)
        top_left, top_right, bottom_right, bottom_left = self.quad.points
        return Polygon(
            (
                _between(top_left, top_right, start / length),
                _between(top_left, top_right, end / length),
                _between(bottom_left, bottom_right, end / length),
                _between(bottom_left, bottom_right, start / length),
            )
        )


def _between(start: Point, end: Point, fraction: float) -> Point:
    return (
        start[0] + (end[0] - start[0]) * fraction,
        start[1] + (end[1] - start[1]) * fraction,
    )


class TextEngine(Protocol):
    """Reads text; one instance per worker, kept warm."""

    name: ClassVar[str]

    def __init__(self, languages: str, threads: int) -> None: ...

    @classmethod
    def check_installed(cls, languages: str) -> None:
        """Raise MissingDependencyError with the install command if it cannot run."""

    @classmethod
    def assets(cls, languages: str) -> Mapping[str, str]:
        """Versions and model digests that decide what is read."""

    def read(self, pixels: NDArray[np.uint8]) -> list[TextLine]:
        """Lines in uint8 RGB `pixels`, shape (H, W, 3), in reading order.

        Raises:
            DetectorError: the engine failed on this picture.
        """
