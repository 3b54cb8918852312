"""Insignia beside the reference they were recognised by, with lines between matched points."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image, ImageDraw

from screening.config import MediaLimits
from screening.errors import MediaError
from screening.geometry import Box
from screening.records import FileResult, Finding
from screening.reports.base import ReferenceArt
from screening.reports.reopen import frames_again
from screening.reports.small_pictures import SmallPicture, data_uri
from screening.reports.wording import percent

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_COMPARED = 6
"""Shown per file, the surest first."""

_TILE_PX = 180
_GAP_PX = 12
_MARGIN = 0.15
_DOT_PX = 2
_GROUND = (246, 246, 246)
_LINE_COLORS = ((255, 82, 82), (255, 183, 3), (86, 180, 255), (60, 200, 120), (216, 120, 255))

if TYPE_CHECKING:
    _Compared = tuple[Finding, NDArray[np.uint8]]


class _Tile(NamedTuple):
    """Where a picture stands in the sheet."""

    factor: float
    left_px: int
    top_px: int

    def of(self, x: float, y: float) -> tuple[float, float]:
        """A pixel of the picture as one of the sheet."""
        return self.left_px + x * self.factor, self.top_px + y * self.factor


def compared_pictures(
    shown: FileResult, limits: MediaLimits, reference_art: ReferenceArt
) -> list[SmallPicture]:
    """One picture per insignia whose reference and whose place can be shown again.

    Args:
        shown: a result that went through `shown_result`.
        limits: those the file was screened with.
        reference_art: the art by reference and number of its picture.
    """
    known = [(one, art) for one in shown.findings if (art := _art(one, reference_art)) is not None]
    known = sorted(known, key=lambda pair: -pair[0].score)[:MAX_COMPARED]
    groups: dict[str, list[_Compared]] = defaultdict(list)
    for finding, art in known:
        groups[finding.within].append((finding, art))
    embedded = {one.id: one for one in shown.findings if one.embedded}
    pictures: dict[str, SmallPicture] = {}
    for within, group in groups.items():
        # Why a file cannot be read again stands where its own small picture would be.
        with suppress(MediaError):
            pictures |= _compared(shown, group, limits, embedded.get(within))
    return [pictures[one.id] for one, _ in known if one.id in pictures]


def _compared(
    shown: FileResult, group: Sequence[_Compared], limits: MediaLimits, embedded: Finding | None
) -> dict[str, SmallPicture]:
    """By id of the finding, all in one pass over the file."""
    pictures = {}
    indexes = {finding.frame_index for finding, _ in group}
    with closing(frames_again(shown, indexes, limits, embedded)) as frames:
        for frame in frames:
            for finding, art in group:
                if finding.frame_index == frame.index and finding.box is not None:
                    picture = _side_by_side(art, frame.pixels, finding, finding.box)
                    pictures[finding.id] = SmallPicture(
                        data_uri(picture), caption=_caption(finding)
                    )
    return pictures


def _art(finding: Finding, reference_art: ReferenceArt) -> NDArray[np.uint8] | None:
    reference, picture = finding.evidence.get("reference"), finding.evidence.get("picture")
    if finding.box is None or not isinstance(reference, str) or not isinstance(picture, int):
        return None
    return reference_art(reference, picture)


def _side_by_side(
    art: NDArray[np.uint8], pixels: NDArray[np.uint8], finding: Finding, box: Box
) -> Image.Image:
    """The art on the left, what surrounds `box` on the right."""
    sheet = Image.new("RGB", (2 * _TILE_PX + _GAP_PX, _TILE_PX), _GROUND)
    there = _pasted(sheet, Image.fromarray(art), 0)
    margin_px = _MARGIN * max(box.width_px, box.height_px)
    part = Box(
        box.x_min - margin_px, box.y_min - margin_px, box.x_max + margin_px, box.y_max + margin_px
    ).clip(pixels.shape[1], pixels.shape[0])
    left, top, right, bottom = (round(side) for side in part.as_tuple())
    cut = Image.fromarray(pixels[top : max(bottom, top + 1), left : max(right, left + 1)])
    here = _pasted(sheet, cut, _TILE_PX + _GAP_PX)
    canvas = ImageDraw.Draw(sheet)
    for number, (art_x, art_y, x, y) in enumerate(_pairs(finding)):
        start = there.of(art_x * art.shape[1], art_y * art.shape[0])
        end = here.of(x - left, y - top)
        color = _LINE_COLORS[number % len(_LINE_COLORS)]
        canvas.line((*start, *end), fill=color, width=1)
        for dot_x, dot_y in (start, end):
            corners = (dot_x - _DOT_PX, dot_y - _DOT_PX, dot_x + _DOT_PX, dot_y + _DOT_PX)
            canvas.ellipse(corners, fill=color, outline=(0, 0, 0))
    return sheet


def _pasted(sheet: Image.Image, picture: Image.Image, left: int) -> _Tile:
    """Put a picture in the middle of the tile that begins at `left`."""
    factor = _TILE_PX / max(picture.size)
    size = (max(round(picture.width * factor), 1), max(round(picture.height * factor), 1))
    corner = (left + (_TILE_PX - size[0]) // 2, (_TILE_PX - size[1]) // 2)
    sheet.paste(picture.resize(size, Image.Resampling.LANCZOS), corner)
    return _Tile(factor, *corner)


def _pairs(finding: Finding) -> Iterator[tuple[float, float, float, float]]:
    """Matched points: x and y in the art, 0..1, then x and y in the picture."""
    points = finding.evidence.get("points")
    numbers = [one for one in points if isinstance(one, float)] if isinstance(points, list) else []
    for start in range(0, len(numbers) - 3, 4):
        art_x, art_y, x, y = numbers[start : start + 4]
        yield art_x, art_y, x, y


def _caption(finding: Finding) -> str:
    count = sum(1 for _ in _pairs(finding))
    matched = f"{count} matched point{'' if count == 1 else 's'} shown" if count else "no points"
    return f"{finding.evidence.get('name', finding.label)}, {percent(finding.score)}: {matched}"
