"""Tells camera raws from TIFF pictures: both start alike, and a raw's first page is a preview."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

_NEW_SUBFILE_TYPE, _COMPRESSION, _PHOTOMETRIC, _MAKE, _SUB_IFDS = 254, 259, 262, 271, 330
_DNG_VERSION = 50706
_WANTED = frozenset({_NEW_SUBFILE_TYPE, _COMPRESSION, _PHOTOMETRIC, _SUB_IFDS, _DNG_VERSION})
_REDUCED_RESOLUTION = 1  # bit 0 of NewSubfileType, TIFF 6.0 section 8
_SENSOR_PHOTOMETRIC = frozenset({32803, 34892})  # colour filter array, linear raw
# Sony ARW, Nikon NEF, Samsung SRW (two) and Pentax PEF; the values are in exiftool's EXIF table.
_SENSOR_COMPRESSION = frozenset({32767, 32769, 32770, 34713, 65535})
_MAKES = {
    b"NIKON": "image/x-nikon-nef",
    b"SONY": "image/x-sony-arw",
    b"PENTAX": "image/x-pentax-pef",
    b"RICOH": "image/x-pentax-pef",
    b"SAMSUNG": "image/x-samsung-srw",
}
# The first directory and those it points to; more is not needed to recognise a raw.
_MAX_DIRECTORIES = 16
_MAX_ENTRIES = 512
_MAX_VALUES = 16
_VALUE_FORMATS = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}  # TIFF 6.0 section 2
_ASCII = 2


class _Directory(NamedTuple):
    numbers: dict[int, tuple[int, ...]]
    make: bytes


def tiff_type(stream: BinaryIO, head: bytes) -> str:
    """The media type of a file that starts with a TIFF or BigTIFF header.

    Args:
        stream: the file, seekable; its position is not kept.
        head: its first bytes.

    Returns:
        `image/tiff`, or the type of a camera raw.
    """
    if head[8:10] == b"CR" and head[2:4] in (b"*\x00", b"\x00*"):
        return "image/x-canon-cr2"
    if head[8:12] == b"IIII":
        return "image/x-dcraw"
    directories = list(_directories(stream, head[:16]))
    if not directories:
        return "image/tiff"
    first = directories[0]
    if _DNG_VERSION in first.numbers:
        return "image/x-adobe-dng"
    preview_first = bool(
        first.numbers.get(_NEW_SUBFILE_TYPE, (0,))[0] & _REDUCED_RESOLUTION
        and _SUB_IFDS in first.numbers
    )
    if preview_first or any(_is_sensor_data(directory) for directory in directories):
        maker = next((kind for name, kind in _MAKES.items() if first.make.startswith(name)), None)
        return maker or "image/x-dcraw"
    return "image/tiff"


def _is_sensor_data(directory: _Directory) -> bool:
    photometric = directory.numbers.get(_PHOTOMETRIC, (0,))[0]
    compression = directory.numbers.get(_COMPRESSION, (0,))[0]
    return photometric in _SENSOR_PHOTOMETRIC or compression in _SENSOR_COMPRESSION


class _Layout(NamedTuple):
    """How offsets are written: TIFF 6.0, or BigTIFF with 64 bits."""

    order: str
    count_format: str
    entry_format: str
    offset_format: str


def _directories(stream: BinaryIO, head: bytes) -> Iterator[_Directory]:
    """The first directory and those its SubIFDs tag names, as far as they can be read."""
    order = "<" if head.startswith(b"II") else ">"
    is_big = b"+" in head[2:4]
    layout = _Layout(order, "Q", "HHQ8s", "Q") if is_big else _Layout(order, "H", "HHI4s", "I")
    try:
        (start,) = struct.unpack_from(order + layout.offset_format, head, 8 if is_big else 4)
        first = _read_directory(stream, start, layout)
        yield first
        for offset in first.numbers.get(_SUB_IFDS, ())[:_MAX_DIRECTORIES]:
            yield _read_directory(stream, offset, layout)
    except (struct.error, OSError, OverflowError):
        return  # damaged; the picture decoder will say so


def _read_directory(stream: BinaryIO, offset: int, layout: _Layout) -> _Directory:
    stream.seek(offset)
    count_format = layout.order + layout.count_format
    (count,) = struct.unpack(count_format, stream.read(struct.calcsize(count_format)))
    entry_format = layout.order + layout.entry_format
    entry_bytes = struct.calcsize(entry_format)
    block = stream.read(min(count, _MAX_ENTRIES) * entry_bytes)
    numbers: dict[int, tuple[int, ...]] = {}
    make = b""
    for tag, kind, length, inline in struct.iter_unpack(
        entry_format, block[: len(block) // entry_bytes * entry_bytes]
    ):
        if tag == _MAKE and kind == _ASCII:
            make = _value_bytes(stream, layout, inline, min(length, 32)).upper()
        elif kind in _VALUE_FORMATS and length and tag in _WANTED:
            value_format = f"{layout.order}{min(length, _MAX_VALUES)}{_VALUE_FORMATS[kind]}"
            value = _value_bytes(stream, layout, inline, struct.calcsize(value_format))
            numbers[tag] = struct.unpack(value_format, value)
    return _Directory(numbers, make)


def _value_bytes(stream: BinaryIO, layout: _Layout, inline: bytes, length: int) -> bytes:
    if length <= len(inline):
        return inline[:length]
    stream.seek(struct.unpack(layout.order + layout.offset_format, inline)[0])
    return stream.read(length)
