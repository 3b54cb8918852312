"""The answer for one file in plain words, as `screening check` gives it.

Whoever holds one picture must understand it in seconds: every thing that was found is named
once, under the strictest rule it breaks. All rules, with what they say, come on demand.
"""

from __future__ import annotations

from screening.records import Decision, FileResult
from screening.reports.exposure import exposure
from screening.reports.provenance import provenance
from screening.reports.reasons import Reason, reasons
from screening.reports.wording import clause_words, settlement_words

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
_ALL_SETTLED = (
    "You may post this: everything in it that your policies would object to is settled. Look once"
    " more yourself before you post it."
)
_HOW_TO_SEE_IT = "Show it with --reveal."
_NOT_CLEARED = "This file could not be fully examined, so it is not cleared for posting"


def plain_answer(result: FileResult, *, quotes: bool = False, reveal: bool = False) -> str:
    """What is wrong with a file, the strictest reasons first, each with the clauses behind it.

    Args:
        result: the file.
        quotes: name every rule, with all its clauses and what they say.
        reveal: what the metadata say in clear, and not only of which kinds it is.

    Returns:
        Paragraphs, without sensitive values unless `reveal`.
    """
    found = reasons(result)
    paragraphs = []
    last: Decision | None = None
    standing = [reason for reason in found if not reason.settled]
    for reason in standing if quotes else _telling(standing):
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
    settled = [_settled_words(reason) for reason in found if reason.settled]
    if not paragraphs:
        paragraphs.append(_ALL_SETTLED if settled else _NOTHING_FOUND)
    paragraphs += settled
    if exposed := exposure(result.findings):
        paragraphs.append(exposed)
    if told := provenance(result.findings, reveal=reveal):
        paragraphs.append(told if reveal else f"{told} {_HOW_TO_SEE_IT}")
    return "\n\n".join(paragraphs)


def _settled_words(reason: Reason) -> str:
    why = "; ".join(settlement_words(one) for one in reason.settled)
    return f"Settled: {reason.message.rstrip('.')}. Reason: {why}."


def _telling(found: list[Reason]) -> list[Reason]:
    """Without those that say nothing about any thing that is not named before."""
    telling: list[Reason] = []
    named: set[str] = set()
    for reason in found:
        if not reason.findings <= named:
            telling.append(reason)
            named |= reason.findings
    return telling


def _paragraph(opening: str, reason: Reason, quotes: bool) -> str:
    claim = f"{opening}: {reason.message.rstrip('.')}."
    if quotes:
        quoted = (f"    {clause_words(clause)}: “{clause.quote}”" for clause in reason.clauses)
        return "\n".join([claim, *quoted])
    main_clauses = dict.fromkeys(clause_words(one.clauses[0]) for one in reason.violations)
    return f"{claim} Policy: {'; '.join(main_clauses)}."


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]
