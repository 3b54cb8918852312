"""How an emblem is cut out before it is compared: its box with a margin, pulled to a square.

A reference is framed the same way at every rotation it is kept in, so that squashing by a tilted
view and squashing by the frame undo each other.
"""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from screening.detectors.insignia.art import Rgba

FRAME_PX = 96
MARGIN = 0.08
"""Of each side of the box, around it."""
GROUND = 128
"""Grey value around a framed reference."""

Matrix = NDArray[np.float64]
"""Shape (3, 3), maps homogeneous column vectors of pixels."""


def frame_of_box(box: tuple[float, float, float, float], side_px: int = FRAME_PX) -> Matrix:
    """From pixels of a picture to pixels of the frame around `box` (x_min, y_min, x_max, y_max)."""
    x_min, y_min, x_max, y_max = box
    margin_x, margin_y = MARGIN * (x_max - x_min), MARGIN * (y_max - y_min)
    wide, high = x_max - x_min + 2 * margin_x, y_max - y_min + 2 * margin_y
    scale_x, scale_y = side_px / max(wide, 1e-3), side_px / max(high, 1e-3)
    # Pixel centres stand at half pixels.
    return np.array(
        [
            [scale_x, 0, (0.5 - x_min + margin_x) * scale_x - 0.5],
            [0, scale_y, (0.5 - y_min + margin_y) * scale_y - 0.5],
            [0, 0, 1],
        ]
    )


def box_of_frame(box: tuple[float, float, float, float], side_px: int = FRAME_PX) -> Matrix:
    """The way back: from pixels of the frame around `box` to pixels of the picture."""
    there = frame_of_box(box, side_px)
    (scale_x, _, shift_x), (_, scale_y, shift_y) = there[0].tolist(), there[1].tolist()
    return np.array(
        [[1 / scale_x, 0, -shift_x / scale_x], [0, 1 / scale_y, -shift_y / scale_y], [0, 0, 1]]
    )


class Pyramid:
    """A picture at full, half, quarter ... size, from which small parts are cut without aliasing.

    Args:
        picture: uint8, shape (H, W) or (H, W, C).
    """

    def __init__(self, picture: NDArray[np.uint8]) -> None:
        self._levels = [picture]

    def cut(self, there: Matrix, size_wh: tuple[int, int], shrink: float) -> NDArray[np.uint8]:
        """A part of the picture; edges are repeated.

        Args:
            there: from pixels of the picture to pixels of the part.
            size_wh: of the part.
            shrink: pixels of the picture per pixel of the part, about.
        """
        level = max(int(np.log2(max(shrink, 1)) + 0.3), 0)
        while len(self._levels) <= level:
            self._levels.append(_halved(self._levels[-1]))
        factor = 2.0**level
        # Pixel centres stand at half pixels.
        back = np.array([[factor, 0, (factor - 1) / 2], [0, factor, (factor - 1) / 2], [0, 0, 1]])
        part: NDArray[np.uint8] = cv2.warpPerspective(
            self._levels[level],
            there @ back,
            size_wh,
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return part


def _halved(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = (max(side // 2 * 2, 1) for side in picture.shape[:2])
    size = (max(width // 2, 1), max(height // 2, 1))
    return np.asarray(
        cv2.resize(picture[:height, :width], size, interpolation=cv2.INTER_AREA), np.uint8
    )


def cut_frame(
    pyramid: Pyramid, box: tuple[float, float, float, float], side_px: int = FRAME_PX
) -> NDArray[np.uint8]:
    """The frame around a box of a picture, uint8 (side_px, side_px, C); edges are repeated."""
    x_min, y_min, x_max, y_max = box
    shrink = max(x_max - x_min, y_max - y_min) * (1 + 2 * MARGIN) / side_px
    return pyramid.cut(frame_of_box(box, side_px), (side_px, side_px), shrink)


def outline_points(mask: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Corners of the convex hull of a mask, float64 (N, 2); of the whole picture if it is empty."""
    height, width = mask.shape
    outlines, _ = cv2.findContours(
        (mask > 127).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
    )
    if not outlines:
        return np.array([[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]], float)
    return np.asarray(cv2.convexHull(np.concatenate(outlines)).reshape(-1, 2), np.float64)


def frame_of_turned(
    points: NDArray[np.float64], turn_deg: float, side_px: int = FRAME_PX
) -> Matrix:
    """From pixels of art with this outline to pixels of the frame around it, once rotated."""
    turn = np.deg2rad(turn_deg)
    spin = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
    turned = points @ spin[:2, :2].T
    (x_min, y_min), (x_max, y_max) = turned.min(axis=0), turned.max(axis=0)
    # The points are pixel centres, a box takes edges.
    framed: Matrix = frame_of_box((x_min, y_min, x_max + 1, y_max + 1), side_px) @ spin
    return framed


def framed_art(art: Rgba, turn_deg: float, side_px: int = FRAME_PX) -> NDArray[np.uint8]:
    """The art rotated by `turn_deg` in its frame, on even ground, uint8 RGB."""
    return framed_turns(art, [turn_deg], side_px)[0]


def framed_turns(
    art: Rgba, turns_deg: Iterable[float], side_px: int = FRAME_PX
) -> list[NDArray[np.uint8]]:
    """The art at each of some rotations in its frame, on even ground, uint8 RGB."""
    points = outline_points(np.ascontiguousarray(art[..., 3]))
    shrink, layer, back = max(art.shape[:2]) / side_px, art, np.eye(3)
    if shrink > 1.5:
        size = (max(round(art.shape[1] / shrink), 1), max(round(art.shape[0] / shrink), 1))
        layer = cv2.resize(art, size, interpolation=cv2.INTER_AREA)
        up = (art.shape[1] / size[0], art.shape[0] / size[1])
        back = np.array([[up[0], 0, (up[0] - 1) / 2], [0, up[1], (up[1] - 1) / 2], [0, 0, 1]])
    weighted = layer.astype(np.float32)
    weighted[..., :3] = (weighted[..., :3] - GROUND) * weighted[..., 3:] / 255
    square = (side_px, side_px)
    turned = (frame_of_turned(points, turn_deg, side_px) @ back for turn_deg in turns_deg)
    seen = (cv2.warpPerspective(weighted, one, square, flags=cv2.INTER_LINEAR) for one in turned)
    return [np.asarray(np.clip(one[..., :3] + GROUND, 0, 255), np.uint8) for one in seen]
