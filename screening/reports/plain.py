"""The answer for one file in plain words, as `screening check` gives it."""

from __future__ import annotations

from screening.records import Clause, Decision, FileResult, Violation
from screening.reports.wording import clause_words

_OPENING = {
    Decision.BLOCK: "Do not post this",
    Decision.REVIEW: "Ask your supervisor before you post this",
}
_NOTHING_FOUND = (
    "Nothing was found in this file that your policies forbid. A picture can still say more than"
    " a program sees: look once more yourself before you post it."
)
_NOT_CLEARED = "This file could not be fully examined, so it is not cleared for posting"


def plain_answer(result: FileResult, *, quotes: bool = False) -> str:
    """What is wrong with a file, the strictest reasons first, each with the clauses behind it.

    Args:
        result: the file.
        quotes: add what the clauses say.

    Returns:
        Lines of text without sensitive values.
    """
    paragraphs = [
        _reason(decision, message, clauses, quotes)
        for (decision, message), clauses in _reasons(result).items()
    ]
    paragraphs += [
        f"{_NOT_CLEARED}: {_lower_first(failure.message)}" for failure in result.failures
    ]
    return "\n\n".join(paragraphs or [_NOTHING_FOUND])


def _reasons(result: FileResult) -> dict[tuple[Decision, str], list[Clause]]:
    """Clauses by decision and message; one message under several policies stands once.

    Where the same message blocks under one policy and asks for review under another, the
    stricter decision holds.
    """
    strictest: dict[str, list[Violation]] = {}
    for violation in result.verdict.violations:
        strictest.setdefault(violation.message, []).append(violation)
    reasons = {
        (max((one.decision for one in group), key=lambda one: one.rank), message): list(
            dict.fromkeys(clause for one in group for clause in one.clauses)
        )
        for message, group in strictest.items()
    }
    return dict(sorted(reasons.items(), key=lambda item: -item[0][0].rank))


def _reason(decision: Decision, message: str, clauses: list[Clause], quotes: bool) -> str:
    places = "; ".join(clause_words(clause) for clause in clauses)
    lines = [f"{_OPENING[decision]}: {message.rstrip('.')}. Policy: {places}."]
    if quotes:
        lines += [f"    {clause_words(clause)}: “{clause.quote}”" for clause in clauses]
    return "\n".join(lines)


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]
