"""Endless examples for the two networks of the insignia detector, from art and photos."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from screening.training.emblems import draw_emblem
from screening.training.views import WILD, Conditions, Pixels, blend, render, spoil

FINDER_SIDE_PX = 320
_SIZES_PX = (17.0, 170.0)
_DRAWN_EMBLEMS = 2400
_SHARE_OF_REAL_ART = 0.5


class Examples:
    """Draws examples for training.

    Args:
        art: reference art of the training half, uint8 RGBA.
        photos: photos without insignia, uint8 RGB.
        seed: where chance starts.
    """

    def __init__(self, art: list[Pixels], photos: list[Pixels], seed: int | list[int]) -> None:
        self._rng = np.random.default_rng(seed)
        self.real = art
        self._photos = photos
        self._drawn: dict[int, Pixels] = {}

    def ground(self, side_px: int) -> Pixels:
        """A square piece of a photo, at a random scale, perhaps mirrored."""
        rng = self._rng
        photo = self._photos[int(rng.integers(len(self._photos)))]
        shorter = min(photo.shape[:2])
        taken = int(np.clip(rng.uniform(0.35, 1.0) * shorter, min(64, shorter), shorter))
        y = int(rng.integers(photo.shape[0] - taken + 1))
        x = int(rng.integers(photo.shape[1] - taken + 1))
        kind = cv2.INTER_AREA if taken > side_px else cv2.INTER_LINEAR
        part = cv2.resize(
            photo[y : y + taken, x : x + taken], (side_px, side_px), interpolation=kind
        )
        return np.ascontiguousarray(part[:, ::-1] if rng.random() < 0.5 else part)

    def emblem(self, number: int) -> Pixels:
        """Art by number: the real ones first, then drawn ones."""
        if number < len(self.real):
            return self.real[number]
        seed = number - len(self.real)
        if seed not in self._drawn:
            family = np.random.default_rng([seed // 4, 3])
            motif = self.real[int(family.integers(len(self.real)))]
            self._drawn[seed] = draw_emblem(seed, motif if family.random() < 0.6 else None)
        return self._drawn[seed]

    @property
    def identities(self) -> int:
        """How many emblems there are."""
        return len(self.real) + _DRAWN_EMBLEMS

    def any_emblem(self) -> int:
        """The number of an emblem; real ones come as often as drawn ones."""
        if self._rng.random() < _SHARE_OF_REAL_ART:
            return int(self._rng.integers(len(self.real)))
        return int(self._rng.integers(len(self.real), self.identities))

    def scene(self) -> tuple[Pixels, NDArray[np.float32]]:
        """A picture with up to three emblems, and their boxes, float32 (N, 4)."""
        rng, side = self._rng, FINDER_SIDE_PX
        picture = self.ground(side)
        for _ in range(int(rng.integers(0, 4))):
            _clutter(picture, rng)
        boxes: list[NDArray[np.float32]] = []
        for _ in range(int(rng.choice([0, 1, 2, 3], p=[0.15, 0.45, 0.25, 0.15]))):
            size_px = float(np.exp(rng.uniform(*np.log(_SIZES_PX))))
            view = render(self.emblem(self.any_emblem()), size_px, WILD, rng)
            x_min, y_min, x_max, y_max = view.outline()
            if x_max - x_min < 10 or y_max - y_min < 10:
                continue
            x = int(rng.uniform(-0.1 * size_px, side - (x_max - x_min) + 0.1 * size_px))
            y = int(rng.uniform(-0.1 * size_px, side - (y_max - y_min) + 0.1 * size_px))
            corner = np.array([x, y], np.float32)
            box = view.outline() + np.tile(corner, 2)
            if any(_overlap(box, other) > 0.05 for other in boxes):
                continue
            picture = blend(picture, view, (x, y), _covered(rng, WILD), rng)
            boxes.append(box)
        return spoil(picture, rng), np.array(boxes, np.float32).reshape(-1, 4)

    def close_up(self, number: int) -> tuple[Pixels, NDArray[np.float32], float]:
        """A spoiled picture of one emblem, the emblem's box and its rotation in degrees."""
        rng = self._rng
        size_px = float(np.exp(rng.uniform(np.log(28), np.log(170))))
        view = render(self.emblem(number), size_px, WILD, rng)
        height, width = view.alpha.shape[:2]
        side = int(1.5 * max(height, width))
        picture = self.ground(side)
        x, y = (side - width) // 2, (side - height) // 2
        picture = blend(picture, view, (x, y), _covered(rng, WILD), rng)
        box = view.outline() + np.array([x, y, x, y], np.float32)
        return spoil(picture, rng, 1.3), box, view.turn_deg


def _covered(rng: np.random.Generator, conditions: Conditions) -> float:
    return float(rng.uniform(*conditions.covered)) if rng.random() < 0.35 else 0.0


def _overlap(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    if wide <= 0 or high <= 0:
        return 0.0
    smaller = min((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return float(wide * high / max(smaller, 1.0))


def _clutter(picture: Pixels, rng: np.random.Generator) -> None:
    """What is round, straight or lettered and yet no emblem: wheels, signs, plain discs."""
    colour = tuple(int(value) for value in rng.integers(0, 256, 3))
    side = picture.shape[0]
    middle = tuple(int(value) for value in rng.integers(0, side, 2))
    size = int(np.exp(rng.uniform(np.log(6), np.log(60))))
    kind = int(rng.integers(5))
    if kind == 0:
        cv2.circle(picture, middle, size, colour, int(rng.choice([-1, 1, 2, 4])), cv2.LINE_AA)
    elif kind == 1:
        for radius in range(size, 2, -max(size // 3, 3)):
            shade = tuple(int(value) for value in rng.integers(0, 256, 3))
            cv2.circle(picture, middle, radius, shade, -1, cv2.LINE_AA)
    elif kind == 2:
        corner = (middle[0] + 2 * size, middle[1] + size)
        cv2.rectangle(picture, middle, corner, colour, int(rng.choice([-1, 2])))
    elif kind == 3:
        words = "".join(
            rng.choice(list("ABCDEFGHIKLMNOPRSTUW 0123456789"), int(rng.integers(3, 12)))
        )
        cv2.putText(
            picture, words, middle, cv2.FONT_HERSHEY_SIMPLEX, size / 30, colour, 1, cv2.LINE_AA
        )
    else:
        turns = rng.uniform(0, 2 * np.pi) + np.linspace(0, 2 * np.pi, int(rng.integers(3, 6)))
        points = np.array(middle) + size * np.column_stack([np.cos(turns), np.sin(turns)])
        cv2.fillPoly(picture, [points.astype(np.int32).reshape(-1, 1, 2)], colour, cv2.LINE_AA)
