"""Reads the JPEG segments that hold one small thing: comments, thumbnails, notes of old cameras.

Sources: JFIF 1.02 (APP0); ExifTool's tag tables "JPEG", "APP12", "JFIF", "Ricoh RMETA", "Kodak
Meta" and "GoPro" for the rest, whose makers published nothing.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from screening.detectors.metadata.harvest import BlockKind, Harvest
from screening.detectors.metadata.source import DamagedError, Source
from screening.detectors.metadata.stills.ciff import SIGNATURES as CIFF_SIGNATURES
from screening.detectors.metadata.stills.ciff import read_ciff
from screening.detectors.metadata.stills.kodak import read_kodak_meta
from screening.detectors.metadata.stills.mpf import picture_kind
from screening.detectors.metadata.text_positions import note_text
from screening.detectors.metadata.values import decode_text

_Reader = Callable[[Source, Harvest], None]

_COM = 0xFE
_LEAST_BYTES = 16
"""Of an unknown segment; in fewer there is no room for a position or a picture."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment of a JPEG file.

    Attributes:
        marker: second byte of the marker; 0 where the file ends without one.
        start: where the payload starts.
        length: bytes of payload that are there.
        head: the first of them, at most 92.
        gap_start: where the segment before it ends.
        gap: bytes between the two that belong to no segment, such as coded data.
        cut: the file ends inside.
    """

    marker: int
    start: int
    length: int
    head: bytes
    gap_start: int = 0
    gap: int = 0
    cut: bool = False

    @property
    def name(self) -> str:
        """As in the JPEG standard."""
        return "COM" if self.marker == _COM else f"APP{self.marker - 0xE0}"

    def behind(self, prefix_bytes: int) -> tuple[int, int]:
        """Offset and length of what follows a prefix."""
        return self.start + prefix_bytes, max(self.length - prefix_bytes, 0)


def read_segment(segment: Segment, source: Source, harvest: Harvest) -> None:
    """Note what a segment says; one of an unknown layout is damage, because it could say much."""
    with harvest.reading(f"{segment.name} segment"):
        whole = segment.start, segment.length
        if segment.marker == _COM:
            _note_comment(source.part(*whole), harvest)
            return
        if segment.head[6:14] in CIFF_SIGNATURES:
            read_ciff(source.part(*whole), harvest)
            return
        for marker, prefix, read in _READERS:
            if marker in (segment.marker, None) and segment.head.startswith(prefix):
                read(source.part(*segment.behind(len(prefix))), harvest)
                return
        if segment.length >= _LEAST_BYTES and not segment.head.startswith(_TECHNICAL):
            _read_unknown(source.part(*whole), harvest)


def _content(block: Source) -> bytes:
    return block.read_up_to(0, block.size)


def _note_comment(block: Source, harvest: Harvest) -> None:
    note_text(
        harvest,
        "JPEG comment",
        "COM",
        decode_text(_content(block).replace(b"\0", b" ")),
        block.spans(),
    )


def _read_jfif(block: Source, harvest: Harvest) -> None:
    """Version, density (7 bytes), width, height and the pixels of a thumbnail, as RGB."""
    _add_pixels("JFIF thumbnail", block, block.read_up_to(7, 2), 9, harvest)


def _read_jfxx(block: Source, harvest: Harvest) -> None:
    coding = block.read_up_to(0, 1)
    if coding == b"\x10":
        harvest.add_preview("JFXX thumbnail", block.window(1, block.size))
    elif coding == b"\x13":
        _add_pixels("JFXX thumbnail", block, block.read_up_to(1, 2), 3, harvest)
    elif coding == b"\x11":
        _add_palette_pixels(block, harvest)


def _add_pixels(name: str, block: Source, sides: bytes, start: int, harvest: Harvest) -> None:
    """Raw RGB as a portable pixmap, a picture that decoders know."""
    if len(sides) < 2 or not all(sides):
        return
    width, height = sides
    pixels = block.read(start, 3 * width * height)
    harvest.add_preview(name, block.converted(b"P6 %d %d 255\n" % (width, height) + pixels))


def _add_palette_pixels(block: Source, harvest: Harvest) -> None:
    width, height = block.read(1, 2)
    palette, indexes = block.read(3, 768), block.read(771, width * height)
    pixels = b"".join(palette[3 * index : 3 * index + 3] for index in indexes)
    if pixels:
        picture = b"P6 %d %d 255\n" % (width, height) + pixels
        harvest.add_preview("JFXX thumbnail", block.converted(picture))


def _read_ducky(block: Source, harvest: Harvest) -> None:
    """Photoshop's "Save for Web": tag, length, and texts behind their count of characters."""
    offset, content = 0, _content(block)
    while offset + 4 <= len(content):
        tag, length = struct.unpack_from(">HH", content, offset)
        text = content[offset + 8 : offset + 4 + length].decode("utf-16-be", "replace")
        spans = block.spans(offset + 4, length)
        if tag == 2:
            note_text(harvest, "Ducky", "Comment", text, spans)
        elif tag == 3:
            harvest.add_person("Ducky", "Copyright", text, spans)
        offset += 4 + length


