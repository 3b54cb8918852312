"""The worst mistakes on one picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PIL import Image, ImageDraw, ImageFont

from screening.config import MediaLimits
from screening.geometry import Box
from screening.reports.wording import visible
from screening.training.evaluation.evaluating import LEAST_SHOWN, Mistake, Progress, first_frame

_TILE_PX = 260
_CAPTION_PX = 40
_EDGE_PX = 4
_COLUMNS = 6
_AROUND = 0.6
_TRUTH_RGB, _DETECTED_RGB, _INK_RGB = (0, 150, 60), (210, 30, 40), (20, 20, 20)


def contact_sheet(
    mistakes: Sequence[Mistake], limits: MediaLimits, progress: Progress
) -> Image.Image:
    """Every mistake with a caption: green what people drew, red what the detector said.

    The mistake itself has a thick line; other boxes of the class beside it a thin one.
    """
    rows = -(-len(mistakes) // _COLUMNS)
    size = (_COLUMNS * _TILE_PX, max(rows, 1) * (_TILE_PX + _CAPTION_PX))
    sheet = Image.new("RGB", size, "white")
    for number, mistake in enumerate(mistakes):
        progress("Drawing the worst mistakes", number, len(mistakes))
        corner = (number % _COLUMNS * _TILE_PX, number // _COLUMNS * (_TILE_PX + _CAPTION_PX))
        sheet.paste(_tile(mistake, limits), corner)
    progress("Drawing the worst mistakes", len(mistakes), len(mistakes))
    return sheet


def _tile(mistake: Mistake, limits: MediaLimits) -> Image.Image:
    whole = Image.fromarray(first_frame(mistake.path, limits).pixels)
    box = _marked(mistake)
    left, top, right, bottom = _cut(box, whole.width, whole.height)
    piece = whole.crop((left, top, right, bottom))
    scale = (_TILE_PX - 2 * _EDGE_PX) / max(piece.size)
    piece = piece.resize((max(1, round(piece.width * scale)), max(1, round(piece.height * scale))))
    draw = ImageDraw.Draw(piece)
    for one, colour, width in _outlines(mistake, box):
        draw.rectangle(
            one.shifted(-left, -top).scaled(scale, scale).as_tuple(), outline=colour, width=width
        )
    tile = Image.new("RGB", (_TILE_PX, _TILE_PX + _CAPTION_PX), "white")
    tile.paste(piece, (_EDGE_PX, _EDGE_PX))
    said, colour = f"said {mistake.weight:.2f}", _DETECTED_RGB
    if mistake.truth:
        said, colour = f"missed ({_best(mistake, box)})", _TRUTH_RGB
    draw, font = ImageDraw.Draw(tile), ImageFont.load_default(14)
    draw.text((_EDGE_PX, _TILE_PX), f"{visible(mistake.name)}: {said}", colour, font)
    draw.text((_EDGE_PX, _TILE_PX + 18), visible(mistake.path.name)[:34], _INK_RGB, font)
    return tile


def _marked(mistake: Mistake) -> Box:
    marked = mistake.truth or mistake.detected
    if marked is None:
        raise ValueError("a mistake needs a box")
    return marked.box


def _cut(box: Box, width: int, height: int) -> tuple[int, int, int, int]:
    """The box with its surroundings in whole pixels; never empty, even for a box far outside."""
    margin = _AROUND * max(box.width_px, box.height_px)
    left = min(max(0, int(box.x_min - margin)), width - 1)
    top = min(max(0, int(box.y_min - margin)), height - 1)
    right = max(left + 1, min(width, int(box.x_max + margin) + 1))
    bottom = max(top + 1, min(height, int(box.y_max + margin) + 1))
    return left, top, right, bottom


def _outlines(mistake: Mistake, box: Box) -> Iterator[tuple[Box, tuple[int, int, int], int]]:
    """Thin lines first, so that they never cover the mistake."""
    for truth in mistake.annotated.truths:
        yield truth.box, _TRUTH_RGB, 1
    for found in mistake.annotated.detections:
        if found.score >= LEAST_SHOWN:
            yield found.box, _DETECTED_RGB, 1
    yield box, _TRUTH_RGB if mistake.truth else _DETECTED_RGB, 3


def _best(mistake: Mistake, box: Box) -> str:
    """The surest detection that touches the box."""
    near = [one.score for one in mistake.annotated.detections if one.box.intersection(box)]
    return f"at most {max(near):.2f} near" if near else "nothing near"
