"""Finds what a camera maker's note says about camera, lens, owner and place, and its previews.

A note is a TIFF directory of the maker's own: what stands in front of it, its byte order and
where its offsets count from differ by maker. Editors move notes without adjusting them, so one
that cannot be read says nothing about the rest of the file and is no damage; where it is whole
and names somebody or something whose value is not in the file, that is said.

Source: exiftool 12.57, `MakerNotes.pm` (heads, bases, `LocateIFD`, `FixBase`) and `DNG.pm`
(`ProcessAdobeMakN`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

from screening.detectors.metadata.harvest import Harvest
from screening.detectors.metadata.source import DamagedError, Source
from screening.detectors.metadata.tiff.exif_tags import Tag
from screening.detectors.metadata.tiff.maker_heads import FIXED, HEADS, MAKES, PHASE_ONE, MakerHead
from screening.detectors.metadata.tiff.maker_tags import (
    CANON,
    FUJIFILM,
    NIKON,
    MakerTable,
    Wanted,
    texts,
)
from screening.detectors.metadata.tiff.tiff import (
    Directory,
    Entries,
    Entry,
    Layout,
    integers,
    read_entries,
    read_layout,
)  # fmt: skip
from screening.detectors.metadata.tiff.tiff_previews import add_jpeg
from screening.records import ByteSpan

CARRIER = "maker note"

_MAKER_NOTE_TAG = 0x927C
_PRIVATE_DATA_TAG = 0xC634  # DNGPrivateData
_HEAD_BYTES = 64
_READS_PER_NOTE = 16
"""Reads that take as long as telling whose a note is."""
_MAX_ENTRIES = 255
_MAX_VALUE_BYTES = 8192
"""Of one wanted value; the longest, names of registered faces, have hundreds."""


class Identity(NamedTuple):
    """A serial number: key of the device it belongs to, tag, text, and where it stands."""

    key: str
    tag: str
    text: str
    spans: tuple[ByteSpan, ...]


@dataclass(frozen=True, slots=True)
class _Note:
    """A maker note: where it lies, and how far from where its offsets say."""

    offset: int
    size_bytes: int
    moved: int = 0


def note_maker_notes(
    block: Source,
    found: Sequence[Directory],
    tags: Mapping[str, Tag],
    layout: Layout,
    harvest: Harvest,
) -> list[Identity]:
    """Note owners, places, ids and previews; serial numbers are returned, first ones first.

    Args:
        block: the TIFF structure around the notes.
        found: its directories.
        tags: what they say, of which the make is used.
        layout: how they are spelled.
        harvest: gets facts, previews and damage.
    """
    make = tags["Make"].text.lower() if "Make" in tags else ""
    reader = _NoteReader(block, layout, harvest)
    for directory in found:
        for note in _notes_of(block, directory):
            with suppress(DamagedError):
                reader.read(note, make)
    return reader.identities


def read_canon_note(block: Source, harvest: Harvest) -> None:
    """Note what the maker note of a CR3 file says, which has a TIFF header of its own.

    Raises:
        DamagedError: it cannot be read.
    """
    layout, start = read_layout(block)
    reader = _NoteReader(block, layout, harvest)
    reader.read_table(CANON, start, layout, 0)
    for identity in reader.identities:
        harvest.add_device(CARRIER, {identity.key: (identity.tag, identity.text)}, identity.spans)


def _notes_of(block: Source, directory: Directory) -> Iterator[_Note]:
    entry = directory.entries.get(_MAKER_NOTE_TAG)
    if entry is not None:
        yield _Note(entry.offset, min(entry.size_bytes, block.size - entry.offset))
    private = directory.entries.get(_PRIVATE_DATA_TAG)
    if private is None:
        return
    head = block.read_up_to(private.offset, 18)
    if head[:6] != b"Adobe\0":
        yield _Note(private.offset, private.size_bytes)
        return
    place, end = private.offset + 6, min(private.offset + private.size_bytes, block.size)
    while place + 18 <= end:
        head = block.read_up_to(place, 24)
        size = int.from_bytes(head[4:8], "big")
        if head[:4] == b"MakN":
            # Camera Raw writes 12 more bytes in front of notes it took from a JPEG.
            start = place + (26 if head[14:18] == b"\0\0\0\1" else 14)
            original = int.from_bytes(head[10:14], "big")
            yield _Note(start, place + 8 + size - start, start - original)
        place += 8 + size + size % 2


class _NoteReader:
    """Reads the notes of one TIFF structure; `identities` are the serial numbers in them."""

    def __init__(self, block: Source, layout: Layout, harvest: Harvest) -> None:
        self._block, self._layout, self._harvest = block, layout, harvest
        self.identities: list[Identity] = []

    def read(self, note: _Note, make: str) -> None:
        """Note what one maker note says.

        Raises:
            DamagedError: it cannot be read.
        """
        self._block.spend(_READS_PER_NOTE)
        head = self._block.read_up_to(note.offset, _HEAD_BYTES)
        for fixed, name, offset, length, charset in FIXED:
            if fixed.match(head):
                self._note_fixed(note, name, slice(offset, offset + length), charset)
        if head.startswith((b"FUJIFILM", b"GENERALE")):
            start = note.offset + int.from_bytes(head[8:12], "little")
            self.read_table(FUJIFILM, start, Layout("<"), note.offset)
        elif head.startswith(b"Nikon\0\2"):
            order = {b"II": "<", b"MM": ">"}.get(head[10:12])
            if order:
                base = note.offset + 10
                (start,) = Layout(order).pointer.unpack(self._block.read(base + 4, 4))
                self.read_table(NIKON, base + start, Layout(order), base)
        elif PHASE_ONE.match(head):
            self._read_phase_one(note, "<" if head[:1] == b"I" else ">")
        else:
            known = next((known for start, known in HEADS if start.match(head)), None) or next(
                (known for start, known in MAKES if make.startswith(start)), None
            )
            if known:
                self._read_known(note, known)

    def _read_known(self, note: _Note, head: MakerHead) -> None:
        start = note.offset + head.start
        layout = self._layout_at(start)
        base = note.moved if head.base is None else note.offset + head.base
        if head.table is CANON:
            base += self._canon_shift(note)
        elif head.fitted:
            base = self._fitted_base(start, layout, (base, note.offset))
        self.read_table(head.table, start, layout, base)

    def _layout_at(self, start: int) -> Layout:
        """The byte order in which the number of entries is a sensible one.

        Raises:
            DamagedError: it is in neither.
        """
        raw = self._block.read_up_to(start, 2)
        for order in (self._layout.order, "<", ">"):
            count = int.from_bytes(raw, "little" if order == "<" else "big")
            if 0 < count <= _MAX_ENTRIES:
                return Layout(order)
        raise DamagedError

    def _canon_shift(self, note: _Note) -> int:
        """How far a Canon note was moved; its last 8 bytes tell where it was written."""
        footer = self._block.read_up_to(note.offset + note.size_bytes - 8, 8)
        order = {b"II*\0": "little", b"MM\0*": "big"}.get(footer[:4])
        if note.moved or order is None:
            return 0
        written = int.from_bytes(footer[4:], "little" if order == "little" else "big")
        return note.offset - written if written else 0

    def _fitted_base(self, start: int, layout: Layout, candidates: tuple[int, ...]) -> int:
        """The base with which values start right behind the directory."""
        entries, *_ = read_entries(self._block, start, layout)
        outside = [entry.offset for entry in entries.values() if entry.size_bytes > 4]
        if not outside:
            return candidates[0]
        end = start + 2 + 12 * len(entries)
        gaps = {base: base + min(outside) - end for base in candidates}
        fitting = [base for base, gap in gaps.items() if 0 <= gap <= 24]
        return fitting[0] if fitting else end + 4 - min(outside)

    def read_table(self, table: MakerTable, start: int, layout: Layout, base: int) -> None:
        """Note what one directory of the maker says.

        Raises:
            DamagedError: it cannot be read.
        """
        entries, _, whole = read_entries(self._block, start, layout, base)
        if len(entries) > _MAX_ENTRIES:
            raise DamagedError
        for tag, wanted in table.wanted.items():
            if tag in entries:
                self._note_value(wanted, entries[tag], layout, whole)
        for tag, inner in (table.inner or {}).items():
            if tag in entries:
                self._read_inner(inner, entries[tag], layout, base)
        self._read_previews(table, entries, layout, base)

    def _read_previews(
        self, table: MakerTable, entries: Entries, layout: Layout, base: int
    ) -> None:
        for tag, skipped in (table.previews or {}).items():
            if tag in entries:
                entry = entries[tag]
                self._add_preview(entry.offset + skipped, entry.size_bytes - skipped)
        for pair in table.pairs:
            offset, length = (self._number(entries, tag, layout) for tag in pair)
            if offset and length:
                self._add_preview(base + offset, length)
        if table is CANON and 0x00B6 in entries:  # Canon::PreviewImageInfo
            numbers = integers(self._block, entries[0x00B6], layout, 64)
            if len(numbers) > 5:
                self._add_preview(base + numbers[5], numbers[2])

    def _read_inner(self, table: MakerTable, entry: Entry, layout: Layout, base: int) -> None:
        pointer = integers(self._block, entry, layout, 1) if entry.type in (4, 13) else ()
        with suppress(DamagedError):
            self.read_table(table, base + pointer[0] if pointer else entry.offset, layout, base)

    def _note_value(self, wanted: Wanted, entry: Entry, layout: Layout, whole: bool) -> None:
        if entry.size_bytes > _MAX_VALUE_BYTES:
            return
        raw = self._block.read_up_to(entry.offset, entry.size_bytes)
        if len(raw) < entry.size_bytes:
            if whole:
                self._harvest.add_damage(
                    "The maker note of this file names a person, a place or a device, but"
                    " what it says of it is not in the file."
                )
            return
        spans = self._block.spans(entry.offset, entry.size_bytes)
        for text in wanted.decode(raw, layout.order):
            self._note(wanted.kind, wanted.name, text, spans)

    def _note(self, kind: str, name: str, text: str, spans: tuple[ByteSpan, ...]) -> None:
        if not text.strip("0 \0"):
            return
        if kind == "person":
            self._harvest.add_person(CARRIER, name, text, spans)
        elif kind == "place":
            self._harvest.add_place(CARRIER, name, [text], spans)
        elif kind == "document_id":
            self._harvest.add_edit(CARRIER, name, "document_id", text, spans)
        elif kind == "description":
            self._harvest.add_description(CARRIER, name, text, spans)
        else:
            self.identities.append(Identity(kind, name, text, spans))

    def _note_fixed(self, note: _Note, name: str, place: slice, charset: str) -> None:
        offset, length = note.offset + place.start, place.stop - place.start
        text = self._block.read_up_to(offset, length).decode(charset, "replace").partition("\0")[0]
        kind = "serial_number" if name == "SerialNumber" else "description"
        self._note(
            kind, name, text.removeprefix("SERIAL NUMBER:"), self._block.spans(offset, length)
        )

    def _read_phase_one(self, note: _Note, order: str) -> None:
        """Entries of 16 bytes, with offsets from the note (`PhaseOne.pm`, ProcessPhaseOne)."""
        number = Layout(order).pointer
        (start,) = number.unpack(self._block.read(note.offset + 8, 4))
        (count,) = number.unpack(self._block.read(note.offset + start, 4))
        if count > _MAX_ENTRIES:
            raise DamagedError
        table = self._block.read(note.offset + start + 8, 16 * count)
        for place in range(0, len(table), 16):
            tag, _, size, pointer = (
                number.unpack_from(table, place + at)[0] for at in range(0, 16, 4)
            )
            if tag == 0x0102 and 4 < size <= _MAX_VALUE_BYTES:
                raw = self._block.read_up_to(note.offset + pointer, size)
                spans = self._block.spans(note.offset + pointer, size)
                for text in texts(raw, order):
                    self._note("serial_number", "SerialNumber", text, spans)

    def _number(self, entries: Entries, tag: int, layout: Layout) -> int:
        numbers = integers(self._block, entries.get(tag), layout, 1)
        return numbers[0] if numbers else 0

    def _add_preview(self, offset: int, length: int) -> None:
        """A preview that lies outside this block is found where it lies, or as appended data."""
        if length > 0 and offset >= 0 and offset + length <= self._block.size:
            add_jpeg(self._block, "maker note preview", (offset, length), self._harvest)
