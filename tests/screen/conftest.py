"""The probe of tests/faults/plugin as a registered detector, and pictures to screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from screening.records import FileResult
from screening.screen import Screener, make_plan

PACK = """
schema: screening/rulepack/1
name: probe-rules
version: "1"
title: Rules for tests
document: {title: Rules of Fairhaven, file: rules.txt}
clauses:
  - {id: "1", section: "1", quote: Nobody shows frames.}
rules:
  - id: FRAME-1
    category: conduct
    clauses: ["1"]
    when: {any: [{label: frame}]}
    decision: {default: block, official: allow, undercover: review}
    message: it shows a frame
"""


@pytest.fixture
def probe(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Registers `frame_probe` and `file_fault`."""
    monkeypatch.syspath_prepend(str(repository / "tests" / "faults" / "plugin"))


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A pack that forbids what the probe reports."""
    path = tmp_path / "probe-rules.yaml"
    path.write_text(PACK, encoding="utf-8")
    return path


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A plain picture without metadata."""
    path = tmp_path / "plain.png"
    Image.new("RGB", (48, 32), (200, 180, 160)).save(path)
    return path


@pytest.fixture
def make_pages(tmp_path: Path) -> Callable[[list[int]], Path]:
    """Makes a TIFF with one page for each shade of grey."""

    def make(shades: list[int]) -> Path:
        path = tmp_path / "pages.tiff"
        pages = [Image.fromarray(np.full((24, 32, 3), shade, np.uint8)) for shade in shades]
        pages[0].save(path, save_all=True, append_images=pages[1:])
        return path

    return make


@pytest.fixture
def screen() -> Callable[..., FileResult]:
    """Screens one file with the given configuration."""
    from screening.config import ScreenConfig

    def screen_with(path: Path, **settings: object) -> FileResult:
        config = ScreenConfig.model_validate(settings)
        return Screener(make_plan(config)).screen(path)

    return screen_with
