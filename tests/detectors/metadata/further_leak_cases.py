"""More kinds of leak than the ten: other containers, other carriers, files inside files."""

from __future__ import annotations

import io
import struct
import zlib

import brotli
import leak_cases as leaks
import metadata_builders as build
from leak_cases import ISO_6709, PERSON, PLACE, LeakCase
from PIL.TiffImagePlugin import ImageFileDirectory_v2

_EXTENSION = b"http://ns.adobe.com/xmp/extension/\0"
_GUID = b"0123456789ABCDEF0123456789ABCDEF"
_NAME_OF_COMMENT = "description"


def further_kinds() -> list[LeakCase]:
    """Kinds of leak beyond the ten."""
    return [*_stills(), *_texts(), *_insides(), *_movies()]


def _stills() -> list[LeakCase]:
    exif, tiff, xmp = leaks.exif_block(), leaks.exif_block()[6:], leaks.xmp_packet()
    iptc = leaks.iptc_place()
    profile = build.raw_profile(b"exif", exif)
    return [
        LeakCase("extended XMP", "photo.jpg", build.jpeg(*_extended_xmp())),
        LeakCase("EXIF GPSDest", "photo.jpg", _jpeg_with_destination()),
        LeakCase("EXIF after the scan", "photo.jpg", _exif_after_scan(tiff)),
        LeakCase("EXIF in TIFF", "scan.tif", leaks.photo("TIFF", exif=exif)),
        LeakCase("EXIF in BigTIFF", "scan.tif", _big_tiff()),
        LeakCase("XMP in TIFF", "scan.tif", _tiff_with(700, 1, xmp)),
        LeakCase("IPTC in TIFF", "scan.tif", _tiff_with(33723, 7, iptc), "place_name"),
        LeakCase("EXIF in PSD", "art.psd", _psd(0x0422, tiff)),
        LeakCase("XMP in PSD", "art.psd", _psd(0x0424, xmp)),
        LeakCase("IPTC in PSD", "art.psd", _psd(0x0404, iptc), "place_name"),
        LeakCase("XMP in GIF", "dance.gif", build.gif_with_xmp(xmp)),
        LeakCase("XMP in WebP", "photo.webp", leaks.photo("WEBP", xmp=xmp)),
        LeakCase("EXIF in AVIF", "photo.avif", leaks.photo("AVIF", exif=exif)),
        LeakCase("XMP in AVIF", "photo.avif", leaks.photo("AVIF", xmp=xmp)),
        LeakCase("XMP in HEIC", "photo.heic", _heic_with_xmp(xmp)),
        LeakCase("EXIF in JPEG XL", "photo.jxl", _jxl(build.box(b"Exif", bytes(4), tiff))),
        LeakCase("Brotli EXIF in JPEG XL", "photo.jxl", _jxl(_brob(b"Exif", bytes(4) + tiff))),
        LeakCase("Brotli XMP in JPEG XL", "photo.jxl", _jxl(_brob(b"xml ", xmp))),
        LeakCase("EXIF in JPEG 2000", "photo.jp2", _jp2(_EXIF_UUID, tiff)),
        LeakCase("XMP in JPEG 2000", "photo.jp2", _jp2(build.XMP_UUID, xmp)),
        LeakCase("PNG text profile", "photo.png", _png(b"tEXt", b"Raw profile type exif", profile)),
        LeakCase("PNG packed profile", "photo.png", _packed_profile(profile)),
        LeakCase("XMP in SVG", "logo.svg", _svg(xmp)),
        LeakCase("XMP sidecar", "raw.jpg", leaks.photo("JPEG"), beside={"raw.xmp": xmp}),
    ]


_EXIF_UUID = b"JpgTiffExif->JP2"


