"""The pieces of photos that the second look learns from: as they are, and varied."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from screening.detectors.objects.cutting import EMBLEM, PLACE, Shape, cut
from screening.geometry import Box
from screening.training.objects.crops import Crop
from screening.training.objects.reading import read_rgb
from screening.training.views import spoil

_KEPT_SIDE_PX = 320
"""Crops are kept in memory at no more than this."""
_KEPT_MARGIN = {PLACE: 0.25, EMBLEM: 0.7}

Pixels = NDArray[np.uint8]


def shape_of(crop: Crop) -> Shape:
    """How a piece of this kind is cut."""
    return EMBLEM if crop.kind == "emblem" else PLACE


class Kept(NamedTuple):
    """A crop with some surroundings, reduced, and where its box lies in it."""

    pixels: Pixels
    box: Box
    shape: Shape


def keep(data: Path, crops: Sequence[Crop]) -> Iterator[Kept]:
    """The pixels of crops, of each picture read once if its crops follow each other."""
    file, pixels = "", np.zeros((1, 1, 3), np.uint8)
    for crop in crops:
        if crop.file != file:
            read = read_rgb(data / crop.file)
            if read is None:
                raise ValueError(f"{crop.file}: cannot be read")
            file, pixels = crop.file, read
        height, width = pixels.shape[:2]
        shape = shape_of(crop)
        margin_px = _KEPT_MARGIN[shape] * max(crop.box.width_px, crop.box.height_px)
        x_min, y_min = (int(max(0, one - margin_px)) for one in crop.box.as_tuple()[:2])
        x_max = int(min(width, crop.box.x_max + margin_px))
        y_max = int(min(height, crop.box.y_max + margin_px))
        part = pixels[y_min:y_max, x_min:x_max]
        scale = min(1.0, _KEPT_SIDE_PX / max(part.shape[:2]))
        if scale < 1:
            part = cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        yield Kept(part.copy(), crop.box.shifted(-x_min, -y_min).scaled(scale, scale), shape)


def as_it_is(kept: Kept) -> Pixels:
    """The piece that the detector would show the network."""
    return cut(kept.pixels, kept.box, kept.shape)


def varied(kept: Kept, rng: np.random.Generator) -> Pixels:
    """The piece as another camera, lens and network proposal would have shown it."""
    box, side_px = kept.box, kept.shape.side_px
    sizes = np.array([box.width_px, box.height_px, box.width_px, box.height_px])
    corners = np.array(box.as_tuple()) + rng.normal(0, 0.05, 4) * sizes
    x_min, y_min = corners[:2]
    moved = Box(x_min, y_min, max(corners[2], x_min + 8), max(corners[3], y_min + 8))
    pixels = kept.pixels
    if rng.random() < 0.5:
        stretch = float(np.exp(rng.uniform(-0.35, 0.35)))
        pixels = cv2.resize(pixels, None, fx=stretch, fy=1.0)
        moved = moved.scaled(pixels.shape[1] / kept.pixels.shape[1], 1.0)
    piece = cut(pixels, moved, kept.shape)
    if rng.random() < 0.5:
        piece = piece[:, ::-1]
    if rng.random() < 0.4:
        piece = _turned(piece, rng)
    if rng.random() < 0.4:
        side = int(rng.uniform(0.25, 1) * side_px)
        small = cv2.resize(piece, (side, side), interpolation=cv2.INTER_AREA)
        piece = cv2.resize(small, (side_px, side_px), interpolation=cv2.INTER_LINEAR)
    piece = _recoloured(piece, rng)
    if rng.random() < 0.5:
        piece = spoil(piece, rng, float(rng.uniform(0.3, 1.2)))
    return np.ascontiguousarray(piece)


def _turned(piece: Pixels, rng: np.random.Generator) -> Pixels:
    size = (piece.shape[1], piece.shape[0])
    middle = (size[0] / 2, size[1] / 2)
    turn = cv2.getRotationMatrix2D(middle, rng.uniform(-12, 12), rng.uniform(1.0, 1.15))
    return np.asarray(cv2.warpAffine(piece, turn, size, borderMode=cv2.BORDER_REFLECT), np.uint8)


def _recoloured(piece: Pixels, rng: np.random.Generator) -> Pixels:
    values = piece.astype(np.float32)
    if rng.random() < 0.1:
        values = np.repeat(values.mean(axis=2, keepdims=True), 3, axis=2)
    gray = values.mean(axis=2, keepdims=True)
    values = gray + (values - gray) * rng.uniform(0.6, 1.4)
    values = (values - 128) * rng.uniform(0.7, 1.3) + 128 + rng.uniform(-30, 30)
    values *= 1 + rng.uniform(-0.08, 0.08, 3)
    return np.clip(values, 0, 255).astype(np.uint8)
