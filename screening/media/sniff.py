"""Says what a file is by its content, and reads it once for its digest."""

from __future__ import annotations

import hashlib
import io
import os
import re
import stat
import struct
from pathlib import Path
from typing import BinaryIO

from screening.config import MediaLimits
from screening.errors import LimitExceededError, UnreadableMediaError
from screening.media.formats import EMPTY_TYPE, FORMATS, UNKNOWN_TYPE
from screening.media.raw import tiff_type
from screening.records import MediaFile, MediaKind

_HEAD_BYTES = 4096
_BLOCK_BYTES = 1 << 20

# Magic numbers at offset 0, longest claim first where one begins with another.
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"IIRO", "image/x-olympus-orf"),
    (b"IIRS", "image/x-olympus-orf"),
    (b"MMOR", "image/x-olympus-orf"),
    (b"IIU\x00", "image/x-panasonic-rw2"),
    (b"II\xbc", "image/jxr"),
    (b"II\x1a\x00\x00\x00HEAPCCDR", "image/x-canon-crw"),
    (b"FUJIFILMCCD-RAW", "image/x-fuji-raf"),
    (b"FOVb", "image/x-sigma-x3f"),
    (b"\x00MRM", "image/x-minolta-mrw"),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "image/jp2"),
    (b"\xff\x4f\xff\x51", "image/jp2"),
    (b"\x00\x00\x00\x0cJXL \r\n\x87\n", "image/jxl"),
    (b"\xff\x0a", "image/jxl"),
    (b"8BPS", "image/vnd.adobe.photoshop"),
    (b"\xff\x01Exiv2", "image/x-exv"),
    (b"icns", "image/icns"),
    (b"BPG\xfb", "image/bpg"),
    (b"FLIF", "image/flif"),
    (b"gimp xcf", "image/x-xcf"),
    (b"\x76\x2f\x31\x01", "image/x-exr"),
    (b"SIMPLE  =", "image/fits"),
    (b"AT&TFORM", "image/vnd.djvu"),
    (b"\x8aMNG\r\n\x1a\n", "image/x-mng"),
    (b"\x8bJNG\r\n\x1a\n", "image/x-mng"),
    (b"\x00\x00\x01\xba", "video/mpeg"),
    (b"\x00\x00\x01\xb3", "video/mpeg"),
    (b"FLV\x01", "video/x-flv"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "video/x-ms-asf"),
    (b"OggS", "application/ogg"),
    (b"\x06\x0e\x2b\x34\x02\x05\x01\x01", "application/mxf"),
    (b".RMF", "application/vnd.rn-realmedia"),
    (b"ID3", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"%PDF-", "application/pdf"),
    (b"%!PS", "application/postscript"),
    (b"\xc5\xd0\xd3\xc6", "application/postscript"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\x00", "application/x-xz"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
)
_RIFF = {b"WEBP": "image/webp", b"AVI ": "video/x-msvideo", b"WAVE": "audio/x-wav"}
_IFF = {b"AIFF": "audio/aiff", b"AIFC": "audio/aiff"}
_TIFF = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
# Sizes of the information header in every BMP version; "BM" alone opens many a text, too.
_BMP_HEADER_BYTES = frozenset({12, 16, 40, 52, 56, 64, 108, 124})

_PATTERNS = (
    (re.compile(rb"\x00\x00[\x01\x02]\x00[\x01-\xff]\x00"), "image/x-icon"),  # 1 to 255 pictures
    (re.compile(rb"P[1-7]\s"), "image/x-portable-anymap"),
    (re.compile(rb".{128}DICM", re.DOTALL), "application/dicom"),
    # Three sync bytes, 188 apart, in MPEG-TS; 192 apart after a time code in M2TS.
    (re.compile(rb"G.{187}G.{187}G", re.DOTALL), "video/mp2t"),
    (re.compile(rb".{4}G.{191}G.{191}G", re.DOTALL), "video/mp2t"),
)

# ISO/IEC 14496-12 brands that decide by themselves; any other brand is an MP4.
_BRANDS = {
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"heim": "image/heic",
    b"heis": "image/heic",
    b"hevc": "image/heic-sequence",
    b"hevx": "image/heic-sequence",
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"crx ": "image/x-canon-cr3",
    b"jp2 ": "image/jp2",
    b"jxl ": "image/jxl",
    b"mjp2": "video/mj2",
    b"qt  ": "video/quicktime",
    b"M4V ": "video/x-m4v",
    b"M4VH": "video/x-m4v",
    b"M4VP": "video/x-m4v",
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
    b"M4P ": "audio/mp4",
    b"aax ": "audio/mp4",
}
# HEIF's structural brands (ISO/IEC 23008-12) leave the coding to the compatible brands.
_STRUCTURAL = {b"mif1": "image/heif", b"mif2": "image/heif", b"msf1": "image/heif-sequence"}
# QuickTime files from before `ftyp` start with one of these atoms.
_OLD_QUICKTIME = frozenset({b"moov", b"mdat", b"wide", b"pnot", b"free", b"skip"})


