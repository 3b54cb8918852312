"""Finds metadata blocks in PNG chunks.

Source: PNG Specification (Third Edition), 11.3; ImageMagick's `Raw profile type` text chunks.
"""

from __future__ import annotations

import binascii
import struct
import zlib

from screening.detectors.metadata.harvest import BlockKind, Harvest
from screening.detectors.metadata.source import DamagedError, Source

_SIGNATURE_BYTES = 8
_XMP_KEYWORD = b"XML:com.adobe.xmp"
_PROFILE_KEYWORD = b"Raw profile type "
_PROFILES = {
    b"exif": BlockKind.EXIF,
    b"app1": BlockKind.EXIF,
    b"xmp": BlockKind.XMP,
    b"iptc": BlockKind.PHOTOSHOP,
    b"8bim": BlockKind.PHOTOSHOP,
}
_XMP_PREFIX = b"http://ns.adobe.com/xap/1.0/\0"
_MAX_TEXT_BYTES = 1 << 24
"""Inflated text; a longer one is a bomb."""


def find_png_blocks(source: Source, harvest: Harvest) -> None:
    """Queue EXIF, XMP and IPTC blocks; note the author and time among the text chunks.

    Raises:
        DamagedError: the file ends before its end chunk.
    """
    offset = _SIGNATURE_BYTES
    while True:
        length, kind = struct.unpack(">I4s", source.read(offset, 8))
        if kind == b"IEND":
            return
        if offset + 8 + length > source.size:
            raise DamagedError
        if kind in _CHUNK_READERS:
            with harvest.reading(f"{kind.decode()} chunk"):
                _CHUNK_READERS[kind](source.part(offset + 8, length), harvest)
        offset += 12 + length


def _read_exif_chunk(chunk: Source, harvest: Harvest) -> None:
    harvest.add_block(BlockKind.EXIF, chunk)


def _read_text(chunk: Source, harvest: Harvest) -> None:
    keyword, _, text = _content(chunk).partition(b"\0")
    _note_text(keyword, chunk.window(chunk.size - len(text), len(text)), harvest)


def _read_compressed_text(chunk: Source, harvest: Harvest) -> None:
    keyword, _, rest = _content(chunk).partition(b"\0")
    if _is_wanted(keyword):
        _note_text(keyword, chunk.converted(_inflate(rest[1:])), harvest)


def _read_international_text(chunk: Source, harvest: Harvest) -> None:
    keyword, _, rest = _content(chunk).partition(b"\0")
    compressed = rest[:1] == b"\x01"
    _language, _, rest = rest[2:].partition(b"\0")
    _translated, _, text = rest.partition(b"\0")
    if not _is_wanted(keyword):
        return
    if compressed:
        _note_text(keyword, chunk.converted(_inflate(text)), harvest)
    else:
        _note_text(keyword, chunk.window(chunk.size - len(text), len(text)), harvest)


def _content(part: Source) -> bytes:
    return part.read_up_to(0, part.size)


_CHUNK_READERS = {
    b"eXIf": _read_exif_chunk,
    b"tEXt": _read_text,
    b"zTXt": _read_compressed_text,
    b"iTXt": _read_international_text,
}


def _is_wanted(keyword: bytes) -> bool:
    return keyword in (_XMP_KEYWORD, b"Author", b"Creation Time") or keyword.startswith(
        _PROFILE_KEYWORD
    )


def _note_text(keyword: bytes, text: Source, harvest: Harvest) -> None:
    if keyword == _XMP_KEYWORD:
        harvest.add_block(BlockKind.XMP, text)
    elif keyword.startswith(_PROFILE_KEYWORD):
        _queue_profile(keyword[len(_PROFILE_KEYWORD) :].lower(), text, harvest)
    elif keyword == b"Author":
        author = _content(text).decode("utf-8", "replace")
        harvest.add_person("PNG text", "Author", author, text.spans())
    elif keyword == b"Creation Time":
        time = _content(text).decode("utf-8", "replace")
        harvest.add_time("PNG text", "Creation Time", time, text.spans())


def _queue_profile(name: bytes, text: Source, harvest: Harvest) -> None:
    """In lines: the name, the length in decimal, hexadecimal digits."""
    kind = _PROFILES.get(name)
    if kind is None:
        return
    parts = _content(text).split(None, 2)
    try:
        content = binascii.unhexlify(b"".join(parts[2].split()))
        complete = len(content) >= int(parts[1])
    except (IndexError, ValueError) as error:
        raise DamagedError from error
    if content.startswith(_XMP_PREFIX):
        kind, content = BlockKind.XMP, content[len(_XMP_PREFIX) :]
    elif kind is BlockKind.PHOTOSHOP and content[:1] == b"\x1c":
        kind = BlockKind.IPTC
    harvest.add_block(kind, text.converted(content))
    if not complete:
        raise DamagedError


def _inflate(data: bytes) -> bytes:
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(data, _MAX_TEXT_BYTES)
    except zlib.error as error:
        raise DamagedError from error
    if not inflater.eof:
        raise DamagedError
    return text
