"""Reads GoPro's GPMF telemetry: positions, camera model and serial number.

Source: GoPro GPMF specification (github.com/gopro/gpmf-parser): each item is a four-character
key, a type, a structure size, a repeat count and the data, padded to four bytes; type 0 nests.
Streams whose `UNIT` says degrees twice in a row hold positions (GPS5, GPS9; Karma: GPRI, GLPI,
BPOS).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from screening.detectors.metadata.harvest import Harvest
from screening.detectors.metadata.movies.named_tags import NamedTags, NamedText
from screening.detectors.metadata.positions import Position, checked_position
from screening.detectors.metadata.source import DamagedError, Source
from screening.detectors.metadata.values import decode_text
from screening.records import ByteSpan

CARRIER = "GPMF"

_CONTAINERS = (b"DEVC", b"STRM")
_MAX_ITEMS = 4096
_COLUMNS = {b"GPS5": 0, b"GPS9": 0, b"GPRI": 1, b"GLPI": 1, b"BPOS": 0}
_CODES = {"b": "b", "B": "B", "s": "h", "S": "H", "l": "i", "L": "I", "j": "q", "J": "Q",
          "f": "f", "d": "d"}  # fmt: skip
_NO_FIX = 0
_GPS9_FIX_COLUMN = 8
_TAGS = NamedTags(
    carrier=CARRIER,
    edits={"software": frozenset({"FMWR", "FWVS"})},
    device={"model": ("MINF", "DVNM"), "serial_number": ("CASN",)},
)
_TEXT_KEYS = ("MINF", "DVNM", "CASN", "FMWR", "FWVS")
_DOCUMENT_KEYS = ("MUID", "GUMI")
_UNNAMED_DEVICES = ("Camera", "Hero", "Global Settings")


@dataclass(frozen=True, slots=True)
class TelemetryPosition:
    """A position in a stream.

    Attributes:
        stream: key of the stream, such as `GPS5`.
        position: where.
        fixed: whether the receiver knew.
        spans: the bytes of latitude and longitude.
    """

    stream: str
    position: Position
    fixed: bool
    spans: tuple[ByteSpan, ...]


@dataclass(slots=True)
class _Stream:
    """What stands before the data of a stream and explains it."""

    scales: tuple[float, ...] = ()
    types: str = ""
    fixed: bool = True
    time: str | None = None


def read_gpmf(block: Source, harvest: Harvest) -> None:
    """Note the camera and the first and last position of each stream of one block.

    Raises:
        DamagedError: its items do not fit; what came before is noted.
    """
    note_camera(block, harvest)
    for found in gpmf_positions(block):
        remarks = {"fix": "yes" if found.fixed else "no"}
        harvest.add_position(CARRIER, found.stream, found.position, remarks, found.spans)


def note_camera(block: Source, harvest: Harvest) -> None:
    """Note what the block says about the camera, its software and the recording."""
    texts: list[NamedText] = []
    for item in _items(block):
        name, spans = item.key.decode("latin-1"), block.spans(item.start, item.size_bytes)
        if name in _TEXT_KEYS:
            text = decode_text(block.read_up_to(item.start, item.size_bytes))
            if text not in _UNNAMED_DEVICES:
                texts.append(NamedText(name, text, spans))
        elif name in _DOCUMENT_KEYS and item.size_bytes:
            raw = block.read_up_to(item.start, item.size_bytes)
            if raw.strip(b"\0"):
                harvest.add_edit(CARRIER, name, "document_id", raw.hex(), spans)
    _TAGS.note(texts, harvest)


def gpmf_positions(block: Source) -> Iterator[TelemetryPosition]:
    """First and last position of each stream in one block; empty ones are left out.

    Raises:
        DamagedError: its items do not fit.
    """
    stream = _Stream()
    for item in _items(block):
        if item.key in _CONTAINERS:
            stream = _Stream()
        elif item.key in _COLUMNS and item.rows:
            yield from _rows(item, stream, block)
        elif item.key in (b"SCAL", b"TYPE", b"GPSF", b"GPSU"):
            _explain(stream, item, block.read_up_to(item.start, item.size_bytes))


@dataclass(frozen=True, slots=True)
class _Item:
    key: bytes
    kind: str
    row_bytes: int
    rows: int
    start: int

    @property
    def size_bytes(self) -> int:
        return self.row_bytes * self.rows


def _items(block: Source) -> Iterator[_Item]:
    """All items in order; containers come before what they hold, and end where it ends."""
    data = block.read_up_to(0, block.size)
    offset = 0
    for _ in range(_MAX_ITEMS):
        if offset + 8 > len(data) or data[offset : offset + 4] == b"\0\0\0\0":
            return
        key, kind, row_bytes, rows = struct.unpack_from(">4s c B H", data, offset)
        item = _Item(key, kind.decode("latin-1"), row_bytes, rows, offset + 8)
        if item.start + item.size_bytes > len(data):
            raise DamagedError
        yield item
        nested = kind == b"\0" and key in _CONTAINERS
        offset = item.start + (0 if nested else -(-item.size_bytes // 4) * 4)
    raise DamagedError


def _explain(stream: _Stream, item: _Item, raw: bytes) -> None:
    if item.key == b"SCAL" and item.kind in _CODES:
        form = f">{len(raw) // struct.calcsize(_CODES[item.kind])}{_CODES[item.kind]}"
        stream.scales = tuple(map(float, struct.unpack_from(form, raw)))
    elif item.key == b"TYPE":
        stream.types = _repeated(decode_text(raw))
    elif item.key == b"GPSF":
        stream.fixed = int.from_bytes(raw, "big") != _NO_FIX
    elif item.key == b"GPSU":
        stream.time = _utc(decode_text(raw))


def _repeated(types: str) -> str:
    """`l[3]S` written out as `lllS`."""
    head, bracket, rest = types.partition("[")
    if not bracket:
        return types
    count, _, tail = rest.partition("]")
    times = min(int(count), 64) if count.isdigit() else 1
    return head[:-1] + head[-1:] * times + _repeated(tail)


def _rows(item: _Item, stream: _Stream, block: Source) -> Iterator[TelemetryPosition]:
    """The first row that holds a position, and the last one."""
    layout = _layout(item, stream)
    data = block.read_up_to(item.start, item.size_bytes)
    previous = None
    for order in (range(item.rows), range(item.rows - 1, -1, -1)):
        for row in order:
            fields = layout.fields(data, row)
            fixed = stream.fixed
            if item.key == b"GPS9" and len(fields) > _GPS9_FIX_COLUMN:
                fixed = fields[_GPS9_FIX_COLUMN] != _NO_FIX
            position = _position(fields[layout.column :], stream.time, fixed=fixed)
            if position is not None:
                if row != previous:
                    offset = item.start + row * item.row_bytes + layout.start
                    spans = block.spans(offset, layout.length)
                    yield TelemetryPosition(item.key.decode(), position, fixed, spans)
                previous = row
                break


@dataclass(frozen=True, slots=True)
class _Layout:
    """How the rows of an item are packed; `column` and `start` lead to the latitude."""

    form: struct.Struct
    scales: tuple[float, ...]
    column: int
    start: int
    length: int

    def fields(self, data: bytes, row: int) -> list[float]:
        raw = self.form.unpack_from(data, row * self.form.size)
        return [value / scale for value, scale in zip(raw, self.scales, strict=False)]


def _layout(item: _Item, stream: _Stream) -> _Layout:
    types = stream.types
    if item.kind != "?":
        types = item.kind * (item.row_bytes // struct.calcsize(_CODES.get(item.kind, "i")))
    column = _COLUMNS[item.key]
    codes = [_CODES.get(kind, "") for kind in types]
    form = struct.Struct(">" + "".join(codes))
    if len(codes) < column + 2 or not all(codes) or form.size != item.row_bytes:
        raise DamagedError("holds positions in a layout that is not read here")
    scales = stream.scales * (len(types) if len(stream.scales) == 1 else 1)
    if len(scales) < len(types) or not all(scales):
        raise DamagedError
    start = struct.calcsize(">" + "".join(codes[:column]))
    end = struct.calcsize(">" + "".join(codes[: column + 2]))
    return _Layout(form, scales, column, start, end - start)


def _position(fields: Sequence[float], time: str | None, *, fixed: bool) -> Position | None:
    """Latitude, longitude and altitude; without a fix, what is not on Earth is no position.

    Raises:
        DamagedError: a fix that is not on Earth.
    """
    latitude, longitude, altitude = (*fields, 0.0)[:3]
    if not fixed and (abs(latitude) > 90 or abs(longitude) > 180):
        return None
    if latitude == longitude == 0.0:
        return None
    return checked_position(latitude, longitude, altitude, time if fixed else None)


def _utc(text: str) -> str | None:
    """`yymmddhhmmss.sss` as ISO 8601."""
    if len(text) < 12 or not text[:12].isdigit():
        return None
    year, month, day, hour, minute, second = (text[i : i + 2] for i in range(0, 12, 2))
    return f"20{year}-{month}-{day}T{hour}:{minute}:{second}Z"
