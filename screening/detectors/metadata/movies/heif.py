"""Finds metadata items in HEIC, HEIF and AVIF, and what their properties say.

Source: ISO/IEC 14496-12, 8.11.3 (iloc), 8.11.6 (iinf), 8.11.11 (idat), 8.11.12 (iref);
ISO/IEC 23008-12, 6.5.5 (colr), 6.5.20 (udes), annex A (Exif and XMP items). Auxiliary images,
such as depth and gain maps, and thumbnails belong to the picture and are no findings.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from screening.detectors.metadata.harvest import BlockKind, Harvest
from screening.detectors.metadata.movies.boxes import MediaBox, queue_offset_exif, walk_boxes
from screening.detectors.metadata.movies.movie import inflate
from screening.detectors.metadata.movies.movie_texts import (
    KEY_LIST_BOXES,
    MovieTexts,
    read_key_list,
)
from screening.detectors.metadata.movies.still_boxes import queue_colour_profile
from screening.detectors.metadata.packets.xml_texts import queue_xml
from screening.detectors.metadata.source import DamagedError, Source
from screening.detectors.metadata.values import decode_text

_XML_TYPES = (b"application/rdf+xml", b"text/xml", b"application/xml")
_MANIFEST_TYPES = (b"application/c2pa", b"application/x-c2pa-manifest-store")
_FROM_FILE, _FROM_IDAT, _FROM_ITEM = 0, 1, 2
_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32
_PACKED = {b"deflate": _GZIP_OR_ZLIB, b"gzip": _GZIP_OR_ZLIB, b"compress_zlib": _GZIP_OR_ZLIB}
_MAX_EXTENTS = 200_000
_MAX_NESTING = 4
_TEXT_BYTES = 2000


@dataclass(frozen=True, slots=True)
class _Item:
    """An item with metadata: its kind, MIME type and how it is packed."""

    kind: bytes
    content_type: bytes = b""
    encoding: bytes = b""


@dataclass(frozen=True, slots=True)
class _Location:
    """How an item is put together: extents are (index, offset, length)."""

    method: int
    extents: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class _Items:
    """The items of a file, found by number."""

    source: Source
    idat: MediaBox | None
    locations: dict[int, _Location]
    references: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def content(self, number: int, depth: int = 0) -> Source:
        """The bytes of an item, wherever they lie.

        Raises:
            DamagedError: they do not lie in the file, or items lie in one another in a circle.
        """
        location = self.locations.get(number)
        if location is None or depth > _MAX_NESTING:
            raise DamagedError
        if location.method == _FROM_ITEM:
            return self._from_items(location, self.references.get(number, ()), depth)
        start, end = 0, self.source.size
        if location.method == _FROM_IDAT:
            if self.idat is None:
                raise DamagedError
            start, end = self.idat.start, self.idat.end
        elif location.method != _FROM_FILE:
            raise DamagedError("lies in a place that is not read here")
        return self.source.joined(_ranges(location, start, end))

    def _from_items(self, location: _Location, others: tuple[int, ...], depth: int) -> Source:
        """The extents lie in other items, which `index` counts from 1."""
        if len(location.extents) != 1:
            raise DamagedError("lies in several other items, which is not read here")
        index = max(location.extents[0][0], 1)
        if index > len(others):
            raise DamagedError
        whole = self.content(others[index - 1], depth + 1)
        return whole.joined(_ranges(location, 0, whole.size))


def _ranges(location: _Location, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Offset and length of each extent; length 0 means up to the end."""
    for _, offset, length in location.extents:
        if start + offset + length > end:
            raise DamagedError
        yield start + offset, length or end - start - offset


def find_item_blocks(meta: MediaBox, source: Source, harvest: Harvest) -> None:
    """Queue the blocks of a `meta` box: items, properties, or a QuickTime key list.

    Raises:
        DamagedError: the lists are damaged.
    """
    plain = source.read_up_to(meta.start + 4, 4) == b"hdlr"
    inside = {
        box.kind: box for box in walk_boxes(source, meta.start + (0 if plain else 4), meta.end)
    }
    if any(kind in inside for kind in KEY_LIST_BOXES):
        texts = MovieTexts()
        read_key_list(meta, source, texts, harvest)
        texts.note(harvest)
    if b"iprp" in inside:
        with harvest.reading("list of picture properties"):
            _read_properties(inside[b"iprp"], source, harvest)
    if b"iinf" in inside and b"iloc" in inside:
        _read_items(inside, source, harvest)


