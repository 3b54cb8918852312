"""Runs the program as a user does, and keeps what it says apart by stream."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

Screening = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def screening(tmp_path: Path) -> Screening:
    """Runs `screening` with the given words in an empty folder."""

    def run(*words: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "screening", *map(str, words)],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            timeout=300,
            env={**os.environ, "COLUMNS": "100", **variables},
            check=False,
        )

    return run


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A plain picture without metadata."""
    path = tmp_path / "plain.png"
    Image.new("RGB", (48, 32), (200, 180, 160)).save(path)
    return path
