"""Files made to keep a reader busy: loops, huge counts, wrong offsets, bombs, deep nesting."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

import brotli
import leak_cases as leaks
import metadata_builders as build

HUGE = 0xFFFFFFFF
_MANY = 20_000


def hostile_cases() -> Iterator[tuple[str, bytes]]:
    """Each kind by name, with its bytes."""
    for kinds in (_tiff, _jpeg, _chunks, _boxes, _movie_tables, _texts):
        yield from kinds()


def _directory(*entries: bytes, following: int = 0) -> bytes:
    return struct.pack("<H", len(entries)) + b"".join(entries) + struct.pack("<I", following)


def _entry(tag: int, kind: int, count: int, value: int) -> bytes:
    return struct.pack("<HHII", tag, kind, count, value)


def _tiff() -> Iterator[tuple[str, bytes]]:
    head = struct.pack("<2sHI", b"II", 42, 8)
    pairs = {
        "directory follows itself": _directory(_entry(256, 3, 1, 1), following=8),
        "directory holds itself": _directory(_entry(0x8769, 4, 1, 8)),
        "GPS directory is the first": _directory(_entry(0x8825, 4, 1, 8), following=8),
        "sub-directories without end": _directory(_entry(0x014A, 4, HUGE // 4, 8)),
        "text of 4 GB": _directory(_entry(0x010F, 2, HUGE, 8)),
        "rationals of 32 GB": _directory(_entry(2, 5, HUGE, 8), _entry(4, 5, HUGE, 8)),
        "value behind the end": _directory(_entry(0x010F, 2, 100, HUGE - 50)),
        "unknown types": _directory(*(_entry(tag, tag % 70, 9, 8) for tag in range(200))),
        "maker note is the file": _directory(_entry(0x010F, 2, 6, 8), _entry(0x927C, 7, 60, 0)),
        "thumbnail is the file": _directory(_entry(0x0201, 4, 1, 0), _entry(0x0202, 4, 1, 60)),
        "XMP is the file": _directory(_entry(700, 1, 60, 0), _entry(34377, 1, 60, 0)),
        "65,535 entries": struct.pack("<H", 65535),
    }
    for name, directory in pairs.items():
        block = head + directory
        yield f"TIFF: {name}", block
        yield f"EXIF: {name}", build.jpeg(build.exif_segment(block))
    chain = b"".join(
        _directory(_entry(256, 3, 1, 1), following=8 + 18 * (index + 1)) for index in range(_MANY)
    )
    yield "TIFF: 20,000 directories", head + chain
    same = _entry(0x8769, 4, 2000, 8 + 18)
    yield "TIFF: 2,000 pointers to one place", head + _directory(same) + struct.pack("<I", 8) * 2000


def _jpeg() -> Iterator[tuple[str, bytes]]:
    yield "JPEG: 20,000 comments", build.jpeg(*([build.segment(0xFE, b"x")] * _MANY))
    yield "JPEG: 5,000 EXIF segments", build.jpeg(*([leaks_segment()] * 5000))
    yield "JPEG: markers only", b"\xff\xd8" + b"\xff\xe1\0\2" * _MANY
    yield "JPEG: scans only", b"\xff\xd8" + b"\xff\xda\0\2\xff" * _MANY
    yield "JPEG: fill bytes", b"\xff\xd8" + b"\xff" * 2_000_000
    yield "JPEG: coded data without end", b"\xff\xd8\xff\xda\0\2" + b"\xff\0" * 4_000_000
    extension = b"http://ns.adobe.com/xmp/extension/\0" + b"A" * 32
    parts = [extension + struct.pack(">II", HUGE, index) + b"<x" for index in range(5000)]
    yield "JPEG: extended XMP of 4 GB", build.jpeg(*(build.segment(0xE1, part) for part in parts))
    plain = leaks.photo("JPEG")
    yield "JPEG: 3,000 pictures behind it", plain * 3000
    yield "JPEG: starts of pictures behind it", plain + b"\xff\xd8\xff\xe0" * 100_000
    yield "JPEG: starts of boxes behind it", plain + build.box(b"ftyp", b"isom") * _MANY
    mpf = struct.pack("<2sHI", b"II", 42, 8) + _directory(
        _entry(0xB001, 4, 1, HUGE), _entry(0xB002, 7, 16 * 1000, 50)
    )
    mpf += struct.pack("<IIIHH", 0, 60_000, 0, 0, 0) * 1000
    yield (
        "JPEG: index of 1,000 overlapping pictures",
        plain[:2] + build.segment(0xE2, b"MPF\0" + mpf) + plain[2:] * 60,
    )
    nested = plain
    for _ in range(12):
        head = struct.pack("<2sHI", b"II", 42, 8)
        head += _directory(_entry(0x0201, 4, 1, 38), _entry(0x0202, 4, 1, len(nested)))
        nested = plain[:2] + build.exif_segment(head + nested) + plain[2:]
    yield "JPEG: thumbnails in thumbnails", nested
    icc = b"ICC_PROFILE\0\1\1" + bytes(128) + struct.pack(">I", HUGE) + b"desc" * 4000
    yield "JPEG: colour profile with 4 G tags", build.jpeg(build.segment(0xE2, icc))
    jumbf = b"JP\0\1\0\0\0\1" + b"\0\0\0\x10jumb" * 4000
    yield "JPEG: JUMBF in JUMBF", build.jpeg(build.segment(0xEB, jumbf))
    resources = b"8BIM" + struct.pack(">HHI", 0x0404, 0, HUGE) + b"x"
    yield "JPEG: Photoshop resource of 4 GB", build.jpeg(build.photoshop_segment(resources))
    many = build.image_resource(0x0404, b"\x1c\2\x5a\0\0") * 3000
    yield "JPEG: 3,000 IPTC blocks", build.jpeg(build.photoshop_segment(many[:65000]))
    iptc = b"\x1c\2\x5a\x80\x08" + b"\x7f" * 8
    yield (
        "JPEG: IPTC length of 2^63",
        build.jpeg(build.photoshop_segment(build.image_resource(0x0404, iptc))),
    )


def leaks_segment() -> bytes:
    """An EXIF segment with a position."""
    return build.exif_segment(leaks.exif_block()[6:])


def _chunks() -> Iterator[tuple[str, bytes]]:
    bomb = zlib.compress(bytes(200_000_000), 9)
    for keyword in (b"XML:com.adobe.xmp", b"Raw profile type exif", b"Comment"):
        name = keyword.decode()
        yield (
            f"PNG: bomb in {name}",
            build.png(
                build.png_chunk(b"zTXt", keyword + b"\0\0" + bomb),
                build.png_chunk(b"iTXt", keyword + b"\0\1\0\0\0" + bomb),
            ),
        )
    profile = build.png_chunk(b"iCCP", b"x\0\0" + bomb)
    yield "PNG: bomb in a colour profile", build.png(profile)
    yield "PNG: 100 bombs", build.png(*[build.png_chunk(b"zTXt", b"Author\0\0" + bomb)] * 100)
    yield "PNG: chunk of 4 GB", build.png()[:-12] + struct.pack(">I4s", HUGE, b"eXIf")
    empty = build.png_chunk(b"tEXt", b"Author\0x")
    yield "PNG: 20,000 texts", build.png(*([empty] * _MANY))
    yield (
        "PNG: profile of wrong length",
        build.png(build.png_chunk(b"tEXt", b"Raw profile type iptc\0\niptc\n99999999999999\n00")),
    )
    gif = leaks.photo("GIF")[:-1]
    yield "GIF: blocks without end", gif + b"\x21\xfe" + b"\x01x" * 1_000_000
    yield "GIF: 20,000 comments", gif + b"\x21\xfe\x01x\0" * _MANY + b";"
    yield "GIF: XMP without end", gif + b"\x21\xff\x0bXMP DataXMP" + b"\xff" * 1_000_000
    lists = b""
    for _ in range(2000):
        lists = b"LIST" + struct.pack("<I", len(lists) + 4) + b"INFO" + lists
    for form in (b"AVI ", b"WEBP"):
        body = form + lists
        name = form.decode().strip()
        yield f"RIFF: 2,000 lists in lists, {name}", b"RIFF" + struct.pack("<I", len(body)) + body
        body = form + b"EXIF" + struct.pack("<I", HUGE)
        yield f"RIFF: chunk of 4 GB, {name}", b"RIFF" + struct.pack("<I", HUGE) + body
        body = form + (b"JUNK" + bytes(4)) * 100_000
        yield f"RIFF: 100,000 empty chunks, {name}", b"RIFF" + struct.pack("<I", len(body)) + body
    psd = b"8BPS" + struct.pack(">H6xHIIHH", 1, 3, 8, 8, 8, 3)
    yield "PSD: resources of 4 GB", psd + struct.pack(">II", 0, HUGE)
    yield "PSD: colours of 4 GB", psd + struct.pack(">I", HUGE)


def _boxes() -> Iterator[tuple[str, bytes]]:
    ftyp = build.box(b"ftyp", b"isom", bytes(4), b"isom")
    for kind in (b"moov", b"udta", b"meta", b"trak", b"uuid", b"ilst", b"mpvd"):
        nested = b""
        for _ in range(3000):
            nested = build.box(kind, nested)
        yield f"boxes: 3,000 {kind.decode()} in {kind.decode()}", ftyp + nested
    yield "boxes: 100,000 empty", ftyp + build.box(b"free") * 100_000
    yield "boxes: 20,000 movies", ftyp + build.box(b"moov", build.box(b"udta")) * _MANY
    yield "boxes: size 2^64-1", ftyp + struct.pack(">I4sQ", 1, b"moov", 2**64 - 1)
    yield "boxes: size 0 in a movie", build.movie(struct.pack(">I4s", 0, b"udta") + bytes(64))
    yield "boxes: size 7", ftyp + struct.pack(">I4s", 7, b"moov")
    keys = build.box(b"keys", struct.pack(">II", 0, HUGE), struct.pack(">I4s", 8, b"mdta") * _MANY)
    handler = build.box(b"hdlr", bytes(8), b"mdta", bytes(12))
    items = build.box(b"ilst", build.box(b"\0\0\0\1", build.box(b"data", bytes(8), b"x")) * _MANY)
    yield "boxes: 20,000 keys and items", build.movie(build.box(b"meta", handler, keys, items))
    heif = build.box(b"ftyp", b"heic", bytes(4), b"mif1heic")
    info = build.full_box(b"infe", struct.pack(">HH4s", 1, 0, b"Exif"), b"\0", version=2)
    iinf = build.full_box(b"iinf", struct.pack(">H", 65535), info * 5000)
    extents = struct.pack(">HHHH", 1, 0, 0, 65535) + struct.pack(">II", 0, 2_000_000) * 65535
    iloc = build.full_box(b"iloc", struct.pack(">HH", 0x4400, 1), extents, version=1)
    yield "HEIF: item of 65,535 overlapping parts", heif + build.full_box(b"meta", iinf, iloc)
    row = struct.pack(">HHHHII", 1, 0, 0, 1, 0, 10_000_000)
    iloc = build.full_box(b"iloc", struct.pack(">HH", 0x4400, 65535), row * 5000, version=1)
    yield (
        "HEIF: 5,000 items in one place",
        heif + build.full_box(b"meta", iinf, iloc) + bytes(9_000_000),
    )
    jxl = build.box(b"JXL ", b"\r\n\x87\n") + build.box(b"ftyp", b"jxl ", bytes(4), b"jxl ")
    bomb = brotli.compress(bytes(300_000_000), quality=1)
    yield "JPEG XL: Brotli bomb", jxl + build.box(b"brob", b"xml ", bomb)
    yield "JPEG XL: 20 Brotli bombs", jxl + build.box(b"brob", b"Exif", bomb) * 20
    jumbf = b""
    for _ in range(3000):
        jumbf = build.box(b"jumb", jumbf)
    yield "JPEG XL: JUMBF in JUMBF", jxl + jumbf


def _movie_tables() -> Iterator[tuple[str, bytes]]:
    huge = struct.pack(">II", 0, HUGE)
    tables = {
        "samples": {b"stsz": struct.pack(">III", 0, 8, HUGE)},
        "sizes": {b"stsz": struct.pack(">III", 0, 0, HUGE) + bytes(4000)},
        "chunks": {b"stco": huge + bytes(4000)},
        "chunk runs": {b"stsc": huge + struct.pack(">III", 1, HUGE, 1) * 100},
        "times": {b"stts": huge + struct.pack(">II", HUGE, HUGE) * 100},
        "descriptions": {b"stsd": huge + build.box(b"gpmd", bytes(8)) * 100},
    }
    for name, changed in tables.items():
        yield f"movie: 4 G {name}", _metadata_track(changed)
    samples = {
        b"stsz": struct.pack(">III", 0, 4096, 100_000),
        b"stsc": struct.pack(">IIIII", 0, 1, 1, 100_000, 1),
        b"stts": struct.pack(">IIII", 0, 1, 100_000, 1),
    }
    gpmf = b"DEVC\0\1\x0f\xf8" + b"STRM\0\1\0\0" * 511
    yield "movie: 100,000 samples in one place", _metadata_track(samples, gpmf)
    nested = b""
    for _ in range(500):
        nested = b"STRM\0\1" + struct.pack(">H", len(nested)) + nested
    yield "movie: GPMF in GPMF", _metadata_track({}, nested)
    ebml = bytes.fromhex("1a45dfa3") + b"\x80" + bytes.fromhex("18538067")
    yield "Matroska: unknown sizes", ebml + b"\xff" + b"\x1f\x43\xb6\x75\xff" * _MANY
    yield "Matroska: size 2^56", ebml + b"\x01" + b"\xfe" * 7 + b"\x12\x54\xc3\x67\x80"
    tags = b""
    for _ in range(1000):
        size = struct.pack(">I", len(tags) | 0x10000000)
        tags = b"\x67\xc8" + size + tags
    whole = b"\x12\x54\xc3\x67" + struct.pack(">I", len(tags) | 0x10000000) + tags
    yield "Matroska: tags in tags", ebml + struct.pack(">I", len(whole) | 0x10000000) + whole


def _metadata_track(changed: dict[bytes, bytes], sample: bytes = b"DEVC\0\1\0\0") -> bytes:
    ftyp = build.box(b"ftyp", b"mp41", bytes(4), b"mp41")
    tables = {
        b"stsd": struct.pack(">II", 0, 1) + build.box(b"gpmd", bytes(8)),
        b"stts": struct.pack(">IIII", 0, 1, 1, 1000),
        b"stsc": struct.pack(">IIIII", 0, 1, 1, 1, 1),
        b"stsz": struct.pack(">IIII", 0, 0, 1, len(sample)),
        b"stco": struct.pack(">III", 0, 1, len(ftyp) + 8),
    } | changed
    table = build.box(b"stbl", *(build.box(kind, content) for kind, content in tables.items()))
    handler = build.full_box(b"hdlr", b"mhlrmeta", bytes(12), b"\x0bGoPro MET  ")
    media = build.box(b"mdia", handler, build.box(b"minf", table))
    return ftyp + build.box(b"mdat", sample) + build.box(b"moov", build.box(b"trak", media))


def _texts() -> Iterator[tuple[str, bytes]]:
    laughs = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {after} "{f"&{before};" * 10}">'
        for before, after in zip("abcdefghi", "bcdefghij", strict=True)
    )
    yield "XMP: a billion laughs", f"{laughs}]><x:xmpmeta>&j;</x:xmpmeta>".encode()
    outside = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
    yield "XMP: entity from outside", f"{outside}<x:xmpmeta>&a;</x:xmpmeta>".encode()
    packet = leaks.xmp_packet(elements="<a>" * 100_000 + "</a>" * 100_000)
    yield "XMP: 100,000 elements deep", build.jpeg(build.xmp_segment(packet[:65000]))
    yield "XMP: 100,000 elements deep, alone", packet
    many = leaks.xmp_packet(elements="<dc:creator>x</dc:creator>" * 30_000)
    yield "XMP: 30,000 creators", many
    svg = b'<svg xmlns="http://www.w3.org/2000/svg">' + b"<g>" * 200_000
    yield "SVG: 200,000 groups deep", svg
    attributes = " ".join(f'a{index}="x"' for index in range(50_000))
    yield "XMP: 50,000 attributes", leaks.xmp_packet(attributes)
    yield (
        "XMP: number of 1 MB",
        leaks.xmp_packet(
            f'exif:GPSLatitude="{"9" * 1_000_000}N" exif:GPSLongitude="{"1," * 500_000}W"'
        ),
    )