def _read_items(inside: dict[bytes, MediaBox], source: Source, harvest: Harvest) -> None:
    wanted = dict(_wanted_items(inside[b"iinf"], source))
    if not wanted:
        return
    references = inside.get(b"iref")
    items = _Items(
        source,
        inside.get(b"idat"),
        _locations(_Fields(_content(inside[b"iloc"], source))),
        _references(references, source) if references else {},
    )
    for number, item in wanted.items():
        with harvest.reading(f"{_item_words(item)} block"):
            _queue_item(item, items.content(number), harvest)


def _item_words(item: _Item) -> str:
    if item.kind == b"Exif":
        return "EXIF"
    return "XMP" if item.content_type in _XML_TYPES else "metadata"


def _queue_item(item: _Item, content: Source, harvest: Harvest) -> None:
    if item.encoding:
        if item.encoding not in _PACKED:
            raise DamagedError("is compressed in a way that is not read here")
        packed = content.read_up_to(0, content.size)
        content = content.converted(inflate(packed, _PACKED[item.encoding]))
    if item.kind == b"Exif":
        queue_offset_exif(content, harvest)
    elif item.kind == b"jumb" or item.content_type in _MANIFEST_TYPES:
        harvest.add_block(BlockKind.JUMBF, content)
    elif item.content_type in _XML_TYPES:
        queue_xml(content, harvest)
    elif item.content_type.startswith(b"text/"):
        text = decode_text(content.read_up_to(0, min(content.size, _TEXT_BYTES)))
        harvest.add_description("HEIF", "text item", text, content.spans())
    else:
        raise DamagedError("holds an item of a kind that is not read here")


def _read_properties(iprp: MediaBox, source: Source, harvest: Harvest) -> None:
    for container in walk_boxes(source, iprp.start, iprp.end):
        if container.kind != b"ipco":
            continue
        for box in walk_boxes(source, container.start, container.end):
            if box.kind == b"colr":
                queue_colour_profile(box, source, harvest)
            elif box.kind == b"udes":
                _note_description(box, source, harvest)


def _note_description(box: MediaBox, source: Source, harvest: Harvest) -> None:
    """User description: version and flags, then language, name, description and tags."""
    content = source.read(box.start, box.size_bytes)
    spans = source.spans(box.start, box.size_bytes)
    for name, text in zip(
        ("name", "description", "tags"), content[4:].split(b"\0")[1:], strict=False
    ):
        harvest.add_description("HEIF", f"udes {name}", decode_text(text), spans)


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


def _wanted_items(iinf: MediaBox, source: Source) -> Iterator[tuple[int, _Item]]:
    """Number and kind of the items that hold metadata."""
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
        if kind in (b"Exif", b"jumb"):
            yield number, _Item(kind)
        elif kind == b"mime" and not content_type.startswith((b"image/", b"video/")):
            yield number, _Item(kind, content_type.lower(), encoding.lower())


def _references(iref: MediaBox, source: Source) -> dict[int, tuple[int, ...]]:
    """Items that others are cut from: `iloc` references."""
    width = 4 if source.read(iref.start, 1)[0] else 2
    found = {}
    for box in walk_boxes(source, iref.start + 4, iref.end):
        if box.kind == b"iloc":
            fields = _Fields(_content(box, source))
            number = fields.number(width)
            found[number] = tuple(fields.number(width) for _ in range(fields.number(2)))
    return found


def _locations(fields: _Fields) -> dict[int, _Location]:
    """Where the items lie, by item number."""
    version = fields.number(1)
    fields.number(3)
    sizes = fields.number(2)
    offset_bytes, length_bytes, base_bytes = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    index_bytes = sizes & 15 if version in (1, 2) else 0
    found: dict[int, _Location] = {}
    left = _MAX_EXTENTS
    for _ in range(fields.number(2 if version < 2 else 4)):
        number = fields.number(2 if version < 2 else 4)
        method = fields.number(2) & 15 if version in (1, 2) else _FROM_FILE
        fields.number(2)  # data reference: other files are not followed
        base = fields.number(base_bytes)
        count = fields.number(2)
        left -= count
        if left < 0:
            raise DamagedError("has far more parts than a real file has and was not read")
        extents = []
        for _ in range(count):
            index = fields.number(index_bytes)
            offset = base + fields.number(offset_bytes)
            extents.append((index, offset, fields.number(length_bytes)))
        found[number] = _Location(method, tuple(extents))
    return found
