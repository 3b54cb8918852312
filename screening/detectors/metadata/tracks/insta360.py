"""Reads the trailer of Insta360 cameras: serial number, model, and the positions of the track.

Source: ExifTool's QuickTimeStream.pl (ProcessInsta360): from the end of the file backwards, each
record is its data followed by a 16-bit number and a 32-bit length, little-endian.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from screening.detectors.metadata.harvest import Harvest
from screening.detectors.metadata.movies.named_tags import NamedTags, NamedText
from screening.detectors.metadata.positions import Position, checked_position
from screening.detectors.metadata.source import DamagedError, Source
from screening.detectors.metadata.values import decode_text

CARRIER = "Insta360 trailer"

_FOOTER_BYTES = 78
_END_MARK = b"8db42d694ccc418790edff439fe026bf"
_CAMERA, _POSITIONS = 0x101, 0x700
_POSITION = struct.Struct("<I6xcdcdcddd")
_MAX_RECORDS = 1024
_MAX_POSITIONS = 200_000
_TEXTS = {0x0A: "SerialNumber", 0x12: "Model", 0x1A: "Firmware"}
_TAGS = NamedTags(
    carrier=CARRIER,
    edits={"software": frozenset({"Firmware"})},
    device={"model": ("Model",), "serial_number": ("SerialNumber",)},
)


def read_insta360_records(trailer: Source, harvest: Harvest) -> None:
    """Note the camera, and the first and the last position with a fix.

    Args:
        trailer: bytes up to the end of the trailer, with its end mark.
        harvest: where it is noted.

    Raises:
        DamagedError: the records do not fit.
    """
    for number, start, length in _records(trailer):
        if number == _CAMERA:
            _note_camera(trailer.window(start, length), harvest)
        elif number == _POSITIONS:
            _note_positions(trailer.window(start, length), harvest)


def _records(trailer: Source) -> Iterator[tuple[int, int, int]]:
    """Number, start and length of each record, the last one first."""
    footer = trailer.read(trailer.size - _FOOTER_BYTES, _FOOTER_BYTES)
    if not footer.endswith(_END_MARK):
        raise DamagedError
    (size,) = struct.unpack_from("<I", footer, 38)
    first = max(trailer.size - size, 0)
    end = trailer.size - _FOOTER_BYTES
    for _ in range(_MAX_RECORDS):
        number, length = struct.unpack("<HI", trailer.read(end, 6))
        start = end - length
        if start < first:
            raise DamagedError
        yield number, start, length
        if start - 6 < first:
            return
        end = start - 6
    raise DamagedError


def _note_camera(record: Source, harvest: Harvest) -> None:
    """Tag and length of one byte each, then the text."""
    raw = record.read_up_to(0, min(record.size, 4096))
    texts: list[NamedText] = []
    offset = 0
    while offset + 2 <= len(raw):
        tag, length = raw[offset], raw[offset + 1]
        name = _TEXTS.get(tag)
        if name is None:
            break
        text = decode_text(raw[offset + 2 : offset + 2 + length])
        texts.append(NamedText(name, text, record.spans(offset + 2, length)))
        offset += 2 + length
    _TAGS.note(texts, harvest)


def _note_positions(record: Source, harvest: Harvest) -> None:
    count = min(record.size // _POSITION.size, _MAX_POSITIONS)
    noted: int | None = None
    for which, order in (("first", range(count)), ("last", range(count - 1, -1, -1))):
        for index in order:
            offset = index * _POSITION.size
            position = _position(record.read_up_to(offset, _POSITION.size))
            if position is None:
                continue
            if index != noted:
                spans = record.spans(offset, _POSITION.size)
                remarks: dict[str, str | int] = {"which": which, "count": count}
                harvest.add_position(CARRIER, "GPS", position, remarks, spans)
                noted = index
            break


def _position(raw: bytes) -> Position | None:
    """A row; None where the receiver had no fix. "O" is west in some languages.

    Raises:
        DamagedError: a fix that is not on Earth.
    """
    _, status, latitude, north, longitude, east, _, _, altitude = _POSITION.unpack(raw)
    if status != b"A" or north not in (b"N", b"S") or east not in (b"E", b"W", b"O"):
        return None
    return checked_position(
        -abs(latitude) if north == b"S" else latitude,
        longitude if east == b"E" else -abs(longitude),
        altitude,
        other_content=True,
    )
