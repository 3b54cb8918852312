"""Finds the position of a map or aerial picture in the tags of GeoTIFF.

Source: OGC 19-008r4 (GeoTIFF 1.1), sections 7.1 and 7.4 (keys), annex B.6 (tie points).
"""

from __future__ import annotations

import struct

from screening.detectors.metadata.harvest import Harvest
from screening.detectors.metadata.positions import checked_position
from screening.detectors.metadata.source import DamagedError, Source
from screening.detectors.metadata.tiff.tiff import Entries, Entry, Layout, integers
from screening.detectors.metadata.values import decode_text

CARRIER = "GeoTIFF"

_TIE_POINTS, _TRANSFORMATION, _KEYS, _TEXTS = 0x8482, 0x85D8, 0x87AF, 0x87B1
_MODEL_TYPE, _GEOGRAPHIC_TYPE = 1024, 2048
_GEOGRAPHIC = 2
_DOUBLE = 12
_NEAR_WGS84 = frozenset({4326, 4979, 4258, 4269, 7844, 4283})
"""EPSG codes of systems in degrees within some metres of WGS84."""
_MAX_KEYS = 4096


def note_map_position(block: Source, entries: Entries, layout: Layout, harvest: Harvest) -> None:
    """Note the tie point in degrees; of a projected map, what it calls its projection."""
    keys = integers(block, entries.get(_KEYS), layout, _MAX_KEYS)
    if len(keys) < 4:
        return
    known = {keys[at]: keys[at + 3] for at in range(4, len(keys) - 3, 4) if keys[at + 1] == 0}
    with harvest.reading("GeoTIFF block"):
        if known.get(_MODEL_TYPE) != _GEOGRAPHIC:
            texts = entries.get(_TEXTS)
            if texts is not None:
                name = decode_text(block.read(texts.offset, texts.size_bytes))
                spans = block.spans(texts.offset, texts.size_bytes)
                harvest.add_place(CARRIER, "GeoAsciiParams", name.split("|")[:1], spans)
            return
        entry = entries.get(_TIE_POINTS) or entries.get(_TRANSFORMATION)
        if entry is None:
            return
        longitude, latitude = _corner(block, entry, layout, transformed=_TIE_POINTS not in entries)
        system = known.get(_GEOGRAPHIC_TYPE)
        remarks = {} if system in _NEAR_WGS84 else {"datum": "not WGS84, so up to some km off"}
        position = checked_position(latitude, longitude, other_content=True)
        spans = block.spans(entry.offset, entry.size_bytes)
        harvest.add_position(CARRIER, "ModelTiepoint", position, remarks, spans)


def _corner(
    block: Source, entry: Entry, layout: Layout, *, transformed: bool
) -> tuple[float, float]:
    """Longitude and latitude of the first tie point, or of the corner of the picture.

    Raises:
        DamagedError: they are not there.
    """
    places = (3, 7) if transformed else (3, 4)
    if entry.type != _DOUBLE or entry.count <= places[1]:
        raise DamagedError
    raw = block.read(entry.offset, 8 * (places[1] + 1))
    numbers = struct.unpack(f"{layout.order}{places[1] + 1}d", raw)
    return numbers[places[0]], numbers[places[1]]
