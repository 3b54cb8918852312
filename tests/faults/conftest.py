"""The faulty detectors of ./plugin, and pictures to let them loose on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

PLUGIN = Path(__file__).parent / "plugin"


@pytest.fixture(autouse=True)
def plugin(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The plugin on the search path, which spawned workers inherit."""
    monkeypatch.syspath_prepend(str(PLUGIN))
    return PLUGIN


@pytest.fixture
def pictures(tmp_path: Path) -> Callable[..., list[Path]]:
    """Makes one small picture for each stem, every one with other bytes."""

    def make(*stems: str) -> list[Path]:
        folder = tmp_path / "pictures"
        folder.mkdir(exist_ok=True)
        files = []
        for number, stem in enumerate(stems):
            files.append(folder / f"{stem}.png")
            Image.new("RGB", (32, 24), (number, 60, 90)).save(files[-1])
        return files

    return make
