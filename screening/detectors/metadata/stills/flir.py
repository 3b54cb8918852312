"""Reads what thermal cameras by FLIR keep in a JPEG: position, camera, a picture in visible light.

Source: ExifTool's FLIR.pm ("FFF", "CameraInfo", "GPSInfo", "EmbeddedImage").
"""

from __future__ import annotations

import io
import struct
from datetime import UTC, datetime, timedelta

from screening.detectors.metadata.harvest import Harvest
from screening.detectors.metadata.positions import checked_position
from screening.detectors.metadata.source import TOO_MANY_PARTS, DamagedError, Source
from screening.detectors.metadata.values import decode_text
from screening.media import media_type

CARRIER = "FLIR"

_HEADER_BYTES, _ENTRY_BYTES, _IMAGE_HEADER_BYTES = 0x40, 0x20, 0x20
_MAX_RECORDS = 256
_EMBEDDED_IMAGE, _CAMERA, _GPS = 0x0E, 0x20, 0x2B
_VERSIONS = range(100, 200)
_SNIFFED_BYTES = 4096


def read_flir(block: Source, harvest: Harvest) -> None:
    """Note what the records of a FLIR block say; those with temperatures are left alone.

    Raises:
        DamagedError: the block or one of its records is cut.
    """
    header = block.read(0, _HEADER_BYTES)
    if header[:4] not in (b"FFF\0", b"AFF\0"):
        raise DamagedError
    order = ">" if struct.unpack_from(">I", header, 0x14)[0] in _VERSIONS else "<"
    directory, count = struct.unpack_from(order + "II", header, 0x18)
    if count > _MAX_RECORDS:
        raise DamagedError(TOO_MANY_PARTS)
    for number in range(count):
        entry = block.read(directory + number * _ENTRY_BYTES, _ENTRY_BYTES)
        (kind,) = struct.unpack_from(order + "H", entry)
        start, length = struct.unpack_from(order + "II", entry, 0x0C)
        if kind in (_EMBEDDED_IMAGE, _CAMERA, _GPS):
            if start + length > block.size:
                raise DamagedError
            _read_record(kind, block.window(start, length), order, harvest)


def _read_record(kind: int, record: Source, order: str, harvest: Harvest) -> None:
    if kind == _CAMERA:
        _note_camera(record, harvest)
    elif kind == _GPS:
        _note_position(record, order, harvest)
    else:
        picture = record.window(_IMAGE_HEADER_BYTES, record.size)
        content_type = media_type(io.BytesIO(picture.read_up_to(0, _SNIFFED_BYTES)))
        harvest.add_embedded(CARRIER, "EmbeddedImage", picture, {"media_type": content_type})


def _note_camera(record: Source, harvest: Harvest) -> None:
    """Fixed places; the record starts with the number 2, which tells its byte order."""

    def text(at: int, length: int) -> str:
        return decode_text(record.read_up_to(at, length))

    order = ">" if record.read(0, 2) == b"\0\2" else "<"
    identity = {
        "make": ("CameraModel", "FLIR"),
        "model": ("CameraModel", text(0xD4, 32)),
        "serial_number": ("CameraSerialNumber", text(0x104, 16)),
        "lens_serial_number": ("LensSerialNumber", text(0x1A0, 16)),
    }
    harvest.add_device(CARRIER, identity, record.spans(0xD4, 0x1B0 - 0xD4))
    harvest.add_edit(
        CARRIER, "CameraSoftware", "software", text(0x114, 16), record.spans(0x114, 16)
    )
    raw = record.read_up_to(0x384, 10)
    if len(raw) == 10 and any(raw[:4]):
        seconds, _, minutes_west = struct.unpack(order + "IIh", raw)
        local = datetime.fromtimestamp(seconds, UTC) - timedelta(minutes=minutes_west)
        time = local.replace(tzinfo=None).isoformat()
        harvest.add_time(CARRIER, "DateTimeOriginal", time, record.spans(0x384, 10))


def _note_position(record: Source, order: str, harvest: Harvest) -> None:
    """A flag; signed degrees as doubles; metres, of which -1 means none.

    Raises:
        DamagedError: cut, or not a place on Earth.
    """
    (valid,) = struct.unpack(order + "I", record.read(0, 4))
    if valid:
        latitude, longitude, altitude = struct.unpack(order + "ddf", record.read(0x10, 20))
        position = checked_position(latitude, longitude, None if altitude == -1 else altitude)
        harvest.add_position(CARRIER, "GPSLatitude", position, spans=record.spans(0x10, 20))
