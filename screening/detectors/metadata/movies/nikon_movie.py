"""Reads the records that Nikon cameras put into their movies: `NCTG` in MOV, `nctg` in AVI.

Source: ExifTool's Nikon::NCTG table: 32-bit tag, 16-bit TIFF type, 16-bit count, data; tags
0x110xxxx are EXIF tag xxxx, 0x120xxxx are GPS tag xxxx.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from screening.detectors.metadata.harvest import Harvest
from screening.detectors.metadata.positions import checked_position, degrees
from screening.detectors.metadata.source import DamagedError, Source
from screening.detectors.metadata.values import decode_text
from screening.records import ByteSpan

CARRIER = "Nikon movie data"

_TYPE_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
_MAX_RECORDS = 1024
_IDENTITY = {
    "make": 0x01, "model": 0x02, "serial_number": 0x110A431, "lens_serial_number": 0x110A435,
}  # fmt: skip
_TIMES = {0x11: "CreateDate", 0x12: "DateTimeOriginal", 0x1002: "NikonDateTime"}
_SOFTWARE = 0x03
_LATITUDE_REF, _LATITUDE, _LONGITUDE_REF, _LONGITUDE = range(0x1200001, 0x1200005)

_Record = tuple[bytes, tuple[ByteSpan, ...]]


def read_nikon_records(block: Source, harvest: Harvest, order: str = ">") -> None:
    """Note device, times, software and position; `order` is `>` in MOV, `<` in AVI.

    Raises:
        DamagedError: a record reaches over the end.
    """
    records = dict(_records(block, order))
    texts = {tag: decode_text(raw) for tag, (raw, _) in records.items()}
    identity: dict[str, tuple[str, str | None]] = {
        key: (key, texts[tag]) for key, tag in _IDENTITY.items() if tag in texts
    }
    harvest.add_device(CARRIER, identity)
    for tag, name in _TIMES.items():
        harvest.add_time(CARRIER, name, texts.get(tag))
    harvest.add_edit(CARRIER, "Software", "software", texts.get(_SOFTWARE))
    if _LATITUDE in records and _LONGITUDE in records:
        latitude = _degrees(records[_LATITUDE][0], order)
        longitude = _degrees(records[_LONGITUDE][0], order)
        if texts.get(_LATITUDE_REF, "")[:1] == "S" and latitude is not None:
            latitude = -latitude
        if texts.get(_LONGITUDE_REF, "")[:1] == "W" and longitude is not None:
            longitude = -longitude
        spans = records[_LATITUDE][1] + records[_LONGITUDE][1]
        position = checked_position(latitude, longitude)
        harvest.add_position(CARRIER, "GPSLatitude", position, spans=spans)


def _records(block: Source, order: str) -> Iterator[tuple[int, _Record]]:
    offset = 0
    for _ in range(_MAX_RECORDS):
        if offset + 8 > block.size:
            return
        tag, kind, count = struct.unpack(f"{order}IHH", block.read_up_to(offset, 8))
        length = _TYPE_BYTES.get(kind, 0) * count
        if kind not in _TYPE_BYTES or offset + 8 + length > block.size:
            raise DamagedError
        yield tag, (block.read_up_to(offset + 8, length), block.spans(offset + 8, length))
        offset += 8 + length
    raise DamagedError


def _degrees(raw: bytes, order: str) -> float | None:
    numbers = struct.unpack_from(f"{order}{len(raw) // 4}I", raw)
    pairs = zip(numbers[::2], numbers[1::2], strict=False)
    return degrees([top / bottom if bottom else None for top, bottom in pairs])
