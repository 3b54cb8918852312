"""Finds the XMP packet in GIF application extensions.

Source: GIF89a Specification, 26; Adobe XMP Specification Part 3 (2020), 1.1.2.
"""

from __future__ import annotations

from screening.detectors.metadata.harvest import BlockKind, Harvest
from screening.detectors.metadata.source import DamagedError, Source

_EXTENSION, _IMAGE, _TRAILER = 0x21, 0x2C, 0x3B
_XMP_HEADER = b"\xff\x0bXMP DataXMP"
"""Application label, length of the identifier, identifier and authentication code."""
_WINDOW_BYTES = 1 << 16
_MAGIC_TRAILER = b"\x01\xff\xfe\xfd"


def find_gif_blocks(source: Source, harvest: Harvest) -> None:
    """Queue the XMP packets.

    Raises:
        DamagedError: the file ends before its trailer, or has bytes that are no block.
    """
    screen = source.read(6, 7)
    offset = 13 + _colour_table_bytes(screen[4])
    while (introducer := source.read(offset, 1)[0]) != _TRAILER:
        if introducer == _IMAGE:
            descriptor = source.read(offset + 1, 9)
            offset = _end_of_sub_blocks(source, offset + 11 + _colour_table_bytes(descriptor[8]))
        elif introducer == _EXTENSION:
            end = _end_of_sub_blocks(source, offset + 2)
            if source.read_up_to(offset + 1, 13) == _XMP_HEADER:
                _queue_packet(source, offset + 14, end, harvest)
            offset = end
        else:
            raise DamagedError


def _colour_table_bytes(packed: int) -> int:
    return 3 << ((packed & 7) + 1) if packed & 0x80 else 0


def _end_of_sub_blocks(source: Source, offset: int) -> int:
    """Offset behind the empty block that ends a chain of blocks of 1 to 255 bytes."""
    while True:
        window = source.read_up_to(offset, _WINDOW_BYTES)
        position = 0
        while position < len(window):
            if window[position] == 0:
                return offset + position + 1
            position += 1 + window[position]
        if not window:
            raise DamagedError
        offset += position


def _queue_packet(source: Source, start: int, end: int, harvest: Harvest) -> None:
    """The packet is written raw; a trailer of falling numbers leads any reader to its end.

    Some writers cut it into proper sub-blocks instead.
    """
    with harvest.reading("XMP block"):
        raw = source.read(start, end - start)
        if _MAGIC_TRAILER in raw:
            packet = source.part(start, raw.rfind(_MAGIC_TRAILER))
        else:
            parts, offset = [], 0
            while offset < len(raw) and raw[offset]:
                length = min(raw[offset], len(raw) - offset - 1)
                parts.append((start + offset + 1, length))
                offset += 1 + raw[offset]
            packet = source.joined(parts)
        harvest.add_block(BlockKind.XMP, packet)
