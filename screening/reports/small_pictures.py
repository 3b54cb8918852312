"""The small pictures of `report.html`: of a file, and of what is embedded in it."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice

from PIL import Image

from screening.config import MediaLimits
from screening.errors import MediaError
from screening.records import FileResult, Finding
from screening.reports.drawing import draw_marks, telling_marks
from screening.reports.inside import embedded_media, named, noun
from screening.reports.reopen import frames_again

_SIDE_PX = 320
_INSIDE_SIDE_PX = 240
_JPEG_QUALITY = 80

MAX_INSIDE = 6
"""Embedded pictures and videos shown per file; a burst photo carries some 20."""


@dataclass(frozen=True, slots=True)
class SmallPicture:
    """A picture for the page, or the reason why there is none.

    Attributes:
        source: data URI of a JPEG; empty if there is none.
        missing: sentence that says why; empty if there is one.
        caption: what it shows, if that is not the file itself.
    """

    source: str
    missing: str = ""
    caption: str = ""


def telling_picture(
    shown: FileResult, limits: MediaLimits, embedded: Finding | None = None
) -> SmallPicture:
    """The most telling frame of a file, or of what is embedded in it, with outlines.

    Args:
        shown: a result that went through `shown_result`.
        limits: those the file was screened with.
        embedded: one of its findings that is embedded.
    """
    marks = telling_marks(shown, embedded.id if embedded else "")
    index = max(
        marks,
        key=lambda index: (max(mark.weight.rank for mark in marks[index]), -index),
        default=0,
    )
    caption = _caption(embedded) if embedded else ""
    try:
        with closing(frames_again(shown, {index}, limits, embedded)) as frames:
            picture = Image.fromarray(next(frames).pixels)
    except MediaError as error:
        return SmallPicture("", str(error), caption)
    full_width = picture.width
    side_px = _INSIDE_SIDE_PX if embedded else _SIDE_PX
    picture.thumbnail((side_px, side_px))
    scale = picture.width / full_width
    draw_marks(picture, marks.get(index, ()), scale, with_captions=False)
    return SmallPicture(data_uri(picture), caption=caption)


def inside_pictures(shown: FileResult, limits: MediaLimits) -> list[SmallPicture]:
    """What is embedded in a file, the picture itself before previews that show something else.

    Args:
        shown: a result that went through `shown_result`.
        limits: those the file was screened with.
    """
    followed = [one for one in embedded_media(shown).values() if noun(one) != "data"]
    pictures = [telling_picture(shown, limits, one) for one in islice(followed, MAX_INSIDE)]
    if len(followed) > MAX_INSIDE:
        rest = len(followed) - MAX_INSIDE
        pictures.append(SmallPicture("", "Only the first ones are shown.", f"and {rest} more"))
    if any(noun(one) == "preview" and not one.within for one in followed):
        pictures[:0] = _plain_first_frame(shown, limits)
    return pictures


def _plain_first_frame(shown: FileResult, limits: MediaLimits) -> Iterator[SmallPicture]:
    """The picture that a preview is to be held against, without outlines."""
    try:
        with closing(frames_again(shown, {0}, limits)) as frames:
            picture = Image.fromarray(next(frames).pixels)
    except MediaError:
        return  # the reason stands where the picture of the file would be
    picture.thumbnail((_INSIDE_SIDE_PX, _INSIDE_SIDE_PX))
    yield SmallPicture(data_uri(picture), caption="The picture that is seen")


def _caption(embedded: Finding) -> str:
    what = named(embedded)
    difference = embedded.evidence.get("difference")
    return f"{what[:1].upper()}{what[1:]}" + (f": {difference}" if difference else "")


def data_uri(picture: Image.Image) -> str:
    """A picture as a JPEG inside the page."""
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=_JPEG_QUALITY)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()