_PICTURE_INFO = re.compile(rb"([\w#]+)=([\x20-\x7e]+)")


def _read_picture_info(block: Source, harvest: Harvest) -> None:
    """Lines of `name=value` that Agfa, Olympus, Polaroid and Sanyo cameras wrote."""
    fields = {name: value.decode("ascii").strip() for name, value in
              _PICTURE_INFO.findall(_content(block))}  # fmt: skip
    if not fields:
        raise DamagedError("has a layout that is not known here and was not read")
    harvest.add_device(
        "PictureInfo",
        {
            "make": ("ID", fields.get(b"ID")),
            "model": ("Type", fields.get(b"Type")),
            "serial_number": ("Serial#", fields.get(b"Serial#")),
        },
    )
    time = fields.get(b"TimeDate", "")
    if time.isdigit() and len(time) <= 10:  # seconds since 1970 in local time
        time = datetime.fromtimestamp(int(time), UTC).replace(tzinfo=None).isoformat()
    harvest.add_time("PictureInfo", "TimeDate", time)


def _read_ricoh(block: Source, harvest: Harvest) -> None:
    """Fields that the owner of a camera defined: sections of names, texts and numbers.

    Raises:
        DamagedError: one of the later segments, which hold sound or bar codes.
    """
    content = _content(block)
    order = "<" if content[:2] == b"II" else ">"
    if len(content) < 10 or content[4:6] != b"\0\0":
        raise DamagedError("holds sound or bar codes, which are not read here")
    offset = struct.unpack_from(order + "H", content, 8)[0] + 10
    texts: dict[int, list[bytes]] = {}
    while offset + 4 <= len(content):
        kind, size = struct.unpack_from(order + "HH", content, offset)
        if size < 2:
            break
        texts[kind] = content[offset + 4 : offset + 2 + size].split(b"\0")
        offset += 2 + size
    values = texts.get(2) or texts.get(18) or []
    joined = ", ".join(value.decode("utf-8", "replace") for value in values if value)
    note_text(harvest, "Ricoh RMETA", "RMETA", joined, block.spans())


def _read_unicode_comment(block: Source, harvest: Harvest) -> None:
    text = _content(block).decode("utf-16-be", "replace")
    note_text(harvest, "JPEG comment", "UNICODE", text, block.spans())


def _read_text(block: Source, harvest: Harvest) -> None:
    text = re.sub(r"<[^>]*>", " ", decode_text(_content(block).replace(b"\0", b" ")))
    note_text(harvest, "JPEG application data", "text", text, block.spans())


def _read_stereo_comment(block: Source, harvest: Harvest) -> None:
    """JPS: length and descriptor of a stereo pair (6 bytes), length of a comment, comment."""
    comment = block.window(8, block.size)
    note_text(harvest, "JPS", "Comment", decode_text(_content(comment)), comment.spans())


def _read_casio(block: Source, harvest: Harvest) -> None:
    """Time and model of QV cameras, at fixed places behind the five bytes of the prefix."""
    time = decode_text(block.read_up_to(0x4D - 5, 20)).replace(".", ":")
    harvest.add_time("Casio QVCI", "DateTimeOriginal", time, block.spans(0x4D - 5, 20))
    model = decode_text(block.read_up_to(0x62 - 5, 7))
    harvest.add_device("Casio QVCI", {"model": ("ModelType", model)}, block.spans(0x62 - 5, 7))


