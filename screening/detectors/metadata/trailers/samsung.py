"""Reads the trailer of Samsung phones: a directory of blocks behind the picture.

Also the content of the `sefd` box in their HEIC files. Source: ExifTool's Samsung.pm,
"ProcessSamsung" and the tag table "Samsung Trailer".
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from screening.detectors.metadata.harvest import Harvest
from screening.detectors.metadata.source import DamagedError, Source
from screening.detectors.metadata.text_positions import note_text
from screening.detectors.metadata.trailers.footers import Footer
from screening.detectors.metadata.values import decode_text
from screening.media import media_type

CARRIER = "Samsung trailer"

_HEADER_BYTES, _ENTRY_BYTES = 12, 12
_MAX_ENTRIES = 1024
_MAX_TABLE_BYTES = 0x10000
_SNIFFED_BYTES = 1 << 16
# Blocks that hold a picture, a video or a sound of their own.
_MEDIA = {
    0x0001: "EmbeddedImage", 0x0100: "EmbeddedAudioFile", 0x0201: "SurroundShotVideo",
    0x0A20: "DualCameraImage", 0x0A30: "MotionPhoto_Data",
}  # fmt: skip
_TIME, _COUNTRY = 0x0A01, 0x0AA1
_MEDIA_STARTS = ("image/", "video/", "audio/")
_LEAST_BYTES = 16
"""Of a block of another type; shorter ones are modes and numbers of bursts."""
_LEAST_BINARY_BYTES = 64
"""Of a block that is no text; shorter ones are sides of depth maps and times of a sound."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """One block: type, where it starts, where its value starts, and how long that is."""

    kind: int
    block_start: int
    start: int
    length: int

    @property
    def end(self) -> int:
        """Where block and value end."""
        return self.start + self.length


def read_samsung_trailer(view: Source, end: int, harvest: Harvest) -> Footer | None:
    """Note what the trailer says that ends at `end`; None where no such trailer ends there.

    Raises:
        DamagedError: its directory cannot be read.
    """
    footer = view.read_up_to(end - 6, 6) if end >= 6 else b""
    if footer not in (b"QDIOBS", b"\0\0SEFT"):
        return None
    table = _find_table(view, end - 2 if footer == b"QDIOBS" else end)
    if table is None:
        raise DamagedError
    at, length = table
    entries = sorted(_entries(view, at, length), key=lambda entry: entry.block_start)
    unread, behind = [], entries[0].block_start if entries else at
    for entry in entries:
        if entry.block_start > behind:
            unread.append((behind, entry.block_start))
        behind = max(behind, entry.end)
        if not _note_entry(entry, view, harvest):
            unread.append((entry.start, entry.end))
    if at > behind:
        unread.append((behind, at))
    return Footer(min([at, *(entry.block_start for entry in entries)]), tuple(unread))


def _find_table(view: Source, end: int) -> tuple[int, int] | None:
    """The block that ends with its length and `SEFT`; a `QDIO` block of sound may follow it."""
    while end >= 8:
        length, name = struct.unpack("<I4s", view.read(end - 8, 8))
        start = end - 8 - length
        if not 4 <= length < _MAX_TABLE_BYTES or start < 0:
            return None
        if name == b"SEFT":
            return (start, length) if view.read_up_to(start, 4) == b"SEFH" else None
        if name != b"QDIO":
            return None
        end = start
    return None


def _entries(view: Source, at: int, length: int) -> Iterator[_Entry]:
    """Each says how far before the directory its block starts: type, length of name, name, value.

    Raises:
        DamagedError: an entry does not fit.
    """
    (count,) = struct.unpack("<I", view.read(at + 8, 4))
    if count > _MAX_ENTRIES or _HEADER_BYTES + count * _ENTRY_BYTES > length:
        raise DamagedError
    for number in range(count):
        entry = view.read(at + _HEADER_BYTES + number * _ENTRY_BYTES, _ENTRY_BYTES)
        kind, back, size = struct.unpack("<2xHII", entry)
        if back > at or not 8 <= size <= back:
            raise DamagedError
        (name_bytes,) = struct.unpack("<I", view.read(at - back + 4, 4))
        if name_bytes + 8 > size:
            raise DamagedError
        block_start = at - back
        start = block_start + 8 + name_bytes
        yield _Entry(kind, block_start, start, size - 8 - name_bytes)


def _note_entry(entry: _Entry, view: Source, harvest: Harvest) -> bool:
    """Whether there is nothing more to learn from a block."""
    value = view.window(entry.start, entry.length)
    if entry.kind == _TIME:
        harvest.add_time(CARRIER, "Image_UTC_Data", _utc_time(value), value.spans())
    elif entry.kind == _COUNTRY:
        code = value.read_up_to(0, 8).decode("ascii", "replace").strip("\0 ")
        if code.isdigit():
            place = f"mobile country code {code}"
            harvest.add_place(CARRIER, "MCC_Data", [place], value.spans())
    elif entry.length >= _LEAST_BYTES:
        content_type = media_type(io.BytesIO(value.read_up_to(0, _SNIFFED_BYTES)))
        if content_type == "text/plain" and entry.length <= _SNIFFED_BYTES:
            text = decode_text(value.read_up_to(0, entry.length))
            note_text(harvest, CARRIER, "other block", text, value.spans())
        elif content_type.startswith(_MEDIA_STARTS):
            tag = _MEDIA.get(entry.kind, "other block")
            harvest.add_embedded(CARRIER, tag, value, {"media_type": content_type})
        else:
            return entry.length < _LEAST_BINARY_BYTES
    return True


def _utc_time(value: Source) -> str | None:
    """ISO 8601 from milliseconds since 1970, in decimal digits."""
    digits = value.read_up_to(0, 20).strip(b"\0 ")
    if not digits.isdigit() or len(digits) > 14:
        return None
    return datetime.fromtimestamp(int(digits) // 1000, UTC).isoformat()
