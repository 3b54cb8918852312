"""Every shipped rule against the cases beside its pack; every part of a rule is held by one."""

from __future__ import annotations

import pytest

from screening.policy import (
    Case,
    load_cases,
    load_packs,
    ruletests_path,
    shipped_packs,
    unheld_parts,
)
from screening.policy.loading import pack_path
from screening.policy.ruletests import mutants, untested_rules
from screening.records import Decision

PACKS = {pack.name: pack for pack in load_packs((), profile="employee", known_labels=frozenset)}
CASES = {name: load_cases(ruletests_path(pack_path(name)), pack) for name, pack in PACKS.items()}


@pytest.mark.parametrize(
    ("name", "case"),
    [pytest.param(name, case, id=str(case)) for name, cases in CASES.items() for case in cases],
)
def test_case(name: str, case: Case) -> None:
    assert case.complaint(PACKS[name]) == ""


@pytest.mark.parametrize("name", shipped_packs())
def test_every_rule_has_both_kinds_of_case(name: str) -> None:
    rules = {rule.id for rule in PACKS[name].rules}
    assert untested_rules(PACKS[name], CASES[name]) == []
    assert {case.rule for case in CASES[name] if case.decision is Decision.ALLOW} == rules
    assert {case.rule for case in CASES[name] if case.decision is not Decision.ALLOW} == rules


def test_there_are_at_least_120_rule_tests() -> None:
    assert sum(map(len, CASES.values())) >= 120


@pytest.mark.parametrize("name", shipped_packs())
def test_deleting_any_part_of_any_rule_makes_a_case_fail(name: str) -> None:
    assert sum(1 for rule in PACKS[name].rules for _ in mutants(rule)) >= 80
    assert unheld_parts(PACKS[name], CASES[name]) == []


@pytest.mark.parametrize("name", shipped_packs())
def test_without_a_case_its_part_is_found_to_be_unheld(name: str) -> None:
    """The check itself can fail: a rule that keeps one case only has parts that nothing holds."""
    rule = PACKS[name].rules[0]
    others = [case for case in CASES[name] if case.rule != rule.id]
    last = [case for case in CASES[name] if case.rule == rule.id][-1:]
    unheld = unheld_parts(PACKS[name], [*others, *last])
    assert len(unheld) > len(rule.conditions)
    assert all(part.startswith(f"{rule.id}: ") for part in unheld)
    assert untested_rules(PACKS[name], others) == [rule.id]
