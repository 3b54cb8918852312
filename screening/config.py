"""What a run was asked to do: defaults, then a TOML file, then flags; frozen, with a digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from screening.documents import as_plain_data, load_toml, validate_values

OptionValue = str | int | float | bool | list[str]


class StrictModel(BaseModel):
    """Base of everything read from a user: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class MediaLimits(StrictModel):
    """How much of a file is examined; what lies beyond makes the file incomplete.

    Attributes:
        max_bytes: larger files are not opened.
        max_pixels: pixels of one frame.
        max_aspect: longer side over shorter side.
        max_image_frames: frames or pages of an animated or multi-page picture.
        max_video_frames: frames taken from one video.
        frame_interval_s: at least one video frame in every such span.
        scene_threshold: mean absolute difference of 64x36 grey thumbnails, 0..1, above which
            a video frame starts a new scene and is taken too.
        time_limit_s: no new frame is started after this; a worker that is still busy
            `kill_after_s` later is killed.
        kill_after_s: see `time_limit_s`.
        max_memory_bytes: resident memory at which a worker gives up on its file.
    """

    max_bytes: Annotated[int, Field(gt=0)] = 4 * 1024**3
    max_pixels: Annotated[int, Field(gt=0)] = 120_000_000
    max_aspect: Annotated[float, Field(ge=1)] = 100.0
    max_image_frames: Annotated[int, Field(gt=0)] = 64
    max_video_frames: Annotated[int, Field(gt=0)] = 300
    frame_interval_s: Annotated[float, Field(gt=0)] = 2.0
    scene_threshold: Annotated[float, Field(ge=0, le=1)] = 0.1
    time_limit_s: Annotated[float, Field(gt=0)] = 120.0
    kill_after_s: Annotated[float, Field(gt=0)] = 30.0
    max_memory_bytes: Annotated[int, Field(gt=0)] = 4 * 1024**3


class ScreenConfig(StrictModel):
    """Everything that can change a result. What cannot (workers, formats) is not in here.

    Attributes:
        policies: names of shipped rule packs or paths of own ones; empty means all shipped.
        profile: employee, undercover, official, or one a rule pack declares.
        consents: registers of consents and approvals.
        suppressions: registers of violations that somebody answers for.
        places: lists of protected places.
        event: what the files were made at, for consents that are for an event.
        references: folders of reference insignia in addition to the shipped ones.
        detectors: names of the detectors to run; None means all that are registered.
        options: per detector, its options.
        limits: how much of a file is examined.
    """

    policies: tuple[str, ...] = ()
    profile: str = "employee"
    consents: tuple[Path, ...] = ()
    suppressions: tuple[Path, ...] = ()
    places: tuple[Path, ...] = ()
    event: str = ""
    references: tuple[Path, ...] = ()
    detectors: tuple[str, ...] | None = None
    options: Mapping[str, Mapping[str, OptionValue]] = Field(default_factory=dict)
    limits: MediaLimits = Field(default_factory=MediaLimits)

    def fingerprint(self) -> str:
        """SHA-256 over every field; folders count by name here and by content elsewhere."""
        canonical = json.dumps(as_plain_data(self), sort_keys=True)
        return hashlib.sha256(canonical.encode()).hexdigest()


def load_config(path: Path | None, overrides: Mapping[str, object]) -> ScreenConfig:
    """Defaults, overlaid by the TOML file at `path`, overlaid by `overrides`.

    Relative folders in the file are relative to the file. `overrides["options"]` is merged
    option by option; every other override replaces the value of the file.

    Raises:
        ConfigError: with file, line and key.
    """
    base = load_toml(path, ScreenConfig) if path else ScreenConfig()
    data = base.model_dump(exclude_unset=True)
    if path:
        for key in ("references", "consents", "suppressions", "places"):
            data[key] = tuple(path.parent / one for one in getattr(base, key))
        data["policies"] = tuple(_relative_to(path.parent, policy) for policy in base.policies)
    options = {name: dict(values) for name, values in base.options.items()}
    given = overrides.get("options", {})
    if isinstance(given, Mapping):
        for name, values in given.items():
            options.setdefault(name, {}).update(values)
    data |= {key: value for key, value in overrides.items() if value is not None}
    return validate_values(data | {"options": options}, ScreenConfig, "command line")


def _relative_to(folder: Path, policy: str) -> str:
    is_file = policy.endswith((".yaml", ".yml"))
    return str(folder / policy) if is_file else policy
