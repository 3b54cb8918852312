"""The insignia detector: known seals, badges, patches, logos, letterheads and buildings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, ClassVar

import cv2
import faiss
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from screening.catalog import Agency, InsigniaKind, Reference
from screening.config import StrictModel
from screening.detectors.base import DetectorResources, Example, Progress
from screening.detectors.insignia.art import load_art, on_ground
from screening.detectors.insignia.buildings import BuildingMatcher
from screening.detectors.insignia.calibration import load_calibration
from screening.detectors.insignia.correspondence import SHOWN_POINTS, matched_points, shown_points
from screening.detectors.insignia.court_seals import ALL, CATALOG_PREFIX, court_seals
from screening.detectors.insignia.covered import CoveredMatcher
from screening.detectors.insignia.evidence import naming
from screening.detectors.insignia.features import Survey
from screening.detectors.insignia.identification import Candidate, Identification, Identifier
from screening.detectors.insignia.index import catalog_digest, ensure_index, load_index
from screening.detectors.insignia.networks import load_networks, model_digests
from screening.detectors.insignia.planar import PlanarMatcher
from screening.detectors.insignia.prints import printed
from screening.detectors.insignia.proposals import propose
from screening.errors import ConfigError
from screening.geometry import Polygon
from screening.records import EvidenceValue, Finding, Frame

UNIDENTIFIED = "unidentified_insignia"
_MOST_PLACES = 16
_SAME_PLACE_IOU = 0.3
_FLAT = frozenset({InsigniaKind.LOGO.value})
"""What may lie where the finder marks an emblem; a seal on a letterhead or wall is its own."""


class InsigniaOptions(StrictModel):
    """Options of the insignia detector.

    Attributes:
        court_seals: also look for the seals of United States courts.
        courts: which of them: ids of courts (`moed`), circuits (`ca8`: the court of appeals and
            every district and bankruptcy court below it), `federal`, `state` or `all`.
        min_score: least probability of a right identification where a third of all emblems is in no
            catalog; a reference may ask for another.
        min_unidentified: least probability that an emblem of no reference is official; 1 to
            report none.
        max_pixels: frames are searched at no more pixels than this.
    """

    court_seals: bool = True
    courts: tuple[str, ...] = (ALL,)
    min_score: Annotated[float, Field(ge=0, le=1)] = 0.45
    min_unidentified: Annotated[float, Field(ge=0, le=1)] = 0.85
    max_pixels: Annotated[int, Field(ge=10_000)] = 1_600_000


class InsigniaDetector:
    """Finds places that look like an emblem and compares each with every reference."""

    name: ClassVar[str] = "insignia"
    labels: ClassVar[frozenset[str]] = frozenset(
        {*(kind.value for kind in InsigniaKind), UNIDENTIFIED}
    )
    version: ClassVar[str] = "2"
    summary: ClassVar[str] = (
        "Known seals, badges, patches, logos, letterheads and buildings, and emblems that look"
        " official but are unknown."
    )
    Options: ClassVar[type[StrictModel]] = InsigniaOptions

    def __init__(self, options: StrictModel, resources: DetectorResources) -> None:
        self._options = _typed(options)
        model_digests()
        digest = catalog_digest(references_of(self._options, resources.agencies))
        self._index = load_index(resources.cache_dir, digest)
        self._networks = load_networks(resources.threads)
        self._calibration = load_calibration()
        self._identifier = Identifier(self._index, self._networks, self._calibration.min_similarity)
        faiss.omp_set_num_threads(1)
        index = self._index
        self._covered = CoveredMatcher(index.emblem_points, self._identifier)
        self._planar = PlanarMatcher(index.keypoints) if index.keypoints else None
        self._buildings = BuildingMatcher(index.buildings) if index.buildings else None

    @classmethod
    def prepare(
        cls, options: StrictModel, resources: DetectorResources, progress: Progress
    ) -> None:
        """Build the reference index unless it is cached."""
        references = references_of(_typed(options), resources.agencies)
        if not references:
            raise ConfigError(
                "no reference insignia to look for; add some with --references or switch the"
                " court seals on",
                key="insignia",
            )
        ensure_index(references, resources.cache_dir, catalog_digest(references), progress)

    @classmethod
    def assets(cls, options: StrictModel, resources: DetectorResources) -> Mapping[str, str]:
        """Digests of the reference catalog and the weights, versions of the libraries."""
        digest = catalog_digest(references_of(_typed(options), resources.agencies))
        return {
            "catalog": digest,
            "opencv": cv2.__version__,
            "faiss": faiss.__version__,
            **model_digests(),
        }

    @classmethod
    def examples(cls) -> Sequence[Example]:
        """The seal of the District Court, E.D. Missouri, on an even background."""
        reference = next(seal for seal in court_seals() if seal.id == f"{CATALOG_PREFIX}/moed")
        art = on_ground(load_art(reference.files[0]))
        canvas = np.full((480, 640, 3), 200, np.uint8)
        canvas[100 : 100 + art.shape[0], 150 : 150 + art.shape[1]] = art
        return [Example(label="seal", frames=(Frame(canvas),))]

    def detect(self, frames: Sequence[Frame]) -> list[Finding]:
        """Matches of every frame; where several references overlap, the best one is named."""
        return [finding for frame in frames for finding in self._detect_frame(frame)]

    def _detect_frame(self, frame: Frame) -> Iterator[Finding]:
        pixels = frame.pixels
        proposals = propose(
            pixels,
            self._networks.find,
            self._calibration.min_proposal,
            self._options.max_pixels,
            _MOST_PLACES,
        )
        places = self._identifier.identify(pixels, proposals)
        places += self._looked_at_again(pixels, places)
        survey, references = Survey(pixels), self._index.references
        planar = self._planar.findings(frame, survey, references) if self._planar else []
        yield from planar
        if self._buildings:
            yield from self._buildings.findings(frame, survey, references)
        taken = [one.polygon for one in planar if one.polygon and one.label in _FLAT]
        for place in sorted(places, key=self._score, reverse=True):
            finding = self._known(frame, place) or self._unknown(frame, place)
            if finding is None or finding.box is None:
                continue
            if all(other.bounds.iou(finding.box) < _SAME_PLACE_IOU for other in taken):
                taken.append(finding.polygon or Polygon(finding.box.corners()))
                yield finding

    def _looked_at_again(
        self, pixels: NDArray[np.uint8], places: Sequence[Identification]
    ) -> list[Identification]:
        """What keypoints name where nothing else is sure enough to be reported."""
        sure = [self._score(one) >= self._options.min_score for one in places]
        explained = [one.proposal.box for one, named in zip(places, sure, strict=True) if named]
        unexplained = [
            one
            for one, named in zip(places, sure, strict=True)
            if not named and all(one.proposal.box.iou(box) < _SAME_PLACE_IOU for box in explained)
        ]
        return self._covered.identify(pixels, unexplained)

    def _score(self, place: Identification) -> float:
        if not place.candidates:
            return 0.0
        return self._calibration.probability(place, place.candidates[0])

    def _known(self, frame: Frame, place: Identification) -> Finding | None:
        if not place.candidates:
            return None
        best = place.candidates[0]
        reference = self._index.references[best.row]
        score = self._score(place)
        least = self._options.min_score if reference.min_score is None else reference.min_score
        if score < least:
            return None
        polygon = self._identifier.outline(best)
        if not polygon.is_convex():
            return None
        height, width = frame.pixels.shape[:2]
        polygon = polygon.clip(width, height)
        return Finding(
            detector=self.name,
            label=reference.kind.value,
            score=round(score, 3),
            box=polygon.bounds,
            polygon=polygon,
            frame_index=frame.index,
            time_s=frame.time_s,
            evidence=self._evidence(frame.pixels, place, reference),
        )

    def _evidence(
        self, pixels: NDArray[np.uint8], place: Identification, reference: Reference
    ) -> dict[str, EvidenceValue]:
        best = place.candidates[0]
        rivals = {
            self._index.references[one.row].id: self._index.references[one.row]
            for one in self._calibration.rivals(place)
        }
        rivals.pop(reference.id, None)
        points = self._points(pixels, best)
        return {
            **naming(self._index.references, best.row),
            "name": _name(reference, list(rivals.values())),
            "agreement": round(best.agreement.whole, 3),
            "inliers": len(points) // 4,
            "points": points[: 4 * SHOWN_POINTS],
            "look_alikes": sorted(rivals),
        }

    def _points(self, pixels: NDArray[np.uint8], candidate: Candidate) -> list[float]:
        """Matched points, each as x and y in the art (0..1), then x and y in the picture."""
        art, mask = self._index.picture(candidate.row)
        art = printed(art, mask > 127, candidate.how)
        gray = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
        found = matched_points(gray, art, mask, candidate.transform)
        return shown_points(found, (art.shape[1], art.shape[0]))

    def _unknown(self, frame: Frame, place: Identification) -> Finding | None:
        score = self._calibration.insignia_probability(place)
        if score < self._options.min_unidentified or _by_keypoints(place):
            return None
        height, width = frame.pixels.shape[:2]
        return Finding(
            detector=self.name,
            label=UNIDENTIFIED,
            score=round(score, 3),
            box=place.proposal.box.clip(width, height),
            frame_index=frame.index,
            time_s=frame.time_s,
        )


def _by_keypoints(place: Identification) -> bool:
    return any(one.inliers for one in place.candidates)


def _name(reference: Reference, rivals: list[Reference]) -> str:
    """The name, or the family where others cannot be told apart from it."""
    if not rivals:
        return reference.name
    if reference.family and all(one.family == reference.family for one in rivals):
        return reference.family
    others = sorted({one.name for one in rivals} - {reference.name})
    return " or ".join([reference.name, *others[:2]]) + (" or others" if len(others) > 2 else "")


def references_of(options: InsigniaOptions, agencies: Iterable[Agency]) -> tuple[Reference, ...]:
    """Every reference to look for: those of the agencies, then the chosen court seals.

    Raises:
        ConfigError: `options.courts` names something that is not there.
    """
    own = tuple(ref for agency in agencies for ref in agency.references)
    seals = court_seals(options.courts)  # a name that is wrong is wrong in either case
    return own + (seals if options.court_seals else ())


def _typed(options: StrictModel) -> InsigniaOptions:
    return InsigniaOptions.model_validate(options.model_dump())