def _texts() -> list[LeakCase]:
    text = f"Seen in {PLACE} by {PERSON}".encode()
    region = """<mwg-rs:Regions xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/"
 rdf:parseType="Resource"><mwg-rs:RegionList><rdf:Bag><rdf:li rdf:parseType="Resource">
<mwg-rs:Name>Robin Example</mwg-rs:Name><mwg-rs:Type>Face</mwg-rs:Type></rdf:li></rdf:Bag>
</mwg-rs:RegionList></mwg-rs:Regions>"""
    history = """<xmpMM:History xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/"
 xmlns:stRef="http://ns.adobe.com/xap/1.0/sType/ResourceRef#"
 xmlns:stEvt="http://ns.adobe.com/xap/1.0/sType/ResourceEvent#"><rdf:Seq>
<rdf:li stEvt:action="saved" stEvt:parameters="/Users/robin/Fairhaven.psd"/>
</rdf:Seq></xmpMM:History>"""
    shown = """<Iptc4xmpExt:LocationShown><rdf:Bag><rdf:li rdf:parseType="Resource">
<Iptc4xmpExt:City>Fairhaven</Iptc4xmpExt:City></rdf:li></rdf:Bag></Iptc4xmpExt:LocationShown>"""

    def with_xmp(elements: str) -> bytes:
        return leaks.photo("JPEG", xmp=leaks.xmp_packet(elements=elements))

    return [
        LeakCase("JPEG comment", "photo.jpg", leaks.photo("JPEG", comment=text), _NAME_OF_COMMENT),
        LeakCase("GIF comment", "dance.gif", leaks.photo("GIF", comment=text), _NAME_OF_COMMENT),
        LeakCase("PNG comment", "photo.png", _png(b"tEXt", b"Comment", text), _NAME_OF_COMMENT),
        LeakCase("XMP location shown", "photo.jpg", with_xmp(shown), "place_name"),
        LeakCase("XMP name of a face", "photo.jpg", with_xmp(region), "person_name"),
        LeakCase("XMP history path", "photo.jpg", with_xmp(history), "edit_history"),
    ]


def _insides() -> list[LeakCase]:
    exif, clean = leaks.exif_block(), leaks.photo("JPEG")
    located = leaks.photo("JPEG", exif=exif)
    video = leaks.clip("mp4", location=ISO_6709)
    google = leaks.xmp_packet(
        f'xmlns:GCamera="http://ns.google.com/photos/1.0/camera/" GCamera:MicroVideo="1"'
        f' GCamera:MicroVideoOffset="{len(video)}"'
    )
    heic = io.BytesIO()
    leaks.pillow_heif.from_pillow(leaks.picture()).save(heic)
    return [
        LeakCase("EXIF of the thumbnail", "photo.jpg", _jpeg_with_thumbnail(located)),
        LeakCase("MPF second picture", "photo.jpg", _multi_picture(located)),
        LeakCase("motion photo, Google", "photo.jpg", leaks.photo("JPEG", xmp=google) + video),
        LeakCase("motion photo, Samsung", "photo.jpg", clean + samsung_trailer()),
        LeakCase("motion photo, HEIC", "photo.heic", heic.getvalue() + build.box(b"mpvd", video)),
        LeakCase("JPEG behind PNG", "photo.png", leaks.photo("PNG") + located),
        LeakCase("JPEG behind GIF", "dance.gif", leaks.photo("GIF") + located),
        LeakCase("JPEG behind WebP", "photo.webp", leaks.photo("WEBP") + located),
    ]


def _movies() -> list[LeakCase]:
    loci = build.full_box(b"loci", b"\0\0\0", b"\0", _fixed(-40.835), _fixed(10.34), bytes(6))
    xmp = leaks.xmp_packet()
    keys = build.key_list(com_apple_quicktime_location_ISO6709=ISO_6709)
    with_xmp = leaks.clip("mp4") + build.box(b"uuid", build.XMP_UUID, xmp)
    return [
        LeakCase("3GP loci", "clip.3gp", build.movie(build.box(b"udta", loci))),
        LeakCase("QuickTime keys", "clip.mov", build.movie(keys)),
        LeakCase("XMP in MP4", "clip.mp4", with_xmp),
        LeakCase("GoPro track", "clip.mp4", gopro_movie(gopro_sample())),
        LeakCase("Matroska tags", "clip.mkv", leaks.clip("mkv", LOCATION=ISO_6709)),
        LeakCase("WebM tags", "clip.webm", leaks.clip("webm", "libvpx", LOCATION=ISO_6709)),
        LeakCase("XMP in AVI", "clip.avi", _avi((b"_PMX", xmp))),
        LeakCase("artist in AVI", "clip.avi", leaks.clip("avi", artist=PERSON), "person_name"),
    ]


