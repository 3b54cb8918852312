"""Finds the directories of a TIFF structure: an EXIF block, a TIFF picture or a raw file.

Source: TIFF 6.0, section 2; EXIF 3.0, section 4.6.3 (pointers to other directories).
"""

from __future__ import annotations

import struct
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from screening.detectors.metadata.source import DamagedError, Source

MAX_DIRECTORIES = 2048
"""Multi-page scans have hundreds; damaged pointers make endless ones."""

_MAGIC_CLASSIC = frozenset(
    {42, 0x4F52, 0x5352, 0x0055}  # TIFF; Olympus ORF (two); Panasonic RW2
)
_MAGIC_BIG = 43
_TYPE_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}


class DirectoryKind(Enum):
    """Which tags a directory holds."""

    IMAGE = "Image"
    EXIF = "Exif"
    GPS = "GPS"


_POINTERS = {
    0x8769: DirectoryKind.EXIF,
    0x8825: DirectoryKind.GPS,
    0x014A: DirectoryKind.IMAGE,  # SubIFDs
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a directory: where its value lies and how long it is."""

    offset: int
    size_bytes: int
    count: int


@dataclass(frozen=True, slots=True)
class Directory:
    """One image file directory (IFD); entries by tag number."""

    kind: DirectoryKind
    offset: int
    entries: Mapping[int, Entry]


def byte_order(source: Source) -> str:
    """`<` or `>`, as `struct` spells it.

    Raises:
        DamagedError: there is no TIFF header, or it is one of a kind that is not read.
    """
    header = source.read(0, 8)
    order = {b"II": "<", b"MM": ">"}.get(header[:2])
    if order is None:
        raise DamagedError
    (magic,) = struct.unpack_from(f"{order}H", header, 2)
    if magic == _MAGIC_BIG:
        raise DamagedError("is in the BigTIFF form, which is not read here")
    if magic not in _MAGIC_CLASSIC:
        raise DamagedError
    return order


def directories(source: Source, first: DirectoryKind) -> Iterator[Directory]:
    """Every directory once, in breadth-first order; `first` says what the first one holds.

    Raises:
        DamagedError: after the last directory, when a part of the structure is not there.
    """
    order = byte_order(source)
    queue = deque([(first, *struct.unpack(f"{order}I", source.read(4, 4)), True)])
    visited: set[int] = set()
    damaged = False
    while queue:
        kind, offset, has_next = queue.popleft()
        if offset == 0 or offset in visited:
            continue
        if len(visited) >= MAX_DIRECTORIES:
            raise DamagedError
        visited.add(offset)
        head = source.read_up_to(offset, 2)
        count = struct.unpack(f"{order}H", head)[0] if len(head) == 2 else 0
        table = source.read_up_to(offset + 2, 12 * count + 4)
        damaged |= len(head) < 2 or len(table) < 12 * count
        directory = Directory(kind, offset, _entries(table, count, offset + 2, order))
        yield directory
        queue.extend((*found, False) for found in _pointed_at(source, directory, order))
        if has_next and len(table) == 12 * count + 4:
            queue.append((kind, *struct.unpack_from(f"{order}I", table, 12 * count), True))
    if damaged:
        raise DamagedError


def _entries(table: bytes, count: int, table_offset: int, order: str) -> dict[int, Entry]:
    entries: dict[int, Entry] = {}
    for start in range(0, min(12 * count, len(table) - 11), 12):
        tag, kind, values, pointer = struct.unpack_from(f"{order}HHII", table, start)
        size_bytes = _TYPE_BYTES.get(kind, 0) * values
        if size_bytes:
            offset = pointer if size_bytes > 4 else table_offset + start + 8
            entries[tag] = Entry(offset, size_bytes, values)
    return entries


def _pointed_at(
    source: Source, directory: Directory, order: str
) -> Iterator[tuple[DirectoryKind, int]]:
    for tag, kind in _POINTERS.items():
        entry = directory.entries.get(tag)
        if entry is None or entry.size_bytes != 4 * entry.count:
            continue
        length = min(entry.size_bytes, 4 * MAX_DIRECTORIES)
        raw = source.read_up_to(entry.offset, length)
        for (offset,) in struct.iter_unpack(f"{order}I", raw[: len(raw) // 4 * 4]):
            yield kind, offset
