"""The insignia detector: known seals, badges, patches, logos, letterheads and buildings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar

import cv2
import faiss
import numpy as np
from pydantic import Field

from screening.catalog import InsigniaKind, Reference
from screening.config import StrictModel
from screening.detectors.base import DetectorResources, Example, Progress
from screening.detectors.insignia.art import load_art
from screening.detectors.insignia.court_seals import CATALOG_PREFIX, court_seals
from screening.detectors.insignia.features import extract
from screening.detectors.insignia.index import catalog_digest, ensure_index, load_index
from screening.detectors.insignia.matching import Match, find_matches
from screening.errors import ConfigError
from screening.records import Finding, Frame

LOOK_ALIKE_MARGIN = 0.04
"""References whose correlation comes this close to the best one are named as look-alikes."""


class InsigniaOptions(StrictModel):
    """Options of the insignia detector.

    Attributes:
        court_seals: also look for the seals of United States courts.
        min_score: least correlation of the rectified picture with the art.
        min_inliers: least number of keypoints that fit one homography.
        max_pixels: larger frames are scaled down to this before they are searched; the keypoints
            of 4 megapixels take 0.9 GB while they are computed.
        keypoints: keypoints per megapixel of the searched frame.
    """

    court_seals: bool = True
    min_score: Annotated[float, Field(ge=0, le=1)] = 0.45
    min_inliers: Annotated[int, Field(ge=4)] = 8
    max_pixels: Annotated[int, Field(ge=10_000)] = 1_600_000
    keypoints: Annotated[int, Field(ge=100)] = 4000


class InsigniaDetector:
    """Matches every frame against the reference catalog; see matching.py for how."""

    name: ClassVar[str] = "insignia"
    labels: ClassVar[frozenset[str]] = frozenset(kind.value for kind in InsigniaKind)
    version: ClassVar[str] = "1"
    summary: ClassVar[str] = "Known seals, badges, patches, logos, letterheads and buildings."
    Options: ClassVar[type[StrictModel]] = InsigniaOptions

    def __init__(self, options: StrictModel, resources: DetectorResources) -> None:
        self._options = _typed(options)
        faiss.omp_set_num_threads(1)
        digest = catalog_digest(_references(self._options, resources))
        self._index = load_index(resources.cache_dir, digest)

    @classmethod
    def prepare(
        cls, options: StrictModel, resources: DetectorResources, progress: Progress
    ) -> None:
        """Build the reference index unless it is cached."""
        references = _references(_typed(options), resources)
        if not references:
            raise ConfigError(
                "no reference insignia to look for; add some with --references or switch the"
                " court seals on",
                key="insignia",
            )
        ensure_index(references, resources.cache_dir, catalog_digest(references), progress)

    @classmethod
    def assets(cls, options: StrictModel, resources: DetectorResources) -> Mapping[str, str]:
        """The digest of the reference catalog and the versions of the matching libraries."""
        digest = catalog_digest(_references(_typed(options), resources))
        return {"catalog": digest, "opencv": cv2.__version__, "faiss": faiss.__version__}

    @classmethod
    def examples(cls) -> Sequence[Example]:
        """The seal of the District Court, E.D. Missouri, on an even background."""
        reference = next(seal for seal in court_seals() if seal.id == f"{CATALOG_PREFIX}/moed")
        art = load_art(reference.files[0]).gray
        canvas = np.full((480, 640, 3), 200, np.uint8)
        canvas[100 : 100 + art.shape[0], 150 : 150 + art.shape[1]] = art[..., None]
        return [Example(label="seal", frames=(Frame(canvas),))]

    def detect(self, frames: Sequence[Frame]) -> list[Finding]:
        """Matches of every frame; where several references overlap, the best one is named."""
        return [finding for frame in frames for finding in self._detect_frame(frame)]

    def _detect_frame(self, frame: Frame) -> list[Finding]:
        height, width = frame.pixels.shape[:2]
        gray = cv2.cvtColor(frame.pixels, cv2.COLOR_RGB2GRAY)
        scale = min(1.0, (self._options.max_pixels / (height * width)) ** 0.5)
        if scale < 1:
            size = (max(1, round(width * scale)), max(1, round(height * scale)))
            gray = cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
        limit = int(np.clip(self._options.keypoints * gray.size / 1e6, 3000, 8000))
        matches = find_matches(gray, extract(gray, limit), self._index)
        kept = [
            match
            for match in matches
            if match.correlation >= self._options.min_score
            and match.inliers >= self._options.min_inliers
        ]
        factors = width / gray.shape[1], height / gray.shape[0]
        return [
            self._finding(frame, best, rivals, factors) for best, rivals in _best_per_place(kept)
        ]

    def _finding(
        self, frame: Frame, best: Match, rivals: list[Match], factors: tuple[float, float]
    ) -> Finding:
        reference = self._index.references[best.picture]
        look_alikes = sorted(
            {
                self._index.references[rival.picture].id
                for rival in rivals
                if best.correlation - rival.correlation <= LOOK_ALIKE_MARGIN
            }
            - {reference.id}
        )
        height, width = frame.pixels.shape[:2]
        polygon = best.outline.scaled(*factors).clip(width, height)
        return Finding(
            detector=self.name,
            label=reference.kind.value,
            score=round(min(1.0, best.correlation), 3),
            box=polygon.bounds,
            polygon=polygon,
            frame_index=frame.index,
            time_s=frame.time_s,
            evidence={
                "reference": reference.id,
                "name": reference.name,
                "agency": reference.agency,
                "kind": reference.kind.value,
                "inliers": best.inliers,
                "look_alikes": look_alikes,
            },
        )


def _best_per_place(matches: list[Match]) -> list[tuple[Match, list[Match]]]:
    """The best match of each place with the others that overlap it."""
    ranked = sorted(matches, key=lambda match: (-match.correlation, match.picture))
    places: list[tuple[Match, list[Match]]] = []
    for match in ranked:
        bounds = match.outline.bounds
        for best, rivals in places:
            if best.outline.bounds.iou(bounds) > 0.3:
                rivals.append(match)
                break
        else:
            places.append((match, []))
    return places


def _references(options: InsigniaOptions, resources: DetectorResources) -> tuple[Reference, ...]:
    own = tuple(ref for agency in resources.agencies for ref in agency.references)
    return own + (court_seals() if options.court_seals else ())


def _typed(options: StrictModel) -> InsigniaOptions:
    return InsigniaOptions.model_validate(options.model_dump())
