"""Fits the last layer of the second look to what its backbone says of all pieces.

The backbone stays what ImageNet taught it, so that this takes minutes on one processor core, and a
cross-validation seconds. Frozen features with a linear layer also hold better on photos unlike the
ones learned from than a backbone that was trained along (Kumar et al., "Fine-tuning can distort
pretrained features and underperform out-of-distribution", ICLR 2022).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from screening.detectors.objects.cutting import EMBLEM, PLACE
from screening.detectors.objects.networks import ATTRIBUTES, TOLD
from screening.detectors.weights import compiled
from screening.training.objects.crops import UNKNOWN, Crop, Part
from screening.training.objects.pieces import as_it_is, keep, shape_of, varied
from screening.training.objects.second_look import LastLayer

_TOGETHER = 4
_RIDGE = {**dict.fromkeys(ATTRIBUTES, 3e-3), "emblem": 3e-2}
"""By what is told: of emblems there are fewest examples."""
_STEPS = 80
_OF_POSTS = 2.0
"""How much more a piece of a photo as people post them counts."""
_SURE = 0.02
"""Truths are this far from 0 and 1: some labels are wrong."""

Features = NDArray[np.float32]
Shown = tuple[int, NDArray[np.uint8]]
"""A row and one of its pieces."""


def features_of(
    backbone: Path, data: Path, crops: Sequence[Crop], views: int, seed: int, threads: int
) -> Features:
    """What the backbone says of each crop: as it is, then `views` - 1 times varied.

    Returns:
        float32 (views, len(crops), features).
    """
    rng = np.random.default_rng(seed)
    found: list[list[Features]] = [[] for _ in crops]
    for shape in (PLACE, EMBLEM):
        network = compiled(backbone, (_TOGETHER, shape.side_px, shape.side_px, 3), threads)
        rows = [row for row, crop in enumerate(crops) if shape_of(crop) == shape]
        kept = zip(rows, keep(data, [crops[row] for row in rows]), strict=True)
        pieces = (
            (row, varied(one, rng) if view else as_it_is(one))
            for row, one in kept
            for view in range(views)
        )
        for number, batch in enumerate(_batches(pieces)):
            shown = [piece for _, piece in batch]
            told = network(np.stack(shown + shown[:1] * (_TOGETHER - len(shown))))[0]
            for (row, _), features in zip(batch, told, strict=False):
                found[row].append(features)
            if number % 500 == 0:
                done = number * _TOGETHER // views
                print(f"{done} of {len(rows)} pieces of {shape.side_px} px", flush=True)
    return np.stack([np.stack([one[view] for one in found]) for view in range(views)])


def _batches(pieces: Iterator[Shown]) -> Iterator[list[Shown]]:
    while batch := list(islice(pieces, _TOGETHER)):
        yield batch


def fit(features: Features, crops: Sequence[Crop]) -> LastLayer:
    """A logistic regression with ridge for each thing that the second look tells.

    Args:
        features: see `features_of`.
        crops: as many as there are features in each view.
    """
    middle = features[0].mean(axis=0, dtype=np.float64)
    spread = features[0].std(axis=0, dtype=np.float64) + 1e-3
    given = np.concatenate([(one - middle) / spread for one in features]).astype(np.float32)
    truths = np.tile(np.array([crop.truth for crop in crops], np.float32), (len(features), 1))
    weights = _weights(truths, np.tile(_counts(crops), len(features)))
    weight, bias = _regression(*map(torch.as_tensor, (given, truths, weights)))
    scaled = weight / spread
    return LastLayer(scaled, bias - scaled @ middle)


def _regression(
    given: Tensor, truths: Tensor, weights: Tensor
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    layer = nn.Linear(given.shape[1], truths.shape[1])
    nn.init.zeros_(layer.weight)
    wanted = truths.clamp(_SURE, 1 - _SURE)
    ridge = torch.tensor([[_RIDGE[told]] for told in TOLD])
    search = torch.optim.LBFGS(
        layer.parameters(), max_iter=_STEPS, history_size=8, line_search_fn="strong_wolfe"
    )

    def loss() -> Tensor:
        search.zero_grad()
        each = nn.functional.binary_cross_entropy_with_logits(
            layer(given), wanted, reduction="none"
        )
        total = (each * weights).sum() + (ridge * layer.weight.square()).sum()
        total.backward()
        return total

    search.step(loss)
    found = (layer.weight, layer.bias)
    weight, bias = (one.detach().numpy().astype(np.float64) for one in found)
    return weight, bias


def _counts(crops: Sequence[Crop]) -> NDArray[np.float32]:
    """A group of like crops counts with the square root of its size."""
    groups = [str((crop.kind, crop.truth, crop.file.split("/")[:2])) for crop in crops]
    sizes = Counter(groups)
    counts = np.array([sizes[group] ** -0.5 for group in groups], np.float32)
    counts *= [_OF_POSTS if crop.part is Part.POSTS else 1.0 for crop in crops]
    return counts


def _weights(truths: NDArray[np.float32], counts: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of each truth; those that are unknown weigh nothing, the others one in all."""
    known = (truths != UNKNOWN) * counts[:, None]
    return np.asarray(known / known.sum(axis=0), np.float32)
