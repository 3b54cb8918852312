"""A checked configuration: what to look for, by which policies, with a digest over all of it."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from screening import __version__
from screening.catalog import Agency, load_agencies
from screening.config import ScreenConfig, StrictModel
from screening.detectors.base import Detector, DetectorResources, Progress
from screening.detectors.registry import (
    detector_class,
    detector_names,
    detector_options,
    known_labels,
    selected,
)
from screening.errors import ConfigError
from screening.policy import RulePack, evaluate, load_packs
from screening.records import Failure, Finding, Verdict
from screening.registers import Registers, open_registers
from screening.resources import shipped_dir

CACHE_DIR_VARIABLE = "SCREENING_CACHE_DIR"


@dataclass(frozen=True, slots=True)
class ScreenPlan:
    """A checked configuration with everything the workers need; small enough to be sent to them.

    Attributes:
        config: what was asked for.
        detectors: names with their validated options, in registry order.
        packs: rule packs in force.
        registers: consents, suppressions and protected places, as they are valid on the day.
        agencies: shipped and own reference catalogs.
        cache_dir: where built indexes lie.
        fingerprint: SHA-256 over configuration, options, models, packs, references and version.
    """

    config: ScreenConfig
    detectors: tuple[tuple[str, StrictModel], ...]
    packs: tuple[RulePack, ...]
    registers: Registers
    agencies: tuple[Agency, ...]
    cache_dir: Path
    fingerprint: str

    def judge(
        self, findings: Sequence[Finding], failures: Sequence[Failure], sha256: str, profile: str
    ) -> Verdict:
        """The verdict on the file with this digest for somebody of this profile."""
        verdict = evaluate(self.packs, findings, failures, profile)
        settled_by: dict[str, frozenset[str]] = {
            rule.id: rule.settled_by for pack in self.packs for rule in pack.rules
        }
        return self.registers.settle(verdict, findings, failures, sha256, settled_by)

    def resources(self, threads: int = 1) -> DetectorResources:
        """What detectors of this plan may use."""
        return DetectorResources(self.agencies, threads, self.cache_dir)


def no_progress(what: str, done: int, total: int) -> None:
    """Report nothing."""


def make_plan(
    config: ScreenConfig, progress: Progress = no_progress, day: datetime.date | None = None
) -> ScreenPlan:
    """Check `config`, build missing indexes, compute the fingerprint.

    Args:
        config: what was asked for.
        progress: told about indexes that are built.
        day: rules and entries of registers count as they are in force then; None is today.

    Raises:
        ConfigError: anything wrong with detectors, options, packs, registers, profile or
            references.
    """
    day = day or datetime.datetime.now().astimezone().date()
    chosen = selected(config.detectors)
    for name, cls in chosen.items():
        _check_detector(name, cls)
    for name in config.options:
        if name not in detector_names():
            detector_class(name)
    options = {name: detector_options(cls, config.options) for name, cls in chosen.items()}
    agencies = known_agencies(config)
    packs = load_packs(config.policies, profile=config.profile, known_labels=known_labels, on=day)
    registers = open_registers(
        config.consents, config.suppressions, config.places, config.event, day
    )
    resources = DetectorResources(agencies, 1, cache_folder())
    for name, cls in chosen.items():
        cls.prepare(options[name], resources, progress)
    return ScreenPlan(
        config=config,
        detectors=tuple(options.items()),
        packs=packs,
        registers=registers,
        agencies=agencies,
        cache_dir=resources.cache_dir,
        fingerprint=_fingerprint(
            {
                "version": __version__,
                "config": config.fingerprint(),
                "packs": [[pack.sha256, [rule.id for rule in pack.rules]] for pack in packs],
                "registers": registers.canonical(),
            },
            chosen,
            options,
            resources,
        ),
    )


def known_agencies(config: ScreenConfig) -> tuple[Agency, ...]:
    """The shipped agencies and those of the folders a configuration names.

    Raises:
        ConfigError: a folder or a catalog is wrong.
    """
    return load_agencies((shipped_dir("reference_insignia"), *config.references))


def cache_folder() -> Path:
    """Where built indexes lie on this machine."""
    chosen = os.environ.get(CACHE_DIR_VARIABLE)
    return Path(chosen or platformdirs.user_cache_dir("screening", False))


def _check_detector(name: str, cls: type[Detector]) -> None:
    """Mistakes of third parties that would otherwise switch a detector or its options off."""
    if cls.name != name:
        raise ConfigError(
            f"the detector registered as {name!r} calls itself {cls.name!r}; its author must"
            " register it under its own name",
            key="detectors",
        )
    if not any(hasattr(cls, method) for method in ("detect", "detect_file", "detect_first")):
        raise ConfigError(
            f"the detector {name!r} has no method detect, detect_file or detect_first",
            key="detectors",
        )


def _fingerprint(
    parts: dict[str, object],
    chosen: dict[str, type[Detector]],
    options: dict[str, StrictModel],
    resources: DetectorResources,
) -> str:
    parts["detectors"] = {
        name: {
            "version": cls.version,
            "options": options[name].model_dump(mode="json"),
            "assets": dict(cls.assets(options[name], resources)),
        }
        for name, cls in chosen.items()
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
