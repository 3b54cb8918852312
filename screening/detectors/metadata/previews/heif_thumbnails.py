"""Takes the thumbnails out of HEIC and HEIF files.

A thumbnail is an item without a file of its own around it. A copy of the file in which it is the
primary item, and no thumbnail any more, makes any decoder show it.
Source: ISO/IEC 14496-12, 8.11.4 (pitm), 8.11.12 (iref); ISO/IEC 23008-12, 6.4.4 (thmb).
"""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from screening.config import MediaLimits
from screening.detectors.metadata.harvest import Preview
from screening.detectors.metadata.movies.boxes import MediaBox, walk_boxes
from screening.detectors.metadata.source import DamagedError, Source
from screening.errors import UnreadableMediaError
from screening.media.limits import check_frame_size

HEIF_TYPES = frozenset({"image/heic", "image/heif", "image/heic-sequence", "image/heif-sequence"})
_THUMBNAIL_OF, _DESCRIPTION_OF = b"thmb", b"cdsc"
_MOST = 16
"""Thumbnails taken from one file; encoders write one or two."""
# What corrupt input makes pillow-heif raise.
_DECODE_ERRORS = (EOFError, LookupError, OSError, RuntimeError, SyntaxError, TypeError, ValueError)


def heif_thumbnails(source: Source) -> Iterator[Preview]:
    """The thumbnails of the picture that a HEIC or HEIF file shows first.

    Raises:
        DamagedError: the lists of items are damaged, or the file is too long to be copied.
    """
    meta = next((box for box in walk_boxes(source, 0, source.size) if box.kind == b"meta"), None)
    if meta is None:
        return
    inside = {box.kind: box for box in walk_boxes(source, meta.start + 4, meta.end)}
    if b"pitm" not in inside or b"iref" not in inside:
        return
    primary_at, primary_bytes = _number_place(inside[b"pitm"], source)
    primary = int.from_bytes(source.read(primary_at, primary_bytes), "big")
    found = 0
    for box, number, masters in _references(inside[b"iref"], source):
        if box.kind != _THUMBNAIL_OF or primary not in masters:
            continue
        found += 1
        if found > _MOST:
            raise DamagedError("has far more thumbnails than a real file has")
        changed = bytearray(source.read_all())
        changed[primary_at : primary_at + primary_bytes] = number.to_bytes(primary_bytes, "big")
        kind_at = box.offset + 4
        changed[kind_at : kind_at + 4] = _DESCRIPTION_OF
        block = source.window(meta.start, meta.size_bytes)
        yield Preview("HEIF thumbnail", block.converted(bytes(changed)), ())


def primary_pixels(content: bytes, limits: MediaLimits) -> NDArray[np.uint8]:
    """The primary picture of a HEIC or HEIF file: uint8 RGB, turned as its container says.

    Raises:
        MediaError: it cannot be decoded, or is larger than the limits.
    """
    import pillow_heif  # noqa: PLC0415 (only HEIC needs it, and it takes long to load)

    try:
        file = pillow_heif.open_heif(io.BytesIO(content), convert_hdr_to_8bit=True)
        picture = file[file.primary_index]
        check_frame_size(*picture.size, limits)
        return np.asarray(picture.to_pillow().convert("RGB"))
    except _DECODE_ERRORS as error:
        raise UnreadableMediaError("It is damaged, or of a kind that cannot be read.") from error


def _number_place(box: MediaBox, source: Source) -> tuple[int, int]:
    """Where the first item number of a full box stands, and how many bytes it has."""
    version = source.read(box.start, 1)[0]
    return box.start + 4, 4 if version else 2


def _references(iref: MediaBox, source: Source) -> Iterator[tuple[MediaBox, int, frozenset[int]]]:
    """Each reference: its box, the item it starts from and those it goes to."""
    start, width = iref.start + 4, _number_place(iref, source)[1]
    for box in walk_boxes(source, start, iref.end):
        data = source.read(box.start, box.size_bytes)
        numbers = data[width + 2 :]
        masters = (numbers[at : at + width] for at in range(0, len(numbers), width))
        yield (
            box,
            int.from_bytes(data[:width], "big"),
            frozenset(int.from_bytes(one, "big") for one in masters),
        )
