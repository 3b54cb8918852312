"""The table of detectors: one line each; third parties use the entry-point group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from screening.config import OptionValue, StrictModel
from screening.detectors.base import Detector
from screening.documents import validate_values
from screening.errors import ConfigError
from screening.plugins import PluginTable

DETECTORS = PluginTable(
    what="detector",
    key="detectors",
    group="screening.detectors",
    built_in={
        "metadata": "screening.detectors.metadata.detector:MetadataDetector",
        "previews": "screening.detectors.metadata.previews.detector:PreviewDetector",
        "text": "screening.detectors.text.detector:TextDetector",
        "insignia": "screening.detectors.insignia.detector:InsigniaDetector",
        "objects": "screening.detectors.objects.detector:ObjectsDetector",
    },
)


def detector_names() -> tuple[str, ...]:
    """Names of all registered detectors, built-in ones first."""
    return DETECTORS.names()


def detector_class(name: str) -> type[Detector]:
    """The class registered under `name`.

    Raises:
        ConfigError: there is none; the message lists those there are.
    """
    found: type[Detector] = DETECTORS.load(name)
    return found


def selected(names: Iterable[str] | None) -> dict[str, type[Detector]]:
    """The named detectors, or all; in registry order whatever the order given.

    Raises:
        ConfigError: an unknown name, or none at all.
    """
    wanted = set(detector_names() if names is None else names)
    if not wanted:
        raise ConfigError("at least one detector is needed", key="detectors")
    for name in wanted.difference(detector_names()):
        detector_class(name)
    return {name: detector_class(name) for name in detector_names() if name in wanted}


def detector_options(
    cls: type[Detector], options: Mapping[str, Mapping[str, OptionValue]]
) -> StrictModel:
    """The validated options of one detector.

    Raises:
        ConfigError: names the detector and the option.
    """
    return validate_values(
        dict(options.get(cls.name, {})), cls.Options, f"options of detector {cls.name}"
    )


def known_labels() -> frozenset[str]:
    """Every label any registered detector declares; rule packs may name no other."""
    return frozenset().union(*(detector_class(name).labels for name in detector_names()))
