"""What is kept of a picture to find it again after re-encoding, cropping or mirroring.

Its keypoints are those that insignia are matched by. A crop keeps its share of them; a mirrored
copy keeps none, so each picture is also described as its mirror image.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from screening.config import MediaLimits
from screening.detectors.insignia.features import extract
from screening.media import identify, open_frames

SIDE_PX = 480
"""Longer side that pictures are scaled to; at 320 px crops to 60 % lose half of their matches."""
KEYPOINTS = 350
_QUANTUM = 512.0  # values of RootSIFT lie mostly below 0.5; a byte each keeps a picture at 45 kB
_MOST_FRAMES = 8
"""Frames of a video and pages of a file that are compared."""


@dataclass(frozen=True, slots=True, eq=False)
class Described:
    """Keypoints of one picture, one way round.

    Attributes:
        xy: float32, shape (N, 2), pixels of the scaled picture.
        descriptors: uint8, shape (N, 128).
    """

    xy: NDArray[np.float32]
    descriptors: NDArray[np.uint8]

    def as_floats(self) -> NDArray[np.float32]:
        """The descriptors as they are compared, shape (N, 128), about unit length."""
        return np.asarray(self.descriptors, np.float32) / np.float32(_QUANTUM)


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprint:
    """One picture.

    Attributes:
        gray: uint8, shape (H, W), scaled.
        upright: its keypoints.
        mirrored: those of its mirror image.
    """

    gray: NDArray[np.uint8]
    upright: Described
    mirrored: Described


def fingerprints(path: Path, limits: MediaLimits) -> Iterator[Fingerprint]:
    """One for each of the first pages or frames of a file.

    Raises:
        MediaError: the file cannot be read, or not to its end.
    """
    fewer = limits.model_copy(
        update={"max_video_frames": min(limits.max_video_frames, _MOST_FRAMES)}
    )
    with open_frames(identify(path, limits), fewer, video_known=True) as reader:
        for number, frame in enumerate(reader, start=1):
            yield fingerprint_of(frame.pixels)
            if number == _MOST_FRAMES:
                return


def fingerprint_of(pixels: NDArray[np.uint8]) -> Fingerprint:
    """The fingerprint of a picture, uint8 RGB, shape (H, W, 3)."""
    gray = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    scale = SIDE_PX / max(gray.shape)
    if scale < 1:
        size = (max(1, round(gray.shape[1] * scale)), max(1, round(gray.shape[0] * scale)))
        gray = cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
    gray = np.asarray(gray, np.uint8)
    return Fingerprint(gray, _described(gray), _described(np.ascontiguousarray(gray[:, ::-1])))


def _described(gray: NDArray[np.uint8]) -> Described:
    found = extract(gray, KEYPOINTS)
    quantised = np.clip(np.round(found.descriptors * _QUANTUM), 0, 255)
    return Described(found.xy, quantised.astype(np.uint8))
