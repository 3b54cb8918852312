"""Buildings: a facade in a photo, by its keypoints in reference photos of it.

A facade is met from other sides, in other light and at other sizes, so its keypoints resemble
those of a reference less than print does. What is asked for instead: pairs are each other's nearest
and clearly nearer than the next (Lowe 2004, section 7.1), both are turned alike, and enough of them
fit one homography, that of the facade's plane (MAGSAC, Barath et al., CVPR 2019).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from screening.catalog import InsigniaKind, Reference
from screening.detectors.insignia.art import load_photo
from screening.detectors.insignia.correspondence import SHOWN_POINTS, Correspondence, shown_points
from screening.detectors.insignia.evidence import naming
from screening.detectors.insignia.features import Features, Float32, Survey, extract
from screening.geometry import Box
from screening.records import EvidenceValue, Finding, Frame

SIDE_PX = 1024
"""Longer side at which a reference photo is kept, whole: its sky is no ground to cut away."""
_KEYPOINTS = 2000
_RATIO = 0.85
_ALIKE_RAD = np.deg2rad(30)
_TOLERANCE_PX = 6.0
_MOST_TRIES = 50_000
"""Of four pairs: where one pair in nine is right, 5,000 tries missed 1 of 8 known views."""
_LEAST_PAIRS = 5
MIN_INLIERS = 10
"""Among 640 pairs of photos of different court buildings the most was 7."""
MIN_INLIERS_NEAR = 6
"""Of a building whose position is known: too few by themselves, enough for a photo taken there."""
_CERTAIN_INLIERS = 40
_NAMES = ("points", "descriptors", "owner", "pictures", "size_wh")


@dataclass(frozen=True, slots=True, eq=False)
class BuildingIndex:
    """Keypoints of the reference photos of buildings, side by side.

    Attributes:
        pictures: int32, shape (M,), the row of the whole index each photo stands at.
        xy: float32, shape (N, 2), pixels of the photo.
        angle: float32, shape (N,), radians.
        descriptors: float16, shape (N, 128), RootSIFT.
        owner: int32, shape (N,), which of the M photos each keypoint belongs to.
        size_wh: int32, shape (M, 2), width and height of each photo.
    """

    pictures: NDArray[np.int32]
    xy: Float32
    angle: Float32
    descriptors: NDArray[np.float16]
    owner: NDArray[np.int32]
    size_wh: NDArray[np.int32]


def save_buildings(folder: Path, photos: Sequence[tuple[int, Path]]) -> None:
    """Extract and save the keypoints of photos, given with their rows; none is fine."""
    if not photos:
        return
    parts, sizes = [], []
    for _, path in photos:
        gray = cv2.cvtColor(load_photo(path, SIDE_PX), cv2.COLOR_RGB2GRAY)
        parts.append(extract(np.asarray(gray, np.uint8), _KEYPOINTS))
        sizes.append(gray.shape[::-1])
    arrays: dict[str, NDArray[Any]] = {
        "points": np.vstack([np.column_stack([part.xy, part.angle]) for part in parts]),
        "descriptors": np.vstack([part.descriptors for part in parts]).astype(np.float16),
        "owner": np.repeat(np.arange(len(parts), dtype=np.int32), [len(part) for part in parts]),
        "pictures": np.array([row for row, _ in photos], np.int32),
        "size_wh": np.array(sizes, np.int32),
    }
    for name in _NAMES:
        np.save(_file(folder, name), arrays[name])


def load_buildings(folder: Path) -> BuildingIndex | None:
    """Open what `save_buildings` saved; None where there was nothing to save."""
    if not _file(folder, "owner").is_file():
        return None
    points, descriptors, owner, pictures, size_wh = (
        np.load(_file(folder, name), mmap_mode="r") for name in _NAMES
    )
    return BuildingIndex(pictures, points[:, :2], points[:, 2], descriptors, owner, size_wh)


def _file(folder: Path, name: str) -> Path:
    return folder / f"building_{name}.npy"


@dataclass(frozen=True, slots=True, eq=False)
class _Facade:
    """A reference photo found in a picture.

    Attributes:
        photo: which of the M photos.
        points: the pairs that fit, in pixels of the photo and of the searched picture.
    """

    photo: int
    points: Correspondence

    @property
    def inliers(self) -> int:
        return len(self.points.reference)


class BuildingMatcher:
    """Looks for the buildings of an index."""

    def __init__(self, index: BuildingIndex) -> None:
        self._index = index
        self._bounds = np.searchsorted(index.owner, np.arange(len(index.pictures) + 1))

    def findings(
        self, frame: Frame, survey: Survey, references: Sequence[Reference]
    ) -> list[Finding]:
        """What is found in a frame; `references` are those of the whole index, by row.

        A building that is found too faintly to count by itself says `needs_position`; see
        screening/fusion.py, which drops it unless the photo was taken there.
        """
        height, width = survey.gray.shape
        factors = (frame.pixels.shape[1] / width, frame.pixels.shape[0] / height)
        best: dict[str, _Facade] = {}
        for facade in self._facades(survey, references):
            name = references[self._row(facade)].id
            if name not in best or facade.inliers > best[name].inliers:
                best[name] = facade
        findings = [self._finding(frame, factors, one, references) for one in best.values()]
        least = {reference.id: reference.min_score or 0.0 for reference in references}
        return [one for one in findings if one.score >= least[str(one.evidence["reference"])]]

    def alike(
        self, pixels: NDArray[np.uint8], references: Sequence[Reference]
    ) -> list[tuple[Reference, float]]:
        """Every building that would count in a picture, and a score, 0..1."""
        found = self._facades(Survey(pixels), references)
        return [(references[self._row(one)], _score(one.inliers)) for one in found]

    def _row(self, facade: _Facade) -> int:
        return int(self._index.pictures[facade.photo])

    def _facades(self, survey: Survey, references: Sequence[Reference]) -> Iterator[_Facade]:
        seen = survey.strongest(_KEYPOINTS)
        if len(seen) < _LEAST_PAIRS:
            return
        for photo, row in enumerate(self._index.pictures.tolist()):
            points = self._fitting(photo, seen)
            least = MIN_INLIERS_NEAR if references[row].position else MIN_INLIERS
            if points is not None and len(points.reference) >= least:
                yield _Facade(photo, points)

    def _fitting(self, photo: int, seen: Features) -> Correspondence | None:
        """Pairs of a reference photo and a picture that fit one homography."""
        rows = slice(self._bounds[photo], self._bounds[photo + 1])
        descriptors = np.asarray(self._index.descriptors[rows], np.float32)
        if len(descriptors) < _LEAST_PAIRS:
            return None
        own, other = _paired(descriptors, seen.descriptors)
        turn = seen.angle[other] - self._index.angle[rows][own]
        alike = np.abs((turn + np.pi) % (2 * np.pi) - np.pi) < _ALIKE_RAD
        source, target = self._index.xy[rows][own[alike]], seen.xy[other[alike]]
        if len(source) < _LEAST_PAIRS:
            return None
        cv2.setRNGSeed(0)
        homography, inlying = cv2.findHomography(
            source, target, cv2.USAC_MAGSAC, _TOLERANCE_PX, maxIters=_MOST_TRIES, confidence=0.999
        )
        if homography is None:
            return None
        kept = inlying.ravel() > 0
        return Correspondence(source[kept], target[kept])

    def _finding(
        self,
        frame: Frame,
        factors: tuple[float, float],
        facade: _Facade,
        references: Sequence[Reference],
    ) -> Finding:
        height, width = frame.pixels.shape[:2]
        row = self._row(facade)
        photo_wh = (int(value) for value in self._index.size_wh[facade.photo])
        evidence: dict[str, EvidenceValue] = {
            **naming(references, row),
            "inliers": facade.inliers,
            "points": shown_points(facade.points, (next(photo_wh), next(photo_wh)), factors)[
                : 4 * SHOWN_POINTS
            ],
            "look_alikes": [],
        }
        if facade.inliers < MIN_INLIERS:
            evidence["needs_position"] = True
        return Finding(
            detector="insignia",
            label=InsigniaKind.BUILDING.value,
            score=_score(facade.inliers),
            box=self._extent(facade, factors).clip(width, height),
            frame_index=frame.index,
            time_s=frame.time_s,
            evidence=evidence,
        )

    def _extent(self, facade: _Facade, factors: tuple[float, float]) -> Box:
        """The box that the whole reference photo would fill, by the spread of its matched part.

        The homography itself, fitted to a part of a facade, may throw far corners anywhere.
        """
        own, there = facade.points.reference, facade.points.picture * np.array(factors, np.float32)
        scale = float(np.mean(there.std(axis=0) / np.maximum(own.std(axis=0), 1e-3)))
        x_min, y_min = np.median(there - scale * own, axis=0).tolist()
        wide, high = (scale * float(value) for value in self._index.size_wh[facade.photo])
        return Box(x_min, y_min, x_min + wide, y_min + high)


def _paired(own: Float32, other: Float32) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows that are each other's nearest, and nearer than the next by `_RATIO`."""
    likeness = own @ other.T
    nearest = likeness.argmax(axis=1)
    rows = np.arange(len(own))
    mutual = likeness.argmax(axis=0)[nearest] == rows
    best = likeness[rows, nearest]
    likeness[rows, nearest] = -1
    second = likeness.max(axis=1)
    clear = 1 - best < _RATIO**2 * (1 - second)  # squared distances of unit vectors
    kept = rows[mutual & clear]
    return kept, nearest[kept]


def _score(inliers: int) -> float:
    """0.5 with as many inliers as are needed, near 1 from `_CERTAIN_INLIERS` on."""
    if inliers < MIN_INLIERS:
        return round(0.5 * inliers / MIN_INLIERS, 3)
    share = min((inliers - MIN_INLIERS) / (_CERTAIN_INLIERS - MIN_INLIERS), 1.0)
    return round(0.5 + 0.49 * sqrt(share), 3)
