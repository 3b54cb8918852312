"""Reads what cameras put into AVI files: EXIF blocks, name plates, thumbnails, positions.

Source: ExifTool's RIFF, Nikon, Pentax, Olympus, Casio and Ricoh tables.
"""

from __future__ import annotations

import re
import struct

from screening.detectors.metadata.harvest import BlockKind, Harvest
from screening.detectors.metadata.movies.boxes import MediaBox
from screening.detectors.metadata.movies.nikon_movie import read_nikon_records
from screening.detectors.metadata.source import DamagedError, Source
from screening.detectors.metadata.tracks.timed_tracks import read_fixed_records
from screening.detectors.metadata.values import decode_text

CARRIER = "AVI camera data"

_JPEG_START = b"\xff\xd8\xff"
_TIFF_STARTS = re.compile(rb"II\*\0|MM\0\*")
_SNIFFED_BYTES = 65536
_TEXT = re.compile(rb"[\x20-\x7e]{4,}\0*\Z")
_MAKER_NOTES = (b"hymn", b"mknt")
_EXIF_BLOCK, _NIKON, _THUMBNAILS = b"AVIF", b"nctg", (b"ncth", b"ncvw", b"thum")
# Start of the chunk: where make and model stand, each with its length.
_NAME_PLATES = {
    b"OLYMDigital Camera": ((0x12, 24), (0x2C, 24)),
    b"PENTDigital Camera": ((0x12, 24), (0x2C, 24)),
    b"IIII\x01\0": (None, (0x0C, 32)),
}
_FILLERS = re.compile(rb"\[= MPlayer|Lavf|VLC|odmldmlh")


def read_maker_chunk(kind: bytes, chunk: Source, harvest: Harvest) -> None:
    """Note what one chunk of a camera says.

    Raises:
        DamagedError: it is damaged, or in a layout that is not read here.
    """
    head = chunk.read_up_to(0, min(chunk.size, _SNIFFED_BYTES))
    if kind == _NIKON:
        read_nikon_records(chunk, harvest, "<")
    elif kind in _THUMBNAILS:
        _queue_thumbnail(head, chunk, harvest)
    elif kind == b"gps0":
        read_fixed_records(MediaBox(kind, 0, chunk.size), chunk, harvest)
    elif kind in _MAKER_NOTES:
        if chunk.size > _SNIFFED_BYTES:
            raise DamagedError("is longer than in any real file and was not read")
        harvest.add_block(BlockKind.EXIF, chunk.converted(_as_exif(head)))
    elif kind == b"strd" and head[:4] == _EXIF_BLOCK:
        # The TIFF offsets count from the directory's own start, 8 bytes in.
        directory = b"II*\0\x08\0\0\0" + head[8:]
        harvest.add_block(BlockKind.EXIF, chunk.converted(directory))
    else:
        _sniff(head, chunk, harvest)


def _as_exif(note: bytes) -> bytes:
    """A maker note alone, put where EXIF keeps one; its own offsets count from its start."""
    first = struct.pack(">HHHII", 1, 0x8769, 4, 1, 26) + bytes(4)
    exif = struct.pack(">HHHII", 1, 0x927C, 7, len(note), 44) + bytes(4)
    return b"MM\0*" + struct.pack(">I", 8) + first + exif + note


def _sniff(head: bytes, chunk: Source, harvest: Harvest) -> None:
    """Look for a name plate, a picture, a TIFF block, or a plain text."""
    if not head.strip(b"\0") or _FILLERS.match(head):
        return
    for start, (make, model) in _NAME_PLATES.items():
        if head.startswith(start):
            _note_names(head, make, model, chunk, harvest)
    tiff = _TIFF_STARTS.search(head[:64])
    if tiff:
        block = chunk.part(tiff.start(), chunk.size - tiff.start())
        harvest.add_block(BlockKind.EXIF, block)
    _queue_thumbnail(head, chunk, harvest)
    if _TEXT.match(head):
        harvest.add_description(CARRIER, "JUNK", decode_text(head), chunk.spans())


def _note_names(
    head: bytes,
    make: tuple[int, int] | None,
    model: tuple[int, int],
    chunk: Source,
    harvest: Harvest,
) -> None:
    places = {"make": make, "model": model}
    identity: dict[str, tuple[str, str | None]] = {
        key: (key, decode_text(head[place[0] : sum(place)]))
        for key, place in places.items()
        if place
    }
    harvest.add_device(CARRIER, identity, chunk.spans(0, sum(model)))
    for start in (0x83, 0x9D):
        time = decode_text(head[start : start + 24])
        harvest.add_time(CARRIER, "DateTime", time, chunk.spans(start, 24))


def _queue_thumbnail(head: bytes, chunk: Source, harvest: Harvest) -> None:
    start = head.find(_JPEG_START)
    if start >= 0:
        harvest.add_preview("AVI thumbnail", chunk.part(start, chunk.size - start))
