"""Detectors that go wrong on purpose, registered as any third party would register them.

The folder of this module goes on the search path; worker processes find it there as well.
"""

from __future__ import annotations

import ctypes
import os
import sys
import time
from collections.abc import Mapping, Sequence
from typing import ClassVar

from screening.config import StrictModel
from screening.detectors.base import DetectorResources, Example, Progress
from screening.errors import DetectorError
from screening.records import Finding, Frame, MediaFile

SENSITIVE = "jane-q@fairhaven.example"
"""Stands in the messages of the errors raised here; nothing may repeat it."""

_MOST_EATEN_BYTES = 3 * 1024**3
_BITE_BYTES = 32 * 1024**2


class NoOptions(StrictModel):
    """No options."""


class _Plain:
    """What both detectors have in common."""

    version: ClassVar[str] = "1"

    def __init__(self, options: StrictModel, resources: DetectorResources) -> None:
        self._options = options

    @classmethod
    def prepare(
        cls, options: StrictModel, resources: DetectorResources, progress: Progress
    ) -> None:
        """Nothing to prepare."""

    @classmethod
    def assets(cls, options: StrictModel, resources: DetectorResources) -> Mapping[str, str]:
        """None."""
        return {}

    @classmethod
    def examples(cls) -> Sequence[Example]:
        """None."""
        return []


class FileFault(_Plain):
    """Does what the name of the file says; any other file gets a finding."""

    name: ClassVar[str] = "file_fault"
    labels: ClassVar[frozenset[str]] = frozenset({"seen"})
    summary: ClassVar[str] = "Goes wrong on purpose."
    Options: ClassVar[type[StrictModel]] = NoOptions

    def detect_file(self, media: MediaFile) -> list[Finding]:
        """One finding, or a fault."""
        seen = Finding(self.name, "seen", 1.0)
        fault = media.path.stem.partition("-")[0]
        if fault == "slow":
            media.path.with_suffix(".started").touch()
        if fault in _FAULTS:
            _FAULTS[fault]()
        match fault:
            case "refuse":
                raise DetectorError("This part cannot be read.", code="part", findings=[seen])
            case "undeclared":
                return [seen, Finding(self.name, "made_up", 1.0)]
            case "unwritable":
                return [seen, Finding(self.name, "seen", 1.0, evidence={"object": object()})]  # type: ignore[dict-item]
            case "nothing":
                return None  # type: ignore[return-value]
        return [seen]


def _raise() -> None:
    raise ValueError(SENSITIVE)


def _eat_memory() -> None:
    eaten = []
    while len(eaten) * _BITE_BYTES < _MOST_EATEN_BYTES:
        eaten.append(bytearray(os.urandom(1)) * _BITE_BYTES)
        time.sleep(0.01)


_FAULTS = {
    "abort": os.abort,
    "segfault": lambda: ctypes.string_at(0),
    "hang": lambda: ctypes.PyDLL(None).sleep(600),  # PyDLL keeps the interpreter locked, too
    "slow": lambda: time.sleep(600),
    "eat": _eat_memory,
    "exit": sys.exit,
    "killed": lambda: os.kill(os.getpid(), 9),
    "raise": _raise,
}


class ProbeOptions(StrictModel):
    """Options of the probe.

    Attributes:
        refuse_from: index of the first frame that is refused.
        pause_s: how long every frame takes.
    """

    refuse_from: int = 1_000_000
    pause_s: float = 0.0


class FrameProbe(_Plain):
    """One finding for every frame it is given."""

    name: ClassVar[str] = "frame_probe"
    labels: ClassVar[frozenset[str]] = frozenset({"frame"})
    summary: ClassVar[str] = "Reports every frame it is given."
    Options: ClassVar[type[StrictModel]] = ProbeOptions

    def detect(self, frames: Sequence[Frame]) -> list[Finding]:
        """One finding per frame, with the size of the batch as evidence."""
        options = ProbeOptions.model_validate(self._options.model_dump())
        findings: list[Finding] = []
        for frame in frames:
            if frame.index >= options.refuse_from:
                raise DetectorError("A frame cannot be read.", code="frame", findings=findings)
            time.sleep(options.pause_s)
            findings.append(
                Finding(
                    self.name,
                    "frame",
                    1.0,
                    frame_index=frame.index,
                    evidence={"in_batch": len(frames)},
                )
            )
        return findings
