"""Makes the example pictures of the metadata detector; every value in them is invented."""

from __future__ import annotations

import io

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base
from PIL.TiffImagePlugin import IFDRational

_XMP_PACKET = b"""<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"><rdf:Description rdf:about=""
 photoshop:City="Fairhaven" photoshop:Country="Nowhere"/></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


def picture_with_metadata() -> bytes:
    """A JPEG with position, time, camera and artist in EXIF and a place in XMP."""
    exif = Image.Exif()
    exif[Base.Make] = "Example Optics"
    exif[Base.Model] = "Lighthouse 1"
    exif[Base.Artist] = "Robin Example"
    exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = "2024:05:06 07:08:09"
    exif.get_ifd(IFD.GPSInfo).update(
        {
            GPS.GPSLatitudeRef: "N",
            GPS.GPSLatitude: _thirds(10, 20, 30),
            GPS.GPSLongitudeRef: "W",
            GPS.GPSLongitude: _thirds(40, 50, 6),
        }
    )
    return _saved("JPEG", exif=exif, xmp=_XMP_PACKET)


def png_picture() -> bytes:
    """A PNG without metadata."""
    return _saved("PNG")


def _thirds(whole: int, minutes: int, seconds: int) -> tuple[IFDRational, ...]:
    return tuple(IFDRational(part) for part in (whole, minutes, seconds))


def _saved(form: str, **options: object) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (16, 16), (90, 120, 150)).save(stream, form, **options)
    return stream.getvalue()
