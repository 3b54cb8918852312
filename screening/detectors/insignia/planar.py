"""Logos and letterheads: matched by local features of the frame; see matching.py."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from screening.catalog import Reference
from screening.detectors.insignia.correspondence import SHOWN_POINTS, matched_points, shown_points
from screening.detectors.insignia.evidence import naming
from screening.detectors.insignia.features import Survey
from screening.detectors.insignia.keypoints import KeypointIndex
from screening.detectors.insignia.matching import Match, find_matches
from screening.geometry import Polygon
from screening.records import EvidenceValue, Finding, Frame

_KEYPOINTS = 4000
_MIN_INLIERS = 8
_MIN_CORRELATION = 0.45
_SAME_PLACE_IOU = 0.3


class PlanarMatcher:
    """Looks for the logos and letterheads of an index."""

    def __init__(self, index: KeypointIndex) -> None:
        self._index = index

    def findings(
        self, frame: Frame, survey: Survey, references: Sequence[Reference]
    ) -> list[Finding]:
        """What is found in a frame; `references` are those of the whole index, by row."""
        matches = _best_per_place(self._matches(survey))
        findings = [self._finding(frame, survey.gray, match, references) for match in matches]
        least = {reference.id: reference.min_score or 0.0 for reference in references}
        return [one for one in findings if one.score >= least[str(one.evidence["reference"])]]

    def alike(
        self, pixels: NDArray[np.uint8], references: Sequence[Reference]
    ) -> list[tuple[Reference, float]]:
        """Every reference that would count in a picture, not only the best, and its agreement."""
        matches = self._matches(Survey(pixels))
        return [(references[self._row(match)], match.correlation) for match in matches]

    def _matches(self, survey: Survey) -> list[Match]:
        return [
            match
            for match in find_matches(survey.gray, survey.strongest(_KEYPOINTS), self._index)
            if match.inliers >= _MIN_INLIERS and match.correlation >= _MIN_CORRELATION
        ]

    def _row(self, match: Match) -> int:
        return int(self._index.pictures[match.picture])

    def _finding(
        self,
        frame: Frame,
        gray: NDArray[np.uint8],
        match: Match,
        references: Sequence[Reference],
    ) -> Finding:
        height, width = frame.pixels.shape[:2]
        factors = width / gray.shape[1], height / gray.shape[0]
        polygon = match.outline.scaled(*factors).clip(width, height)
        row = self._row(match)
        evidence: dict[str, EvidenceValue] = {
            **naming(references, row),
            "agreement": round(match.correlation, 3),
            "inliers": match.inliers,
            "points": self._points(gray, match, factors),
            "look_alikes": [],
        }
        return Finding(
            detector="insignia",
            label=references[row].kind.value,
            score=_score(match),
            box=polygon.bounds,
            polygon=polygon,
            frame_index=frame.index,
            time_s=frame.time_s,
            evidence=evidence,
        )

    def _points(
        self, gray: NDArray[np.uint8], match: Match, factors: tuple[float, float]
    ) -> list[float]:
        """Matched points to show, in the art and in the full-size picture."""
        width, height = (int(value) for value in self._index.size_wh[match.picture])
        art, mask = (
            np.ascontiguousarray(layer[match.picture, :height, :width])
            for layer in (self._index.art, self._index.masks)
        )
        found = matched_points(gray, art, mask, _transform(match.outline, width, height))
        return shown_points(found, (width, height), factors)[: 4 * SHOWN_POINTS]


def _score(match: Match) -> float:
    """0.5 and more: 30 inliers are as good as certain, fewer count for less."""
    share = min(match.inliers / 30, 1.0)
    return round(0.5 + 0.5 * share * max(match.correlation, share), 3)


def _transform(outline: Polygon, width: int, height: int) -> NDArray[np.float64]:
    """From pixels of the art to pixels of the picture in which its corners are these."""
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    return np.asarray(
        cv2.getPerspectiveTransform(corners, np.array(outline.points, np.float32)), np.float64
    )


def _best_per_place(matches: Sequence[Match]) -> list[Match]:
    """The match with the most inliers of each place."""
    kept: list[Match] = []
    for match in sorted(matches, key=lambda one: (-one.inliers, one.picture)):
        bounds = match.outline.bounds
        if all(other.outline.bounds.iou(bounds) < _SAME_PLACE_IOU for other in kept):
            kept.append(match)
    return kept
