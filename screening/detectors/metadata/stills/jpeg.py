"""Finds metadata blocks in JPEG files and in EXV files, which are JPEG segments alone.

Source: ITU-T T.81 annex B (segments); EXIF 3.0, 4.7.2 (APP1); Adobe XMP Specification
Part 3 (2020), 1.1.3 (APP1, extended XMP; APP13); ICC.1:2022, B.4 (APP2); CIPA DC-007 (APP2);
ISO/IEC 19566-5, annex D (APP11). What small or rare segments hold is read by `jpeg_segments`.
"""

from __future__ import annotations

import re
import struct
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from screening.detectors.metadata.harvest import BlockKind, Harvest
from screening.detectors.metadata.packets.xmp import announced_extension
from screening.detectors.metadata.source import DamagedError, Source
from screening.detectors.metadata.stills.flir import read_flir
from screening.detectors.metadata.stills.jpeg_segments import Segment, read_segment
from screening.detectors.metadata.stills.mpf import read_mpf
from screening.detectors.metadata.trailers.trailer import read_trailer

_APP0, _APP1, _APP2, _APP11, _APP13, _APP15, _COM = 0xE0, 0xE1, 0xE2, 0xEB, 0xED, 0xEF, 0xFE
_SOS, _EOI, _NO_MARKER = 0xDA, 0xD9, 0
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})
# Some writers put a few bytes before it or spell it otherwise; exiftool accepts as much.
_EXIF_PREFIX = re.compile(rb".{0,4}?Exif\0.?", re.DOTALL | re.IGNORECASE)
_TIFF_STARTS = (b"II", b"MM")
_XMP_PREFIX = b"http://ns.adobe.com/xap/1.0/\0"
_EXTENSION_PREFIX = b"http://ns.adobe.com/xmp/extension/\0"
_UNUSUAL_XMP = re.compile(rb"<\?xpacket|<x:x[am]pmeta|<rdf:RDF")
_PHOTOSHOP_PREFIXES = (b"Photoshop 3.0\0", b"Adobe_Photoshop2.5:")
_ICC_PREFIX, _MPF_PREFIX, _BOX_PREFIX = b"ICC_PROFILE\0", b"MPF\0", b"JP"
_FLIR_PREFIX = b"FLIR\0"
_EXV_HEADER = b"\xff\x01Exiv2"
Range = tuple[int, int]
"""Offset and length in bytes."""

_HEAD_BYTES = 96
"""Read of each segment to know it: marker, length, the longest prefix and what follows it."""
_FIRST_WINDOW_BYTES, _LAST_WINDOW_BYTES = 1 << 8, 1 << 16
# A marker in coded data: not a stuffed zero, a restart or a fill byte.
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def find_jpeg_blocks(source: Source, harvest: Harvest) -> None:
    """Queue every block up to the end of the picture, and then what follows the end.

    Raises:
        DamagedError: the file ends inside a segment or before the end of the picture; what
            came before is queued.
    """
    found = _Blocks(source, harvest)
    start = len(_EXV_HEADER) if source.read_up_to(0, 7) == _EXV_HEADER else 2
    cut, end = False, source.size
    coded = False  # inside the picture: behind its first scan header and before its end
    try:
        for segment in _walk(source, start):
            if segment.gap and not coded and not found.add_gap(segment):
                end = segment.gap_start
                break
            coded |= segment.marker == _SOS
            if segment.marker == _EOI:
                end, coded = segment.start, False
            elif _APP0 <= segment.marker <= _APP15 or segment.marker == _COM:
                found.add(segment)
                cut |= segment.cut
    finally:
        found.queue()
    if cut:
        raise DamagedError
    if coded:
        raise DamagedError("breaks off before the end of the picture")
    read_trailer(source, end, harvest)


def end_of_jpeg(source: Source, start: int) -> int | None:
    """Offset behind the picture that starts at `start`; None where none does.

    A picture that is cut ends with the source.

    Raises:
        DamagedError: the budget of reads is spent.
    """
    coded = False
    for segment in _walk(source, start + 2):
        if segment.marker == _EOI:
            return segment.start if coded else None
        if segment.gap and not coded:
            return None  # between segments before the coded data there is nothing else
        coded |= segment.marker == _SOS
    return source.size if coded else None


