"""Holds a frame's size, as its header gives it, against the limits."""

from __future__ import annotations

from screening.config import MediaLimits
from screening.errors import LimitExceededError, UnreadableMediaError


def check_frame_size(width_px: int, height_px: int, limits: MediaLimits) -> None:
    """Refuse a frame before it is decoded.

    Raises:
        LimitExceededError: more pixels than `limits.max_pixels`, or longer and thinner than
            `limits.max_aspect`.
        UnreadableMediaError: a side has no pixels.
    """
    if min(width_px, height_px) <= 0:
        raise UnreadableMediaError("The file is damaged: its picture has no width or no height.")
    if width_px * height_px > limits.max_pixels:
        raise LimitExceededError(
            f"The picture is {width_px} by {height_px} pixels; at most {limits.max_pixels} pixels"
            " in all are examined (limits.max_pixels)."
        )
    aspect = max(width_px, height_px) / min(width_px, height_px)
    if aspect > limits.max_aspect:
        raise LimitExceededError(
            f"The picture is {width_px} by {height_px} pixels; its longer side may be at most"
            f" {limits.max_aspect:g} times the shorter one (limits.max_aspect)."
        )
