"""Which reference insignia a configuration looks for."""

from __future__ import annotations

from screening.catalog import Reference
from screening.config import ScreenConfig
from screening.detectors.insignia.detector import (
    InsigniaDetector,
    InsigniaOptions,
    references_of,
)
from screening.detectors.registry import detector_options
from screening.screen.plan import known_agencies


def chosen_references(config: ScreenConfig) -> tuple[Reference, ...]:
    """The references a scan with this configuration compares pictures with, in that order.

    Raises:
        ConfigError: a folder, a catalog or an option is wrong.
    """
    options = detector_options(InsigniaDetector, config.options)
    chosen = InsigniaOptions.model_validate(options.model_dump())
    return references_of(chosen, known_agencies(config))
