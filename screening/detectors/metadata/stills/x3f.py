"""Reads Sigma's X3F raw files: their properties and the pictures they carry.

Source: "X3F File Format", Foveon, 2003 (sections 2 to 4); exiftool 12.57, `SigmaRaw.pm`.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from datetime import UTC, datetime

from screening.detectors.metadata.harvest import Harvest
from screening.detectors.metadata.source import DamagedError, Source

CARRIER = "X3F"

_MAX_SECTIONS = 256
_MAX_PROPERTIES = 4096
_IMAGE_HEADER_BYTES = 28
_PREVIEW, _JPEG = 2, 18


def read_x3f(source: Source, harvest: Harvest) -> None:
    """Note the id, camera and time of the file, and hand over its JPEG previews.

    Raises:
        DamagedError: the directory of sections is cut or out of place.
    """
    identifier = source.read(8, 16)
    if any(identifier):
        harvest.add_edit(
            CARRIER, "ImageUniqueID", "document_id", identifier.hex(), source.spans(8, 16)
        )
    (place,) = struct.unpack("<I", source.read(source.size - 4, 4))
    kind, _, count = struct.unpack("<4sII", source.read(place, 12))
    if kind != b"SECd" or count > _MAX_SECTIONS:
        raise DamagedError
    for offset, length, name in struct.iter_unpack("<II4s", source.read(place + 12, 12 * count)):
        with harvest.reading("X3F structure"):
            if name == b"PROP":
                _note_properties(_properties(source, offset, length), source, offset, harvest)
            elif name in (b"IMAG", b"IMA2"):
                _add_preview(source, offset, length, harvest)


def _add_preview(source: Source, offset: int, length: int, harvest: Harvest) -> None:
    kind, _, use, form = struct.unpack("<4sIII", source.read(offset, 16))
    if kind != b"SECi" or offset + length > source.size:
        raise DamagedError
    if (use, form) == (_PREVIEW, _JPEG):
        picture = source.window(offset + _IMAGE_HEADER_BYTES, length - _IMAGE_HEADER_BYTES)
        harvest.add_preview("X3F preview", picture)


def _properties(source: Source, offset: int, length: int) -> Mapping[str, str]:
    """Texts by name; both lie in one list of UTF-16 characters.

    Raises:
        DamagedError: the list is cut.
    """
    kind, _, count, form, _, _ = struct.unpack("<4s5I", source.read(offset, 24))
    if kind != b"SECp" or form != 0 or count > _MAX_PROPERTIES or length < 24 + 8 * count:
        raise DamagedError
    source.spend(count)
    section = source.read(offset + 24, length - 24)
    characters = section[8 * count :]
    return {
        _text_at(characters, name): _text_at(characters, value)
        for name, value in struct.iter_unpack("<II", section[: 8 * count])
    }


def _text_at(characters: bytes, place: int) -> str:
    """The text from a character on, of 256 characters at most."""
    raw = characters[2 * place : 2 * place + 512]
    return raw.decode("utf-16-le", "ignore").partition("\0")[0]


def _note_properties(
    known: Mapping[str, str], source: Source, offset: int, harvest: Harvest
) -> None:
    spans = source.spans(offset, 24)
    harvest.add_device(
        CARRIER,
        {
            "make": ("CAMMANUF", known.get("CAMMANUF")),
            "model": ("CAMMODEL", known.get("CAMMODEL")),
            "serial_number": ("CAMSERIAL", known.get("CAMSERIAL")),
        },
    )
    harvest.add_person(CARRIER, "CAMNAME", known.get("CAMNAME"), spans)
    seconds = known.get("TIME", "")
    if seconds.isascii() and seconds.isdigit() and len(seconds) <= 10:
        # The clock of the camera, which knows no time zone.
        time = datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%S")
        harvest.add_time(CARRIER, "TIME", time, spans)
