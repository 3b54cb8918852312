"""A listed building on a photo that says where it was taken: through all stages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from screening.records import FileResult, Finding
from screening.reports.result_json import result_line

Screen = Callable[..., FileResult]
CATALOG = """\
agency: Harbour Court
references:
  - id: house
    name: The house of the court
    kind: building
    files: [house.png]
    tags: [secured]
    position: {latitude: 10.341667, longitude: 1.034167}
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A drawn front with windows of many shapes, and its catalog."""
    random = np.random.default_rng(5)
    front = np.full((360, 480, 3), (150, 140, 120), np.uint8)
    for row in range(5):
        for column in range(8):
            x, y = 20 + column * 57, 20 + row * 66
            size = random.integers(12, 44, 2)
            colour = tuple(int(value) for value in random.integers(0, 255, 3))
            cv2.rectangle(front, (x, y), (x + int(size[0]), y + int(size[1])), colour, -1)
            cv2.line(front, (x, y), (x + int(size[1]), y + 40), (20, 20, 30), 2)
    folder = tmp_path / "harbour"
    folder.mkdir()
    Image.fromarray(front).save(folder / "house.png")
    (folder / "catalog.yaml").write_text(CATALOG, encoding="utf-8")
    return folder


def photo(house: Path, path: Path, minutes: float) -> Path:
    """The house in a street, taken `minutes` of latitude from 10 degrees north."""
    scene = Image.new("RGB", (900, 700), (90, 120, 160))
    scene.paste(Image.open(house / "house.png"), (210, 200))
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (10.0, minutes, 0.0), 3: "E", 4: (1.0, 2.0, 3.0)}
    scene.save(path, "JPEG", quality=90, exif=exif)
    return path


def test_a_position_beside_it_makes_a_building_surer(
    screen: Screen, house: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCREENING_CACHE_DIR", str(tmp_path / "cache"))

    def found(minutes: float) -> tuple[Finding, FileResult]:
        result = screen(
            photo(house, tmp_path / f"{minutes}.jpg", minutes),
            references=(house,),
            detectors=("metadata", "insignia"),
            options={"insignia": {"court_seals": False}},
        )
        assert result.complete
        [finding] = [one for one in result.findings if one.label == "building"]
        return finding, result

    there, result = found(20.5)
    elsewhere, _ = found(25.0)
    assert there.evidence["reference"] == elsewhere.evidence["reference"] == "harbour/house"
    assert there.evidence["near_position"] is True
    assert "near_position" not in elsewhere.evidence
    assert elsewhere.score < there.score <= 1
    assert there.evidence["tags"] == ["secured"]
    assert "10.34" not in result_line(result, reveal=False, timings=False)
