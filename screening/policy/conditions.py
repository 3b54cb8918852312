"""What a finding must be like, alone and among the other findings of its file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import hypot

from screening.geometry import Box
from screening.records import Evidence, Finding

_NO_LABELS: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Beside:
    """Another finding that must stand in or near the box of the finding, in the same frame.

    Attributes:
        labels: what the other finding may be.
        share: where set, at least this share of the finding's box lies in the other's, 0..1.
        distance: where set, the gap between both boxes is at most so many times the longer side
            of the finding's own box: a patch on a sleeve is near in any resolution.
    """

    labels: frozenset[str]
    share: float | None = None
    distance: float | None = None

    def holds(self, box: Box, other: Box) -> bool:
        """Whether the box of the other finding stands as it must."""
        if self.share is not None and box.intersection(other) < self.share * box.area_px:
            return False
        longest_px = max(box.width_px, box.height_px)
        return self.distance is None or _gap_px(box, other) <= self.distance * longest_px


def _gap_px(one: Box, other: Box) -> float:
    across = max(one.x_min - other.x_max, other.x_min - one.x_max, 0.0)
    along = max(one.y_min - other.y_max, other.y_min - one.y_max, 0.0)
    return hypot(across, along)


@dataclass(frozen=True, slots=True)
class Condition:
    """What one finding must be like; all parts must hold.

    Attributes:
        label: the label of the finding.
        min_score: lowest score that counts, 0..1.
        where: per key of the public evidence, the texts that count.
        matches: per key of the public evidence, a pattern found anywhere in its text.
        unless: per key of the public evidence, the texts that do not count; what has no such
            evidence counts.
        min_count: so many findings that meet the parts above in one frame.
        beside: another finding that must stand in or near its box; one without a box has none.
        lacking: labels none of which may be in the file.
        looks_around: whether other findings of the file matter too.
        takes_all: whether every finding with the label meets it.
    """

    label: str
    min_score: float = 0.0
    where: Mapping[str, frozenset[str]] = field(default_factory=dict)
    matches: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    unless: Mapping[str, frozenset[str]] = field(default_factory=dict)
    min_count: int = 1
    beside: Beside | None = None
    lacking: frozenset[str] = _NO_LABELS

    # Derived, because ten thousand results a second ask for them:
    looks_around: bool = field(init=False, repr=False, compare=False)
    takes_all: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        around = self.min_count > 1 or self.beside is not None or bool(self.lacking)
        alone = self.min_score > 0 or bool(self.where or self.matches or self.unless)
        object.__setattr__(self, "looks_around", around)
        object.__setattr__(self, "takes_all", not around and not alone)

    def holds(self, finding: Finding) -> bool:
        """Whether `finding` alone is meant; evidence that is not there meets no part."""
        if finding.label != self.label or finding.score < self.min_score:
            return False
        if not (self.where or self.matches or self.unless):
            return True
        return (
            all(
                not allowed.isdisjoint(_texts(finding.evidence, key))
                for key, allowed in self.where.items()
            )
            and all(
                any(pattern.search(text) for text in _texts(finding.evidence, key))
                for key, pattern in self.matches.items()
            )
            and all(
                excepted.isdisjoint(_texts(finding.evidence, key))
                for key, excepted in self.unless.items()
            )
        )

    def meeting(self, same_label: Sequence[Finding], all_findings: Sequence[Finding]) -> list[int]:
        """Positions in `same_label` of the findings that meet every part.

        Args:
            same_label: the findings of the file with this label.
            all_findings: every finding of the file.
        """
        if self.lacking and any(other.label in self.lacking for other in all_findings):
            return []
        met = [index for index, finding in enumerate(same_label) if self.holds(finding)]
        if self.beside is not None:
            met = [index for index in met if self._is_beside(same_label[index], all_findings)]
        if self.min_count > 1:
            in_frame: dict[tuple[str, int], int] = {}
            for index in met:
                frame = (same_label[index].within, same_label[index].frame_index)
                in_frame[frame] = in_frame.get(frame, 0) + 1
            met = [
                index
                for index in met
                if in_frame[(same_label[index].within, same_label[index].frame_index)]
                >= self.min_count
            ]
        return met

    def _is_beside(self, finding: Finding, all_findings: Sequence[Finding]) -> bool:
        beside, box = self.beside, finding.box
        if beside is None or box is None:
            return False
        return any(
            other.label in beside.labels
            and other is not finding
            and other.box is not None
            and (other.within, other.frame_index) == (finding.within, finding.frame_index)
            and beside.holds(box, other.box)
            for other in all_findings
        )


def _texts(evidence: Evidence, key: str) -> list[str]:
    value = evidence.get(key)
    return [text for text in (value if isinstance(value, list) else [value]) if type(text) is str]
