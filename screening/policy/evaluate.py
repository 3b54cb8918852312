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
    violations = tuple(
        violation for pack in packs for violation in _violations(pack, findings, profile)
    )
    floor = Decision.REVIEW if failures else Decision.ALLOW
    return Verdict(
        strictest((floor, *(violation.decision for violation in violations))), violations
    )


def _violations(pack: RulePack, findings: Sequence[Finding], profile: str) -> Iterator[Violation]:
    broken: dict[int, list[Finding]] = {}
    embedded = [finding for finding in findings if finding.embedded]
    for finding in findings:
        positions = {
            position
            for position, condition in pack.conditions_by_label.get(finding.label, ())
            if condition.holds(finding)
        }
        for position in positions:
            broken.setdefault(position, []).append(finding)
    for position in sorted(broken):
        rule, evidence = pack.rules[position], broken[position]
        decision = rule.decision_for(profile)
        if decision is not Decision.ALLOW:
            yield Violation(
                rule=rule.id,
                category=rule.category,
                decision=decision,
                clauses=rule.clauses,
                findings=tuple(finding.id for finding in evidence),
                message=fill(rule.message, evidence, embedded),
            )
