"""Finds the TIFF structure in Minolta's MRW raw files.

Source: exiftool 12.57, `MinoltaRaw.pm` (`ProcessMRW`).
"""

from __future__ import annotations

import struct

from screening.detectors.metadata.harvest import BlockKind, Harvest
from screening.detectors.metadata.source import DamagedError, Source

_TIFF_BLOCK = b"\0TTW"


def read_mrw(source: Source, harvest: Harvest) -> None:
    """Queue every TIFF block in front of the raw pixels.

    Raises:
        DamagedError: the blocks do not fill the place they are given.
    """
    order = ">" if source.read(0, 4)[3:] == b"M" else "<"
    (length,) = struct.unpack(f"{order}I", source.read(4, 4))
    place, end = 8, 8 + length
    while place < end:
        kind, size = struct.unpack(f"{order}4sI", source.read(place, 8))
        if place + 8 + size > min(end, source.size):
            raise DamagedError
        if kind == _TIFF_BLOCK:
            harvest.add_block(BlockKind.EXIF, source.window(place + 8, size))
        place += 8 + size
