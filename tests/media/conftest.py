"""Builders of media files and a reader that keeps frames and failure."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from screening.config import MediaLimits
from screening.errors import MediaError
from screening.media import identify, open_frames
from screening.records import Frame

Reading = tuple[list[Frame], MediaError | None]


@pytest.fixture
def read() -> Callable[..., Reading]:
    """Every frame of a file, and the error that ended its reading."""

    def read_file(path: Path, **limits: float) -> Reading:
        bounds = MediaLimits(**limits)
        frames: list[Frame] = []
        try:
            with open_frames(identify(path, bounds), bounds) as reader:
                for frame in reader:
                    frames.append(frame)  # noqa: PERF402  # what came before an error counts
        except MediaError as error:
            return frames, error
        return frames, None

    return read_file


@pytest.fixture
def photo() -> Image.Image:
    """A picture full of detail, so that cutting or damaging its file always matters."""
    noise = np.random.default_rng(7).integers(0, 256, (60, 80, 3), dtype=np.uint8)
    return Image.fromarray(noise).resize((320, 240), Image.Resampling.BICUBIC)


@pytest.fixture
def encoded() -> Callable[..., bytes]:
    """A picture as the bytes of a file format."""

    def encode(image: Image.Image, format_name: str, **options: object) -> bytes:
        if format_name == "HEIF":
            import pillow_heif

            pillow_heif.register_heif_opener()
        buffer = io.BytesIO()
        image.save(buffer, format_name, **options)
        return buffer.getvalue()

    return encode
