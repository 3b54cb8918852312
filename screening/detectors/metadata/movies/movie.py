"""Reads the metadata of MP4, MOV and 3GP movies, and the EXIF blocks of Canon's CR3.

Source: QuickTime File Format Specification (2016), "Movie Atoms", "Compressed Movie Resources";
ISO/IEC 14496-12, 8.2.2 (mvhd), 8.3.2 (tkhd), 8.4.2 (mdhd); ExifTool's QuickTime tables for what
Sony and Canon put into `uuid` boxes.
"""

from __future__ import annotations

import struct
import zlib
from datetime import UTC, datetime, timedelta
from uuid import UUID

from screening.detectors.metadata.harvest import BlockKind, Harvest
from screening.detectors.metadata.movies.boxes import (
    CANON_UUID,
    MediaBox,
    queue_box,
    queue_uuid_block,
    walk_boxes,
)
from screening.detectors.metadata.movies.movie_texts import CARRIER, MovieTexts, read_key_list
from screening.detectors.metadata.movies.user_data import read_user_data
from screening.detectors.metadata.packets.xml_texts import read_xml
from screening.detectors.metadata.source import TOO_MANY_PARTS, DamagedError, Source
from screening.detectors.metadata.tracks.timed_tracks import read_dashcam_index, read_timed_track

_CANON_BLOCKS = {
    b"CMT1": BlockKind.EXIF,
    b"CMT2": BlockKind.EXIF,
    b"CMT3": BlockKind.CANON_NOTE,
    b"CMT4": BlockKind.GPS,
}
_CANON_THUMBNAIL = b"THMB"
_SONY_UUID = UUID("55534d54-21d2-4fce-bb88-695cfac9c740").bytes
_SPHERICAL_UUID = UUID("ffcc8263-f855-4a93-8814-587a02521fdd").bytes
_QUICKTIME_EPOCH = datetime(1904, 1, 1, tzinfo=UTC)
_UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HEADERS = {b"mvhd": "CreationTime", b"tkhd": "TrackCreationTime", b"mdhd": "MediaCreationTime"}
_MAX_TRACKS = 64
_MAX_HEADER_BYTES = 4 * 1024**2
_FIRST_IN_MOVIE = (b"mvhd", b"cmov")
FREE_SPACE = (b"free", b"skip", b"junk", b"wide")
_PREVIEW_START = b"\xff\xd8\xff"


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


def read_free_space(box: MediaBox, source: Source, harvest: Harvest) -> None:
    """Read what an editor left in a `free` box, if it is a movie header or user data.

    Raises:
        DamagedError: it is, and its boxes do not fit.
    """
    head = source.read_up_to(box.start, min(box.size_bytes, 8))
    if head[4:] in _FIRST_IN_MOVIE or head[4:] in (b"udta", b"meta", b"trak", b"moov", b"XMP_"):
        inner = box
        if head[4:] == b"moov":
            inner = next(walk_boxes(source, box.start, box.end))
        read_movie(inner, source, harvest)
    elif head[4:5] == b"\xa9":
        texts = MovieTexts()
        read_user_data(box, source, harvest, texts)
        texts.note(harvest)


def _read_level(parent: MediaBox, source: Source, harvest: Harvest, texts: MovieTexts) -> None:
    """Boxes of the movie, or of one track: the same ones, one level apart."""
    empty_tracks = tracks = 0
    for box in walk_boxes(source, parent.start, parent.end):
        if box.kind in _HEADERS:
            _note_creation_time(box, source, harvest)
        elif box.kind == b"udta":
            read_user_data(box, source, harvest, texts)
        elif box.kind == b"meta":
            read_key_list(box, source, texts, harvest)
        elif box.kind == b"trak" and parent.kind != b"trak":
            tracks += 1
            if tracks > _MAX_TRACKS:
                raise DamagedError(TOO_MANY_PARTS)
            _read_level(box, source, harvest, texts)
            with harvest.reading("telemetry track"):
                empty_tracks += not read_timed_track(box, source, harvest)
        else:
            _read_rarer_box(box, source, harvest, texts)
    if empty_tracks and any(
        box.kind == b"mvex" for box in walk_boxes(source, parent.start, parent.end)
    ):
        with harvest.reading("telemetry track"):
            raise DamagedError("lies in movie fragments, which are not read here")


def _read_rarer_box(box: MediaBox, source: Source, harvest: Harvest, texts: MovieTexts) -> None:
    if box.kind == b"mdia":
        _read_media_times(box, source, harvest)
    elif box.kind == b"gps ":
        with harvest.reading("telemetry track"):
            read_dashcam_index(box, source, harvest)
    elif box.kind == b"cmov":
        _read_compressed(box, source, harvest, texts)
    elif box.kind == b"XMP_":
        queue_box(BlockKind.XMP, box, source, harvest)
    elif box.kind == b"uuid":
        _read_uuid(box, source, harvest)
    elif box.kind in FREE_SPACE:
        read_free_space(box, source, harvest)


