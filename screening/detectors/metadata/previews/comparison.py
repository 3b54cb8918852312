"""Tells whether a small picture is a copy of a large one, and where it says more.

A copy may be turned, letterboxed, recompressed, sharpened, toned or made grey. It is no copy
where it shows another scene, more of the same scene (the large one was cropped later), or
something that was covered in the large one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.float32]
Pixels = NDArray[np.uint8]

_SIDE_PX = 128
"""Longest side at which pictures are laid over one another; most previews have 160."""
_COARSE_PX = 32
_FINE_SIGMA, _BROAD_SIGMA = 0.7, 8.0
"""Of the blurs whose difference is compared, in pixels at `_SIDE_PX`: neither noise nor tone."""
_BAR_SPREAD, _BAR_STEP = 9.0, 12.0
"""A letterbox bar: standard deviation within a row, and step between rows, in grey levels."""
_MOST_BAR = 0.45
_OTHER_TONE = 96.0
"""Mean difference in grey levels of pictures without structure that are not the same."""
_FLAT_SPREAD = 1.5
"""Standard deviation, in grey levels, of the structure below which a picture has none; with
twice that it surely has some."""
_PART_SCALES = tuple(0.96**step for step in range(32))  # down to 0.28
_LEAST_PART_PX = 16
_SURE, _UNLIKE, _ALIKE = 0.8, 0.5, 0.97
"""Correlations: the preview is taken to show the whole picture; has nothing, all in common."""
_PLACE_SIGMA, _NOISE = 3.0, 5.0
"""Size of a place that may differ, in pixels; structure in grey levels that is mere noise."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a preview agrees with its picture.

    Attributes:
        similarity: correlation of their structure where they overlap, -1..1.
        outside: share of the preview that lies outside the picture, 0..1.
        covered: how far the most different place differs more than copies do, 0 and up; above
            1 something was covered or changed there.
    """

    similarity: float
    outside: float
    covered: float


@dataclass(frozen=True, slots=True)
class _Pair:
    """Preview and picture in one position to one another; grey, float32, values 0..255.

    Attributes:
        onto: 2 x 3 affine map from preview to picture, in pixels of both.
    """

    preview: Grey
    picture: Grey
    onto: Grey
    similarity: float


def compare(picture: Pixels, preview: Pixels) -> Comparison:
    """Compare uint8 RGB pictures of any size, the first one upright."""
    small = _reduced(preview, _SIDE_PX)
    large = _reduced(picture, max(*small.shape, _LEAST_PART_PX))
    spreads = sorted(float(_structure(one).std()) for one in (large, small))
    if spreads[0] < _FLAT_SPREAD <= spreads[1] / 2:
        return Comparison(0.0, 0.0, 0.0)
    if spreads[0] < _FLAT_SPREAD or max(small.shape) < _LEAST_PART_PX:
        return _compare_tones(large, small)
    pair = _best_as_whole(large, small)
    if pair.similarity < _SURE:
        pair = max(pair, _best_as_part(large, small), key=lambda one: one.similarity)
    pair = _aligned(pair)
    return Comparison(pair.similarity, _outside(pair), _covered(pair))


def _reduced(pixels: Pixels, side_px: int) -> Grey:
    """Grey, longest side `side_px` or less."""
    height, width = pixels.shape[:2]
    scale = min(1.0, side_px / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    smaller = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA) if scale < 1 else pixels
    return np.asarray(cv2.cvtColor(smaller, cv2.COLOR_RGB2GRAY), np.float32)


def _structure(grey: Grey) -> Grey:
    unit = max(grey.shape) / _SIDE_PX
    broad = cv2.GaussianBlur(grey, (0, 0), max(_BROAD_SIGMA * unit, 0.8))
    return np.asarray(cv2.GaussianBlur(grey, (0, 0), max(_FINE_SIGMA * unit, 0.3)) - broad)


def _compare_tones(large: Grey, small: Grey) -> Comparison:
    """Where one has no structure or hardly any pixels, only brightness is left to compare."""
    laid = cv2.resize(large, small.shape[::-1], interpolation=cv2.INTER_AREA)
    step = float(np.abs(laid - small).mean())
    return Comparison(max(0.0, 1 - step / _OTHER_TONE), 0.0, 0.0)


def _trimmed(grey: Grey) -> Grey:
    """Without uniform bars at opposite edges."""
    top, bottom = _bars(grey)
    left, right = _bars(grey.T)
    return grey[top : grey.shape[0] - bottom, left : grey.shape[1] - right]


def _bars(grey: Grey) -> tuple[int, int]:
    """Rows of the bars at the top and at the bottom."""
    spread, level = grey.std(axis=1), grey.mean(axis=1)
    most = int(_MOST_BAR * len(level))

    def rows(order: slice) -> int:
        bar = (spread[order] < _BAR_SPREAD) & (np.abs(level[order] - level[order][0]) < _BAR_STEP)
        if bar.all() or not bar[0]:
            return 0
        # The row at the edge of a bar is a mixture of both.
        return min(int(np.argmin(bar)) + 1, most)

    return rows(slice(None)), rows(slice(None, None, -1))


def _turned(grey: Grey) -> Iterator[Grey]:
    """In all eight positions that an EXIF orientation can ask for."""
    for mirrored in (grey, grey[:, ::-1]):
        for quarter in range(4):
            yield np.ascontiguousarray(np.rot90(mirrored, quarter))


def _with_trimmed(grey: Grey) -> list[Grey]:
    trimmed = _trimmed(grey)
    return [grey] if trimmed.shape == grey.shape else [grey, np.ascontiguousarray(trimmed)]


def _correlation(one: Grey, other: Grey) -> float:
    one, other = one - one.mean(), other - other.mean()
    norm = float(np.sqrt((one * one).sum() * (other * other).sum()))
    return float((one * other).sum()) / norm if norm > 0 else 0.0


def _coarse(grey: Grey) -> Grey:
    size = (_COARSE_PX, _COARSE_PX)
    return _structure(cv2.resize(grey, size, interpolation=cv2.INTER_AREA))


def _best_as_whole(large: Grey, small: Grey) -> _Pair:
    """The preview stretched over the whole picture, in the position that agrees best."""
    pictures = [(one, _coarse(one)) for one in _with_trimmed(large)]
    best = (-2.0, large, small)
    for trimmed in _with_trimmed(small):
        for turned in _turned(trimmed):
            coarse = _coarse(turned)
            for picture, structure in pictures:
                best = max(best, (_correlation(coarse, structure), picture, turned), key=_first)
    _, picture, turned = best
    scale = np.array(picture.shape[::-1], np.float32) / np.array(turned.shape[::-1], np.float32)
    onto = _scaling(scale[0], scale[1], 0, 0)
    return _Pair(turned, picture, onto, best[0])


def _first(candidate: tuple[float, Grey, Grey]) -> float:
    return candidate[0]


def _scaling(factor_x: float, factor_y: float, x_px: float, y_px: float) -> Grey:
    """Pixel centres to pixel centres: an affine map from preview to picture."""
    shift_x, shift_y = (factor_x - 1) / 2 + x_px, (factor_y - 1) / 2 + y_px
    return np.array([[factor_x, 0, shift_x], [0, factor_y, shift_y]], np.float32)


def _best_as_part(large: Grey, small: Grey) -> _Pair:
    """One of the two as a part of the other, both in their own proportions."""
    best = _Pair(small, large, _scaling(1, 1, 0, 0), -2.0)
    picture = _trimmed(large)
    for turned in _turned(_trimmed(small)):
        best = max(best, _best_place(turned, picture), key=lambda one: one.similarity)
    return best


def _best_place(preview: Grey, picture: Grey) -> _Pair:
    best = _Pair(preview, picture, _scaling(1, 1, 0, 0), -2.0)
    of_preview, of_picture = _structure(preview), _structure(picture)
    rows, columns = preview.shape[0] / picture.shape[0], preview.shape[1] / picture.shape[1]
    for scale in _PART_SCALES:
        factor = scale * min(rows, columns)
        score, x_px, y_px = _placed(of_picture, of_preview, factor)
        if score > best.similarity:
            onto = _scaling(1 / factor, 1 / factor, -x_px / factor, -y_px / factor)
            best = _Pair(preview, picture, onto, score)
        factor = scale / max(rows, columns)
        score, x_px, y_px = _placed(of_preview, of_picture, factor)
        if score > best.similarity:
            best = _Pair(preview, picture, _scaling(factor, factor, x_px, y_px), score)
    return best


def _placed(part: Grey, whole: Grey, factor: float) -> tuple[float, int, int]:
    """Where `part`, scaled by `factor`, agrees best with `whole`: correlation, x, y in pixels."""
    height, width = round(part.shape[0] * factor), round(part.shape[1] * factor)
    height, width = min(height, whole.shape[0]), min(width, whole.shape[1])
    if min(height, width) < _LEAST_PART_PX:
        return -2.0, 0, 0
    scaled = cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA)
    scores = cv2.matchTemplate(whole, scaled, cv2.TM_CCOEFF_NORMED)
    _, score, _, (x_px, y_px) = cv2.minMaxLoc(np.nan_to_num(scores, nan=-2.0, posinf=-2.0))
    return float(score), x_px, y_px


def _aligned(pair: _Pair) -> _Pair:
    """Shifted, scaled and sheared a little, to where the two agree best.

    Where they do not agree quite, something may be covered and pull at the rest; so that is
    done again without the fifth of the preview that differs most.
    """
    pair = _improved(pair, None)
    if _UNLIKE < pair.similarity < _ALIKE:
        difference = _difference(pair)
        like = np.where(np.isfinite(difference), difference, np.inf) <= np.nanquantile(
            difference, 0.8
        )
        shape = pair.picture.shape[::-1]
        mask = cv2.warpAffine(like.astype(np.uint8), pair.onto, shape, flags=cv2.INTER_NEAREST)
        pair = _improved(pair, mask)
    return pair


def _improved(pair: _Pair, mask: Pixels | None) -> _Pair:
    """ECC (Evangelidis 2008) on the places of the picture that `mask` names."""
    of_preview, of_picture = _structure(pair.preview), _structure(pair.picture)
    start = replace(pair, similarity=_overlap_correlation(of_preview, of_picture, pair.onto))
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 40, 1e-4)
    try:
        _, onto = cv2.findTransformECC(
            of_preview, of_picture, pair.onto.copy(), cv2.MOTION_AFFINE, stop, mask, 5
        )
    except cv2.error:  # it does not converge on pictures that have little in common
        return start
    similarity = _overlap_correlation(of_preview, of_picture, onto)
    moved = replace(pair, onto=onto, similarity=similarity)
    if mask is not None:
        better = bool(np.nanmedian(_difference(moved)) < np.nanmedian(_difference(start)))
    else:
        better = similarity >= start.similarity
    return moved if better else start


def _difference(pair: _Pair) -> Grey:
    """Energy of what is left when the picture is laid over the preview; NaN beside it."""
    laid = _laid_over(pair.picture, pair.onto, pair.preview.shape)
    shared = np.isfinite(laid)
    of_preview = _structure(pair.preview)
    of_picture = _structure(np.where(shared, laid, pair.preview))
    return np.where(
        shared, _energy(of_preview - _gain(of_preview, of_picture) * of_picture), np.nan
    )


def _gain(of_preview: Grey, of_picture: Grey) -> float:
    return float((of_preview * of_picture).sum() / ((of_picture**2).sum() + 1e-6))


def _energy(structure: Grey) -> Grey:
    return np.asarray(cv2.GaussianBlur(structure**2, (0, 0), _PLACE_SIGMA)).clip(0)


def _laid_over(picture: Grey, onto: Grey, shape: tuple[int, ...]) -> Grey:
    """The picture as the preview shows it; NaN where it shows none of it."""
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size = shape[::-1]
    laid = cv2.warpAffine(
        picture, onto, size, flags=flags, borderMode=cv2.BORDER_CONSTANT, borderValue=np.nan
    )
    return np.asarray(laid)


def _overlap_correlation(preview: Grey, picture: Grey, onto: Grey) -> float:
    laid = _laid_over(picture, onto, preview.shape)
    shared = np.isfinite(laid)
    return _correlation(preview[shared], laid[shared]) if shared.sum() > 16 else 0.0


def _outside(pair: _Pair) -> float:
    height, width = pair.preview.shape
    rows, columns = pair.picture.shape
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32) - 0.5
    mapped = (corners @ pair.onto[:, :2].T + pair.onto[:, 2] + 0.5).astype(np.float32)
    frame = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float32)
    area = float(cv2.contourArea(mapped))
    shared, _ = cv2.intersectConvexConvex(mapped, frame)
    return max(0.0, 1 - shared / area) if area > 0 else 1.0


def _covered(pair: _Pair) -> float:
    """How far the most different place differs more than copies do; above 1 none of them does.

    Two measures, each over what divides true copies (toned and filtered ones among them) from
    posts in which a badge or patch was covered; the smaller one counts. `preview_mismatch.py` in
    the benchmarks counts both kinds.
    """
    difference = _difference(pair)
    inner = _without_rim(np.isfinite(difference))
    if inner.sum() < _LEAST_PART_PX**2:
        return 0.0
    difference = difference[inner]
    present = _energy(_structure(pair.preview))[inner] + _NOISE**2
    strength = float(np.sqrt((difference**2 / np.maximum(present, difference)).max()))
    usual = float(np.sqrt(np.median(difference))) + 1
    return min(strength / 28, float(np.sqrt(difference.max())) / usual / 6.6)


def _without_rim(shared: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """`shared` less three pixels at its edges, where laying over is inexact."""
    framed = cv2.copyMakeBorder(shared.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    return np.asarray(cv2.erode(framed, np.ones((7, 7), np.uint8))[1:-1, 1:-1] > 0)
