"""Which tags of a camera maker's note name somebody, someplace or one device.

Source: the tag tables of exiftool 12.57 (Phil Harvey), module and table named beside each.
Lens data that Nikon encrypts and what Sony enciphers are not read.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from screening.detectors.metadata.tiff.maker_cities import CANON_CITIES, PENTAX_CITIES
from screening.detectors.metadata.values import decode_text

IdentityKind = Literal[
    "serial_number", "lens_serial_number", "person", "place", "document_id", "description"
]
Decoder = Callable[[bytes, str], list[str]]
"""Texts in the bytes of a value, given the byte order around it."""


_NIKON_UTF_16 = 2


def texts(raw: bytes, order: str) -> list[str]:
    """One text up to the first NUL; none where it is no text."""
    text = decode_text(raw).rstrip("\xff").strip()
    return [text] if text.isprintable() and text.strip("-^") else []


def whole_number(raw: bytes, order: str) -> list[str]:
    """The first 32-bit number in decimal digits; a text where it is one."""
    return [str(struct.unpack_from(f"{order}I", raw)[0])] if len(raw) == 4 else texts(raw, order)


def hex_digits(raw: bytes, order: str) -> list[str]:
    """All bytes as hexadecimal digits, but for texts and for runs of zeros."""
    if raw[:1].isalnum() and raw.rstrip(b"\0 ").isalnum():
        return texts(raw, order)
    return [raw.hex()] if any(raw) else []


@dataclass(frozen=True, slots=True)
class Wanted:
    """A tag that is noted: as what, under which name, and how its value is spelled."""

    kind: IdentityKind
    name: str
    decode: Decoder = texts


@dataclass(frozen=True, slots=True)
class MakerTable:
    """What is read of one maker's directory, by tag.

    Attributes:
        wanted: tags that are noted.
        inner: tags that hold or point at a directory of their own.
        previews: tags that hold a preview, and how many bytes lie in front of it.
        pairs: tags with the offset and the length of a preview.
    """

    wanted: Mapping[int, Wanted]
    inner: Mapping[int, MakerTable] | None = None
    previews: Mapping[int, int] | None = None
    pairs: tuple[tuple[int, int], ...] = ()


def _canon_internal(raw: bytes, order: str) -> list[str]:
    """The EOS 5D writes nine other bytes in front (Canon::SerialInfo)."""
    return texts(raw, order) or texts(raw[9:], order)


def _canon_lens(raw: bytes, order: str) -> list[str]:
    """Five bytes, unless older lenses leave four of them zero (Canon::LensInfo)."""
    return [raw[:5].hex()] if len(raw) >= 5 and any(raw[:4]) else []


def _canon_city(raw: bytes, order: str) -> list[str]:
    (code,) = struct.unpack_from(f"{order}I", raw, 8) if len(raw) >= 12 else (0,)
    return [CANON_CITIES[code]] if code in CANON_CITIES else []


def _pentax_city(raw: bytes, order: str) -> list[str]:
    (code,) = struct.unpack_from(f"{order}H", raw) if len(raw) >= 2 else (len(PENTAX_CITIES),)
    return [PENTAX_CITIES[code]] if code < len(PENTAX_CITIES) else []


def _pentax_internal(raw: bytes, order: str) -> list[str]:
    """The fifth number of Pentax::CameraInfo."""
    return whole_number(raw[16:20], order) if len(raw) >= 20 else []


def _nikon_location(raw: bytes, order: str) -> list[str]:
    """A country code and a place (Nikon::LocationInfo), in UTF-8 or UTF-16."""
    if len(raw) < 10:
        return []
    wide = "utf-16-le" if order == "<" else "utf-16-be"
    place = raw[9:79].decode(wide if raw[4] == _NIKON_UTF_16 else "utf-8", "replace")
    parts = [place.partition("\0")[0].strip(), *texts(raw[5:8], order)]
    return [", ".join(part for part in parts if part)]


def _panasonic_faces(raw: bytes, order: str) -> list[str]:
    """Up to three names of 20 bytes, each in 48 bytes (Panasonic::FaceRecInfo)."""
    (count,) = struct.unpack_from(f"{order}H", raw) if len(raw) >= 2 else (0,)
    starts = range(4, 4 + 48 * min(count, 3), 48)
    return [text for start in starts for text in texts(raw[start : start + 20], order)]


def _fuji_faces(raw: bytes, order: str) -> list[str]:
    """Names of registered faces (FujiFilm::FaceRecInfo, `ProcessFaceRec`)."""
    names: list[str] = []
    for start in range(0, min(len(raw) - 7, 64), 8):
        offset, length = struct.unpack_from(f"{order}II", raw, start)
        if length < 62 or offset + length > len(raw):
            break
        name_length, name_offset = struct.unpack_from(f"{order}II", raw, offset + 30)
        names += texts(raw[name_offset : name_offset + name_length], order)
    return names


def _sony_serial(raw: bytes, order: str) -> list[str]:
    """Pairs of digits in reverse order (Sony::Main 0x2031)."""
    digits = decode_text(raw)
    pairs = [digits[start : start + 2] for start in range(0, 8, 2)]
    return ["".join(reversed(pairs))] if len(digits) == 8 and digits.isdigit() else []


_SERIAL = Wanted("serial_number", "SerialNumber", whole_number)
_INTERNAL = Wanted("serial_number", "InternalSerialNumber", hex_digits)
_LENS = Wanted("lens_serial_number", "LensSerialNumber", whole_number)
_PREVIEW_DIRECTORY = MakerTable({}, pairs=((0x0201, 0x0202),))

APPLE = MakerTable(
    {  # Apple::Main
        0x000B: Wanted("document_id", "BurstUUID"),
        0x0011: Wanted("document_id", "ContentIdentifier"),
        0x0015: Wanted("document_id", "ImageUniqueID"),
        0x002B: Wanted("document_id", "PhotoIdentifier"),
    }
)
CANON = MakerTable(
    {  # Canon::Main
        0x0009: Wanted("person", "OwnerName"),
        0x000C: _SERIAL,
        0x0028: Wanted("document_id", "ImageUniqueID", hex_digits),
        0x0035: Wanted("place", "TimeZoneCity", _canon_city),
        0x0096: Wanted("serial_number", "InternalSerialNumber", _canon_internal),
        0x4019: Wanted("lens_serial_number", "LensSerialNumber", _canon_lens),
    }
)
CASIO = MakerTable(  # Casio::Type2
    {0x3006: Wanted("place", "HometownCity")}, previews={0x2000: 0}, pairs=((0x0004, 0x0003),)
)
FUJIFILM = MakerTable(
    {  # FujiFilm::Main
        0x0010: Wanted("serial_number", "InternalSerialNumber"),
        0x4282: Wanted("person", "FaceName", _fuji_faces),
    }
)
LEICA = MakerTable(
    {  # Panasonic::Leica2, Leica5, Leica6 and Subdir
        0x0303: _SERIAL,
        0x0305: _SERIAL,
        0x0321: _LENS,
        0x0407: Wanted("description", "OriginalFileName"),
        0x0500: _INTERNAL,
        0x3103: _SERIAL,
    },
    previews={0x0300: 0},
)
LEICA_M9 = MakerTable({}, inner={0x3000: LEICA, 0x3100: LEICA})  # Panasonic::Leica4
MINOLTA = MakerTable({}, previews={0x0081: 0}, pairs=((0x0088, 0x0089),))  # Minolta::Main
MOTOROLA = MakerTable({0x5501: _SERIAL})  # Motorola::Main
NIKON = MakerTable(
    {  # Nikon::Main
        0x001D: Wanted("serial_number", "SerialNumber"),
        0x0039: Wanted("place", "LocationInfo", _nikon_location),
        0x00A0: Wanted("serial_number", "SerialNumber"),
    },
    inner={0x0011: _PREVIEW_DIRECTORY},
)
OLYMPUS = MakerTable(
    {0x0404: _SERIAL, 0x101A: _SERIAL},  # Olympus::Main
    inner={
        0x2010: MakerTable(
            {  # Olympus::Equipment
                0x0101: Wanted("serial_number", "SerialNumber"),
                0x0102: Wanted("serial_number", "InternalSerialNumber"),
                0x0202: Wanted("lens_serial_number", "LensSerialNumber"),
                0x0302: Wanted("lens_serial_number", "ExtenderSerialNumber"),
                0x1003: Wanted("serial_number", "FlashSerialNumber"),
            }
        ),
        0x2020: MakerTable({}, pairs=((0x0101, 0x0102),)),  # Olympus::CameraSettings
    },
    previews={0x0081: 0, 0x0100: 0, 0x0280: 0},
    pairs=((0x0088, 0x0089), (0x1036, 0x1037)),
)
PANASONIC = MakerTable(
    {  # Panasonic::Main
        0x0025: Wanted("serial_number", "InternalSerialNumber"),
        0x0052: Wanted("lens_serial_number", "LensSerialNumber"),
        0x0054: Wanted("serial_number", "AccessorySerialNumber"),
        0x0061: Wanted("person", "RecognizedFaceName", _panasonic_faces),
        0x0065: Wanted("description", "Title"),
        0x0066: Wanted("person", "BabyName"),
        0x0067: Wanted("place", "Location"),
        0x0069: Wanted("place", "Country"),
        0x006B: Wanted("place", "State"),
        0x006D: Wanted("place", "City"),
        0x006F: Wanted("place", "Landmark"),
        0x0080: Wanted("place", "City2"),
    }
)
PENTAX = MakerTable(
    {  # Pentax::Main
        0x0023: Wanted("place", "HometownCity", _pentax_city),
        0x0024: Wanted("place", "DestinationCity", _pentax_city),
        0x0215: Wanted("serial_number", "InternalSerialNumber", _pentax_internal),
        0x0229: Wanted("serial_number", "SerialNumber"),
        0x022E: Wanted("person", "Artist"),
        0x022F: Wanted("person", "Copyright"),
    },
    pairs=((0x0004, 0x0003),),
)
RICOH = MakerTable({0x0005: _INTERNAL})  # Ricoh::Main
SAMSUNG = MakerTable(
    {  # Samsung::Type2
        0x0030: Wanted("place", "LocalLocationName"),
        0x0031: Wanted("place", "LocationName"),
        0x0123: Wanted("person", "FaceName"),
        0xA002: _SERIAL,
        0xA005: Wanted("lens_serial_number", "InternalLensSerialNumber"),
    },
    inner={0x0035: _PREVIEW_DIRECTORY},
)
SIGMA = MakerTable(  # Sigma::Main
    {0x0002: _SERIAL}, pairs=((0x001A, 0x001B), (0x001C, 0x001D))
)
SONY = MakerTable(  # Sony::Main
    {0x2031: Wanted("serial_number", "SerialNumber", _sony_serial)}, previews={0x2001: 32}
)
