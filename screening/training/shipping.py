"""Fits what turns measurements into probabilities, and writes the digests of what ships."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from screening.detectors.weights import CHECKSUMS


def write_checksums(folder: Path, names: Sequence[str]) -> None:
    """Write what `screening.detectors.weights.checked_digests` compares with."""
    sums = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}
    (folder / CHECKSUMS).write_text(json.dumps(sums, indent=2) + "\n", encoding="utf-8")


def fit_logistic(features: NDArray[np.float64], wanted: NDArray[np.bool_]) -> list[float]:
    """Weights of a logistic regression with a little ridge, constant first (Newton's method)."""
    spread = features.std(axis=0) + 1e-9
    middle = features.mean(axis=0)
    design = np.column_stack([np.ones(len(features)), (features - middle) / spread])
    weights = np.zeros(design.shape[1])
    ridge = np.diag([0.0] + [1.0] * features.shape[1])
    for _ in range(60):
        guessed = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        slope = design.T @ (guessed - wanted) + ridge @ weights
        curve = (design * (guessed * (1 - guessed) + 1e-9)[:, None]).T @ design + ridge
        weights -= np.linalg.solve(curve, slope)
    plain = weights[1:] / spread
    return [float(weights[0] - plain @ middle), *(float(value) for value in plain)]
