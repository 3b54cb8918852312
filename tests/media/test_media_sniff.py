"""What a file is, by content, and what the operating system may refuse."""

from __future__ import annotations

import hashlib
import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from screening.config import MediaLimits
from screening.errors import (
    EmptyFileError,
    LimitExceededError,
    UnreadableMediaError,
    UnsupportedMediaError,
)
from screening.media import extension_matches, identify, open_frames
from screening.records import MediaKind

LIMITS = MediaLimits()


def tiff(entries: list[tuple[int, int, int, bytes]], order: str = "<") -> bytes:
    """A TIFF header and one directory of `(tag, type, count, four bytes)`."""
    mark = b"II*\x00" if order == "<" else b"MM\x00*"
    body = b"".join(struct.pack(order + "HHI", *entry[:3]) + entry[3] for entry in entries)
    return mark + struct.pack(order + "IH", 8, len(entries)) + body + b"\x00\x00\x00\x00"


def ftyp(major: bytes, *compatible: bytes) -> bytes:
    body = b"ftyp" + major + b"\x00\x00\x00\x00" + b"".join(compatible)
    return struct.pack(">I", len(body) + 4) + body


@pytest.mark.parametrize(
    ("format_name", "media_type"),
    [
        ("JPEG", "image/jpeg"),
        ("PNG", "image/png"),
        ("WEBP", "image/webp"),
        ("GIF", "image/gif"),
        ("TIFF", "image/tiff"),
        ("BMP", "image/bmp"),
        ("HEIF", "image/heic"),
        ("AVIF", "image/avif"),
    ],
)
def test_pictures_are_known_by_content_whatever_their_name(
    tmp_path, encoded, photo, format_name, media_type
):
    data = encoded(photo, format_name)
    path = tmp_path / "holiday.pdf"
    path.write_bytes(data)
    media = identify(path, LIMITS)
    assert (media.kind, media.media_type) == (MediaKind.IMAGE, media_type)
    assert media.sha256 == hashlib.sha256(data).hexdigest()
    assert media.size_bytes == len(data)
    assert not extension_matches(path, media.media_type)


@pytest.mark.parametrize(
    ("content", "media_type", "kind"),
    [
        (b"", "application/x-empty", MediaKind.UNSUPPORTED),
        (b"\x01\x02\x03\x80", "application/octet-stream", MediaKind.UNSUPPORTED),
        (b"BM is how this text starts", "text/plain", MediaKind.UNSUPPORTED),
        ("Grüße aus Fairhaven".encode(), "text/plain", MediaKind.UNSUPPORTED),
        (b"PK\x03\x04rest", "application/zip", MediaKind.UNSUPPORTED),
        (b"%PDF-1.7\n", "application/pdf", MediaKind.UNSUPPORTED),
        (b"<?xml version='1.0'?><svg/>", "image/svg+xml", MediaKind.UNSUPPORTED),
        (b"<?xpacket begin=''?><x:xmpmeta/>", "application/rdf+xml", MediaKind.UNSUPPORTED),
        (b"8BPS\x00\x01", "image/vnd.adobe.photoshop", MediaKind.UNSUPPORTED),
        (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "image/jp2", MediaKind.UNSUPPORTED),
        (b"\xff\x0a\x00\x00", "image/jxl", MediaKind.UNSUPPORTED),
        (b"\x00\x00\x01\x00\x01\x00", "image/x-icon", MediaKind.UNSUPPORTED),
        (b"II*\x00\x10\x00\x00\x00CR\x02\x00", "image/x-canon-cr2", MediaKind.UNSUPPORTED),
        (ftyp(b"crx "), "image/x-canon-cr3", MediaKind.UNSUPPORTED),
        (ftyp(b"M4A ", b"isom"), "audio/mp4", MediaKind.UNSUPPORTED),
        (ftyp(b"mif1", b"mif1", b"heic"), "image/heic", MediaKind.IMAGE),
        (ftyp(b"mif1", b"miaf", b"avif"), "image/avif", MediaKind.IMAGE),
        (ftyp(b"mif1", b"miaf"), "image/heif", MediaKind.IMAGE),
        (ftyp(b"isom", b"mp41"), "video/mp4", MediaKind.VIDEO),
        (ftyp(b"qt  "), "video/quicktime", MediaKind.VIDEO),
        (b"\x00\x00\x00\x08wide", "video/quicktime", MediaKind.VIDEO),
        (ftyp(b"M4V "), "video/x-m4v", MediaKind.VIDEO),
        (ftyp(b"3gp5"), "video/3gpp", MediaKind.VIDEO),
        (b"RIFF\x00\x00\x00\x00AVI LIST", "video/x-msvideo", MediaKind.VIDEO),
        (b"\x1aE\xdf\xa3\x87B\x82\x84webm", "video/webm", MediaKind.VIDEO),
        (b"\x1aE\xdf\xa3\x8bB\x82\x88matroska", "video/x-matroska", MediaKind.VIDEO),
    ],
)
def test_content_decides(tmp_path, content, media_type, kind):
    path = tmp_path / "file.jpg"
    path.write_bytes(content)
    media = identify(path, LIMITS)
    assert (media.media_type, media.kind) == (media_type, kind)
    if kind is MediaKind.UNSUPPORTED:
        with pytest.raises((UnsupportedMediaError, EmptyFileError), match=r"not examined|empty"):
            open_frames(media, LIMITS)


