"""Judges the findings of one file by rule packs; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from screening.policy.message import fill
from screening.policy.rulepack import RulePack
from screening.records import Decision, Failure, Finding, Verdict, Violation, strictest


def evaluate(
    packs: Sequence[RulePack],
    findings: Sequence[Finding],
    failures: Sequence[Failure],
    profile: str,
) -> Verdict:
    """The strictest decision of all broken rules, and at least `review` after any failure.

    Violations come in the order of packs and of their rules; each lists the ids of its
    findings in the order of `findings`.
    """
    positions_by_label: dict[str, list[int]] = {}
    for position, finding in enumerate(findings):
        positions_by_label.setdefault(finding.label, []).append(position)
    violations = tuple(
        violation
        for pack in packs
        for violation in _violations(pack, findings, positions_by_label, profile)
    )
    floor = Decision.REVIEW if failures else Decision.ALLOW
    return Verdict(
        strictest((floor, *(violation.decision for violation in violations))), violations
    )


def _violations(
    pack: RulePack,
    findings: Sequence[Finding],
    positions_by_label: dict[str, list[int]],
    profile: str,
) -> Iterator[Violation]:
    broken: dict[int, set[int]] = {}
    like = pack.profiles.get(profile, "")
    for label, positions in positions_by_label.items():
        conditions = pack.conditions_by_label.get(label)
        if not conditions:
            continue
        same_label = [findings[position] for position in positions]
        for number, condition in conditions:
            if pack.rules[number].decision_for(profile, like) is Decision.ALLOW:
                continue
            if condition.looks_around:
                met = [positions[index] for index in condition.meeting(same_label, findings)]
            else:
                met = [one for one in positions if condition.holds(findings[one])]
            if met:
                broken.setdefault(number, set()).update(met)
    embedded = [finding for finding in findings if finding.embedded] if broken else []
    for number in sorted(broken):
        rule, evidence = pack.rules[number], [findings[one] for one in sorted(broken[number])]
        yield Violation(
            rule=rule.id,
            category=rule.category,
            decision=rule.decision_for(profile, like),
            clauses=rule.clauses,
            findings=tuple(finding.id for finding in evidence),
            message=fill(rule.message, evidence, embedded),
        )
