"""Hands over what follows the end of a picture or video."""

from __future__ import annotations

from screening.detectors.metadata.harvest import BlockKind, Harvest
from screening.detectors.metadata.source import Source


def read_trailer(source: Source, offset: int, harvest: Harvest) -> None:
    """Queue everything from `offset`, where the medium ends, to the end of the file.

    It is read after the blocks queued before it, so that what their offsets point to, such as
    previews behind the end, is not taken for something appended.

    Raises:
        DamagedError: the file has more blocks than any real file.
    """
    if offset < source.size:
        harvest.add_block(BlockKind.TRAILER, source.window(offset, source.size - offset))
