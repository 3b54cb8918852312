"""Figures, against values worked out by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.geometry import Box
from screening.training.objects.figures import (
    Annotated,
    Detected,
    Truth,
    area_under_curve,
    average_precision,
    calibration_bins,
    recall_at,
    wilson,
)

HERE, THERE = Box(0, 0, 10, 10), Box(100, 0, 110, 10)
SHARES = st.lists(st.floats(0, 1), min_size=1, max_size=30)


def test_average_precision_by_hand() -> None:
    """Right, wrong, right of two boxes: 1/2 * 1 + 1/2 * 2/3."""
    picture = Annotated(
        [Truth(HERE), Truth(THERE)],
        [Detected(HERE, 0.9), Detected(Box(50, 50, 60, 60), 0.8), Detected(THERE, 0.7)],
    )
    assert average_precision([picture]) == pytest.approx(0.5 + 0.5 * 2 / 3)


def test_a_later_gain_of_precision_counts_for_earlier_recall() -> None:
    """Wrong, right, right of two boxes: the envelope is 2/3 throughout."""
    picture = Annotated(
        [Truth(HERE), Truth(THERE)],
        [Detected(Box(50, 50, 60, 60), 0.9), Detected(HERE, 0.8), Detected(THERE, 0.7)],
    )
    assert average_precision([picture]) == pytest.approx(2 / 3)


def test_a_second_box_on_the_same_truth_is_wrong() -> None:
    once = Annotated([Truth(HERE), Truth(THERE)], [Detected(HERE, 0.9)])
    twice = Annotated(
        [Truth(HERE), Truth(THERE)],
        [Detected(HERE, 0.9), Detected(Box(1, 0, 11, 10), 0.8), Detected(THERE, 0.7)],
    )
    assert average_precision([once]) == 0.5
    assert average_precision([twice]) == pytest.approx(0.5 + 0.5 * 2 / 3)


def test_difficult_boxes_count_neither_way() -> None:
    picture = Annotated(
        [Truth(HERE, difficult=True), Truth(THERE)], [Detected(HERE, 0.9), Detected(THERE, 0.8)]
    )
    assert average_precision([picture]) == 1
    assert average_precision([Annotated([Truth(HERE, difficult=True)], [])]) != 0


def test_what_counts_is_matched_before_what_counts_neither_way() -> None:
    """The difficult box fits better, but then the other one would be missed."""
    truths = [Truth(Box(0, 0, 10, 10), difficult=True), Truth(Box(0, 0, 10, 8))]
    assert average_precision([Annotated(truths, [Detected(HERE, 0.9)])]) == 1


def test_in_a_region_nothing_is_wrong() -> None:
    crowd = Truth(Box(0, 0, 100, 100), difficult=True, is_region=True)
    inside, half, outside = Box(5, 5, 15, 15), Box(95, 0, 105, 10), Box(96, 0, 106, 10)
    assert [crowd.overlap(box) for box in (inside, half, outside)] == [1, 0.5, 0.4]
    right = Detected(THERE, 0.5)
    for box, precision in ((inside, 1.0), (half, 1.0), (outside, 0.5)):
        picture = Annotated([crowd, Truth(THERE)], [Detected(box, 0.9), right])
        assert average_precision([picture]) == precision


def test_in_a_crowd_what_nobody_boxed_does_not_count() -> None:
    detections = [Detected(Box(50, 50, 60, 60), 0.9), Detected(HERE, 0.8)]
    assert average_precision([Annotated([Truth(HERE)], detections)]) == 0.5
    assert average_precision([Annotated([Truth(HERE)], detections, crowd=True)]) == 1


def test_without_boxes_there_is_no_average_precision() -> None:
    assert math.isnan(average_precision([Annotated([], [Detected(HERE, 0.9)])]))
    assert average_precision([Annotated([Truth(HERE)], [])]) == 0


@pytest.mark.parametrize(
    ("rate", "recall"), [(0.0, 0.25), (0.24, 0.25), (0.25, 0.75), (0.5, 0.75), (1.0, 1.0)]
)
def test_recall_at_a_rate(rate: float, recall: float) -> None:
    positives, negatives = [0.9, 0.7, 0.6, 0.1], [0.8, 0.5, 0.3, 0.2]
    assert recall_at(positives, negatives, rate) == recall


def test_a_positive_that_ties_with_the_last_negative_is_not_found() -> None:
    assert recall_at([0.5, 0.6], [0.5], 0.0) == 0.5
    assert recall_at([0.0, 0.3], [0.0, 0.0], 0.05) == 0.5


def test_without_negatives_there_is_no_recall() -> None:
    """Even a score of nothing would be enough."""
    assert math.isnan(recall_at([0.9], [], 0.05))
    assert math.isnan(recall_at([], [0.9], 0.05))


@given(SHARES, SHARES)
def test_recall_rises_with_the_rate(positives: list[float], negatives: list[float]) -> None:
    recalls = [recall_at(positives, negatives, rate) for rate in (0, 0.1, 0.5, 1)]
    assert recalls == sorted(recalls)
    assert recalls[-1] == 1


def test_area_under_the_curve_by_hand() -> None:
    assert area_under_curve([0.9, 0.8], [0.1, 0.2]) == 1
    assert area_under_curve([0.9, 0.1], [0.5, 0.5]) == 0.5
    assert area_under_curve([0.5], [0.5]) == 0.5
    assert area_under_curve([0.9, 0.4], [0.5, 0.4]) == pytest.approx((1 + 1 + 0 + 0.5) / 4)
    assert math.isnan(area_under_curve([], [0.5]))


@given(SHARES, SHARES)
def test_area_under_the_curve_of_the_other_side(one: list[float], other: list[float]) -> None:
    assert area_under_curve(one, other) == pytest.approx(1 - area_under_curve(other, one))


def test_wilson_against_known_values() -> None:
    low, high = wilson(9, 10)
    assert (round(low, 3), round(high, 3)) == (0.596, 0.982)
    assert wilson(0, 10)[0] == 0
    assert wilson(10, 10)[1] == 1
    assert wilson(0, 0) == (0, 1)


def test_calibration_bins() -> None:
    bins = calibration_bins([0.05, 0.15, 0.95, 1.0], [False, True, True, True])
    assert [(round(one.mean_score, 3), one.share, one.detections) for one in bins] == [
        (0.1, 0.5, 2),
        (0.975, 1.0, 2),
    ]
    assert calibration_bins([], []) == []
