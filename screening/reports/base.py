"""What a report writer is, and what it is told about the run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol, runtime_checkable

from screening.config import MediaLimits
from screening.records import FileResult

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ReferenceArt = Callable[[str, int], "NDArray[np.uint8] | None"]
"""The art of a reference, by its id and the number of its picture: uint8 RGB, shape (H, W, 3)."""


def no_reference_art(reference: str, picture: int) -> None:
    """There is none."""


@dataclass(frozen=True, slots=True)
class ReportContext:
    """What every writer may use.

    Attributes:
        out_dir: existing folder that the reports go into.
        reveal: show sensitive values in clear instead of masked.
        timings: write what differs between two equal runs (seconds per stage, date).
        policies: titles of the rule packs in force.
        profile: name of the profile in force.
        version: version of this package.
        fingerprint: digest of the configuration and of every model, pack and reference used.
        limits: those the files were screened with, so that a writer that opens a file again
            gets the same frames.
        reference_art: where writers get the art that insignia were compared with.
    """

    out_dir: Path
    reveal: bool
    timings: bool
    policies: tuple[str, ...]
    profile: str
    version: str
    fingerprint: str
    limits: MediaLimits = field(default_factory=MediaLimits)
    reference_art: ReferenceArt = no_reference_art


@runtime_checkable
class ReportWriter(Protocol):
    """Writes one format; keeps no result in memory once it is written.

    `summary` is a plain sentence for `--help` and the docs.
    """

    name: ClassVar[str]
    summary: ClassVar[str]

    def __init__(self, context: ReportContext) -> None: ...

    def write(self, result: FileResult) -> None:
        """Take the next file, in the order of the run.

        Raises:
            OSError: the report cannot be written (a full disk, say).
        """

    def close(self) -> None:
        """Put the report under its final name; also after Ctrl-C. A second call does nothing.

        Raises:
            OSError: the report cannot be written.
        """
