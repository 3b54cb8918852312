"""Logos and letterheads in whole frames: found and refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from insignia_scenes import background, drawing, on_cloth

from screening.catalog import InsigniaKind, Reference
from screening.detectors.insignia.features import Survey
from screening.detectors.insignia.index import (
    ReferenceIndex,
    catalog_digest,
    ensure_index,
    load_index,
)
from screening.detectors.insignia.planar import PlanarMatcher
from screening.records import Finding, Frame

Finder = Callable[..., list[Finding]]


@pytest.fixture(scope="module")
def art(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("art")
    return [drawing(folder / f"{seed}.png", seed) for seed in range(2)]


@pytest.fixture(scope="module")
def index(art: list[Path], tmp_path_factory: pytest.TempPathFactory) -> ReferenceIndex:
    references = [
        Reference("own/seal", "The seal", "We", InsigniaKind.SEAL, (art[0],)),
        Reference("own/paper", "The letterhead", "We", InsigniaKind.LETTERHEAD, (art[1], art[0])),
    ]
    cache, digest = tmp_path_factory.mktemp("cache"), catalog_digest(references)
    ensure_index(references, cache, digest, lambda what, done, total: None)
    return load_index(cache, digest)


@pytest.fixture(scope="module")
def find(index: ReferenceIndex) -> Finder:
    """Findings in a picture; the reference may be given other properties than it has."""
    assert index.keypoints is not None
    matcher = PlanarMatcher(index.keypoints)

    def found(pixels: np.ndarray, **other: object) -> list[Finding]:
        references = [
            replace(one, **other) if one.kind is InsigniaKind.LETTERHEAD else one  # type: ignore[arg-type]
            for one in index.references
        ]
        return matcher.findings(Frame(pixels, 4, 1.5), Survey(pixels), references)

    return found


def test_a_letterhead_is_found_where_it_stands(find: Finder, art: list[Path]) -> None:
    [found] = find(on_cloth(art[1], 400))
    assert (found.label, found.frame_index, found.time_s) == ("letterhead", 4, 1.5)
    assert found.score > 0.8
    assert found.box is not None
    # The drawing keeps a rim of some 20 of its 300 pixels free, which is cut off.
    assert np.array(found.box.as_tuple()) == pytest.approx([300, 200, 700, 600], abs=30)
    assert found.evidence["reference"] == "own/paper"
    assert found.evidence["picture"] == 1


def test_the_picture_that_matched_is_named(find: Finder, art: list[Path]) -> None:
    [found] = find(on_cloth(art[0], 400))
    assert (found.evidence["reference"], found.evidence["picture"]) == ("own/paper", 2)


def test_large_frames_are_searched_smaller_and_boxes_fit_them(
    find: Finder, art: list[Path]
) -> None:
    [found] = find(on_cloth(art[1], 800, size=(1500, 2000)))
    assert found.box is not None
    assert np.array(found.box.as_tuple()) == pytest.approx([300, 200, 1100, 1000], abs=60)
    points = np.array(found.evidence["points"]).reshape(-1, 4)
    assert 0 < len(points) <= 12
    ends = points[:, 2:]
    assert (ends > (295, 195)).all()
    assert (ends < (1105, 1005)).all()


@pytest.mark.parametrize("kind", ["cloth", "noise", "plain", "checks"])
def test_nothing_is_found_on_backgrounds(find: Finder, kind: str) -> None:
    assert find(background(kind, 720, 960)) == []


def test_a_reference_may_ask_for_a_higher_score(find: Finder, art: list[Path]) -> None:
    pixels = on_cloth(art[1], 400)
    [found] = find(pixels)
    assert find(pixels, min_score=found.score) == [found]
    assert find(pixels, min_score=min(found.score + 0.01, 1.0)) == [] or found.score == 1


def test_tags_are_told(find: Finder, art: list[Path]) -> None:
    [found] = find(on_cloth(art[1], 400), tags=("b", "a", "b"))
    assert found.evidence["tags"] == ["a", "b"]
