"""References as they look printed in one colour."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from insignia_scenes import background, jpeg, plant
from PIL import Image

from screening.detectors.base import DetectorResources
from screening.detectors.insignia.art import load_art
from screening.detectors.insignia.court_seals import court_seals
from screening.detectors.insignia.detector import InsigniaDetector, InsigniaOptions
from screening.detectors.insignia.prints import Print, printed, printed_art
from screening.records import Frame

EVERYWHERE = np.ones((8, 64), bool)


def ramp(low: int, high: int) -> np.ndarray:
    return np.tile(np.linspace(low, high, 64).astype(np.uint8), (8, 1))


def test_what_is_printed_as_it_is_stays() -> None:
    assert np.array_equal(printed(ramp(0, 255), EVERYWHERE, Print.AS_IT_IS), ramp(0, 255))


def test_dark_ink_leaves_light_and_dark_where_they_are() -> None:
    inked = printed(ramp(0, 255), EVERYWHERE, Print.DARK_INK)
    assert inked[:, :16].max() == 0
    assert inked[:, -16:].min() == 255


def test_light_ink_turns_light_and_dark_round() -> None:
    dark, light = (
        printed(ramp(0, 255), EVERYWHERE, how) for how in (Print.DARK_INK, Print.LIGHT_INK)
    )
    assert np.array_equal(light, 255 - dark)


@pytest.mark.parametrize(("low", "high"), [(190, 250), (5, 60)])
def test_art_that_is_light_or_dark_all_over_keeps_its_drawing(low: int, high: int) -> None:
    inked = printed(ramp(low, high), EVERYWHERE, Print.DARK_INK)
    assert inked[:, 0].mean() < inked[:, -1].mean() - 100


def test_alpha_is_kept() -> None:
    art = np.zeros((8, 64, 4), np.uint8)
    art[..., :3], art[:, :32, 3] = ramp(0, 255)[..., None], 255
    for how in Print:
        assert np.array_equal(printed_art(art, how)[..., 3], art[..., 3])


@pytest.mark.parametrize("how", list(Print))
def test_a_seal_in_any_print_is_named(
    how: Print, resources: DetectorResources, tmp_path: Path
) -> None:
    seal = next(one for one in court_seals() if one.id == "us-courts/moed")
    Image.fromarray(printed_art(load_art(seal.files[0]), how)).save(tmp_path / "printed.png")
    scene = background("cloth")
    plant(scene, tmp_path / "printed.png", 140, (360, 270), 10)
    options = InsigniaOptions()
    InsigniaDetector.prepare(options, resources, lambda *_: None)
    findings = InsigniaDetector(options, resources).detect([Frame(jpeg(scene, 85))])
    assert [one.evidence.get("reference") for one in findings] == ["us-courts/moed"]
