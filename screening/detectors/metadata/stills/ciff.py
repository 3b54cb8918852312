"""Reads CIFF: Canon's CRW raw files, and the same structure in old Canon JPEGs.

Source: "CIFF: Specification on Image Data File", Canon, 1997; exiftool 12.57, `CanonRaw.pm`.
"""

from __future__ import annotations

import struct
from datetime import UTC, datetime

from screening.detectors.metadata.harvest import Harvest
from screening.detectors.metadata.source import TOO_MANY_PARTS, DamagedError, Source
from screening.detectors.metadata.values import decode_text
from screening.records import ByteSpan

CARRIER = "CIFF"
SIGNATURES = (b"HEAPCCDR", b"HEAPJPGM")
"""At offset 6, behind byte order and header length."""

_MAX_HEAPS = 64
_MAX_VALUE_BYTES = 4096
_IMAGE_DESCRIPTION = 0x2804
_COMMENT, _MAKE_MODEL, _OWNER, _SERIAL, _TIME = 0x0805, 0x080A, 0x0810, 0x180B, 0x180E
_FILE_NAMES = {0x0816: "OriginalFileName", 0x0817: "ThumbnailFileName"}
_PREVIEWS = {0x2007: "JpgFromRaw", 0x2008: "CRW thumbnail"}


def read_ciff(source: Source, harvest: Harvest) -> None:
    """Note owner, camera, time, file names and comment, and hand over the previews.

    Raises:
        DamagedError: a heap is cut or out of place.
    """
    order = "<" if source.read(0, 2) == b"II" else ">"
    (start,) = struct.unpack(f"{order}I", source.read(2, 4))
    reader = _HeapReader(source, order, harvest)
    heaps = [(start, source.size - start, 0)]
    seen: set[tuple[int, int]] = set()
    while heaps:
        offset, length, parent = heaps.pop()
        if (offset, length) in seen:
            continue
        if len(seen) >= _MAX_HEAPS:
            raise DamagedError(TOO_MANY_PARTS)
        seen.add((offset, length))
        heaps += reader.read(offset, length, parent)
    reader.note_device()


class _HeapReader:
    """Reads one heap after the other; what they say of the camera is put together."""

    def __init__(self, source: Source, order: str, harvest: Harvest) -> None:
        self._source, self._order, self._harvest = source, order, harvest
        self._device: dict[str, tuple[str, str | None]] = {}

    def read(self, offset: int, length: int, parent: int) -> list[tuple[int, int, int]]:
        """Note the records of a heap; returns the heaps in it (offset, length, tag).

        Raises:
            DamagedError: it is cut.
        """
        if length < 6 or offset + length > self._source.size:
            raise DamagedError
        (place,) = self._unpack("I", self._source.read(offset + length - 4, 4))
        (count,) = self._unpack("H", self._source.read(offset + place, 2))
        self._source.spend(count)
        table_at = offset + place + 2
        table = self._source.read(table_at, 10 * count)
        inner: list[tuple[int, int, int]] = []
        for at in range(0, len(table), 10):
            kind, size, pointer = self._unpack("HII", table[at : at + 10])
            tag = kind & 0x3FFF
            if kind & 0x4000:  # the value stands in the entry itself
                self._note(tag, table_at + at + 2, 8, parent)
            elif kind & 0x3800 in (0x2800, 0x3000):
                inner.append((offset + pointer, size, tag))
            else:
                self._note(tag, offset + pointer, size, parent)
        return inner

    def note_device(self) -> None:
        """Note the camera of all heaps read so far."""
        self._harvest.add_device(CARRIER, self._device)

    def _note(self, tag: int, offset: int, size: int, parent: int) -> None:
        if tag in _PREVIEWS:
            with self._harvest.reading(_PREVIEWS[tag]):
                if offset + size > self._source.size:
                    raise DamagedError
                self._harvest.add_preview(_PREVIEWS[tag], self._source.window(offset, size))
        elif tag in (_SERIAL, _TIME):
            self._note_number(tag, offset)
        elif tag in (_COMMENT, _MAKE_MODEL, _OWNER, *_FILE_NAMES):
            raw = self._source.read(offset, min(size, _MAX_VALUE_BYTES))
            self._note_text(tag, raw, self._source.spans(offset, size), parent)

    def _note_text(self, tag: int, raw: bytes, spans: tuple[ByteSpan, ...], parent: int) -> None:
        if tag == _OWNER:
            self._harvest.add_person(CARRIER, "OwnerName", decode_text(raw), spans)
        elif tag in _FILE_NAMES:
            self._harvest.add_edit(CARRIER, _FILE_NAMES[tag], "file_path", decode_text(raw), spans)
        elif tag == _MAKE_MODEL:
            make, _, model = raw.partition(b"\0")
            self._device["make"] = ("Make", decode_text(make))
            self._device["model"] = ("Model", decode_text(model))
        elif parent != _IMAGE_DESCRIPTION:  # there the comment names the camera
            self._harvest.add_description(CARRIER, "UserComment", decode_text(raw), spans)

    def _note_number(self, tag: int, offset: int) -> None:
        (number,) = self._unpack("I", self._source.read(offset, 4))
        if tag == _SERIAL and number:
            self._device["serial_number"] = ("SerialNumber", str(number))
        elif tag == _TIME and number:
            # The clock of the camera; the zone beside it is seldom set.
            time = datetime.fromtimestamp(number, UTC).strftime("%Y-%m-%dT%H:%M:%S")
            spans = self._source.spans(offset, 4)
            self._harvest.add_time(CARRIER, "DateTimeOriginal", time, spans)

    def _unpack(self, form: str, raw: bytes) -> tuple[int, ...]:
        return struct.unpack(f"{self._order}{form}", raw)
