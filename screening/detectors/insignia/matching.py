"""Finds references in a picture: look-alike-proof voting, homography, then appearance.

1. Every keypoint of the picture is paired with the most similar keypoint of each reference.
   (The nearest neighbour over the whole catalog would do for distinct art; court seals share
   one eagle, so the right reference would lose most of its keypoints to its look-alikes.)
2. Pairs vote for the centre, scale and rotation of a reference (generalised Hough transform,
   Lowe 2004, section 7.3).
3. Each cluster of votes gets a homography (MAGSAC, Barath et al., CVPR 2019).
4. The picture is rectified by it and correlated with the art. Local contrast is normalised,
   so the legend counts as much as the eagle: measured on court seals pasted at 160 px, the
   right seal reaches 0.75 to 0.96, its nearest look-alikes 0.5 to 0.8, false matches on
   landscapes stay below 0.1.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import faiss
import numpy as np
from numpy.typing import NDArray

from screening.detectors.insignia.features import Features, Float32
from screening.detectors.insignia.keypoints import KeypointIndex
from screening.geometry import Polygon

CANDIDATE_SIMILARITY = 0.92
"""A keypoint takes part if its nearest reference keypoint is at least this similar (cosine)."""

PAIR_SIMILARITY = 0.89
"""Least cosine similarity of a pair; 95 % of true pairs at 160 px reach 0.87."""

PAIR_MARGIN = 0.06
"""A pair may be this much less similar than the keypoint's best pair."""

PAIR_CELLS = 16
"""Index cells searched for pairs; 16 of 512 find as many seals as an exhaustive search."""

MIN_VOTES = 5
MAX_CLUSTERS = 150
MAX_CLUSTERS_PER_PICTURE = 3
MIN_AREA_PX = 300.0
_TEMPLATE_PX = 128

Homography = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """One reference picture found at one place.

    Attributes:
        picture: row of the index.
        outline: corners of the reference art in the picture.
        inliers: distinct keypoints that fit the homography.
        correlation: agreement of the rectified picture with the art, -1..1.
    """

    picture: int
    outline: Polygon
    inliers: int
    correlation: float


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """Keypoint pairs: row of the picture's features, row of the index's features."""

    query: NDArray[np.int64]
    reference: NDArray[np.int64]

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> _Pairs:
        return _Pairs(self.query[rows], self.reference[rows])


def find_matches(
    gray: NDArray[np.uint8] | None, features: Features, index: KeypointIndex
) -> list[Match]:
    """Every geometrically verified match.

    Args:
        gray: uint8, shape (H, W), to compare with the art; None to leave every correlation at 0.
        features: of the picture.
        index: what is known.
    """
    if len(features) < MIN_VOTES:
        return []
    pairs = _pair(features, index)
    if len(pairs.query) < MIN_VOTES:
        return []
    owner = index.owner[pairs.reference]
    matches: list[Match] = []
    verified: dict[int, int] = {}
    for cluster in _clusters(features, index, pairs):
        picture = int(owner[cluster[0]])
        if verified.get(picture, 0) >= MAX_CLUSTERS_PER_PICTURE:
            continue
        seed = pairs.take(cluster)
        if _explained(features.xy[seed.query].mean(axis=0), picture, matches):
            continue
        verified[picture] = verified.get(picture, 0) + 1
        match = _verify(gray, features, index, seed, pairs.take(owner == picture))
        if match is not None:
            matches.append(match)
        if sum(verified.values()) >= MAX_CLUSTERS:
            break
    return matches


def _pair(features: Features, index: KeypointIndex) -> _Pairs:
    """The best pair of each (keypoint, reference picture) that is similar enough."""
    best, _ = index.nearest.search(features.descriptors, 1)
    candidates = np.nonzero(best[:, 0] > CANDIDATE_SIMILARITY)[0]
    least = np.maximum(PAIR_SIMILARITY, best[candidates, 0] - PAIR_MARGIN)
    limits, similarity, reference = index.nearest.range_search(
        features.descriptors[candidates],
        PAIR_SIMILARITY,
        params=faiss.SearchParametersIVF(nprobe=PAIR_CELLS),
    )
    row = np.repeat(np.arange(len(candidates)), np.diff(limits.astype(np.int64)))
    similar = similarity > least[row]
    query, reference, similarity = candidates[row[similar]], reference[similar], similarity[similar]
    group = query * len(index.pictures) + index.owner[reference]
    order = np.lexsort((reference, -similarity, group))
    first = np.ones(len(order), bool)
    first[1:] = group[order][1:] != group[order][:-1]
    return _Pairs(query[order][first], reference[order][first])


