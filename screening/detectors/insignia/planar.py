"""Letterheads and buildings: matched by local features over the whole frame; see matching.py."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from screening.catalog import InsigniaKind, Reference
from screening.detectors.insignia.features import extract
from screening.detectors.insignia.keypoints import KeypointIndex
from screening.detectors.insignia.matching import Match, find_matches
from screening.records import Finding, Frame

_MAX_PIXELS = 800_000
_KEYPOINTS_PER_MEGAPIXEL = 4000
_MIN_INLIERS = {InsigniaKind.LETTERHEAD: 8, InsigniaKind.BUILDING: 12}
_MIN_CORRELATION = {InsigniaKind.LETTERHEAD: 0.45, InsigniaKind.BUILDING: 0.15}
"""A letterhead is flat and printed the same each time; a building is neither, so its inliers
decide."""
_SAME_PLACE_IOU = 0.3


class PlanarMatcher:
    """Looks for the letterheads and buildings of an index."""

    def __init__(self, index: KeypointIndex) -> None:
        self._index = index

    def findings(self, frame: Frame, references: Sequence[Reference]) -> list[Finding]:
        """What is found in a frame; `references` are those of the whole index, by row."""
        height, width = frame.pixels.shape[:2]
        gray = cv2.cvtColor(frame.pixels, cv2.COLOR_RGB2GRAY)
        scale = min(1.0, (_MAX_PIXELS / (height * width)) ** 0.5)
        if scale < 1:
            size = (max(1, round(width * scale)), max(1, round(height * scale)))
            gray = cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
        limit = int(np.clip(_KEYPOINTS_PER_MEGAPIXEL * gray.size / 1e6, 1500, 4000))
        kept = []
        for match in find_matches(gray, extract(gray, limit), self._index):
            kind = references[int(self._index.pictures[match.picture])].kind
            if match.inliers >= _MIN_INLIERS[kind] and match.correlation >= _MIN_CORRELATION[kind]:
                kept.append(match)
        factors = width / gray.shape[1], height / gray.shape[0]
        return [
            self._finding(
                frame, match, references[int(self._index.pictures[match.picture])], factors
            )
            for match in _best_per_place(kept)
        ]

    def _finding(
        self, frame: Frame, match: Match, reference: Reference, factors: tuple[float, float]
    ) -> Finding:
        height, width = frame.pixels.shape[:2]
        polygon = match.outline.scaled(*factors).clip(width, height)
        # More inliers than are needed make it surer; 30 are as good as certain.
        share = min(match.inliers / 30, 1.0)
        return Finding(
            detector="insignia",
            label=reference.kind.value,
            score=round(0.5 + 0.5 * share * max(match.correlation, share), 3),
            box=polygon.bounds,
            polygon=polygon,
            frame_index=frame.index,
            time_s=frame.time_s,
            evidence={
                "reference": reference.id,
                "name": reference.name,
                "agency": reference.agency,
                "kind": reference.kind.value,
                "agreement": round(match.correlation, 3),
                "inliers": match.inliers,
                "look_alikes": [],
            },
        )


def _best_per_place(matches: Sequence[Match]) -> list[Match]:
    """The match with the most inliers of each place."""
    kept: list[Match] = []
    for match in sorted(matches, key=lambda one: (-one.inliers, one.picture)):
        bounds = match.outline.bounds
        if all(other.outline.bounds.iou(bounds) < _SAME_PLACE_IOU for other in kept):
            kept.append(match)
    return kept
