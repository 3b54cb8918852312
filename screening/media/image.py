"""Decodes still and animated pictures into upright sRGB frames, one at a time."""

from __future__ import annotations

import io
import logging
import struct
import warnings
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager, nullcontext

import numpy as np
from numpy.typing import NDArray

# Importing a plugin registers it, so that Image.open() need not load all forty.
from PIL import (
    AvifImagePlugin,  # noqa: F401
    BmpImagePlugin,  # noqa: F401
    GifImagePlugin,  # noqa: F401
    Image,
    ImageCms,
    ImageFile,
    JpegImagePlugin,  # noqa: F401
    MpoImagePlugin,  # noqa: F401
    PngImagePlugin,  # noqa: F401
    TiffImagePlugin,  # noqa: F401
    WebPImagePlugin,  # noqa: F401
)

from screening.config import MediaLimits
from screening.errors import (
    LimitExceededError,
    MediaError,
    TruncatedMediaError,
    UnreadableMediaError,
    UnsupportedMediaError,
)
from screening.media.colour import to_srgb
from screening.media.containers import ends_early, holds_video
from screening.media.limits import check_frame_size
from screening.media.quiet import stderr_silenced
from screening.records import Frame, MediaFile

# Pillow logs the values of TIFF tags, which can be names and places, and prints what it logs as
# an error where no handler is set.
logging.getLogger("PIL").setLevel(logging.CRITICAL + 1)

_HEIF_TYPES = ("image/heic", "image/heif", "image/heic-sequence", "image/heif-sequence")
_PILLOW_FORMATS = {
    "image/jpeg": ("JPEG",),
    "image/png": ("PNG",),
    "image/webp": ("WEBP",),
    "image/gif": ("GIF",),
    "image/tiff": ("TIFF",),
    "image/bmp": ("BMP",),
    "image/avif": ("AVIF",),
} | dict.fromkeys(_HEIF_TYPES, ("HEIF", "AVIF"))

# What corrupt input makes Pillow, its plugins and pillow-heif raise.
_DECODE_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    BufferError,
    EOFError,
    ImageCms.PyCMSError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
_ORIENTATION_TAG = 0x0112
_STRIP_OFFSETS, _STRIP_BYTE_COUNTS, _TILE_OFFSETS, _TILE_BYTE_COUNTS = 273, 279, 324, 325
_TO_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# Formats whose pages do not build on one another: after a broken page the next one is read.
_INDEPENDENT_PAGES = frozenset({"TIFF", "HEIF", "MPO"})
# Formats whose frames are counted by walking through the file.
_UNCOUNTED = frozenset({"GIF", "TIFF"})
# A small animation can unfold into many large frames; together they may hold this many times
# the pixels of one frame: 64 pages of A4 at 300 dpi are 4.6 times the default limit.
_TOTAL_PIXELS_FACTOR = 8
_JPEG_END = b"\xff\xd9"


class _PictureFile(io.BufferedReader):
    """A file that remembers a read beyond its end, and answers the first one with an end mark.

    libjpeg hands out the rows it has of a cut picture only when it meets the end mark; Pillow's
    own switch for that (`LOAD_TRUNCATED_IMAGES`) is global and hides that the picture was cut.
    """

    def __init__(self, raw: io.FileIO, end_mark: bytes) -> None:
        super().__init__(raw)
        self.met_end = False
        self._end_mark = end_mark

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        if data or size == 0:
            return data
        self.met_end = True
        taken = len(self._end_mark) if size is None or size < 0 else size
        data, self._end_mark = self._end_mark[:taken], self._end_mark[taken:]
        return data


