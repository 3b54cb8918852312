"""Finds the same or nearly the same picture in different collections.

Candidates come from a vote of similar keypoints over all pictures at once (an inverted file, so
that the time grows little faster than the number of pictures). Each candidate is then proved: its
keypoints must fit one similarity or homography, and the pictures, laid over one another by it,
must look alike where they overlap. What only shares a badge or a building fails the second proof.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import faiss
import numpy as np
from numpy.typing import NDArray

from screening.people.fingerprints import Described, Fingerprint

Float32 = NDArray[np.float32]

_NEIGHBOURS = 6
_NEAR = 0.45
"""Squared distance of descriptors of unit length that counts as a vote; 2 is unrelated."""
_LEAST_VOTES = 6
_MOST_CANDIDATES = 20
"""Pictures that are proved for each picture and way round; the right one leads by far."""
_RATIO = 0.85
_LEAST_INLIERS = 12
_LEAST_OVERLAP = 0.3
"""Of the picture that is covered more. Two crops of a group photo may share no more."""
_LEAST_CORRELATION = 0.75
"""Of the grey values where both overlap; measured in benchmarks/results.md."""
_REPROJECTION_PX = 4.0
_PROBED_LISTS = 6


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One picture of one collection.

    Attributes:
        owner: number of the collection; pictures of one owner are not compared.
        path: the file.
        sha256: of the file.
        fingerprint: of the picture.
    """

    owner: int
    path: Path
    sha256: str
    fingerprint: Fingerprint


@dataclass(frozen=True, slots=True)
class Link:
    """Two pictures of different owners that are the same.

    Attributes:
        one: index of a picture.
        other: index of another one, larger than `one`.
        identical: the files are the same byte for byte.
        mirrored: one is the mirror image of the other.
        overlap: share of the smaller content that both show, 0..1.
        correlation: of the grey values where they overlap, -1..1.
    """

    one: int
    other: int
    identical: bool
    mirrored: bool
    overlap: float
    correlation: float


def find_links(pictures: Sequence[Picture]) -> list[Link]:
    """Every link between pictures of different owners, in the order of the pictures."""
    found = {(link.one, link.other): link for link in _identical(pictures)}
    for one, other, mirrored in _candidates(pictures):
        if (one, other) not in found:
            link = _proved(pictures, one, other, mirrored=mirrored)
            if link is not None:
                found[one, other] = link
    return [found[key] for key in sorted(found)]


def _identical(pictures: Sequence[Picture]) -> Iterator[Link]:
    by_digest: dict[str, list[int]] = {}
    for index, picture in enumerate(pictures):
        for earlier in by_digest.setdefault(picture.sha256, []):
            if pictures[earlier].owner != picture.owner:
                yield Link(
                    earlier, index, identical=True, mirrored=False, overlap=1.0, correlation=1.0
                )
        by_digest[picture.sha256].append(index)


def _candidates(pictures: Sequence[Picture]) -> Iterator[tuple[int, int, bool]]:
    """Pairs with many similar keypoints: earlier picture, later picture, mirrored."""
    counts = np.array([len(one.fingerprint.upright.xy) for one in pictures])
    if counts.sum() == 0:
        return
    owner_of_row = np.repeat(np.arange(len(pictures)), counts)
    index = _index(np.concatenate([one.fingerprint.upright.as_floats() for one in pictures]))
    owners = np.array([one.owner for one in pictures])
    seen: set[tuple[int, int, bool]] = set()
    for number, picture in enumerate(pictures):
        ways = ((picture.fingerprint.upright, False), (picture.fingerprint.mirrored, True))
        for described, mirrored in ways:
            if len(described.xy) < _LEAST_VOTES:
                continue
            votes = _votes(index, described, owner_of_row, len(pictures))
            votes[owners == picture.owner] = 0
            best = np.argsort(votes, kind="stable")[::-1][:_MOST_CANDIDATES]
            for other in best[votes[best] >= _LEAST_VOTES]:
                key = (min(number, int(other)), max(number, int(other)), mirrored)
                if key not in seen:
                    seen.add(key)
                    yield key


