"""Reads Matroska and WebM tags, which FFmpeg's demuxer hands over by name.

Source: Matroska tag specification (RFC 9559 and draft-ietf-cellar-tags); FFmpeg writes the
position of an MP4 that it remuxes as `LOCATION`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import av

from screening.detectors.metadata.harvest import Harvest
from screening.detectors.metadata.named_tags import NamedTags

MEDIA_TYPES = frozenset({"video/x-matroska", "video/webm"})

_TAGS = NamedTags(
    carrier="Matroska",
    positions=frozenset({"LOCATION", "COM.APPLE.QUICKTIME.LOCATION.ISO6709"}),
    places=frozenset({"RECORDING_LOCATION", "COMPOSITION_LOCATION"}),
    times=frozenset({"DATE_RECORDED", "DATE_DIGITIZED", "DATE_ENCODED", "DATE", "CREATION_TIME"}),
    persons=frozenset(
        {
            "ARTIST", "ACTOR", "AUTHOR", "DIRECTOR", "CINEMATOGRAPHY", "CINEMATOGRAPHER",
            "PRODUCER", "PERFORMER", "WRITTEN_BY", "ENCODED_BY",
        }
    ),
    device={
        "make": ("MAKE", "COM.ANDROID.MANUFACTURER", "COM.APPLE.QUICKTIME.MAKE"),
        "model": ("MODEL", "COM.ANDROID.MODEL", "COM.APPLE.QUICKTIME.MODEL"),
    },
)  # fmt: skip


def read_matroska(path: Path, harvest: Harvest) -> None:
    """Note the tags of the file and of its tracks; damage is noted in `harvest`."""
    try:
        with av.open(str(path), format="matroska", metadata_errors="replace") as container:
            tags = [container.metadata, *(stream.metadata for stream in container.streams)]
    except (av.FFmpegError, OSError, ValueError):
        harvest.add_damage("The tag block of this file could not be read.")
        return
    _TAGS.note(list(_by_name(tags)), harvest)


def _by_name(tags: Sequence[Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    """Names in capitals, without the language FFmpeg appends (`LOCATION-eng`)."""
    for mapping in tags:
        for name, text in mapping.items():
            yield name.upper().partition("-")[0], text
