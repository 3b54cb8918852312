"""Nearest embeddings: the same answer whether everything is compared or cells are searched."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from screening.detectors.insignia import nearest
from screening.detectors.insignia.nearest import load_embeddings, save_embeddings

PICTURES, VIEWS = 300, 4


@pytest.fixture
def vectors() -> np.ndarray:
    drawn = np.random.default_rng(1).normal(size=(PICTURES, VIEWS, 16)).astype(np.float32)
    return np.asarray(drawn / np.linalg.norm(drawn, axis=2, keepdims=True))


@pytest.mark.parametrize("most_compared", [10_000, 0])
def test_the_view_that_stands_there_is_nearest(
    vectors: np.ndarray, most_compared: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nearest, "_MOST_COMPARED", most_compared)
    save_embeddings(tmp_path, vectors)
    near = load_embeddings(tmp_path, VIEWS).near(vectors[[7, 280], [3, 0]])
    assert near.best.shape == near.view.shape == (PICTURES, 2)
    assert near.best.argmax(axis=0).tolist() == [7, 280]
    assert near.best.max(axis=0) == pytest.approx(1, abs=1e-2)
    assert near.view[[7, 280], [0, 1]].tolist() == [3, 0]


def test_a_picture_counts_by_its_nearest_view(
    vectors: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = vectors[:20, 1] + 0.1 * vectors[20:40, 2]
    answers = []
    for name, most in (("all", 10_000), ("cells", 0)):
        monkeypatch.setattr(nearest, "_MOST_COMPARED", most)
        (tmp_path / name).mkdir()
        save_embeddings(tmp_path / name, vectors)
        answers.append(load_embeddings(tmp_path / name, VIEWS).near(places.astype(np.float32)))
    every, cells = answers
    reached = cells.best > -1
    assert reached.sum() >= 20 * 16
    assert cells.best[reached] == pytest.approx(every.best[reached], abs=1e-2)
