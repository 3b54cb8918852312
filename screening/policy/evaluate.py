"""Judges the findings of one file by rule packs; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from screening.policy.message import fill
from screening.policy.rulepack import RulePack
from screening.records import Decision, Failure, Finding, Verdict, Violation


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
    violations: list[Violation] = []
    for pack in packs:
        violations += _violations(pack, findings, positions_by_label, profile)
    decision = Decision.REVIEW if failures else Decision.ALLOW
    for violation in violations:
        if violation.decision is Decision.BLOCK:
            decision = Decision.BLOCK
            break
        decision = Decision.REVIEW
    return Verdict(decision, tuple(violations))


def _violations(
    pack: RulePack,
    findings: Sequence[Finding],
    positions_by_label: Mapping[str, list[int]],
    profile: str,
) -> list[Violation]:
    broken: dict[int, list[int]] = {}
    conditions_by_label = pack.conditions_for(profile)
    for label, positions in positions_by_label.items():
        for number, condition in conditions_by_label.get(label, ()):
            met = positions
            if condition.looks_around:
                same_label = [findings[position] for position in positions]
                met = [positions[index] for index in condition.meeting(same_label, findings)]
            elif not condition.takes_all:
                met = [one for one in positions if condition.holds(findings[one])]
            if met:
                before = broken.get(number)
                broken[number] = met if before is None else sorted({*before, *met})
    if not broken:
        return []
    embedded = [finding for finding in findings if finding.embedded]
    violations = []
    for number in sorted(broken):
        rule, evidence = pack.rules[number], [findings[one] for one in broken[number]]
        violations.append(
            Violation(
                rule=rule.id,
                category=rule.category,
                decision=pack.decision_of(rule, profile),
                clauses=rule.clauses,
                findings=tuple([finding.id for finding in evidence]),
                message=fill(rule.message, evidence, embedded),
            )
        )
    return violations