def _read_media_times(mdia: MediaBox, source: Source, harvest: Harvest) -> None:
    for box in walk_boxes(source, mdia.start, mdia.end):
        if box.kind in _HEADERS:
            _note_creation_time(box, source, harvest)
            return


def _read_uuid(box: MediaBox, source: Source, harvest: Harvest) -> None:
    if box.uuid == CANON_UUID:
        for block in walk_boxes(source, box.start, box.end):
            if block.kind in _CANON_BLOCKS:
                queue_box(_CANON_BLOCKS[block.kind], block, source, harvest)
            elif block.kind == _CANON_THUMBNAIL:
                queue_preview("CR3 thumbnail", block, source, harvest)
    else:
        read_movie_uuid(box, source, harvest)


def read_movie_uuid(box: MediaBox, source: Source, harvest: Harvest) -> None:
    """Read a `uuid` box that may lie inside or beside the movie header."""
    if box.uuid == _SONY_UUID:
        with harvest.reading("Sony block"):
            _note_sony_texts(box, source, harvest)
    elif box.uuid == _SPHERICAL_UUID:
        with harvest.reading("XML block"):
            read_xml(source.part(box.start, box.size_bytes), harvest)
    else:
        queue_uuid_block(box, source, harvest)


def queue_preview(name: str, box: MediaBox, source: Source, harvest: Harvest) -> None:
    """Queue the JPEG picture that follows a short header in a box.

    Raises:
        DamagedError: the file has too many blocks.
    """
    start = source.read_up_to(box.start, min(box.size_bytes, 256)).find(_PREVIEW_START)
    if start >= 0:
        picture = source.part(box.start + start, box.size_bytes - start)
        harvest.add_preview(name, picture)


def _note_sony_texts(usmt: MediaBox, source: Source, harvest: Harvest) -> None:
    """`MTDT`: count, then size, type, language, encoding (1 is UTF-16) and text of each entry."""
    for box in walk_boxes(source, usmt.start, usmt.end):
        if box.kind != b"MTDT":
            continue
        content = source.read(box.start, box.size_bytes)
        offset = 2
        while offset + 10 <= len(content):
            size, kind, _, encoding = struct.unpack_from(">HIHH", content, offset)
            if size < 10 or offset + size > len(content):
                raise DamagedError
            text = content[offset + 10 : offset + size].decode("utf-16-be", "replace").strip("\0")
            spans = source.spans(box.start + offset, size)
            if encoding == 1 and kind == 1:
                harvest.add_description(CARRIER, "USMT Title", text, spans)
            elif encoding == 1 and kind == 3:
                harvest.add_time(CARRIER, "USMT ProductionDate", text, spans)
            elif encoding == 1 and kind == 4:
                harvest.add_edit(CARRIER, "USMT Software", "software", text, spans)
            offset += size


def _read_compressed(cmov: MediaBox, source: Source, harvest: Harvest, texts: MovieTexts) -> None:
    """`dcom` names the method, `cmvd` holds the length and a movie header packed with it."""
    parts = {box.kind: box for box in walk_boxes(source, cmov.start, cmov.end)}
    if b"dcom" not in parts or b"cmvd" not in parts:
        raise DamagedError
    if source.read(parts[b"dcom"].start, 4) != b"zlib":
        raise DamagedError("is compressed in a way that is not read here")
    packed = source.part(parts[b"cmvd"].start + 4, max(parts[b"cmvd"].size_bytes - 4, 0))
    header = packed.converted(inflate(packed.read_up_to(0, packed.size), zlib.MAX_WBITS))
    for box in walk_boxes(header, 0, header.size):
        if box.kind == b"moov":
            _read_level(MediaBox(b"moov", box.start, box.end), header, harvest, texts)


def inflate(packed: bytes, window_bits: int) -> bytes:
    """Bounded inflation; `window_bits` as zlib has them.

    Raises:
        DamagedError: no such stream, or one that unfolds to more than any real block.
    """
    stream = zlib.decompressobj(window_bits)
    try:
        plain = stream.decompress(packed, _MAX_HEADER_BYTES)
    except zlib.error as error:
        raise DamagedError from error
    if stream.unconsumed_tail:
        raise DamagedError("unfolds to more than any real block and was not read")
    if not stream.eof:
        raise DamagedError
    return plain


def _note_creation_time(header: MediaBox, source: Source, harvest: Harvest) -> None:
    """Seconds since 1904; software that counts from 1970 shows by a date before video."""
    version = source.read(header.start, 1)[0]
    form = ">Q" if version == 1 else ">I"
    length = struct.calcsize(form)
    (seconds,) = struct.unpack(form, source.read(header.start + 4, length))
    if seconds == 0:
        return
    try:
        time = _QUICKTIME_EPOCH + timedelta(seconds=seconds)
        if time < _UNIX_EPOCH:
            time = _UNIX_EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return
    spans = source.spans(header.start + 4, length)
    name = _HEADERS[header.kind]
    harvest.add_time(CARRIER, name, time.strftime("%Y-%m-%dT%H:%M:%SZ"), spans)
