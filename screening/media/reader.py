"""Opens any supported file and hands out its frames one by one."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from types import TracebackType
from typing import Self

from screening.config import MediaLimits
from screening.errors import EmptyFileError, UnreadableMediaError, UnsupportedMediaError
from screening.media.formats import EMPTY_TYPE, FORMATS, SUPPORTED_WORDS, UNKNOWN_TYPE
from screening.media.sniff import check_bytes, open_regular
from screening.records import Frame, MediaFile, MediaKind


class FrameReader:
    """The frames of one open file; use it in a `with` statement and iterate it once.

    The first frame is decoded on opening, so the size is that of real, upright pixels.

    Attributes:
        width_px: width of the upright first frame.
        height_px: height of the upright first frame.
        duration_s: length of a video in seconds; None for pictures and where unknown.

    Raises:
        MediaError: not even one frame can be decoded.
    """

    def __init__(
        self, frames: Generator[Frame, None, None], duration_s: float | None = None
    ) -> None:
        self._frames = frames
        self._first: Frame | None = next(frames, None)
        if self._first is None:
            raise UnreadableMediaError("The file is damaged: not one picture of it can be shown.")
        self.height_px, self.width_px = self._first.pixels.shape[:2]
        self.duration_s = duration_s

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __iter__(self) -> Iterator[Frame]:
        """Frames in file order, decoded when asked for.

        Raises:
            MediaError: after the last frame that can be examined, if there should be more.
            RuntimeError: on a second iteration, which could only look like an empty file.
        """
        first, self._first = self._first, None
        if first is None:
            raise RuntimeError("the frames of a FrameReader can be read only once")
        yield first
        del first
        yield from self._frames

    def close(self) -> None:
        """Release the file and the decoder."""
        self._first = None
        self._frames.close()


def check_readable(media: MediaFile, limits: MediaLimits) -> None:
    """Refuse what `open_frames` could not even start on, without opening it.

    Raises:
        EmptyFileError: no bytes.
        UnsupportedMediaError: nothing that is read here.
        LimitExceededError: more bytes than allowed.
    """
    if media.media_type == EMPTY_TYPE or media.size_bytes == 0:
        raise EmptyFileError("The file is empty. Get the complete file.")
    check_bytes(media.size_bytes, limits)
    if media.kind is MediaKind.UNSUPPORTED:
        raise _unsupported(media)


def open_frames(media: MediaFile, limits: MediaLimits, *, video_known: bool = False) -> FrameReader:
    """Open a file that `identify` has seen.

    Args:
        media: the file.
        limits: bytes, pixels, aspect, number of frames, distance of video frames.
        video_known: the caller looks at a video stored with a picture by itself; otherwise
            such a video counts as not examined.

    Returns:
        A reader; frames that follow damage or a limit are missing, and its iteration says so
        with an exception after the last good frame.

    Raises:
        EmptyFileError: no bytes.
        UnsupportedMediaError: nothing that is read here.
        UnreadableMediaError: damaged, refused by the operating system, or changed since.
        TruncatedMediaError: cut off before the first frame.
        LimitExceededError: more bytes or pixels than allowed, known before decoding.
    """
    check_readable(media, limits)
    raw = open_regular(media.path)
    if os.fstat(raw.fileno()).st_size != media.size_bytes:
        raw.close()
        raise UnreadableMediaError("The file changed while it was examined. Screen it again.")
    # The decoders take 50 to 150 ms to load and only one of them is needed.
    if media.kind is MediaKind.IMAGE:
        from screening.media.image import image_frames  # noqa: PLC0415

        return FrameReader(image_frames(media, raw, limits, video_known=video_known))
    from screening.media.video import open_video  # noqa: PLC0415

    frames, duration_s = open_video(media, raw, limits)
    return FrameReader(frames, duration_s)


def _unsupported(media: MediaFile) -> UnsupportedMediaError:
    if media.media_type == UNKNOWN_TYPE or media.media_type not in FORMATS:
        seems = "The content of this file is of no type that is known here"
    else:
        seems = f"This seems to be {FORMATS[media.media_type].words}"
    return UnsupportedMediaError(
        f"{seems}; it was not examined. What is read: {SUPPORTED_WORDS}."
        " Save what you want to post as one of these and screen that."
    )
