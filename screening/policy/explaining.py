"""What a rule does, why it matters, an example and how to clear it, in plain words."""

from __future__ import annotations

from collections.abc import Sequence

from screening.policy.clearing import how_to_clear
from screening.policy.conditions import Beside, Condition
from screening.policy.evaluate import evaluate
from screening.policy.rulepack import DEFAULT, Rule, RulePack
from screening.policy.ruletests import Case
from screening.records import Decision

_OPENING = {
    Decision.BLOCK: "Do not post this",
    Decision.REVIEW: "Ask your supervisor before you post this",
}


def explained(pack: RulePack, rule: Rule, cases: Sequence[Case]) -> str:
    """Paragraphs about one rule of `pack`; the example is worked out from its first test."""
    decisions = ", ".join(
        f"{decision} for {'everybody else' if profile == DEFAULT else profile}"
        for profile, decision in sorted(rule.decisions.items(), key=lambda item: item[0] == DEFAULT)
    )
    does = "\n".join(f"  - {line}" for line in condition_lines(rule.conditions))
    why = "\n".join(
        f"  {clause.document}, section {clause.section}: “{clause.quote}”"
        for clause in rule.clauses
    )
    parts = [
        f"{rule.id} ({rule.category}, pack {pack.name} {pack.version})",
        f"What it does\n  Flags a file that shows or holds:\n{does}\n  Decision: {decisions}.",
        f"Why it matters\n{why}",
        f"Example\n  {example(pack, rule, cases)}",
        f"How to clear it\n  {how_to_clear(rule)}",
    ]
    return "\n\n".join(parts)


def condition_lines(conditions: Sequence[Condition]) -> list[str]:
    """One line for the labels that share everything else."""
    lines: dict[str, list[str]] = {}
    for condition in conditions:
        lines.setdefault(_limits(condition), []).append(condition.label)
    return [f"{', '.join(labels)}{limits}" for limits, labels in lines.items()]


def _limits(condition: Condition) -> str:
    parts = []
    if condition.min_score:
        parts.append(f"with a score of at least {condition.min_score:g}")
    if condition.min_count > 1:
        parts.append(f"at least {condition.min_count} in one frame")
    for key, texts in condition.where.items():
        parts.append(f"whose {key} is {' or '.join(sorted(texts))}")
    for key, pattern in condition.matches.items():
        parts.append(f"whose {key} matches {pattern.pattern}")
    for key, texts in condition.unless.items():
        parts.append(f"unless its {key} is {' or '.join(sorted(texts))}")
    if condition.beside is not None:
        parts.append(_beside_words(condition.beside))
    if condition.lacking:
        parts.append(f"in a file without {' or '.join(sorted(condition.lacking))}")
    return f" ({'; '.join(parts)})" if parts else ""


def _beside_words(beside: Beside) -> str:
    others = " or ".join(sorted(beside.labels))
    if beside.share is not None:
        return f"{beside.share:.0%} of it inside a box of {others}"
    return f"at most {beside.distance:g} of its own longer sides from {others}"


def example(pack: RulePack, rule: Rule, cases: Sequence[Case]) -> str:
    """What a reader is told about the first case that the rule flags."""
    for case in cases:
        if case.rule == rule.id and case.decision is not Decision.ALLOW:
            for violation in evaluate([pack], case.findings, (), case.profile).violations:
                if violation.rule == rule.id:
                    return (
                        f"A file with {case.what.replace('+', ' and ')}, posted as"
                        f" {case.profile}: “{_OPENING[violation.decision]}: {violation.message}.”"
                    )
    return "There is no rule test to take one from."
