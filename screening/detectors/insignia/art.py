"""Reference art: any picture an agency hands in, as pixels and a mask of what belongs to it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import resvg_py
from numpy.typing import NDArray
from PIL import Image

from screening.errors import ConfigError

SIDE_PX = 256
"""Longer side at which references are indexed: the finest details that survive in a picture
200 px wide are then the finest that are indexed (at 512 px half the keypoints never match)."""

_RASTER_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
_SVG_RENDER_PX = 1024
_BACKGROUND_TOLERANCE = 12


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceArt:
    """One picture of a reference, ready to be indexed.

    Attributes:
        gray: uint8, shape (H, W), longer side `SIDE_PX`, transparent parts on white.
        mask: uint8, shape (H, W), 255 where the insignia is, 0 on its background.
    """

    gray: NDArray[np.uint8]
    mask: NDArray[np.uint8]


def load_art(path: Path) -> ReferenceArt:
    """Read a PNG, JPEG, WebP, GIF, BMP, TIFF or SVG file.

    Raises:
        ConfigError: the picture cannot be read.
    """
    try:
        rgba = _open(path).convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ConfigError("this reference picture cannot be read", file=path) from error
    scale = SIDE_PX / max(rgba.size)
    size = (max(1, round(rgba.width * scale)), max(1, round(rgba.height * scale)))
    rgba = rgba.resize(size, Image.Resampling.LANCZOS if scale < 1 else Image.Resampling.BICUBIC)
    white = Image.new("RGBA", size, (255, 255, 255, 255))
    white.alpha_composite(rgba)
    gray = np.asarray(white.convert("L"))
    alpha = np.asarray(rgba)[..., 3]
    return ReferenceArt(gray, _foreground(gray, alpha))


def _open(path: Path) -> Image.Image:
    if path.suffix.lower() in (".svg", ".svgz"):
        png = resvg_py.svg_to_bytes(
            svg_path=str(path), width=_SVG_RENDER_PX, skip_system_fonts=True
        )
        return Image.open(io.BytesIO(bytes(png)))
    return Image.open(path, formats=_RASTER_FORMATS)


def _foreground(gray: NDArray[np.uint8], alpha: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Where the insignia is: its alpha, or all but the even background around it."""
    if alpha.min() < 128:
        return np.where(alpha >= 128, 255, 0).astype(np.uint8)
    height, width = gray.shape
    flood = np.zeros((height + 2, width + 2), np.uint8)
    flags = 4 | cv2.FLOODFILL_MASK_ONLY | cv2.FLOODFILL_FIXED_RANGE | (255 << 8)
    for corner in ((0, 0), (width - 1, 0), (0, height - 1), (width - 1, height - 1)):
        cv2.floodFill(
            gray.copy(), flood, corner, 0, _BACKGROUND_TOLERANCE, _BACKGROUND_TOLERANCE, flags
        )
    mask = cv2.bitwise_not(flood[1:-1, 1:-1])
    # A flood that leaves next to nothing ran into the drawing itself: take the whole picture.
    if np.count_nonzero(mask) < 0.1 * mask.size:
        return np.full_like(mask, 255)
    return np.asarray(mask, np.uint8)
