"""The worst mistakes on one picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from screening.config import MediaLimits
from screening.media.reader import open_frames
from screening.media.sniff import identify
from screening.training.evaluation.evaluating import Mistake

_TILE_PX = 260
_CAPTION_PX = 40
_COLUMNS = 6
_AROUND = 0.6
_MISSED_RGB, _WRONG_RGB, _INK_RGB = (0, 150, 60), (210, 30, 40), (20, 20, 20)


def contact_sheet(mistakes: Sequence[Mistake], limits: MediaLimits) -> Image.Image:
    """Every mistake with a caption: green what was missed, red what should not be."""
    rows = -(-len(mistakes) // _COLUMNS)
    size = (_COLUMNS * _TILE_PX, max(rows, 1) * (_TILE_PX + _CAPTION_PX))
    sheet = Image.new("RGB", size, "white")
    for number, mistake in enumerate(mistakes):
        corner = (number % _COLUMNS * _TILE_PX, number // _COLUMNS * (_TILE_PX + _CAPTION_PX))
        sheet.paste(_tile(mistake, limits), corner)
    return sheet


def _tile(mistake: Mistake, limits: MediaLimits) -> Image.Image:
    with open_frames(identify(mistake.path, limits), limits) as frames:
        pixels: NDArray[np.uint8] = next(iter(frames)).pixels
    marked = mistake.truth or mistake.detected
    if marked is None:
        raise ValueError("a mistake needs a box")
    box, colour = marked.box, _MISSED_RGB if mistake.truth else _WRONG_RGB
    margin = _AROUND * max(box.width_px, box.height_px)
    left, top = max(0, int(box.x_min - margin)), max(0, int(box.y_min - margin))
    right = min(pixels.shape[1], int(box.x_max + margin) + 1)
    bottom = min(pixels.shape[0], int(box.y_max + margin) + 1)
    piece = Image.fromarray(pixels[top:bottom, left:right])
    scale = (_TILE_PX - 8) / max(piece.size)
    piece = piece.resize((max(1, round(piece.width * scale)), max(1, round(piece.height * scale))))
    tile = Image.new("RGB", (_TILE_PX, _TILE_PX + _CAPTION_PX), "white")
    tile.paste(piece, (4, 4))
    draw = ImageDraw.Draw(tile)
    shifted = box.shifted(-left, -top).scaled(scale, scale).shifted(4, 4)
    draw.rectangle(shifted.as_tuple(), outline=colour, width=3)
    said = "missed" if mistake.truth else f"said {mistake.weight:.2f}"
    font = ImageFont.load_default(14)
    draw.text((4, _TILE_PX), f"{mistake.name}: {said}", colour, font)
    draw.text((4, _TILE_PX + 18), mistake.path.name[:34], _INK_RGB, font)
    return tile
