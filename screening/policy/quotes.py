"""Checks that what a pack quotes stands in the document."""

from __future__ import annotations

import re

from screening.policy.rulepack import RulePack

_LINE_BREAK = re.compile(r"[^\S\n]*\n\s*")


def check_quotes(pack: RulePack, document_text: str) -> list[str]:
    """Ids of the clauses whose quote is not in `document_text`, character by character.

    Only line breaks, with the blank space around them, count as one space.
    """
    return [clause.id for clause in pack.clauses if not is_quoted(clause.quote, document_text)]


def is_quoted(quote: str, document_text: str) -> bool:
    """Whether `quote` stands in `document_text`, as above."""
    return _unbroken(quote) in _unbroken(document_text)


def _unbroken(text: str) -> str:
    return _LINE_BREAK.sub(" ", text)
