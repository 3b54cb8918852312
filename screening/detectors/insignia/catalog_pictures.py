"""Pictures of a catalog for people: a reference's own, and who looks like whom."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from screening.catalog import Reference
from screening.detectors.insignia.art import load_art, on_ground
from screening.detectors.insignia.likeness import Likeness
from screening.errors import ConfigError

_SHEET_PX = 256
_GAP_PX = 16
_LARGEST_PX = 1600
_LEGIBLE_PX = 11
_KEPT = 64


class ReferenceGallery:
    """The pictures of references by what a finding says of them; read when first asked for."""

    def __init__(self, references: Iterable[Reference]) -> None:
        self._files: Mapping[str, tuple[Path, ...]] = {one.id: one.files for one in references}
        self._read = lru_cache(_KEPT)(_opaque)

    def art(self, reference: str, picture: int) -> NDArray[np.uint8] | None:
        """The art that a place was compared with, cut as it was then.

        Args:
            reference: id.
            picture: which of its pictures, from 1.

        Returns:
            uint8 RGB, shape (H, W, 3); None where the picture is gone or cannot be read.
        """
        files = self._files.get(reference, ())
        if not 1 <= picture <= len(files):
            return None
        try:
            return self._read(files[picture - 1])
        except ConfigError:
            return None


def _opaque(path: Path) -> NDArray[np.uint8]:
    return on_ground(load_art(path))


def picture_sheet(reference: Reference) -> Image.Image:
    """All pictures of a reference beside each other, as they are compared.

    Raises:
        ConfigError: one of them cannot be read.
    """
    tiles = [Image.fromarray(_opaque(path)) for path in reference.files]
    step = _SHEET_PX + _GAP_PX
    sheet = Image.new("RGB", (step * len(tiles) + _GAP_PX, step + _GAP_PX), (255, 255, 255))
    for number, tile in enumerate(tiles):
        left, top = ((_SHEET_PX - side) // 2 + _GAP_PX for side in tile.size)
        sheet.paste(tile, (left + number * step, top))
    return sheet


def write_matrix(likeness: Likeness, path: Path) -> None:
    """Who agrees with whom, as a table (.csv) or a picture (.png).

    Raises:
        ConfigError: another kind of file is asked for.
    """
    match path.suffix.lower():
        case ".csv":
            with path.open("w", encoding="utf-8", newline="") as stream:
                rows = csv.writer(stream)
                rows.writerow(["drawn", *likeness.ids])
                for name, values in zip(likeness.ids, likeness.agreement, strict=True):
                    rows.writerow([name, *(f"{value:.3f}" for value in values)])
        case ".png":
            _matrix_picture(likeness).save(path)
        case _:
            raise ConfigError("a matrix is written as .csv or .png", file=path, key="--matrix")


def _matrix_picture(likeness: Likeness) -> Image.Image:
    count = len(likeness.ids)
    cell = int(np.clip(_LARGEST_PX // count, 3, 24))
    values = np.clip(likeness.agreement * 255, 0, 255).astype(np.uint8)
    colours = cv2.applyColorMap(
        np.kron(values, np.ones((cell, cell), np.uint8)), cv2.COLORMAP_MAGMA
    )
    squares = Image.fromarray(cv2.cvtColor(colours, cv2.COLOR_BGR2RGB))
    draw = ImageDraw.Draw(squares)
    for row, column in np.argwhere(likeness.confused):
        corner = (int(column) * cell, int(row) * cell)
        draw.rectangle(
            (*corner, corner[0] + cell - 1, corner[1] + cell - 1), outline=(90, 220, 255)
        )
    if cell < _LEGIBLE_PX:
        return squares
    font = ImageFont.load_default(size=cell - 2)
    margin = 8 + int(max(font.getlength(name) for name in likeness.ids))
    picture = Image.new("RGB", (margin + squares.width, squares.height), (255, 255, 255))
    picture.paste(squares, (margin, 0))
    draw = ImageDraw.Draw(picture)
    for row, name in enumerate(likeness.ids):
        draw.text((4, row * cell), name, font=font, fill=(0, 0, 0))
    return picture
