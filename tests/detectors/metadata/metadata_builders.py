"""Builds files with metadata in every container; all places and people are invented."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base
from PIL.TiffImagePlugin import IFDRational

from screening.detectors.base import DetectorResources
from screening.detectors.metadata.detector import MetadataDetector, MetadataOptions
from screening.errors import DetectorError
from screening.records import Finding, MediaFile, MediaKind

LATITUDE_DEG, LONGITUDE_DEG = 12.5125, -34.25
XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")


def detect(
    folder: Path, content: bytes, media_type: str = "application/octet-stream", **options: int
) -> list[Finding]:
    """Findings in a file with this content."""
    path = folder / "file"
    path.write_bytes(content)
    return detector(**options).detect_file(media_file(path, media_type))


def detect_damaged(folder: Path, content: bytes, **options: int) -> DetectorError:
    """The error that a damaged file raises."""
    try:
        detect(folder, content, **options)
    except DetectorError as error:
        return error
    raise AssertionError("no DetectorError was raised")


def detector(**options: int) -> MetadataDetector:
    resources = DetectorResources(agencies=(), threads=1, cache_dir=Path("unused"))
    # Towns have tests of their own; here nothing has prepared their index.
    return MetadataDetector(MetadataOptions(**{"nearest_town": False, **options}), resources)


def media_file(path: Path, media_type: str = "application/octet-stream") -> MediaFile:
    size_bytes = path.stat().st_size if path.exists() else 0
    return MediaFile(path, "0" * 64, MediaKind.IMAGE, media_type, size_bytes)


def positions(findings: list[Finding]) -> list[tuple[str, object, object]]:
    """Carrier, latitude and longitude of every position."""
    return [
        (
            str(finding.evidence["carrier"]),
            finding.sensitive["latitude_deg"],
            finding.sensitive["longitude_deg"],
        )
        for finding in findings
        if finding.label == "gps_location"
    ]


def values(findings: list[Finding], label: str) -> list[Mapping[str, object]]:
    return [dict(finding.sensitive) for finding in findings if finding.label == label]


def gps_directory(**changes: object) -> dict[int, object]:
    """Tags of the usual position, changed by tag name; None leaves a tag out."""
    tags: dict[str, object] = {
        "GPSLatitudeRef": "N",
        "GPSLatitude": rationals(12, 30, 45),
        "GPSLongitudeRef": "W",
        "GPSLongitude": rationals(34, 15, 0),
    } | changes
    return {GPS[name].value: value for name, value in tags.items() if value is not None}


def rationals(*parts: int | tuple[int, int]) -> tuple[IFDRational, ...]:
    return tuple(
        IFDRational(*part) if isinstance(part, tuple) else IFDRational(part) for part in parts
    )


def tiff_block(
    gps: Mapping[int, object] | None = None,
    image: Mapping[int, object] | None = None,
    exif: Mapping[int, object] | None = None,
) -> bytes:
    """A TIFF structure without the `Exif` preamble."""
    block = Image.Exif()
    for tag, value in (image or {}).items():
        block[tag] = value
    if exif:
        block.get_ifd(IFD.Exif).update(exif)
    block.get_ifd(IFD.GPSInfo).update(gps_directory() if gps is None else gps)
    return block.tobytes().removeprefix(b"Exif\0\0")


def camera_block() -> bytes:
    """A TIFF structure with camera, owner, artist and time."""
    return tiff_block(
        image={
            Base.Make: "Example Optics",
            Base.Model: "Lighthouse 1",
            Base.Artist: "Robin Example",
        },
        exif={
            Base.DateTimeOriginal: "2024:05:06 07:08:09",
            Base.OffsetTimeOriginal: "+02:00",
            Base.BodySerialNumber: "EX-0001",
            Base.LensSerialNumber: "LX-0002",
            Base.CameraOwnerName: "Kim Example",
        },
    )


def xmp_packet(attributes: str = "", elements: str = "") -> bytes:
    position = 'exif:GPSLatitude="12,30.75N" exif:GPSLongitude="34,15,0W"'
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:exif="http://ns.adobe.com/exif/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
 xmlns:aux="http://ns.adobe.com/exif/1.0/aux/"
 xmlns:drone="http://drone.example/1.0/"
 xmlns:Iptc4xmpCore="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"
 xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
 {attributes or ("" if elements else position)}>{elements}</rdf:Description>
</rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>""".encode()


def iptc_block(*datasets: tuple[int, int, bytes]) -> bytes:
    return b"".join(
        struct.pack(">BBBH", 0x1C, record, number, len(content)) + content
        for record, number, content in datasets
    )


def image_resource(number: int, content: bytes) -> bytes:
    padded = content + bytes(len(content) % 2)
    return b"8BIM" + struct.pack(">HHI", number, 0, len(content)) + padded