def _index(rows: Float32) -> faiss.Index:
    """An inverted file with about 256 rows a list, or a plain one for few rows."""
    lists = min(4096, len(rows) // 256)
    if lists < 16:
        index = faiss.IndexFlatL2(rows.shape[1])
    else:
        index = faiss.index_factory(rows.shape[1], f"IVF{lists},SQ8")
        # Few rounds on a sample: 25 rounds on all rows took minutes and found no link more.
        index.cp.niter, index.cp.max_points_per_centroid = 8, 64
        index.train(rows)
        index.nprobe = _PROBED_LISTS
    index.add(rows)
    return index


def _votes(
    index: faiss.Index, described: Described, owner_of_row: NDArray[np.int64], pictures: int
) -> NDArray[np.int64]:
    """Per picture the keypoints of `described` that resemble one of its own."""
    distances, rows = index.search(described.as_floats(), _NEIGHBOURS)
    points, places = np.nonzero((distances < _NEAR) & (rows >= 0))
    hits = np.unique(np.stack([points, owner_of_row[rows[points, places]]], axis=1), axis=0)
    return np.bincount(hits[:, 1], minlength=pictures)


def _proved(pictures: Sequence[Picture], one: int, other: int, *, mirrored: bool) -> Link | None:
    first, second = pictures[one].fingerprint, pictures[other].fingerprint
    described = first.mirrored if mirrored else first.upright
    gray = first.gray[:, ::-1] if mirrored else first.gray
    source, target = _matches(described, second.upright)
    best: tuple[float, float] | None = None
    if len(source) >= _LEAST_INLIERS:
        for transform in _transforms(source, target):
            laid = _laid_over(np.ascontiguousarray(gray), second.gray, transform)
            if laid is not None and (best is None or laid[1] > best[1]):
                best = laid
    if best is None or best[0] < _LEAST_OVERLAP or best[1] < _LEAST_CORRELATION:
        return None
    return Link(
        one, other, identical=False, mirrored=mirrored, overlap=best[0], correlation=best[1]
    )


def _matches(one: Described, other: Described) -> tuple[Float32, Float32]:
    """Keypoints that are each other's nearest by far, as points of both pictures."""
    if len(one.xy) < 2 or len(other.xy) < 2:
        return np.zeros((0, 2), np.float32), np.zeros((0, 2), np.float32)
    products = one.as_floats() @ other.as_floats().T
    distances = np.sqrt(np.maximum(2 - 2 * products, 0))
    nearest = distances.argmin(axis=1)
    two = np.partition(distances, 1, axis=1)[:, :2]
    rows = np.arange(len(nearest))
    mutual = distances.argmin(axis=0)[nearest] == rows
    kept = mutual & (two[:, 0] < _RATIO * two[:, 1])
    return one.xy[kept], other.xy[nearest[kept]]


def _transforms(source: Float32, target: Float32) -> Iterator[Float32]:
    """3x3 matrices from the first picture to the second that enough keypoints agree on."""
    similarity, inliers = cv2.estimateAffinePartial2D(
        source, target, ransacReprojThreshold=_REPROJECTION_PX
    )
    if similarity is not None and int(inliers.sum()) >= _LEAST_INLIERS:
        yield np.vstack([similarity, [0, 0, 1]]).astype(np.float32)
        return
    homography, inliers = cv2.findHomography(source, target, cv2.USAC_MAGSAC, _REPROJECTION_PX)
    if homography is not None and int(inliers.sum()) >= _LEAST_INLIERS:
        yield np.asarray(homography, np.float32)


def _laid_over(
    gray: NDArray[np.uint8], other: NDArray[np.uint8], transform: Float32
) -> tuple[float, float] | None:
    """Share of the overlap, and correlation in it; None where they do not overlap."""
    size = (other.shape[1], other.shape[0])
    warped = cv2.warpPerspective(gray, transform, size)
    inside = cv2.warpPerspective(np.full(gray.shape, 255, np.uint8), transform, size) > 250
    shared = int(inside.sum())
    if shared < 0.01 * other.size:
        return None
    in_first = shared / max(abs(float(np.linalg.det(transform[:2, :2]))), 1e-6) / gray.size
    blurred = [cv2.GaussianBlur(np.asarray(one, np.float32), (0, 0), 2) for one in (warped, other)]
    a, b = (one[inside] - one[inside].mean() for one in blurred)
    scale = float(np.sqrt((a * a).sum() * (b * b).sum()))
    correlation = float((a * b).sum()) / scale if scale > 0 else 0.0
    return min(1.0, max(in_first, shared / other.size)), correlation
