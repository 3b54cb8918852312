"""Finds the picture that Fujifilm's RAF raw files carry, which holds all their EXIF.

Source: exiftool 12.57, `FujiFilm.pm` (`ProcessRAF`); libopenraw, "Fuji RAF format".
"""

from __future__ import annotations

import struct

from screening.detectors.metadata.harvest import Harvest
from screening.detectors.metadata.source import DamagedError, Source
from screening.detectors.metadata.values import decode_text

CARRIER = "RAF"

_HEADER_BYTES = 92
_CAMERA = slice(28, 60)
_JPEG_PLACE = 84


def read_raf(source: Source, harvest: Harvest) -> None:
    """Note the camera that the header names, and hand over the JPEG.

    Raises:
        DamagedError: the header or the JPEG is cut.
    """
    header = source.read(0, _HEADER_BYTES)
    model = decode_text(header[_CAMERA])
    spans = source.spans(_CAMERA.start, _CAMERA.stop - _CAMERA.start)
    harvest.add_device(CARRIER, {"model": ("CameraModel", model)}, spans)
    offset, length = struct.unpack_from(">II", header, _JPEG_PLACE)
    if length:
        if offset + length > source.size:
            raise DamagedError
        harvest.add_preview("RAF preview", source.window(offset, length))
