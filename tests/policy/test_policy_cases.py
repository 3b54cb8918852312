"""Every rule against its flag and don't-flag cases; every part of a rule is held by a case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import yaml

from screening.policy import Rule, RulePack, evaluate, load_packs, shipped_packs
from screening.records import Decision, Finding, with_ids

CASES = Path(__file__).parent / "cases"


@dataclass(frozen=True)
class Case:
    """One finding and what a rule must make of it; `allow` means no violation."""

    rule: str
    label: str
    decision: Decision
    profile: str
    evidence: tuple[tuple[str, str], ...]
    message: str | None

    def __str__(self) -> str:
        return f"{self.rule}-{self.label}-{self.profile}-{self.decision}"

    def holds(self, pack: RulePack) -> bool:
        (finding,) = with_ids([Finding("test", self.label, 0.9, evidence=dict(self.evidence))])
        verdict = evaluate([pack], [finding], [], self.profile)
        found = [violation for violation in verdict.violations if violation.rule == self.rule]
        if self.decision is Decision.ALLOW:
            return not found
        if [(v.decision, v.findings) for v in found] != [(self.decision, (finding.id,))]:
            return False
        return self.message is None or self.message == found[0].message


def cases_of(pack_name: str) -> list[Case]:
    table = yaml.safe_load((CASES / f"{pack_name}.yaml").read_text(encoding="utf-8"))
    return [
        Case(
            rule=rule,
            label=label,
            decision=Decision(entry["decision"]) if kind == "flag" else Decision.ALLOW,
            profile=entry.get("profile", "employee"),
            evidence=tuple(entry.get("evidence", {}).items()),
            message=entry.get("message"),
        )
        for rule, kinds in table.items()
        for kind in ("flag", "pass")
        for entry in kinds[kind]
        for label in (entry["label"] if isinstance(entry["label"], list) else [entry["label"]])
    ]


@pytest.fixture(scope="module")
def packs(labels: frozenset[str]) -> dict[str, RulePack]:
    return {
        pack.name: pack for pack in load_packs((), profile="employee", known_labels=lambda: labels)
    }


@pytest.mark.parametrize(
    ("name", "case"),
    [pytest.param(name, case, id=str(case)) for name in shipped_packs() for case in cases_of(name)],
)
def test_case(packs: dict[str, RulePack], name: str, case: Case) -> None:
    assert case.holds(packs[name])


@pytest.mark.parametrize("name", shipped_packs())
def test_every_rule_has_both_kinds_of_case(packs: dict[str, RulePack], name: str) -> None:
    cases = cases_of(name)
    rules = {rule.id for rule in packs[name].rules}
    assert {case.rule for case in cases if case.decision is not Decision.ALLOW} == rules
    assert {case.rule for case in cases if case.decision is Decision.ALLOW} == rules


@pytest.mark.parametrize("name", shipped_packs())
def test_every_condition_filter_and_decision_is_held_by_a_case(
    packs: dict[str, RulePack], name: str
) -> None:
    cases = cases_of(name)
    survivors = [
        f"{rule.id}: {change}"
        for rule in packs[name].rules
        for change, mutant in mutants(packs[name], rule)
        if all(case.holds(mutant) for case in cases if case.rule == rule.id)
    ]
    assert survivors == []


def mutants(pack: RulePack, rule: Rule) -> Iterator[tuple[str, RulePack]]:
    """The pack with one part of `rule` taken out or changed, and what that was."""
    for index, condition in enumerate(rule.conditions):
        before, after = rule.conditions[:index], rule.conditions[index + 1 :]
        without = replace(rule, conditions=before + after)
        yield f"condition {index} on {condition.label} dropped", _with_rule(pack, without)
        if condition.where or condition.matches or condition.unless:
            bare = replace(condition, where={}, matches={}, unless={})
            blunt = replace(rule, conditions=(*before, bare, *after))
            yield f"filters of condition {index} dropped", _with_rule(pack, blunt)
    for profile, decision in rule.decisions.items():
        for other in set(Decision) - {decision}:
            changed = replace(rule, decisions={**rule.decisions, profile: other})
            yield f"{profile} gets {other}", _with_rule(pack, changed)


def _with_rule(pack: RulePack, rule: Rule) -> RulePack:
    rules = tuple(rule if other.id == rule.id else other for other in pack.rules)
    return replace(pack, rules=rules)
