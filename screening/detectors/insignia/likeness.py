"""A catalog held against itself: which references look so alike that none can be told from another.

Every picture is drawn small and soft, as in a photo, and identified like a place of one. The
references nearest by embedding are laid on it; those that agree as well as it does itself, within
the margin of the calibration, are what the detector would call look-alikes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from screening.catalog import Reference
from screening.detectors.base import Progress
from screening.detectors.insignia.art import load_art, on_ground
from screening.detectors.insignia.buildings import BuildingMatcher
from screening.detectors.insignia.calibration import load_calibration
from screening.detectors.insignia.framing import GROUND
from screening.detectors.insignia.identification import Identification, Identifier
from screening.detectors.insignia.index import (
    BY_KEYPOINTS,
    ReferenceIndex,
    catalog_digest,
    ensure_index,
    load_index,
)
from screening.detectors.insignia.networks import load_networks
from screening.detectors.insignia.planar import PlanarMatcher
from screening.detectors.insignia.proposals import Proposal
from screening.geometry import Box

DRAWN_PX = 96
"""About the smallest size at which legends can still be told apart."""
_SOFTNESS_PX = 0.7
_GROUND_PX = 32
_PLANAR_PX = 640
_STEP = "Comparing reference insignia"


@dataclass(frozen=True, slots=True, eq=False)
class Likeness:
    """How alike references are.

    Attributes:
        ids: of the references, in the order of rows and columns.
        agreement: float32, shape (N, N), -1..1: row, a drawing of a reference; column, how well a
            reference laid on it agrees; 0 where it was not near enough to be laid on it.
        confused: bool, shape (N, N): the column cannot be told from the row.
        faint: ids of those that were not recognised in a drawing of themselves.
    """

    ids: tuple[str, ...]
    agreement: NDArray[np.float32]
    confused: NDArray[np.bool_]
    faint: tuple[str, ...]

    def groups(self) -> list[tuple[str, ...]]:
        """References that cannot be told apart, directly or by way of others; largest first."""
        linked = self.confused | self.confused.T
        left = {int(row) for row in np.flatnonzero(linked.any(axis=1))}
        found = []
        while left:
            group, edge = set[int](), {min(left)}
            while edge:
                group |= edge
                edge = {int(one) for row in edge for one in np.flatnonzero(linked[row])} - group
            left -= group
            found.append(tuple(self.ids[row] for row in sorted(group)))
        return sorted(found, key=lambda one: (-len(one), one))

    def nearest(self, reference: str, count: int) -> list[tuple[str, float]]:
        """The references most like one, with their agreement, 0..1, best first."""
        row = self.ids.index(reference)
        both = np.maximum(self.agreement[row], self.agreement[:, row])
        both[row] = 0
        best = np.argsort(-both, kind="stable")[:count]
        return [(self.ids[one], round(float(both[one]), 3)) for one in best if both[one] > 0]


def measure_likeness(
    references: Sequence[Reference],
    cache_dir: Path,
    progress: Progress,
    only: Collection[str] | None = None,
) -> Likeness:
    """Hold references against each other; their index is built if it is not there.

    Args:
        references: all that a picture may show.
        cache_dir: where indexes lie.
        progress: told every reference.
        only: ids of those that are drawn; None for all.

    Raises:
        ConfigError: a picture cannot be used at all; see catalog_check.py.
    """
    digest = catalog_digest(references)
    ensure_index(references, cache_dir, digest, progress)
    index = load_index(cache_dir, digest)
    ids = tuple(reference.id for reference in references)
    number = {reference: row for row, reference in enumerate(ids)}
    agreement = np.zeros((len(ids), len(ids)), np.float32)
    confused = np.zeros((len(ids), len(ids)), bool)
    drawn = [one for one in references if only is None or one.id in only]
    comparison = _Comparison(index)
    for done, reference in enumerate(drawn):
        progress(_STEP, done, len(drawn))
        row = number[reference.id]
        for path in reference.files:
            for found in comparison.found_in(reference, path):
                column = number[found.id]
                agreement[row, column] = max(agreement[row, column], found.agreement)
                confused[row, column] |= found.as_good
    progress(_STEP, len(drawn), len(drawn))
    rows = [number[one.id] for one in drawn]
    faint = tuple(ids[row] for row in rows if not confused[row, row])
    np.fill_diagonal(confused, val=False)
    return Likeness(ids, agreement, confused, faint)


@dataclass(frozen=True, slots=True)
class _Found:
    """A reference in a drawing: how well it agrees, and whether none agrees better by a margin."""

    id: str
    agreement: float
    as_good: bool


class _Comparison:
    """Draws references and says what an index finds in the drawings."""

    def __init__(self, index: ReferenceIndex) -> None:
        self._index = index
        self._calibration = load_calibration()
        self._identifier = Identifier(index, load_networks(1), self._calibration.min_similarity)
        self._by_keypoints = [
            *([PlanarMatcher(index.keypoints)] if index.keypoints else ()),
            *([BuildingMatcher(index.buildings)] if index.buildings else ()),
        ]

    def found_in(self, reference: Reference, path: Path) -> Iterator[_Found]:
        if reference.kind in BY_KEYPOINTS:
            yield from self._found_by_keypoints(path)
            return
        pixels, box = drawn_small(path)
        [place] = self._identifier.identify(pixels, [Proposal(box, 1.0)])
        yield from self._found_at(place)

    def _found_at(self, place: Identification) -> Iterator[_Found]:
        if not place.candidates:
            return
        as_good = {id(place.candidates[0]), *map(id, self._calibration.rivals(place))}
        for one in place.candidates:
            name = self._index.references[one.row].id
            yield _Found(name, one.agreement.whole, id(one) in as_good)

    def _found_by_keypoints(self, path: Path) -> Iterator[_Found]:
        pixels = on_ground(load_art(path))
        scale = _PLANAR_PX / max(pixels.shape[:2])
        pixels = np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale), np.uint8)
        for matcher in self._by_keypoints:
            for reference, agreement in matcher.alike(pixels, self._index.references):
                yield _Found(reference.id, agreement, as_good=True)


def drawn_small(path: Path) -> tuple[NDArray[np.uint8], Box]:
    """A picture of the insignia on even ground, small and soft, uint8 RGB, and where it stands."""
    art = on_ground(load_art(path), GROUND)
    scale = DRAWN_PX / max(art.shape[:2])
    size = (max(round(art.shape[1] * scale), 4), max(round(art.shape[0] * scale), 4))
    small = cv2.resize(art, size, interpolation=cv2.INTER_AREA)
    framed = cv2.copyMakeBorder(
        small, *(4 * (_GROUND_PX,)), cv2.BORDER_CONSTANT, value=(GROUND,) * 3
    )
    soft = cv2.GaussianBlur(framed, (0, 0), _SOFTNESS_PX)
    return np.asarray(soft, np.uint8), Box(
        _GROUND_PX, _GROUND_PX, _GROUND_PX + size[0], _GROUND_PX + size[1]
    )