def _walk(source: Source, offset: int) -> Iterator[Segment]:
    """Each segment up to the end of the picture, which is handed out too, or that of the file."""
    while True:
        head = source.read_up_to(offset, _HEAD_BYTES)
        if head.startswith(b"\xff\xff"):  # fill bytes
            offset += len(head) - len(head.lstrip(b"\xff")) - 1
            head = source.read_up_to(offset, _HEAD_BYTES)
        gap = 0
        if not (head[:1] == b"\xff" and head[1:2] not in (b"\xff", b"\0")):
            marker_at = _next_marker(source, offset)
            gap, offset = marker_at - offset, marker_at
            head = source.read_up_to(offset, _HEAD_BYTES)
        if len(head) < 2:
            if gap:
                yield Segment(_NO_MARKER, offset, 0, b"", offset - gap, gap)
            return
        gap_start = offset - gap
        marker = head[1]
        offset += 2
        if marker == _EOI:
            yield Segment(marker, offset, 0, b"", gap_start, gap)
            return
        if marker in _STANDALONE:
            continue
        if len(head) < 4:
            return
        length = max(struct.unpack_from(">H", head, 2)[0] - 2, 0)
        start = offset + 2
        there = max(min(length, source.size - start), 0)
        cut = there < length
        yield Segment(marker, start, there, head[4 : 4 + there], gap_start, gap, cut)
        offset = start + length


def _next_marker(source: Source, offset: int) -> int:
    """Offset of the next marker; the size of the file where there is none."""
    window_bytes = _FIRST_WINDOW_BYTES
    while offset < source.size:
        window = source.read_up_to(offset, window_bytes)
        found = _MARKER.search(window)
        if found:
            return offset + found.start()
        offset += max(len(window) - 1, 1)
        # It grows with the distance, so that many short gaps cost no more than one long one.
        window_bytes = min(2 * window_bytes, _LAST_WINDOW_BYTES)
    return source.size


@dataclass(slots=True)
class _Boxes:
    """JPEG systems boxes that are spread over segments, by number of the packet."""

    packets: dict[int, Range]
    box_header_bytes: int


