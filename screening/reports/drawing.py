"""Draws findings on a picture: outlines and captions that stay readable on any background."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

from screening.geometry import Box, Point
from screening.records import Decision, FileResult, Finding, strictest
from screening.reports.wording import percent, visible, words

Color = tuple[int, int, int]

# Lines are bright between two black edges, so they show on black, on white and on their own
# colour. Plates are dark enough for white text (contrast at least 5 to 1, WCAG AA asks 4.5).
_LINE_COLORS: dict[Decision, Color] = {
    Decision.BLOCK: (255, 82, 82),
    Decision.REVIEW: (255, 183, 3),
    Decision.ALLOW: (86, 180, 255),
}
_PLATE_COLORS: dict[Decision, Color] = {
    Decision.BLOCK: (179, 22, 34),
    Decision.REVIEW: (140, 79, 0),
    Decision.ALLOW: (22, 86, 158),
}
_BLACK: Color = (0, 0, 0)
_WHITE: Color = (255, 255, 255)
_MAX_CAPTION_CHARS = 64


@dataclass(frozen=True, slots=True)
class Mark:
    """One outline with its caption.

    Attributes:
        outline: corners, in pixels of the upright full-size frame.
        weight: strictest decision of the rules the finding breaks; `allow` when none.
        caption: what the plate beside the outline says.
    """

    outline: tuple[Point, ...]
    weight: Decision
    caption: str

    @property
    def bounds(self) -> Box:
        """The smallest box around the outline."""
        return Box.around(self.outline)


def finding_weights(result: FileResult) -> dict[str, Decision]:
    """Per id of a finding that breaks a rule: the strictest decision of those rules."""
    weights: dict[str, Decision] = {}
    for violation in result.verdict.violations:
        for finding_id in violation.findings:
            weights[finding_id] = strictest(
                (violation.decision, weights.get(finding_id, Decision.ALLOW))
            )
    return weights


def marks_by_frame(shown: FileResult, within: str = "") -> dict[int, list[Mark]]:
    """The marks of every frame that has boxed findings, by rising frame index.

    Args:
        shown: a result that went through `shown_result`: captions carry its texts.
        within: id of the finding whose embedded picture or video it is about; empty for the
            file itself.
    """
    weights = finding_weights(shown)
    marks: dict[int, list[Mark]] = {}
    for finding in sorted(shown.findings, key=lambda finding: finding.frame_index):
        if finding.box is not None and finding.within == within:
            weight = weights.get(finding.id, Decision.ALLOW)
            marks.setdefault(finding.frame_index, []).append(_mark(finding, finding.box, weight))
    return marks


def telling_marks(shown: FileResult, within: str = "") -> dict[int, list[Mark]]:
    """Like `marks_by_frame`; if findings break rules, only those, so that a small one shows."""
    marks = marks_by_frame(shown, within)
    telling = {
        index: [mark for mark in group if mark.weight is not Decision.ALLOW]
        for index, group in marks.items()
    }
    return {index: group for index, group in telling.items() if group} or marks


def draw_marks(
    picture: Image.Image,
    marks: Iterable[Mark],
    scale: float = 1.0,
    *,
    with_captions: bool = True,
) -> None:
    """Draw `marks` onto an RGB `picture`, in place; the strictest on top.

    Captions cover no other caption and no outline. One that finds no such place is left out,
    unless its finding breaks a rule: then it may cover an outline.

    Args:
        picture: RGB, `scale` times the size of the frame.
        marks: what to draw.
        scale: pixels of `picture` per pixel of the frame.
        with_captions: False for pictures too small to read them.
    """
    canvas = ImageDraw.Draw(picture)
    line_px = max(2, round(max(picture.size) / 400))
    ordered = sorted(marks, key=lambda mark: mark.weight.rank)
    for mark in ordered:
        _draw_outline(canvas, mark, scale, line_px)
    if with_captions:
        _draw_captions(canvas, ordered[::-1], scale, picture.size)


def _draw_captions(
    canvas: ImageDraw.ImageDraw, marks: Sequence[Mark], scale: float, room: tuple[int, int]
) -> None:
    font = ImageFont.load_default(size=max(11, round(max(room) / 50)))
    padding = max(3, round(max(room) / 400))
    boxes = [mark.bounds.scaled(scale, scale).clip(*room) for mark in marks]
    plates: list[Box] = []
    for mark, box in zip(marks, boxes, strict=True):
        caption = _fitting(canvas, mark.caption, font, room[0] - 2 * padding)
        _, top, right, bottom = canvas.textbbox((0, 0), caption, font=font)
        size = (right + 2 * padding, bottom - top + 2 * padding)
        places = _places(box, size, room)
        plate = _first_free(places, [*plates, *boxes])
        if plate is None:
            if mark.weight is Decision.ALLOW:
                continue
            everywhere = [*places, *_column(places[0], room)]
            plate = _first_free(everywhere, plates) or places[0]
        plates.append(plate)
        canvas.rectangle(plate.as_tuple(), fill=_PLATE_COLORS[mark.weight], outline=_BLACK)
        position = (plate.x_min + padding, plate.y_min + padding - top)
        canvas.text(position, caption, font=font, fill=_WHITE)


def _mark(finding: Finding, box: Box, weight: Decision) -> Mark:
    points = (
        finding.polygon.points
        if finding.polygon
        else (
            (box.x_min, box.y_min),
            (box.x_max, box.y_min),
            (box.x_max, box.y_max),
            (box.x_min, box.y_max),
        )
    )
    name = finding.evidence.get("name")
    detail = name if isinstance(name, str) and name else finding.text or ""
    label = words(finding.label)
    named = detail.lower().startswith(label.lower())
    parts = ["" if named else label, detail, percent(finding.score)]
    if weight is not Decision.ALLOW:
        parts.insert(0, weight.upper())
    caption = " \N{MIDDLE DOT} ".join(part for part in parts if part)
    return Mark(points, weight, caption)


def _draw_outline(canvas: ImageDraw.ImageDraw, mark: Mark, scale: float, width_px: int) -> None:
    points = [(x * scale, y * scale) for x, y in mark.outline]
    closed = [*points, *points[:2]]
    if mark.weight is Decision.ALLOW:
        width_px = max(1, width_px // 2)
    edge_px = max(1, width_px // 2)
    canvas.line(closed, fill=_BLACK, width=width_px + 2 * edge_px, joint="curve")
    canvas.line(closed, fill=_LINE_COLORS[mark.weight], width=width_px, joint="curve")


def _fitting(
    canvas: ImageDraw.ImageDraw,
    caption: str,
    font: ImageFont.ImageFont | ImageFont.FreeTypeFont,
    room_px: float,
) -> str:
    """`caption` on one line, without invisible characters, cut to what fits in `room_px`."""
    caption = visible(" ".join(caption.split()))
    if len(caption) > _MAX_CAPTION_CHARS:
        caption = caption[: _MAX_CAPTION_CHARS - 1] + "\N{HORIZONTAL ELLIPSIS}"
    while len(caption) > 2 and canvas.textlength(caption, font=font) > room_px:
        caption = caption[:-2] + "\N{HORIZONTAL ELLIPSIS}"
    return caption


def _places(anchor: Box, size: tuple[float, float], room: tuple[int, int]) -> list[Box]:
    """Where a plate may go in the picture, best first: over, under, beside, on the box."""
    width, height = size
    room_x, room_y = max(room[0] - 1 - width, 0.0), max(room[1] - 1 - height, 0.0)
    columns = [min(anchor.x_min, room_x), min(max(anchor.x_max - width, 0.0), room_x)]
    rows = [min(anchor.y_min, room_y), min(max(anchor.y_max - height, 0.0), room_y)]
    over_under = [(x, y) for y in (anchor.y_min - height, anchor.y_max) for x in columns]
    beside = [(x, rows[0]) for x in (anchor.x_max, anchor.x_min - width)]
    inside = [(x, y) for x, y in over_under + beside if 0 <= x <= room_x and 0 <= y <= room_y]
    inside += [(x, y) for y in rows for x in columns]
    return [Box(x, y, x + width, y + height) for x, y in inside]


def _column(place: Box, room: tuple[int, int]) -> list[Box]:
    """Every row of the picture at the left edge of `place`, from the top down."""
    rows = int(room[1] // place.height_px)
    return [place.shifted(0, row * place.height_px - place.y_min) for row in range(rows)]


def _first_free(places: Iterable[Box], taken: Sequence[Box]) -> Box | None:
    return next(
        (place for place in places if not any(place.intersection(other) for other in taken)), None
    )
