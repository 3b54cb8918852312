"""Finds metadata blocks in JPEG files and in EXV files, which are JPEG segments alone.

Source: ITU-T T.81 annex B (segments); EXIF 3.0, 4.7.2 (APP1); Adobe XMP Specification
Part 3 (2020), 1.1.3 (APP1, extended XMP; APP13).
"""

from __future__ import annotations

import re
import struct
from collections import defaultdict
from collections.abc import Callable, Iterator

from screening.detectors.metadata.harvest import BlockKind, Harvest
from screening.detectors.metadata.source import DamagedError, Source

_APP1, _APP13, _SOS, _EOI = 0xE1, 0xED, 0xDA, 0xD9
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_EXIF_PREFIX = b"Exif\0"
_TIFF_STARTS = (b"II", b"MM")
_XMP_PREFIX = b"http://ns.adobe.com/xap/1.0/\0"
_EXTENSION_PREFIX = b"http://ns.adobe.com/xmp/extension/\0"
_PHOTOSHOP_PREFIXES = (b"Photoshop 3.0\0", b"Adobe_Photoshop2.5:")
_EXV_HEADER = b"\xff\x01Exiv2"
Range = tuple[int, int]
"""Offset and length in bytes."""

_FIRST_WINDOW_BYTES, _LAST_WINDOW_BYTES = 1 << 8, 1 << 20
# A marker in coded data: not a stuffed zero, a restart or a fill byte.
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def find_jpeg_blocks(source: Source, harvest: Harvest) -> None:
    """Queue every EXIF, XMP and Photoshop block up to the end of the picture.

    Raises:
        DamagedError: the file ends inside a segment; what came before is queued.
    """
    segments = _Segments(source)
    start = len(_EXV_HEADER) if source.read_up_to(0, 7) == _EXV_HEADER else 2
    cut = False
    try:
        for marker, at, payload, complete in _walk(source, start):
            segments.add(marker, at, payload)
            cut |= not complete
    finally:
        segments.queue(harvest)
    if cut:
        raise DamagedError


class _Segments:
    """Puts blocks together that are spread over several segments."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._exif: list[list[Range]] = []
        self._xmp: list[Range] = []
        self._photoshop: list[Range] = []
        self._extended: dict[bytes, dict[int, Range]] = defaultdict(dict)
        self._extended_bytes: dict[bytes, int] = {}

    def add(self, marker: int, at: int, payload: bytes) -> None:
        """Sort one segment, whose payload starts `at`, by its signature; others are left alone."""

        def behind(prefix_bytes: int) -> Range:
            return at + prefix_bytes, max(len(payload) - prefix_bytes, 0)

        if marker == _APP1 and payload.startswith(_EXIF_PREFIX):
            if self._exif and not payload.startswith(_TIFF_STARTS, 6):
                self._exif[-1].append(behind(6))  # more than 64 KB goes on in the next segment
            else:
                self._exif.append([behind(6)])
        elif marker == _APP1 and payload.startswith(_XMP_PREFIX):
            self._xmp.append(behind(len(_XMP_PREFIX)))
        elif marker == _APP1 and payload.startswith(_EXTENSION_PREFIX):
            self._add_extension(payload[len(_EXTENSION_PREFIX) :], behind)
        elif marker == _APP13:
            for prefix in _PHOTOSHOP_PREFIXES:
                if payload.startswith(prefix):
                    self._photoshop.append(behind(len(prefix)))

    def _add_extension(self, content: bytes, behind: Callable[[int], Range]) -> None:
        guid, sizes = content[:32], content[32:40]
        if len(sizes) == 8:
            total, offset = struct.unpack(">II", sizes)
            self._extended_bytes[guid] = total
            self._extended[guid][offset] = behind(len(_EXTENSION_PREFIX) + 40)

    def queue(self, harvest: Harvest) -> None:
        """Hand over everything that was put together."""
        for ranges in self._exif:
            harvest.add_block(BlockKind.EXIF, self._source.joined(ranges))
        for packet in self._xmp:
            harvest.add_block(BlockKind.XMP, self._source.part(*packet))
        for guid, parts in self._extended.items():
            extended = self._source.joined(part for _, part in sorted(parts.items()))
            harvest.add_block(BlockKind.XMP, extended)
            if extended.size != self._extended_bytes[guid]:
                with harvest.reading("extended XMP block"):
                    raise DamagedError
        if self._photoshop:
            # One block may go on in the next segment.
            harvest.add_block(BlockKind.PHOTOSHOP, self._source.joined(self._photoshop))


def _walk(source: Source, offset: int) -> Iterator[tuple[int, int, bytes, bool]]:
    """Marker, start of the payload, payload and whether it is all there, for each segment."""
    while (offset := _next_marker(source, offset)) < source.size:
        marker = source.read(offset + 1, 1)[0]
        offset += 2
        if marker == _EOI:
            return
        if marker in _STANDALONE:
            continue
        header = source.read_up_to(offset, 2)
        if len(header) < 2:
            return
        length = max(struct.unpack(">H", header)[0], 2)
        wanted = marker in (_APP1, _APP13)
        kept = min(length - 2, source.size - offset - 2) if wanted else 0
        payload = source.read_up_to(offset + 2, kept)
        yield marker, offset + 2, payload, not wanted or kept == length - 2
        offset += length


def _next_marker(source: Source, offset: int) -> int:
    """Offset of the next marker; the size of the file where there is none.

    Between segments that is at once; behind a scan header it is after the coded data.
    """
    window_bytes = 2
    while offset < source.size:
        window = source.read_up_to(offset, window_bytes)
        found = _MARKER.search(window)
        if found:
            return offset + found.start()
        offset += max(len(window) - 1, 1)
        # It grows with the distance, so that many short gaps cost no more than one long one.
        window_bytes = min(max(_FIRST_WINDOW_BYTES, 2 * window_bytes), _LAST_WINDOW_BYTES)
    return source.size
