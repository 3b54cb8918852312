"""`annotated/`: a picture with labelled boxes for every file in which something was found."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import ClassVar

from PIL import Image

from screening.errors import MediaError
from screening.records import FileResult, Finding
from screening.reports.atomic_text import AtomicText
from screening.reports.base import ReportContext
from screening.reports.drawing import Mark, draw_marks, marks_by_frame
from screening.reports.inside import embedded_media
from screening.reports.masking import shown_result
from screening.reports.reopen import MAX_SIDE_PX, frames_again
from screening.reports.wording import shown_path

NOT_DRAWN = "not-drawn.txt"

_LOSSLESS_TYPES = frozenset({"image/png", "image/gif", "image/bmp", "image/tiff"})
_JPEG_QUALITY = 90


class AnnotatedWriter:
    """Draws each frame with boxed findings on a copy; the copy carries no metadata.

    What was found in a picture or video inside the file is drawn on a copy of that one.

    Every picture appears under its name when it is complete. Files that could not be opened
    again are listed in `annotated/not-drawn.txt`, with the reason.
    """

    name: ClassVar[str] = "annotated"
    summary: ClassVar[str] = "annotated/: pictures with a labelled box around each finding"

    def __init__(self, context: ReportContext) -> None:
        self._context = context
        self._folder = context.out_dir / "annotated"
        self._folder.mkdir(exist_ok=True)
        (self._folder / NOT_DRAWN).unlink(missing_ok=True)
        self._not_drawn: AtomicText | None = None

    def write(self, result: FileResult) -> None:
        """Draw the frames of one file that have boxed findings."""
        shown = shown_result(result, reveal=self._context.reveal)
        self._draw(result, marks_by_frame(shown), None, "")
        for number, embedded in enumerate(embedded_media(shown).values(), 1):
            marks = marks_by_frame(shown, embedded.id)
            self._draw(result, marks, embedded, f"-embedded{number}")

    def _draw(
        self,
        result: FileResult,
        marks: dict[int, list[Mark]],
        embedded: Finding | None,
        suffix: str,
    ) -> None:
        if not marks:
            return
        many = result.media.frames > 1 if embedded is None else max(marks) > 0
        stem = safe_stem(result.media.path) + suffix
        # Pictures without loss at the source stay without loss; all others become JPEG.
        kind = result.media.media_type if embedded is None else embedded.evidence.get("media_type")
        ending = ".png" if kind in _LOSSLESS_TYPES else ".jpg"
        try:
            for frame in frames_again(result, marks.keys(), self._context.limits, embedded):
                number = f"-frame{frame.index + 1:05d}" if many else ""
                target = self._folder / f"{stem}{number}{ending}"
                _save(Image.fromarray(frame.pixels), marks[frame.index], target)
        except MediaError as error:
            self._note(result.media.path, str(error))

    def close(self) -> None:
        """Put the list of files that were not drawn in place, if there are any."""
        if self._not_drawn:
            self._not_drawn.close()

    def _note(self, path: Path, reason: str) -> None:
        self._not_drawn = self._not_drawn or AtomicText(self._folder / NOT_DRAWN)
        self._not_drawn.write(f"{shown_path(path)!r}: {reason}\n")


def _save(picture: Image.Image, marks: list[Mark], target: Path) -> None:
    full_width = picture.width
    picture.thumbnail((MAX_SIDE_PX, MAX_SIDE_PX))
    draw_marks(picture, marks, picture.width / full_width)
    part = target.with_name(f".{target.name}.part")
    picture.save(part, "PNG" if target.suffix == ".png" else "JPEG", quality=_JPEG_QUALITY)
    part.replace(target)


def safe_stem(path: Path) -> str:
    """A file name for what is made from `path`: plain ASCII, short, different for each path."""
    digest = hashlib.sha256(os.fsencode(path.as_posix())).hexdigest()[:8]
    plain = re.sub(r"[^A-Za-z0-9_-]+", "_", path.stem)[:60].strip("_-")
    return f"{plain}-{digest}" if plain else digest
