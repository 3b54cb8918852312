"""Probabilities from what was measured at a place, and which candidates are rivals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from screening.detectors.insignia.alignment import Agreement
from screening.detectors.insignia.calibration import (
    Calibration,
    identified_features,
    insignia_features,
    load_calibration,
)
from screening.detectors.insignia.identification import Candidate, Identification
from screening.detectors.insignia.prints import Print
from screening.detectors.insignia.proposals import Proposal
from screening.geometry import Box

MADE_UP = Calibration(
    min_proposal=0.3,
    min_similarity=0.2,
    identified=[-4.0, 6.0, 1.0, 2.0, 0.5, 1.0, 0.3, 0.2, 0.1, 0.4, -0.7],
    covered=[-6.0, 8.0, 1.0, 0.5, 0.2],
    rival_margin=0.1,
    insignia=[-3.0, 4.0, 2.0, 1.0, 0.5],
)


def candidate(whole: float, row: int = 0) -> Candidate:
    return Candidate(row, 0.7, Agreement(whole, whole + 0.1), np.eye(3))


def place(*wholes: float, side_px: float = 64) -> Identification:
    return Identification(
        Proposal(Box(0, 0, side_px, side_px / 2), 0.8),
        tuple(candidate(whole, row) for row, whole in enumerate(wholes)),
        0.7,
        0.5,
    )


def test_a_better_agreement_is_likelier() -> None:
    scores = [MADE_UP.probability(place(one), candidate(one)) for one in (0.1, 0.4, 0.6, 0.9)]
    assert scores == sorted(scores)
    assert 0 < scores[0] < scores[-1] < 1


def test_probabilities_are_the_logistic_function_of_the_weights() -> None:
    where = place(0.5, side_px=128)
    features = identified_features(where, where.candidates[0])
    assert features == pytest.approx([0.5, 0.6, 0.7, 1.0, 0.8, 0.5, 0.6, 0.7, 0.35, 0.0])
    total = -4 + 6 * 0.5 + 0.6 + 2 * 0.7 + 0.5 + 0.8
    total += 0.3 * 0.5 + 0.2 * 0.6 + 0.1 * 0.7 + 0.4 * 0.5 * 0.7
    assert MADE_UP.probability(where, where.candidates[0]) == pytest.approx(
        1 / (1 + np.exp(-total))
    )
    assert insignia_features(where) == pytest.approx([0.8, 0.7, 0.5, 1.0])
    total = -3 + 4 * 0.8 + 2 * 0.7 + 0.5 + 0.5
    assert MADE_UP.insignia_probability(where) == pytest.approx(1 / (1 + np.exp(-total)))


@pytest.mark.parametrize(("side_px", "octave"), [(1, -1.0), (32, -1.0), (64, 0.0), (4000, 1.5)])
def test_size_counts_within_limits(side_px: float, octave: float) -> None:
    assert insignia_features(place(side_px=side_px))[-1] == pytest.approx(octave)


def test_extremes_do_not_overflow() -> None:
    steep = MADE_UP.model_copy(update={"insignia": [0.0, 1e6, 0.0, 0.0, 0.0]})
    assert steep.insignia_probability(place()) == pytest.approx(1)
    steep = MADE_UP.model_copy(update={"insignia": [0.0, -1e6, 0.0, 0.0, 0.0]})
    assert steep.insignia_probability(place()) == pytest.approx(0, abs=1e-9)


def test_rivals_agree_nearly_as_well() -> None:
    margin = MADE_UP.rival_margin
    where = place(0.8, 0.8 - 0.5 * margin, 0.8 - 0.99 * margin, 0.8 - 1.5 * margin, 0.1)
    assert [one.row for one in MADE_UP.rivals(where)] == [1, 2]


def test_the_shipped_figures_make_sense() -> None:
    shipped = load_calibration()
    good, bad = place(0.95), replace(place(0.05), similarity=0.1, likeness=0.1)
    assert shipped.probability(good, good.candidates[0]) > shipped.probability(
        bad, bad.candidates[0]
    )
    assert 0 < shipped.rival_margin < 0.2


@pytest.mark.parametrize(
    "wrong",
    [{"min_proposal": 0}, {"rival_margin": -0.1}, {"identified": [1.0]}, {"insignia": []}],
)
def test_incomplete_figures_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Calibration.model_validate(MADE_UP.model_dump() | wrong)


def by_keypoints(best_part: float, inliers: int, row: int = 0) -> Candidate:
    return Candidate(row, 0.0, Agreement(0.3, best_part), np.eye(3), inliers)


def test_what_keypoints_named_is_weighed_by_its_best_part_and_inliers() -> None:
    def probability(best_part: float, inliers: int) -> float:
        found = by_keypoints(best_part, inliers)
        where = Identification(Proposal(Box(0, 0, 64, 64), 0.0), (found,), 0.0, 0.0)
        return MADE_UP.probability(where, found)

    assert probability(0.9, 20) > probability(0.6, 20) > probability(0.6, 8)
    assert 0 < probability(-1, 1) < probability(1, 10_000) < 1


def test_rivals_of_what_keypoints_named_are_compared_by_their_best_parts_and_inliers() -> None:
    group = (by_keypoints(0.9, 20), by_keypoints(0.85, 20, row=1), by_keypoints(0.9, 9, row=2))
    where = Identification(Proposal(Box(0, 0, 64, 64), 0.0), group, 0.0, 0.0)
    assert [one.row for one in MADE_UP.rivals(where)] == [1]


def test_a_likeness_to_a_print_in_one_ink_counts_for_less() -> None:
    where = place(0.8)
    inked = replace(where.candidates[0], how=Print.LIGHT_INK)
    for figures in (MADE_UP, load_calibration()):
        as_it_is = figures.probability(where, where.candidates[0])
        assert figures.probability(where, inked) < as_it_is
