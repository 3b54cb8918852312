"""Paints surfaces and scenery that look like photographs: noise, light, wood, cloth, sky.

A picture here is a float32 array of shape (H, W, 3), RGB, 0..1. Everything is drawn from a
seeded generator, so a picture comes out the same each time.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

Picture = NDArray[np.float32]
Map = NDArray[np.float32]
Colour = tuple[float, float, float]
Size = tuple[int, int]


def as_float(values: ArrayLike) -> Picture:
    """Any numbers as float32."""
    return np.asarray(values, np.float32)


def rgb(code: str) -> Colour:
    """`#336699` as three shares of 1."""
    red, green, blue = (int(code[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue


def noise(size_wh: Size, cell_wh: tuple[float, float], seed: int) -> Map:
    """Smooth random hills of about `cell_wh` pixels each, 0..1, shape (H, W)."""
    width, height = size_wh
    coarse = (int(height / cell_wh[1]) + 3, int(width / cell_wh[0]) + 3)
    grid = np.random.default_rng(seed).random(coarse, dtype=np.float32)
    enlarged = (int(coarse[1] * cell_wh[0]) + 1, int(coarse[0] * cell_wh[1]) + 1)
    smooth = cv2.resize(grid, enlarged, interpolation=cv2.INTER_CUBIC)
    return as_float(np.clip(smooth[:height, :width], 0, 1))


def fractal(size_wh: Size, cell_px: float, seed: int, stretch: float = 1) -> Map:
    """Noise over noise, each layer half as coarse and half as strong, 0..1, shape (H, W)."""
    total = np.zeros((size_wh[1], size_wh[0]), np.float32)
    weight, layer = 1.0, 0
    while cell_px >= 2 and layer < 6:
        total += weight * noise(size_wh, (cell_px * stretch, cell_px), seed + 101 * layer)
        weight, cell_px, layer = weight / 2, cell_px / 2, layer + 1
    return as_float((total - total.min()) / max(float(np.ptp(total)), 1e-6))


def blend(low: Colour, high: Colour, share: ArrayLike) -> Picture:
    """From colour `low` where the map is 0 to colour `high` where it is 1."""
    return as_float(low) + (as_float(high) - as_float(low)) * as_float(share)[..., None]


def ramps(size_wh: Size) -> tuple[Map, Map]:
    """Two maps of shape (H, W) that rise from 0 to 1 along x and along y."""
    x, y = np.meshgrid(
        np.linspace(0, 1, size_wh[0], dtype=np.float32),
        np.linspace(0, 1, size_wh[1], dtype=np.float32),
    )
    return as_float(x), as_float(y)


def over(below: Picture, above: ArrayLike, cover: ArrayLike) -> Picture:
    """`above` (a picture or one colour) laid over `below` with opacity `cover`."""
    return as_float(below + (as_float(above) - below) * as_float(cover)[..., None])


def filled(size_wh: Size, outline: list[tuple[float, float]], soft_px: float = 1.0) -> Map:
    """Opacity of a filled outline with a soft edge."""
    mask = np.zeros((size_wh[1], size_wh[0]), np.uint8)
    points = np.round(np.asarray(outline) * 16).astype(np.int32)
    cv2.fillPoly(mask, [points], 255, cv2.LINE_AA, shift=4)
    opacity = mask.astype(np.float32) / 255
    return as_float(cv2.GaussianBlur(opacity, (0, 0), soft_px))


def stroke(size_wh: Size, points: list[tuple[int, int]], width_px: int) -> Map:
    """Opacity of a line through `points`."""
    mask = np.zeros((size_wh[1], size_wh[0]), np.uint8)
    cv2.polylines(mask, [np.asarray(points, np.int32)], False, 255, width_px, cv2.LINE_AA)
    return as_float(mask / 255)


def ellipse(
    size_wh: Size, centre: tuple[int, int], radii: tuple[int, int], turn_deg: float = 0
) -> Map:
    """Opacity of a filled ellipse."""
    mask = np.zeros((size_wh[1], size_wh[0]), np.uint8)
    cv2.ellipse(mask, centre, radii, turn_deg, 0, 360, 255, -1, cv2.LINE_AA)
    return as_float(mask / 255)


def wood(size_wh: Size, dark: Colour, light: Colour, seed: int) -> Picture:
    """Upright planks with grain and dark joints."""
    width, height = size_wh
    x, y = ramps(size_wh)
    warp = noise(size_wh, (width / 3, height / 2), seed) * 26
    rings = 0.5 + 0.5 * np.sin((x * width + 14 * warp) * 0.11)
    grain = noise(size_wh, (3, 180), seed + 1)
    picture = blend(dark, light, 0.45 * rings + 0.55 * grain)
    plank = width / max(round(width / 170), 1)
    number = np.floor(x * width / plank)
    tone = 0.86 + 0.28 * np.random.default_rng(seed + 2).random(64)[number.astype(int) % 64]
    seam = np.exp(-((np.abs((x * width) % plank - plank / 2) - plank / 2) ** 2) / 5)
    shade = tone * (1 - 0.72 * seam) * (1.06 - 0.2 * y)
    return as_float(picture * shade[..., None])


def plaster(size_wh: Size, colour: Colour, seed: int) -> Picture:
    """A rough painted wall with stains and light from the upper left."""
    height_map = fractal(size_wh, 24, seed) + 0.5 * noise(size_wh, (3, 3), seed + 5)
    slope = cv2.Sobel(height_map, cv2.CV_32F, 1, 1, ksize=3)
    x, y = ramps(size_wh)
    stain = 0.86 + 0.2 * fractal(size_wh, 220, seed + 9)
    light = stain * (1.08 - 0.2 * x - 0.14 * y) + 0.35 * slope
    return as_float(np.asarray(colour, np.float32) * light[..., None])


def bricks(size_wh: Size, seed: int) -> Picture:
    """A brick wall, 78 x 30 pixels to a brick."""
    width, height = size_wh
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    row = np.floor(rows / 30)
    shifted = columns + (row % 2) * 39
    column = np.floor(shifted / 78)
    tones = np.random.default_rng(seed).random(4096).astype(np.float32)
    tone = tones[(row * 67 + column * 13).astype(int) % 4096]
    picture = blend(rgb("#6d3527"), rgb("#a8604a"), tone)
    picture *= (0.8 + 0.4 * fractal(size_wh, 12, seed + 1))[..., None]
    gap = np.minimum(
        np.minimum(rows % 30, 30 - rows % 30), np.minimum(shifted % 78, 78 - shifted % 78)
    )
    mortar = np.clip(1 - (gap - 1.2) / 1.6, 0, 1)
    joint = blend(rgb("#8f877c"), rgb("#bab1a4"), fractal(size_wh, 10, seed + 2))
    x, y = ramps(size_wh)
    return as_float(over(picture, joint, mortar) * (1.1 - 0.25 * x - 0.2 * y)[..., None])


def cloth(size_wh: Size, colour: Colour, seed: int) -> tuple[Picture, Map]:
    """Woven cloth in soft folds; also the light on it (about 0.4..1.6), for things sewn to it."""
    width, height = size_wh
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    bend = 190 * fractal(size_wh, 420, seed)
    run = (columns * 0.62 + rows * 0.36 + bend) / 74
    folds = (0.5 + 0.5 * np.sin(run)) ** 1.6 + 0.45 * np.sin(run * 0.43 + 1.3)
    folds = cv2.GaussianBlur(folds.astype(np.float32), (0, 0), 9)
    slope = np.gradient(folds, axis=1) * 9
    light = np.clip(0.98 + 3.6 * slope + 0.4 * (folds - 0.5), 0.4, 1.6)
    light = cv2.GaussianBlur(as_float(light), (0, 0), 3)
    weave = 0.86 + 0.14 * np.sin(columns * 1.55) * np.sin(rows * 1.55)
    weave += 0.16 * (noise(size_wh, (2, 7), seed + 3) - 0.5)
    base = np.asarray(colour, np.float32) * (weave * light)[..., None]
    return as_float(base), as_float(light)


def sky(size_wh: Size, top: Colour, low: Colour, seed: int) -> Picture:
    """A sky that pales downwards, with drifting clouds."""
    _, y = ramps(size_wh)
    picture = blend(top, low, y**0.8)
    cover = np.clip((fractal(size_wh, size_wh[1] / 2.2, seed, 2.4) - 0.48) * 3.2, 0, 1)
    tint = blend(rgb("#c9ccd4"), rgb("#fdfbf5"), fractal(size_wh, 60, seed + 50, 2))
    return over(picture, tint, cover * (1 - 0.55 * y) * 0.9)


def ridge(size_wh: Size, level: float, rise: float, seed: int) -> Map:
    """Opacity of everything below a jagged skyline around `level` (share of the height)."""
    width, height = size_wh
    profile = fractal((width, 8), width / 3.2, seed, 1)[4]
    line = (level - rise * (profile - 0.5)) * height
    rows = np.arange(height, dtype=np.float32)[:, None]
    return as_float(np.clip(rows - line[None, :], 0, 1))


def hills(size_wh: Size, seed: int) -> Picture:
    """Mountains behind mountains, a wooded slope and a meadow, in clear daylight."""
    picture = sky(size_wh, rgb("#3f77b8"), rgb("#dbe7ee"), seed)
    _, y = ramps(size_wh)
    layers = (
        (0.42, 0.42, "#8ea6bd", "#b9c7d3"),
        (0.53, 0.30, "#5f7f8f", "#8aa3a8"),
        (0.63, 0.18, "#35583f", "#5e7f54"),
        (0.74, 0.10, "#3e5b26", "#79913f"),
    )
    for index, (level, rise, dark, light) in enumerate(layers):
        relief = fractal(size_wh, 90 / (index + 1), seed + 7 * index, 1 + index)
        slope = cv2.Sobel(relief, cv2.CV_32F, 1, 0, ksize=3) * 1.6
        surface = blend(rgb(dark), rgb(light), np.clip(relief + slope, 0, 1))
        picture = over(picture, surface, ridge(size_wh, level, rise, seed + 31 * index))
    grass = noise(size_wh, (2, 9), seed + 77)
    near = np.clip((y - 0.74) * 5, 0, 1) * (grass - 0.5) * 0.35
    return as_float(picture + near[..., None])


def sea(size_wh: Size, seed: int, horizon: float = 0.48) -> Picture:
    """An empty sea under clouds, with the sun's path on the swell."""
    width, height = size_wh
    picture = sky(size_wh, rgb("#4a6f9c"), rgb("#f0d9b8"), seed)
    x, y = ramps(size_wh)
    depth = np.clip((y - horizon) / (1 - horizon), 1e-3, 1)
    rows = np.log(depth) * 46
    swell = np.zeros((height, width), np.float32)
    for layer in range(5):
        lean = noise(size_wh, (width / 4, height / 5), seed + layer) * (5 + layer)
        swell += np.sin(rows * (1 + 0.47 * layer) + lean + x * (6 + 9 * layer) / (depth + 0.15)) / (
            1 + layer
        )
    swell = 0.5 + 0.24 * swell
    water = blend(rgb("#16324a"), rgb("#6c93a6"), np.clip(swell, 0, 1))
    glitter = (
        np.exp(-(((x - 0.64) / (0.05 + 0.16 * depth)) ** 2)) * np.clip(swell - 0.45, 0, 1) * 1.8
    )
    water = over(water, rgb("#ffe9c4"), np.clip(glitter, 0, 0.9))
    return over(picture, water, np.clip((y - horizon) * height, 0, 1))


