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
from math import exp, log, log2
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
from screening.detectors.insignia.framing import (
    Matrix,
    Pyramid,
    box_of_frame,
    cut_frame,
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
from screening.geometry import Box, Polygon

CANDIDATES = 24
COARSE_PX = 40

_CORRECTIONS = 2
"""Each brings a box that misses its emblem about a third nearer."""
_SURE, _LIKELY = 0.6, 0.35
"""Cosine from which a box is not doubted; score of the finder from which doubt is worth a try."""
_PROMISING, _STRIKING = 0.5, 0.4
"""Cosine and score of the finder: a box that reaches neither is not worth correcting."""
_WORTH_LAYING, _WORTH_LAYING_ANYWAY = 0.62, 0.45
"""The same for laying references on it. Of 552 emblems rightly named in calibration none reached
neither, of 3,326 other places 0.7."""
_OTHER_SIZES = (1.3, 1 / 1.3, 1 / 1.7)
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
        self._embed = networks.embed
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
        proposals, near = self._looked_at(Pyramid(picture), proposals)
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

    def _looked_at(
        self, picture: Pyramid, proposals: Sequence[Proposal]
    ) -> tuple[list[Proposal], Nearness]:
        """Proposals with better boxes, and how near every picture is to them.

        A box that leads to nothing may have missed the emblem by more than corrections make good;
        then the most promising of some larger and smaller ones is tried.
        """
        kept, near = self._corrected(picture, proposals)
        reached = near.best.max(axis=0)
        hopeful = np.array([one.score >= _LIKELY for one in proposals])
        weak = np.flatnonzero((reached < _SURE) & hopeful)
        if not len(weak):
            return kept, near
        others, other = self._corrected(
            picture, self._other_sizes(picture, [proposals[one] for one in weak.tolist()])
        )
        for place in np.flatnonzero(other.best.max(axis=0) > reached[weak]).tolist():
            kept[weak[place]] = others[place]
            near.best[:, weak[place]] = other.best[:, place]
            near.view[:, weak[place]] = other.view[:, place]
        return kept, near

    def _other_sizes(self, picture: Pyramid, proposals: Sequence[Proposal]) -> list[Proposal]:
        """Each with the one of some other sizes that is most similar to any reference."""
        boxes = [
            [_moved(one.box, [0, 0, log(size), log(size)]) for size in _OTHER_SIZES]
            for one in proposals
        ]
        frames = [cut_frame(picture, box.as_tuple()) for sizes in boxes for box in sizes]
        embeddings, _ = self._embed(np.stack(frames))
        nearest = self._index.embeddings.near(embeddings).best.max(axis=0)
        cosines = nearest.reshape(len(boxes), -1)
        return [
            replace(one, box=sizes[best])
            for one, sizes, best in zip(
                proposals, boxes, cosines.argmax(axis=1).tolist(), strict=True
            )
        ]

    def _corrected(
        self, picture: Pyramid, proposals: Sequence[Proposal]
    ) -> tuple[list[Proposal], Nearness]:
        """Proposals, each with the box most similar to any reference.

        Corrections often lead away from a box that was good, so each step competes with the others.
        """
        best = list(proposals)
        kept, corrections = self._near(picture, proposals)
        going = [
            number
            for number, reached in enumerate(kept.best.max(axis=0).tolist())
            if reached >= _PROMISING or proposals[number].score >= _STRIKING
        ]
        tried = [proposals[number] for number in going]
        corrections = corrections[going]
        for _ in range(_CORRECTIONS if going else 0):
            tried = [
                replace(one, box=_moved(one.box, correction.tolist()))
                for one, correction in zip(tried, corrections, strict=True)
            ]
            now, corrections = self._near(picture, tried)
            for place, number in enumerate(going):
                if now.best[:, place].max() > kept.best[:, number].max():
                    kept.best[:, number] = now.best[:, place]
                    kept.view[:, number] = now.view[:, place]
                    best[number] = tried[place]
        return best, kept

    def _near(
        self, picture: Pyramid, proposals: Sequence[Proposal]
    ) -> tuple[Nearness, NDArray[np.float32]]:
        """How near every picture is to each place, and corrections of the places' boxes."""
        frames = np.stack([cut_frame(picture, one.box.as_tuple()) for one in proposals])
        embeddings, corrections = self._embed(frames)
        return self._index.embeddings.near(embeddings), corrections

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
        box = _moved(place.box, [0, 0, log(size), log(size)])
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


def _moved(box: Box, correction: list[float]) -> Box:
    """The box after a correction (see `Networks.embed`), which may at most halve or double it."""
    shift_x, shift_y, *stretch = correction
    factor_x, factor_y = (exp(min(max(one, -log(2)), log(2))) for one in stretch)
    x = (box.x_min + box.x_max) / 2 + min(max(shift_x, -0.5), 0.5) * box.width_px
    y = (box.y_min + box.y_max) / 2 + min(max(shift_y, -0.5), 0.5) * box.height_px
    half_x, half_y = box.width_px * factor_x / 2, box.height_px * factor_y / 2
    return Box(x - half_x, y - half_y, x + half_x, y + half_y)


def _highest(values: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    few = len(values) <= count
    top = np.arange(len(values)) if few else np.argpartition(-values, count)[:count]
    return top[np.lexsort((top, -values[top]))]
