"""Local features: SIFT keypoints with RootSIFT descriptors.

Sources: D. Lowe, "Distinctive Image Features from Scale-Invariant Keypoints", IJCV 2004;
R. Arandjelovic and A. Zisserman, "Three things everyone should know to improve object
retrieval", CVPR 2012 (RootSIFT).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]

_CONTRAST_THRESHOLD = 0.02
"""Half of SIFT's own 0.04: seals in photos are small and soft, and lose most keypoints at 0.04."""

_MAX_PIXELS = 800_000
_KEYPOINTS_PER_MEGAPIXEL, _KEYPOINTS = 4000, (2000, 4000)


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """Keypoints of one picture.

    Attributes:
        xy: float32, shape (N, 2), pixels.
        size: float32, shape (N,), diameter in pixels.
        angle: float32, shape (N,), radians.
        descriptors: float32, shape (N, 128), RootSIFT, unit length.
    """

    xy: Float32
    size: Float32
    angle: Float32
    descriptors: Float32

    def __len__(self) -> int:
        return len(self.xy)

    def strongest(self, count: int) -> Features:
        """The first ones of those that `extract` found."""
        return Features(
            self.xy[:count], self.size[:count], self.angle[:count], self.descriptors[:count]
        )


def extract(gray: NDArray[np.uint8], limit: int, mask: NDArray[np.uint8] | None = None) -> Features:
    """The `limit` strongest keypoints of a uint8 grey picture, shape (H, W), strongest first."""
    sift = cv2.SIFT_create(nfeatures=limit, contrastThreshold=_CONTRAST_THRESHOLD)
    keypoints, raw = sift.detectAndCompute(gray, mask)
    if raw is None or not keypoints:
        return Features(
            np.zeros((0, 2), np.float32),
            np.zeros(0, np.float32),
            np.zeros(0, np.float32),
            np.zeros((0, 128), np.float32),
        )
    root = np.sqrt(raw / (raw.sum(axis=1, keepdims=True) + 1e-7))
    order = np.argsort([-point.response for point in keypoints], kind="stable")
    return Features(
        np.array([point.pt for point in keypoints], np.float32)[order],
        np.array([point.size for point in keypoints], np.float32)[order],
        np.deg2rad(np.array([point.angle for point in keypoints], np.float32))[order],
        np.asarray(root[order], np.float32),
    )


def reduced(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A uint8 RGB picture, shape (H, W, 3), in grey, at no more pixels than are searched."""
    gray = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    scale = min(1.0, (_MAX_PIXELS / gray.size) ** 0.5)
    if scale < 1:
        size = (max(1, round(gray.shape[1] * scale)), max(1, round(gray.shape[0] * scale)))
        gray = cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
    return np.asarray(gray, np.uint8)


class Survey:
    """A whole picture in grey, at no more pixels than are searched, and its keypoints.

    Args:
        pixels: uint8 RGB, shape (H, W, 3).
    """

    def __init__(self, pixels: NDArray[np.uint8]) -> None:
        self._pixels = pixels

    @cached_property
    def gray(self) -> NDArray[np.uint8]:
        """uint8, shape (H, W)."""
        return reduced(self._pixels)

    @cached_property
    def _found(self) -> Features:
        limit = np.clip(_KEYPOINTS_PER_MEGAPIXEL * self.gray.size / 1e6, *_KEYPOINTS)
        return extract(self.gray, int(limit))

    def strongest(self, count: int) -> Features:
        """Up to 4,000 keypoints in pixels of `gray`; they are extracted once."""
        return self._found.strongest(count)
