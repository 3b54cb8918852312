"""What a text engine is: pixels in, lines with quads out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
        places: how far along the line, 0..1, the middle of each character stands; empty where
            the engine does not say.
        circular: the line runs around a centre and `quad` is the upright box around it.
    """

    text: str
    score: float
    quad: Polygon
    places: tuple[float, ...] = ()
    circular: bool = False

    def span_quad(self, start: int, end: int) -> Polygon:
        """Corners of the characters `start` to `end` (exclusive).

        Without `places` all count as equally wide; of a circular line it is the whole box.
        """
        if self.circular:
            return self.quad
        low, high = self._edge(start), self._edge(end)
        top_left, top_right, bottom_right, bottom_left = self.quad.points
        return Polygon(
            (
                _between(top_left, top_right, low),
                _between(top_left, top_right, high),
                _between(bottom_left, bottom_right, high),
                _between(bottom_left, bottom_right, low),
            )
        )

    def _edge(self, index: int) -> float:
        """How far along the line, 0..1, the character `index` begins."""
        if index <= 0 or index >= len(self.text):
            return 0.0 if index <= 0 else 1.0
        if len(self.places) != len(self.text):
            return index / len(self.text)
        return (self.places[index - 1] + self.places[index]) / 2


@dataclass(frozen=True, slots=True)
class PageText:
    """What one picture says.

    Attributes:
        lines: in reading order.
        unread: a plain sentence where a part of the picture was not read; empty otherwise.
    """

    lines: list[TextLine]
    unread: str = ""


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

    def read(self, pictures: Sequence[NDArray[np.uint8]]) -> list[PageText]:
        """What each picture says; uint8 RGB, shape (H, W, 3).

        Raises:
            DetectorError: the engine failed.
        """
