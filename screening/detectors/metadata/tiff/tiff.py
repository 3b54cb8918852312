"""Finds the directories of a TIFF structure: an EXIF block, a TIFF picture or a raw file.

Source: TIFF 6.0, section 2; BigTIFF (libtiff, "The BigTIFF File Format"); EXIF 3.0, section
4.6.3 (pointers to other directories).
"""

from __future__ import annotations

import struct
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from screening.detectors.metadata.source import TOO_MANY_PARTS, DamagedError, Source

MAX_DIRECTORIES = 2048
"""Multi-page scans have hundreds; damaged pointers make endless ones."""
MAX_ENTRIES = 65_535
"""Of one directory; as many as the classic form can count."""
_NUMBERS_PER_READ = 32
"""What costs as much time as one read does."""

_MAGIC_CLASSIC = frozenset(
    {42, 0x4F52, 0x5352, 0x0055}  # TIFF; Olympus ORF (two); Panasonic RW2
)
_MAGIC_BIG = 43
_TYPE_BYTES = {
    1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4,
    16: 8, 17: 8, 18: 8, 129: 1,
}  # fmt: skip
_LONG = 4
_INTEGERS = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 13: "I", 16: "Q", 17: "q", 18: "Q"}


@dataclass(frozen=True, slots=True)
class Layout:
    """How a TIFF structure spells its directories.

    Attributes:
        order: `<` or `>`, as `struct` spells it.
        big: whether it is in the BigTIFF form, with offsets and counts of 8 bytes.
    """

    order: str
    big: bool = False

    @property
    def count(self) -> struct.Struct:
        """The number of entries in front of a directory."""
        return _STRUCTS[self.order, "Q" if self.big else "H"]

    @property
    def entry(self) -> struct.Struct:
        """Tag, type, number of values and offset of an entry."""
        return _STRUCTS[self.order, "HHQQ" if self.big else "HHII"]

    @property
    def pointer(self) -> struct.Struct:
        """An offset."""
        return _STRUCTS[self.order, "Q" if self.big else "I"]


_STRUCTS = {
    (order, form): struct.Struct(order + form)
    for order in "<>"
    for form in ("H", "I", "Q", "HHII", "HHQQ")
}


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
    """One entry of a directory: where its value lies, how long it is, and of which type."""

    offset: int
    size_bytes: int
    count: int
    type: int


Entries = Mapping[int, Entry]


@dataclass(frozen=True, slots=True)
class Directory:
    """One image file directory (IFD).

    Attributes:
        kind: which tags it holds.
        offset: where it starts.
        entries: by tag number.
        chained: how many directories come before it in the chain of the first one; None
            where another directory points at it.
    """

    kind: DirectoryKind
    offset: int
    entries: Entries
    chained: int | None = 0


def read_layout(source: Source) -> tuple[Layout, int]:
    """How the structure is spelled, and where its first directory starts.

    Raises:
        DamagedError: there is no TIFF header.
    """
    header = source.read(0, 8)
    order = {b"II": "<", b"MM": ">"}.get(header[:2])
    if order is None:
        raise DamagedError
    (magic,) = struct.unpack_from(f"{order}H", header, 2)
    if magic == _MAGIC_BIG:
        if struct.unpack_from(f"{order}HH", header, 4) != (8, 0):
            raise DamagedError
        return Layout(order, big=True), struct.unpack(f"{order}Q", source.read(8, 8))[0]
    if magic not in _MAGIC_CLASSIC:
        raise DamagedError
    return Layout(order), struct.unpack_from(f"{order}I", header, 4)[0]


