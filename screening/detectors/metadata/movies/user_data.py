"""Reads `udta` boxes: texts, 3GPP locations, and what cameras put there.

Source: QuickTime File Format Specification (2016), "User Data Atoms"; 3GPP TS 26.244, 8;
ExifTool's QuickTime, Nikon, Pentax and Samsung tag tables for the boxes of cameras.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from functools import partial

from screening.detectors.metadata.harvest import BlockKind, Harvest
from screening.detectors.metadata.movies.boxes import (
    MediaBox,
    queue_box,
    queue_uuid_block,
    walk_boxes,
)
from screening.detectors.metadata.movies.movie_texts import CARRIER, MovieTexts, read_key_list
from screening.detectors.metadata.movies.nikon_movie import read_nikon_records
from screening.detectors.metadata.positions import checked_position, parse_iso_6709
from screening.detectors.metadata.source import DamagedError, Source
from screening.detectors.metadata.values import decode_text

_WITH_LANGUAGE = (b"auth", b"cprt", b"titl", b"dscp", b"perf", b"albm", b"coll", b"gnre")
_PLAIN_TEXTS = (
    b"name", b"clfn", b"clid", b"cmid", b"cmnm", b"date", b"reel", b"scen", b"shot", b"slno",
    b"CNMN", b"CNCV", b"CNFV", b"FIRM", b"LENS", b"SNum", b"manu", b"modl",
)  # fmt: skip
_RENAMED = {b"mdln": "modl"}
_CAMERA_TEXTS = frozenset((*_WITH_LANGUAGE, *_PLAIN_TEXTS, b"CAME", b"mdln"))
_HOLDERS = (b"CNTH", b"NCDT", b"smta", b"CNOP")
# Make and model as text, the model after 24, 26 or 32 bytes.
_NAME_PLATES = {b"TAGS": (24, 24), b"PENT": (24, 26), b"@sec": (32, 32)}
_SNIFFED_BYTES = 65536
_JPEG_START = b"\xff\xd8\xff"
_ISO_6709 = re.compile(rb"[+-]\d{2,6}\.\d{3,}[+-]\d{3,7}\.\d{3,}(?:[+-]\d+(?:\.\d*)?)?/?")
_TIFF_STARTS = (b"II*\0", b"MM\0*")
_HARMLESS = (b"WLOC", b"LOOP", b"SelO", b"AllF", b"hnti", b"hinf", b"hinv", b"ptv ", b"free")
_PENTAX_GPS = 0xC7
_FIRST_ISO_LANGUAGE = 0x400


def read_user_data(udta: MediaBox, source: Source, harvest: Harvest, texts: MovieTexts) -> None:
    """Note what a `udta` box says.

    Raises:
        DamagedError: its boxes do not fit; what came before is noted.
    """
    for box in walk_boxes(source, udta.start, udta.end):
        with harvest.reading("QuickTime block"):
            _read_box(box, source, harvest, texts)


def _read_box(box: MediaBox, source: Source, harvest: Harvest, texts: MovieTexts) -> None:
    name = box.kind.decode("latin-1").replace("@", "\xa9", 1)
    if box.kind in _READERS:
        _READERS[box.kind](box, source, harvest)
    elif box.kind == b"meta":
        read_key_list(box, source, texts, harvest)
    elif box.kind in _HOLDERS:
        read_user_data(box, source, harvest, texts)
    elif box.kind in _CAMERA_TEXTS:
        content = source.read(box.start, box.size_bytes)
        spans = source.spans(box.start, box.size_bytes)
        texts.add(_RENAMED.get(box.kind, name), _camera_text(box.kind, content), spans)
    elif texts.wants(name) or box.kind[:1] == b"\xa9":
        _read_text(name, box, source, texts)
    elif box.kind not in _HARMLESS:
        _read_unknown(box, source, harvest, texts)


def _camera_text(kind: bytes, content: bytes) -> str:
    """The text of a box that is laid out in its own way."""
    if kind in _WITH_LANGUAGE:
        return _wide_or_plain(content[6:] or content)[0]
    if kind == b"CAME":  # a digest of the serial number
        return content.hex() if content.strip(b"\0") else ""
    return decode_text(content[6:] if content[:4] == bytes(4) else content)


def _read_text(name: str, box: MediaBox, source: Source, texts: MovieTexts) -> None:
    if box.size_bytes > _SNIFFED_BYTES:
        raise DamagedError("holds a text that is too long and was not read")
    content = source.read(box.start, box.size_bytes)
    spans = source.spans(box.start, box.size_bytes)
    for text in _user_texts(content):
        if texts.wants(name):
            texts.add(name, text, spans)
        elif text.isprintable():
            texts.describe(name, text, spans)


def _user_texts(content: bytes) -> list[str]:
    """Texts of a `©` atom in all its languages: 16-bit length, 16-bit language, text.

    iTunes writes a `data` atom instead, DJI the text alone.
    """
    if content[4:8] == b"data":
        return [decode_text(content[16:])]
    found: list[str] = []
    offset = 0
    while offset + 4 <= len(content):
        length, language = struct.unpack_from(">HH", content, offset)
        if offset + 4 + length > len(content):
            break
        found.append(_in_language(content[offset + 4 : offset + 4 + length], language))
        offset += 4 + length
    return found or [decode_text(content)]


def _in_language(raw: bytes, language: int) -> str:
    """Old Macintosh languages are in Mac Roman, packed ISO 639 ones in UTF-8 or UTF-16."""
    if raw[:2] in (b"\xfe\xff", b"\xff\xfe"):
        return raw.decode("utf-16", "replace")
    if language < _FIRST_ISO_LANGUAGE and not raw.isascii():
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            return raw.decode("mac-roman")
    return decode_text(raw)


def _note_location(box: MediaBox, source: Source, harvest: Harvest) -> None:
    """3GPP `loci`: name, role, longitude, latitude and altitude in 16.16 fixed point, body."""
    content = source.read(box.start, box.size_bytes)
    name, rest = _wide_or_plain(content[6:])
    if len(rest) < 13:
        raise DamagedError
    longitude, latitude, altitude = (part / 65536 for part in struct.unpack_from(">iii", rest, 1))
    body, rest_of_texts = _wide_or_plain(rest[13:])
    notes, _ = _wide_or_plain(rest_of_texts)
    harvest.add_place(CARRIER, "loci", [name], source.spans(box.start, box.size_bytes))
    harvest.add_description(CARRIER, "loci", notes)
    position = checked_position(latitude, longitude, altitude, other_content=bool(name.strip()))
    start = box.start + len(content) - len(rest) + 1
    remarks = {"body": "earth"} if body.strip().lower() in ("", "earth") else {}
    harvest.add_position(CARRIER, "loci", position, remarks, source.spans(start, 8))


def _wide_or_plain(content: bytes) -> tuple[str, bytes]:
    """A 3GPP text, UTF-16 with a byte order mark or UTF-8, and what follows its NUL."""
    if content[:2] not in (b"\xfe\xff", b"\xff\xfe"):
        text, _, rest = content.partition(b"\0")
        return text.decode("utf-8", "replace"), rest
    end = 2
    while end + 1 < len(content) and content[end : end + 2] != b"\0\0":
        end += 2
    return content[:end].decode("utf-16", "replace"), content[end + 2 :]


def _read_unknown(box: MediaBox, source: Source, harvest: Harvest, texts: MovieTexts) -> None:
    """Look into a box of a camera: name plates, pictures, TIFF blocks, spelled-out positions."""
    head = source.read_up_to(box.start, min(box.size_bytes, _SNIFFED_BYTES))
    if box.kind in _NAME_PLATES:
        make_bytes, model_start = _NAME_PLATES[box.kind]
        make, model = head[:make_bytes], head[model_start : model_start + 24]
        for name, raw in (("manu", make), ("modl", model)):
            text = decode_text(raw)
            if text.isprintable() and text.isascii() and len(text) > 2:
                texts.add(name, text, source.spans(box.start, model_start + 24))
    if box.kind == b"PENT" and head[_PENTAX_GPS : _PENTAX_GPS + 4] == b"GPS_":
        _note_pentax_position(box, head, source, harvest)
    name = re.sub(r"[^\w@]", "", box.kind.decode("latin-1")) or "udta"
    picture = head.find(_JPEG_START)
    if picture >= 0:
        harvest.add_preview(
            f"{name} thumbnail", source.part(box.start + picture, box.size_bytes - picture)
        )
        head = head[:picture]
    tiff = min((at for at in map(head[:64].find, _TIFF_STARTS) if at >= 0), default=-1)
    if tiff >= 0:
        harvest.add_block(BlockKind.EXIF, source.part(box.start + tiff, box.size_bytes - tiff))
    match = _ISO_6709.search(head)
    if match:
        spans = source.spans(box.start + match.start(), match.end() - match.start())
        position = parse_iso_6709(match[0].decode("ascii"))
        harvest.add_position(CARRIER, name, position, spans=spans)


def _note_pentax_position(box: MediaBox, head: bytes, source: Source, harvest: Harvest) -> None:
    """Optio WG-2 GPS: letters and three rationals each for latitude and longitude."""
    values = []
    for start, negative in ((0xCF, b"S"), (0xE9, b"W")):
        numbers = struct.unpack_from(">6I", head.ljust(start + 26, b"\0"), start + 2)
        if not all(numbers[1::2]):
            raise DamagedError
        value = sum(numbers[i] / numbers[i + 1] / 60 ** (i // 2) for i in (0, 2, 4))
        values.append(-value if head[start : start + 1] == negative else value)
    spans = source.spans(box.start + 0xCF, 0x103 - 0xCF)
    harvest.add_position(CARRIER, "PENT", checked_position(*values), spans=spans)


_READERS: dict[bytes, Callable[[MediaBox, Source, Harvest], None]] = {
    b"XMP_": partial(queue_box, BlockKind.XMP),
    b"GPMF": partial(queue_box, BlockKind.GPMF),
    b"uuid": queue_uuid_block,
    b"loci": _note_location,
    b"NCTG": lambda box, source, harvest: read_nikon_records(
        source.part(box.start, box.size_bytes), harvest
    ),
}
