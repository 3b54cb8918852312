"""Violations that somebody answers for: by content, rule and region, never by path."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field

from screening.config import StrictModel
from screening.geometry import Box
from screening.records import Finding
from screening.registers.entries import Digest, RuleId, Text, Validity, load_entries

WHOLE_FILE = "file"
"""The region of what has no box, such as metadata."""

_LEAST_IOU = 0.5
"""Detectors of another version place a box a little differently; half of it must be the same."""


def _as_region(value: object) -> object:
    """`file`, or four numbers in a text or a list."""
    if value == WHOLE_FILE:
        return None
    parts = value.split() if isinstance(value, str) else value
    if not isinstance(parts, list) or len(parts) != 4:
        raise ValueError("a region is `file`, or the four numbers x_min y_min x_max y_max")
    try:
        return Box(*(float(part) for part in parts))
    except (TypeError, ValueError) as error:
        raise ValueError("a region has four numbers, the smaller of each axis first") from error


class SuppressionForm(StrictModel, arbitrary_types_allowed=True):
    """One entry as written; `frame` counts from 0."""

    sha256: Digest
    rule: RuleId
    region: Annotated[Box | None, BeforeValidator(_as_region)]
    frame: Annotated[int, Field(ge=0)] = 0
    reason: Text
    author: Text
    until: datetime.date


@dataclass(frozen=True, slots=True)
class Suppression:
    """One entry.

    Attributes:
        entry: where it stands.
        sha256: of the file.
        rule: id of the rule.
        region: box in the frame; None for what has no box.
        frame: 0-based.
        reason: why.
        author: who answers for it.
        validity: its days.
    """

    entry: str
    sha256: str
    rule: str
    region: Box | None
    frame: int
    reason: str
    author: str
    validity: Validity

    def covers(self, finding: Finding) -> bool:
        """Whether a finding that breaks the rule lies in the region."""
        if self.region is None or finding.box is None:
            return self.region is finding.box
        # A box of no area overlaps nothing, not even itself.
        same = finding.box == self.region or finding.box.iou(self.region) >= _LEAST_IOU
        return finding.frame_index == self.frame and same


def load_suppressions(path: Path) -> tuple[Suppression, ...]:
    """Every entry of a register, valid or not.

    Raises:
        ConfigError: with file, line and key.
    """
    return tuple(
        Suppression(
            entry=entry,
            sha256=form.sha256,
            rule=form.rule,
            region=form.region,
            frame=form.frame,
            reason=form.reason,
            author=form.author,
            validity=Validity(None, form.until),
        )
        for entry, form in load_entries(path, SuppressionForm, "suppressions")
    )
