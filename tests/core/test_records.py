"""Findings get stable ids; results never allow what was not fully examined."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, replace
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.geometry import Box, Polygon
from screening.records import (
    Decision,
    Failure,
    FileResult,
    Finding,
    MediaFile,
    MediaKind,
    Verdict,
    strictest,
    with_ids,
)

FINDING = Finding(
    detector="text",
    label="license_plate",
    score=0.6,
    box=Box(1, 2, 30, 40),
    polygon=Polygon(((1, 2), (30, 2), (30, 40), (1, 40))),
    frame_index=3,
    time_s=1.5,
    text="ABC 1234",
    evidence={"engine": "rapidocr", "b": 1},
    sensitive={"name": "Robin Example"},
)
MEDIA = MediaFile(Path("a.jpg"), "0" * 64, MediaKind.IMAGE, "image/jpeg", 9)


def identity(finding: Finding) -> str:
    return with_ids([finding])[0].id


@pytest.mark.parametrize(
    "change",
    [
        {"score": 0.7},
        {"text": "XYZ 9876"},
        {"sensitive": {"name": "Someone Else"}},
        {"evidence": {"b": 1, "engine": "rapidocr"}},
        {"id": "anything"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_id_excludes_score_and_sensitive_values(change: dict[str, object]) -> None:
    assert identity(replace(FINDING, **change)) == identity(FINDING)


@pytest.mark.parametrize(
    "change",
    [
        {"detector": "other"},
        {"label": "other"},
        {"box": None},
        {"box": Box(1, 2, 30, 41)},
        {"polygon": None},
        {"frame_index": 4},
        {"evidence": {"engine": "tesseract", "b": 1}},
    ],
    ids=str,
)
def test_id_follows_what_may_be_shown(change: dict[str, object]) -> None:
    assert identity(replace(FINDING, **change)) != identity(FINDING)


def test_id_is_the_same_in_every_release() -> None:
    """Suppressions and decisions of people refer to ids: they must not move."""
    assert identity(FINDING) == "b92a3f8822a54a0f"


def test_ids_do_not_depend_on_the_order_of_findings() -> None:
    findings = [
        FINDING,
        replace(FINDING, text="second", score=0.9),
        replace(FINDING, text="third"),
        replace(FINDING, label="text"),
        replace(FINDING, box=None, polygon=None),
    ]
    results = [with_ids(order) for order in permutations(findings)]
    assert all(result == results[0] for result in results)


def test_collisions_are_numbered() -> None:
    found = with_ids([FINDING, replace(FINDING, text="XYZ 9876"), replace(FINDING, text="Q")])
    base = identity(FINDING)
    assert [finding.id for finding in found] == [base, f"{base}-2", f"{base}-3"]


@given(st.lists(st.sampled_from(["a", "b", "c"]), max_size=8))
def test_ids_are_unique_and_nothing_is_lost(texts: list[str]) -> None:
    found = with_ids([replace(FINDING, text=text) for text in texts])
    assert len({finding.id for finding in found}) == len(texts)
    assert sorted(finding.text or "" for finding in found) == sorted(texts)


@pytest.mark.parametrize("score", [-0.01, 1.01, float("nan")])
def test_scores_lie_between_0_and_1(score: float) -> None:
    with pytest.raises(ValueError, match=r"0\.\.1"):
        Finding("text", "text", score)


def test_findings_are_frozen_and_picklable() -> None:
    assert pickle.loads(pickle.dumps(FINDING)) == FINDING  # noqa: S301 - written here
    with pytest.raises(FrozenInstanceError):
        FINDING.score = 0.1  # type: ignore[misc]


def test_decisions_rank() -> None:
    assert [decision.rank for decision in Decision] == [0, 1, 2]
    assert strictest([]) is Decision.ALLOW
    assert strictest([Decision.REVIEW, Decision.BLOCK, Decision.ALLOW]) is Decision.BLOCK
    assert strictest([Decision.ALLOW, Decision.REVIEW]) is Decision.REVIEW


def test_a_result_with_failures_is_never_allowed() -> None:
    failure = Failure("media", "truncated", "The file ends too early.")
    with pytest.raises(ValueError, match="never allowed"):
        FileResult(MEDIA, (), Verdict(Decision.ALLOW), (failure,), "f")
    for decision in (Decision.REVIEW, Decision.BLOCK):
        assert not FileResult(MEDIA, (), Verdict(decision), (failure,), "f").complete
    assert FileResult(MEDIA, (), Verdict(Decision.ALLOW), (), "f").complete
