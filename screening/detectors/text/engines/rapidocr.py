"""PP-OCR detection and recognition on OpenVINO; the models come with the package rapidocr."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from screening.detectors.text.engines.base import PageText, TextLine
from screening.detectors.text.engines.ppocr.finding import Corners
from screening.detectors.text.engines.ppocr.legends import UnrolledLegend, unrolled_legends
from screening.detectors.text.engines.ppocr.looking import lines_as_they_are, look
from screening.detectors.text.engines.ppocr.reading import Reading, read_lines
from screening.detectors.text.engines.ppocr.sessions import (
    MODEL_PATTERNS,
    model_files,
    networks,
)
from screening.errors import DetectorError, MissingDependencyError
from screening.geometry import Polygon

_UNREAD = (
    "This picture may hold more small text than is read in one picture; the rest of it was not"
    " read. Cut it into parts and screen those."
)


class RapidOcrEngine:
    """The default engine.

    Finds the lines of every picture, unrolls circular legends, then reads the lines of all
    pictures in common batches, in whichever direction each line runs.
    """

    name: ClassVar[str] = "rapidocr"
    thorough: ClassVar[bool] = False

    def __init__(self, languages: str, threads: int) -> None:
        self._networks = networks(threads, latin_only=not _reads_ideographs(languages))

    @classmethod
    def check_installed(cls, languages: str) -> None:
        """The models must lie in the package: nothing is ever downloaded."""
        del languages
        if len(model_files()) != len(MODEL_PATTERNS):
            raise MissingDependencyError(
                "the text models of rapidocr are missing; run: pip install --force-reinstall"
                " rapidocr",
                key="text.engine",
            )

    @classmethod
    def assets(cls, languages: str) -> Mapping[str, str]:
        """Digest of every model and the version of the library that runs them."""
        del languages
        digests = {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in model_files()
        }
        return digests | {"openvino": version("openvino")}

    def read(self, pictures: Sequence[NDArray[np.uint8]]) -> list[PageText]:
        """Lines from top to bottom, those of circular legends behind the others."""
        try:
            return self._read(pictures)
        except RuntimeError as error:  # what OpenVINO raises
            raise DetectorError(
                "The text in this picture could not be read; the text engine failed.",
                code="text_engine",
            ) from error

    def _read(self, pictures: Sequence[NDArray[np.uint8]]) -> list[PageText]:
        looks = [look(self._networks, pixels, thorough=self.thorough) for pixels in pictures]
        legends = [
            unrolled_legends(pixels, seen.text_map, seen.scale)
            for pixels, seen in zip(pictures, looks, strict=True)
        ]
        lines: list[tuple[NDArray[np.uint8], Corners]] = []
        origins: list[tuple[int, UnrolledLegend | None]] = []
        for number, pixels in enumerate(pictures):
            for corners in sorted(looks[number].lines, key=_reading_order):
                lines.append((pixels, corners))
                origins.append((number, None))
            for legend in legends[number]:
                for corners in lines_as_they_are(self._networks, legend.pixels):
                    lines.append((legend.pixels, corners))
                    origins.append((number, legend))
        found: list[list[TextLine]] = [[] for _ in pictures]
        read = read_lines(self._networks, lines)
        for (number, rolled), (reading, corners) in zip(origins, read, strict=True):
            if reading.text.strip():
                found[number].append(_line(reading, corners, rolled))
        return [
            PageText(_without_echoes(lines), "" if seen.complete else _UNREAD)
            for lines, seen in zip(found, looks, strict=True)
        ]


def _reads_ideographs(languages: str) -> bool:
    """Whether one of some languages, by Tesseract's codes, is Chinese or Japanese."""
    return any(code.startswith(("chi_", "jpn")) for code in languages.split("+"))


class ThoroughEngine(RapidOcrEngine):
    """Looks twice at everything: finds more, takes several times as long."""

    name: ClassVar[str] = "thorough"
    thorough: ClassVar[bool] = True


def _without_echoes(lines: Sequence[TextLine]) -> list[TextLine]:
    """Without circular lines that say a part of another circular one.

    Rings are unrolled further than once, and one ring is often found as several circles.
    """
    letters = [_letters(line.text) if line.circular else "" for line in lines]
    order = sorted(range(len(lines)), key=lambda number: (-len(letters[number]), number))
    echoes: set[int] = set()
    for place, number in enumerate(order):
        echoes |= {
            other
            for other in order[place + 1 :]
            if lines[other].circular and letters[other] in letters[number]
        }
    return [line for number, line in enumerate(lines) if number not in echoes]


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def _reading_order(corners: Corners) -> tuple[float, float]:
    return float(corners[0, 1]), float(corners[0, 0])


def _line(reading: Reading, corners: Corners, legend: UnrolledLegend | None) -> TextLine:
    if legend is not None:
        return TextLine(reading.text, reading.score, legend.outline(corners), circular=True)
    quad = Polygon(tuple((float(x), float(y)) for x, y in corners))
    return TextLine(reading.text, reading.score, quad, reading.places)