def image_frames(
    media: MediaFile, raw: io.FileIO, limits: MediaLimits, *, video_known: bool = False
) -> Generator[Frame, None, None]:
    """Every frame or page of a picture file, upright, in sRGB.

    Args:
        media: of kind IMAGE.
        raw: the open file; closed at the end.
        limits: pixels, aspect and number of frames.
        video_known: the caller looks at a video stored with the picture by itself.

    Yields:
        Frames with pixels uint8 (H, W, 3), read-only; with times if the file is an animation.

    Raises:
        UnreadableMediaError: damaged, or a variant of its format that is not read here.
        TruncatedMediaError: after the part that is there.
        LimitExceededError: after the frames within the limits.
        UnsupportedMediaError: after the picture, if a video is stored with it that nobody
            knows of.
    """
    end_mark = _JPEG_END if media.media_type == "image/jpeg" else b""
    with _PictureFile(raw, end_mark) as stream:
        decoder = _Decoder(media, stream, limits)
        yield from decoder.frames()
        # The frames of an animated AVIF are its video; those of a HEIC are pictures beside it.
        may_hide = decoder.count == 1 or media.media_type in _HEIF_TYPES
        if may_hide and not video_known and holds_video(stream, media.media_type):
            raise UnsupportedMediaError(
                "The picture was examined, but the short video stored with it (a motion photo"
                " or picture sequence) was not. Save it as a plain picture and screen that."
            )


