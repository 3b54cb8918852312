"""Pictures with insignia planted in them, and backgrounds without any."""

from __future__ import annotations

import io
from pathlib import Path

import cv2
import numpy as np
import resvg_py
from numpy.typing import NDArray
from PIL import Image

from screening.catalog import InsigniaKind, Reference
from screening.geometry import Polygon

Pixels = NDArray[np.uint8]


def background(kind: str, height: int = 540, width: int = 720) -> Pixels:
    """One of `noise`, `gradient`, `plain`, `checks` and `cloth`; uint8 RGB."""
    y, x = np.mgrid[:height, :width]
    random = np.random.default_rng(11)
    match kind:
        case "noise":
            return random.integers(0, 256, (height, width, 3), np.uint8)
        case "gradient":
            gray = (x / width * 160 + y / height * 90).astype(np.uint8)
        case "checks":
            gray = (((x // 24 + y // 24) % 2) * 180 + 40).astype(np.uint8)
        case "cloth":
            coarse = random.normal(110, 40, (height // 8, width // 8)).astype(np.float32)
            gray = np.clip(cv2.resize(coarse, (width, height)), 0, 255).astype(np.uint8)
        case _:
            gray = np.full((height, width), 170, np.uint8)
    return np.repeat(gray[..., None], 3, axis=2)


def plant(
    scene: Pixels,
    art: Path,
    side_px: int,
    centre: tuple[int, int],
    turn_deg: float = 0,
    tilt: float = 0,
) -> Polygon:
    """Paste `art` into `scene`, turned and tilted away at the top; returns its true corners."""
    drawn = art
    if art.suffix == ".svg":
        drawn = io.BytesIO(bytes(resvg_py.svg_to_bytes(svg_path=str(art), width=800)))
    with Image.open(drawn) as picture:
        rgba = np.asarray(picture.convert("RGBA"))
    height, width = rgba.shape[:2]
    half_w, half_h = side_px * width / max(rgba.shape) / 2, side_px * height / max(rgba.shape) / 2
    narrow = half_w * (1 - tilt)
    corners = np.array([[-narrow, -half_h], [narrow, -half_h], [half_w, half_h], [-half_w, half_h]])
    angle = np.deg2rad(turn_deg)
    rotation = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    target = (corners @ rotation + centre).astype(np.float32)
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    # Shrink first: a warp that shrinks by itself picks single pixels.
    factor = min(1.0, 2 * side_px / max(rgba.shape))
    small = cv2.resize(rgba, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    scale = np.array([small.shape[1] / width, small.shape[0] / height], np.float32)
    matrix = cv2.getPerspectiveTransform(source * scale, target)
    size_wh = scene.shape[1::-1]
    warped = cv2.warpPerspective(small, matrix, size_wh, flags=cv2.INTER_AREA).astype(np.float32)
    alpha = warped[..., 3:] / 255
    scene[:] = (warped[..., :3] * alpha + scene * (1 - alpha)).astype(np.uint8)
    return Polygon(tuple((float(px), float(py)) for px, py in target))


def jpeg(pixels: Pixels, quality: int) -> Pixels:
    """The picture after it was saved as a JPEG."""
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=quality)
    return np.asarray(Image.open(stream).convert("RGB"))


def drawing(path: Path, seed: int = 0, side_px: int = 300, mode: str = "RGB") -> Path:
    """Save a picture with plenty of distinct detail."""
    random = np.random.default_rng(seed)
    canvas = np.full((side_px, side_px, 3), 255, np.uint8)
    for _ in range(60):
        x, y = (int(value) for value in random.integers(20, side_px - 20, 2))
        colour = tuple(int(value) for value in random.integers(0, 200, 3))
        cv2.circle(canvas, (x, y), int(random.integers(4, 24)), colour, int(random.integers(1, 5)))
    Image.fromarray(canvas).convert(mode).save(path)
    return path


def reference(*files: Path, name: str = "own/seal") -> Reference:
    return Reference(name, "The seal", "An agency", InsigniaKind.SEAL, files)


def on_cloth(path: Path, side_px: int, size: tuple[int, int] = (720, 960)) -> np.ndarray:
    """A drawing on cloth."""
    pixels = background("cloth", *size)
    pixels[200 : 200 + side_px, 300 : 300 + side_px] = cv2.resize(
        cv2.imread(str(path))[..., ::-1], (side_px, side_px), interpolation=cv2.INTER_AREA
    )
    return pixels
