"""Which violations the entries of registers settle; pure, and only ever downward to `allow`.

A violation is settled when every finding behind it is covered:

- an approval for the picture or event that names the rule covers all of them;
- a consent covers people: a name that was read is covered by a consent of that name, people
  without a name by as many consents as there are people in one frame, or by one for everyone;
- a suppression covers what lies in its region.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from screening.records import (
    Decision,
    Failure,
    Finding,
    Settlement,
    Verdict,
    Violation,
    strictest,
)
from screening.registers.consents import Consent
from screening.registers.suppressions import Suppression

_CONSENT, _APPROVAL = "consent", "approval"
_PICTURED = frozenset({"face", "person", "minor"})
_NAMED = frozenset({"person_name", "full_name", "ranked_name", "roster_name"})


@dataclass(frozen=True, slots=True)
class Entries:
    """The valid entries that are for one file."""

    consents: Sequence[Consent]
    suppressions: Sequence[Suppression]


def settled_verdict(
    verdict: Verdict,
    findings: Sequence[Finding],
    failures: Sequence[Failure],
    entries: Entries,
    settled_by: Mapping[str, frozenset[str]],
) -> Verdict:
    """`verdict` with what `entries` settle turned into `allow`.

    Args:
        verdict: of one file.
        findings: of that file, not masked.
        failures: of that file; they keep the decision at `review` at least.
        entries: see above.
        settled_by: per rule id, whether a `consent` or an `approval` can settle it.
    """
    if not (entries.consents or entries.suppressions):
        return verdict
    by_id = {finding.id: finding for finding in findings}
    violations = tuple(
        _settled(one, [by_id[key] for key in one.findings], entries, settled_by)
        for one in verdict.violations
    )
    floor = Decision.REVIEW if failures else Decision.ALLOW
    return Verdict(strictest((floor, *(one.decision for one in violations))), violations)


def _settled(
    violation: Violation,
    findings: Sequence[Finding],
    entries: Entries,
    settled_by: Mapping[str, frozenset[str]],
) -> Violation:
    ways = settled_by.get(violation.rule, frozenset())
    used: list[Settlement] = []
    left = list(findings)
    if _APPROVAL in ways:
        for approval in _for_rule(entries.consents, _APPROVAL, violation.rule):
            used, left = [_settlement(approval)], []
            break
    if left and _CONSENT in ways:
        consents = _for_rule(entries.consents, _CONSENT, violation.rule)
        covered, by_consent = _consented(left, consents)
        left = [finding for finding in left if finding not in covered]
        used += map(_settlement, by_consent)
    for suppression in entries.suppressions:
        if left and suppression.rule == violation.rule:
            rest = [finding for finding in left if not suppression.covers(finding)]
            if len(rest) < len(left):
                left = rest
                used.append(_suppressed(suppression))
    if left:
        return violation
    return replace(violation, decision=Decision.ALLOW, settled=tuple(used))


def _for_rule(consents: Sequence[Consent], kind: str, rule: str) -> list[Consent]:
    return [one for one in consents if one.kind == kind and (not one.rules or rule in one.rules)]


def _consented(
    findings: Sequence[Finding], consents: Sequence[Consent]
) -> tuple[list[Finding], list[Consent]]:
    """The findings that consents cover, and the consents that are needed for it."""
    for consent in consents:
        if consent.everyone:
            return list(findings), [consent]
    covered: list[Finding] = []
    needed: list[Consent] = []
    for finding in findings:
        if finding.label in _NAMED:
            names = _names_in(finding)
            if match := next((one for one in consents if names & one.names), None):
                covered.append(finding)
                needed.append(match)
    pictured = [finding for finding in findings if finding.label in _PICTURED]
    # The same people stand in many frames; a face belongs to a person that is found as well.
    counts = Counter((one.within, one.frame_index, one.label) for one in pictured)
    people = max(counts.values(), default=0)
    distinct = {one.names: one for one in consents}
    if people and len(distinct) >= people:
        covered += pictured
        needed += list(distinct.values())
    return covered, list(dict.fromkeys(needed))


def _names_in(finding: Finding) -> set[str]:
    values = (finding.text, finding.sensitive.get("name"))
    return {value.casefold().strip() for value in values if isinstance(value, str)}


def _settlement(consent: Consent) -> Settlement:
    what = "consent" if consent.kind == _CONSENT else "approval"
    reason = f"{what} {consent.reference}, valid until {consent.validity.last.isoformat()}"
    return Settlement(consent.kind, consent.entry, reason)


def _suppressed(one: Suppression) -> Settlement:
    reason = f"{one.reason} ({one.author}, until {one.validity.last.isoformat()})"
    return Settlement("suppression", one.entry, reason)
