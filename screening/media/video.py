"""Decodes the frames of a video that are worth looking at, one at a time, upright, with times."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack

import av
import numpy as np
from av.container import InputContainer
from av.sidedata.sidedata import SideData
from av.stream import Disposition
from av.video.stream import VideoStream
from numpy.typing import NDArray

from screening.config import MediaLimits
from screening.errors import (
    LimitExceededError,
    MediaError,
    TruncatedMediaError,
    UnreadableMediaError,
    UnsupportedMediaError,
)
from screening.media.containers import ends_early
from screening.media.limits import check_frame_size
from screening.records import Frame, MediaFile

Pixels = NDArray[np.uint8]

# The demuxer is named, never guessed: FFmpeg's guess can be a playlist that opens other files.
_DEMUXERS = {
    "video/x-msvideo": "avi",
    "video/webm": "matroska",
    "video/x-matroska": "matroska",
}
_ISO_DEMUXER = "mov"
_NO_PROTOCOL = "none"  # not a protocol: nothing but the open file is ever read

# What corrupt input makes PyAV raise; its own errors are FFmpegError.
_DECODE_ERRORS = (
    av.FFmpegError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)
_THUMBNAIL_WH = (64, 36)
_TIME_TOLERANCE_S = 1e-6
# Sound may end this much later than the pictures do; more means that pictures are missing.
_MAX_TAIL_S = 1.0
_DEFAULT_RATE = 25.0  # only where neither the frames nor the container carry a time

# Signs (a, b, c, d) of a display matrix, x' = a x + c y and y' = b x + d y with y downwards
# (ISO/IEC 14496-12, 6.2.2), and what they do to the picture.
_TO_UPRIGHT: dict[tuple[int, int, int, int], Callable[[Pixels], Pixels]] = {
    (0, 1, -1, 0): lambda pixels: np.rot90(pixels, -1),
    (-1, 0, 0, -1): lambda pixels: np.rot90(pixels, 2),
    (0, -1, 1, 0): lambda pixels: np.rot90(pixels, 1),
    (-1, 0, 0, 1): np.fliplr,
    (1, 0, 0, -1): np.flipud,
    (0, 1, 1, 0): lambda pixels: pixels.swapaxes(0, 1),
    (0, -1, -1, 0): lambda pixels: np.rot90(pixels, 2).swapaxes(0, 1),
}


def open_video(
    media: MediaFile, raw: io.FileIO, limits: MediaLimits
) -> tuple[Generator[Frame, None, None], float | None]:
    """Open a video file.

    Args:
        media: of kind VIDEO.
        raw: the open file; closed with the frames.
        limits: pixels, aspect, number and distance of frames.

    Returns:
        Its frames and its length in seconds (None where the file does not say). The frames are
        the first, the last, every one whose 64x36 grey thumbnail differs from that of the frame
        taken before by more than `limits.scene_threshold`, and one in every
        `limits.frame_interval_s`. Pixels are uint8 sRGB (H, W, 3), read-only and turned by the
        display matrix; a sample aspect ratio other than 1 is not applied. Times count from the
        first frame; indexes count all frames of the video, also those not taken.

    Raises:
        UnsupportedMediaError: sound only, or a codec that cannot be decoded here.
        UnreadableMediaError: damaged.
        TruncatedMediaError: cut off before the part that describes the video.
        LimitExceededError: too many pixels, by the header.
    """
    with ExitStack() as stack:
        stack.enter_context(raw)
        container = stack.enter_context(_open_container(media, raw))
        stream = _picture_track(container, limits)
        video = _Video(media, raw, container, stream, limits)
        return video.frames(stack.pop_all()), _duration_s(container, stream)


class _Video:
    """One open video: packets to frames to taken frames."""

    def __init__(
        self,
        media: MediaFile,
        raw: io.FileIO,
        container: InputContainer,
        stream: VideoStream,
        limits: MediaLimits,
    ) -> None:
        self._media, self._raw, self._limits = media, raw, limits
        self._container, self._stream = container, stream
        self._is_damaged = False
        self._taken = 0
        self._decoded_frames = 0
        self._last_s = 0.0
        self._start_s: float | None = None

    def frames(self, resources: ExitStack) -> Generator[Frame, None, None]:
        """The taken frames, then what was wrong, if anything was.

        Raises:
            MediaError: after the last frame.
        """
        with resources:
            yield from self._taken_frames()
            failure = self._failure()
            if failure:
                raise failure

    def _taken_frames(self) -> Iterator[Frame]:
        last_thumbnail: NDArray[np.int16] | None = None
        last_s = 0.0
        left: tuple[av.VideoFrame, int, float] | None = None
        for index, decoded in enumerate(self._decoded()):
            time_s = self._time_s(decoded, index)
            self._decoded_frames, self._last_s = index + 1, max(self._last_s, time_s)
            thumbnail = _thumbnail(decoded)
            left = (decoded, index, time_s)
            if (
                last_thumbnail is None
                or abs(time_s - last_s) >= self._limits.frame_interval_s - _TIME_TOLERANCE_S
                or _difference(thumbnail, last_thumbnail) > self._limits.scene_threshold
            ):
                yield self._take(*left)
                last_thumbnail, last_s, left = thumbnail, time_s, None
        if left is not None:
            yield self._take(*left)

    def _take(self, decoded: av.VideoFrame, index: int, time_s: float) -> Frame:
        if self._taken == self._limits.max_video_frames:
            raise LimitExceededError(
                f"The video is too long or too varied to examine all of it: {self._taken} frames"
                f" of its first {time_s:.0f} seconds were examined (limits.max_video_frames)."
            )
        check_frame_size(decoded.width, decoded.height, self._limits)
        try:
            pixels = _upright(decoded)
        except _DECODE_ERRORS as error:
            raise _damaged() from error
        self._taken += 1
        return Frame(pixels, index, time_s)

    def _decoded(self) -> Iterator[av.VideoFrame]:
        """All frames; a packet that cannot be decoded is passed over and noted."""
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets, None)
            except _DECODE_ERRORS:
                self._is_damaged = True
                return
            if packet is None:
                return
            try:
                frames = packet.decode()
            except _DECODE_ERRORS:
                self._is_damaged = True
                continue
            for frame in frames:
                if isinstance(frame, av.VideoFrame):
                    self._is_damaged |= frame.is_corrupt
                    yield frame

    def _time_s(self, decoded: av.VideoFrame, index: int) -> float:
        time_s = decoded.time if decoded.time is not None else index * self._period_s()
        if self._start_s is None:
            self._start_s = time_s
        return max(time_s - self._start_s, 0.0)

    def _period_s(self) -> float:
        return 1.0 / float(self._stream.average_rate or _DEFAULT_RATE)

    def _failure(self) -> MediaError | None:
        if ends_early(self._raw, self._media.media_type):
            return _cut_off()
        if self._is_damaged or not self._taken or self._is_short():
            return _damaged()
        tracks = len(self._container.streams.video)
        if tracks > 1:
            return UnsupportedMediaError(
                f"The file holds {tracks} picture tracks; only one of them was examined. Save the"
                " video with a single track and screen that."
            )
        return None

    def _is_short(self) -> bool:
        """Whether frames are missing that the container declares.

        A damaged index or cluster makes a demuxer skip ahead or stop without an error. Matroska
        counts no frames; there only the distance from the last one to the declared end tells.
        """
        if self._stream.frames:
            return self._decoded_frames < self._stream.frames
        duration_s = _duration_s(self._container, self._stream) or 0.0
        return duration_s - self._last_s > _MAX_TAIL_S + self._period_s()


def _open_container(media: MediaFile, raw: io.FileIO) -> InputContainer:
    demuxer = _DEMUXERS.get(media.media_type, _ISO_DEMUXER)
    try:
        return av.open(raw, "r", format=demuxer, options={"protocol_whitelist": _NO_PROTOCOL})
    except _DECODE_ERRORS as error:
        failure = _cut_off() if ends_early(raw, media.media_type) else _damaged()
        raise failure from error


def _picture_track(container: InputContainer, limits: MediaLimits) -> VideoStream:
    """The first video stream that is not a cover picture, ready to decode."""
    tracks = [
        stream
        for stream in container.streams.video
        if not stream.disposition & Disposition.attached_pic
    ]
    if not tracks:
        raise UnsupportedMediaError(
            "The file holds no moving pictures; sound is not examined. If you want to post it,"
            " have a person listen to it."
        )
    stream = tracks[0]
    context = stream.codec_context
    if context is None:
        raise UnsupportedMediaError(
            "The video is coded in a way that cannot be decoded here. Save it as an ordinary MP4"
            " (H.264) and screen that."
        )
    if context.width or context.height:
        check_frame_size(context.width, context.height, limits)
    # One thread: with more, damaged streams give other frames from run to run.
    stream.thread_type = "NONE"
    context.thread_count = 1
    context.options = {"max_pixels": str(limits.max_pixels)}
    return stream


def _duration_s(container: InputContainer, stream: VideoStream) -> float | None:
    if stream.duration and stream.time_base:
        seconds = float(stream.duration * stream.time_base)
    elif container.duration:
        seconds = container.duration / av.time_base
    else:
        return None
    return seconds if seconds > 0 else None


def _thumbnail(decoded: av.VideoFrame) -> NDArray[np.int16]:
    width_px, height_px = _THUMBNAIL_WH
    small = decoded.reformat(width_px, height_px, "gray8", interpolation="AREA")
    return small.to_ndarray().astype(np.int16)


def _difference(one: NDArray[np.int16], other: NDArray[np.int16]) -> float:
    """Mean absolute difference, 0..1."""
    return float(np.abs(one - other).mean()) / 255.0


def _upright(decoded: av.VideoFrame) -> Pixels:
    pixels: Pixels = np.asarray(decoded.to_ndarray(format="rgb24"), dtype=np.uint8)
    matrix = decoded.side_data.get("DISPLAYMATRIX")
    if isinstance(matrix, SideData):
        a, b, _, c, d = struct.unpack_from("=5i", bytes(matrix))
        signs = (round(a / 65536), round(b / 65536), round(c / 65536), round(d / 65536))
        if signs in _TO_UPRIGHT:
            pixels = _TO_UPRIGHT[signs](pixels)
    pixels = np.ascontiguousarray(pixels)
    pixels.setflags(write=False)
    return pixels


def _cut_off() -> TruncatedMediaError:
    return TruncatedMediaError(
        "The video is cut off: the end of the file is missing. Get the complete file."
    )


def _damaged() -> UnreadableMediaError:
    return UnreadableMediaError(
        "The video is damaged; not every frame of it could be shown. Get a sound copy."
    )