@pytest.mark.parametrize(
    ("entries", "media_type"),
    [
        ([(50706, 1, 4, b"\x01\x04\x00\x00")], "image/x-adobe-dng"),
        ([(262, 3, 1, struct.pack("<HH", 32803, 0))], "image/x-dcraw"),
        ([(259, 3, 1, struct.pack("<HH", 32767, 0)), (271, 2, 4, b"Sony")], "image/x-sony-arw"),
        (
            [
                (254, 4, 1, struct.pack("<I", 1)),
                (271, 2, 4, b"NIKO"),
                (330, 4, 1, struct.pack("<I", 8)),
            ],
            "image/x-dcraw",
        ),
        ([(262, 3, 1, struct.pack("<HH", 2, 0)), (259, 3, 1, b"\x01\x00\x00\x00")], "image/tiff"),
        ([(330, 4, 5, struct.pack("<I", 2**31))], "image/tiff"),
    ],
)
def test_a_camera_raw_is_never_taken_for_its_small_preview(tmp_path, entries, media_type):
    path = tmp_path / "raw.tif"
    path.write_bytes(tiff(entries))
    assert identify(path, LIMITS).media_type == media_type


def test_raws_in_both_byte_orders_and_bigtiff(tmp_path):
    path = tmp_path / "raw"
    path.write_bytes(tiff([(50706, 1, 4, b"\x01\x04\x00\x00")], ">"))
    assert identify(path, LIMITS).media_type == "image/x-adobe-dng"
    entry = struct.pack("<HHQ8s", 50706, 1, 4, b"\x01\x04")
    path.write_bytes(b"II+\x00\x08\x00\x00\x00" + struct.pack("<QQ", 16, 1) + entry)
    assert identify(path, LIMITS).media_type == "image/x-adobe-dng"


@pytest.mark.parametrize(
    ("name", "media_type", "fits"),
    [
        ("a.JPG", "image/jpeg", True),
        ("a.jpeg", "image/png", False),
        ("a", "image/png", True),
        ("a.unheard-of", "image/png", True),
        ("a.mov", "video/mp4", True),
        ("a.heic", "image/heif", True),
        ("a.heic", "image/jpeg", False),
        ("a.mp4", "video/webm", False),
        ("a.tif", "image/x-adobe-dng", True),
        ("a.docx", "application/zip", True),
        ("a.jpg", "application/octet-stream", False),
        ("a.txt", "application/octet-stream", True),
        ("a.jpg", "application/x-empty", True),
        ("a.pdf", "image/jpeg", False),
    ],
)
def test_extension_matches(name, media_type, fits):
    assert extension_matches(Path(name), media_type) is fits


def test_a_pipe_is_refused_without_waiting_for_a_writer(tmp_path):
    pipe = tmp_path / "pipe.jpg"
    os.mkfifo(pipe)
    with pytest.raises(UnreadableMediaError, match="pipe"):
        identify(pipe, LIMITS)


def test_what_the_operating_system_refuses(tmp_path):
    loop = tmp_path / "loop.jpg"
    loop.symlink_to(loop)
    for path in (tmp_path, tmp_path / "missing.jpg", loop, Path("nul\x00byte.jpg")):
        with pytest.raises(UnreadableMediaError):
            identify(path, LIMITS)


def test_a_file_over_the_byte_limit_is_not_read(tmp_path):
    path = tmp_path / "large.jpg"
    with path.open("wb") as stream:
        stream.truncate(5 * 1024**3)  # sparse: reading it would take seconds
    with pytest.raises(LimitExceededError, match="max_bytes"):
        identify(path, LIMITS)


def test_a_file_that_changed_since_is_not_examined(tmp_path):
    path = tmp_path / "a.png"
    Image.new("RGB", (8, 8)).save(path)
    media = identify(path, LIMITS)
    path.write_bytes(path.read_bytes() + b"more")
    with pytest.raises(UnreadableMediaError, match="changed"):
        open_frames(media, LIMITS)


def test_the_original_stays_as_it_is(tmp_path, read, photo):
    path = tmp_path / "a.jpg"
    photo.save(path)
    path.chmod(0o444)
    before = path.read_bytes(), path.stat().st_mtime_ns
    assert read(path)[1] is None
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_importing_the_room_loads_no_decoder():
    code = (
        "import sys, screening.media;"
        "print([n for n in ('PIL', 'av', 'cv2', 'pillow_heif') if n in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"
