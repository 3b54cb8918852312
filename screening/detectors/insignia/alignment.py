"""Lays reference art exactly on places of a picture and says how well the two agree.

Source: Baker and Matthews, "Lucas-Kanade 20 Years On: A Unifying Framework", IJCV 2004, section
3.2 (inverse compositional algorithm): the derivatives are those of the reference, so they are
computed once. Both pictures are normalised locally first, so that light, shade and the colour of
print drop out and a legend counts as much as an eagle. Many alignments run side by side, since the
arrays of a single one are too small to be worth a call.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]
Matrices = NDArray[np.float64]
"""Shape (N, 3, 3)."""

_BLOCKS = 5
_KEPT_BLOCKS = 0.6
_ERODED = 0.03
_LEAST_STEP = 0.03
"""Shift in pixels below which a step changes nothing any more."""
_AFFINE = 6


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """A reference at one size S, ready to be laid on pictures; the art is in the upper left.

    Attributes:
        values: float32, shape (S * S,), locally normalised, zero mean and unit norm inside the
            mask, 0 outside.
        inside: float32, shape (S * S,), 1 where the insignia is, 0 elsewhere.
        across: float32, shape (S * S,), derivative of the values along x; 0 outside.
        down: float32, shape (S * S,), derivative along y; 0 outside.
        affine: float64, shape (6, 6), inverse of the Hessian of an affine map.
        full: float64, shape (8, 8), inverse of the Hessian of a homography.
        scale: pixels of the template per pixel of the art, along x and y.
    """

    values: Float32
    inside: Float32
    across: Float32
    down: Float32
    affine: NDArray[np.float64]
    full: NDArray[np.float64]
    scale: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How well a picture agrees with a reference laid on it.

    Attributes:
        whole: normalised correlation over the whole insignia, -1..1.
        best_part: mean correlation of the best 60 % of its blocks, for what is half covered, -1..1.
    """

    whole: float
    best_part: float


def normalise_locally(gray: NDArray[np.uint8], size_px: float) -> Float32:
    """Local mean removed, divided by local contrast; float32, same shape.

    Args:
        gray: uint8, shape (H, W).
        size_px: longer side of the emblem, to which "local" is relative.
    """
    values = gray.astype(np.float32)
    reach = size_px / 11
    detail = values - cv2.GaussianBlur(values, (0, 0), reach)
    contrast = np.sqrt(cv2.GaussianBlur(detail * detail, (0, 0), 1.3 * reach)) + 6
    return np.asarray(cv2.GaussianBlur(detail, (0, 0), 0.7) / contrast, np.float32)


def make_template(gray: NDArray[np.uint8], mask: NDArray[np.uint8], side_px: int) -> Template:
    """A template with its longer side `side_px` from grey art and its mask, both uint8 (H, W)."""
    factor = side_px / max(gray.shape)
    size = (max(round(gray.shape[1] * factor), 4), max(round(gray.shape[0] * factor), 4))
    kind = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    values = normalise_locally(cv2.resize(gray, size, interpolation=kind), side_px)
    inside = _well_inside(cv2.resize(mask, size, interpolation=cv2.INTER_AREA) > 127, side_px)
    chosen = values[inside]
    norm = max(float(np.linalg.norm(chosen - chosen.mean())), 1e-6)
    values = np.where(inside, (values - chosen.mean()) / norm, 0)
    down, across = np.gradient(values)
    layers = np.zeros((4, side_px, side_px), np.float32)
    layers[:, : size[1], : size[0]] = values, inside, across * inside, down * inside
    flat = layers.reshape(4, -1)
    hessian = _hessian(flat[2], flat[3], side_px)
    return Template(
        flat[0],
        flat[1],
        flat[2],
        flat[3],
        _inverse(hessian[:_AFFINE, :_AFFINE]),
        _inverse(hessian),
        (size[0] / gray.shape[1], size[1] / gray.shape[0]),
    )


def _well_inside(mask: NDArray[np.bool_], side_px: int) -> NDArray[np.bool_]:
    """The mask without its rim, whose contrast depends on what lies behind."""
    rim = max(round(_ERODED * side_px), 1)
    eroded = cv2.erode(np.pad(mask, 1).astype(np.uint8), np.ones((3, 3)), iterations=rim)
    inside: NDArray[np.bool_] = eroded[1:-1, 1:-1] > 0
    if inside.sum() < max(0.3 * mask.sum(), 32):
        return mask if mask.sum() >= 32 else np.ones_like(mask)
    return inside


@cache
def _coordinates(side_px: int) -> Float32:
    """x, y, 1, x * x, x * y, y * y of each pixel of a square, from its middle; (S * S, 6)."""
    y, x = np.mgrid[:side_px, :side_px].astype(np.float32) - (side_px - 1) / 2
    return np.stack([x, y, np.ones_like(x), x * x, x * y, y * y], axis=-1).reshape(-1, 6)


def _descent(along_x: Float32, along_y: Float32, side_px: int) -> NDArray[np.float64]:
    """Sums over the pixels times the derivatives by the eight parameters; (N, 8).

    Args:
        along_x: the derivative along x times what is summed, (N, S * S).
        along_y: the derivative along y times the same.
        side_px: S.
    """
    x, y, one, xx, xy, _ = (along_x @ _coordinates(side_px)).T
    v_x, v_y, v_one, _, v_xy, v_yy = (along_y @ _coordinates(side_px)).T
    return np.stack([x, y, one, v_x, v_y, v_one, -xx - v_xy, -xy - v_yy], axis=-1).astype(float)


