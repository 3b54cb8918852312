"""Writes pictures and clips with exactly the metadata a sample needs, and no other."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

Pixels = NDArray[np.uint8]
QUALITY = 86


def jpeg_bytes(pixels: Pixels, exif: Image.Exif | None = None, xmp: str = "") -> bytes:
    """A baseline JPEG; with neither `exif` nor `xmp` it carries no metadata at all."""
    stream = io.BytesIO()
    given: dict[str, Image.Exif | bytes] = {}
    if exif is not None:
        given["exif"] = exif
    if xmp:
        given["xmp"] = xmp.encode()
    Image.fromarray(pixels).save(stream, "JPEG", quality=QUALITY, subsampling=0, **given)
    return stream.getvalue()


def gps_exif(latitude_deg: float, longitude_deg: float) -> Image.Exif:
    """EXIF of a phone photo: position, altitude and time of capture."""
    exif = Image.Exif()
    gps = exif.get_ifd(IFD.GPSInfo)
    gps[GPS.GPSLatitudeRef] = "N" if latitude_deg >= 0 else "S"
    gps[GPS.GPSLatitude] = _sexagesimal(latitude_deg)
    gps[GPS.GPSLongitudeRef] = "E" if longitude_deg >= 0 else "W"
    gps[GPS.GPSLongitude] = _sexagesimal(longitude_deg)
    gps[GPS.GPSAltitudeRef] = b"\x00"
    gps[GPS.GPSAltitude] = Fraction(4)
    gps[GPS.GPSDateStamp] = "2024:05:17"
    gps[GPS.GPSTimeStamp] = (Fraction(9), Fraction(41), Fraction(7))
    exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = "2024:05:17 09:41:07"
    return exif


def orientation_exif(value: int) -> Image.Exif:
    """EXIF that says how the stored pixels are to be turned (1..8)."""
    exif = Image.Exif()
    exif[Base.Orientation] = value
    return exif


def _sexagesimal(angle_deg: float) -> tuple[Fraction, Fraction, Fraction]:
    minutes, seconds = divmod(abs(angle_deg) * 3600, 60)
    degrees, minutes = divmod(minutes, 60)
    return Fraction(int(degrees)), Fraction(int(minutes)), Fraction(round(seconds * 100), 100)


def gps_xmp(latitude_deg: float, longitude_deg: float) -> str:
    """An XMP packet with a position (XMP specification part 2, exif schema: `47,30.00S`)."""
    places = []
    for value, signs in ((latitude_deg, "NS"), (longitude_deg, "EW")):
        degrees, rest = divmod(abs(value), 1)
        places.append(f"{int(degrees)},{rest * 60:.4f}{signs[value < 0]}")
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF'
        ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""'
        ' xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSVersionID="2.3.0.0"'
        f' exif:GPSLatitude="{places[0]}" exif:GPSLongitude="{places[1]}"/>'
        '</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    )


def write_heic(path: Path, pixels: Pixels) -> None:
    """An HEVC-coded HEIF picture as phones make them, without metadata."""
    image = pillow_heif.from_pillow(Image.fromarray(pixels))
    image.save(path, quality=70)


def write_gif(path: Path, frames: list[Pixels]) -> None:
    """An animation, 0.2 s a frame, every frame whole and with its own palette."""
    images = [Image.fromarray(frame).quantize(96, dither=Image.Dither.NONE) for frame in frames]
    images[0].save(
        path,
        save_all=True,
        append_images=images[1:],
        duration=200,
        loop=0,
        disposal=1,
        optimize=False,
    )


def write_tiff(path: Path, pages: list[Pixels]) -> None:
    """A document of several pages, Deflate-compressed."""
    images = [Image.fromarray(page).convert("L") for page in pages]
    images[0].save(path, save_all=True, append_images=images[1:], compression="tiff_adobe_deflate")


def write_mp4(path: Path, frames: list[Pixels], rate: int, location: str) -> None:
    """An H.264 clip whose user data holds a place (`loci` atom, 3GPP TS 26.244).

    One encoder thread and `bitexact`, so that the file does not depend on the machine's
    number of processors or on the library's version string.
    """
    options = {"fflags": "+bitexact"}
    with av.open(str(path), "w", options=options) as container:
        container.metadata["location"] = location
        stream = container.add_stream("libx264", rate=rate)
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        stream.thread_count = 1
        stream.options = {"crf": "24", "preset": "medium", "flags": "+bitexact"}
        for pixels in frames:
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
