"""Floors of precision and recall on the labelled lines; the benchmark prints the figures."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def benchmark(repository: Path) -> dict[str, Any]:
    return runpy.run_path(str(repository / "benchmarks" / "text_recognisers.py"))


def test_the_table_is_large_and_half_of_it_near_misses(benchmark: dict[str, Any]) -> None:
    table = list(benchmark["labelled_lines"]())
    assert len(table) >= 600
    assert len({tuple(lines) for _, lines in table}) == len(table)
    near_misses = sum(not expected for expected, _ in table)
    assert near_misses >= len(table) / 2


def test_precision_and_recall_hold(benchmark: dict[str, Any]) -> None:
    scores, overall, quiet, alarms = benchmark["measure"]()
    assert overall.precision >= 0.97
    assert overall.recall >= 0.97
    assert alarms <= 0.02 * quiet
    for label, score in scores.items():
        assert score.precision >= 0.85, label
        assert score.recall >= 0.85, label
