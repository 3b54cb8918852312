"""Finds metadata in GIF files: comments, texts and application extensions.

Source: GIF89a Specification, 24 to 26; Adobe XMP Specification Part 3 (2020), 1.1.2;
ICC.1:2022, annex B; ImageMagick's coders/gif.c (`MGK` extensions).
"""

from __future__ import annotations

from collections.abc import Iterator

from screening.detectors.metadata.harvest import BlockKind, Harvest
from screening.detectors.metadata.source import TOO_MANY_PARTS, DamagedError, Source
from screening.detectors.metadata.text_positions import note_text
from screening.detectors.metadata.trailers.trailer import read_trailer
from screening.detectors.metadata.values import decode_text

_EXTENSION, _IMAGE, _TRAILER = 0x21, 0x2C, 0x3B
_PLAIN_TEXT, _COMMENT, _APPLICATION = 0x01, 0xFE, 0xFF
_APPLICATION_HEADER_BYTES = 14
"""Introducer, label, length of the identifier, identifier and authentication code."""
_FIRST_WINDOW_BYTES, _LAST_WINDOW_BYTES = 1 << 9, 1 << 16
"""Most chains are short, and there may be many of them."""
_LEAST_BYTES = 16
"""Of an unknown application's data; in fewer there is no room for a position or a picture."""
_MAX_SUB_BLOCKS = 1 << 16
"""Full ones hold 16 MB."""
_MAGIC_TRAILER = b"\x01\xff\xfe\xfd"
_XMP = b"XMP DataXMP"
_KINDS = {
    b"ICCRGBG1012": BlockKind.ICC,
    b"MGK8BIM0000": BlockKind.PHOTOSHOP,
    b"MGKIPTC0000": BlockKind.IPTC,
}
_ANIMATIONS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


def find_gif_blocks(source: Source, harvest: Harvest) -> None:
    """Queue the blocks of applications, note comments, and read what follows the end.

    Raises:
        DamagedError: the file ends before its trailer, or has bytes that are no block.
    """
    end = 0
    for start, end in _blocks(source):
        introducer, label = source.read_up_to(start, 2).ljust(2, b"\0")
        if introducer == _EXTENSION and label in (_PLAIN_TEXT, _COMMENT, _APPLICATION):
            with harvest.reading("GIF extension"):
                _read_extension(label, source, (start, end), harvest)
    read_trailer(source, end, harvest)


def end_of_gif(source: Source, start: int) -> int:
    """Offset behind the picture that starts at `start`.

    Raises:
        DamagedError: as `find_gif_blocks`.
    """
    view = source.window(start, source.size - start)
    *_, (_, end) = _blocks(view)
    return start + end


def _blocks(source: Source) -> Iterator[tuple[int, int]]:
    """Start and end of each block, the trailer included."""
    screen = source.read(6, 7)
    offset = 13 + _colour_table_bytes(screen[4])
    while (introducer := source.read(offset, 1)[0]) != _TRAILER:
        start = offset
        if introducer == _IMAGE:
            descriptor = source.read(offset + 1, 9)
            offset = _end_of_sub_blocks(source, offset + 11 + _colour_table_bytes(descriptor[8]))
        elif introducer == _EXTENSION:
            offset = _end_of_sub_blocks(source, offset + 2)
        else:
            raise DamagedError
        yield start, offset
    yield offset, offset + 1


def _colour_table_bytes(packed: int) -> int:
    return 3 << ((packed & 7) + 1) if packed & 0x80 else 0


def _end_of_sub_blocks(source: Source, offset: int) -> int:
    """Offset behind the empty block that ends a chain of blocks of 1 to 255 bytes."""
    window_bytes = _FIRST_WINDOW_BYTES
    while True:
        window = source.read_up_to(offset, window_bytes)
        window_bytes = min(4 * window_bytes, _LAST_WINDOW_BYTES)
        position = 0
        while position < len(window):
            if window[position] == 0:
                return offset + position + 1
            position += 1 + window[position]
        if not window:
            raise DamagedError
        offset += position


def _read_extension(label: int, source: Source, place: tuple[int, int], harvest: Harvest) -> None:
    start, end = place
    if label in (_COMMENT, _PLAIN_TEXT):
        # The first block of a plain text is its place and size.
        texts = _joined(source, start + 2 + (13 if label == _PLAIN_TEXT else 0), end)
        text = decode_text(texts.read_up_to(0, texts.size).replace(b"\0", b" "))
        field = "Comment" if label == _COMMENT else "Plain Text"
        note_text(harvest, "GIF comment", field, text, texts.spans())
    else:
        _read_application(source, start, end, harvest)


def _read_application(source: Source, start: int, end: int, harvest: Harvest) -> None:
    """Queue the data of a known application.

    Raises:
        DamagedError: an unknown one has data; they could hold anything.
    """
    content = start + _APPLICATION_HEADER_BYTES
    name = source.read_up_to(start + 3, 11)
    if name == _XMP:
        _queue_packet(source, content, end, harvest)
    elif name in _KINDS:
        harvest.add_block(_KINDS[name], _joined(source, content, end))
    elif name not in _ANIMATIONS and end - content >= _LEAST_BYTES:
        raise DamagedError("holds data of an application that is not known here")


def _joined(source: Source, start: int, end: int) -> Source:
    """The content of a chain of sub-blocks.

    Raises:
        DamagedError: they are far more, and shorter, than in any real file.
    """
    raw = source.read_up_to(start, end - start)
    parts, offset = [], 0
    while offset < len(raw) and raw[offset]:
        length = min(raw[offset], len(raw) - offset - 1)
        parts.append((start + offset + 1, length))
        offset += 1 + raw[offset]
    if len(parts) > _MAX_SUB_BLOCKS:
        raise DamagedError(TOO_MANY_PARTS)
    return source.joined(parts)


def _queue_packet(source: Source, start: int, end: int, harvest: Harvest) -> None:
    """The packet is written raw; a trailer of falling numbers leads any reader to its end.

    Some writers cut it into proper sub-blocks instead.
    """
    raw = source.read(start, end - start)
    if _MAGIC_TRAILER in raw:
        packet = source.part(start, raw.rfind(_MAGIC_TRAILER))
    else:
        packet = _joined(source, start, end)
    harvest.add_block(BlockKind.XMP, packet)
