"""Finds metadata blocks in RIFF containers: WebP, AVI and WAV.

Source: WebP Container Specification (RFC 9649), 2.7; Multimedia Programming Interface and Data
Specifications 1.0 (INFO list); OpenDML AVI 1.02 (files of several RIFF chunks); Adobe XMP
Specification Part 3 (2020), 1.2.1 (AVI). Picture and sound data are never read.
"""

from __future__ import annotations

import struct
from collections import deque

from screening.detectors.metadata.harvest import BlockKind, Harvest
from screening.detectors.metadata.movies.avi_makers import read_maker_chunk
from screening.detectors.metadata.movies.named_tags import NamedTags, NamedTexts
from screening.detectors.metadata.source import DamagedError, Source
from screening.detectors.metadata.trailers.trailer import read_trailer
from screening.detectors.metadata.values import decode_text

CARRIER = "RIFF"

_BLOCKS = {
    b"EXIF": BlockKind.EXIF, b"XMP ": BlockKind.XMP, b"_PMX": BlockKind.XMP,
    b"ICCP": BlockKind.ICC, b"C2PA": BlockKind.JUMBF, b"gpmd": BlockKind.GPMF,
}  # fmt: skip
_LISTS = frozenset(
    {b"INFO", b"INF0", b"hdrl", b"strl", b"exif", b"ncdt", b"hydt", b"pntx", b"Tdat", b"adtl"}
)
_MAKER_CHUNKS = frozenset(
    {b"strd", b"nctg", b"ncth", b"ncvw", b"hymn", b"mknt", b"JUNK", b"gps0", b"thum"}
)
_MAX_TEXT_BYTES = 65536
_UNREAD = {b"id3 ": "ID3 tag", b"ID3 ": "ID3 tag", b"iXML": "XML block", b"aXML": "XML block"}
_TAGS = NamedTags(
    carrier=CARRIER,
    places=frozenset({"IARL", "ICNT", "ILOC"}),
    times=frozenset({"ICRD", "IDIT", "DTIM"}),
    persons=frozenset(
        {
            "IART", "IENG", "ITCH", "ICOP", "ICMS", "ISTR", "IWRI", "IPRO", "IDIR", "IMUS",
            "ICNM", "IEDT", "IPDS", "ICDS", "IRIP", "IDST", "ISTD", "STAR", "WRIT",
        }
    ),
    descriptions=frozenset(
        {
            "INAM", "ICMT", "ISBJ", "IKEY", "IPRD", "IGNR", "ISRC", "ISRF", "IMED", "TITL",
            "COMM", "strn", "labl", "note", "ltxt", "ucmt", "IBSU", "IURL", "IWEB", "IMIT",
            "rn_A", "tn_A",
        }
    ),
    edits={
        "software": frozenset({"ISFT", "IENC"}),
        "document_id": frozenset({"erel"}),
    },
    device={"make": ("IMAK", "ecor"), "model": ("IMOD", "emdl")},
)  # fmt: skip
_TEXT_BEHIND_NUMBER = (b"labl", b"note")
_BROADCAST = b"bext"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def find_riff_blocks(source: Source, harvest: Harvest) -> None:
    """Queue metadata blocks and note the texts of INFO lists, in every RIFF chunk of the file.

    What follows the last one is handed over as a trailer.

    Raises:
        DamagedError: the file ends inside a chunk, or before its header says.
    """
    texts = NamedTexts()
    offset = 0
    try:
        while offset + 12 <= source.size:
            start, size_bytes, form = struct.unpack("<4sI4s", source.read_up_to(offset, 12))
            if start != b"RIFF" or (offset and form != b"AVIX"):
                break
            end = offset + 8 + size_bytes + size_bytes % 2
            _walk_chunks(source, offset + 12, min(end, source.size), texts, harvest)
            if offset + 8 + size_bytes > source.size:
                raise DamagedError
            offset = end
    finally:
        _TAGS.note(texts, harvest)
    if offset < source.size:
        read_trailer(source, offset, harvest)


def _walk_chunks(source: Source, start: int, end: int, texts: NamedTexts, harvest: Harvest) -> None:
    spans = deque([(start, end)])
    cut = False
    while spans:
        offset, end = spans.popleft()
        while offset + 8 <= end:
            kind, length = struct.unpack("<4sI", source.read(offset, 8))
            start, offset = offset + 8, offset + 8 + length + length % 2
            if start + length > end:
                cut = True  # it is still read where only the sizes are wrong
                if start + length > source.size:
                    break
            if kind == b"LIST":
                if source.read_up_to(start, 4) in _LISTS:
                    spans.append((start + 4, start + length))
            else:
                _read_chunk(kind, source.window(start, length), texts, harvest)
    if cut:
        raise DamagedError


def _read_chunk(kind: bytes, chunk: Source, texts: NamedTexts, harvest: Harvest) -> None:
    name = kind.decode("latin-1")
    if kind in _BLOCKS:
        with harvest.reading(f"{_BLOCKS[kind].value} block"):
            harvest.add_block(_BLOCKS[kind], chunk.part(0, chunk.size))
    elif kind in _MAKER_CHUNKS:
        with harvest.reading("camera data"):
            read_maker_chunk(kind, chunk, harvest)
    elif _TAGS.wants(name):
        if chunk.size > _MAX_TEXT_BYTES:
            raise DamagedError("holds a text that is too long and was not read")
        raw = chunk.read(0, chunk.size)
        text = decode_text(raw[4:] if kind in _TEXT_BEHIND_NUMBER else raw)
        texts.keep(name, riff_time(text) if kind == b"IDIT" else text, chunk.spans())
    elif kind == _BROADCAST:
        _note_broadcast(chunk, harvest)
    elif kind in _UNREAD:
        with harvest.reading(_UNREAD[kind]):
            raise DamagedError("is of a kind that is not read here")


def _note_broadcast(chunk: Source, harvest: Harvest) -> None:
    """EBU Tech 3285: description, originator, its reference, date and time."""
    raw = chunk.read_up_to(0, min(chunk.size, 602)).ljust(602, b"\0")
    harvest.add_description(
        CARRIER, "bext Description", decode_text(raw[:256]), chunk.spans(0, 256)
    )
    harvest.add_person(CARRIER, "bext Originator", decode_text(raw[256:288]), chunk.spans(256, 32))
    reference = decode_text(raw[288:320])
    harvest.add_edit(CARRIER, "bext Reference", "document_id", reference, chunk.spans(288, 32))
    time = f"{decode_text(raw[320:330])} {decode_text(raw[330:338])}"
    harvest.add_time(CARRIER, "bext Date", time, chunk.spans(320, 18))


def riff_time(text: str) -> str:
    """`Mon Mar 10 15:04:43 2003`, as C's `ctime` writes it, turned round; others as they are."""
    parts = text.split()
    if len(parts) >= 5 and parts[1].title() in _MONTHS and parts[2].isdigit():
        month = _MONTHS.index(parts[1].title()) + 1
        return f"{parts[4]}-{month:02}-{int(parts[2]):02}T{parts[3]}"
    return text
