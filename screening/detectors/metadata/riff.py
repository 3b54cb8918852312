"""Finds metadata blocks in RIFF containers: WebP and AVI.

Source: WebP Container Specification (RFC 9649), 2.7.1.5; Multimedia Programming Interface
and Data Specifications 1.0 (INFO list); Adobe XMP Specification Part 3 (2020), 1.2.1 (AVI).
"""

from __future__ import annotations

import struct
from collections import deque

from screening.detectors.metadata.harvest import BlockKind, Harvest
from screening.detectors.metadata.source import DamagedError, Source
from screening.detectors.metadata.values import decode_text

_BLOCKS = {b"EXIF": BlockKind.EXIF, b"XMP ": BlockKind.XMP, b"_PMX": BlockKind.XMP}
_LISTS_WITH_METADATA = frozenset({b"INFO", b"hdrl"})
_PERSONS = {b"IART": "Artist", b"IENG": "Engineer", b"ITCH": "Technician"}
_TIMES = {b"ICRD": "DateCreated", b"IDIT": "DateTimeOriginal"}
CARRIER = "RIFF"


def find_riff_blocks(source: Source, harvest: Harvest) -> None:
    """Queue EXIF and XMP blocks; note names and times of an INFO list.

    Raises:
        DamagedError: the file ends inside a chunk, or before its header says.
    """
    (form_bytes,) = struct.unpack("<I", source.read(4, 4))
    spans = deque([(12, min(8 + form_bytes, source.size))])
    cut = 8 + form_bytes > source.size
    while spans:
        offset, end = spans.popleft()
        while offset + 8 <= end:
            kind, length = struct.unpack("<4sI", source.read(offset, 8))
            start, offset = offset + 8, offset + 8 + length + length % 2
            if start + length > end:
                cut = True
                break
            if kind == b"LIST" and source.read_up_to(start, 4) in _LISTS_WITH_METADATA:
                spans.append((start + 4, start + length))
            elif kind in _BLOCKS:
                with harvest.reading(f"{_BLOCKS[kind].value} block"):
                    harvest.add_block(_BLOCKS[kind], source.part(start, length))
            elif kind in _PERSONS or kind in _TIMES:
                _note_text(kind, decode_text(source.read(start, length)), harvest)
    if cut:
        raise DamagedError


def _note_text(kind: bytes, text: str, harvest: Harvest) -> None:
    if kind in _PERSONS:
        harvest.add_person(CARRIER, _PERSONS[kind], text)
    else:
        harvest.add_time(CARRIER, _TIMES[kind], text)
