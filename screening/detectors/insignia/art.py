"""Reference art: any picture an agency hands in, cut to what belongs to the insignia."""

from __future__ import annotations

import io
from pathlib import Path

import cv2
import numpy as np
import resvg_py
from numpy.typing import NDArray
from PIL import Image, ImageOps

from screening.errors import ConfigError

SIDE_PX = 256
"""Longer side at which references are kept: the finest details that survive in a picture
200 px wide are then the finest that are kept."""

Rgba = NDArray[np.uint8]
"""uint8, shape (H, W, 4), straight alpha; H and W at most `SIDE_PX`, the longer one equal to it."""

_RASTER_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
_SVG_RENDER_PX = 1024
_BACKGROUND_TOLERANCE = 12
_LEAST_FOREGROUND = 0.1
_ONE_COLOUR = 6.0
"""Standard deviation, per channel, up to which ink is of one colour."""


def load_art(path: Path) -> Rgba:
    """Read a PNG, JPEG, WebP, GIF, BMP, TIFF or SVG file, cut to its insignia.

    The alpha of the result is that of the file, or takes away the even ground around the insignia.

    Raises:
        ConfigError: the picture cannot be read.
    """
    cut, _ = _cut(path)
    scale = SIDE_PX / max(cut.size)
    size = (max(1, round(cut.width * scale)), max(1, round(cut.height * scale)))
    kind = Image.Resampling.LANCZOS if scale < 1 else Image.Resampling.BICUBIC
    return np.asarray(cut.resize(size, kind))


def load_photo(path: Path, most_px: int) -> NDArray[np.uint8]:
    """Read a whole picture, uint8 RGB, its longer side at most `most_px`.

    Raises:
        ConfigError: the picture cannot be read.
    """
    photo = _read(path).convert("RGB")
    photo.thumbnail((most_px, most_px), Image.Resampling.LANCZOS)
    return np.asarray(photo)


def drawn_size_px(path: Path) -> float | None:
    """Longer side of the insignia in a picture, without its ground; None for SVG, which has none.

    Raises:
        ConfigError: the picture cannot be read.
    """
    if _is_vector(path):
        return None
    cut, shrink = _cut(path)
    return max(cut.size) * shrink


def _cut(path: Path) -> tuple[Image.Image, float]:
    """The insignia in RGBA, at most about 1000 pixels, and how many times larger it is really."""
    rgba = _read(path)
    full_px = max(rgba.size)
    rgba.thumbnail((4 * SIDE_PX, 4 * SIDE_PX), Image.Resampling.LANCZOS)
    pixels = _with_ground_in_strokes(np.asarray(rgba).copy())
    pixels[..., 3] = _alpha(pixels)
    rows = np.flatnonzero(pixels[..., 3].max(axis=1) > 127)
    columns = np.flatnonzero(pixels[..., 3].max(axis=0) > 127)
    cut = Image.fromarray(pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
    return cut, full_px / max(rgba.size)


def on_ground(art: Rgba, ground: int = 255) -> NDArray[np.uint8]:
    """The art on an even ground, uint8 RGB."""
    alpha = art[..., 3:].astype(np.float32) / 255
    return np.asarray(art[..., :3] * alpha + ground * (1 - alpha) + 0.5, np.uint8)


def _is_vector(path: Path) -> bool:
    return path.suffix.lower() in (".svg", ".svgz")


def _read(path: Path) -> Image.Image:
    """A picture the right way up, in RGBA."""
    try:
        return ImageOps.exif_transpose(_open(path)).convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ConfigError("this reference picture cannot be read", file=path) from error


def _open(path: Path) -> Image.Image:
    if _is_vector(path):
        png = resvg_py.svg_to_bytes(
            svg_path=str(path), width=_SVG_RENDER_PX, skip_system_fonts=True
        )
        return Image.open(io.BytesIO(bytes(png)))
    return Image.open(path, formats=_RASTER_FORMATS)


def _with_ground_in_strokes(pixels: Rgba) -> Rgba:
    """A drawing in strokes of one colour with the ground that they enclose, on white.

    Its strokes alone would be an even area, in which there is nothing to compare.
    """
    alpha = pixels[..., 3]
    ink = pixels[..., :3][alpha > 127]
    if alpha.min() > 127 or not len(ink) or ink.std(axis=0).max() > _ONE_COLOUR:
        return pixels
    outside = np.pad((alpha <= 127).astype(np.uint8), 1, constant_values=1)
    cv2.floodFill(outside, None, (0, 0), 2)
    inside = outside[1:-1, 1:-1] != 2
    white = on_ground(pixels)
    pixels[..., :3][inside] = white[inside]
    pixels[..., 3][inside] = 255
    return pixels


def _alpha(pixels: Rgba) -> NDArray[np.uint8]:
    """Where the insignia is: its alpha, or all but the even background around it."""
    alpha: NDArray[np.uint8] = pixels[..., 3]
    if alpha.min() < 128 and np.count_nonzero(alpha > 127) >= 0.02 * alpha.size:
        return alpha
    gray = cv2.cvtColor(on_ground(pixels), cv2.COLOR_RGB2GRAY)
    height, width = gray.shape
    flood = np.zeros((height + 2, width + 2), np.uint8)
    flags = 4 | cv2.FLOODFILL_MASK_ONLY | cv2.FLOODFILL_FIXED_RANGE | (255 << 8)
    for corner in ((0, 0), (width - 1, 0), (0, height - 1), (width - 1, height - 1)):
        cv2.floodFill(
            gray.copy(), flood, corner, 0, _BACKGROUND_TOLERANCE, _BACKGROUND_TOLERANCE, flags
        )
    mask = np.asarray(cv2.bitwise_not(flood[1:-1, 1:-1]), np.uint8)
    # A flood that leaves next to nothing ran into the drawing itself: take the whole picture.
    if np.count_nonzero(mask) < _LEAST_FOREGROUND * mask.size:
        return np.full_like(mask, 255)
    return mask
