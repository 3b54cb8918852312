"""Finds EXIF and XMP items in HEIC, HEIF and AVIF.

Source: ISO/IEC 14496-12, 8.11.3 (iloc), 8.11.6 (iinf), 8.11.11 (idat); ISO/IEC 23008-12,
annex A (Exif and XMP items).
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

from screening.detectors.metadata.boxes import MediaBox, queue_offset_exif, walk_boxes
from screening.detectors.metadata.harvest import BlockKind, Harvest
from screening.detectors.metadata.source import DamagedError, Source

_XMP_TYPES = (b"application/rdf+xml", b"text/xml", b"application/xml")
_FROM_FILE, _FROM_IDAT = 0, 1


@dataclass(frozen=True, slots=True)
class _Location:
    method: int
    extents: tuple[tuple[int, int], ...]


def find_item_blocks(meta: MediaBox, source: Source, harvest: Harvest) -> None:
    """Queue the blocks of a `meta` box that lists items.

    Raises:
        DamagedError: the lists are damaged.
    """
    inside = {box.kind: box for box in walk_boxes(source, meta.start + 4, meta.end)}
    if b"iinf" not in inside or b"iloc" not in inside:
        return
    wanted = dict(_wanted_items(inside[b"iinf"], source))
    if not wanted:
        return
    locations = _locations(_Fields(_content(inside[b"iloc"], source)), frozenset(wanted))
    for number, kind in wanted.items():
        with harvest.reading(f"{kind.value} block"):
            if number not in locations:
                raise DamagedError
            content = _item(locations[number], inside.get(b"idat"), source)
            if kind is BlockKind.EXIF:
                queue_offset_exif(content, harvest)
            else:
                harvest.add_block(kind, content)


def _content(box: MediaBox, source: Source) -> bytes:
    return source.read(box.start, box.size_bytes)


class _Fields:
    """Reads big-endian numbers one after the other."""

    def __init__(self, data: bytes) -> None:
        self._stream = io.BytesIO(data)

    def number(self, length_bytes: int) -> int:
        raw = self._stream.read(length_bytes)
        if len(raw) != length_bytes:
            raise DamagedError
        return int.from_bytes(raw, "big")


def _wanted_items(iinf: MediaBox, source: Source) -> Iterator[tuple[int, BlockKind]]:
    """Number and kind of the EXIF and XMP items."""
    version = source.read(iinf.start, 1)[0]
    entries_start = iinf.start + (6 if version == 0 else 8)
    for entry in walk_boxes(source, entries_start, iinf.end):
        data = _content(entry, source)
        if entry.kind != b"infe" or len(data) < 12:
            continue
        number_bytes = 4 if data[0] == 3 else 2
        number = int.from_bytes(data[4 : 4 + number_bytes], "big")
        rest = data[6 + number_bytes :]
        if data[0] < 2:  # without an item type: name, then content type
            kind, texts = b"mime", rest.split(b"\0")
        else:
            kind, texts = rest[:4], rest[4:].split(b"\0")
        content_type, encoding = [*texts[1:3], b"", b""][:2]
        if kind == b"Exif":
            yield number, BlockKind.EXIF
        elif kind == b"mime" and content_type in _XMP_TYPES:
            if encoding:
                raise DamagedError("holds compressed XMP, which is not read here")
            yield number, BlockKind.XMP


def _locations(fields: _Fields, wanted: frozenset[int]) -> dict[int, _Location]:
    """Where the wanted items lie, by item number."""
    version = fields.number(1)
    fields.number(3)
    sizes = fields.number(2)
    offset_bytes, length_bytes, base_bytes = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    index_bytes = sizes & 15 if version in (1, 2) else 0
    found: dict[int, _Location] = {}
    for _ in range(fields.number(2 if version < 2 else 4)):
        number = fields.number(2 if version < 2 else 4)
        method = fields.number(2) & 15 if version in (1, 2) else _FROM_FILE
        fields.number(2)  # data reference: other files are not followed
        base = fields.number(base_bytes)
        extents = []
        for _ in range(fields.number(2)):
            fields.number(index_bytes)
            offset = base + fields.number(offset_bytes)
            extents.append((offset, fields.number(length_bytes)))
        if number in wanted:
            found[number] = _Location(method, tuple(extents))
    return found


def _item(location: _Location, idat: MediaBox | None, source: Source) -> Source:
    start, end = 0, source.size
    if location.method == _FROM_IDAT:
        if idat is None:
            raise DamagedError
        start, end = idat.start, idat.end
    elif location.method != _FROM_FILE:
        raise DamagedError("lies inside another item, which is not read here")
    if any(start + offset + length > end for offset, length in location.extents):
        raise DamagedError
    return source.joined(
        (start + offset, length or end - start - offset) for offset, length in location.extents
    )
