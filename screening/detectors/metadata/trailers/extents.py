"""Finds pictures, videos and documents in a run of bytes, and where each of them ends.

A signature alone is not believed: the first structures behind it must make sense, too.
Sources: the standards of the containers, as named in the modules that read them; APPNOTE 6.3
(ZIP); RAR 5.0 archive format; RFC 8794 (EBML); ISO 32000 (PDF).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from screening.detectors.metadata.source import TOO_MANY_PARTS, DamagedError, Source
from screening.detectors.metadata.stills.gif import end_of_gif
from screening.detectors.metadata.stills.jpeg import end_of_jpeg
from screening.detectors.metadata.stills.photoshop import end_of_psd
from screening.detectors.metadata.stills.png import end_of_png

_WINDOW_BYTES = 1 << 16
_OVERLAP_BYTES = 64
"""Longer than any signature with what is checked around it."""
_ZEROS = bytes(_WINDOW_BYTES)
MAX_SEARCHED_BYTES = 1 << 27
"""Between two media; what lies further behind is noted as unknown. Random bytes take 1 s."""

# Literals, how far behind the start they stand, and what must hold around them. One literal
# after the other is twice as fast as one pattern with all of them.
_SIGNATURES: tuple[tuple[bytes, int, re.Pattern[bytes]], ...] = (
    (b"\xff\xd8\xff", 0, re.compile(rb"...[\xc0-\xc2\xc4\xdb\xdd\xe0-\xef\xfe]", re.DOTALL)),
    (b"\x89PNG\r\n\x1a\n", 0, re.compile(b"")),
    (b"GIF8", 0, re.compile(rb"GIF8[79]a")),
    (b"RIFF", 0, re.compile(rb"RIFF....(?:WEBP|AVI |WAVE)", re.DOTALL)),
    (b"ftyp", 4, re.compile(rb"\0\0[\0\1].ftyp[\x20-\x7e]{4}", re.DOTALL)),
    (b"\x1a\x45\xdf\xa3", 0, re.compile(rb".{4,40}?\x42\x82.(?:matroska|webm)", re.DOTALL)),
    (b"JXL \r\n\x87\n", 4, re.compile(rb"\0\0\0\x0c")),
    (b"jP  \r\n\x87\n", 4, re.compile(rb"\0\0\0\x0c")),
    (b"8BPS\0", 0, re.compile(rb"8BPS\0[\1\2]\0{6}")),
    (b"%PDF-", 0, re.compile(rb"%PDF-\d")),
    (b"PK\x03\x04", 0, re.compile(rb"PK\x03\x04[\0-\x40]\0..[\0-\x63]\0", re.DOTALL)),
    (b"Rar!\x1a\x07", 0, re.compile(rb"Rar!\x1a\x07[\0\1]")),
    (b"7z\xbc\xaf\x27\x1c", 0, re.compile(b"")),
    (b"<x:xmpmeta", 0, re.compile(b"")),
    (b"<?xpacket begin", 0, re.compile(b"")),
)
_SEARCHES = tuple(
    (re.compile(re.escape(literal)), before, pattern) for literal, before, pattern in _SIGNATURES
)
_BOX_KIND = re.compile(rb"[A-Za-z0-9 _\xa9-]{4}")
_MAX_BOXES = 4096
_MAX_FALSE_STARTS = 1000
_PACKET_ENDS = (b"<?xpacket end=", b"</x:xmpmeta>")


@dataclass(frozen=True, slots=True)
class Extent:
    """From `start` up to `end`; `known_end`: media of its kind say where they end."""

    start: int
    end: int
    known_end: bool


def find_media(source: Source, start: int, end: int) -> Iterator[Extent]:
    """Media side by side between two offsets, in order.

    Raises:
        DamagedError: there are far more false starts than chance brings.
    """
    view = source.window(0, end)
    false_starts = 0
    at = _next_start(view, start)
    while at is not None:
        found = _extent(view, at)
        if found is None:
            false_starts += 1
            if false_starts > _MAX_FALSE_STARTS:
                raise DamagedError(TOO_MANY_PARTS)
            at = _next_start(view, at + 1)
        else:
            yield found
            at = _next_start(view, found.end)


def _next_start(view: Source, offset: int) -> int | None:
    """Offset of the next signature that stands up to a look around it."""
    limit = min(view.size, offset + MAX_SEARCHED_BYTES)
    while offset < limit:
        window = view.read_up_to(offset, _WINDOW_BYTES)
        found = _first_signature(window)
        if found is not None:
            return offset + found
        if len(window) < _WINDOW_BYTES:
            return None
        offset += len(window) - _OVERLAP_BYTES
    return None


def _first_signature(window: bytes) -> int | None:
    first: int | None = None
    if window == _ZEROS[: len(window)]:
        return first
    for literal, before, pattern in _SEARCHES:
        for found in literal.finditer(window):
            start = found.start() - before
            if first is not None and start >= first:
                break
            if start >= 0 and pattern.match(window, start):
                first = start
                break
    return first


def _extent(view: Source, start: int) -> Extent | None:
    """The medium that starts here; None where the signature turns out to be chance.

    One that breaks off, or that does not say where it ends, reaches up to the end.
    """
    head = view.read_up_to(start, 16)
    end_of = next(find for magic, at, find in _ENDS if head.startswith(magic, at))
    try:
        end = end_of(view, start)
    except DamagedError:
        end = view.size
    if end is None:
        return None
    return Extent(start, min(end, view.size), known_end=end_of is not _end_of_view)


def _end_of_riff(view: Source, start: int) -> int:
    length = int.from_bytes(view.read_up_to(start + 4, 4), "little")
    return start + 8 + length + length % 2


def _end_of_zip(view: Source, start: int) -> int:
    """Behind the end record of the directory and its comment."""
    at = _find(view, b"PK\x05\x06", start)
    comment = view.read_up_to(at + 20, 2)
    return at + 22 + struct.unpack("<H", comment)[0] if len(comment) == 2 else view.size


def _find(view: Source, mark: bytes, start: int) -> int:
    """Offset of the next `mark`; the size of the view where there is none."""
    limit = min(view.size, start + MAX_SEARCHED_BYTES)
    while start < limit:
        window = view.read_up_to(start, _WINDOW_BYTES)
        at = window.find(mark)
        if at >= 0:
            return start + at
        start += max(len(window) - len(mark) + 1, 1)
    return view.size


def _end_of_matroska(view: Source, start: int) -> int:
    """Behind the EBML header and the segment, unless that is of unknown size (all ones)."""
    for _ in range(2):
        head = view.read_up_to(start, 12)
        first = head[4:5] or b"\0"
        width = 9 - first[0].bit_length()
        if width > 8 or len(head) < 4 + width:
            return view.size
        size = int.from_bytes(head[4 : 4 + width], "big") & ((1 << 7 * width) - 1)
        if size == (1 << 7 * width) - 1:
            return view.size
        start += 4 + width + size
    return start


def _end_of_view(view: Source, start: int) -> int:
    return view.size


def _end_of_boxes(view: Source, start: int) -> int:
    """Behind the last box; one that claims more than there is was cut, and ends the file."""
    for _ in range(_MAX_BOXES):
        head = view.read_up_to(start, 16)
        if len(head) < 8 or not _BOX_KIND.fullmatch(head[4:8]):
            return start
        (size,) = struct.unpack_from(">I", head)
        if size == 1 and len(head) == 16:
            (size,) = struct.unpack_from(">Q", head, 8)
        if size == 0 or start + size >= view.size:
            return view.size
        if size < 8:
            return start
        start += size
    return start


def _end_of_packet(view: Source, start: int) -> int:
    """XMP of at most one window; a longer packet is taken up to the end."""
    text = view.read_up_to(start, _WINDOW_BYTES)
    for mark in _PACKET_ENDS:
        at = text.find(mark)
        if at >= 0:
            closed = text.find(b">", at)
            return start + closed + 1 if closed >= 0 else view.size
    return view.size


_ENDS: tuple[tuple[bytes, int, Callable[[Source, int], int | None]], ...] = (
    (b"\xff\xd8\xff", 0, end_of_jpeg),
    (b"\x89PNG", 0, end_of_png),
    (b"GIF8", 0, end_of_gif),
    (b"RIFF", 0, _end_of_riff),
    (b"ftyp", 4, _end_of_boxes),
    (b"JXL ", 4, _end_of_boxes),
    (b"jP  ", 4, _end_of_boxes),
    (b"8BPS", 0, end_of_psd),
    (b"PK", 0, _end_of_zip),
    (b"\x1a\x45\xdf\xa3", 0, _end_of_matroska),
    (b"<", 0, _end_of_packet),
    (b"", 0, _end_of_view),
)
