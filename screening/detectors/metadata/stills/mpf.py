"""Reads the Multi-Picture Format: further pictures behind the first one of a JPEG file.

Source: CIPA DC-007-2021, 5.2 (MP index IFD) and 5.2.3.3.1 (individual image attributes).
"""

from __future__ import annotations

import re
import struct

from screening.detectors.metadata.harvest import Harvest
from screening.detectors.metadata.source import DamagedError, Source

CARRIER = "MPF"

_ENTRY_BYTES = 16
_MAX_PICTURES = 256
_ENTRY_LIST_TAG = 0xB002
_LARGE_THUMBNAILS = frozenset({0x010001, 0x010002, 0x010003, 0x010004, 0x010005})
_TYPES = {
    0x000000: "undefined",
    0x020001: "panorama",
    0x020002: "disparity",
    0x020003: "multi-angle",
    0x030000: "primary picture",
    0x040000: "original",
    0x050000: "gain map",
}
_JPEG_START = b"\xff\xd8\xff"
_HEAD_BYTES = 1 << 15
# ISO 21496-1 and Android's Ultra HDR; Apple's own gain maps; depth maps of Google and Apple.
_KINDS = (
    (re.compile(rb"hdrgm:|ns\.adobe\.com/hdr-gain-map|HDRGainMap|hdrgainmap|iso:ts:21496"),
     "gain map"),
    (re.compile(rb"depthblurreffect|ns\.google\.com/photos/1\.0/depthmap|aux:depth|aux:disparity"),
     "depth map"),
)  # fmt: skip


def read_mpf(file: Source, start: int, length: int, harvest: Harvest) -> None:
    """Note the pictures of an MP index, those that are there.

    An index often outlives its pictures, because programs that shorten a file leave it as it
    is; so a picture is noted only where one starts. What else follows the end of the file's
    own picture is read by `read_trailer`.

    Args:
        file: the JPEG file.
        start: where the MP header starts, from which offsets count.
        length: bytes of the header and its index.
        harvest: takes the pictures.

    Raises:
        DamagedError: the index is not all there.
    """
    index = file.part(start, length)
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(index.read_up_to(0, 4))
    if order is None:
        raise DamagedError
    (directory,) = struct.unpack(order + "I", index.read(4, 4))
    (count,) = struct.unpack(order + "H", index.read(directory, 2))
    for number in range(count):
        entry = index.read(directory + 2 + 12 * number, 12)
        tag, _, list_bytes, offset = struct.unpack(order + "HHII", entry)
        if tag == _ENTRY_LIST_TAG:
            pictures = min(list_bytes // _ENTRY_BYTES, _MAX_PICTURES)
            table = index.read(offset, pictures * _ENTRY_BYTES)
            for attributes, size, at, _dependents in struct.iter_unpack(order + "IIII", table):
                _note_picture(file, start + at if at else 0, size, attributes & 0xFFFFFF, harvest)


def picture_kind(picture: Source) -> str:
    """`gain map` or `depth map` where the XMP of a picture says so, else nothing."""
    head = picture.read_up_to(0, _HEAD_BYTES)
    return next((kind for pattern, kind in _KINDS if pattern.search(head)), "")


def _note_picture(file: Source, at: int, size: int, picture_type: int, harvest: Harvest) -> None:
    if not at or file.read_up_to(at, 3) != _JPEG_START:
        return
    picture = file.window(at, size)
    if picture_type in _LARGE_THUMBNAILS:
        harvest.add_preview("MPF preview", picture)
        return
    kind = picture_kind(picture) or _TYPES.get(picture_type, "other")
    harvest.add_embedded(CARRIER, "MP entry", picture, {"media_type": "image/jpeg", "kind": kind})
