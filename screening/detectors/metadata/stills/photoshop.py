"""Finds metadata blocks among Photoshop image resources, and in PSD and PSB files.

Source: Adobe Photoshop File Formats Specification (2019), "Image Resources Section",
"Thumbnail resource format", "Image Data Section"; ExifTool's Photoshop.pm (0x0421, slices).
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from screening.detectors.metadata.harvest import BlockKind, Harvest
from screening.detectors.metadata.source import DamagedError, Source
from screening.detectors.metadata.text_positions import note_text
from screening.detectors.metadata.trailers.trailer import read_trailer
from screening.detectors.metadata.values import decode_text

CARRIER = "Photoshop"

_SIGNATURES = (b"8BIM", b"MeSa", b"AgHg", b"PHUT", b"DCSR")
_BLOCKS = {
    0x0404: BlockKind.IPTC,
    0x040F: BlockKind.ICC,
    0x0422: BlockKind.EXIF,
    0x0423: BlockKind.EXIF,
    0x0424: BlockKind.XMP,
}
_HEADER = struct.Struct(">4sH6xHIIHH")
"""Signature, version (2: PSB), channels, rows, columns, bits, colour mode."""
_THUMBNAIL_HEADER_BYTES = 28
_WINDOW_BYTES = 1 << 16


def find_psd_blocks(source: Source, harvest: Harvest) -> None:
    """Queue the image resources of a Photoshop document, and read what follows its end.

    Raises:
        DamagedError: they are not all there.
    """
    start, length = _resources(source)
    harvest.add_block(BlockKind.PHOTOSHOP, source.part(start, length))
    end = _end_of_psd(source)
    if end is not None:
        read_trailer(source, end, harvest)


def end_of_psd(source: Source, start: int) -> int:
    """Offset behind the document that starts at `start`; the end where it does not say.

    Raises:
        DamagedError: the document is cut.
    """
    end = _end_of_psd(source.window(start, source.size - start))
    return source.size if end is None else start + end


def _resources(source: Source) -> tuple[int, int]:
    (colour_bytes,) = struct.unpack(">I", source.read(_HEADER.size, 4))
    start = _HEADER.size + 4 + colour_bytes
    (length,) = struct.unpack(">I", source.read(start, 4))
    return start + 4, length


def _end_of_psd(source: Source) -> int | None:
    """None for compressions whose length is not written (ZIP)."""
    header: tuple[bytes, int, int, int, int, int, int]
    header = _HEADER.unpack(source.read(0, _HEADER.size))
    _, version, channels, rows, columns, bits, _ = header
    start, length = _resources(source)
    big = version == 2
    layers = source.read(start + length, 8 if big else 4)
    start += length + len(layers) + int.from_bytes(layers, "big")
    (compression,) = struct.unpack(">H", source.read(start, 2))
    start += 2
    if compression == 0:
        return start + channels * rows * ((columns * bits + 7) // 8)
    if compression != 1:
        return None
    count_bytes = channels * rows * (4 if big else 2)
    packed_bytes = 0
    for offset in range(start, min(start + count_bytes, source.size), _WINDOW_BYTES):
        window = source.read_up_to(offset, min(_WINDOW_BYTES, start + count_bytes - offset))
        width = 4 if big else 2
        packed_bytes += sum(
            struct.unpack(
                f">{len(window) // width}{'I' if big else 'H'}",
                window[: len(window) // width * width],
            )
        )
    return start + count_bytes + packed_bytes


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
        there = min(length, len(data) - start - 4)
        if there > 0 and (number in _BLOCKS or number in _READERS):
            with harvest.reading("Photoshop block"):
                _read_resource(number, block.part(start + 4, there), harvest)
        if there < length:
            raise DamagedError
        offset = start + 4 + (length + 1) // 2 * 2
    if data[offset:].strip(b"\0"):
        raise DamagedError


def _read_resource(number: int, content: Source, harvest: Harvest) -> None:
    if number in _BLOCKS:
        harvest.add_block(_BLOCKS[number], content)
    else:
        _READERS[number](content, harvest)


def _read_thumbnail(content: Source, harvest: Harvest) -> None:
    """Format (1: JPEG, 0: raw RGB), sides, bytes of a padded row, sizes, bits, planes."""
    header = content.read(0, _THUMBNAIL_HEADER_BYTES)
    coding, width, height, row_bytes = struct.unpack_from(">4I", header)
    start = _THUMBNAIL_HEADER_BYTES
    if coding == 1:
        harvest.add_preview("Photoshop thumbnail", content.window(start, content.size))
    elif coding == 0 and 0 < 3 * width <= row_bytes:
        rows = content.read(start, row_bytes * height)
        pixels = b"".join(
            rows[row * row_bytes : row * row_bytes + 3 * width] for row in range(height)
        )
        picture = content.converted(b"P6 %d %d 255\n" % (width, height) + pixels)
        harvest.add_preview("Photoshop thumbnail", picture)


def _read_caption(content: Source, harvest: Harvest) -> None:
    """A text behind one byte with its length."""
    text = decode_text(content.read_up_to(1, content.size))
    note_text(harvest, CARRIER, "Caption", text, content.spans())


def _read_url(content: Source, harvest: Harvest) -> None:
    text = decode_text(content.read_up_to(0, content.size))
    note_text(harvest, CARRIER, "URL", text, content.spans())


def _read_urls(content: Source, harvest: Harvest) -> None:
    """A count; then number, identifier and text of each link."""
    (count,) = struct.unpack(">I", content.read(0, 4))
    offset = 4
    for _ in range(count):
        text, offset = _unicode_text(content, offset + 8)
        note_text(harvest, CARRIER, "URL", text, content.spans())


def _read_versions(content: Source, harvest: Harvest) -> None:
    """Version and a flag (5 bytes), then who wrote and who is to read the document."""
    writer, offset = _unicode_text(content, 5)
    reader, _ = _unicode_text(content, offset)
    # The second one has the version, where there is one.
    harvest.add_edit(CARRIER, "ReaderName", "software", reader or writer)


def _read_slices(content: Source, harvest: Harvest) -> None:
    """Version and bounds (20 bytes); then a name, which is that of the document."""
    if content.read_up_to(0, 4) == b"\0\0\0\x06":
        name, _ = _unicode_text(content, 20)
        harvest.add_edit(CARRIER, "SlicesGroupName", "file_path", name)


def _unicode_text(content: Source, offset: int) -> tuple[str, int]:
    """A text behind its count of UTF-16 units, and the offset behind it."""
    (units,) = struct.unpack(">I", content.read(offset, 4))
    text = content.read(offset + 4, 2 * units).decode("utf-16-be", "replace")
    return text.rstrip("\0"), offset + 4 + 2 * units


_READERS: dict[int, Callable[[Source, Harvest], None]] = {
    0x03F0: _read_caption,
    0x0409: _read_thumbnail,
    0x040B: _read_url,
    0x040C: _read_thumbnail,
    0x041A: _read_slices,
    0x041E: _read_urls,
    0x0421: _read_versions,
}
