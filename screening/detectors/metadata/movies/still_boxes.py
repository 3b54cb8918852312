"""Reads the boxes of JPEG XL and JPEG 2000, and the comments of bare JPEG 2000 codestreams.

Source: ISO/IEC 18181-2, 9 (Exif, xml, jumb and brob boxes); ISO/IEC 15444-1 annex I and A.9.2
(COM); ISO/IEC 15444-2 annex M (asoc, lbl). Brotli: RFC 7932.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable

import brotli

from screening.detectors.metadata.harvest import BlockKind, Harvest
from screening.detectors.metadata.movies.boxes import (
    MediaBox,
    queue_offset_exif,
    queue_uuid_block,
    walk_boxes,
)
from screening.detectors.metadata.packets.xml_texts import queue_xml
from screening.detectors.metadata.source import DamagedError, Source
from screening.detectors.metadata.values import decode_text

CODESTREAM_START = b"\xff\x4f\xff\x51"
_CARRIER = "JPEG 2000"
_MAX_PLAIN_BYTES = 8 * 1024**2
_MAX_DEPTH = 4
_SUPERBOXES = (b"jp2h", b"asoc", b"res ", b"jpch", b"jplh", b"uinf", b"ftbl")
_RESTRICTED_ICC, _ANY_ICC = 2, 3
_END_OF_MAIN_HEADER = (0x90, 0xD9)
_COMMENT = 0x64
_LATIN = 1
_PROGRAM = re.compile(r"jpeg|kakadu|created by|encoder|version|software|leadtools", re.IGNORECASE)


def read_still_box(box: MediaBox, source: Source, harvest: Harvest, depth: int = 0) -> None:
    """Queue what a box of JPEG XL or JPEG 2000 holds; others hold no metadata.

    Raises:
        DamagedError: boxes lie deeper in one another than in any real file.
    """
    if box.kind in _READERS:
        words, read = _READERS[box.kind]
        with harvest.reading(words):
            read(box, source, harvest)
    elif box.kind == b"colr" and depth:
        queue_colour_profile(box, source, harvest)
    elif box.kind in _SUPERBOXES:
        if depth >= _MAX_DEPTH:
            raise DamagedError
        for inner in walk_boxes(source, box.start, box.end):
            read_still_box(inner, source, harvest, depth + 1)


def _queue_exif(box: MediaBox, source: Source, harvest: Harvest) -> None:
    queue_offset_exif(source.part(box.start, box.size_bytes), harvest)


def _queue_manifest(box: MediaBox, source: Source, harvest: Harvest) -> None:
    harvest.add_block(BlockKind.JUMBF, source.part(box.offset, box.end - box.offset))


def _queue_xml_box(box: MediaBox, source: Source, harvest: Harvest) -> None:
    queue_xml(source.part(box.start, box.size_bytes), harvest)


def _note_label(box: MediaBox, source: Source, harvest: Harvest) -> None:
    label = decode_text(source.read(box.start, box.size_bytes))
    harvest.add_description(_CARRIER, "lbl", label, source.spans(box.start, box.size_bytes))


def _note_box_comments(box: MediaBox, source: Source, harvest: Harvest) -> None:
    read_codestream(source.window(box.start, box.size_bytes), harvest)


def queue_colour_profile(box: MediaBox, source: Source, harvest: Harvest) -> None:
    """Queue the ICC profile of a `colr` box, if it has one.

    JPEG 2000 says so by a method number (I.5.3.3), HEIF by `prof` or `rICC`.
    """
    head = source.read_up_to(box.start, 4)
    start = 0
    if head in (b"prof", b"rICC"):
        start = 4
    elif head[:1] and head[0] in (_RESTRICTED_ICC, _ANY_ICC) and head[1:2] < b"\x04":
        start = 3
    if start and box.size_bytes > start:
        with harvest.reading("ICC block"):
            profile = source.part(box.start + start, box.size_bytes - start)
            harvest.add_block(BlockKind.ICC, profile)


def _queue_unpacked(box: MediaBox, source: Source, harvest: Harvest) -> None:
    """A `brob` box: the kind of the box it stands for, then that box's content in Brotli."""
    kind = source.read(box.start, 4)
    if kind not in (b"Exif", b"xml ", b"jumb"):
        return
    packed = source.part(box.start + 4, max(box.size_bytes - 4, 0))
    plain = _unpacked(packed.read_up_to(0, packed.size))
    if kind == b"jumb":
        header = struct.pack(">I4s", len(plain) + 8, kind)
        harvest.add_block(BlockKind.JUMBF, packed.converted(header + plain))
    elif kind == b"Exif":
        queue_offset_exif(packed.converted(plain), harvest)
    else:
        queue_xml(packed.converted(plain), harvest)


def _unpacked(packed: bytes) -> bytes:
    """Brotli, up to the limit.

    Raises:
        DamagedError: no whole Brotli stream, or one that unfolds to more than any real block.
    """
    stream = brotli.Decompressor()
    try:
        plain: bytes = stream.process(packed, output_buffer_limit=_MAX_PLAIN_BYTES)
    except brotli.error as error:
        raise DamagedError from error
    if not stream.is_finished():
        raise DamagedError("is compressed and was not read to its end")
    return plain


def read_codestream(codestream: Source, harvest: Harvest) -> None:
    """Note the comments of a JPEG 2000 codestream: COM markers before the first tile.

    Raises:
        DamagedError: its main header is damaged.
    """
    if codestream.read_up_to(0, 4) != CODESTREAM_START:
        return
    offset = 2
    while offset + 4 <= codestream.size:
        start, marker, length = struct.unpack(">BBH", codestream.read(offset, 4))
        if start != 0xFF:
            raise DamagedError
        if marker in _END_OF_MAIN_HEADER:
            return
        if length < 2:
            raise DamagedError
        if marker == _COMMENT and length > 4:
            raw = codestream.read(offset + 4, length - 2)
            text = decode_text(raw[2:]) if raw[:2] == bytes((0, _LATIN)) else ""
            spans = codestream.spans(offset + 6, length - 4)
            if _PROGRAM.search(text):
                harvest.add_edit(_CARRIER, "COM", "software", text, spans)
            else:
                harvest.add_description(_CARRIER, "COM", text, spans)
        offset += 2 + length


_READERS: dict[bytes, tuple[str, Callable[[MediaBox, Source, Harvest], None]]] = {
    b"Exif": ("EXIF block", _queue_exif),
    b"xml ": ("XML block", _queue_xml_box),
    b"jumb": ("JUMBF block", _queue_manifest),
    b"brob": ("metadata", _queue_unpacked),
    b"jp2c": ("codestream", _note_box_comments),
    b"lbl ": ("label", _note_label),
    b"uuid": ("metadata", queue_uuid_block),
}