def _hessian(across: Float32, down: Float32, side_px: int) -> NDArray[np.float64]:
    x, y = _coordinates(side_px)[:, 0], _coordinates(side_px)[:, 1]
    radial = across * x + down * y
    by_parameter = np.stack(
        [across * x, across * y, across, down * x, down * y, down, -radial * x, -radial * y]
    )
    return np.asarray(by_parameter @ by_parameter.T, np.float64)


def _inverse(hessian: NDArray[np.float64]) -> NDArray[np.float64]:
    """The inverse with a little damping, in units in which all parameters weigh the same."""
    scale = np.sqrt(np.diag(hessian)) + 1e-9
    damped = hessian / np.outer(scale, scale) + 1e-3 * np.eye(len(scale))
    return np.asarray(np.linalg.inv(damped) / np.outer(scale, scale))


class Aligner:
    """Lays N templates of one size on N places, side by side.

    Args:
        pictures: for each template the locally normalised surroundings of its place, float32
            (H, W), in which the emblem is about as large as in the template.
        templates: all of one size.
        starts: from pixels of each template to pixels of its picture.
    """

    def __init__(
        self, pictures: Sequence[Float32], templates: Sequence[Template], starts: Matrices
    ) -> None:
        self._pictures = pictures
        self._values = np.stack([one.values for one in templates])
        self._inside = np.stack([one.inside for one in templates])
        self._across = np.stack([one.across for one in templates])
        self._down = np.stack([one.down for one in templates])
        self._count = self._inside.sum(axis=1)
        self._side_px = round(self._values.shape[1] ** 0.5)
        self._templates = templates
        middle = (self._side_px - 1) / 2
        self._to_middle = np.array([[1, 0, -middle], [0, 1, -middle], [0, 0, 1]])
        self._back = np.array([[1, 0, middle], [0, 1, middle], [0, 0, 1]])
        self.transforms: Matrices = starts.copy()

    def step(self, times: int, *, affine: bool) -> None:
        """Improve `transforms`; those that settle or go astray stay as they are."""
        inverses = np.stack([one.affine if affine else one.full for one in self._templates])
        moving = np.ones(len(inverses), bool)
        for _ in range(times):
            off = self.seen() - self._values
            slope = _descent(self._across * off, self._down * off, self._side_px)
            change = np.zeros((len(inverses), 9))
            count = inverses.shape[1]
            change[:, :count] = (inverses @ slope[:, :count, None])[..., 0]
            change[:, [0, 4, 8]] += 1
            # The parameters are in the order of the matrix, row by row.
            moved = change.reshape(-1, 3, 3)
            sound = moving & (np.abs(np.linalg.det(moved) - 1) < 0.8)
            moved[~sound] = np.eye(3)
            self.transforms = self.transforms @ self._back @ np.linalg.inv(moved) @ self._to_middle
            self.transforms /= self.transforms[:, 2:, 2:]
            drift = np.abs(moved - np.eye(3))
            turned_px = drift[:, :2, :2].max(axis=(1, 2)) * self._side_px / 2
            moving = sound & (drift[:, :2, 2].max(axis=1) + turned_px > _LEAST_STEP)
            if not moving.any():
                break

    def seen(self) -> Float32:
        """What lies under each template, zero mean and unit norm inside, 0 outside; (N, S * S)."""
        side = self._side_px
        under = np.empty((len(self._pictures), side * side), np.float32)
        for row, (picture, transform) in enumerate(
            zip(self._pictures, self.transforms, strict=True)
        ):
            under[row] = cv2.warpPerspective(
                picture, transform, (side, side), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
            ).ravel()
        under *= self._inside
        under -= self._inside * (under.sum(axis=1) / self._count)[:, None]
        norms = np.sqrt(np.einsum("np,np->n", under, under))
        under /= np.maximum(norms, 1e-6)[:, None]
        return under

    def correlations(self) -> Float32:
        """Normalised correlation of each template with what lies under it, float32 (N,), -1..1."""
        return np.asarray(np.einsum("np,np->n", self.seen(), self._values), np.float32)

    def agreements(self) -> list[Agreement]:
        """How well each template agrees with what lies under it."""
        seen, side = self.seen(), self._side_px
        edges = np.linspace(0, side, _BLOCKS + 1).astype(int)[:-1]

        def sums(values: Float32) -> Float32:
            layers = values.reshape(-1, side, side)
            by_row = np.add.reduceat(layers, edges, axis=1)
            return np.add.reduceat(by_row, edges, axis=2).reshape(len(layers), -1)

        number, first, second = sums(self._inside), sums(seen), sums(self._values)
        share = np.maximum(number, 1)
        covariance = sums(seen * self._values) - first * second / share
        own = np.maximum(sums(seen**2) - first**2 / share, 0)
        energy = np.maximum(sums(self._values**2) - second**2 / share, 0)
        each = covariance / (np.sqrt(own * energy) + 1e-4 * energy.mean(axis=1, keepdims=True))
        # Blocks where the reference is plain say nothing.
        usable = (number > 0.3 * number.max(axis=1, keepdims=True)) & (
            energy > 0.2 * energy.mean(axis=1, keepdims=True)
        )
        whole = np.einsum("np,np->n", seen, self._values)
        return [
            Agreement(float(all_of_it), _best_part(row[use]) if use.any() else float(all_of_it))
            for all_of_it, row, use in zip(whole, each, usable, strict=True)
        ]


def _best_part(blocks: Float32) -> float:
    kept = np.sort(blocks)[::-1][: max(round(_KEPT_BLOCKS * len(blocks)), 1)]
    return float(kept.mean())
