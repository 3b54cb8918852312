"""Finds metadata in files made of boxes: which top-level box holds what.

Source: ISO/IEC 14496-12; ISO/IEC 15444-1 annex I (JPEG 2000); ISO/IEC 18181-2, 9 (JPEG XL).
"""

from __future__ import annotations

from screening.detectors.metadata.boxes import (
    MediaBox,
    queue_box,
    queue_offset_exif,
    queue_uuid_block,
    walk_boxes,
)
from screening.detectors.metadata.harvest import BlockKind, Harvest
from screening.detectors.metadata.heif import find_item_blocks
from screening.detectors.metadata.movie import read_movie
from screening.detectors.metadata.source import DamagedError, Source
from screening.detectors.metadata.xmp import looks_like_xmp

_XML_HEAD_BYTES = 4096
_METADATA_IN_BROTLI = (b"Exif", b"xml ")


def find_box_blocks(source: Source, harvest: Harvest) -> None:
    """Queue every block and note what movie boxes say; media data is never read.

    Raises:
        DamagedError: the boxes do not fit the file; what came before is queued.
    """
    for box in walk_boxes(source, 0, source.size):
        if box.kind == b"moov":
            with harvest.reading("QuickTime block"):
                read_movie(box, source, harvest)
        elif box.kind == b"meta":
            with harvest.reading("item list"):
                find_item_blocks(box, source, harvest)
        elif box.kind == b"uuid":
            queue_uuid_block(box, source, harvest)
        else:
            _find_still_blocks(box, source, harvest)


def _find_still_blocks(box: MediaBox, source: Source, harvest: Harvest) -> None:
    """Boxes of JPEG XL and JPEG 2000."""
    if box.kind == b"Exif":
        with harvest.reading("EXIF block"):
            queue_offset_exif(source.part(box.start, box.size_bytes), harvest)
    elif box.kind == b"xml ":
        if looks_like_xmp(source.read_up_to(box.start, min(box.size_bytes, _XML_HEAD_BYTES))):
            queue_box(BlockKind.XMP, box, source, harvest)
    elif box.kind == b"brob" and source.read_up_to(box.start, 4) in _METADATA_IN_BROTLI:
        with harvest.reading("metadata"):
            raise DamagedError("is compressed with Brotli, which is not read here")
