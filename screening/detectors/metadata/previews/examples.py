"""Makes pictures with EXIF thumbnails of any content, for examples, tests and benchmarks."""

from __future__ import annotations

import io
import struct

import numpy as np
from PIL import Image

from screening.records import Frame

_SHORT, _LONG = 3, 4
_ORIENTATION, _COMPRESSION, _THUMBNAIL_START, _THUMBNAIL_LENGTH = 0x0112, 0x0103, 0x0201, 0x0202
_OLD_JPEG = 6


def picture_with_other_thumbnail() -> tuple[bytes, Frame]:
    """A JPEG of rings whose EXIF thumbnail shows stripes; with the frame it shows."""
    rows, columns = np.mgrid[0:240, 0:320]
    rings = (128 + 100 * np.sin(np.hypot(rows - 100, columns - 180) / 9)).astype(np.uint8)
    stripes = (128 + 100 * np.sin((rows + 2 * columns) / 23)).astype(np.uint8)
    picture = Image.fromarray(rings).convert("RGB")
    thumbnail = Image.fromarray(stripes).convert("RGB").resize((160, 120))
    content = with_exif_thumbnail(_jpeg(picture), _jpeg(thumbnail))
    with Image.open(io.BytesIO(content)) as shown:
        return content, Frame(np.asarray(shown.convert("RGB")))


def with_exif_thumbnail(picture: bytes, thumbnail: bytes, orientation: int = 1) -> bytes:
    """A JPEG with an EXIF block put at its start: orientation, and a thumbnail in IFD1.

    Args:
        picture: a JPEG.
        thumbnail: a JPEG of less than 64 kB.
        orientation: 1 to 8; that of the picture, and so of the thumbnail.
    """
    first_at, second_at = 8, 8 + 2 + 12 + 4
    data_at = second_at + 2 + 3 * 12 + 4
    tiff = struct.pack("<2sHI", b"II", 42, first_at)
    tiff += struct.pack("<HHHII", 1, _ORIENTATION, _SHORT, 1, orientation)
    tiff += struct.pack("<I", second_at)
    tiff += struct.pack("<H", 3)
    tiff += struct.pack("<HHII", _COMPRESSION, _SHORT, 1, _OLD_JPEG)
    tiff += struct.pack("<HHII", _THUMBNAIL_START, _LONG, 1, data_at)
    tiff += struct.pack("<HHII", _THUMBNAIL_LENGTH, _LONG, 1, len(thumbnail))
    tiff += struct.pack("<I", 0) + thumbnail
    block = b"Exif\0\0" + tiff
    return picture[:2] + b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block + picture[2:]


def _jpeg(picture: Image.Image) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=85)
    return stream.getvalue()
