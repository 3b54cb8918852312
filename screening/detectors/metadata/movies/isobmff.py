"""Finds metadata in files made of boxes: which top-level box holds what.

Source: ISO/IEC 14496-12; ISO/IEC 15444-1 annex I (JPEG 2000); ISO/IEC 18181-2, 9 (JPEG XL);
Google Motion Photo format 1.0 (`mpvd`).
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from screening.detectors.metadata.harvest import BlockKind, Harvest
from screening.detectors.metadata.movies.boxes import MediaBox, walk_boxes
from screening.detectors.metadata.movies.heif import find_item_blocks
from screening.detectors.metadata.movies.movie import (
    FREE_SPACE,
    queue_preview,
    read_free_space,
    read_movie,
    read_movie_uuid,
)
from screening.detectors.metadata.movies.movie_texts import MovieTexts
from screening.detectors.metadata.movies.still_boxes import read_still_box
from screening.detectors.metadata.movies.user_data import read_user_data
from screening.detectors.metadata.source import DamagedError, Source
from screening.detectors.metadata.tracks.timed_tracks import read_fixed_records
from screening.detectors.metadata.trailers.trailer import read_trailer

_CANON_PREVIEW_UUID = UUID("eaf42b5e-1c98-4b88-b9fb-b7dc406e4d16").bytes


def find_box_blocks(source: Source, harvest: Harvest) -> None:
    """Queue every block and note what movie boxes say; media data is never read.

    Raises:
        DamagedError: the boxes do not fit the file; what came before is queued.
    """
    end, complete = 0, False
    try:
        for box in walk_boxes(source, 0, source.size):
            _read_box(box, source, harvest)
            end = box.end
            complete = complete or box.kind in (b"moov", b"meta", b"jp2c", b"jxlc", b"jxlp")
    except DamagedError:
        # What follows a whole file is no box: something was appended.
        if not complete or end + 8 > source.size or source.read_up_to(end + 4, 4).isalnum():
            raise
    if end < source.size and complete:
        read_trailer(source, end, harvest)


def _read_box(box: MediaBox, source: Source, harvest: Harvest) -> None:
    if box.kind in _READERS:
        words, read = _READERS[box.kind]
        with harvest.reading(words):
            read(box, source, harvest)
    elif box.uuid == _CANON_PREVIEW_UUID:
        for inner in walk_boxes(source, box.start + 8, box.end):
            queue_preview("CR3 preview", inner, source, harvest)
    elif box.kind == b"uuid":
        read_movie_uuid(box, source, harvest)
    else:
        read_still_box(box, source, harvest)


def _read_user_data(box: MediaBox, source: Source, harvest: Harvest) -> None:
    """User data beside the movie header, where it does not belong."""
    texts = MovieTexts()
    read_user_data(box, source, harvest, texts)
    texts.note(harvest)


def _add_motion_photo(box: MediaBox, source: Source, harvest: Harvest) -> None:
    medium = source.window(box.start, box.size_bytes)
    harvest.add_embedded("mpvd", "motion photo", medium, {"media_type": "video/mp4"})


def _queue_samsung(box: MediaBox, source: Source, harvest: Harvest) -> None:
    """Laid out like the trailer of their JPEG files."""
    harvest.add_block(BlockKind.TRAILER, source.window(box.start, box.size_bytes))


def _refuse_messages(box: MediaBox, source: Source, harvest: Harvest) -> None:
    raise DamagedError("are of a kind that is not read here")


_READERS: dict[bytes, tuple[str, Callable[[MediaBox, Source, Harvest], None]]] = {
    b"moov": ("QuickTime block", read_movie),
    b"meta": ("item list", find_item_blocks),
    b"udta": ("QuickTime block", _read_user_data),
    b"mpvd": ("motion photo", _add_motion_photo),
    b"sefd": ("Samsung block", _queue_samsung),
    b"gps0": ("telemetry track", read_fixed_records),
    b"GPS ": ("telemetry track", read_fixed_records),
    b"emsg": ("event messages", _refuse_messages),
    **dict.fromkeys(FREE_SPACE, ("QuickTime block", read_free_space)),
}
