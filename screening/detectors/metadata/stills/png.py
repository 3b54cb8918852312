"""Finds metadata blocks in PNG chunks.

Source: PNG Specification (Third Edition), 11.3; Extensions to PNG 1.5.0 (zxIf was a draft);
C2PA 2.1, A.3.2 (caBX); ImageMagick's `Raw profile type` text chunks.
"""

from __future__ import annotations

import binascii
import struct
import zlib

from screening.detectors.metadata.harvest import BlockKind, Harvest
from screening.detectors.metadata.source import DamagedError, Source
from screening.detectors.metadata.stills.png_texts import PngTexts
from screening.detectors.metadata.trailers.trailer import read_trailer

_SIGNATURE_BYTES = 8
_XMP_KEYWORD = b"XML:com.adobe.xmp"
_PROFILE_KEYWORD = b"Raw profile type "
_PROFILES = {
    b"exif": BlockKind.EXIF,
    b"app1": BlockKind.EXIF,
    b"xmp": BlockKind.XMP,
    b"iptc": BlockKind.PHOTOSHOP,
    b"8bim": BlockKind.PHOTOSHOP,
    b"icc": BlockKind.ICC,
    b"icm": BlockKind.ICC,
}
_XMP_PREFIX = b"http://ns.adobe.com/xap/1.0/\0"
_MAX_TEXT_BYTES = 1 << 24
"""Inflated text; a longer one is a bomb."""
_BYTES_PER_READ = 256
"""Inflated bytes that cost as much as one read, so that eight bombs use up the budget of a file."""
_LEAST_BYTES = 16
"""Of an unknown chunk; in fewer there is no room for a position or a picture."""

# Pixels, colours, sizes, times of frames and offsets; nothing in them names a place or a person.
_TECHNICAL = frozenset(
    (b"IHDR PLTE IDAT IEND tRNS cHRM gAMA sBIT sRGB cICP mDCV mDCv cLLI cLLi bKGD hIST pHYs sPLT "
     b"acTL fcTL fdAT oFFs pCAL sCAL sTER gIFg fRAc dSIG iDOT caNv vpAg orNT CgBI npTc npOl npLb "
     b"cmPP cmOD cpIp tpNG JDAT JHDR JSEP").split()
)  # fmt: skip


def find_png_blocks(source: Source, harvest: Harvest) -> None:
    """Queue blocks, note what texts say, and read what follows the end.

    Raises:
        DamagedError: the file ends before its end chunk.
    """
    texts = PngTexts(harvest)
    offset = _SIGNATURE_BYTES
    try:
        while True:
            length, kind = struct.unpack(">I4s", source.read(offset, 8))
            if kind == b"IEND":
                break
            if offset + 8 + length > source.size:
                raise DamagedError
            if kind not in _TECHNICAL:
                with harvest.reading(f"{kind.decode('ascii', 'replace')} chunk"):
                    _read_chunk(kind, source, offset + 8, length, texts)
            offset += 12 + length
    finally:
        texts.finish()
    read_trailer(source, offset + 12 + length, harvest)


def end_of_png(source: Source, start: int) -> int:
    """Offset behind the picture that starts at `start`.

    Raises:
        DamagedError: it has no end chunk.
    """
    offset = start + _SIGNATURE_BYTES
    while True:
        head = source.read(offset, 8)
        offset += 12 + int.from_bytes(head[:4], "big")
        if head[4:] == b"IEND":
            return offset


def _read_chunk(kind: bytes, source: Source, start: int, length: int, texts: PngTexts) -> None:
    """Read a chunk that can hold metadata.

    Raises:
        DamagedError: it is damaged, or of a private kind that is not known here.
    """
    if kind in _CHUNK_READERS:
        _CHUNK_READERS[kind](source.part(start, length), texts)
    elif length >= _LEAST_BYTES:
        raise DamagedError("is of a private kind that is not known here and was not read")


def _read_exif_chunk(chunk: Source, texts: PngTexts) -> None:
    texts.harvest.add_block(BlockKind.EXIF, chunk)