def _clusters(features: Features, index: KeypointIndex, pairs: _Pairs) -> list[NDArray[np.int64]]:
    """Rows of `pairs` that agree on reference, centre, scale and rotation; most votes first.

    Bins: one octave of scale, 30 degrees, a quarter of the size in position; each pair votes
    in the two nearest bins of every dimension, so that a border splits no cluster.
    """
    keys = _vote_keys(features, index, pairs)
    flat = keys.ravel()
    rows = np.tile(np.arange(len(pairs.query)), len(keys))
    valid = flat >= 0
    order = np.argsort(flat[valid], kind="stable")
    flat, rows = flat[valid][order], rows[valid][order]
    if not len(flat):
        return []
    starts = np.nonzero(np.concatenate([[True], flat[1:] != flat[:-1]]))[0]
    counts = np.diff(np.append(starts, len(flat)))
    ranked = np.argsort(-counts, kind="stable")[: MAX_CLUSTERS * 12]
    return [
        rows[starts[bin_] : starts[bin_] + counts[bin_]]
        for bin_ in ranked
        if counts[bin_] >= MIN_VOTES
    ]


def _vote_keys(features: Features, index: KeypointIndex, pairs: _Pairs) -> NDArray[np.int64]:
    """One integer per pair and neighbouring bin, shape (16, pairs); -1 outside the bins."""
    owner = index.owner[pairs.reference].astype(np.int64)
    scale = features.size[pairs.query] / index.features.size[pairs.reference]
    angle = features.angle[pairs.query] - index.features.angle[pairs.reference]
    offset = (index.size_wh[owner] / 2 - index.features.xy[pairs.reference]) * scale[:, None]
    cosine, sine = np.cos(angle), np.sin(angle)
    turned = np.stack(
        [cosine * offset[:, 0] - sine * offset[:, 1], sine * offset[:, 0] + cosine * offset[:, 1]],
        axis=1,
    )
    centre = features.xy[pairs.query] + turned
    octave = np.log2(scale * index.size_wh[owner].max(axis=1))
    turn = angle % (2 * np.pi) / (2 * np.pi) * 12
    keys = []
    for shift in np.ndindex(2, 2, 2, 2):
        d_octave, d_turn, d_x, d_y = (0.5 * step for step in shift)
        octave_bin = np.floor(octave + d_octave).astype(np.int64)
        cell = 0.25 * 2.0 ** (octave_bin + 0.5 - d_octave)
        turn_bin = np.floor(turn + d_turn).astype(np.int64) % 12
        x_bin = np.floor(centre[:, 0] / cell + d_x).astype(np.int64) + 512
        y_bin = np.floor(centre[:, 1] / cell + d_y).astype(np.int64) + 512
        inside = (
            (octave_bin > 0) & (octave_bin < 16)
            & (x_bin >= 0) & (x_bin < 4096)
            & (y_bin >= 0) & (y_bin < 4096)
        )  # fmt: skip
        combination = int(np.ravel_multi_index(shift, (2, 2, 2, 2)))
        key = ((owner * 16 + combination) * 16 + octave_bin) * 12 + turn_bin
        keys.append(np.where(inside, (key * 4096 + x_bin) * 4096 + y_bin, -1))
    return np.stack(keys)


def _explained(point: Float32, picture: int, matches: list[Match]) -> bool:
    """Whether `point` lies in a match of the same reference picture."""
    return any(match.picture == picture and _contains(match.outline, point) for match in matches)


def _contains(outline: Polygon, point: Float32) -> bool:
    contour = np.array(outline.points, np.float32).reshape(-1, 1, 2)
    return bool(cv2.pointPolygonTest(contour, (float(point[0]), float(point[1])), False) >= 0)


