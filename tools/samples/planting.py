"""Puts insignia and lettering into a picture and says exactly where they lie."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from painting import Colour, Map, Picture, as_float, over
from PIL import Image, ImageDraw, ImageFont

REFERENCES = Path(__file__).resolve().parents[2] / "reference_insignia"
Corner = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Planted:
    """One insignia in one picture.

    Attributes:
        reference: `<folder>/<id>` as in the catalogs.
        corners: where the four corners of the reference picture lie, clockwise from its top
            left, in pixels of the upright frame.
        frame_index: 0-based first frame that shows it.
        last_frame_index: 0-based last frame that shows it at this place.
    """

    reference: str
    corners: tuple[Corner, ...]
    frame_index: int = 0
    last_frame_index: int = 0


def square(centre: Corner, side: float, turn_deg: float = 0) -> tuple[Corner, ...]:
    """Corners of a turned square, clockwise from its top left."""
    angle = np.deg2rad(turn_deg)
    cos, sin = float(np.cos(angle)), float(np.sin(angle))
    half = side / 2
    return tuple(
        (centre[0] + x * cos - y * sin, centre[1] + x * sin + y * cos)
        for x, y in ((-half, -half), (half, -half), (half, half), (-half, half))
    )


def reference_picture(reference: str) -> Picture:
    """The reference as RGBA, 0..1."""
    with Image.open(REFERENCES / f"{reference}.png") as image:
        return as_float(np.asarray(image.convert("RGBA")) / 255)


def _warp(source: Picture, size_wh: tuple[int, int], corners: tuple[Corner, ...]) -> Picture:
    """`source` (RGBA) laid onto a quad, averaged down first so that it does not alias."""
    target = np.asarray(corners, np.float32)
    side = max(np.linalg.norm(target[1] - target[0]), np.linalg.norm(target[3] - target[0]))
    scale = min(1.0, 1.6 * float(side) / source.shape[1])
    premultiplied = source.copy()
    premultiplied[..., :3] *= source[..., 3:]
    small = cv2.resize(premultiplied, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    height, width = small.shape[:2]
    origin = np.asarray([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    matrix = cv2.getPerspectiveTransform(origin, target)
    warped = cv2.warpPerspective(small, matrix, size_wh, flags=cv2.INTER_LINEAR)
    return as_float(warped)


def plant(
    scene: Picture,
    layer: Picture,
    corners: tuple[Corner, ...],
    light: Map | None = None,
    shadow_px: float = 0,
) -> Picture:
    """`layer` (RGBA) laid onto a quad of `scene`, under its light, with a soft shadow."""
    height, width = scene.shape[:2]
    warped = _warp(layer, (width, height), corners)
    opacity = warped[..., 3]
    if shadow_px:
        move = np.asarray([[1, 0, shadow_px], [0, 1, shadow_px]], np.float32)
        cast = cv2.warpAffine(opacity, move, (width, height))
        cast = cv2.GaussianBlur(cast, (0, 0), shadow_px) * 0.6
        scene = over(scene, (0.02, 0.02, 0.03), cast)
    colour = warped[..., :3] if light is None else warped[..., :3] * light[..., None]
    return as_float(scene * (1 - opacity[..., None]) + colour)


def lettering(
    size_wh: tuple[int, int], lines: list[tuple[str, Corner, int, int]], colour: Colour
) -> Picture:
    """A transparent RGBA layer with bold lines of text.

    Args:
        size_wh: size of the layer.
        lines: words, centre of the line, font size and weight (stroke in pixels).
        colour: of the letters.
    """
    mask = Image.new("L", size_wh, 0)
    draw = ImageDraw.Draw(mask)
    for words, centre, font_px, weight in lines:
        font = ImageFont.load_default(font_px)
        draw.text(centre, words, 255, font, anchor="mm", stroke_width=weight)
    opacity = np.asarray(mask, np.float32)[..., None] / 255
    tint = np.broadcast_to(np.asarray(colour, np.float32), (*opacity.shape[:2], 3))
    return as_float(np.concatenate([tint, opacity], axis=2))


def plate(size_wh: tuple[int, int], colour: Colour, radius_px: int) -> Picture:
    """An opaque RGBA board with rounded corners, a rim and a gentle sheen."""
    width, height = size_wh
    mask = Image.new("L", (width * 2, height * 2), 0)
    ImageDraw.Draw(mask).rounded_rectangle(
        (0, 0, 2 * width - 1, 2 * height - 1), 2 * radius_px, 255
    )
    opacity = np.asarray(mask.resize(size_wh, Image.Resampling.LANCZOS), np.float32) / 255
    inner = cv2.GaussianBlur(cv2.erode(opacity, np.ones((13, 13), np.uint8)), (0, 0), 2)
    sheen = 1.12 - 0.24 * np.linspace(0, 1, height, dtype=np.float32)[:, None]
    tone = np.asarray(colour, np.float32) * (sheen * (0.62 + 0.38 * inner))[..., None]
    return as_float(np.concatenate([tone, opacity[..., None]], axis=2))


def laid_over(below: Picture, above: Picture) -> Picture:
    """Two RGBA layers of the same size as one."""
    share = above[..., 3:]
    colour = below[..., :3] * (1 - share) + above[..., :3] * share
    return as_float(np.concatenate([colour, np.maximum(below[..., 3:], share)], axis=2))
