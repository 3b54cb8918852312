"""What findings of several detectors say together that none of them says alone.

`fuse` applies the rules of `RULES` in order, between the detectors and the policies. Each is a pure
function of all findings of one file; a new one is written beside the others and added to the list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import asin, cos, radians, sin, sqrt

from screening.records import Finding, with_ids

LatLon = tuple[float, float]
"""WGS84, decimal degrees, north and east positive."""

NEAR_M = 300.0
"""A building is seen whole from across a street or a square; a phone's position in a street of
high houses is wrong by up to some 50 m."""

_SEES, _NAMES = "objects", "insignia"
"""The detector whose findings others support, and the one that knows references."""
_EMBLEMS = frozenset({"badge", "patch", "seal", "logo"})
_SAME_PLACE_IOU = 0.3

_EARTH_RADIUS_M = 6_371_008.8
"""Mean radius R1 of the IUGG (Moritz, "Geodetic Reference System 1980", 2000)."""

_ODDS_AT_THE_PLACE = 20.0
"""How much likelier a building is the one that stands there than one that looks like it: an
estimate, there being no set of photos of listed buildings that have kept their positions."""

_ODDS_OF_A_BADGE = 4.0
_ODDS_OF_WORDS = 12.0
"""How much likelier: estimates on the careful side; guards wear badges too, and words on a chest
or a door are said by the text detector itself."""

_INSIDE = 0.7
"""Share of the smaller box that must lie in the larger one."""


@dataclass(frozen=True, slots=True)
class KnownPlaces:
    """What is known beforehand.

    Attributes:
        buildings: where listed buildings stand, by id of their reference.
    """

    buildings: Mapping[str, LatLon]


Rule = Callable[[Sequence[Finding], KnownPlaces], list[Finding]]


def buildings_at_their_place(findings: Sequence[Finding], known: KnownPlaces) -> list[Finding]:
    """A listed building in a photo that was taken beside it: surer than by its looks alone.

    Says `near_position`, and not which position. One that looks too little like its reference to
    count by itself (`needs_position`) is dropped elsewhere.
    """
    taken_at = list(_positions(findings))
    return [one for finding in findings for one in _placed(finding, taken_at, known)]


def emblems_named_elsewhere(findings: Sequence[Finding], known: KnownPlaces) -> list[Finding]:
    """A badge, patch, seal or logo of no name where the insignia detector says which it is."""
    named = [one for one in findings if one.detector == _NAMES and one.box is not None]
    return [
        one
        for one in findings
        if one.detector != _SEES
        or one.label not in _EMBLEMS
        or not any(_same_place(one, other) for other in named)
    ]


def uniforms_by_their_badges(findings: Sequence[Finding], known: KnownPlaces) -> list[Finding]:
    """A badge or patch on a person: likelier a uniform."""
    emblems = [one for one in findings if one.label in {"badge", "patch"}]
    return [
        _supported(one, "uniform", "badge_inside", _ODDS_OF_A_BADGE, _inside(one, emblems))
        for one in findings
    ]


def police_by_their_words(findings: Sequence[Finding], known: KnownPlaces) -> list[Finding]:
    """POLICE, SHERIFF or a listed agency's name on a chest or a vehicle: likelier the police's."""
    words = [one for one in findings if one.label in {"police_word", "agency_name"}]
    return [
        _supported(one, one.label, "police_words", _ODDS_OF_WORDS, _inside(one, words))
        if one.label in {"uniform", "police_vehicle"}
        else one
        for one in findings
    ]


def courts_by_their_words(findings: Sequence[Finding], known: KnownPlaces) -> list[Finding]:
    """The name of a court on a building: likelier a courthouse."""
    names = [one for one in findings if one.label == "court_name"]
    return [
        _supported(one, "courthouse", "court_words", _ODDS_OF_WORDS, _inside(one, names))
        for one in findings
    ]


def courts_at_their_place(findings: Sequence[Finding], known: KnownPlaces) -> list[Finding]:
    """A photo taken beside a listed building: likelier a courthouse. Says not where."""
    taken_at = list(_positions(findings))
    near = any(
        distance_m(place, one) <= NEAR_M for place in known.buildings.values() for one in taken_at
    )
    return [
        _supported(one, "courthouse", "near_position", _ODDS_AT_THE_PLACE, near) for one in findings
    ]


def only_what_counts(findings: Sequence[Finding], known: KnownPlaces) -> list[Finding]:
    """Drops what was too unsure to count by itself and found no support."""
    return [
        _without(finding, "counts_from")
        for finding in findings
        if finding.score >= float(str(finding.evidence.get("counts_from", 0.0)))
    ]


RULES: tuple[Rule, ...] = (
    buildings_at_their_place,
    emblems_named_elsewhere,
    uniforms_by_their_badges,
    police_by_their_words,
    courts_by_their_words,
    courts_at_their_place,
    only_what_counts,
)


def fuse(findings: Sequence[Finding], known: KnownPlaces) -> tuple[Finding, ...]:
    """All findings of one file after every rule, in stable order, each with its id."""
    fused = list(findings)
    for rule in RULES:
        fused = rule(fused, known)
    return tuple(findings) if fused == list(findings) else with_ids(fused)


def distance_m(first: LatLon, second: LatLon) -> float:
    """Metres along the ground between two positions.

    Source: haversine formula, R. W. Sinnott, "Virtues of the Haversine", Sky and Telescope 1984.
    """
    lat_1, lon_1, lat_2, lon_2 = map(radians, (*first, *second))
    half = sin((lat_2 - lat_1) / 2) ** 2
    half += cos(lat_1) * cos(lat_2) * sin((lon_2 - lon_1) / 2) ** 2
    return 2 * _EARTH_RADIUS_M * asin(min(sqrt(half), 1.0))


def _placed(finding: Finding, taken_at: Sequence[LatLon], known: KnownPlaces) -> Iterator[Finding]:
    place = known.buildings.get(str(finding.evidence.get("reference")))
    is_near = (
        finding.label == "building"
        and place is not None
        and any(distance_m(place, one) <= NEAR_M for one in taken_at)
    )
    if is_near:
        evidence = {**finding.evidence, "near_position": True}
        evidence.pop("needs_position", None)
        score = _likelier(finding.score, _ODDS_AT_THE_PLACE)
        yield replace(finding, score=score, evidence=evidence)
    elif not finding.evidence.get("needs_position"):
        yield finding


def _likelier(score: float, factor: float) -> float:
    odds = factor * score / max(1 - score, 1e-6)
    return round(odds / (1 + odds), 3)


def _supported(finding: Finding, label: str, why: str, factor: float, holds: bool) -> Finding:
    """The finding, likelier if it has the label and something speaks for it."""
    if not holds or finding.label != label or finding.detector != _SEES:
        return finding
    evidence = {**finding.evidence, why: True}
    return replace(finding, score=_likelier(finding.score, factor), evidence=evidence)


def _inside(finding: Finding, others: Sequence[Finding]) -> bool:
    """Whether one of the others stands in the box of the finding, in the same frame."""
    if finding.box is None:
        return False
    frame = (finding.within, finding.frame_index)
    return any(
        other.box is not None
        and (other.within, other.frame_index) == frame
        and other.box.share_in(finding.box) >= _INSIDE
        for other in others
    )


def _same_place(one: Finding, other: Finding) -> bool:
    return (
        one.box is not None
        and other.box is not None
        and (one.within, one.frame_index) == (other.within, other.frame_index)
        and one.box.iou(other.box) >= _SAME_PLACE_IOU
    )


def _without(finding: Finding, key: str) -> Finding:
    if key not in finding.evidence:
        return finding
    evidence = {name: value for name, value in finding.evidence.items() if name != key}
    return replace(finding, evidence=evidence)


def _positions(findings: Sequence[Finding]) -> Iterator[LatLon]:
    """Every position written in the file, or in what is embedded in it."""
    for finding in findings:
        if finding.label == "gps_location":
            latitude = finding.sensitive.get("latitude_deg")
            longitude = finding.sensitive.get("longitude_deg")
            if isinstance(latitude, int | float) and isinstance(longitude, int | float):
                yield latitude, longitude