def ball(
    picture: Picture, centre: tuple[float, float], radii: tuple[float, float], skin: str
) -> Picture:
    """A lit fruit-like ball with a cast shadow, painted over `picture`."""
    height, width = picture.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    u, v = (columns - centre[0]) / radii[0], (rows - centre[1]) / radii[1]
    shadow = np.exp(-(((u - 0.55) / 1.25) ** 2 + ((v - 0.92) / 0.3) ** 2) * 1.6) * 0.75
    picture = over(picture, (0.05, 0.04, 0.04), shadow)
    inside = np.clip((1 - np.hypot(u, v)) * min(radii), 0, 1)
    depth = np.sqrt(np.clip(1 - u**2 - v**2, 0, 1))
    light = np.clip(-0.5 * u - 0.6 * v + 0.62 * depth, 0, 1)
    mottle = 0.85 + 0.3 * fractal((width, height), 18, int(centre[0]))
    base = np.asarray(rgb(skin), np.float32) * ((0.2 + 0.95 * light) * mottle)[..., None]
    shine = np.exp(-(((u + 0.34) / 0.16) ** 2 + ((v + 0.42) / 0.12) ** 2)) * 0.65
    return over(picture, base + shine[..., None], inside)


def scanned(picture: Picture) -> NDArray[np.uint8]:
    """What a scanner makes of a page: the colours as they are; uint8 RGB."""
    return np.round(np.clip(picture, 0, 1) * 255).astype(np.uint8)


def photographed(
    picture: Picture, seed: int, blur_px: float = 0.7, grain: float = 0.012
) -> NDArray[np.uint8]:
    """What a camera makes of a scene: soft focus, darker corners, sensor noise; uint8 RGB."""
    height, width = picture.shape[:2]
    x, y = ramps((width, height))
    corner = 1 - 0.3 * ((x - 0.5) ** 2 + (y - 0.5) ** 2)
    soft = cv2.GaussianBlur(picture, (0, 0), blur_px) if blur_px else picture
    sensor = (
        (np.random.default_rng(seed).random(picture.shape, dtype=np.float32) - 0.5) * 3.4 * grain
    )
    return np.round(np.clip(soft * corner[..., None] + sensor, 0, 1) * 255).astype(np.uint8)
