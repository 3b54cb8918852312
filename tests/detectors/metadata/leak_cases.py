"""The ten kinds of location leak as files, made with the libraries that people's tools use.

The position, the place and the people are invented. `further_leak_cases.py` has more kinds.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import metadata_builders as build
import numpy as np
import pillow_heif
from PIL import Image
from PIL.PngImagePlugin import PngInfo

LATITUDE_DEG, LONGITUDE_DEG = 10.34, -40.835
ISO_6709 = "+10.3400-040.8350/"
PLACE = "Fairhaven"
PERSON = "Robin Example"


@dataclass(frozen=True, slots=True)
class LeakCase:
    """A file that gives something away.

    Attributes:
        name: the kind of leak.
        file_name: what the file is called.
        content: its bytes.
        label: what a finding about the leak is called.
        beside: other files that lie beside it, by name.
    """

    name: str
    file_name: str
    content: bytes
    label: str = "gps_location"
    beside: Mapping[str, bytes] = field(default_factory=dict)


def ten_kinds() -> list[LeakCase]:
    """The ten kinds that peers are known to miss some of."""
    return [
        LeakCase("EXIF", "photo.jpg", photo("JPEG", exif=exif_block())),
        LeakCase("XMP", "photo.jpg", photo("JPEG", xmp=xmp_packet())),
        LeakCase("IPTC", "photo.jpg", photo_with_iptc(), "place_name"),
        LeakCase("QuickTime", "clip.mov", clip("mov", location=ISO_6709)),
        LeakCase("HEIC", "photo.heic", heic_photo()),
        LeakCase("PNG eXIf", "photo.png", photo("PNG", exif=exif_block())),
        LeakCase("PNG XMP", "photo.png", png_with_xmp()),
        LeakCase("WebP", "photo.webp", photo("WEBP", exif=exif_block())),
        LeakCase("appended JPEG", "photo.jpg", photo("JPEG") + photo("JPEG", exif=exif_block())),
        LeakCase("appended MP4", "photo.jpg", photo("JPEG") + clip("mp4", location=ISO_6709)),
    ]


def exif_block() -> bytes:
    """EXIF with the position and nothing else."""
    return b"Exif\0\0" + build.tiff_block(gps=gps_tags())


def gps_tags(latitude: str = "GPSLatitude", longitude: str = "GPSLongitude") -> dict[int, object]:
    """Tags of the position; other names put it into other tags."""
    usual = dict.fromkeys(
        ("GPSLatitudeRef", "GPSLatitude", "GPSLongitudeRef", "GPSLongitude"), None
    )
    return build.gps_directory(
        **usual
        | {
            f"{latitude}Ref": "N",
            latitude: build.rationals(10, 20, 24),
            f"{longitude}Ref": "W",
            longitude: build.rationals(40, 50, 6),
        }
    )


def xmp_packet(attributes: str = "", elements: str = "") -> bytes:
    """XMP with the position, or with what is given instead."""
    position = 'exif:GPSLatitude="10,20.4N" exif:GPSLongitude="40,50.1W"'
    return build.xmp_packet(attributes or ("" if elements else position), elements)


def iptc_place() -> bytes:
    """IPTC datasets with the place as the city."""
    return build.iptc_block((2, 90, PLACE.encode()))


def photo(form: str, **metadata: bytes) -> bytes:
    """A small picture as Pillow saves it."""
    stream = io.BytesIO()
    picture().save(stream, form, **metadata)
    return stream.getvalue()


def picture() -> Image.Image:
    """Something to look at: a grey slope."""
    return Image.linear_gradient("L").resize((96, 64)).convert("RGB")


def photo_with_iptc() -> bytes:
    """A JPEG with the place in its Photoshop segment."""
    plain = photo("JPEG")
    resource = build.image_resource(0x0404, iptc_place())
    return plain[:2] + build.photoshop_segment(resource) + plain[2:]


def heic_photo() -> bytes:
    """A HEIC picture as libheif writes it."""
    stream = io.BytesIO()
    heif = pillow_heif.from_pillow(picture())
    heif.save(stream, exif=exif_block())
    return stream.getvalue()


def png_with_xmp() -> bytes:
    """A PNG with an XMP text chunk."""
    texts = PngInfo()
    texts.add_itxt("XML:com.adobe.xmp", xmp_packet().decode())
    stream = io.BytesIO()
    picture().save(stream, "PNG", pnginfo=texts)
    return stream.getvalue()


def clip(form: str, codec: str = "mpeg4", **metadata: str) -> bytes:
    """A clip of three frames as FFmpeg writes it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"clip.{form}"
        with av.open(str(path), "w", format="matroska" if form == "mkv" else form) as container:
            container.metadata.update(metadata)
            stream = container.add_stream(codec, rate=Fraction(10))
            stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
            for _ in range(3):
                frame = av.VideoFrame.from_ndarray(np.asarray(picture()), format="rgb24")
                for packet in stream.encode(frame):
                    container.mux(packet)
            for packet in stream.encode():
                container.mux(packet)
        return path.read_bytes()
