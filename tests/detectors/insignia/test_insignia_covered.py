"""Emblems of which a third is hidden: found by what is left of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from insignia_scenes import background, jpeg, plant

from screening.catalog import Agency, InsigniaKind, Reference
from screening.config import OptionValue
from screening.detectors.base import DetectorResources
from screening.detectors.insignia.art import load_art
from screening.detectors.insignia.court_seals import court_seals
from screening.detectors.insignia.detector import InsigniaDetector
from screening.detectors.insignia.emblem_points import (
    POINTS_PER_PICTURE,
    PRINTED,
    WORN,
    details_of,
    emblem_points,
    load_emblem_points,
    save_emblem_points,
)
from screening.detectors.registry import detector_options
from screening.records import Frame

SIZE_WH = np.full((6, 2), 160, np.int32)


def court(identity: str) -> Path:
    return next(seal for seal in court_seals() if seal.id == f"us-courts/{identity}").files[0]


@pytest.fixture(scope="module")
def detector(resources: DetectorResources) -> InsigniaDetector:
    given: dict[str, dict[str, OptionValue]] = {"insignia": {}}
    options = detector_options(InsigniaDetector, given)  # type: ignore[arg-type]
    InsigniaDetector.prepare(options, resources, lambda what, done, total: None)
    return InsigniaDetector(options, resources)


def half_hidden(seal: str, side: str) -> tuple[np.ndarray, object]:
    """A seal 200 px wide with a third of it behind a grey board."""
    scene = background("cloth")
    outline = plant(scene, court(seal), 200, (360, 270), 10)
    x_min, y_min, x_max, y_max = (round(one) for one in outline.bounds.as_tuple())
    third = (x_max - x_min) // 3
    if side == "left":
        scene[y_min - 20 : y_max + 20, x_min - 30 : x_min + third] = (120, 122, 118)
    elif side == "right":
        scene[y_min - 20 : y_max + 20, x_max - third : x_max + 30] = (120, 122, 118)
    else:
        scene[y_max - third : y_max + 30, x_min - 20 : x_max + 20] = (120, 122, 118)
    return jpeg(scene, 85), outline.bounds


@pytest.mark.parametrize("side", ["left", "right", "below"])
@pytest.mark.parametrize("seal", ["moed", "ca8"])
def test_a_seal_with_a_third_hidden_is_named(
    detector: InsigniaDetector, seal: str, side: str
) -> None:
    scene, bounds = half_hidden(seal, side)
    findings = [one for one in detector.detect([Frame(scene)]) if one.label == "seal"]
    names = {str(one.evidence["reference"]) for one in findings}
    among = {str(name) for one in findings for name in one.evidence["look_alikes"]}  # type: ignore[union-attr]
    assert f"us-courts/{seal}" in names | among
    assert any(one.box is not None and one.box.iou(bounds) > 0.6 for one in findings)  # type: ignore[arg-type]


def test_keypoints_are_in_pixels_of_the_art_in_the_index() -> None:
    found = emblem_points(load_art(court("moed")), PRINTED, 160)
    assert 50 < len(found) <= POINTS_PER_PICTURE + 20
    assert 0 <= found.xy.min() < found.xy.max() <= 160


def test_badges_and_patches_have_keypoints_of_finer_details_too() -> None:
    art = load_art(court("moed"))
    assert details_of(InsigniaKind.SEAL) == (PRINTED,)
    assert details_of(InsigniaKind.BADGE) == details_of(InsigniaKind.PATCH) == (PRINTED, WORN)
    printed, worn = (emblem_points(art, detail, 160) for detail in (PRINTED, WORN))
    assert worn.size.min() < 0.8 * printed.size.min()


def test_keypoints_come_back_as_they_were_saved(tmp_path: Path) -> None:
    pictures = [(3, emblem_points(load_art(court("moed")), PRINTED, 160))]
    pictures.append((5, emblem_points(load_art(court("ca8")), PRINTED, 160)))
    save_emblem_points(tmp_path, PRINTED, pictures)
    [(detail, loaded)] = load_emblem_points(tmp_path, SIZE_WH)
    assert detail == PRINTED
    assert sorted(set(loaded.owner.tolist())) == [3, 5]
    assert np.allclose(loaded.features.xy[: len(pictures[0][1])], pictures[0][1].xy)
    _, nearest = loaded.nearest.search(pictures[1][1].descriptors[:50], 1)
    assert (loaded.owner[nearest[:, 0]] == 5).mean() > 0.9


def test_nothing_to_save(tmp_path: Path) -> None:
    save_emblem_points(tmp_path, PRINTED, [])
    assert load_emblem_points(tmp_path, SIZE_WH) == ()


def test_a_catalog_of_logos_alone_has_no_keypoints_of_emblems(
    resources: DetectorResources, tmp_path: Path
) -> None:
    logo = Reference("a/b", "b", "a", InsigniaKind.LOGO, (court("moed"),))
    alone = replace(resources, agencies=(Agency("a", (), (), (logo,)),), cache_dir=tmp_path)
    options = detector_options(InsigniaDetector, {"insignia": {"court_seals": False}})
    InsigniaDetector.prepare(options, alone, lambda *_: None)
    assert InsigniaDetector(options, alone).detect([Frame(background("plain"))]) == []
