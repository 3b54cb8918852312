"""Synthetic views of flat reference art: as it looks worn, printed, embroidered, tilted, far away.

`render` draws one view with its outline; `blend` lays it on a photo; `spoil` is what camera and
compression do to the whole picture. Source of the model of tilt: a pinhole camera in front of a
plane (Hartley and Zisserman, "Multiple View Geometry", 2004, section 8.1).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Float = NDArray[np.float32]

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_CAMERA_DISTANCE = 3.0
"""Sizes of the emblem between it and the camera; nearer means stronger perspective."""


class Material(StrEnum):
    """What the art is made of."""

    PRINT = "print"
    ONE_COLOUR = "one_colour"
    METAL = "metal"
    EMBROIDERY = "embroidery"
    SCREEN = "screen"


@dataclass(frozen=True, slots=True)
class Conditions:
    """The ranges from which a view is drawn.

    Attributes:
        turn_deg: rotation in the picture, least and most.
        tilt_deg: angle between the emblem and the picture plane, least and most.
        covered: share of the emblem that something else hides, least and most, 0..1.
        materials: what it may be made of, each with its weight.
        folds: most displacement by folds, as a share of its size; 0 for flat.
        light: least and most factor of brightness.
    """

    turn_deg: tuple[float, float] = (-20.0, 20.0)
    tilt_deg: tuple[float, float] = (0.0, 30.0)
    covered: tuple[float, float] = (0.0, 0.0)
    materials: dict[Material, float] = field(default_factory=lambda: {Material.PRINT: 1.0})
    folds: float = 0.0
    light: tuple[float, float] = (0.75, 1.1)


WILD = Conditions(
    turn_deg=(-180, 180),
    tilt_deg=(0, 50),
    covered=(0, 0.35),
    materials={
        Material.PRINT: 0.55,
        Material.ONE_COLOUR: 0.15,
        Material.METAL: 0.1,
        Material.EMBROIDERY: 0.12,
        Material.SCREEN: 0.08,
    },
    folds=0.03,
    light=(0.45, 1.3),
)
"""Everything at once: what networks are trained on."""


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """One view of an emblem.

    Attributes:
        colour: float32, shape (H, W, 3), 0..255, multiplied by its alpha.
        alpha: float32, shape (H, W, 1), 0..1.
        corners: float32, shape (4, 2): where the corners of the art lie, clockwise from the upper
            left one, in pixels of the view.
        turn_deg: how far it is rotated.
        transform: float64, shape (3, 3), from art scaled to unit width to pixels of the view.
    """

    colour: Float
    alpha: Float
    corners: Float
    turn_deg: float
    transform: NDArray[np.float64]

    def outline(self) -> Float:
        """x_min, y_min, x_max, y_max of what is visible."""
        rows = np.flatnonzero(self.alpha.max(axis=(1, 2)) > 0.3)
        columns = np.flatnonzero(self.alpha.max(axis=(0, 2)) > 0.3)
        if not len(rows) or not len(columns):
            return np.zeros(4, np.float32)
        return np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1], np.float32)


def render(art: Pixels, size_px: float, conditions: Conditions, rng: np.random.Generator) -> View:
    """Draw a view of `art`.

    Args:
        art: uint8 RGBA, shape (H, W, 4), straight alpha.
        size_px: longer side of the emblem in the picture if it were not tilted.
        conditions: what may happen to it.
        rng: where chance comes from.
    """
    reduced = _reduced(art, size_px)
    names = list(conditions.materials)
    weights = np.array([conditions.materials[name] for name in names])
    material = names[int(rng.choice(len(names), p=weights / weights.sum()))]
    layer = _made_of(reduced, material, rng)
    turn_deg = float(rng.uniform(*conditions.turn_deg))
    transform, size_wh = _placed(reduced.shape, size_px, turn_deg, conditions, rng)
    height, width = reduced.shape[:2]
    from_art = transform @ np.diag([1 / width, 1 / width, 1])
    seen = cv2.warpPerspective(layer, from_art, size_wh, flags=cv2.INTER_LINEAR)
    if conditions.folds:
        seen = _folded(seen, size_px, conditions.folds, rng)
    seen[..., :3] *= _light(seen.shape, conditions.light, rng)
    corners = np.array([[[0, 0], [1, 0], [1, height / width], [0, height / width]]], np.float64)
    projected = cv2.perspectiveTransform(corners, transform)[0].astype(np.float32)
    return View(seen[..., :3], seen[..., 3:], projected, turn_deg, transform)


def blend(
    ground: Pixels, view: View, corner_xy: tuple[int, int], covered: float, rng: np.random.Generator
) -> Pixels:
    """The photo with the view on it, the share `covered` of it hidden behind parts of the photo.

    Args:
        ground: uint8 RGB, shape (H, W, 3); not changed.
        view: what to lay on it.
        corner_xy: where the upper left corner of the view goes; it may stick out.
        covered: share hidden, 0..1.
        rng: where chance comes from.
    """
    x, y = corner_xy
    height, width = view.alpha.shape[:2]
    top, left = max(y, 0), max(x, 0)
    bottom, right = min(y + height, ground.shape[0]), min(x + width, ground.shape[1])
    result = ground.copy()
    if bottom <= top or right <= left:
        return result
    alpha = view.alpha * _uncovered(view, covered, rng)
    inside = (slice(top - y, bottom - y), slice(left - x, right - x))
    keep = alpha[inside]
    share = np.divide(keep, view.alpha[inside], out=np.zeros_like(keep), where=keep > 0)
    part = result[top:bottom, left:right]
    mixed = part * (1 - keep) + view.colour[inside] * share
    result[top:bottom, left:right] = np.clip(mixed, 0, 255)
    return result


def spoil(picture: Pixels, rng: np.random.Generator, strength: float = 1.0) -> Pixels:
    """What lens, motion, sensor and JPEG do to a picture; `strength` 0..2."""
    blurred = cv2.GaussianBlur(picture, (0, 0), 0.3 + strength * rng.uniform(0.1, 0.7))
    if rng.random() < 0.15 * strength:
        blurred = cv2.filter2D(blurred, -1, _motion(rng.uniform(2, 2 + 4 * strength), rng))
    noise = np.empty(picture.shape, np.int16)
    sigma = strength * rng.uniform(1, 6)
    cv2.setRNGSeed(int(rng.integers(0, 2**31 - 1)))
    cv2.randn(noise, 0, sigma)
    noisy = np.clip(blurred.astype(np.int16) + noise, 0, 255).astype(np.uint8)
    quality = int(np.clip(rng.uniform(85 - 50 * strength, 95), 20, 95))
    _, encoded = cv2.imencode(".jpg", noisy[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded: Pixels = cv2.imdecode(encoded, cv2.IMREAD_COLOR)[..., ::-1]
    return np.ascontiguousarray(decoded)


def _reduced(art: Pixels, size_px: float) -> Float:
    """The art at about the size it is drawn at, its colours multiplied by alpha."""
    longer = max(art.shape[:2])
    scale = min(1.0, max(1.15 * size_px, 12) / longer)
    layer = art.astype(np.float32)
    layer[..., :3] *= layer[..., 3:] / 255
    layer[..., 3] /= 255
    if scale < 1:
        size = (max(round(art.shape[1] * scale), 2), max(round(art.shape[0] * scale), 2))
        layer = cv2.resize(layer, size, interpolation=cv2.INTER_AREA)
    return layer


def _placed(
    shape: tuple[int, ...],
    size_px: float,
    turn_deg: float,
    conditions: Conditions,
    rng: np.random.Generator,
) -> tuple[NDArray[np.float64], tuple[int, int]]:
    """From art of unit width to pixels of a view that just holds it, and the size of that view."""
    height, width = shape[:2]
    tilt, about = np.deg2rad(rng.uniform(*conditions.tilt_deg)), rng.uniform(0, 2 * np.pi)
    turn = np.deg2rad(turn_deg)
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    axis = np.array([np.cos(about), np.sin(about)])
    across = np.array([-axis[1], axis[0]])
    # A point p of the plane, turned and then tilted about `axis`, ends at depth d + z.
    squash = np.outer(axis, axis) + np.cos(tilt) * np.outer(across, across)
    flat = squash @ spin
    depth = np.sin(tilt) * (across @ spin) / _CAMERA_DISTANCE
    unit = size_px * width / max(height, width)
    longer = max(height, width) / width
    centred = np.array([[1, 0, -0.5], [0, 1, -0.5 * height / width], [0, 0, 1]])
    tilted = np.eye(3)
    tilted[:2, :2], tilted[2, :2] = flat * unit, depth / longer
    transform = tilted @ centred
    corners = np.array([[[0, 0], [1, 0], [1, height / width], [0, height / width]]], np.float64)
    projected = cv2.perspectiveTransform(corners, transform)[0]
    margin = 2.0
    low = np.floor(projected.min(axis=0) - margin)
    size = np.ceil(projected.max(axis=0) + margin - low).astype(int)
    shift = np.eye(3)
    shift[:2, 2] = -low
    return shift @ transform, (int(size[0]), int(size[1]))


def _made_of(layer: Float, material: Material, rng: np.random.Generator) -> Float:
    made = layer.copy()
    alpha = np.maximum(made[..., 3:], 1e-3)
    straight: Float = np.asarray(made[..., :3] / alpha, np.float32)
    gray: Float = np.asarray(straight @ _LUMA, np.float32)[..., None]
    if material is Material.PRINT:
        colour = _tinted(straight, rng)
    elif material is Material.ONE_COLOUR:
        colour = _one_colour(gray, rng)
    elif material is Material.METAL:
        colour = _metal(gray, rng)
    elif material is Material.EMBROIDERY:
        colour = _embroidered(straight, rng)
    else:
        colour = _on_screen(straight, rng)
    made[..., :3] = np.clip(colour, 0, 255) * made[..., 3:]
    return made


def _tinted(colour: Float, rng: np.random.Generator) -> Float:
    gain = rng.uniform(0.8, 1.2, 3).astype(np.float32)
    gamma = rng.uniform(0.7, 1.4)
    share = rng.uniform(0.3, 1.0) if rng.random() < 0.5 else 1.0
    gray = colour.mean(axis=2, keepdims=True)
    faded = gray + (colour - gray) * share
    return np.asarray(255 * (np.clip(faded, 0, 255) / 255) ** gamma * gain, np.float32)


def _one_colour(gray: Float, rng: np.random.Generator) -> Float:
    ink, ground = rng.uniform(0, 90, 3), rng.uniform(150, 255, 3)
    if rng.random() < 0.4:
        ink, ground = ground, ink
    steep = rng.uniform(1.0, 4.0)
    middle = float(np.median(gray)) * rng.uniform(0.8, 1.2) if rng.random() < 0.3 else 128
    share = np.clip((gray - middle) / 255 * steep + 0.5, 0, 1)
    return np.asarray(ink + (ground - ink) * share, np.float32)


def _metal(gray: Float, rng: np.random.Generator) -> Float:
    """Relief: what is light stands out, and light falls from one side."""
    relief = cv2.GaussianBlur(gray, (0, 0), max(gray.shape[0] / 150, 0.5))
    if relief.ndim == 3:
        relief = relief[..., 0]
    angle = rng.uniform(0, 2 * np.pi)
    slope = np.cos(angle) * cv2.Sobel(relief, cv2.CV_32F, 1, 0) + np.sin(angle) * cv2.Sobel(
        relief, cv2.CV_32F, 0, 1
    )
    base = np.array([[200, 200, 205], [205, 170, 90], [170, 120, 80]][int(rng.integers(3))])
    shine = 0.75 + rng.uniform(0.15, 0.4) * slope[..., None] / (np.abs(slope).max() + 1e-3)
    shine = shine + rng.uniform(0, 0.3) * (gray / 255 - 0.5)
    return np.asarray(base * shine, np.float32)


def _embroidered(colour: Float, rng: np.random.Generator) -> Float:
    """Few colours of thread and the slanted shine of stitches."""
    levels = rng.integers(3, 7)
    flat = np.round(colour / 255 * levels) / levels * 255
    height, width = colour.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    angle, period = rng.uniform(0, np.pi), rng.uniform(2.2, 5)
    stitches = np.sin((x * np.cos(angle) + y * np.sin(angle)) * 2 * np.pi / period)
    uneven = rng.normal(0, 0.05, (height, width)).astype(np.float32)
    return np.asarray(
        flat * (1 + rng.uniform(0.05, 0.2) * stitches + uneven)[..., None], np.float32
    )


def _on_screen(colour: Float, rng: np.random.Generator) -> Float:
    """A grid that beats with the pixels of the camera: moire of screens and of coarse print."""
    height, width = colour.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    pattern = np.zeros((height, width), np.float32)
    for _ in range(2):
        angle, period = rng.uniform(0, np.pi), rng.uniform(2.0, 7.0)
        pattern += np.sin((x * np.cos(angle) + y * np.sin(angle)) * 2 * np.pi / period)
    lifted = colour * rng.uniform(0.7, 1) + rng.uniform(0, 40)
    return np.asarray(lifted * (1 + rng.uniform(0.03, 0.15) * pattern[..., None]), np.float32)


def _smooth_noise(shape: tuple[int, ...], cells: int, rng: np.random.Generator) -> Float:
    coarse = rng.normal(0, 1, (cells, cells)).astype(np.float32)
    return np.asarray(
        cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC), np.float32
    )


def _folded(seen: Float, size_px: float, folds: float, rng: np.random.Generator) -> Float:
    """Cloth: shifts that vary slowly over the emblem, and the shade of the folds."""
    if rng.random() < 0.4:
        return seen
    height, width = seen.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    cells = int(rng.integers(3, 6))
    reach = rng.uniform(0, folds) * size_px
    bend = _smooth_noise(seen.shape, cells, rng)
    moved = cv2.remap(
        seen,
        x + reach * bend,
        y + reach * _smooth_noise(seen.shape, cells, rng),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
    )
    moved[..., :3] *= np.clip(1 + rng.uniform(0, 0.15) * bend[..., None], 0.5, 1.4)
    return moved


def _light(shape: tuple[int, ...], light: tuple[float, float], rng: np.random.Generator) -> Float:
    """Brightness with a slope across the emblem."""
    height, width = shape[:2]
    angle, slope = rng.uniform(0, 2 * np.pi), rng.uniform(0, 0.25)
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    across = np.cos(angle) * x + np.sin(angle) * y
    return np.asarray((rng.uniform(*light) * (1 + slope * across))[..., None], np.float32)


def _uncovered(view: View, covered: float, rng: np.random.Generator) -> Float:
    """1 where the view stays visible: a straight edge hides the share `covered` of it."""
    if covered <= 0:
        return np.ones_like(view.alpha)
    height, width = view.alpha.shape[:2]
    angle = rng.uniform(0, 2 * np.pi)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    along = np.cos(angle) * x + np.sin(angle) * y
    inside = view.alpha[..., 0] > 0.5
    if not inside.any():
        return np.ones_like(view.alpha)
    edge = np.quantile(along[inside], covered)
    return (along >= edge).astype(np.float32)[..., None]


def _motion(length_px: float, rng: np.random.Generator) -> Float:
    side = int(length_px) | 1
    kernel = np.zeros((side, side), np.float32)
    angle = rng.uniform(0, np.pi)
    reach = np.array([np.cos(angle), np.sin(angle)]) * side / 2
    middle = np.array([side // 2, side // 2])
    one, other = (middle - reach).astype(int), (middle + reach).astype(int)
    cv2.line(kernel, (int(one[0]), int(one[1])), (int(other[0]), int(other[1])), 1.0)
    return kernel / max(float(kernel.sum()), 1.0)
