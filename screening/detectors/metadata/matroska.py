"""Reads Matroska and WebM tags, which FFmpeg's demuxer hands over by name.

Source: Matroska tag specification (RFC 9559 and draft-ietf-cellar-tags); FFmpeg writes the
position of an MP4 that it remuxes as `LOCATION`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import av

from screening.detectors.metadata.harvest import Harvest
from screening.detectors.metadata.positions import parse_iso_6709

CARRIER = "Matroska"
MEDIA_TYPES = frozenset({"video/x-matroska", "video/webm"})

_POSITIONS = frozenset({"LOCATION", "COM.APPLE.QUICKTIME.LOCATION.ISO6709"})
_PLACES = frozenset({"RECORDING_LOCATION", "COMPOSITION_LOCATION"})
_TIMES = frozenset({"DATE_RECORDED", "DATE_DIGITIZED", "DATE_ENCODED", "DATE", "CREATION_TIME"})
_PERSONS = frozenset(
    {
        "ARTIST", "ACTOR", "AUTHOR", "DIRECTOR", "CINEMATOGRAPHY", "CINEMATOGRAPHER", "PRODUCER",
        "PERFORMER", "WRITTEN_BY", "ENCODED_BY",
    }
)  # fmt: skip
_DEVICE = {
    "make": ("MAKE", "COM.ANDROID.MANUFACTURER", "COM.APPLE.QUICKTIME.MAKE"),
    "model": ("MODEL", "COM.ANDROID.MODEL", "COM.APPLE.QUICKTIME.MODEL"),
}


def read_matroska(path: Path, harvest: Harvest) -> None:
    """Note the tags of the file and of its tracks; damage is noted in `harvest`."""
    try:
        with av.open(str(path), format="matroska", metadata_errors="replace") as container:
            tags = [container.metadata, *(stream.metadata for stream in container.streams)]
    except (av.FFmpegError, OSError, ValueError):
        harvest.add_damage("The tag block of this file could not be read.")
        return
    for name, text in _by_name(tags):
        if name in _POSITIONS:
            with harvest.reading("tag block"):
                harvest.add_position(CARRIER, name, parse_iso_6709(text))
        elif name in _PLACES:
            harvest.add_place(CARRIER, name, [text])
        elif name in _TIMES:
            harvest.add_time(CARRIER, name, text)
        elif name in _PERSONS:
            harvest.add_person(CARRIER, name, text)
    known = dict(_by_name(tags))
    identity = {
        key: (name, known[name])
        for key, names in _DEVICE.items()
        for name in names
        if name in known
    }
    harvest.add_device(CARRIER, identity)


def _by_name(tags: Sequence[Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    """Names in capitals, without the language FFmpeg appends (`LOCATION-eng`)."""
    for mapping in tags:
        for name, text in mapping.items():
            yield name.upper().partition("-")[0], text
