"""How a reference may be printed: as it is, in one dark ink, or that turned round, light on dark.

Badges, stamps, engravings and plain stickers show an emblem in one colour, with its light and dark
often exchanged. Neither the embedding nor an alignment of the art as it is agrees with that.
"""

from __future__ import annotations

from enum import IntEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from screening.detectors.insignia.art import Rgba

_MIDDLE = 128.0
_STEEPNESS = 2.5
_LEAST_CONTRAST = 25.0
"""Standard deviation of grey levels under which the middle is taken from the art itself."""


class Print(IntEnum):
    """One way to print art; the numbers are those of the index."""

    AS_IT_IS = 0
    DARK_INK = 1
    LIGHT_INK = 2


def printed(gray: NDArray[np.uint8], inside: NDArray[np.bool_], how: Print) -> NDArray[np.uint8]:
    """Grey art as it looks printed.

    Args:
        gray: uint8, shape (H, W).
        inside: shape (H, W): where the insignia is.
        how: the way.
    """
    if how is Print.AS_IT_IS:
        return gray
    inked = _inked(gray, _MIDDLE)
    if inside.any() and float(inked[inside].std()) < _LEAST_CONTRAST:
        middle, _ = cv2.threshold(gray[inside], 0, 255, cv2.THRESH_OTSU)
        inked = _inked(gray, float(middle))
    return inked if how is Print.DARK_INK else 255 - inked


def printed_art(art: Rgba, how: Print) -> Rgba:
    """Art as it looks printed, its alpha unchanged."""
    if how is Print.AS_IT_IS:
        return art
    gray = np.asarray(
        cv2.cvtColor(np.ascontiguousarray(art[..., :3]), cv2.COLOR_RGB2GRAY), np.uint8
    )
    inked = printed(gray, art[..., 3] > 127, how)
    return np.dstack([inked, inked, inked, art[..., 3]])


def _inked(gray: NDArray[np.uint8], middle: float) -> NDArray[np.uint8]:
    levels = (np.arange(256) - middle) * _STEEPNESS + 128
    return np.asarray(cv2.LUT(gray, np.clip(levels, 0, 255).astype(np.uint8)), np.uint8)