class _Blocks:
    """Puts blocks together that are spread over several segments."""

    def __init__(self, source: Source, harvest: Harvest) -> None:
        self._source, self._harvest = source, harvest
        self._exif: list[list[Range]] = []
        self._xmp: list[Range] = []
        self._photoshop: list[Range] = []
        self._profile: dict[int, Range] = {}
        self._profile_parts = 0
        self._index: list[Range] = []
        self._thermal: list[tuple[int, Range]] = []
        self._boxes: dict[bytes, _Boxes] = {}
        self._extended: dict[bytes, dict[int, Range]] = defaultdict(dict)
        self._extended_bytes: dict[bytes, int] = {}

    def add(self, segment: Segment) -> None:
        """Sort one segment by its signature."""
        marker, head = segment.marker, segment.head
        if marker == _APP1 and self._add_app1(segment):
            return
        if marker == _APP2 and head.startswith(_ICC_PREFIX) and len(head) >= 14:
            self._profile[head[12]] = segment.behind(14)
            self._profile_parts = max(self._profile_parts, head[13])
        elif marker == _APP2 and head.startswith(_MPF_PREFIX):
            self._index.append(segment.behind(len(_MPF_PREFIX)))
        elif marker == _APP11 and head.startswith(_BOX_PREFIX) and len(head) >= 16:
            self._add_boxes(segment)
        elif marker == _APP13 and head.startswith(_PHOTOSHOP_PREFIXES):
            prefix = next(one for one in _PHOTOSHOP_PREFIXES if head.startswith(one))
            self._photoshop.append(segment.behind(len(prefix)))
        else:
            read_segment(segment, self._source, self._harvest)

    def add_gap(self, segment: Segment) -> bool:
        """Queue bytes between segments, where none belong; False where a video starts there.

        Such a video was appended to a picture that lacks its end.
        """
        start = segment.gap_start
        if self._source.read_up_to(start + 4, 4) == b"ftyp":
            return False
        block = self._source.window(start, segment.gap)
        self._harvest.add_block(BlockKind.TRAILER, block)
        return True

    def _add_app1(self, segment: Segment) -> bool:
        """Whether it is EXIF, XMP or FLIR."""
        head = segment.head
        exif = _EXIF_PREFIX.match(head)
        if exif:
            block = segment.behind(exif.end())
            if self._exif and not head.startswith(_TIFF_STARTS, exif.end()):
                self._exif[-1].append(block)  # more than 64 KB goes on in the next segment
            else:
                self._exif.append([block])
        elif head.startswith(_XMP_PREFIX):
            self._xmp.append(segment.behind(len(_XMP_PREFIX)))
        elif head.startswith(_FLIR_PREFIX) and len(head) >= 8:
            self._thermal.append((head[6], segment.behind(8)))
        elif head.startswith(_EXTENSION_PREFIX):
            self._add_extension(head[len(_EXTENSION_PREFIX) :], segment)
        else:
            unusual = _UNUSUAL_XMP.search(head)
            if unusual is None:
                return False
            self._xmp.append(segment.behind(unusual.start()))
        return True

    def _add_extension(self, content: bytes, segment: Segment) -> None:
        guid, sizes = content[:32], content[32:40]
        if len(sizes) == 8:
            total, offset = struct.unpack(">II", sizes)
            self._extended_bytes[guid] = total
            self._extended[guid][offset] = segment.behind(len(_EXTENSION_PREFIX) + 40)

    def _add_boxes(self, segment: Segment) -> None:
        """Identifier, box instance, packet number, and the header of the box in every packet."""
        _, instance, number, box_bytes, box_type = struct.unpack_from(">2s2sII4s", segment.head)
        if box_type == b"jumb":
            header_bytes = 16 if box_bytes == 1 else 8
            boxes = self._boxes.setdefault(instance, _Boxes({}, header_bytes))
            boxes.packets[number] = segment.behind(8)

    def queue(self) -> None:
        """Hand over everything that was put together."""
        for ranges in self._exif:
            self._queue(BlockKind.EXIF, ranges)
        for packet in self._xmp:
            self._queue(BlockKind.XMP, [packet])
            self._check_extension(packet)
        for guid, parts in self._extended.items():
            self._queue_extension(parts, self._extended_bytes[guid])
        if self._photoshop:
            self._queue(BlockKind.PHOTOSHOP, self._photoshop)  # one may go on in the next segment
        if self._profile:
            with self._harvest.reading("ICC block"):
                self._queue_profile()
        for boxes in self._boxes.values():
            self._queue_boxes(boxes)
        if self._thermal:
            with self._harvest.reading("FLIR block"):
                # Some writers number them all alike; those stay in the order of the file.
                numbered = sorted(self._thermal, key=lambda one: one[0])
                read_flir(self._source.joined(one for _, one in numbered), self._harvest)
        for start, length in self._index:
            with self._harvest.reading("MPF index"):
                read_mpf(self._source, start, length, self._harvest)

    def _queue(self, kind: BlockKind, ranges: list[Range]) -> None:
        self._harvest.add_block(kind, self._source.joined(ranges))

    def _check_extension(self, packet: Range) -> None:
        announced = announced_extension(self._source.read_up_to(*packet))
        if announced and announced not in self._extended:
            with self._harvest.reading("extended XMP block"):
                raise DamagedError("is announced but missing, so that it could not be read")

    def _queue_extension(self, parts: Mapping[int, Range], total: int) -> None:
        extended = self._source.joined(part for _, part in sorted(parts.items()))
        self._harvest.add_block(BlockKind.XMP, extended)
        if extended.size != total:
            with self._harvest.reading("extended XMP block"):
                raise DamagedError

    def _queue_profile(self) -> None:
        self._queue(BlockKind.ICC, [part for _, part in sorted(self._profile.items())])
        if len(self._profile) < self._profile_parts:
            raise DamagedError

    def _queue_boxes(self, boxes: _Boxes) -> None:
        """The first packet with its box header, the others without."""
        skipped, ranges = 0, []
        for _, (start, length) in sorted(boxes.packets.items()):
            ranges.append((start + skipped, max(length - skipped, 0)))
            skipped = boxes.box_header_bytes
        self._queue(BlockKind.JUMBF, ranges)
