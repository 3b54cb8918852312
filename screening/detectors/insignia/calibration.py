"""From what was measured at a place to a probability, with figures fitted on held-out composites.

`screening train calibrate` fits and writes them.
"""

from __future__ import annotations

from math import exp, log2
from typing import Annotated

from pydantic import Field

from screening.config import StrictModel
from screening.detectors.insignia.identification import Candidate, Identification
from screening.detectors.insignia.networks import CALIBRATION, FOLDER
from screening.detectors.insignia.prints import Print
from screening.detectors.weights import model_folder
from screening.errors import ConfigError


class Calibration(StrictModel):
    """What `models/insignia/calibration.json` holds.

    Attributes:
        min_proposal: least score of the finder for a place to be looked at, 0..1.
        min_similarity: least cosine of a candidate's embedding.
        identified: weights of a logistic regression: constant, agreement of the whole, of the best
            part, similarity, log2 of the size over 64 px, score of the finder, products of the
            first three with that logarithm (chance agrees less with a larger place), product of
            agreement and similarity, 1 if it is like a print in one ink (chance resembles those
            more: five of seven of what chance resembles most).
        covered: weights where keypoints named the candidate: constant, agreement of the best part,
            of the whole, log2 of the inliers, log2 of the size over 64 px.
        rival_margin: how much less a candidate may agree than the best one and still not be told
            apart from it.
        insignia: weights for an emblem that is no reference: constant, score of the finder,
            highest similarity, mean of the 20 highest similarities, log2 of the size over 64 px.
    """

    min_proposal: Annotated[float, Field(gt=0, lt=1)]
    min_similarity: Annotated[float, Field(ge=-1, le=1)]
    identified: Annotated[list[float], Field(min_length=11, max_length=11)]
    covered: Annotated[list[float], Field(min_length=5, max_length=5)]
    rival_margin: Annotated[float, Field(ge=0, le=1)]
    insignia: Annotated[list[float], Field(min_length=5, max_length=5)]

    def probability(self, place: Identification, candidate: Candidate) -> float:
        """How likely the reference, or one it cannot be told apart from, stands there; 0..1."""
        if candidate.inliers:
            return _logistic(self.covered, covered_features(place, candidate))
        return _logistic(self.identified, identified_features(place, candidate))

    def insignia_probability(self, place: Identification) -> float:
        """How likely an official emblem stands there, whichever it is; 0..1."""
        return _logistic(self.insignia, insignia_features(place))

    def rivals(self, place: Identification) -> tuple[Candidate, ...]:
        """Candidates that cannot be told apart from the best one, which is left out."""
        best, *others = place.candidates
        least = best.agrees - self.rival_margin
        return tuple(one for one in others if one.agrees >= least)


def identified_features(place: Identification, candidate: Candidate) -> list[float]:
    """What `Calibration.identified` weighs, after the constant."""
    octave = _octave(place)
    agrees = [candidate.agreement.whole, candidate.agreement.best_part, candidate.similarity]
    return [
        *agrees,
        octave,
        place.proposal.score,
        *(octave * one for one in agrees),
        candidate.agreement.whole * candidate.similarity,
        float(candidate.how is not Print.AS_IT_IS),
    ]


def covered_features(place: Identification, candidate: Candidate) -> list[float]:
    """What `Calibration.covered` weighs, after the constant."""
    agreement = candidate.agreement
    return [agreement.best_part, agreement.whole, log2(max(candidate.inliers, 1)), _octave(place)]


def insignia_features(place: Identification) -> list[float]:
    """What `Calibration.insignia` weighs, after the constant."""
    return [place.proposal.score, place.similarity, place.likeness, _octave(place)]


def load_calibration() -> Calibration:
    """The shipped figures.

    Raises:
        ConfigError: the file is missing or altered.
    """
    path = model_folder(FOLDER) / CALIBRATION
    try:
        return Calibration.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(
            "the calibration of the insignia detector cannot be read; install the package again",
            file=path,
        ) from error


def _octave(place: Identification) -> float:
    return min(max(log2(place.size_px / 64), -1.0), 1.5)


def _logistic(weights: list[float], features: list[float]) -> float:
    total = weights[0] + sum(a * b for a, b in zip(weights[1:], features, strict=True))
    return 1 / (1 + exp(-min(max(total, -30.0), 30.0)))