def _extended_xmp() -> tuple[bytes, bytes]:
    note = (
        f'xmlns:xmpNote="http://ns.adobe.com/xmp/note/" xmpNote:HasExtendedXMP="{_GUID.decode()}"'
    )
    packet = leaks.xmp_packet()
    extension = _EXTENSION + _GUID + struct.pack(">II", len(packet), 0) + packet
    return build.xmp_segment(leaks.xmp_packet(note)), build.segment(0xE1, extension)


def _jpeg_with_destination() -> bytes:
    gps = leaks.gps_tags("GPSDestLatitude", "GPSDestLongitude")
    return leaks.photo("JPEG", exif=b"Exif\0\0" + build.tiff_block(gps=gps))


def _exif_after_scan(tiff: bytes) -> bytes:
    return build.jpeg(after_scan=build.exif_segment(tiff))


def _big_tiff() -> bytes:
    """A directory of one entry, the pointer to a GPS directory, in 64-bit form."""
    gps = struct.pack("<HHQ4s4s", 1, 2, 2, b"N\0", b"") + struct.pack("<HHQQ", 2, 5, 3, 200)
    gps += struct.pack("<HHQ4s4s", 3, 2, 2, b"W\0", b"") + struct.pack("<HHQQ", 4, 5, 3, 224)
    content = struct.pack("<2sHHHQ", b"II", 43, 8, 0, 16)
    content += struct.pack("<QHHQQQ", 1, 0x8825, 13, 1, 52, 0)
    content = content.ljust(52, b"\0") + struct.pack("<Q", 4) + gps + bytes(8)
    return content.ljust(200, b"\0") + struct.pack("<12I", 10, 1, 20, 1, 24, 1, 40, 1, 50, 1, 6, 1)


def _tiff_with(tag: int, kind: int, content: bytes) -> bytes:
    directory = ImageFileDirectory_v2()
    directory.tagtype[tag] = kind
    directory[tag] = content
    stream = io.BytesIO()
    leaks.picture().save(stream, "TIFF", tiffinfo=directory)
    return stream.getvalue()


def _psd(number: int, content: bytes) -> bytes:
    resources = build.image_resource(number, content)
    header = b"8BPS" + struct.pack(">H6xHIIHH", 1, 3, 8, 8, 8, 3)
    pixels = struct.pack(">H", 0) + bytes(3 * 64)
    return header + struct.pack(">II", 0, len(resources)) + resources + bytes(4) + pixels


def _heic_with_xmp(xmp: bytes) -> bytes:
    stream = io.BytesIO()
    leaks.pillow_heif.from_pillow(leaks.picture()).save(stream, xmp=xmp)
    return stream.getvalue()


def _jxl(*boxes: bytes) -> bytes:
    signature = build.box(b"JXL ", b"\r\n\x87\n")
    ftyp = build.box(b"ftyp", b"jxl ", bytes(4), b"jxl ")
    return signature + ftyp + b"".join(boxes) + build.box(b"jxlc", b"\xff\x0a\0\0")


def _brob(kind: bytes, content: bytes) -> bytes:
    return build.box(b"brob", kind, brotli.compress(content))


def _jp2(uuid: bytes, content: bytes) -> bytes:
    picture = leaks.photo("JPEG2000")
    codestream = picture.index(b"jp2c") - 4
    return picture[:codestream] + build.box(b"uuid", uuid, content) + picture[codestream:]


def _png(kind: bytes, keyword: bytes, text: bytes) -> bytes:
    return build.png(build.png_chunk(kind, keyword + b"\0" + text))


def _packed_profile(profile: bytes) -> bytes:
    return _png(b"zTXt", b"Raw profile type exif", b"\0" + zlib.compress(profile))


def _svg(xmp: bytes) -> bytes:
    start = xmp.index(b"<x:xmpmeta")
    packet = xmp[start : xmp.index(b"<?xpacket end")]
    head = b'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><metadata>'
    return head + packet + b"</metadata></svg>"


def _jpeg_with_thumbnail(thumbnail: bytes) -> bytes:
    exif = struct.pack("<2sHI", b"II", 42, 8) + struct.pack("<HI", 0, 14)
    entries = struct.pack("<HHII", 0x0201, 4, 1, 44) + struct.pack(
        "<HHII", 0x0202, 4, 1, len(thumbnail)
    )
    exif += struct.pack("<H", 2) + entries + bytes(4)
    exif += thumbnail
    plain = leaks.photo("JPEG")
    return plain[:2] + build.exif_segment(exif) + plain[2:]


