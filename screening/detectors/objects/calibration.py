"""From what both networks say to a probability, and how much of it is needed to report.

`screening train calibrate-objects` fits and writes the figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from math import exp, log, log2
from typing import Annotated

from pydantic import Field

from screening.config import StrictModel
from screening.detectors.objects.networks import CALIBRATION, FOLDER
from screening.detectors.objects.places import Place
from screening.detectors.weights import model_folder
from screening.errors import ConfigError

Probability = Annotated[float, Field(ge=0, le=1)]
Weights = Annotated[list[float], Field(min_length=5, max_length=5)]


class Calibration(StrictModel):
    """What `models/objects/calibration.json` holds.

    Attributes:
        attributes: by attribute of the second look, a logistic regression: constant, then the
            weights of the second look's logit at the place, of the log-odds of the place's score,
            of the second look's logit on the whole frame, and of log2 of the place's longer side
            over 128 pixels: a uniform 40 pixels high is a guess.
        min_scores: by label, the score from which it is reported.
    """

    attributes: dict[str, Weights]
    min_scores: dict[str, Probability]

    def at_place(self, attribute: str, logit: float, place: Place, frame: float) -> float:
        """How likely the attribute is there, 0..1.

        Args:
            attribute: of the second look.
            logit: of the second look at the place.
            place: what the detector marks.
            frame: logit of the second look on the whole frame.
        """
        return _logistic(self.attributes[attribute], place_features(logit, place, frame))


def place_features(logit: float, place: Place, frame: float) -> list[float]:
    """What `Calibration.attributes` weighs, after the constant."""
    bounded = min(max(place.score, 1e-4), 1 - 1e-4)
    side_px = max(place.box.width_px, place.box.height_px, 1.0)
    size = min(max(log2(side_px / 128), -2.0), 2.0)
    return [logit, log(bounded / (1 - bounded)), frame, size]


def _logistic(weights: list[float], features: list[float]) -> float:
    total = weights[0] + sum(a * b for a, b in zip(weights[1:], features, strict=True))
    return 1 / (1 + exp(-min(max(total, -60.0), 60.0)))


@cache
def load_calibration() -> Calibration:
    """The shipped figures.

    Raises:
        ConfigError: the file is missing or no calibration.
    """
    path = model_folder(FOLDER) / CALIBRATION
    try:
        return Calibration.model_validate_json(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ConfigError(
            "this is no calibration of the objects detector; install the package again", file=path
        ) from error


def reported_from(
    calibration: Calibration, min_score: float | None, min_scores: Mapping[str, float]
) -> dict[str, float]:
    """By label, the score from which it is reported: the user's figures before the shipped ones.

    Args:
        calibration: the shipped figures.
        min_score: for every label, if set.
        min_scores: for single labels; they go before `min_score`.
    """
    shipped = calibration.min_scores
    everywhere = shipped if min_score is None else dict.fromkeys(shipped, min_score)
    return {**everywhere, **min_scores}
