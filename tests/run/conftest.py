"""Runs `screening` as a program of its own, on small pictures."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def make_pictures() -> Callable[[Path, int], list[Path]]:
    """Fills a folder with small pictures, every one with other bytes."""

    def make(folder: Path, count: int) -> list[Path]:
        folder.mkdir(parents=True, exist_ok=True)
        files = [folder / f"{number:03}.png" for number in range(count)]
        for number, file in enumerate(files):
            Image.new("RGB", (32, 24), (number % 256, number // 256, 90)).save(file)
        return files

    return make


@pytest.fixture
def start_scan(repository: Path, tmp_path: Path) -> Start:
    """Starts `screening scan` in a process group of its own; temporary files go to `scratch`."""

    def start(*arguments: str | Path) -> subprocess.Popen[str]:
        scratch = tmp_path / "scratch"
        scratch.mkdir(exist_ok=True)
        plugin = repository / "tests" / "faults" / "plugin"
        return subprocess.Popen(
            [sys.executable, "-m", "screening", "scan", *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": str(plugin), "TMPDIR": str(scratch)},
        )

    return start
