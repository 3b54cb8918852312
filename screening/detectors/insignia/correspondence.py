"""Points that a reference and the place identified with it have in common, to show to people.

The art is laid on the picture already, so a point of one is only compared with the points of the
other that lie beside it; a match far from there would be chance.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from screening.detectors.insignia.features import extract
from screening.detectors.insignia.framing import Matrix

SHOWN_POINTS = 12
"""More lines than that cannot be told apart in a small picture."""

_KEYPOINTS = 200
_NEAR = 0.04
"""Of the longer side: how far apart the two ends of a match may be once laid on each other."""
_MIN_SIMILARITY = 0.86
_WORTH_IT, _LEAST_PX = 0.9, 80
"""Art is compared smaller where the picture shows it this much smaller; longer side at least."""


class Correspondence(NamedTuple):
    """Matched points, row by row.

    Attributes:
        reference: float32, shape (N, 2), in pixels of the art.
        picture: float32, shape (N, 2), in pixels of the picture.
    """

    reference: NDArray[np.float32]
    picture: NDArray[np.float32]


def matched_points(
    gray: NDArray[np.uint8], art: NDArray[np.uint8], mask: NDArray[np.uint8], transform: Matrix
) -> Correspondence:
    """Keypoints of the art that are found again beside where they ought to be; best first.

    Args:
        gray: uint8, shape (H, W), the picture.
        art: uint8, shape (h, w), the art.
        mask: uint8, shape (h, w), 255 where the insignia is.
        transform: from pixels of the art to pixels of the picture.
    """
    factor = _factor(art.shape, transform)
    if factor < 1:
        kind = {"fx": factor, "fy": factor, "interpolation": cv2.INTER_AREA}
        small, inside = (np.asarray(cv2.resize(one, None, **kind), np.uint8) for one in (art, mask))
        back = np.array([art.shape[1] / small.shape[1], art.shape[0] / small.shape[0]])
        found = matched_points(gray, small, inside, transform @ np.diag([*back, 1.0]))
        return Correspondence((found.reference * back).astype(np.float32), found.picture)
    height, width = art.shape
    upright = cv2.warpPerspective(
        gray, transform, (width, height), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    )
    known, seen = extract(art, _KEYPOINTS, mask), extract(upright, _KEYPOINTS, mask)
    if not len(known) or not len(seen):
        return Correspondence(np.zeros((0, 2), np.float32), np.zeros((0, 2), np.float32))
    apart_px = np.linalg.norm(known.xy[:, None] - seen.xy[None], axis=2)
    likeness = known.descriptors @ seen.descriptors.T
    likeness[apart_px > _NEAR * max(height, width)] = -1
    best = likeness.argmax(axis=1)
    rows = np.arange(len(known))
    mutual = (likeness.argmax(axis=0)[best] == rows) & (likeness[rows, best] > _MIN_SIMILARITY)
    kept = rows[mutual][np.argsort(-likeness[rows, best][mutual], kind="stable")]
    if not len(kept):
        return Correspondence(np.zeros((0, 2), np.float32), np.zeros((0, 2), np.float32))
    points = cv2.perspectiveTransform(seen.xy[best[kept]][None].astype(np.float64), transform)[0]
    return Correspondence(known.xy[kept], points.astype(np.float32).reshape(-1, 2))


def _factor(shape: tuple[int, ...], transform: Matrix) -> float:
    """How much smaller art may be compared, because the picture shows no more of it; at most 1."""
    height, width = shape
    corners = np.array([[[0, 0], [width, 0], [width, height], [0, height]]], np.float64)
    there = cv2.perspectiveTransform(corners, transform)[0]
    factor = float(np.ptp(there, axis=0).max()) / max(height, width)
    longer = max(height, width)
    if factor > _WORTH_IT or longer <= _LEAST_PX:
        return 1.0
    return max(factor, _LEAST_PX / longer)


def shown_points(
    found: Correspondence, art_wh: tuple[int, int], factors: tuple[float, float] = (1.0, 1.0)
) -> list[float]:
    """Pairs as evidence: x and y in the art (0..1), then x and y in the picture, and so on.

    Args:
        found: matched points.
        art_wh: width and height of the art in pixels.
        factors: from pixels of the searched picture to pixels of the full-size one.
    """
    rows = np.hstack([found.reference / art_wh, found.picture * factors])
    return [round(float(value), 4) for value in rows.ravel()]