def _multi_picture(second: bytes) -> bytes:
    """Two pictures, told apart by a multi-picture index (CIPA DC-007)."""
    plain = leaks.photo("JPEG")
    index_bytes = 8 + 2 + 3 * 12 + 4 + 32
    first_bytes = len(plain) + 4 + 4 + index_bytes
    mpf_start = 2 + 4 + 4
    index = struct.pack("<2sHIH", b"II", 42, 8, 3)
    index += struct.pack("<HHI4s", 0xB000, 7, 4, b"0100")
    index += struct.pack("<HHII", 0xB001, 4, 1, 2) + struct.pack("<HHII", 0xB002, 7, 32, 50)
    index += bytes(4) + struct.pack("<IIIHH", 0x20030000, first_bytes, 0, 0, 0)
    index += struct.pack("<IIIHH", 0x00020002, len(second), first_bytes - mpf_start, 0, 0)
    return plain[:2] + build.segment(0xE2, b"MPF\0" + index) + plain[2:] + second


def _fixed(value: float) -> bytes:
    return struct.pack(">i", round(value * 65536))


def _avi(*chunks: tuple[bytes, bytes]) -> bytes:
    plain = leaks.clip("avi")
    added = b"".join(
        kind + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)
        for kind, content in chunks
    )
    whole = plain + added
    return whole[:4] + struct.pack("<I", len(whole) - 8) + whole[8:]


def _gpmf(key: bytes, kind: bytes, size: int, content: bytes) -> bytes:
    padded = content + bytes(-len(content) % 4)
    return key + kind + struct.pack(">BH", size, len(content) // size) + padded


def gopro_sample(latitude_deg: float = 10.34, longitude_deg: float = -40.835) -> bytes:
    """One sample of a GoPro metadata track (github.com/gopro/gpmf-parser), with one position."""
    scale = _gpmf(b"SCAL", b"l", 4, struct.pack(">5i", 10**7, 10**7, 1000, 1000, 100))
    degrees = [round(part * 10**7) for part in (latitude_deg, longitude_deg)]
    stream = _gpmf(b"GPSF", b"L", 4, struct.pack(">I", 3)) + scale
    stream += _gpmf(b"GPS5", b"l", 20, struct.pack(">5i", *degrees, 12_000, 0, 0))
    return _gpmf(b"DEVC", b"\0", 1, _gpmf(b"STRM", b"\0", 1, stream))


def gopro_movie(sample: bytes) -> bytes:
    """A movie with one metadata track of one sample."""
    ftyp = build.box(b"ftyp", b"mp41", bytes(4), b"mp41")
    description = build.box(b"gpmd", bytes(6), b"\0\1", bytes(4))
    table = build.box(
        b"stbl",
        build.full_box(b"stsd", struct.pack(">I", 1), description),
        build.full_box(b"stts", struct.pack(">III", 1, 1, 1000)),
        build.full_box(b"stsc", struct.pack(">IIII", 1, 1, 1, 1)),
        build.full_box(b"stsz", struct.pack(">III", 0, 1, len(sample))),
        build.full_box(b"stco", struct.pack(">II", 1, len(ftyp) + 8)),
    )
    header = build.full_box(b"mdhd", struct.pack(">IIIIHH", 0, 0, 1000, 1000, 0, 0))
    handler = build.full_box(b"hdlr", b"mhlrmeta", bytes(12), b"\x0bGoPro MET  ")
    minf = build.box(b"minf", build.full_box(b"gmhd"), table)
    track = build.box(b"trak", build.box(b"mdia", header, handler, minf))
    return ftyp + build.box(b"mdat", sample) + build.box(b"moov", track)


def samsung_trailer() -> bytes:
    """What a Samsung phone appends to a motion photo: the clip, and a directory of its parts."""
    clip = b"\0\0\x30\x0a\x10\0\0\0MotionPhoto_Data" + leaks.clip("mp4", location=ISO_6709)
    entry = struct.pack("<HHII", 0, 0x0A30, len(clip), len(clip))
    directory = b"SEFH" + struct.pack("<II", 106, 1) + entry
    return clip + directory + struct.pack("<I", len(directory)) + b"SEFT"
