"""The shipped weights: whole or not at all, and what they answer."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from screening.detectors import weights
from screening.detectors.insignia.calibration import load_calibration
from screening.detectors.insignia.networks import (
    CALIBRATION,
    EMBEDDER,
    FINDER,
    FOLDER,
    load_networks,
    model_digests,
)
from screening.detectors.weights import model_folder
from screening.errors import ConfigError


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the weights that the detector is told to use."""
    folder = Path(shutil.copytree(model_folder(FOLDER), tmp_path / "models" / "insignia"))
    monkeypatch.setattr(weights, "shipped_dir", lambda name: tmp_path / name)
    return folder


def test_the_shipped_weights_are_whole() -> None:
    digests = model_digests()
    assert set(digests) == {FINDER, EMBEDDER, CALIBRATION}
    assert all(len(digest) == 64 for digest in digests.values())


@pytest.mark.parametrize("name", [FINDER, EMBEDDER, CALIBRATION, "sha256.json"])
def test_missing_weights_are_an_error_that_names_the_folder(models: Path, name: str) -> None:
    (models / name).unlink()
    with pytest.raises(ConfigError, match="install the package again") as caught:
        model_digests()
    assert caught.value.file == models


@pytest.mark.parametrize("name", [FINDER, EMBEDDER, CALIBRATION])
def test_altered_weights_are_an_error_that_names_the_file(models: Path, name: str) -> None:
    content = bytearray((models / name).read_bytes())
    content[len(content) // 2] ^= 1
    (models / name).write_bytes(content)
    with pytest.raises(ConfigError, match="not the one it was shipped with") as caught:
        model_digests()
    assert caught.value.file == models / name


@pytest.mark.parametrize("content", ["", "[", "{}", json.dumps({FINDER: "0" * 64})])
def test_a_list_of_digests_that_is_none(models: Path, content: str) -> None:
    (models / "sha256.json").write_text(content)
    with pytest.raises(ConfigError):
        model_digests()


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'{"min_proposal": 2}'])
def test_a_calibration_that_is_none_names_the_file(models: Path, content: bytes) -> None:
    (models / CALIBRATION).write_bytes(content)
    with pytest.raises(ConfigError, match="calibration") as caught:
        load_calibration()
    assert caught.value.file == models / CALIBRATION


def test_an_installation_without_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Path:
        raise FileNotFoundError(f"the folder {name}/ is missing from {tmp_path}")

    monkeypatch.setattr(weights, "shipped_dir", missing)
    with pytest.raises(ConfigError, match="models/ is missing"):
        model_digests()


def test_what_the_networks_answer() -> None:
    loaded = load_networks(1)
    random = np.random.default_rng(1)
    answer = loaded.find(random.integers(0, 256, (96, 160, 3), np.uint8))
    assert answer.shape == (5, 12, 20)
    assert answer.dtype == np.float32
    frames = random.integers(0, 256, (3, 96, 96, 3), np.uint8)
    vectors, corrections = loaded.embed(frames)
    assert vectors.shape == (3, loaded.dimensions)
    assert corrections.shape == (3, 4)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-4)
    assert loaded.embed(frames[1:2])[0][0] == pytest.approx(vectors[1], abs=1e-4)
    assert load_networks(1) is loaded
