"""Opens a screened file again for the frames a report shows."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Set
from contextlib import contextmanager

from screening.config import MediaLimits
from screening.errors import UnreadableMediaError
from screening.media import FrameReader, identify, open_frames
from screening.media.embedded import copied_out
from screening.records import FileResult, Finding, Frame

MAX_SIDE_PX = 4096
"""Longest side of a picture in a report; larger ones are reduced to it."""


def frames_again(
    result: FileResult, wanted: Set[int], limits: MediaLimits, embedded: Finding | None = None
) -> Generator[Frame, None, None]:
    """The frames of a file, or of what is `embedded` in it, with the `wanted` indexes, in order.

    A file that its worker did not survive is not opened: reports run in the parent, which
    nothing guards.

    Raises:
        MediaError: the file is gone, was changed since, or can no longer be read that far.
    """
    media = result.media
    shows_none = not media.frames and not embedded
    if shows_none or any(failure.stage == "run" for failure in result.failures):
        raise UnreadableMediaError("The file has no picture that can be shown.")
    try:
        size_bytes = media.path.stat().st_size
    except OSError as error:
        raise UnreadableMediaError(
            "The file could not be opened again for this report; it was moved or deleted after"
            " it was screened."
        ) from error
    if size_bytes != media.size_bytes:
        raise UnreadableMediaError("The file was changed after it was screened; scan it again.")
    missing = set(wanted)
    with _opened(result, embedded, limits) as frames:
        for frame in frames:
            if frame.index in missing:
                missing.remove(frame.index)
                yield frame
            if not missing:
                return
    raise UnreadableMediaError("Some frames could not be read again for this report.")


@contextmanager
def _opened(
    result: FileResult, embedded: Finding | None, limits: MediaLimits
) -> Iterator[FrameReader]:
    path = result.media.path
    if embedded is None:
        with open_frames(result.media, limits) as frames:
            yield frames
        return
    with (
        copied_out(path, embedded.spans) as copy,
        open_frames(identify(copy, limits), limits) as frames,
    ):
        yield frames
