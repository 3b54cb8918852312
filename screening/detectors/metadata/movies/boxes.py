"""Walks the boxes of ISO base media files and their kin, and queues whole metadata boxes.

Covers HEIC, HEIF, AVIF, CR3, MP4, MOV, 3GP, JPEG 2000 and JPEG XL.
Source: ISO/IEC 14496-12, 4.2 (boxes); ISO/IEC 15444-1 annex I; ISO/IEC 18181-2, 9;
Adobe XMP Specification Part 3 (2020), 1.2.7 (XMP in uuid boxes).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from screening.detectors.metadata.harvest import BlockKind, Harvest
from screening.detectors.metadata.source import DamagedError, Source

_BLOCK_UUIDS = {
    UUID("be7acfcb-97a9-42e8-9c71-999491e3afac").bytes: BlockKind.XMP,
    UUID("4a706754-6966-6645-7869-662d3e4a5032").bytes: BlockKind.EXIF,  # JpgTiffExif->JP2
    UUID("0537cdab-9d0c-4431-a72a-fa561f2a113e").bytes: BlockKind.EXIF,
    UUID("b14bf8bd-083d-4b43-a5ae-8cd7d5a6ce03").bytes: BlockKind.EXIF,  # GeoJP2, a small GeoTIFF
    UUID("33c7a4d2-b81d-4723-a0ba-f1a3e097ad38").bytes: BlockKind.IPTC,
    UUID("09a14e97-c0b4-42e0-bebf-36df6f0ce36f").bytes: BlockKind.IPTC,
    UUID("2c4c0100-8504-40b9-a03e-562148d6dfeb").bytes: BlockKind.PHOTOSHOP,
}
_C2PA_UUID = UUID("d8fec3d6-1b0e-483c-9297-5828877ec481").bytes
CANON_UUID = UUID("85c0b687-820f-11e0-8111-f4ce462b6a48").bytes
_UUID_BYTES = 16


@dataclass(frozen=True, slots=True)
class MediaBox:
    """One box: its four-character code and where its content lies.

    `uuid` is the extended type of `uuid` boxes, whose content starts behind it; `offset` is
    where the box itself starts.
    """

    kind: bytes
    start: int
    end: int
    uuid: bytes = b""
    offset: int = 0

    @property
    def size_bytes(self) -> int:
        """Length of the content."""
        return self.end - self.start


def walk_boxes(source: Source, start: int, end: int) -> Iterator[MediaBox]:
    """The boxes side by side between two offsets.

    Raises:
        DamagedError: a box reaches over `end`, or its size is impossible.
    """
    while start + 8 <= end:
        size, kind = struct.unpack(">I4s", source.read(start, 8))
        header = 8
        if size == 1:
            (size,) = struct.unpack(">Q", source.read(start + 8, 8))
            header = 16
        elif size == 0:
            if kind == b"\0\0\0\0" and not source.read_up_to(start, end - start).strip(b"\0"):
                return  # padding; QuickTime ends some lists with zeros
            # Up to the end: only behind a readable name, or zeros could hide what follows.
            size = end - start if kind.isalnum() else 0
        if size < header or start + size > end:
            raise DamagedError
        content, uuid = start + header, b""
        if kind == b"uuid" and size >= header + _UUID_BYTES:
            uuid = source.read(content, _UUID_BYTES)
            content += _UUID_BYTES
        yield MediaBox(kind, content, start + size, uuid, start)
        start += size


def queue_uuid_block(box: MediaBox, source: Source, harvest: Harvest) -> None:
    """Queue the content of a `uuid` box that is a known metadata block."""
    kind = _BLOCK_UUIDS.get(box.uuid)
    if box.uuid == _C2PA_UUID:
        with harvest.reading("JUMBF block"):
            _queue_manifest(box, source, harvest)
    elif kind is not None:
        queue_box(kind, box, source, harvest)


def queue_box(kind: BlockKind, box: MediaBox, source: Source, harvest: Harvest) -> None:
    """Queue the content of a box as a block."""
    with harvest.reading(f"{kind.value} block"):
        harvest.add_block(kind, source.part(box.start, box.size_bytes))


def _queue_manifest(box: MediaBox, source: Source, harvest: Harvest) -> None:
    """C2PA 2.1, A.4: version and flags, purpose, and for manifests an offset; then JUMBF."""
    head = source.read_up_to(box.start, min(box.size_bytes, 64))
    purpose, _, _ = head[4:].partition(b"\0")
    start = 4 + len(purpose) + 1 + (8 if purpose == b"manifest" else 0)
    harvest.add_block(
        BlockKind.JUMBF, source.part(box.start + start, max(box.size_bytes - start, 0))
    )


def queue_offset_exif(content: Source, harvest: Harvest) -> None:
    """Queue EXIF that follows a 32-bit distance to its TIFF header (HEIF A.2.1, JPEG XL 9.4).

    Raises:
        DamagedError: too short to hold one.
    """
    (distance,) = struct.unpack(">I", content.read(0, 4))
    start = 4 + distance if 4 + distance < content.size else 4
    harvest.add_block(BlockKind.EXIF, content.window(start, content.size))