def directories(source: Source, first: DirectoryKind) -> Iterator[Directory]:
    """Every directory once, in breadth-first order; `first` says what the first one holds.

    Raises:
        DamagedError: after the last directory, when a part of the structure is not there.
    """
    layout, start = read_layout(source)
    queue: deque[tuple[DirectoryKind, int, int | None]] = deque([(first, start, 0)])
    visited: set[int] = set()
    damaged = False
    while queue:
        kind, offset, chained = queue.popleft()
        if offset == 0 or offset in visited:
            continue
        if len(visited) >= MAX_DIRECTORIES:
            raise DamagedError(TOO_MANY_PARTS)
        visited.add(offset)
        entries, follower, whole = read_entries(source, offset, layout)
        damaged |= not whole
        yield Directory(kind, offset, entries, chained)
        try:
            for inner, place in _pointed_at(source, entries, layout):
                if place not in visited:
                    queue.append((inner, place, None))
        except DamagedError:
            damaged = True
        if len(queue) > MAX_DIRECTORIES:
            raise DamagedError(TOO_MANY_PARTS)
        if chained is not None and follower is not None:
            queue.append((kind, follower, chained + 1))
    if damaged:
        raise DamagedError


def read_entries(
    source: Source, offset: int, layout: Layout, base: int = 0
) -> tuple[dict[int, Entry], int | None, bool]:
    """One directory.

    Args:
        source: what it lies in.
        offset: where it starts.
        layout: how it is spelled.
        base: what is added to the offsets in its entries.

    Returns:
        Entries by tag; the offset of the next directory, None without one; whether all
        entries are there.

    Raises:
        DamagedError: the file has far more entries than a real one.
    """
    unit, width = layout.entry.size, layout.pointer.size
    head = source.read_up_to(offset, layout.count.size)
    if len(head) < layout.count.size:
        return {}, None, False
    (count,) = layout.count.unpack(head)
    if count > MAX_ENTRIES:
        return {}, None, False
    source.spend(count)
    start = offset + len(head)
    table = source.read_up_to(start, unit * count + width)
    entries: dict[int, Entry] = {}
    whole = min(count, len(table) // unit)
    place = start + unit - width
    for tag, written, values, pointer in layout.entry.iter_unpack(table[: whole * unit]):
        # A directory is not lost because the type of its pointer is none that is known.
        kind = _LONG if written not in _TYPE_BYTES and tag in _POINTERS else written
        size_bytes = _TYPE_BYTES.get(kind, 0) * values
        if size_bytes:
            entries[tag] = Entry(
                base + pointer if size_bytes > width else place, size_bytes, values, kind
            )
        place += unit
    follower = None
    if len(table) == unit * count + width:
        (follower,) = layout.pointer.unpack_from(table, unit * count)
    return entries, follower, whole == count


def integers(source: Source, entry: Entry | None, layout: Layout, most: int) -> tuple[int, ...]:
    """The whole numbers of an entry; none where they are not numbers, cut, or over `most`."""
    form = _INTEGERS.get(entry.type) if entry else None
    if entry is None or form is None or entry.count > most:
        return ()
    source.spend(entry.count // _NUMBERS_PER_READ)
    raw = source.read_up_to(entry.offset, entry.size_bytes)
    if len(raw) != entry.size_bytes:
        return ()
    return struct.unpack(f"{layout.order}{entry.count}{form}", raw)


def _pointed_at(
    source: Source, entries: Entries, layout: Layout
) -> Iterator[tuple[DirectoryKind, int]]:
    """Directories that this one points at.

    Raises:
        DamagedError: a pointer is no number, or not there.
    """
    for tag, kind in _POINTERS.items():
        entry = entries.get(tag)
        if entry is None:
            continue
        # Writers use every kind of number here, and bytes.
        width = _TYPE_BYTES[entry.type]
        if width == 1:
            width = min(entry.size_bytes, layout.pointer.size)
        form = {2: "H", 4: "I", 8: "Q"}.get(width)
        raw = source.read_up_to(entry.offset, min(entry.size_bytes, width * MAX_DIRECTORIES))
        count = len(raw) // width
        if form is None or not count:
            raise DamagedError
        offsets = struct.unpack(f"{layout.order}{count}{form}", raw[: count * width])
        for offset in dict.fromkeys(offsets):
            yield kind, offset
