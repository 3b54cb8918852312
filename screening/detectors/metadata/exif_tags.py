"""Decodes the tags of EXIF directories with exifread, one directory at a time.

One at a time, because exifread's own walk over a file keeps only the last of several
directories of a kind, mixes their values, and loses everything when one of them is damaged.
"""

from __future__ import annotations

import logging
import struct
from collections.abc import Sequence
from typing import BinaryIO, cast

from exifread.core.exceptions import ExifError
from exifread.core.exif_header import ExifHeader
from exifread.core.ifd_tag import IfdTag
from exifread.tags.exif import GPS_TAGS
from exifread.tags.fields import FieldType

from screening.detectors.metadata.harvest import Harvest
from screening.detectors.metadata.source import DamagedError, Source, SourceStream
from screening.detectors.metadata.tiff import Directory, DirectoryKind, byte_order

# exifread logs tag values, coordinates among them; nothing it logs may reach anyone's handler.
logging.getLogger("exifread").setLevel(logging.CRITICAL + 1)

Tags = dict[str, object]
"""Values by tag name: text, bytes, or a list of numbers and ratios."""

# Without exifread's own conversions to printable text, which fail on unexpected values.
_IMAGE_TAGS = {
    0x010F: ("Make", None),
    0x0110: ("Model", None),
    0x0132: ("DateTime", None),
    0x013B: ("Artist", None),
    0x9003: ("DateTimeOriginal", None),
    0x9004: ("DateTimeDigitized", None),
    0x9010: ("OffsetTime", None),
    0x9011: ("OffsetTimeOriginal", None),
    0x9012: ("OffsetTimeDigitized", None),
    0x9C9D: ("XPAuthor", None),
    0xA430: ("CameraOwnerName", None),
    0xA431: ("BodySerialNumber", None),
    0xA435: ("LensSerialNumber", None),
    0xA437: ("Photographer", None),
    0xA438: ("ImageEditor", None),
    0xC62F: ("CameraSerialNumber", None),
    0xFDE8: ("OwnerName", None),
    0xFDE9: ("SerialNumber", None),
}
_GPS_TAGS = {tag: (entry[0], None) for tag, entry in GPS_TAGS.items()}
_MAKER_NOTE_TAG = 0x927C

_MAKERS_WITH_SERIALS = ("canon", "nikon", "olympus", "fujifilm")
"""Makers whose notes exifread decodes and in which it names a serial number or an owner."""
_MAKER_NOTE_NAMES = (
    "MakerNote SerialNumber", "MakerNote InternalSerialNumber", "MakerNote OwnerName",
)  # fmt: skip
_MAKER_NOTE_HEAD_BYTES = 16
_MAKER_NOTE_READS = 200_000
"""Of 614 test files the neediest takes 37,658."""

_EXIFREAD_ERRORS = (
    ArithmeticError, AttributeError, ExifError, LookupError, RecursionError, TypeError,
    ValueError, struct.error,
)  # fmt: skip
"""What exifread lets through on directories that are not as expected."""


def decode_directory(source: Source, directory: Directory, order: str, harvest: Harvest) -> Tags:
    """The tags of one directory that this detector reads; damage goes to `harvest`."""
    wanted = _GPS_TAGS if directory.kind is DirectoryKind.GPS else _IMAGE_TAGS
    header = _header(source, order, detailed=False)
    with harvest.reading("EXIF block"):
        try:
            header.dump_ifd(directory.offset, "IFD", tag_dict=wanted)
        except _EXIFREAD_ERRORS as error:
            raise DamagedError from error
    tags: Tags = {}
    for number, (name, _) in wanted.items():
        value = header.tags.get(f"IFD {name}")
        entry = directory.entries.get(number)
        if value is None or entry is None:
            continue
        with harvest.reading("EXIF block"):
            # exifread answers 0 for what lies behind the end: such a value is not in the file.
            if entry.offset + entry.size_bytes > source.size:
                raise DamagedError
            tags[name] = value.values
    return tags


def decode_maker_note(source: Source, found: Sequence[Directory], make: str) -> Tags:
    """Serial numbers and owner from the maker note, which is read apart.

    A maker note that cannot be read is common after editing and says nothing about the rest
    of the block, so it is no damage.
    """
    notes = [directory for directory in found if _MAKER_NOTE_TAG in directory.entries]
    if not notes or not make.lower().startswith(_MAKERS_WITH_SERIALS):
        return {}
    entry = notes[0].entries[_MAKER_NOTE_TAG]
    header = _header(source.limited(_MAKER_NOTE_READS), byte_order(source), detailed=True)
    # exifread would read the note byte by byte and then look at its head and place only.
    head = list(source.read_up_to(entry.offset, _MAKER_NOTE_HEAD_BYTES))
    header.tags["Image Make"] = IfdTag(make, 0, FieldType.ASCII, make, 0, 0)
    header.tags["EXIF MakerNote"] = IfdTag("", 0, FieldType.UNDEFINED, head, entry.offset, 0)
    try:
        header.decode_maker_note()
    except (*_EXIFREAD_ERRORS, DamagedError):
        return {}
    # exifread spells one Canon name with a blank at its end.
    by_name = {key.strip(): value for key, value in header.tags.items()}
    return {name: by_name[name].values for name in _MAKER_NOTE_NAMES if name in by_name}


def _header(source: Source, order: str, *, detailed: bool) -> ExifHeader:
    stream = cast("BinaryIO", SourceStream(source))
    return ExifHeader(stream, "I" if order == "<" else "M", 0, 0, False, detailed=detailed)
