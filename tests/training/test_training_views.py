"""Made-up emblems and their synthetic views: repeatable, and where they say they are."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from screening.catalog import InsigniaKind, Reference
from screening.detectors.insignia.court_seals import court_seals
from screening.training.calibrate_insignia import fit_logistic
from screening.training.composites import pasted
from screening.training.emblems import SIDE_PX, draw_emblem
from screening.training.examples import FINDER_SIDE_PX, Examples
from screening.training.sources import seen_in_training
from screening.training.views import WILD, Conditions, Material, blend, render, spoil

STRAIGHT = Conditions(turn_deg=(0, 0), tilt_deg=(0, 0), light=(1, 1))


def art() -> np.ndarray:
    """A red square with a blue upper left quarter."""
    pixels = np.zeros((120, 120, 4), np.uint8)
    pixels[..., 0], pixels[..., 3] = 200, 255
    pixels[:60, :60, :3] = (0, 0, 200)
    return pixels


@pytest.mark.parametrize("seed", range(0, 40, 3))
def test_an_emblem_is_the_same_each_time_and_has_something_to_see(seed: int) -> None:
    first = draw_emblem(seed)
    assert first.shape == (SIDE_PX, SIDE_PX, 4)
    assert first.dtype == np.uint8
    np.testing.assert_array_equal(first, draw_emblem(seed))
    assert (first[..., 3] > 127).mean() > 0.02
    assert first[..., :3][first[..., 3] > 127].std() > 5


def test_members_of_a_family_are_alike_but_not_the_same() -> None:
    for family in range(6):
        one, other = draw_emblem(4 * family), draw_emblem(4 * family + 1)
        stranger = draw_emblem(4 * (family + 40))
        apart = np.abs(one.astype(int) - other).mean()
        assert 0 < apart < np.abs(one.astype(int) - stranger).mean()


@pytest.mark.parametrize("size_px", [30, 77, 200])
def test_a_straight_view_has_the_size_it_was_asked_for(size_px: float) -> None:
    view = render(art(), size_px, STRAIGHT, np.random.default_rng(1))
    x_min, y_min, x_max, y_max = view.outline()
    assert x_max - x_min == pytest.approx(size_px, abs=1.5)
    assert y_max - y_min == pytest.approx(size_px, abs=1.5)
    side_px = np.linalg.norm(view.corners[1] - view.corners[0])
    assert side_px == pytest.approx(size_px, abs=0.5)


def test_a_view_is_turned_clockwise_as_it_says() -> None:
    view = render(art(), 80, Conditions((90, 90), (0, 0), light=(1, 1)), np.random.default_rng(1))
    assert view.turn_deg == 90
    # The blue quarter, upper left before, is at the upper right.
    middle = np.array(view.alpha.shape[:2]) // 2
    seen = view.colour[middle[0] - 20, middle[1] + 20]
    assert seen[2] > 100 > seen[0]


def test_tilt_makes_it_narrow() -> None:
    flat = render(art(), 100, STRAIGHT, np.random.default_rng(1))
    tilted = render(art(), 100, Conditions((0, 0), (60, 60)), np.random.default_rng(1))
    assert tilted.alpha.sum() < 0.7 * flat.alpha.sum()


@pytest.mark.parametrize("material", list(Material))
def test_every_material_changes_the_colours_and_not_the_place(material: Material) -> None:
    plain = render(art(), 90, STRAIGHT, np.random.default_rng(3))
    how = Conditions((0, 0), (0, 0), materials={material: 1.0}, light=(1, 1))
    made = render(art(), 90, how, np.random.default_rng(3))
    assert made.alpha.shape == plain.alpha.shape
    np.testing.assert_allclose(made.alpha, plain.alpha, atol=0.01)
    assert np.isfinite(made.colour).all()
    assert (made.colour >= 0).all()


@pytest.mark.parametrize("covered", [0.1, 0.35])
def test_as_much_is_covered_as_was_asked_for(covered: float) -> None:
    ground = np.full((200, 200, 3), 128, np.uint8)
    view = render(art(), 100, STRAIGHT, np.random.default_rng(1))
    rng = np.random.default_rng(4)
    whole = blend(ground, view, (40, 40), 0.0, rng)
    part = blend(ground, view, (40, 40), covered, rng)
    shown = (part != ground).any(axis=2).sum() / (whole != ground).any(axis=2).sum()
    assert shown == pytest.approx(1 - covered, abs=0.03)
    assert (ground == 128).all()


def test_a_view_may_stick_out_or_lie_outside() -> None:
    ground = np.full((60, 60, 3), 128, np.uint8)
    view = render(art(), 100, STRAIGHT, np.random.default_rng(1))
    rng = np.random.default_rng(1)
    assert (blend(ground, view, (-50, -50), 0.2, rng) != ground).any()
    assert (blend(ground, view, (500, 0), 0.2, rng) == ground).all()


def test_spoiling_keeps_shape_and_type_and_spoils() -> None:
    picture = np.random.default_rng(1).integers(0, 256, (50, 70, 3), np.uint8)
    spoiled = spoil(picture, np.random.default_rng(2))
    assert spoiled.shape == picture.shape
    assert spoiled.dtype == np.uint8
    assert (spoiled != picture).any()
    np.testing.assert_array_equal(spoiled, spoil(picture, np.random.default_rng(2)))


def test_half_of_the_court_seals_are_for_training() -> None:
    seen = [seen_in_training(seal.id) for seal in court_seals()]
    assert 0.4 < np.mean(seen) < 0.6


def test_a_composite_shows_its_emblem_inside_its_box() -> None:
    ground = np.full((720, 1280, 3), 128, np.uint8)
    reference = Reference("a/b", "b", "a", InsigniaKind.SEAL, ())
    made = pasted(ground, reference, art(), 90, STRAIGHT, np.random.default_rng(5))
    changed = np.abs(made.picture.astype(int) - 128).max(axis=2) > 60
    rows, columns = np.nonzero(cv2.erode(changed.astype(np.uint8), np.ones((3, 3))))
    assert columns.min() == pytest.approx(made.box.x_min, abs=4)
    assert columns.max() == pytest.approx(made.box.x_max, abs=4)
    assert rows.min() == pytest.approx(made.box.y_min, abs=4)


@pytest.fixture
def examples() -> Iterator[Examples]:
    photo = np.random.default_rng(1).integers(0, 256, (300, 400, 3), np.uint8)
    return Examples([art(), art()[::-1].copy()], [photo], 1)


def test_scenes_have_boxes_inside_or_near_the_picture(examples: Examples) -> None:
    counts = []
    for _ in range(12):
        picture, boxes = examples.scene()
        assert picture.shape == (FINDER_SIDE_PX, FINDER_SIDE_PX, 3)
        assert (boxes[:, 2:] > boxes[:, :2]).all()
        assert (boxes[:, 2:] > 0).all()
        assert (boxes[:, :2] < FINDER_SIDE_PX).all()
        counts.append(len(boxes))
    assert sum(counts) > 0


def test_a_close_up_has_its_emblem_about_the_middle(examples: Examples) -> None:
    for number in (0, 1, 2, 50):
        picture, box, turn_deg = examples.close_up(number)
        middle = (box[:2] + box[2:]) / 2
        assert np.abs(middle - picture.shape[0] / 2).max() < 0.15 * picture.shape[0]
        assert -180 <= turn_deg <= 180
    assert examples.identities > 2000
    assert WILD.covered[1] <= 0.35


def test_a_logistic_regression_finds_the_weights_that_made_the_answers() -> None:
    rng = np.random.default_rng(1)
    features = rng.normal(0, 2, (4000, 2))
    odds = -0.5 + features @ np.array([1.2, -0.7])
    answers = rng.random(4000) < 1 / (1 + np.exp(-odds))
    np.testing.assert_allclose(fit_logistic(features, answers), [-0.5, 1.2, -0.7], atol=0.15)