def identify(path: Path, limits: MediaLimits) -> MediaFile:
    """Read a file once: its digest, its size, and what it is by content.

    Args:
        path: any file; its name plays no part.
        limits: `max_bytes` applies.

    Returns:
        A record of kind UNSUPPORTED, with the best media type known, where the content is
        empty or of no type that is read here.

    Raises:
        UnreadableMediaError: not a regular file, or the operating system refuses it.
        LimitExceededError: larger than `limits.max_bytes`; nothing is read then.
    """
    with open_regular(path) as stream:
        try:
            check_bytes(os.fstat(stream.fileno()).st_size, limits)
            digest, size_bytes = _digest(stream, limits)
            stream.seek(0)
            content_type = media_type(stream)
        except OSError as error:
            raise _refused(error) from error
    kind = FORMATS[content_type].kind if content_type in FORMATS else MediaKind.UNSUPPORTED
    return MediaFile(path, digest, kind, content_type, size_bytes)


def open_regular(path: Path) -> io.FileIO:
    """Open a regular file for reading, without ever waiting for a pipe or a device.

    Raises:
        UnreadableMediaError: not a regular file, or the operating system refuses it.
    """
    # Opening a pipe waits for a writer and opening a device can act on it, so the type is
    # asked first and O_NONBLOCK covers an exchange between the two calls.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        _check_regular(path.stat().st_mode)
        stream = io.FileIO(os.open(path, flags), "rb")
    except OSError as error:
        raise _refused(error) from error
    except ValueError as error:
        raise UnreadableMediaError("The name of this file is not one that can be opened.") from (
            error
        )
    try:
        _check_regular(os.fstat(stream.fileno()).st_mode)
    except UnreadableMediaError:
        stream.close()
        raise
    return stream


def check_bytes(size_bytes: int, limits: MediaLimits) -> None:
    """Hold a file size against the limit.

    Raises:
        LimitExceededError: it is larger.
    """
    if size_bytes > limits.max_bytes:
        raise LimitExceededError(
            f"The file has {size_bytes} bytes; at most {limits.max_bytes} are examined"
            " (limits.max_bytes)."
        )


def _check_regular(mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise UnreadableMediaError("This is not a file but a folder, a pipe or a device.")


def _refused(error: OSError) -> UnreadableMediaError:
    reason = error.strerror or "unknown reason"
    return UnreadableMediaError(
        f"The file cannot be read: {reason}. Check that it exists and that you may open it."
    )


def _digest(stream: io.FileIO, limits: MediaLimits) -> tuple[str, int]:
    digest, size_bytes = hashlib.sha256(), 0
    while block := stream.read(_BLOCK_BYTES):
        digest.update(block)
        size_bytes += len(block)
        check_bytes(size_bytes, limits)  # a file can grow while it is read
    return digest.hexdigest(), size_bytes


def media_type(stream: BinaryIO | io.FileIO) -> str:
    """The media type of what a stream holds, by its content alone.

    Args:
        stream: seekable, at its start; its position is not kept.

    Returns:
        An IANA media type; `application/x-empty` for nothing, `application/octet-stream` for what
        is not known.
    """
    head = stream.read(_HEAD_BYTES) or b""
    if not head:
        return EMPTY_TYPE
    if head.startswith(_TIFF):
        return tiff_type(stream, head)
    return _by_magic(head) or _by_container(head) or _by_text(head) or UNKNOWN_TYPE


def _by_magic(head: bytes) -> str | None:
    for magic, media_type in _MAGIC:
        if head.startswith(magic):
            return media_type
    if head.startswith(b"BM") and len(head) >= 18:
        header_bytes = struct.unpack_from("<I", head, 14)[0]
        return "image/bmp" if header_bytes in _BMP_HEADER_BYTES else None
    return next((kind for pattern, kind in _PATTERNS if pattern.match(head)), None)


def _by_container(head: bytes) -> str | None:
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12])
    if head.startswith(b"FORM"):
        return _IFF.get(head[8:12])
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        # Matroska's DocType element (RFC 8794, 11.2.6) lies within the first header.
        return "video/webm" if b"\x42\x82\x84webm" in head[:256] else "video/x-matroska"
    if head[4:8] == b"ftyp":
        return _by_brand(head)
    if head[4:8] in _OLD_QUICKTIME:
        return "video/quicktime"
    return None


def _by_brand(head: bytes) -> str:
    length = min(struct.unpack_from(">I", head)[0], len(head))
    major = head[8:12]
    compatible = [head[at : at + 4] for at in range(16, length - 3, 4)]
    if major in _BRANDS:
        return _BRANDS[major]
    if major in _STRUCTURAL:
        coded = next((_BRANDS[brand] for brand in compatible if brand in _BRANDS), None)
        return coded if coded and coded.startswith("image/") else _STRUCTURAL[major]
    if major[:2] == b"3g":
        return "video/3gpp2" if major[:3] == b"3g2" else "video/3gpp"
    return "video/mp4"


def _by_text(head: bytes) -> str | None:
    if b"\x00" in head:
        return None
    try:
        # The head may end within a character.
        text = head.decode("utf-8-sig", errors="strict" if len(head) < _HEAD_BYTES else "ignore")
    except UnicodeDecodeError:
        return None
    start = text.lstrip().lower()
    if start.startswith("<"):
        for mark, media_type in (
            ("<svg", "image/svg+xml"),
            ("<!doctype html", "text/html"),
            ("<html", "text/html"),
            ("<x:xmpmeta", "application/rdf+xml"),
            ("<?xpacket", "application/rdf+xml"),
            ("<rdf:rdf", "application/rdf+xml"),
            ("<?xml", "application/xml"),
        ):
            if mark in start:
                return media_type
    return "text/plain"
