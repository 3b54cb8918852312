"""Pictures with one emblem pasted on a photo, and what the insignia detector measures on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from screening.catalog import Reference
from screening.detectors.insignia.art import load_art
from screening.geometry import Box
from screening.training.views import Conditions, Pixels, blend, render, spoil

PICTURE_WH = (1280, 720)


@dataclass(frozen=True, slots=True, eq=False)
class Composite:
    """A picture with one emblem.

    Attributes:
        picture: uint8 RGB.
        reference: which emblem.
        box: around all of it, hidden parts included.
        size_px: longer side of the emblem before it is tilted.
    """

    picture: Pixels
    reference: Reference
    box: Box
    size_px: float


def as_ground(path: Path) -> Pixels:
    """A photo cut and resized to 1280x720, uint8 RGB."""
    photo = Image.open(path).convert("RGB")
    wide, high = PICTURE_WH
    scale = max(wide / photo.width, high / photo.height)
    photo = photo.resize((round(photo.width * scale) + 1, round(photo.height * scale) + 1))
    return np.asarray(photo.crop((0, 0, wide, high)))


def composites(
    references: Iterable[Reference],
    grounds: list[Path],
    size_px: float,
    conditions: Conditions,
    rng: np.random.Generator,
) -> Iterator[Composite]:
    """Each reference once, wholly inside one of the photos in turn."""
    for number, reference in enumerate(references):
        ground = as_ground(grounds[number % len(grounds)])
        art = load_art(reference.files[int(rng.integers(len(reference.files)))])
        yield pasted(ground, reference, art, size_px, conditions, rng)


def pasted(
    ground: Pixels,
    reference: Reference,
    art: NDArray[np.uint8],
    size_px: float,
    conditions: Conditions,
    rng: np.random.Generator,
) -> Composite:
    """The photo with one view of the art at a random place, spoiled."""
    view = render(art, size_px, conditions, rng)
    height, width = view.alpha.shape[:2]
    x = int(rng.integers(max(ground.shape[1] - width, 1)))
    y = int(rng.integers(max(ground.shape[0] - height, 1)))
    picture = blend(ground, view, (x, y), float(rng.uniform(*conditions.covered)), rng)
    x_min, y_min, x_max, y_max = (float(value) for value in view.outline())
    box = Box(x_min + x, y_min + y, x_max + x, y_max + y)
    return Composite(spoil(picture, rng), reference, box, size_px)