def _read_unique_id(block: Source, harvest: Harvest) -> None:
    harvest.add_edit("Samsung", "ssuniqueid", "document_id", decode_text(_content(block)))


def _read_gopro(block: Source, harvest: Harvest) -> None:
    harvest.add_block(BlockKind.GPMF, block)


def _read_kodak(block: Source, harvest: Harvest) -> None:
    """Its own tags, and EXIF's, should there be any."""
    read_kodak_meta(block, harvest)
    harvest.add_block(BlockKind.EXIF, block)


def _read_tiff(block: Source, harvest: Harvest) -> None:
    """EXIF's structure under another name, with tags of its own."""
    harvest.add_block(BlockKind.EXIF, block)


def _unread(maker: str) -> _Reader:
    """A reader that says that it cannot read."""

    def read(_block: Source, _harvest: Harvest) -> None:
        raise DamagedError(f"is in a format of {maker}, which is not read here")

    return read


_READERS: tuple[tuple[int | None, bytes, _Reader], ...] = (
    (0xE0, b"JFIF\0", _read_jfif),
    (0xE0, b"JFXX\0", _read_jfxx),
    (0xE1, b"PARROT\0", _read_tiff),
    (0xE1, b"QVCI\0", _read_casio),
    (None, b"FPXR\0", _unread("FlashPix")),
    (0xE3, b"Meta\0\0", _read_kodak),
    (0xE3, b"META\0\0", _read_kodak),
    (0xE3, b"Exif\0\0", _read_tiff),
    (0xE3, b"Stim\0\0", _read_tiff),
    (0xE3, b"_JPSJPS_", _read_stereo_comment),
    (0xE5, b"RMETA\0", _read_ricoh),
    (0xE5, b"ssuniqueid\0", _read_unique_id),
    (0xE6, b"EPPIM\0", _read_tiff),
    (0xE6, b"GoPro\0", _read_gopro),
    (0xE9, b"Media Jukebox\0", _read_text),
    (0xEA, b"UNICODE\0", _read_unicode_comment),
    (0xEC, b"Ducky", _read_ducky),
    (0xEC, b"", _read_picture_info),
)
# Sizes, tables and numbers of the picture itself.
_TECHNICAL = (
    b"Adobe\0", b"Adobe\x01", b"Adobe_CM", b"AVI1", b"Ocad", b"SPIFF\0", b"NITF\0", b"HDR_RI ",
    b"AROT\0", b"SCALADO\0", b"\x1aQualcomm", b"QTI Debug Metadata\0", b"Q ", b"ICC_PROFILE",
    b"JP", b"Adobed", b"XT\0", b"JFIF",
)  # fmt: skip
_TIFF_START = re.compile(rb"II\*\0|MM\0\*")
_JPEG_START = re.compile(rb"\xff\xd8\xff[\xc4\xdb\xe0-\xef]")
_XMP_START = re.compile(rb"<x:x[am]pmeta|<\?xpacket begin")
_SEARCHED_BYTES = 64


def _read_unknown(block: Source, harvest: Harvest) -> None:
    """Look for what other makers are known to keep in such segments: XMP, EXIF, previews, text."""
    content = _content(block)
    xmp, tiff = _XMP_START.search(content), _TIFF_START.search(content, 0, _SEARCHED_BYTES)
    picture = _JPEG_START.search(content, 0, _SEARCHED_BYTES)
    if xmp:
        harvest.add_block(BlockKind.XMP, block.window(xmp.start(), block.size))
    elif tiff:
        harvest.add_block(BlockKind.EXIF, block.window(tiff.start(), block.size))
    elif picture:
        preview = block.window(picture.start(), block.size)
        kind = picture_kind(preview)
        remarks = {"media_type": "image/jpeg", **({"kind": kind} if kind else {})}
        harvest.add_embedded("JPEG application data", "picture", preview, remarks)
    elif content.strip(b"\0 \xff") and not _noted_as_text(content, block, harvest):
        raise DamagedError("has a layout that is not known here and was not read")


def _noted_as_text(content: bytes, block: Source, harvest: Harvest) -> bool:
    text = content.rstrip(b"\0")
    if not text.isascii() or any(byte < 9 for byte in text):
        return False
    note_text(harvest, "JPEG application data", "text", text.decode("ascii"), block.spans())
    return True
