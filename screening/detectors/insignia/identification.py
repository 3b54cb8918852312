"""Which reference stands at a place: nearest embeddings, then each candidate laid on the picture.

An embedding survives a size at which local features are gone, but court seals that share one eagle
lie close together in it. So it only names candidates; every one of them is aligned with the
picture, and the one whose art agrees best with what is there wins. Candidates that agree nearly as
well cannot be told apart and are kept as rivals.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import log2
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from screening.detectors.insignia.alignment import (
    Agreement,
    Aligner,
    Template,
    make_template,
)
from screening.detectors.insignia.boxes import BoxFitter
from screening.detectors.insignia.framing import (
    Matrix,
    Pyramid,
    box_of_frame,
    frame_of_turned,
    outline_points,
)
from screening.detectors.insignia.index import TURNS, ReferenceIndex
from screening.detectors.insignia.matching import Match
from screening.detectors.insignia.nearest import Nearness
from screening.detectors.insignia.networks import Networks
from screening.detectors.insignia.prints import Print, printed
from screening.detectors.insignia.proposals import Proposal
from screening.detectors.insignia.surroundings import FINE_PX, Place
from screening.geometry import Polygon

CANDIDATES = 24
COARSE_PX = 40

_SURE = 0.6
_WORTH_LAYING, _WORTH_LAYING_ANYWAY = 0.62, 0.45
"""Cosine and score of the finder: on a place that reaches neither no reference is laid. Of 552
emblems rightly named in calibration none was such a place, of 3,326 other places 0.75."""
_FARTHER = 0.2
"""References whose cosine is this much lower than the highest one are no candidates."""
_LEADERS = 3
_STARTS = ((0.0, 1.0), (-9.0, 1.0), (9.0, 1.0), (0.0, 0.88), (0.0, 1.14))
"""Rotation in degrees and size of the box from which the first candidates are aligned: the
embedding places a rotation only within half a step of `TURNS`, and a box may be somewhat off."""
_FIRST_STEPS, _MORE_STEPS = 4, 8
_HOPELESS = 0.4
"""Places where nothing agrees better than this after the first steps are given up, unless the
embeddings are sure."""
_FAR_BEHIND, _BEHIND = 0.3, 0.12
"""Candidates that agree this much less than the best one are given up, first and after a whole
coarse look."""
_WORTH_OF_INLIERS = 0.13
"""For twice as many: what the calibration gives for them over what it gives for agreement."""
_SAME_PLACE_IOU = 0.6
_LIKE = 20
_KEPT_TEMPLATES = 4096


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """One reference picture laid on a place.

    Attributes:
        row: of the index.
        similarity: cosine of the embeddings, -1..1.
        agreement: of the aligned art with the picture.
        transform: from pixels of the reference's art in the index to pixels of the picture.
        inliers: keypoints that fit one homography, where those named the candidate; else 0.
        how: the print of it that is like the place.
    """

    row: int
    similarity: float
    agreement: Agreement
    transform: Matrix
    inliers: int = 0
    how: Print = Print.AS_IT_IS

    @property
    def agrees(self) -> float:
        """What candidates are compared by: how well the whole agrees, -1..1.

        What keypoints name may be half covered: there its best part counts, and that most
        keypoints fit, since look-alikes share their best parts.
        """
        if not self.inliers:
            return self.agreement.whole
        return self.agreement.best_part + _WORTH_OF_INLIERS * log2(self.inliers)


@dataclass(frozen=True, slots=True, eq=False)
class Identification:
    """What stands at a place.

    Attributes:
        proposal: the place.
        candidates: the best one first; none where nothing comes close.
        similarity: highest cosine of any reference, -1..1.
        likeness: mean of the 20 highest cosines, -1..1: how much it is like insignia at all.
    """

    proposal: Proposal
    candidates: tuple[Candidate, ...]
    similarity: float
    likeness: float

    @property
    def size_px(self) -> float:
        """Longer side of the place."""
        return max(self.proposal.box.width_px, self.proposal.box.height_px)


class _Try(NamedTuple):
    """One candidate on the way: its place, row of the index, similarity, start and print."""

    place: int
    row: int
    similarity: float
    start: Matrix
    how: Print = Print.AS_IT_IS


class Identifier:
    """Compares places of pictures with an index.

    Args:
        index: what is known.
        networks: loaded models.
        min_similarity: least cosine of a candidate.
    """

    def __init__(self, index: ReferenceIndex, networks: Networks, min_similarity: float) -> None:
        self._index = index
        self._min_similarity = min_similarity
        self._boxes = BoxFitter(index.embeddings, networks.embed)
        self._template = lru_cache(_KEPT_TEMPLATES)(self._make_template)
        self._framed = lru_cache(_KEPT_TEMPLATES)(self._make_frame)

    def identify(
        self, picture: NDArray[np.uint8], proposals: Sequence[Proposal]
    ) -> list[Identification]:
        """Candidates for every place.

        Args:
            picture: uint8 RGB, shape (H, W, 3).
            proposals: places to look at.
        """
        if not proposals:
            return []
        proposals, near = self._boxes.fit(Pyramid(picture), proposals)
        gray = Pyramid(np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8))
        places = [Place(gray, one.box) for one in proposals]
        candidates = self._laid_on(places, proposals, near)
        return [
            Identification(
                proposal,
                tuple(candidates[number]),
                float(near.best[:, number].max()),
                float(np.sort(near.best[:, number])[-_LIKE:].mean()),
            )
            for number, proposal in enumerate(proposals)
        ]

    def outline(self, candidate: Candidate) -> Polygon:
        """Corners of the reference's art in the picture, clockwise from its own upper left one."""
        width, height = (float(value) for value in self._index.size_wh[candidate.row])
        corners = np.array([[[0, 0], [width, 0], [width, height], [0, height]]]) - 0.5
        projected = cv2.perspectiveTransform(corners, candidate.transform)[0] + 0.5
        return Polygon(tuple((float(x), float(y)) for x, y in projected))

    def lay(self, gray: Pyramid, matches: Sequence[Match]) -> list[Candidate]:
        """Lay each match of keypoints exactly on the picture.

        Args:
            gray: the picture.
            matches: of keypoints, their outlines in pixels of the picture.
        """
        places: list[Place] = []
        tries: list[_Try] = []
        inliers: dict[tuple[int, int], int] = {}
        for match in sorted(matches, key=lambda one: -one.inliers):
            bounds = match.outline.bounds
            near = (n for n, one in enumerate(places) if one.box.iou(bounds) >= _SAME_PLACE_IOU)
            number = next(near, len(places))
            if (number, match.picture) in inliers:
                continue
            if number == len(places):
                places.append(Place(gray, bounds))
            inliers[number, match.picture] = match.inliers
            tries.append(_Try(number, match.picture, 0.0, self._from_art(match)))
        return [
            replace(candidate, inliers=inliers[number, candidate.row])
            for number, candidates in sorted(self._finely(places, tries).items())
            for candidate in candidates
        ]

    def _from_art(self, match: Match) -> Matrix:
        width, height = (float(value) for value in self._index.size_wh[match.picture])
        corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        there = np.array(match.outline.points, np.float32)
        return np.asarray(cv2.getPerspectiveTransform(corners, there), np.float64)

    def _laid_on(
        self, places: Sequence[Place], proposals: Sequence[Proposal], near: Nearness
    ) -> dict[int, list[Candidate]]:
        """Candidates aligned with their places, the best agreeing first, by place."""
        similarity = near.best
        leaders: list[_Try] = []
        others: list[_Try] = []
        for number, place in enumerate(places):
            if (
                similarity[:, number].max() < _WORTH_LAYING
                and proposals[number].score < _WORTH_LAYING_ANYWAY
            ):
                continue
            for rank, row in enumerate(_highest(similarity[:, number], CANDIDATES).tolist()):
                cosine = float(similarity[row, number])
                how, turn = divmod(int(near.view[row, number]), TURNS)
                if cosine < max(self._min_similarity, similarity[:, number].max() - _FARTHER):
                    break
                for more_deg, size in _STARTS if rank < _LEADERS else _STARTS[:1]:
                    start = self._start(place, row, turn * 360.0 / TURNS + more_deg, size)
                    (leaders if rank < _LEADERS else others).append(
                        _Try(number, row, cosine, start, Print(how))
                    )
        hopeful = self._coarsely(places, leaders, _FIRST_STEPS, _HOPELESS)
        kept = {one.place for one in hopeful}
        more = [one for one in others if one.place in kept]
        return self._finely(places, self._coarsely(places, [*hopeful, *more], _MORE_STEPS, -1.0))

    def _coarsely(
        self, places: Sequence[Place], tries: Sequence[_Try], steps: int, least: float
    ) -> list[_Try]:
        """The best try of each candidate, improved at a small size, without those far behind."""
        if not tries:
            return []
        aligner = self._aligner(places, tries, COARSE_PX)
        aligner.step(steps, affine=True)
        scores = aligner.correlations().tolist()
        starts = self._in_picture(places, tries, COARSE_PX, aligner)
        leader: dict[int, float] = defaultdict(lambda: least)
        best: dict[tuple[int, int], int] = {}
        for number, (one, score) in enumerate(zip(tries, scores, strict=True)):
            leader[one.place] = max(leader[one.place], score)
            key = (one.place, one.row)
            if key not in best or score > scores[best[key]]:
                best[key] = number
        behind = _FAR_BEHIND if steps == _FIRST_STEPS else _BEHIND
        return [
            tries[number]._replace(start=starts[number])
            for (place, _), number in best.items()
            if scores[number] >= leader[place] - behind
            and (leader[place] > least or tries[number].similarity > _SURE)
        ]

    def _finely(self, places: Sequence[Place], tries: Sequence[_Try]) -> dict[int, list[Candidate]]:
        """Tries aligned at the full size of their places, as candidates."""
        found: dict[int, list[Candidate]] = defaultdict(list)
        for side_px in FINE_PX:
            group = [one for one in tries if places[one.place].fine_px == side_px]
            if not group:
                continue
            aligner = self._aligner(places, group, side_px)
            aligner.step(6, affine=True)
            aligner.step(10, affine=False)
            transforms = self._in_picture(places, group, side_px, aligner)
            for one, agrees, transform in zip(group, aligner.agreements(), transforms, strict=True):
                found[one.place].append(
                    Candidate(one.row, one.similarity, agrees, transform, how=one.how)
                )
        for candidates in found.values():
            candidates.sort(key=lambda one: (-one.agreement.whole, one.row))
        return found

    def _aligner(self, places: Sequence[Place], tries: Sequence[_Try], side_px: int) -> Aligner:
        templates = [self._template(one.row, one.how, side_px) for one in tries]
        looks = [places[one.place].at(side_px) for one in tries]
        ups = _to_art(templates)
        starts = np.stack([look.there for look in looks]) @ np.stack([t.start for t in tries]) @ ups
        return Aligner([look.pixels for look in looks], templates, starts)

    def _in_picture(
        self, places: Sequence[Place], tries: Sequence[_Try], side_px: int, aligner: Aligner
    ) -> NDArray[np.float64]:
        """Transforms of an aligner from the art in the index to the picture."""
        backs = np.linalg.inv(np.stack([places[one.place].at(side_px).there for one in tries]))
        ups = _to_art([self._template(one.row, one.how, side_px) for one in tries])
        return backs @ aligner.transforms @ np.linalg.inv(ups)

    def _start(self, place: Place, row: int, turn_deg: float, size: float) -> Matrix:
        box = place.box.stretched(size, size)
        there: Matrix = box_of_frame(box.as_tuple()) @ self._framed(row, turn_deg)
        return there

    def _make_template(self, row: int, how: Print, side_px: int) -> Template:
        art, mask = self._index.picture(row)
        return make_template(printed(art, mask > 127, how), mask, side_px)

    def _make_frame(self, row: int, turn_deg: float) -> Matrix:
        return frame_of_turned(outline_points(self._index.picture(row)[1]), turn_deg)


def _to_art(templates: Sequence[Template]) -> NDArray[np.float64]:
    """From pixels of templates to pixels of their art; pixel centres stand at half pixels."""
    up = np.tile(np.eye(3), (len(templates), 1, 1))
    for matrix, template in zip(up, templates, strict=True):
        for axis, scale in enumerate(template.scale):
            matrix[axis, axis], matrix[axis, 2] = 1 / scale, (1 / scale - 1) / 2
    return up


def _highest(values: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    few = len(values) <= count
    top = np.arange(len(values)) if few else np.argpartition(-values, count)[:count]
    return top[np.lexsort((top, -values[top]))]
