"""What differs between two versions of a rule pack, rule by rule and clause by clause."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from screening.policy.explaining import condition_lines
from screening.policy.rulepack import DEFAULT, Rule, RulePack


def differences(old: RulePack, new: RulePack) -> list[str]:
    """One line for each difference; none when both judge alike and cite the same."""
    return [*_rule_changes(old, new), *_clause_changes(old, new)]


def _rule_changes(old: RulePack, new: RulePack) -> Iterator[str]:
    before = {rule.id: rule for rule in old.rules}
    after = {rule.id: rule for rule in new.rules}
    for rule in before:
        if rule not in after:
            yield f"- {rule}: no longer there"
    for rule, now in after.items():
        if rule not in before:
            yield f"+ {rule}: new"
        else:
            yield from (f"~ {rule}: {what}" for what in _changes(before[rule], now))


def _changes(old: Rule, new: Rule) -> Iterator[str]:
    lines_before, lines_after = condition_lines(old.conditions), condition_lines(new.conditions)
    yield from (f"no longer flags {line}" for line in lines_before if line not in lines_after)
    yield from (f"now flags {line}" for line in lines_after if line not in lines_before)
    for profile in dict.fromkeys((*old.decisions, *new.decisions)):
        before, after = old.decision_for(profile), new.decision_for(profile)
        if before is not after:
            who = "everybody else" if profile == DEFAULT else profile
            yield f"{before} becomes {after} for {who}"
    for what, before_text, after_text in (
        ("message", old.message, new.message),
        ("category", old.category, new.category),
        ("clauses", _ids(old), _ids(new)),
        ("settled by", ", ".join(sorted(old.settled_by)), ", ".join(sorted(new.settled_by))),
    ):
        if before_text != after_text:
            yield f"{what}: {before_text or 'none'} becomes {after_text or 'none'}"


def _ids(rule: Rule) -> str:
    return ", ".join(clause.id for clause in rule.clauses)


def _clause_changes(old: RulePack, new: RulePack) -> Iterator[str]:
    before: Mapping[str, str] = {clause.id: clause.quote for clause in old.clauses}
    after: Mapping[str, str] = {clause.id: clause.quote for clause in new.clauses}
    yield from (f"- clause {one}: no longer there" for one in before if one not in after)
    for one, quote in after.items():
        if one not in before:
            yield f"+ clause {one}: new"
        elif quote != before[one]:
            yield f"~ clause {one}: quotes other words"
