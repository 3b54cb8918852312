"""Finds metadata blocks among Photoshop image resources, and in PSD files.

Source: Adobe Photoshop File Formats Specification (2019), "Image Resources Section".
"""

from __future__ import annotations

import struct

from screening.detectors.metadata.harvest import BlockKind, Harvest
from screening.detectors.metadata.source import DamagedError, Source

_SIGNATURES = (b"8BIM", b"MeSa", b"AgHg", b"PHUT", b"DCSR")
_BLOCKS = {0x0404: BlockKind.IPTC, 0x0422: BlockKind.EXIF, 0x0424: BlockKind.XMP}
_PSD_HEADER_BYTES = 26


def find_psd_blocks(source: Source, harvest: Harvest) -> None:
    """Queue the image resources of a Photoshop document.

    Raises:
        DamagedError: they are not all there.
    """
    (colour_bytes,) = struct.unpack(">I", source.read(_PSD_HEADER_BYTES, 4))
    start = _PSD_HEADER_BYTES + 4 + colour_bytes
    (length,) = struct.unpack(">I", source.read(start, 4))
    harvest.add_block(BlockKind.PHOTOSHOP, source.part(start + 4, length))


def read_image_resources(block: Source, harvest: Harvest) -> None:
    """Queue IPTC, EXIF and XMP blocks among the resources, up to any damage."""
    with harvest.reading("Photoshop block"):
        _walk(block.read_all(), block, harvest)


def _walk(data: bytes, block: Source, harvest: Harvest) -> None:
    offset = 0
    while data[offset : offset + 4] in _SIGNATURES:
        name_bytes = data[offset + 6] if offset + 6 < len(data) else 0
        start = offset + 6 + (1 + name_bytes + 1) // 2 * 2
        if start + 4 > len(data):
            raise DamagedError
        (number,) = struct.unpack_from(">H", data, offset + 4)
        (length,) = struct.unpack_from(">I", data, start)
        content = data[start + 4 : start + 4 + length]
        if number in _BLOCKS and content:
            harvest.add_block(_BLOCKS[number], block.part(start + 4, len(content)))
        if len(content) < length:
            raise DamagedError
        offset = start + 4 + (length + 1) // 2 * 2
    if data[offset:].strip(b"\0"):
        raise DamagedError