class _Decoder:
    """One open picture file: page by page from header to pixels.

    Attributes:
        count: number of frames that were decoded.
    """

    def __init__(self, media: MediaFile, stream: _PictureFile, limits: MediaLimits) -> None:
        self.count = 0
        self._media, self._stream, self._limits = media, stream, limits
        self._total_px = 0
        self._elapsed_ms = 0.0
        with self._guarded():
            if media.media_type in _HEIF_TYPES:
                _register_heif()
            self._image: ImageFile.ImageFile = Image.open(
                stream, formats=_PILLOW_FORMATS[media.media_type]
            )
            check_frame_size(*self._image.size, limits)
            self._is_timed = _is_timed(self._image)

    def frames(self) -> Iterator[Frame]:
        """The frames, then the first failure, if there was one."""
        failure: MediaError | None = None
        for index in range(self._limits.max_image_frames + 1):
            try:
                page = self._page(index)
            except LimitExceededError:
                raise
            except MediaError as error:
                if self._image.format not in _INDEPENDENT_PAGES:
                    raise
                failure = failure or error
                continue
            if page is None:
                break
            frame, page_failure = page
            self.count += 1
            yield frame
            failure = failure or page_failure
            if failure and self._image.format not in _INDEPENDENT_PAGES:
                break
        if failure:
            raise failure

    def _page(self, index: int) -> tuple[Frame, MediaError | None] | None:
        """One frame and what is wrong with it; None behind the last one."""
        with self._guarded():
            if not self._seek(index):
                return None
            width_px, height_px = self._image.size
            check_frame_size(width_px, height_px, self._limits)
            self._total_px += width_px * height_px
            if self._total_px > _TOTAL_PIXELS_FACTOR * self._limits.max_pixels:
                raise LimitExceededError(
                    f"The frames of this file are too large to examine all of them; the first"
                    f" {index} were examined (limits.max_pixels)."
                )
            failure = self._load()
            time_s = self._elapsed_ms / 1000 if self._is_timed else None
            self._elapsed_ms += float(self._image.info.get("duration") or 0)
            return Frame(_upright_pixels(self._image), index, time_s), failure

    def _seek(self, index: int) -> bool:
        """Go to a frame; False if the file ends before it."""
        try:
            self._image.seek(index)
        except EOFError as error:
            # A GIF ends with a trailer byte; the other formats say how many frames they have.
            has_trailer = self._image.format != "GIF" or not self._stream.met_end
            declared = 0 if self._image.format in _UNCOUNTED else _frame_count(self._image)
            if index < declared or not has_trailer:
                raise TruncatedMediaError(
                    f"The file is cut off; the first {index} of its frames were examined."
                    " Get the complete file."
                ) from error
            return False
        if index == self._limits.max_image_frames:
            is_tiff = self._image.format == "TIFF"  # counting means reading every directory
            number = f"more than {index}" if is_tiff else str(_frame_count(self._image))
            raise LimitExceededError(
                f"The file has {number} frames; the first {index} were examined"
                " (limits.max_image_frames)."
            )
        return True

    def _load(self) -> MediaError | None:
        """Decode the current frame, or as much of it as there is.

        Returns:
            None, or what is wrong with a frame of which some part could be decoded.
        """
        if self._image.format == "TIFF" and self._image.tell():
            self._image._im = None  # or a page that fails would show the pixels of the last one
        try:
            self._image.load()
        except _DECODE_ERRORS as error:
            failure = self._damage(error)
            # What the decoder wrote before it failed is still in the picture's memory, and
            # without tiles load() hands it out.
            self._image.tile = []
            self._image.load()
            if _is_blank(self._image):
                raise failure from error
            return failure
        is_cut = self._media.media_type == "image/jpeg" and self._stream.met_end
        return _cut_off() if is_cut else None

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Pillow with our pixel limit, without warnings, and with errors in plain words.

        The limit and the warning filters belong to the process, so they are put back at once:
        Pillow allocates memory for oversized GIF frames and WebP canvases before the caller can
        see their size (up to twice the limit, its own margin, gets through).
        """
        previous = Image.MAX_IMAGE_PIXELS
        Image.MAX_IMAGE_PIXELS = self._limits.max_pixels
        quiet = stderr_silenced() if self._media.media_type == "image/tiff" else nullcontext()
        try:
            with quiet, warnings.catch_warnings():
                warnings.simplefilter("ignore")
                yield
        except (Image.DecompressionBombError, MemoryError) as error:
            raise LimitExceededError(
                f"The picture claims more than {self._limits.max_pixels} pixels"
                " (limits.max_pixels)."
            ) from error
        except _DECODE_ERRORS as error:
            raise self._damage(error) from error
        finally:
            Image.MAX_IMAGE_PIXELS = previous

    def _damage(self, error: Exception) -> MediaError:
        is_cut = (
            "truncated" in str(error).lower()
            or ends_early(self._stream, self._media.media_type)
            or self._strips_end() > self._media.size_bytes
        )
        if is_cut:
            return _cut_off()
        return UnreadableMediaError(
            "The picture is damaged, or of a variant of its format that cannot be read here."
            " Open it in a picture program and save it again."
        )

    def _strips_end(self) -> int:
        """Where the pixels of the current TIFF page end; 0 for other formats."""
        tags = getattr(getattr(self, "_image", None), "tag_v2", {})
        offsets = tags.get(_STRIP_OFFSETS) or tags.get(_TILE_OFFSETS) or ()
        lengths = tags.get(_STRIP_BYTE_COUNTS) or tags.get(_TILE_BYTE_COUNTS) or ()
        numbers = [
            offset + length
            for offset, length in zip(offsets, lengths, strict=False)
            if isinstance(offset, int) and isinstance(length, int)
        ]
        return max(numbers, default=0)


def _cut_off() -> TruncatedMediaError:
    return TruncatedMediaError(
        "The picture is cut off: the end of the file is missing. Get the complete file."
    )


def _is_timed(image: ImageFile.ImageFile) -> bool:
    if image.format == "GIF":
        # Asking a GIF whether it is animated moves its plugin beyond the trailer byte.
        return bool(image.info.get("duration"))
    return image.format in ("PNG", "WEBP", "AVIF") and _frame_count(image) > 1


def _frame_count(image: ImageFile.ImageFile) -> int:
    return int(getattr(image, "n_frames", 1))


def _is_blank(image: Image.Image) -> bool:
    """Whether all pixels are equal, as they are where nothing was decoded."""
    extrema = np.asarray(image.getextrema()).reshape(-1, 2)
    return bool((extrema[:, 0] == extrema[:, 1]).all())


def _upright_pixels(image: ImageFile.ImageFile) -> NDArray[np.uint8]:
    """Pixels (H, W, 3) of a loaded picture, EXIF orientation applied.

    The TIFF plugin and pillow-heif turn the picture themselves and then report no orientation;
    the AVIF plugin reports the container's rotation as the EXIF one (PIL/AvifImagePlugin.py).
    """
    picture = to_srgb(image)
    try:
        orientation = image.getexif().get(_ORIENTATION_TAG)
    except _DECODE_ERRORS:
        orientation = None  # viewers show a picture with damaged EXIF as it lies
    if orientation in _TO_UPRIGHT:
        picture = picture.transpose(_TO_UPRIGHT[orientation])
    pixels: NDArray[np.uint8] = np.ascontiguousarray(picture)
    pixels.setflags(write=False)
    return pixels


def _register_heif() -> None:
    # Only HEIC needs it, and it takes longer to load than Pillow itself.
    import pillow_heif  # noqa: PLC0415

    pillow_heif.register_heif_opener(
        decode_threads=1, thumbnails=False, depth_images=False, aux_images=False
    )
