"""Better boxes for places: the finder's are off by up to a third, and the embedding forgives less.

The embedder says how a box should be moved (see networks.py); whether it was moved for the better
shows in how near any reference is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import exp, log

import numpy as np
from numpy.typing import NDArray

from screening.detectors.insignia.framing import Pyramid, cut_frame
from screening.detectors.insignia.nearest import Embeddings, Nearness
from screening.detectors.insignia.proposals import Proposal
from screening.geometry import Box

_CORRECTIONS = 2
"""Each brings a box that misses its emblem about a third nearer."""
_SURE, _LIKELY = 0.6, 0.35
"""Cosine from which a box is not doubted; score of the finder from which doubt is worth a try."""
_PROMISING, _STRIKING = 0.5, 0.4
"""Cosine and score of the finder: a box that reaches neither is not worth correcting."""
_OTHER_SIZES = (1.3, 1 / 1.3, 1 / 1.7)

Float32 = NDArray[np.float32]
Embed = Callable[[NDArray[np.uint8]], tuple[Float32, Float32]]


class BoxFitter:
    """Fits boxes to what is in them.

    Args:
        embeddings: of all references.
        embed: the embedder, see `Networks.embed`.
    """

    def __init__(self, embeddings: Embeddings, embed: Embed) -> None:
        self._embeddings, self._embed = embeddings, embed

    def fit(
        self, picture: Pyramid, proposals: Sequence[Proposal]
    ) -> tuple[list[Proposal], Nearness]:
        """Proposals with better boxes, and how near every picture is to them.

        A box that leads to nothing may have missed the emblem by more than corrections make good;
        then the most promising of some larger and smaller ones is tried.

        Args:
            picture: uint8 RGB.
            proposals: at least one place.
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
        boxes = [[one.box.stretched(size, size) for size in _OTHER_SIZES] for one in proposals]
        frames = [cut_frame(picture, box.as_tuple()) for sizes in boxes for box in sizes]
        embeddings, _ = self._embed(np.stack(frames))
        nearest = self._embeddings.near(embeddings).best.max(axis=0)
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
        return self._embeddings.near(embeddings), corrections


def _moved(box: Box, correction: list[float]) -> Box:
    """The box after a correction (see `Networks.embed`), which may at most halve or double it."""
    shift_x, shift_y = (min(max(one, -0.5), 0.5) for one in correction[:2])
    factor_x, factor_y = (exp(min(max(one, -log(2)), log(2))) for one in correction[2:])
    shifted = box.shifted(shift_x * box.width_px, shift_y * box.height_px)
    return shifted.stretched(factor_x, factor_y)
