"""Buildings in whole frames: found from elsewhere, refused, and faint ones marked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from insignia_scenes import background, drawing, on_cloth

from screening.catalog import InsigniaKind, Reference
from screening.detectors.insignia.buildings import BuildingMatcher
from screening.detectors.insignia.features import Survey
from screening.detectors.insignia.index import (
    ReferenceIndex,
    catalog_digest,
    ensure_index,
    load_index,
)
from screening.records import Finding, Frame

Finder = Callable[..., list[Finding]]
HERE = (10.0, 20.0)


@pytest.fixture(scope="module")
def art(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("art")
    return [drawing(folder / f"{seed}.png", seed) for seed in range(3)]


@pytest.fixture(scope="module")
def index(art: list[Path], tmp_path_factory: pytest.TempPathFactory) -> ReferenceIndex:
    references = [
        Reference("own/seal", "The seal", "We", InsigniaKind.SEAL, (art[0],)),
        Reference("own/house", "The house", "We", InsigniaKind.BUILDING, (art[1], art[0])),
        Reference("own/tower", "The tower", "We", InsigniaKind.BUILDING, (art[2],)),
    ]
    cache, digest = tmp_path_factory.mktemp("cache"), catalog_digest(references)
    ensure_index(references, cache, digest, lambda what, done, total: None)
    return load_index(cache, digest)


@pytest.fixture(scope="module")
def find(index: ReferenceIndex) -> Finder:
    """Findings in a picture; the buildings may be given other properties than they have."""
    assert index.buildings is not None
    matcher = BuildingMatcher(index.buildings)

    def found(pixels: np.ndarray, **other: object) -> list[Finding]:
        references = [
            replace(one, **other) if one.kind is InsigniaKind.BUILDING else one  # type: ignore[arg-type]
            for one in index.references
        ]
        return matcher.findings(Frame(pixels, 4, 1.5), Survey(pixels), references)

    return found


def from_elsewhere(pixels: np.ndarray) -> np.ndarray:
    """The same seen from the side, in less light."""
    height, width = pixels.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    seen = np.array([[0, 60], [0.8 * width, 0], [0.8 * width, height], [0, height - 60]])
    matrix = cv2.getPerspectiveTransform(corners, seen.astype(np.float32))
    return (cv2.warpPerspective(pixels, matrix, (width, height)) * 0.6).astype(np.uint8)


def test_a_building_is_found_where_it_stands(find: Finder, art: list[Path]) -> None:
    [found] = find(on_cloth(art[1], 400))
    assert (found.label, found.frame_index, found.time_s) == ("building", 4, 1.5)
    assert found.score > 0.8
    assert found.box is not None
    assert np.array(found.box.as_tuple()) == pytest.approx([300, 200, 700, 600], abs=40)
    assert (found.evidence["reference"], found.evidence["picture"]) == ("own/house", 1)
    assert "needs_position" not in found.evidence


def test_a_building_is_found_from_the_side_and_in_less_light(find: Finder, art: list[Path]) -> None:
    [found] = find(from_elsewhere(on_cloth(art[2], 400)))
    assert found.evidence["reference"] == "own/tower"
    assert int(str(found.evidence["inliers"])) >= 10


def test_the_photo_that_matched_best_is_named_and_only_that(find: Finder, art: list[Path]) -> None:
    pixels = on_cloth(art[0], 400)
    pixels[20:180, 20:180] = cv2.resize(cv2.imread(str(art[1]))[..., ::-1], (160, 160))
    [found] = find(pixels)
    assert (found.evidence["reference"], found.evidence["picture"]) == ("own/house", 2)


def test_large_frames_are_searched_smaller_and_boxes_fit_them(
    find: Finder, art: list[Path]
) -> None:
    [found] = find(on_cloth(art[1], 800, size=(1500, 2000)))
    assert found.box is not None
    assert np.array(found.box.as_tuple()) == pytest.approx([300, 200, 1100, 1000], abs=80)
    points = np.array(found.evidence["points"]).reshape(-1, 4)
    assert 0 < len(points) <= 12
    assert (points[:, :2] >= 0).all()
    assert (points[:, :2] <= 1).all()
    assert (points[:, 2:] > (295, 195)).all()
    assert (points[:, 2:] < (1105, 1005)).all()


@pytest.mark.parametrize("kind", ["cloth", "noise", "plain", "checks"])
def test_nothing_is_found_on_backgrounds(find: Finder, kind: str) -> None:
    assert find(background(kind, 720, 960), position=HERE) == []


def test_a_building_on_its_side_is_none(find: Finder, art: list[Path]) -> None:
    """Photos stand upright by the time detectors see them, and so do buildings."""
    assert find(np.ascontiguousarray(np.rot90(on_cloth(art[1], 400)))) == []


def test_a_faint_building_says_that_it_needs_a_position(find: Finder, art: list[Path]) -> None:
    """By showing it smaller and smaller until it does not count by itself."""
    faint = []
    for side_px in range(90, 30, -2):
        pixels = on_cloth(art[1], side_px)
        if not find(pixels):
            faint += find(pixels, position=HERE)
    assert faint, "between counting by itself and not at all there is something"
    for found in faint:
        assert found.evidence["needs_position"] is True
        assert found.score < 0.5
        assert 6 <= found.evidence["inliers"] < 10  # type: ignore[operator]


def test_a_reference_may_ask_for_a_higher_score(find: Finder, art: list[Path]) -> None:
    pixels = on_cloth(art[1], 400)
    [found] = find(pixels)
    assert find(pixels, min_score=found.score) == [found]
    assert find(pixels, min_score=found.score + 0.005) == []
