"""Asks a container what its decoder does not say: is the end missing, is there a video as well?

Decoders of HEIC, AVIF, WebP and of all videos stop at a missing end without a word or with a
vague one; the sizes in the container tell a cut file from a damaged one. And a still picture can
carry a video that no picture decoder looks at (motion photos, picture sequences).
"""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Iterator
from typing import BinaryIO

_MAX_BOXES = 100_000
_BLOCK_BYTES = 1 << 20
_ISO_TYPES = ("image/heic", "image/heif", "image/avif", "video/")
_VIDEO_BOXES = frozenset({b"moov", b"mpvd"})  # tracks; Samsung's and Google's motion photos
# The first box of an MP4 or QuickTime file that phones append to a JPEG (motion photo format 1.0).
_EMBEDDED_VIDEO = re.compile(rb"\x00\x00\x00.ftyp(?:mp4|isom|iso[2-9]|qt  |avc1|3gp)", re.DOTALL)
_ODD_PADDING_BYTES = 1  # RIFF pads odd chunks; many writers leave the last pad byte out


def ends_early(stream: BinaryIO, media_type: str) -> bool:
    """Whether bytes are missing at the end of an ISO, RIFF, Matroska or TIFF file.

    Args:
        stream: the file, seekable; its position is not kept.
        media_type: as `identify` gives it.

    Returns:
        True if the outermost structure reaches beyond the file; False also for other types.
    """
    size_bytes = stream.seek(0, os.SEEK_END)
    if media_type in ("image/webp", "video/x-msvideo"):
        return _riff_end(stream) > size_bytes + _ODD_PADDING_BYTES
    if media_type in ("video/webm", "video/x-matroska"):
        return _matroska_end(stream) > size_bytes
    if media_type == "image/tiff":
        return _tiff_directory(stream) >= size_bytes
    if media_type.startswith(_ISO_TYPES):
        return max((end for _, end in _iso_boxes(stream, size_bytes)), default=0) > size_bytes
    return False


def _tiff_directory(stream: BinaryIO) -> int:
    """Where the first directory starts (TIFF 6.0 section 2); 0 for BigTIFF."""
    stream.seek(0)
    header = stream.read(8)
    if len(header) < 8 or header[2:4] not in (b"*\x00", b"\x00*"):
        return 0
    return int.from_bytes(header[4:], "little" if header.startswith(b"II") else "big")


def holds_video(stream: BinaryIO, media_type: str) -> bool:
    """Whether a still picture carries a video besides: a motion photo or a picture sequence.

    Args:
        stream: the file, seekable; its position is not kept.
        media_type: of a still picture, as `identify` gives it.
    """
    size_bytes = stream.seek(0, os.SEEK_END)
    if media_type == "image/jpeg":
        return _find(stream, _EMBEDDED_VIDEO)
    if media_type.startswith(_ISO_TYPES):
        return any(name in _VIDEO_BOXES for name, _ in _iso_boxes(stream, size_bytes))
    return False


def _find(stream: BinaryIO, pattern: re.Pattern[bytes]) -> bool:
    stream.seek(0)
    tail = b""
    while block := stream.read(_BLOCK_BYTES):
        if pattern.search(tail + block):
            return True
        tail = block[-16:]
    return False


def _riff_end(stream: BinaryIO) -> int:
    """RIFF header: four letters, then the little-endian length of what follows."""
    stream.seek(4)
    length = stream.read(4)
    return 8 + int.from_bytes(length, "little") if len(length) == 4 else 0


def _iso_boxes(stream: BinaryIO, size_bytes: int) -> Iterator[tuple[bytes, int]]:
    """Name and end of every top-level box (ISO/IEC 14496-12, 4.2), up to what is no box."""
    position = 0
    for _ in range(_MAX_BOXES):
        if position >= size_bytes:  # also keeps absurd lengths away from seek()
            return
        stream.seek(position)
        header = stream.read(16)
        if len(header) < 8:
            return
        length, name = struct.unpack_from(">I4s", header)
        if length == 1 and len(header) == 16:
            length = struct.unpack_from(">Q", header, 8)[0]
        elif length == 0:  # "to the end of the file"
            length = size_bytes - position
        if length < 8 or not name.isascii():
            return
        position += length
        yield name, position


def _matroska_end(stream: BinaryIO) -> int:
    """Where the Segment ends (RFC 8794, 4 and 6; RFC 9559, 5.1); 0 when it does not say."""
    stream.seek(4)
    header_length = _variable_length(stream)
    if header_length is None:
        return 0
    stream.seek(header_length, os.SEEK_CUR)
    if stream.read(4) != b"\x18\x53\x80\x67":
        return 0
    length = _variable_length(stream)
    return stream.tell() + length if length is not None else 0


def _variable_length(stream: BinaryIO) -> int | None:
    """An EBML element size; None when it is damaged or means "unknown"."""
    first = stream.read(1)
    if not first or not first[0]:
        return None
    extra_bytes = 8 - first[0].bit_length()
    raw = first + stream.read(extra_bytes)
    if len(raw) != 1 + extra_bytes:
        return None
    bits = 7 * (1 + extra_bytes)
    value = int.from_bytes(raw, "big") & ((1 << bits) - 1)
    return None if value == (1 << bits) - 1 else value