def _read_compressed_exif(chunk: Source, texts: PngTexts) -> None:
    """A zero, the length, and the block as a zlib stream."""
    texts.harvest.add_block(BlockKind.EXIF, chunk.converted(_inflate(chunk, _content(chunk)[5:])))


def _read_manifest(chunk: Source, texts: PngTexts) -> None:
    texts.harvest.add_block(BlockKind.JUMBF, chunk)


def _read_profile(chunk: Source, texts: PngTexts) -> None:
    """Name, coding and a zlib stream, whose checksum some writers leave out."""
    _name, _, rest = _content(chunk).partition(b"\0")
    profile, complete = _inflated(chunk, rest[1:])
    texts.harvest.add_block(BlockKind.ICC, chunk.converted(profile))
    if not complete and len(profile) < int.from_bytes(profile[:4] or b"\xff", "big"):
        raise DamagedError


def _read_time(chunk: Source, texts: PngTexts) -> None:
    """Year, month, day, hour, minute, second of the last change (UTC)."""
    time = "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z".format(*struct.unpack(">H5B", chunk.read(0, 7)))
    texts.harvest.add_edit("PNG", "tIME", "step", f"changed {time}")


def _read_text(chunk: Source, texts: PngTexts) -> None:
    keyword, _, text = _content(chunk).partition(b"\0")
    _note_text(keyword, chunk.window(chunk.size - len(text), len(text)), texts)


def _read_compressed_text(chunk: Source, texts: PngTexts) -> None:
    keyword, _, rest = _content(chunk).partition(b"\0")
    if texts.wants(keyword):
        _note_text(keyword, chunk.converted(_inflate(chunk, rest[1:])), texts)


def _read_international_text(chunk: Source, texts: PngTexts) -> None:
    keyword, _, rest = _content(chunk).partition(b"\0")
    compressed = rest[:1] == b"\x01"
    _language, _, rest = rest[2:].partition(b"\0")
    _translated, _, text = rest.partition(b"\0")
    if not texts.wants(keyword):
        return
    if compressed:
        _note_text(keyword, chunk.converted(_inflate(chunk, text)), texts)
    else:
        _note_text(keyword, chunk.window(chunk.size - len(text), len(text)), texts)


def _content(part: Source) -> bytes:
    return part.read_up_to(0, part.size)


_CHUNK_READERS = {
    b"eXIf": _read_exif_chunk,
    b"exIf": _read_exif_chunk,
    b"zxIf": _read_compressed_exif,
    b"zXIf": _read_compressed_exif,
    b"caBX": _read_manifest,
    b"iCCP": _read_profile,
    b"tIME": _read_time,
    b"tEXt": _read_text,
    b"zTXt": _read_compressed_text,
    b"iTXt": _read_international_text,
}


def _note_text(keyword: bytes, text: Source, texts: PngTexts) -> None:
    if keyword == _XMP_KEYWORD:
        texts.harvest.add_block(BlockKind.XMP, text)
    elif keyword.startswith(_PROFILE_KEYWORD):
        _queue_profile(keyword[len(_PROFILE_KEYWORD) :].lower(), text, texts.harvest)
    else:
        texts.add(keyword, text)


def _queue_profile(name: bytes, text: Source, harvest: Harvest) -> None:
    """In lines: the name, the length in decimal, hexadecimal digits.

    Raises:
        DamagedError: it is not written so, not all there, or of an unknown kind.
    """
    kind = _PROFILES.get(name)
    if kind is None:
        raise DamagedError("holds a profile of a kind that is not known here")
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


def _inflate(chunk: Source, data: bytes) -> bytes:
    text, complete = _inflated(chunk, data)
    if not complete:
        raise DamagedError
    return text


def _inflated(chunk: Source, data: bytes) -> tuple[bytes, bool]:
    """What there is in a zlib stream up to the limit, and whether that is all."""
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(data, _MAX_TEXT_BYTES)
    except zlib.error as error:
        raise DamagedError from error
    chunk.spend(len(text) // _BYTES_PER_READ)
    return text, inflater.eof
