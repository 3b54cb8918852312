"""Builds TIFF structures, maker notes and raw files byte by byte; all values are invented."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass, field

from PIL import Image

from screening.detectors.metadata.harvest import Harvest
from screening.detectors.metadata.reading import read_metadata
from screening.detectors.metadata.source import Source

MAKER_NOTE = 0x927C
EXIF, GPS, SUB_IFDS = 0x8769, 0x8825, 0x014A


@dataclass(frozen=True)
class Short:
    """SHORT values."""

    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Blob:
    """Bytes that a LONG value points at."""

    content: bytes


@dataclass(frozen=True)
class Raw:
    """A value with its type and count as they are written, be they right or wrong."""

    type: int
    count: int
    content: bytes


@dataclass(frozen=True)
class Note:
    """A maker note: what stands in front, its directory, and where its offsets count from.

    `base` counts from the start of the note; None is the TIFF header.
    """

    head: bytes
    directory: dict[int, object]
    base: int | None = None
    order: str = ""
    tail: bytes = b""


@dataclass
class TiffWriter:
    """Writes directories one behind the other; `out` is the file so far."""

    order: str = "<"
    big: bool = False
    out: bytearray = field(default_factory=bytearray)

    def directory(self, entries: dict[int, object], base: int = 0) -> tuple[int, int]:
        """Where the directory starts, and where the offset of the next one goes."""
        width, unit, head = (8, 20, "Q") if self.big else (4, 12, "H")
        start = len(self.out)
        self.out += struct.pack(f"{self.order}{head}", len(entries))
        table = len(self.out)
        self.out += bytes(unit * len(entries) + width)
        for number, (tag, value) in enumerate(sorted(entries.items())):
            kind, count, content = self._coded(value, base)
            if len(content) > width and not isinstance(content, _Placed):
                place = len(self.out) - base
                self.out += content
                content = struct.pack(f"{self.order}{'Q' if self.big else 'I'}", place)
            row = struct.pack(f"{self.order}HH{'Q' if self.big else 'I'}", tag, kind, count)
            at = table + unit * number
            self.out[at : at + unit] = row + content.ljust(width, b"\0")
        return start, table + unit * len(entries)

    def _coded(self, value: object, base: int) -> tuple[int, int, bytes]:
        """Type, count and bytes of a value; what it points at is written at once."""
        match value:
            case str():
                coded = 2, len(value) + 1, value.encode() + b"\0"
            case bytes():
                coded = 7, len(value), value
            case Raw():
                coded = value.type, value.count, value.content
            case Short():
                numbers = value.numbers
                coded = 3, len(numbers), struct.pack(f"{self.order}{len(numbers)}H", *numbers)
            case int():
                coded = 4, 1, struct.pack(f"{self.order}I", value)
            case Blob():
                coded = 4, 1, struct.pack(f"{self.order}I", len(self.out) - base)
                self.out += value.content
            case dict():
                place = self.directory(value, base)[0] - base
                form = "Q" if self.big else "I"
                coded = 18 if self.big else 4, 1, struct.pack(f"{self.order}{form}", place)
            case Note():
                coded = self._note(value)
            case list():
                coded = self._several(value)
            case _:
                raise TypeError(type(value))
        return coded

    def _several(self, values: list[object]) -> tuple[int, int, bytes]:
        if isinstance(values[0], float):
            return 12, len(values), struct.pack(f"{self.order}{len(values)}d", *values)
        if isinstance(values[0], tuple):
            flat = [part for pair in values for part in pair]
            return 5, len(values), struct.pack(f"{self.order}{len(flat)}I", *flat)
        return 4, len(values), struct.pack(f"{self.order}{len(values)}I", *values)

    def _note(self, note: Note) -> tuple[int, int, bytes]:
        start, outer = len(self.out), self.order
        self.out += note.head
        self.order = note.order or outer
        self.directory(note.directory, 0 if note.base is None else start + note.base)
        self.out += note.tail
        self.order = outer
        content = bytes(self.out[start:])
        # The value is already where its own offsets need it to be.
        return 7, len(content), _Placed(struct.pack(f"{self.order}I", start))


class _Placed(bytes):
    """The offset of a value that is written already, however long that is."""


def harvest_of(content: bytes, max_block_bytes: int = 1 << 24) -> Harvest:
    """What the readers bring home from a file with this content."""
    return read_metadata(Source(io.BytesIO(content), max_block_bytes))


def said(harvest: Harvest, label: str) -> list[tuple[str, str, dict[str, object]]]:
    """Carrier, tag and values of the facts with a label."""
    facts = [fact for fact in harvest.facts if fact.label == label]
    return [(fact.carrier, fact.tag, dict(fact.values)) for fact in facts]


def tiff(
    *chain: dict[int, object], order: str = "<", big: bool = False, magic: bytes = b""
) -> bytes:
    """A TIFF structure with a chain of directories."""
    writer = TiffWriter(order, big)
    mark = b"II" if order == "<" else b"MM"
    writer.out += mark + (magic or struct.pack(f"{order}H", 43 if big else 42))
    if big:
        writer.out += struct.pack(f"{order}HH", 8, 0)
    pointer_at = len(writer.out)
    form = f"{order}{'Q' if big else 'I'}"
    writer.out += bytes(struct.calcsize(form))
    for entries in chain:
        start, next_at = writer.directory(entries)
        struct.pack_into(form, writer.out, pointer_at, start)
        pointer_at = next_at
    return bytes(writer.out)


def rationals(*parts: int | tuple[int, int]) -> list[tuple[int, int]]:
    return [part if isinstance(part, tuple) else (part, 1) for part in parts]


def gps(**changes: object) -> dict[int, object]:
    """A GPS directory with a position, changed by tag name; None leaves a tag out."""
    tags: dict[str, object] = {
        "LatitudeRef": "N",
        "Latitude": rationals(10, 20, 24),
        "LongitudeRef": "W",
        "Longitude": rationals(40, 50, 6),
    } | changes
    numbers = {name: number for number, name in enumerate(_GPS_NAMES)}
    return {numbers[name]: value for name, value in tags.items() if value is not None}


LATITUDE_DEG, LONGITUDE_DEG = 10.34, -40.835
_GPS_NAMES = (
    "VersionID", "LatitudeRef", "Latitude", "LongitudeRef", "Longitude", "AltitudeRef",
    "Altitude", "TimeStamp", "Satellites", "Status", "MeasureMode", "DOP", "SpeedRef", "Speed",
    "TrackRef", "Track", "ImgDirectionRef", "ImgDirection", "MapDatum", "DestLatitudeRef",
    "DestLatitude", "DestLongitudeRef", "DestLongitude", "DestBearingRef", "DestBearing",
    "DestDistanceRef", "DestDistance", "ProcessingMethod", "AreaInformation", "DateStamp",
    "Differential", "HPositioningError",
)  # fmt: skip


def small_jpeg(colour: str = "orange") -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (16, 12), colour).save(stream, "JPEG")
    return stream.getvalue()


def noted(make: str, note: Note | bytes, **options: object) -> bytes:
    """An EXIF block with a maker note."""
    return tiff({0x010F: make, EXIF: {MAKER_NOTE: note}}, **options)
