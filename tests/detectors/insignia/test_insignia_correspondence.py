"""Points that art and picture have in common, shown to people."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from insignia_scenes import background, drawing

from screening.detectors.insignia.correspondence import matched_points, shown_points


@pytest.fixture(scope="module")
def art(tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    folder: Path = tmp_path_factory.mktemp("art")
    return cv2.resize(cv2.imread(str(drawing(folder / "a.png", 2)), 0), (160, 160))


TRANSFORM = np.array([[1.3, -0.3, 120.0], [0.3, 1.3, 60.0], [0.0002, 0, 1.0]])


def scene(art: np.ndarray) -> np.ndarray:
    pixels = background("cloth", 420, 500)[..., 0].copy()
    warped = cv2.warpPerspective(art, TRANSFORM, pixels.shape[::-1])
    inside = cv2.warpPerspective(np.full_like(art, 255), TRANSFORM, pixels.shape[::-1])
    pixels[inside > 127] = warped[inside > 127]
    return pixels


def test_pairs_join_the_same_points(art: np.ndarray) -> None:
    found = matched_points(scene(art), art, np.full_like(art, 255), TRANSFORM)
    assert len(found.reference) == len(found.picture) > 12
    ends = cv2.perspectiveTransform(found.reference[None].astype(float), TRANSFORM)[0]
    apart_px = np.linalg.norm(ends - found.picture, axis=1)
    assert np.median(apart_px) < 1.5
    assert apart_px.max() < 0.05 * 160 * 2, "chance matches lie beside where they ought to, too"


def test_only_what_is_inside_the_mask_is_compared(art: np.ndarray) -> None:
    mask = np.zeros_like(art)
    mask[:, :80] = 255
    found = matched_points(scene(art), art, mask, TRANSFORM)
    assert len(found.reference)
    assert found.reference[:, 0].max() < 81


def test_another_picture_has_hardly_a_point_in_common(art: np.ndarray) -> None:
    mask = np.full_like(art, 255)
    right = matched_points(scene(art), art, mask, TRANSFORM)
    wrong = matched_points(background("noise", 420, 500)[..., 0], art, mask, TRANSFORM)
    assert len(wrong.reference) < 0.2 * len(right.reference)


@pytest.mark.parametrize("even", ["art", "picture"])
def test_nothing_to_compare_is_no_pair(art: np.ndarray, even: str) -> None:
    plain, mask = np.full_like(art, 90), np.full_like(art, 255)
    pixels = np.full((420, 500), 90, np.uint8) if even == "picture" else scene(art)
    found = matched_points(pixels, plain if even == "art" else art, mask, TRANSFORM)
    assert found.reference.shape == found.picture.shape == (0, 2)
    assert shown_points(found, (160, 160)) == []


def test_points_are_shares_of_the_art_and_pixels_of_the_full_picture(art: np.ndarray) -> None:
    found = matched_points(scene(art), art, np.full_like(art, 255), TRANSFORM)
    numbers = shown_points(found, (160, 160), (2.0, 3.0))
    rows = np.array(numbers).reshape(-1, 4)
    assert all(type(value) is float for value in numbers)
    assert rows[:, :2] * 160 == pytest.approx(found.reference, abs=0.02)
    assert rows[:, 2:] / (2, 3) == pytest.approx(found.picture, abs=1e-3)
    assert ((rows[:, :2] >= 0) & (rows[:, :2] <= 1)).all()
