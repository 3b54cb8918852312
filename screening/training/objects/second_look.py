"""The network that looks again at one piece of a photo, and the examples it learns from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.utils.data import IterableDataset
from ultralytics import YOLO

from screening.detectors.objects.cutting import SIDE_PX, cut
from screening.detectors.objects.networks import ATTRIBUTES
from screening.geometry import Box
from screening.training.objects.crops import UNKNOWN, Crop
from screening.training.objects.reading import read_rgb
from screening.training.views import spoil

_BACKBONE_LAYERS = 10
_CHANNELS = 256
_BATCH = 48
_KEPT_SIDE_PX = 288
"""Crops are kept in memory at no more than this."""
_KEPT_MARGIN = 0.25

Pixels = NDArray[np.uint8]


class SecondLook(nn.Module):
    """RGB (N, 3, SIDE_PX, SIDE_PX), 0..1, to logits (N, 4) in the order of `ATTRIBUTES`.

    The backbone of YOLOv8n (Ultralytics, AGPL-3.0) with the weights of Open Images V7; its last
    map averaged over space, and the largest of each channel beside it.
    """

    def __init__(self, weights: Path) -> None:
        super().__init__()
        self.backbone = nn.Sequential(*list(YOLO(str(weights)).model.model[:_BACKBONE_LAYERS]))
        for layer in self.backbone:
            layer.requires_grad_(True)
        self.drop = nn.Dropout(0.3)
        self.tell = nn.Linear(2 * _CHANNELS, len(ATTRIBUTES))

    def forward(self, pieces: Tensor) -> Tensor:
        """Logits."""
        features = self.backbone(pieces)
        pooled = torch.cat([features.mean(dim=(2, 3)), features.amax(dim=(2, 3))], dim=1)
        return self.tell(self.drop(pooled))


class Batch(NamedTuple):
    """Pieces uint8 RGB (N, SIDE_PX, SIDE_PX, 3) and their truths float32 (N, 4)."""

    pieces: Pixels
    truths: NDArray[np.float32]


class Kept(NamedTuple):
    """A crop with some surroundings, reduced, and where its box lies in it."""

    pixels: Pixels
    box: Box


def keep(data: Path, crops: Sequence[Crop]) -> list[Kept]:
    """The pixels of crops, of each picture read once."""
    kept, file, pixels = [], "", np.zeros((1, 1, 3), np.uint8)
    for crop in crops:
        if crop.file != file:
            read = read_rgb(data / crop.file)
            if read is None:
                raise ValueError(f"{crop.file}: cannot be read")
            file, pixels = crop.file, read
        height, width = pixels.shape[:2]
        margin_px = _KEPT_MARGIN * max(crop.box.width_px, crop.box.height_px)
        x_min, y_min = (int(max(0, one - margin_px)) for one in crop.box.as_tuple()[:2])
        x_max = int(min(width, crop.box.x_max + margin_px))
        y_max = int(min(height, crop.box.y_max + margin_px))
        part = pixels[y_min:y_max, x_min:x_max]
        scale = min(1.0, _KEPT_SIDE_PX / max(part.shape[:2]))
        if scale < 1:
            part = cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        kept.append(Kept(part.copy(), crop.box.shifted(-x_min, -y_min).scaled(scale, scale)))
    return kept


class CropStream(IterableDataset[Batch]):
    """Endless batches in which every kind of crop and truth comes about as often.

    Args:
        data: the folder of real media.
        crops: what to draw from.
        seed: where chance starts.
        emphasis: how much likelier a crop of this part comes, by part.
    """

    def __init__(
        self, data: Path, crops: Sequence[Crop], seed: int, emphasis: dict[str, float]
    ) -> None:
        self._data, self._crops, self._seed, self._emphasis = data, list(crops), seed, emphasis

    def __iter__(self) -> Iterator[Batch]:
        """Make batches for ever."""
        cv2.setNumThreads(1)
        worker = torch.utils.data.get_worker_info()
        rng = np.random.default_rng([self._seed, worker.id if worker else 0])
        kept = keep(self._data, self._crops)
        chances = _chances(self._crops, self._emphasis)
        while True:
            chosen = rng.choice(len(kept), _BATCH, p=chances)
            yield Batch(
                np.stack([varied(kept[number], rng) for number in chosen]),
                np.array([self._crops[number].truth for number in chosen], np.float32),
            )


def _chances(crops: Sequence[Crop], emphasis: dict[str, float]) -> NDArray[np.float64]:
    """Each group of like crops comes with the square root of its size."""
    groups = [(crop.kind, crop.truth, crop.file.split("/")[:2]) for crop in crops]
    keys = [str(group) for group in groups]
    sizes = {key: keys.count(key) for key in set(keys)}
    chances = np.array([sizes[key] ** -0.5 for key in keys])
    chances *= [emphasis.get(crop.part, 1.0) for crop in crops]
    return np.asarray(chances / chances.sum())


def varied(kept: Kept, rng: np.random.Generator) -> Pixels:
    """The piece as another camera, lens and network proposal would have shown it."""
    box = kept.box
    sizes = np.array([box.width_px, box.height_px, box.width_px, box.height_px])
    corners = np.array(box.as_tuple()) + rng.normal(0, 0.05, 4) * sizes
    x_min, y_min = corners[:2]
    moved = Box(x_min, y_min, max(corners[2], x_min + 8), max(corners[3], y_min + 8))
    pixels = kept.pixels
    if rng.random() < 0.5:
        stretch = float(np.exp(rng.uniform(-0.35, 0.35)))
        pixels = cv2.resize(pixels, None, fx=stretch, fy=1.0)
        moved = moved.scaled(pixels.shape[1] / kept.pixels.shape[1], 1.0)
    piece = cut(pixels, moved)
    if rng.random() < 0.5:
        piece = piece[:, ::-1]
    if rng.random() < 0.4:
        piece = _turned(piece, rng)
    if rng.random() < 0.4:
        side = int(rng.uniform(48, SIDE_PX))
        small = cv2.resize(piece, (side, side), interpolation=cv2.INTER_AREA)
        piece = cv2.resize(small, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_LINEAR)
    piece = _recoloured(piece, rng)
    if rng.random() < 0.5:
        piece = spoil(piece, rng, float(rng.uniform(0.3, 1.2)))
    if rng.random() < 0.3:
        wide, high = (int(one) for one in rng.uniform(0.1, 0.4, 2) * SIDE_PX)
        x, y = int(rng.integers(SIDE_PX - wide)), int(rng.integers(SIDE_PX - high))
        piece = piece.copy()
        piece[y : y + high, x : x + wide] = rng.integers(0, 256, 3)
    return np.ascontiguousarray(piece)


def _turned(piece: Pixels, rng: np.random.Generator) -> Pixels:
    middle = (SIDE_PX / 2, SIDE_PX / 2)
    turn = cv2.getRotationMatrix2D(middle, rng.uniform(-12, 12), rng.uniform(1.0, 1.15))
    size = (SIDE_PX, SIDE_PX)
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


def tensor(pieces: Pixels, device: torch.device) -> Tensor:
    """Network input from uint8 RGB (N, H, W, 3)."""
    return torch.as_tensor(pieces).to(device).permute(0, 3, 1, 2).float().div_(255)


def loss_of(model: nn.Module, made: Batch, device: torch.device) -> tuple[Tensor, dict[str, float]]:
    """Binary cross-entropy over what is known; beside it the share told right."""
    truths = torch.as_tensor(made.truths).to(device)
    logits = model(tensor(made.pieces, device))
    known = truths != UNKNOWN
    each = nn.functional.binary_cross_entropy_with_logits(
        logits, truths.clamp(0.02, 0.98), reduction="none"
    )
    right = ((logits.detach() > 0) == (truths > 0.5))[known].float().mean()
    return each[known].mean() * len(ATTRIBUTES), {"right": float(right)}
