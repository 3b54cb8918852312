"""The answer for one file in plain words, as `screening check` gives it.

Whoever holds one picture must understand it in seconds: every thing that was found is named
once, under the strictest rule it breaks. All rules, with what they say, come on demand.
"""

from __future__ import annotations

from dataclasses import dataclass

from screening.records import Decision, FileResult, Violation, strictest
from screening.reports.wording import clause_words

_OPENING = {
    Decision.BLOCK: "Do not post this",
    Decision.REVIEW: "Ask your supervisor before you post this",
}
_ASK_AS_WELL = "Even without that, ask your supervisor first"
_NEXT = "Also"
_NOTHING_FOUND = (
    "Nothing was found in this file that your policies forbid. A picture can still say more than"
    " a program sees: look once more yourself before you post it."
)
_NOT_CLEARED = "This file could not be fully examined, so it is not cleared for posting"


@dataclass(frozen=True, slots=True)
class _Reason:
    """All violations with one message: the same thing may be forbidden by several policies."""

    message: str
    violations: list[Violation]

    @property
    def decision(self) -> Decision:
        return strictest(violation.decision for violation in self.violations)

    @property
    def findings(self) -> set[str]:
        return {finding for violation in self.violations for finding in violation.findings}


def plain_answer(result: FileResult, *, quotes: bool = False) -> str:
    """What is wrong with a file, the strictest reasons first, each with the clauses behind it.

    Args:
        result: the file.
        quotes: name every rule, with all its clauses and what they say.

    Returns:
        Paragraphs without sensitive values.
    """
    reasons = _reasons(result)
    paragraphs = []
    last: Decision | None = None
    for reason in reasons if quotes else _telling(reasons):
        if reason.decision is last:
            opening = _NEXT
        elif last is None:
            opening = _OPENING[reason.decision]
        else:
            opening = _ASK_AS_WELL
        last = reason.decision
        paragraphs.append(_paragraph(opening, reason, quotes))
    paragraphs += [
        f"{_NOT_CLEARED}: {_lower_first(failure.message)}" for failure in result.failures
    ]
    return "\n\n".join(paragraphs or [_NOTHING_FOUND])


def _reasons(result: FileResult) -> list[_Reason]:
    """Strictest first; where one message stands for two decisions, the stricter one holds."""
    by_message: dict[str, list[Violation]] = {}
    for violation in result.verdict.violations:
        by_message.setdefault(violation.message, []).append(violation)
    reasons = [_Reason(message, violations) for message, violations in by_message.items()]
    return sorted(reasons, key=lambda reason: -reason.decision.rank)


def _telling(reasons: list[_Reason]) -> list[_Reason]:
    """Without those that say nothing about any thing that is not named before."""
    telling: list[_Reason] = []
    named: set[str] = set()
    for reason in reasons:
        if not reason.findings <= named:
            telling.append(reason)
            named |= reason.findings
    return telling


def _paragraph(opening: str, reason: _Reason, quotes: bool) -> str:
    claim = f"{opening}: {reason.message.rstrip('.')}."
    if quotes:
        clauses = dict.fromkeys(clause for one in reason.violations for clause in one.clauses)
        return "\n".join(
            [claim, *(f"    {clause_words(clause)}: “{clause.quote}”" for clause in clauses)]
        )
    main_clauses = dict.fromkeys(clause_words(one.clauses[0]) for one in reason.violations)
    return f"{claim} Policy: {'; '.join(main_clauses)}."


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]
