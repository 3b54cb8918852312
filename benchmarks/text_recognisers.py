"""Precision and recall of the text recognisers on `tests/detectors/text/cases/labelled_lines.tsv`.

Counts are per line and label: a label that a person expects and the recognisers give is right,
wherever in the line it was found. Run: python benchmarks/text_recognisers.py [--mistakes]
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from screening.catalog import Agency
from screening.detectors.text.recognisers import Knowledge, page_recognisers, recognisers

REPOSITORY = Path(__file__).resolve().parent.parent
CASES = REPOSITORY / "tests" / "detectors" / "text" / "cases"
TABLE = CASES / "labelled_lines.tsv"
BETWEEN_LINES = "\u23ce"
AGENCIES = (
    Agency(
        "City of Fairhaven Police",
        ("Fairhaven Police", "Fairhaven Police Department", "FPD"),
        ("fairhaven-police.example",),
        (),
    ),
    Agency("Port Ellery District Court", ("District Court of Port Ellery",), (), ()),
)


@dataclass
class Score:
    """Counts of one label: right, given without being expected, expected and not given."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """Share of the given labels that are right; 1 when none was given."""
        return self.right / max(self.right + self.wrong, 1) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """Share of the expected labels that were given; 1 when none was expected."""
        return self.right / max(self.right + self.missed, 1) if self.right + self.missed else 1.0


def labelled_lines() -> Iterator[tuple[frozenset[str], list[str]]]:
    """Expected labels and the lines of one picture."""
    for row in TABLE.read_text("utf-8").splitlines():
        if not row.startswith("#"):
            labels, lines = row.split("\t")
            yield frozenset(labels.split(",")) - {"-"}, lines.split(BETWEEN_LINES)


class Reader:
    """All recognisers, with invented agencies and an invented roster."""

    def __init__(self) -> None:
        known = Knowledge(agencies=AGENCIES, roster=CASES / "roster.txt")
        self._line_recognisers = recognisers(known)
        self._page_recognisers = page_recognisers()

    def labels(self, lines: list[str]) -> set[str]:
        """What is recognised in lines that follow one another."""
        joined = [f"{upper} {lower}" for upper, lower in pairwise(lines)]
        found = {
            recogniser.label
            for recogniser in self._line_recognisers
            for line in (lines + joined if recogniser.joins_lines else lines)
            if recogniser.find(line)
        }
        return found | {page.label for page in self._page_recognisers if page.find(lines)}


def measure(*, show_mistakes: bool = False) -> tuple[dict[str, Score], Score, int, int]:
    """Scores by label and of all, how many lines expect nothing, and how many of those alarm."""
    reader = Reader()
    scores: dict[str, Score] = {}
    quiet = alarms = 0
    for expected, lines in labelled_lines():
        given = reader.labels(lines)
        quiet += not expected
        alarms += bool(given) and not expected
        for label in expected | given:
            score = scores.setdefault(label, Score())
            score.right += label in expected and label in given
            score.wrong += label not in expected
            score.missed += label not in given
        if show_mistakes and expected != given:
            print(f"{sorted(expected - given)} missed, {sorted(given - expected)} wrong: {lines}")
    counts = Counter[str]()
    for score in scores.values():
        counts.update(vars(score))
    return scores, Score(**counts), quiet, alarms


def main() -> None:
    """Print the table."""
    scores, overall, quiet, alarms = measure(show_mistakes="--mistakes" in sys.argv)
    print(f"{'label':24} {'lines':>5} {'precision':>9} {'recall':>7}")
    for label, score in sorted({**scores, "overall": overall}.items()):
        lines = score.right + score.missed
        print(f"{label:24} {lines:5d} {score.precision:9.3f} {score.recall:7.3f}")
    print(f"{alarms} of {quiet} near-misses raise an alarm")


if __name__ == "__main__":
    main()
