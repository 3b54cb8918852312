"""From what both networks say to a probability, and how much of it is needed to report.

`screening train calibrate-objects` fits and writes the figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
Weights = Annotated[list[float], Field(min_length=6, max_length=6)]


class Calibration(StrictModel):
    """What `models/objects/calibration.json` holds.

    Attributes:
        told: by what the second look tells, a logistic regression: constant, then the weights of
            what `place_features` returns.
        min_scores: by label, the score from which it is reported.
    """

    told: dict[str, Weights]
    min_scores: dict[str, Probability]

    def probability(self, told: str, features: Sequence[float]) -> float:
        """How likely it is, 0..1.

        Args:
            told: one of what the second look tells.
            features: see `place_features`.
        """
        constant, *weights = self.told[told]
        total = constant + sum(a * b for a, b in zip(weights, features, strict=True))
        return 1 / (1 + exp(-min(max(total, -60.0), 60.0)))


def place_features(logit: float, place: Place, frame: float, beside: float) -> list[float]:
    """What `Calibration.told` weighs, after the constant.

    Args:
        logit: of the second look at the place.
        place: what the detector marks. A uniform 40 pixels high is a guess, so its size counts.
        frame: logit of the second look on the whole frame.
        beside: logit of what often stands there too: an emblem on a person, a uniform around it.

    Returns:
        The logit, the log-odds of the place's score, `frame`, log2 of the place's longer side over
        128 pixels, `beside`.
    """
    bounded = min(max(place.score, 1e-4), 1 - 1e-4)
    side_px = max(place.box.width_px, place.box.height_px, 1.0)
    size = min(max(log2(side_px / 128), -2.0), 2.0)
    return [logit, log(bounded / (1 - bounded)), frame, size, beside]


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