def _verify(
    gray: NDArray[np.uint8] | None,
    features: Features,
    index: KeypointIndex,
    seed: _Pairs,
    pairs: _Pairs,
) -> Match | None:
    """The match a cluster of votes stands for, if a homography and its outline make sense."""
    picture = int(index.owner[seed.reference[0]])
    ratio = features.size[seed.query] / index.features.size[seed.reference]
    size_px = float(np.median(ratio)) * float(index.size_wh[picture].max())
    fit = _fit_homography(features, index, seed, pairs, max(2.0, 0.025 * size_px))
    if fit is None:
        return None
    homography, inliers = fit
    outline = _outline(homography, index.size_wh[picture])
    if outline is None or not outline.is_convex():
        return None
    if outline.area_px < MIN_AREA_PX or not 0.3 < outline.area_px / size_px**2 < 3.0:
        return None
    agrees = 0.0 if gray is None else _correlation(gray, homography, index, picture)
    return Match(picture, outline, inliers, agrees)


def _fit_homography(
    features: Features, index: KeypointIndex, seed: _Pairs, pairs: _Pairs, tolerance_px: float
) -> tuple[Homography, int] | None:
    """An affine fit of the cluster, grown to a homography over all pairs of the reference."""
    if min(len(np.unique(seed.query)), len(np.unique(seed.reference))) < MIN_VOTES:
        return None
    cv2.setRNGSeed(0)
    affine, _ = cv2.estimateAffine2D(
        index.features.xy[seed.reference],
        features.xy[seed.query],
        method=cv2.RANSAC,
        ransacReprojThreshold=1.5 * tolerance_px,
        maxIters=500,
    )
    if affine is None:
        return None
    source, target = index.features.xy[pairs.reference], features.xy[pairs.query]
    error_px = np.linalg.norm(source @ affine[:, :2].T + affine[:, 2] - target, axis=1)
    near = np.nonzero(error_px < 3 * tolerance_px)[0]
    if len(near) < MIN_VOTES:
        return None
    homography, inlying = cv2.findHomography(
        source[near],
        target[near],
        cv2.USAC_MAGSAC,
        tolerance_px,
        maxIters=1000,
        confidence=0.999,
    )
    if homography is None:
        return None
    kept = pairs.take(near[inlying.ravel() > 0])
    return homography, min(len(np.unique(kept.query)), len(np.unique(kept.reference)))


def _outline(homography: Homography, size_wh: NDArray[np.int32]) -> Polygon | None:
    width, height = (float(value) for value in size_wh)
    corners = np.array([[[0, 0], [width, 0], [width, height], [0, height]]], np.float32)
    projected = cv2.perspectiveTransform(corners, homography)[0]
    if not np.isfinite(projected).all():
        return None
    return Polygon(tuple((float(x), float(y)) for x, y in projected))


def _correlation(
    gray: NDArray[np.uint8], homography: Homography, index: KeypointIndex, picture: int
) -> float:
    """Normalised cross-correlation of locally normalised art and rectified picture, -1..1."""
    width, height = (int(value) for value in index.size_wh[picture])
    scale = _TEMPLATE_PX / max(width, height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    to_template = np.diag([1 / scale, 1 / scale, 1.0])
    seen = cv2.warpPerspective(
        gray, homography @ to_template, size, flags=cv2.INTER_AREA | cv2.WARP_INVERSE_MAP
    )
    art = cv2.resize(
        np.ascontiguousarray(index.art[picture, :height, :width]), size,
        interpolation=cv2.INTER_AREA,
    )  # fmt: skip
    mask = cv2.resize(np.ascontiguousarray(index.masks[picture, :height, :width]), size) > 127
    first, second = _normalise_locally(seen)[mask], _normalise_locally(art)[mask]
    first, second = first - first.mean(), second - second.mean()
    norm = float(np.sqrt((first**2).sum() * (second**2).sum()))
    return float((first * second).sum() / norm) if norm > 0 else 0.0


def _normalise_locally(gray: NDArray[np.uint8]) -> Float32:
    """Local mean removed, divided by local contrast: light, shade and print colour drop out."""
    values = gray.astype(np.float32)
    detail = values - cv2.GaussianBlur(values, (0, 0), 6)
    contrast = np.sqrt(cv2.GaussianBlur(detail * detail, (0, 0), 8)) + 6
    return np.asarray(cv2.GaussianBlur(detail, (0, 0), 0.8) / contrast, np.float32)
