"""Decodes the wanted tags of EXIF directories, one directory at a time.

Texts and bytes are taken as they stand; numbers are decoded by exifread from a small copy of
the directory that holds only them. exifread's own walk over a file would keep only the last
of several directories of a kind, mix their values, read maker notes two bytes at a time, and
lose everything when one directory is damaged.

Source: EXIF 3.0 (CIPA DC-008-2023), tables 4 to 15; TIFF 6.0, section 8; DNG 1.7.1, chapter 4.
"""

from __future__ import annotations

import io
import logging
import struct
from collections.abc import Mapping
from dataclasses import dataclass, replace

from exifread.core.exceptions import ExifError
from exifread.core.exif_header import ExifHeader
from exifread.tags.exif import GPS_TAGS
from exifread.utils import Ratio

from screening.detectors.metadata.harvest import Harvest
from screening.detectors.metadata.source import DamagedError, Source
from screening.detectors.metadata.tiff.tiff import Directory, DirectoryKind, Entry, Layout
from screening.detectors.metadata.values import decode_text

# exifread logs tag values, coordinates among them; nothing it logs may reach anyone's handler.
logging.getLogger("exifread").setLevel(logging.CRITICAL + 1)

MAX_TEXT_BYTES = 1 << 20
"""One text; longest in 614 test files: 8,216 bytes."""
_READS_PER_DECODING = 64
"""Reads that take as long as one run of exifread over a directory."""
_MAX_NUMBERS = 16
"""Of one tag; coordinates have three."""
_BYTES_TYPES = frozenset({1, 2, 6, 7, 129})  # BYTE, ASCII, SBYTE, UNDEFINED, UTF-8 (EXIF 3.0)
_NUMBER_BYTES = {3: 2, 4: 4, 5: 8, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_CHARSETS = {b"ASCII\0\0\0": "ascii", b"JIS\0\0\0\0\0": "iso2022_jp", b"\0" * 8: "utf-8"}
_UTF_16 = {"<": "utf-16-le", ">": "utf-16-be"}

IMAGE_TAGS = {
    0x000B: "ProcessingSoftware",
    0x010D: "DocumentName",
    0x010E: "ImageDescription",
    0x010F: "Make",
    0x0110: "Model",
    0x011D: "PageName",
    0x0131: "Software",
    0x0132: "DateTime",
    0x013B: "Artist",
    0x013C: "HostComputer",
    0x8298: "Copyright",
    0x9003: "DateTimeOriginal",
    0x9004: "DateTimeDigitized",
    0x9010: "OffsetTime",
    0x9011: "OffsetTimeOriginal",
    0x9012: "OffsetTimeDigitized",
    0x9212: "SecurityClassification",
    0x9213: "ImageHistory",
    0x9286: "UserComment",
    0x9C9B: "XPTitle",
    0x9C9C: "XPComment",
    0x9C9D: "XPAuthor",
    0x9C9E: "XPKeywords",
    0x9C9F: "XPSubject",
    0xA420: "ImageUniqueID",
    0xA430: "CameraOwnerName",
    0xA431: "BodySerialNumber",
    0xA433: "LensMake",
    0xA434: "LensModel",
    0xA435: "LensSerialNumber",
    0xA436: "ImageTitle",
    0xA437: "Photographer",
    0xA438: "ImageEditor",
    0xA43A: "RAWDevelopingSoftware",
    0xA43B: "ImageEditingSoftware",
    0xA43C: "MetadataEditingSoftware",
    0xA480: "GDALMetadata",
    0xC614: "UniqueCameraModel",
    0xC62F: "CameraSerialNumber",
    0xC65D: "RawDataUniqueID",
    0xC68B: "OriginalRawFileName",
    0xC716: "PreviewApplicationName",
    0xC71B: "PreviewDateTime",
    0xC7A1: "CameraLabel",
    0xFDE8: "OwnerName",
    0xFDE9: "SerialNumber",
}
_GPS_NAMES = {
    **{tag: str(entry[0]) for tag, entry in GPS_TAGS.items()},
    0x001F: "GPSHPositioningError",  # EXIF 2.31, which exifread does not know
}

_EXIFREAD_ERRORS = (
    ArithmeticError, AttributeError, ExifError, LookupError, RecursionError, TypeError,
    ValueError, struct.error,
)  # fmt: skip
"""What exifread lets through on directories that are not as expected."""


@dataclass(frozen=True, slots=True)
class Tag:
    """A decoded tag.

    Attributes:
        entry: where its value lies.
        raw: its bytes, where it is a text or bytes.
        numbers: its numbers, where it has some; None stands for a rational with a zero
            denominator.
        order: `<` or `>`, the byte order around it.
    """

    entry: Entry
    raw: bytes = b""
    numbers: tuple[float | None, ...] = ()
    order: str = "<"

    @property
    def text(self) -> str:
        """UTF-8, else Latin-1, up to the first NUL; numbers parted by blanks."""
        if self.raw:
            return decode_text(self.raw)
        return " ".join(f"{number:.15g}" for number in self.numbers if number is not None)

    @property
    def wide_text(self) -> str:
        """UTF-16 as Windows writes it in the XP tags."""
        return self.raw.decode("utf-16-le", "ignore").partition("\0")[0]

    @property
    def marked_text(self) -> str:
        """Text behind an 8-byte character code (EXIF 3.0, 4.6.6, UserComment)."""
        code, rest = self.raw[:8], self.raw[8:]
        if code == b"UNICODE\0":
            charset = "utf-16" if rest[:2] in (b"\xff\xfe", b"\xfe\xff") else _UTF_16[self.order]
            return rest.decode(charset, "replace").strip("\0")
        if code in _CHARSETS:
            return rest.decode(_CHARSETS[code], "replace").strip("\0")
        return self.text

    @property
    def hex_text(self) -> str:
        """Bytes as hexadecimal digits, empty where all are zero; texts as they are."""
        if self.entry.type == 2:  # ASCII
            return self.text
        return self.raw.hex() if any(self.raw) else ""


Tags = Mapping[str, Tag]


def decode_directory(
    source: Source, directory: Directory, layout: Layout, harvest: Harvest
) -> dict[str, Tag]:
    """The tags of one directory that this detector reads; damage goes to `harvest`."""
    names = _GPS_NAMES if directory.kind is DirectoryKind.GPS else IMAGE_TAGS
    tags: dict[str, Tag] = {}
    numbers: dict[int, tuple[Entry, bytes]] = {}
    for number, entry in directory.entries.items():
        name = names.get(number)
        if name is None:
            continue
        with harvest.reading("EXIF block"):
            if entry.type in _BYTES_TYPES:
                raw = _read_text(source, entry)
                tags[name] = Tag(entry, raw=raw, order=layout.order)
            elif entry.type in _NUMBER_BYTES:
                count = min(entry.count, _MAX_NUMBERS)
                raw = source.read(entry.offset, count * _NUMBER_BYTES[entry.type])
                numbers[number] = replace(entry, count=count), raw
            else:
                raise DamagedError
    if numbers:
        with harvest.reading("EXIF block"):
            source.spend(_READS_PER_DECODING)
            decoded = _decode_numbers(numbers, layout.order)
            for number, values in decoded.items():
                tags[names[number]] = Tag(directory.entries[number], b"", values, layout.order)
    return tags


def _read_text(source: Source, entry: Entry) -> bytes:
    if entry.size_bytes > MAX_TEXT_BYTES and entry.offset + entry.size_bytes <= source.size:
        raise DamagedError(f"has a text of more than {MAX_TEXT_BYTES} bytes that was not read")
    if entry.offset + entry.size_bytes > source.size:
        raise DamagedError
    return source.read(entry.offset, entry.size_bytes)


def _decode_numbers(
    wanted: Mapping[int, tuple[Entry, bytes]], order: str
) -> dict[int, tuple[float | None, ...]]:
    """Numbers by tag, decoded by exifread from a directory made of `wanted` alone.

    Raises:
        DamagedError: exifread cannot read them.
    """
    table = struct.pack(f"{order}H", len(wanted))
    values = b""
    behind = 2 + 12 * len(wanted)
    for number, (entry, raw) in wanted.items():
        table += struct.pack(f"{order}HHI", number, entry.type, entry.count)
        if len(raw) > 4:
            table += struct.pack(f"{order}I", behind + len(values))
            values += raw
        else:
            table += raw.ljust(4, b"\0")
    endian = "I" if order == "<" else "M"
    header = ExifHeader(io.BytesIO(table + values), endian, 0, 0, False, detailed=False)
    try:
        # Without exifread's own conversions to printable text, which fail on unexpected values.
        header.dump_ifd(0, "IFD", tag_dict={number: (str(number), None) for number in wanted})
    except _EXIFREAD_ERRORS as error:
        raise DamagedError from error
    found = {number: header.tags.get(f"IFD {number}") for number in wanted}
    return {
        number: tuple(_number(value) for value in tag.values)
        for number, tag in found.items()
        if tag is not None
    }


def _number(value: object) -> float | None:
    if isinstance(value, tuple):  # exifread hands floats over as struct.unpack does
        value = value[0] if value else None
    if isinstance(value, Ratio):
        return float(value.num / value.den) if value.den else None
    return float(value) if isinstance(value, int | float) else None
