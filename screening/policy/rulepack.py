"""What a rule pack is: clauses of one document, and rules that findings can break."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from screening.records import Clause, Decision, Evidence, Finding

BUILT_IN_PROFILES = ("employee", "undercover", "official")
"""Profiles that exist whatever the packs declare; `official` is an authorised speaker."""

DEFAULT = "default"
"""Key of the decision for every profile that a rule does not name."""


class Category(StrEnum):
    """What a rule protects."""

    INSIGNIA = "insignia"
    SECURITY = "security"
    IDENTITY = "identity"
    CONFIDENTIALITY = "confidentiality"
    CONDUCT = "conduct"


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
    """

    label: str
    min_score: float = 0.0
    where: Mapping[str, frozenset[str]] = field(default_factory=dict)
    matches: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    unless: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def holds(self, finding: Finding) -> bool:
        """Whether `finding` is meant; evidence that is not there meets no part."""
        if finding.label != self.label or finding.score < self.min_score:
            return False
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


def _texts(evidence: Evidence, key: str) -> list[str]:
    value = evidence.get(key)
    return [text for text in (value if isinstance(value, list) else [value]) if type(text) is str]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; a finding that meets any of its conditions breaks it.

    Attributes:
        id: stable and unique, such as `EDMO-2C2-INSIGNIA`.
        category: what the rule protects.
        clauses: what the rule rests on, the main clause first.
        conditions: at least one.
        decisions: per profile, and `default` for all others; `allow` means no violation.
        message: completes "Do not post this: ..."; see `screening.policy.message`.
    """

    id: str
    category: Category
    clauses: tuple[Clause, ...]
    conditions: tuple[Condition, ...]
    decisions: Mapping[str, Decision]
    message: str

    def decision_for(self, profile: str) -> Decision:
        """What breaking this rule means for `profile`."""
        return self.decisions.get(profile, self.decisions[DEFAULT])


@dataclass(frozen=True, slots=True)
class RulePack:
    """The rules drawn from one document.

    Attributes:
        name: what `--policy` calls it.
        version: of the pack, not of the document.
        title: what the pack is, in a few words.
        document: title of the document, as violations cite it.
        document_file: name of the file that holds the text of the document.
        document_date: day the document was issued or last revised, if it says so.
        url: where the document is published, if it is.
        profiles: profiles of its own, besides the built-in ones.
        clauses: every clause the pack quotes.
        rules: in the order in which violations are reported.
        sha256: lowercase hexadecimal digest of the bytes of the pack's file.
        conditions_by_label: per label, each condition with the position of its rule;
            derived, so that a finding meets only the conditions that can hold for it.
    """

    name: str
    version: str
    title: str
    document: str
    document_file: str
    document_date: datetime.date | None
    url: str | None
    profiles: tuple[str, ...]
    clauses: tuple[Clause, ...]
    rules: tuple[Rule, ...]
    sha256: str
    conditions_by_label: Mapping[str, tuple[tuple[int, Condition], ...]] = field(
        init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        index: dict[str, tuple[tuple[int, Condition], ...]] = {}
        for position, rule in enumerate(self.rules):
            for condition in rule.conditions:
                label = condition.label
                index[label] = (*index.get(label, ()), (position, condition))
        object.__setattr__(self, "conditions_by_label", index)
