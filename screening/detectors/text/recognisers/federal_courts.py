"""Federal trial courts named in pieces, as seals and letterheads do: the court, then its district.

Names and ids come from `courts-db`. Only letters are compared, because lettering on a ring is read
without its blanks, and a misread letter or two is tolerated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import ClassVar, NamedTuple

from courts_db import courts
from rapidfuzz import fuzz

from screening.detectors.text.recognisers.base import Passage

_SIDES = {
    "N": "NORTHERN", "S": "SOUTHERN", "E": "EASTERN", "W": "WESTERN", "C": "CENTRAL",
    "M": "MIDDLE",
}  # fmt: skip
_NAME = re.compile(
    r"(?P<kind>Bankruptcy|District) Court,?\s+(?:for the )?"
    r"(?:(?P<side>[NSEWCM])\.\s?D\.|(?P<long>\w+) District of|D\.|(?P<plain>District of)|(?=North))"
    r"\s*(?P<state>[A-Z][A-Za-z ]+)$"
)
_LEAST_ALIKE = 88
"""Percent: two letters of a name of 18 may be wrong, but Eastern is not Western."""
_NAMES_A_DISTRICT = re.compile(r"STR.CT[O0Q]F|MAR[I1]ANA")
# A line of a ring often breaks off within a word: nothing else begins with "United States Ba".
_KINDS = (
    (re.compile(r"BANKRU|[KX]RU.TCY|ANKRUP|STATESB[AI]"), ("Bankruptcy",)),
    (re.compile(r"D[I1]STR[I1]CTC[O0]UR|STATESD[I1]STR[I1]CT(?![O0]F)"), ("District",)),
    (re.compile(r"STATESC[O0]URTS"), ("District", "Bankruptcy")),
)


class _Court(NamedTuple):
    id: str
    name: str


class FederalCourts:
    """A district on one line and the kind of its court on another; score 0.95."""

    name: ClassVar[str] = "federal courts"
    label: ClassVar[str] = "court_name"

    def find(self, lines: Sequence[str]) -> list[Passage]:
        """The courts that the lines of a picture name together."""
        letters = [_letters(line) for line in lines]
        return [
            Passage(
                tuple(sorted({(one, 0, len(lines[one])) for one in (number, where)})),
                0.95,
                "a federal district and the kind of its court",
                {"court_id": court.id, "court": court.name},
            )
            for number, district in _districts(letters)
            for where, kind in _kinds(letters)
            if (court := _by_district().get((district, kind)))
        ]


def _districts(letters: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Number of the line that names each district best, and the district.

    A line names the longest one that it is like: a district with its side, not the whole state.
    """
    best: dict[str, tuple[float, int]] = {}
    for number, line in enumerate(letters):
        if not _NAMES_A_DISTRICT.search(line):
            continue
        scored = ((len(district), _alike(district, line), district) for district in _names())
        _, score, district = max((one for one in scored if one[1]), default=(0, 0.0, ""))
        if score > best.get(district, (0.0, 0))[0]:
            best[district] = (score, number)
    for district, (_, number) in best.items():
        yield number, district


def _alike(district: str, line: str) -> float:
    """Percent of letters of `district` that stand in `line` in a row."""
    if district in line:
        return 100.0
    if len(line) < len(district) - 2:
        return 0.0
    # EASTERN and WESTERN differ by two letters, so the side must stand there as it is; and most of
    # the letters say "district of", so the state is compared by itself as well.
    side, district_of, state = district.partition("DISTRICTOF")
    if district_of and (side not in line or fuzz.partial_ratio(state, line) < _LEAST_ALIKE):
        return 0.0
    return fuzz.partial_ratio(district, line, score_cutoff=_LEAST_ALIKE)


def _kinds(letters: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The first line that says what kind of court it is; "United States Courts" means both."""
    for pattern, kinds in _KINDS:
        for number, line in enumerate(letters):
            if pattern.search(line):
                yield from ((number, kind) for kind in kinds)
                return


def _letters(line: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", line.upper())


@cache
def _by_district() -> dict[tuple[str, str], _Court]:
    found: dict[tuple[str, str], _Court] = {}
    for court in courts:
        match = _NAME.search(court["name"])
        if match is None or court.get("system") != "federal":
            continue
        side = _SIDES.get(match["side"] or "", (match["long"] or "").upper())
        state = _letters(match["state"])
        islands = state.startswith("NORTHERNMARIANA")
        district = state if islands else f"{side}DISTRICTOF{state}"
        found.setdefault((district, match["kind"]), _Court(court["id"], court["name"]))
    return found


@cache
def _names() -> tuple[str, ...]:
    return tuple(sorted({district for district, _ in _by_district()}))