def segment(marker: int, payload: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload


def jpeg(*segments: bytes, after_scan: bytes = b"") -> bytes:
    """A JPEG with segments in front, and others behind its coded data."""
    stream = io.BytesIO()
    Image.effect_noise((64, 64), 80).save(stream, "JPEG")
    plain = stream.getvalue()
    return b"".join([plain[:2], *segments, plain[2:-2], after_scan, plain[-2:]])


def exif_segment(block: bytes) -> bytes:
    return segment(0xE1, b"Exif\0\0" + block)


def xmp_segment(packet: bytes) -> bytes:
    return segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet)


def photoshop_segment(resources: bytes) -> bytes:
    return segment(0xED, b"Photoshop 3.0\0" + resources)


def png_chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)


def png(*chunks: bytes) -> bytes:
    """A PNG with chunks behind its pixels, where readers in a hurry do not look."""
    stream = io.BytesIO()
    Image.new("RGB", (8, 8)).save(stream, "PNG")
    plain = stream.getvalue()
    return plain[:-12] + b"".join(chunks) + plain[-12:]


def raw_profile(name: bytes, content: bytes) -> bytes:
    """An ImageMagick text profile."""
    digits = content.hex().encode()
    lines = b"\n".join(digits[start : start + 72] for start in range(0, len(digits), 72))
    return b"\n" + name + b"\n%8d\n" % len(content) + lines + b"\n"


def riff(form: bytes, *chunks: tuple[bytes, bytes]) -> bytes:
    body = form + b"".join(
        kind + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)
        for kind, content in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def box(kind: bytes, *contents: bytes) -> bytes:
    content = b"".join(contents)
    return struct.pack(">I", len(content) + 8) + kind + content


def full_box(kind: bytes, *contents: bytes, version: int = 0) -> bytes:
    return box(kind, bytes([version, 0, 0, 0]), *contents)


def heic(items: list[tuple[bytes, bytes, bytes]], *, in_idat: bool) -> bytes:
    """A HEIF file with items of (type, what follows the name, content), without a picture."""
    infos = [
        full_box(b"infe", struct.pack(">HH4s", number, 0, kind), b"\0", rest, version=2)
        for number, (kind, rest, _) in enumerate(items, 1)
    ]
    iinf = full_box(b"iinf", struct.pack(">H", len(items)), *infos)
    ftyp = box(b"ftyp", b"heic", bytes(4), b"mif1heic")
    contents = b"".join(content for _, _, content in items)
    iloc_bytes = 12 + 4 + 16 * len(items)
    meta_bytes = 12 + len(iinf) + iloc_bytes
    offset = 0 if in_idat else len(ftyp) + meta_bytes + 8
    rows = []
    for number, (_, _, content) in enumerate(items, 1):
        rows.append(struct.pack(">HHHHII", number, in_idat, 0, 1, offset, len(content)))
        offset += len(content)
    iloc = full_box(b"iloc", struct.pack(">HH", 0x4400, len(items)), *rows, version=1)
    assert len(iloc) == iloc_bytes
    if in_idat:
        return ftyp + full_box(b"meta", iinf, iloc, box(b"idat", contents))
    return ftyp + full_box(b"meta", iinf, iloc) + box(b"mdat", contents)


def movie(*boxes: bytes) -> bytes:
    """An MP4 whose movie box follows its media data."""
    ftyp = box(b"ftyp", b"isom", bytes(4), b"isom")
    return ftyp + box(b"mdat", bytes(64)) + box(b"moov", *boxes)


def quicktime_text(text: str) -> bytes:
    raw = text.encode()
    return struct.pack(">HH", len(raw), 0) + raw


def key_list(**texts: str) -> bytes:
    """A QuickTime `meta` box; key names with `_` for `.`."""
    names = [name.replace("_", ".").encode() for name in texts]
    keys = [struct.pack(">I4s", len(name) + 8, b"mdta") + name for name in names]
    items = [
        box(struct.pack(">I", index), box(b"data", struct.pack(">II", 1, 0), text.encode()))
        for index, text in enumerate(texts.values(), 1)
    ]
    return box(
        b"meta",
        box(b"hdlr", bytes(8), b"mdta", bytes(12)),
        box(b"keys", struct.pack(">II", 0, len(keys)), *keys),
        box(b"ilst", *items),
    )


def gif_with_xmp(packet: bytes) -> bytes:
    """The XMP extension as Adobe writes it: raw bytes and a trailer of falling numbers."""
    stream = io.BytesIO()
    Image.new("P", (8, 8)).save(stream, "GIF")
    plain = stream.getvalue()
    trailer = b"\x01" + bytes(range(255, -1, -1)) + b"\0"
    return plain[:-1] + b"\x21\xff\x0bXMP DataXMP" + packet + trailer + plain[-1:]
