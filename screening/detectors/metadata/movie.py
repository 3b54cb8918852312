"""Reads the metadata of MP4, MOV and 3GP movies, and the EXIF blocks of Canon's CR3.

Source: QuickTime File Format Specification (2016), "User Data Atoms" and "Metadata";
3GPP TS 26.244, 8 (loci, auth); ISO/IEC 14496-12, 8.2.2 (mvhd).
"""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta

from screening.detectors.metadata.boxes import (
    CANON_UUID,
    MediaBox,
    queue_box,
    queue_uuid_block,
    walk_boxes,
)
from screening.detectors.metadata.harvest import BlockKind, Harvest
from screening.detectors.metadata.movie_texts import CARRIER, MovieTexts, read_key_list
from screening.detectors.metadata.positions import checked_position
from screening.detectors.metadata.source import DamagedError, Source
from screening.detectors.metadata.values import decode_text

_CANON_BLOCKS = {b"CMT1": BlockKind.EXIF, b"CMT2": BlockKind.EXIF, b"CMT4": BlockKind.GPS}
_QUICKTIME_EPOCH = datetime(1904, 1, 1, tzinfo=UTC)
_UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_movie(moov: MediaBox, source: Source, harvest: Harvest) -> None:
    """Note what a `moov` box and the tracks in it say.

    Raises:
        DamagedError: its boxes do not fit; what came before is noted.
    """
    texts = MovieTexts()
    try:
        _read_level(moov, source, harvest, texts)
    finally:
        texts.note(harvest)


def _read_level(parent: MediaBox, source: Source, harvest: Harvest, texts: MovieTexts) -> None:
    """Boxes of the movie, or of one track: the same ones, one level apart."""
    for box in walk_boxes(source, parent.start, parent.end):
        if box.kind == b"mvhd":
            _note_creation_time(box, source, harvest)
        elif box.kind == b"udta":
            _read_user_data(box, source, harvest, texts)
        elif box.kind == b"meta":
            read_key_list(box, source, texts)
        elif box.kind == b"trak" and parent.kind == b"moov":
            _read_level(box, source, harvest, texts)
        elif box.uuid == CANON_UUID:
            for block in walk_boxes(source, box.start, box.end):
                if block.kind in _CANON_BLOCKS:
                    queue_box(_CANON_BLOCKS[block.kind], block, source, harvest)
        elif box.kind == b"uuid":
            queue_uuid_block(box, source, harvest)


def _read_user_data(udta: MediaBox, source: Source, harvest: Harvest, texts: MovieTexts) -> None:
    for box in walk_boxes(source, udta.start, udta.end):
        if box.kind == b"meta":
            read_key_list(box, source, texts)
        elif box.kind == b"XMP_":
            queue_box(BlockKind.XMP, box, source, harvest)
        elif box.kind == b"loci":
            with harvest.reading("QuickTime block"):
                _note_location(source.read(box.start, box.size_bytes), harvest)
        elif box.kind == b"auth":
            content = source.read(box.start, box.size_bytes)
            texts.add("auth", _wide_or_plain(content[6:])[0])
        elif texts.wants(box.kind.decode("latin-1")):
            content = source.read(box.start, box.size_bytes)
            texts.add(box.kind.decode("latin-1"), _user_text(content))


def _user_text(content: bytes) -> str:
    """First of the texts of a `©` atom: 16-bit length, 16-bit language, text.

    iTunes writes a `data` atom instead.
    """
    if content[4:8] == b"data":
        return decode_text(content[16:])
    length = int.from_bytes(content[:2], "big")
    return decode_text(content[4 : 4 + length] if length <= len(content) - 4 else content)


def _note_location(content: bytes, harvest: Harvest) -> None:
    """3GPP `loci`: name, role, longitude, latitude and altitude in 16.16 fixed point, body."""
    name, rest = _wide_or_plain(content[6:])
    if len(rest) < 13:
        raise DamagedError
    longitude, latitude, altitude = (part / 65536 for part in struct.unpack_from(">iii", rest, 1))
    harvest.add_place(CARRIER, "loci", [name])
    position = checked_position(latitude, longitude, altitude, other_content=bool(name.strip()))
    harvest.add_position(CARRIER, "loci", position)


def _wide_or_plain(content: bytes) -> tuple[str, bytes]:
    """A 3GPP text, UTF-16 with a byte order mark or UTF-8, and what follows its NUL."""
    if content[:2] not in (b"\xfe\xff", b"\xff\xfe"):
        text, _, rest = content.partition(b"\0")
        return text.decode("utf-8", "replace"), rest
    end = 2
    while end + 1 < len(content) and content[end : end + 2] != b"\0\0":
        end += 2
    return content[:end].decode("utf-16", "replace"), content[end + 2 :]


def _note_creation_time(mvhd: MediaBox, source: Source, harvest: Harvest) -> None:
    """Seconds since 1904; software that counts from 1970 shows by a date before video."""
    version = source.read(mvhd.start, 1)[0]
    form = ">Q" if version == 1 else ">I"
    (seconds,) = struct.unpack(form, source.read(mvhd.start + 4, struct.calcsize(form)))
    if seconds == 0:
        return
    try:
        time = _QUICKTIME_EPOCH + timedelta(seconds=seconds)
        if time < _UNIX_EPOCH:
            time = _UNIX_EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return
    harvest.add_time(CARRIER, "CreationTime", time.strftime("%Y-%m-%dT%H:%M:%SZ"))
