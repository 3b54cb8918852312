"""What a rule pack is: clauses of one document, and rules that findings can break."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from screening.policy.conditions import Condition
from screening.records import Clause, Decision

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


class SettledBy(StrEnum):
    """Which register can turn a violation into `allow`, because the clause itself says so."""

    CONSENT = "consent"
    APPROVAL = "approval"


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
        settled_by: the registers that can settle a violation of it.
        clear: how to clear it, where the usual words for its findings do not fit.
    """

    id: str
    category: Category
    clauses: tuple[Clause, ...]
    conditions: tuple[Condition, ...]
    decisions: Mapping[str, Decision]
    message: str
    settled_by: frozenset[SettledBy] = frozenset()
    clear: str = ""

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that its conditions ask for, each once, in their order."""
        return tuple(dict.fromkeys(condition.label for condition in self.conditions))

    def decision_for(self, profile: str, like: str = "") -> Decision:
        """What breaking this rule means for `profile`, which may be modelled on another one."""
        decisions = self.decisions
        return decisions.get(profile) or decisions.get(like) or decisions[DEFAULT]


ConditionsByLabel = Mapping[str, Sequence[tuple[int, Condition]]]
"""Per label each condition on it, with the position of its rule in the pack."""


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
        profiles: profiles of its own, besides the built-in ones, each with the profile whose
            decisions it takes where a rule does not name it (`default`, or a built-in one).
        clauses: every clause the pack quotes.
        unscreened: per id of a clause that no rule rests on, why it cannot be screened.
        rules: in the order in which violations are reported.
        sha256: lowercase hexadecimal digest of the bytes of the pack's file, and of the files
            that it extends.
        path: the file it was read from.
        own_rules: ids of the rules that this file holds or changes; the others are taken over
            from the pack that it extends.
        in_force: first and last day, None where open.
    """

    name: str
    version: str
    title: str
    document: str
    document_file: str
    document_date: datetime.date | None
    url: str | None
    profiles: Mapping[str, str]
    clauses: tuple[Clause, ...]
    unscreened: Mapping[str, str]
    rules: tuple[Rule, ...]
    sha256: str
    path: Path = Path()
    own_rules: frozenset[str] = frozenset()
    in_force: tuple[datetime.date | None, datetime.date | None] = (None, None)
    _by_profile: dict[str, ConditionsByLabel] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def conditions_for(self, profile: str) -> ConditionsByLabel:
        """The conditions that can matter for `profile`, so that a finding meets only those."""
        found = self._by_profile.get(profile)
        if found is None:
            found = self._by_profile[profile] = self._conditions_by_label(profile)
        return found

    def decision_of(self, rule: Rule, profile: str) -> Decision:
        """What breaking `rule` means for `profile`."""
        return rule.decision_for(profile, self.profiles.get(profile, ""))

    def _conditions_by_label(self, profile: str) -> ConditionsByLabel:
        index: dict[str, list[tuple[int, Condition]]] = {}
        for position, rule in enumerate(self.rules):
            if self.decision_of(rule, profile) is not Decision.ALLOW:
                for condition in rule.conditions:
                    index.setdefault(condition.label, []).append((position, condition))
        return index
