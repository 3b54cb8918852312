"""Builds pictures with something in or behind them; all places and people are invented."""

from __future__ import annotations

import hashlib
import io
import struct

import metadata_builders as build
from PIL import Image

from screening.records import Finding

ISO_6709 = "+12.5125-034.2500/"


def noise(size: int) -> bytes:
    """Bytes without any structure, the same ones every time."""
    blocks = (
        hashlib.sha256(struct.pack(">I", number)).digest() for number in range(size // 32 + 1)
    )
    return b"".join(blocks)[:size]


def small_jpeg(colour: str = "navy", *segments: bytes) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (32, 24), colour).save(stream, "JPEG")
    plain = stream.getvalue()
    return b"".join([plain[:2], *segments, plain[2:]])


def small_gif(*extensions: bytes) -> bytes:
    stream = io.BytesIO()
    Image.new("P", (8, 8)).save(stream, "GIF")
    plain = stream.getvalue()
    return b"".join([plain[:-1], *extensions, plain[-1:]])


def sub_blocks(content: bytes) -> bytes:
    parts = [content[start : start + 255] for start in range(0, len(content), 255)]
    return b"".join(bytes([len(part)]) + part for part in parts) + b"\0"


def located_jpeg() -> bytes:
    return build.jpeg(build.exif_segment(build.tiff_block()))


def located_movie() -> bytes:
    place = build.box(b"\xa9xyz", build.quicktime_text(ISO_6709))
    return build.movie(build.box(b"udta", place))


def multi_picture(*pictures: tuple[int, bytes], order: str = ">") -> bytes:
    """A JPEG with an MP index and pictures (type, bytes) behind its end."""
    count = len(pictures) + 1
    start = b"MM\0*" if order == ">" else b"II*\0"
    head_bytes = 8 + 2 + 12 + 4
    plain = build.jpeg()
    segment_bytes = 4 + 4 + head_bytes + 16 * count
    header_at = 2 + 4 + 4
    primary_bytes = len(plain) + segment_bytes
    entries = [struct.pack(order + "4I", 0x030000, primary_bytes, 0, 0)]
    offset = primary_bytes - header_at
    for kind, content in pictures:
        entries.append(struct.pack(order + "4I", kind, len(content), offset, 0))
        offset += len(content)
    index = start + struct.pack(order + "IH", 8, 1)
    index += struct.pack(order + "HHIII", 0xB002, 7, 16 * count, head_bytes, 0)
    segment = build.segment(0xE2, b"MPF\0" + index + b"".join(entries))
    assert len(segment) == segment_bytes
    return plain[:2] + segment + plain[2:] + b"".join(content for _, content in pictures)


def samsung_trailer(*blocks: tuple[int, bytes, bytes]) -> bytes:
    """Blocks of (type, name, value) and the directory behind them."""
    bodies = [
        struct.pack("<HHI", 0, kind, len(name)) + name + value for kind, name, value in blocks
    ]
    entries, back = [], sum(map(len, bodies))
    for (kind, _, _), body in zip(blocks, bodies, strict=True):
        entries.append(struct.pack("<HHII", 0, kind, back, len(body)))
        back -= len(body)
    table = b"SEFH" + struct.pack("<II", 107, len(blocks)) + b"".join(entries)
    return b"".join(bodies) + table + struct.pack("<I", len(table)) + b"SEFT"


def embedded(findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.embedded]


def bytes_of(finding: Finding, content: bytes) -> bytes:
    """The bytes that a finding names, put together."""
    return b"".join(content[span.start : span.start + span.size_bytes] for span in finding.spans)


def carried(findings: list[Finding], label: str) -> list[tuple[str, str]]:
    """Carrier and field of every finding with a label."""
    return [
        (str(finding.evidence["carrier"]), str(finding.evidence["field"]))
        for finding in findings
        if finding.label == label
    ]
