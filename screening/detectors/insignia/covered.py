"""A second look at large places that nothing explains: by local features, as of a covered emblem.

The finder boxes what is visible, and the embedding of a part is far from that of the whole. The
keypoints around such a place name candidates (see matching.py); each is laid exactly on the picture
like every other, and how well its best part agrees decides.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from screening.detectors.insignia.emblem_points import Detail, EmblemPoints
from screening.detectors.insignia.features import extract
from screening.detectors.insignia.framing import Pyramid
from screening.detectors.insignia.identification import Candidate, Identification, Identifier
from screening.detectors.insignia.matching import Match, find_matches
from screening.detectors.insignia.proposals import Proposal
from screening.geometry import Box

_LEAST_SIZE_PX = 45.0
_LEAST_PROMISE = 0.3
"""Score of the finder. Below it stand half of the places of photos without emblems, and 2 of 70
covered emblems."""
_MOST_PLACES = 3
_REACH = 1.8
"""Side of the region over the longer side of the place: a third of the emblem may be hidden."""
_SEARCHED_PX = 320
"""Longer side of a region that is not looked at enlarged, at most. Twice as large, 42 of 70 covered
emblems are named instead of 40, in three times the time."""
_KEYPOINTS = 350
_MIN_INLIERS = 6
_MOST_LAID = 8
"""Matches of one region that are laid on the picture: those with the most inliers."""
_SAME_PLACE_IOU = 0.3


class CoveredMatcher:
    """Looks again at places.

    Args:
        points: keypoints of the emblems.
        identifier: lays candidates on the picture.
    """

    def __init__(self, points: Sequence[EmblemPoints], identifier: Identifier) -> None:
        self._points, self._identifier = points, identifier

    def identify(
        self, picture: NDArray[np.uint8], places: Sequence[Identification]
    ) -> list[Identification]:
        """What the keypoints around some places name, each with the best candidate first.

        Args:
            picture: uint8 RGB, shape (H, W, 3).
            places: those that nothing explains; small ones and all but the largest are passed over.
        """
        gray = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)
        large = sorted((one for one in places if _is_worth_it(one)), key=_promise)
        regions: list[Box] = []
        for place in large:
            region = _around(place.proposal.box, gray.shape)
            if all(region.iou(other) < _SAME_PLACE_IOU for other in regions):
                regions.append(region)
        matches = [one for region in regions[:_MOST_PLACES] for one in self._matches(gray, region)]
        if not matches:
            return []
        laid = self._identifier.lay(Pyramid(gray), matches)
        return _grouped([candidate for candidate in laid if self._is_sound(candidate)], self._box)

    def _matches(self, gray: NDArray[np.uint8], region: Box) -> list[Match]:
        """The matches with the most inliers of a region, in pixels of the picture."""
        x_min, y_min, x_max, y_max = (round(one) for one in region.as_tuple())
        piece = gray[y_min:y_max, x_min:x_max]
        found: list[Match] = []
        for detail, points in self._points:
            factor = _factor(max(piece.shape), detail)
            sized = _resized(piece, factor)
            for match in find_matches(None, extract(sized, _KEYPOINTS), points):
                outline = match.outline.scaled(1 / factor, 1 / factor).shifted(x_min, y_min)
                found.append(replace(match, outline=outline))
        enough = [match for match in found if match.inliers >= _MIN_INLIERS]
        enough.sort(key=lambda match: (-match.inliers, match.picture))
        return enough[:_MOST_LAID]

    def _is_sound(self, candidate: Candidate) -> bool:
        return self._identifier.outline(candidate).is_convex()

    def _box(self, candidate: Candidate) -> Box:
        return self._identifier.outline(candidate).bounds


def _factor(side_px: int, detail: Detail) -> float:
    """How much larger or smaller a region with this longer side is looked at."""
    if side_px < detail.enlarged_below_px:
        return 2.0
    return min(_SEARCHED_PX / side_px, 1.0)


def _resized(piece: NDArray[np.uint8], factor: float) -> NDArray[np.uint8]:
    if factor == 1:
        return piece
    kind = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(piece, None, fx=factor, fy=factor, interpolation=kind), np.uint8)


def _is_worth_it(place: Identification) -> bool:
    return place.size_px >= _LEAST_SIZE_PX and place.proposal.score >= _LEAST_PROMISE


def _promise(place: Identification) -> tuple[float, Box]:
    return -place.proposal.score * place.size_px, place.proposal.box


def _around(box: Box, shape: tuple[int, ...]) -> Box:
    """A square around the middle of a box, inside the picture."""
    half = _REACH * max(box.width_px, box.height_px) / 2
    x, y = (box.x_min + box.x_max) / 2, (box.y_min + box.y_max) / 2
    return Box(x - half, y - half, x + half, y + half).clip(shape[1], shape[0])


def _grouped(
    candidates: Sequence[Candidate], box_of: Callable[[Candidate], Box]
) -> list[Identification]:
    """One identification for each place, its best candidate first."""
    groups: list[tuple[Box, list[Candidate]]] = []
    for candidate in sorted(candidates, key=lambda one: (-one.agrees, one.row)):
        box = box_of(candidate)
        same = [group for place, group in groups if place.iou(box) >= _SAME_PLACE_IOU]
        if not same:
            groups.append((box, [candidate]))
        elif all(candidate.row != one.row for one in same[0]):
            same[0].append(candidate)
    return [Identification(Proposal(box, 0.0), tuple(group), 0.0, 0.0) for box, group in groups]
