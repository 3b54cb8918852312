"""Laying art on pictures: where it ends up, and how much better the right one agrees."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from insignia_scenes import background, drawing

from screening.detectors.insignia.alignment import (
    Aligner,
    Template,
    make_template,
    normalise_locally,
)

SIDE_PX = 64


@pytest.fixture(scope="module")
def art(tmp_path_factory: pytest.TempPathFactory) -> list[np.ndarray]:
    """Four grey drawings of 160 x 160 pixels that differ throughout."""
    folder = tmp_path_factory.mktemp("art")
    pictures = [cv2.imread(str(drawing(folder / f"{seed}.png", seed)), 0) for seed in range(4)]
    return [cv2.resize(one, (160, 160), interpolation=cv2.INTER_AREA) for one in pictures]


def template(gray: np.ndarray, mask: np.ndarray | None = None) -> Template:
    return make_template(gray, np.full_like(gray, 255) if mask is None else mask, SIDE_PX)


def placed(
    gray: np.ndarray, scale: float, turn_deg: float, shift: tuple[float, float], tilt: float = 0
) -> tuple[np.ndarray, np.ndarray]:
    """A noisy picture with the art in it, and the way from the template to it."""
    centre, middle = np.array([70.0, 66.0]) + shift, (SIDE_PX - 1) / 2
    angle = np.deg2rad(turn_deg)
    spin = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    there = np.eye(3)
    there[:2, :2], there[:2, 2] = spin, centre - spin @ (middle, middle)
    lean = np.eye(3)
    lean[2, 1] = tilt / SIDE_PX
    there = there @ lean
    small = cv2.resize(gray, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA)
    scene = background("cloth", 140, 150)[..., 0].copy()
    inside = cv2.warpPerspective(np.full_like(small, 255), there, scene.shape[::-1])
    scene[inside > 127] = cv2.warpPerspective(small, there, scene.shape[::-1])[inside > 127]
    noise = np.random.default_rng(3).normal(0, 6, scene.shape)
    return np.clip(scene + noise, 0, 255).astype(np.uint8), there


def start(shift: tuple[float, float] = (0, 0)) -> np.ndarray:
    """The template as it is, its middle at the middle of the picture."""
    there = np.eye(3)
    there[:2, 2] = np.array([70.0, 66.0]) - (SIDE_PX - 1) / 2 + shift
    return there[None]


def corners_apart_px(found: np.ndarray, true: np.ndarray) -> float:
    last = SIDE_PX - 1.0
    corners = np.array([[[0, 0], [last, 0], [last, last], [0, last]]])
    ends = [cv2.perspectiveTransform(corners, one)[0] for one in (found, true)]
    return float(np.linalg.norm(ends[0] - ends[1], axis=1).max())


@pytest.mark.parametrize(
    ("scale", "turn_deg", "shift", "tilt"),
    [
        (1.0, 0.0, (0.0, 0.0), 0.0),
        (1.0, 0.0, (2.5, -2.0), 0.0),
        (1.0, 6.0, (0.0, 0.0), 0.0),
        (0.93, 0.0, (0.0, 0.0), 0.0),
        (1.05, -5.0, (1.0, 1.5), 0.0),
        (1.0, 3.0, (0.5, -1.0), 0.08),
    ],
)
def test_a_template_slides_onto_its_copy(
    art: list[np.ndarray], scale: float, turn_deg: float, shift: tuple[float, float], tilt: float
) -> None:
    scene, true = placed(art[0], scale, turn_deg, shift, tilt)
    aligner = Aligner([normalise_locally(scene, SIDE_PX)], [template(art[0])], start())
    before = corners_apart_px(aligner.transforms[0], true)
    aligner.step(12, affine=True)
    aligner.step(15, affine=False)
    after = corners_apart_px(aligner.transforms[0], true)
    assert after < max(0.6, 0.2 * before)
    assert after < 1.0


def test_the_right_one_agrees_far_better_than_the_others(art: list[np.ndarray]) -> None:
    scene, _ = placed(art[1], 1.03, 4.0, (1.0, -1.0))
    look = normalise_locally(scene, SIDE_PX)
    aligner = Aligner([look] * 4, [template(one) for one in art], np.repeat(start(), 4, axis=0))
    aligner.step(12, affine=True)
    aligner.step(12, affine=False)
    whole = [one.whole for one in aligner.agreements()]
    assert whole[1] > 0.85
    assert max(whole[:1] + whole[2:]) < whole[1] - 0.4
    assert aligner.correlations() == pytest.approx(whole, abs=1e-4)


def test_side_by_side_is_as_one_by_one(art: list[np.ndarray]) -> None:
    looks = [normalise_locally(placed(one, 1.0, 3.0, (1, 1))[0], SIDE_PX) for one in art[:2]]
    templates = [template(one) for one in art[:2]]
    together = Aligner(looks, templates, np.repeat(start(), 2, axis=0))
    together.step(10, affine=True)
    for number in range(2):
        alone = Aligner([looks[number]], [templates[number]], start())
        alone.step(10, affine=True)
        assert alone.transforms[0] == pytest.approx(together.transforms[number], abs=1e-4)


def test_what_is_half_covered_agrees_in_its_best_part(art: list[np.ndarray]) -> None:
    scene, true = placed(art[0], 1.0, 0.0, (0, 0))
    scene[:, 80:] = background("noise", 140, 150)[:, 80:, 0]
    aligner = Aligner([normalise_locally(scene, SIDE_PX)], [template(art[0])], true[None])
    [agreement] = aligner.agreements()
    assert agreement.best_part > agreement.whole + 0.15
    assert agreement.best_part > 0.8


def test_light_and_contrast_do_not_matter(art: list[np.ndarray]) -> None:
    scene, true = placed(art[0], 1.0, 0.0, (0, 0))
    dim = (scene * 0.5 + np.linspace(0, 80, scene.shape[1])).astype(np.uint8)
    looks = [normalise_locally(one, SIDE_PX) for one in (scene, dim)]
    aligner = Aligner(looks, [template(art[0])] * 2, np.repeat(true[None], 2, axis=0))
    bright, dimmed = aligner.correlations()
    assert dimmed > bright - 0.05


def test_nothing_to_hold_on_to_stays_where_it_is(art: list[np.ndarray]) -> None:
    even = normalise_locally(np.full((140, 150), 128, np.uint8), SIDE_PX)
    aligner = Aligner([even], [template(art[0])], start())
    aligner.step(10, affine=False)
    assert np.isfinite(aligner.transforms).all()
    [agreement] = aligner.agreements()
    assert abs(agreement.whole) < 0.2


@pytest.mark.parametrize("shape", [(160, 60), (60, 160), (160, 3)])
def test_templates_of_any_shape(shape: tuple[int, int]) -> None:
    gray = np.random.default_rng(4).integers(0, 256, shape, np.uint8)
    made = template(gray)
    assert made.values.shape == (SIDE_PX * SIDE_PX,)
    assert np.linalg.norm(made.values) == pytest.approx(1, abs=1e-3)
    assert made.values[made.inside == 0] == pytest.approx(0)
    assert np.isfinite(made.full).all()
    seen_hw = SIDE_PX * np.array(shape) / max(shape)
    assert np.array(made.scale) * shape[::-1] == pytest.approx(
        np.maximum(seen_hw[::-1], 4), abs=0.5
    )


def test_a_mask_keeps_what_is_outside_it_out(art: list[np.ndarray]) -> None:
    mask = np.zeros_like(art[0])
    cv2.circle(mask, (80, 80), 60, 255, -1)
    made = template(art[0], mask)
    inside = made.inside.reshape(SIDE_PX, SIDE_PX)
    assert inside[SIDE_PX // 2, SIDE_PX // 2] == 1
    assert inside[2, 2] == inside[SIDE_PX // 2, 6] == 0
    none = template(art[0], np.zeros_like(mask))
    assert none.inside.sum() == SIDE_PX * SIDE_PX, "an empty mask counts as none"
