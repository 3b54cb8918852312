"""Reads whose device an ICC colour profile was made for, unless it is a standard one.

Source: ICC.1:2022 (profile header, tag table, `mluc`, `dict`); ICC.1:2001-04, 6.5.17
(`desc`); Apple ColorSync, CMMakeAndModel (`mmod`); the OpenICC and ArgyllCMS conventions for
the keys of the `meta` tag.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from screening.detectors.metadata.harvest import Harvest
from screening.detectors.metadata.source import TOO_MANY_PARTS, DamagedError, Source
from screening.detectors.metadata.values import account_name, clean_text, local_path

CARRIER = "ICC"

_HEADER_BYTES = 128
_MAX_TAGS = 256
_MAX_TEXT_BYTES = 65536
_MAX_RECORDS = 256
_TEXT_TAGS = (b"desc", b"dmnd", b"dmdd", b"cprt", b"dscm")

_STANDARD_PROFILE = re.compile(
    r"(?i)^(?:(?:built-in |compatible with |simplified )?s-?rgb|u-?rgb|c2(?:ci)?$|rgb$|gray$|grey$"
    r"|adobe ?rgb|compatible with adobe|apple rgb|apple wide|display ?p3|dci-?p3|p3[- ]|image p3"
    r"|pro-?photo|romm|rimm|dot gain|generic |gray |grey |black & white|wide gamut|e-?ci ?rgb"
    r"|colormatch|bt\.?\d|rec\.?(?: itu)?|itu|smpte|ntsc|pal/|acescg|aces|cie|lab\b|xyz\b"
    r"|gimp |artifex|krita|little ?cms|ps/esrgb|nikon s?rgb|nikon adobe|e-srgb|hdtv|sdtv"
    r"|u\.?s\.? web|coated|uncoated|fogra|iso ?coated|japan color|euroscale|gracol|swop"
    r"|op ?rgb|darktable|linear|srgb|facebook|tiny|google|skia|web ?safe|camera rgb profile|hdr )"
)
"""How the names of profiles begin that come with systems and programs; they name no device."""
_VENDOR_COPYRIGHT = re.compile(
    r"(?i)apple|adobe|hewlett|microsoft|google|kodak|nikon|canon|sony|epson|international color"
    r"|\bcc0\b|creative commons|public domain|no copyright|artifex|gimp|freely|x-rite|datacolor"
)
_META_KEYS = {
    "EDID_manufacturer": "make", "EDID_mnft": "make", "EDID_model": "model",
    "EDID_serial": "serial_number",
}  # fmt: skip


def read_icc(block: Source, harvest: Harvest) -> None:
    """Note the device a profile describes and who made it; standard profiles say neither."""
    with harvest.reading("ICC block"):
        tags = dict(_tags(block))
        texts = {tag: _text_in(block, *tags[tag]) for tag in _TEXT_TAGS if tag in tags}
        description = texts.get(b"desc") or texts.get(b"dscm") or ""
        device = {
            "make": ("dmnd", texts.get(b"dmnd")),
            "model": ("dmdd", texts.get(b"dmdd")),
            "colour_profile": ("desc", description),
        }
        if b"meta" in tags:
            device |= {
                _META_KEYS[name]: (name, value)
                for name, value in _dictionary(block, *tags[b"meta"])
                if name in _META_KEYS
            }
        if b"mmod" in tags:
            device |= _make_and_model(block, *tags[b"mmod"])
        if _STANDARD_PROFILE.match(description):
            return
        harvest.add_device(CARRIER, device)
        if not _VENDOR_COPYRIGHT.search(texts.get(b"cprt", "")):
            harvest.add_person(CARRIER, "cprt", texts.get(b"cprt"))
        if path := local_path(description):
            harvest.add_edit(CARRIER, "desc", "file_path", path)
            harvest.add_person(CARRIER, "desc", account_name(path))


def _tags(block: Source) -> Iterator[tuple[bytes, tuple[int, int]]]:
    """Signature, offset and length of every tag.

    Raises:
        DamagedError: this is no profile, or it ends within its table of tags.
    """
    head = block.read(0, _HEADER_BYTES + 4)
    count = int.from_bytes(head[-4:], "big")
    if head[36:40] != b"acsp":
        raise DamagedError
    if count > _MAX_TAGS:
        raise DamagedError(TOO_MANY_PARTS)
    table = block.read(_HEADER_BYTES + 4, 12 * count)
    for signature, offset, length in struct.iter_unpack(">4sII", table):
        yield signature, (offset, length)


def _text_in(block: Source, offset: int, length: int) -> str:
    """The text of a `text`, `desc` or `mluc` element, in all its languages if it has several.

    Raises:
        DamagedError: it lies outside the profile, or ends within a text.
    """
    element = block.read(offset, min(length, _MAX_TEXT_BYTES))
    kind = element[:4]
    if kind == b"text":
        return _plain(element[8:])
    if kind == b"desc" and len(element) >= 12:
        count = int.from_bytes(element[8:12], "big")
        return _plain(element[12 : 12 + count])
    if kind == b"mluc" and len(element) >= 16:
        count, record_bytes = struct.unpack_from(">II", element, 8)
        found = {}
        for index in range(min(count, _MAX_RECORDS)):
            record = element[16 + index * record_bytes :][:12]
            if len(record) < 12:
                raise DamagedError
            text_bytes, at = struct.unpack_from(">II", record, 4)
            found[record[:2]] = _wide(element[at : at + text_bytes])
        return found.get(b"en") or next(iter(found.values()), "")
    return ""


def _dictionary(block: Source, offset: int, length: int) -> Iterator[tuple[str, str]]:
    """Names and values of a `dict` element.

    Raises:
        DamagedError: it lies outside the profile.
    """
    element = block.read(offset, min(length, _MAX_TEXT_BYTES))
    if element[:4] != b"dict" or len(element) < 16:
        return
    count, record_bytes = struct.unpack_from(">II", element, 8)
    for index in range(min(count, _MAX_RECORDS)):
        record = element[16 + index * record_bytes :][:16]
        if len(record) < 16:
            raise DamagedError
        name_at, name_bytes, value_at, value_bytes = struct.unpack(">IIII", record)
        yield (
            _wide(element[name_at : name_at + name_bytes]),
            _wide(element[value_at : value_at + value_bytes]),
        )


def _make_and_model(block: Source, offset: int, length: int) -> dict[str, tuple[str, str]]:
    """Which monitor Apple calibrated, if that was one with a serial number."""
    element = block.read(offset, min(length, 24))
    if len(element) < 20:
        return {}
    serial_number = int.from_bytes(element[16:20], "big")
    return {"serial_number": ("mmod", f"{serial_number:08X}")} if serial_number else {}


def _plain(raw: bytes) -> str:
    return clean_text(raw.partition(b"\0")[0].decode("latin-1")) or ""


def _wide(raw: bytes) -> str:
    return clean_text(raw.decode("utf-16-be", "replace").partition("\0")[0]) or ""
