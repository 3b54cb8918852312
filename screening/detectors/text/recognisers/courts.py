"""Courts by name: spellings of `courts-db`, and the words that stand for a court."""

from __future__ import annotations

import re
from typing import ClassVar

from courts_db import find_court, find_court_by_id

from screening.detectors.text.recognisers.base import Span

_WORTH_A_LOOK = re.compile(r"court|tribunal|chancery", re.IGNORECASE)

_COURT_WORDS = re.compile(
    r"\b(?:court\s*house|court\s*room|(?:(?:u\.?\s?s\.?|united states|federal|state|county|"
    r"municipal|city|circuit|district|superior|supreme|juvenile|family|probate|bankruptcy|traffic|"
    r"criminal|civil|appeals?|magistrates?'?|crown|high|justice)\s+)+courts?\b|"
    r"courts? of (?:appeals?|claims|common pleas|justice)|clerk of (?:the )?courts?|"
    r"(?:judge'?s?\s+)?chambers of|clerk'?s office|court officer|court security)",
    re.IGNORECASE,
)
_LONE_COURT = re.compile(r"^\W*(?:the\s+)?courts?\W*$", re.IGNORECASE)
_NO_COURT = re.compile(
    r"(?:food|tennis|basketball|volley ?ball|squash|badminton|bocce)\s+court|"
    r"high court of arbitration for sport",
    re.IGNORECASE,
)


class CourtNames:
    """A court that `courts-db` knows (score 0.95), or words that mean some court (0.75).

    The lone word COURT on a line scores 0.6.
    """

    name: ClassVar[str] = "court names"
    label: ClassVar[str] = "court_name"
    joins_lines: ClassVar[bool] = True

    def find(self, text: str) -> list[Span]:
        """The court named in `text`, once."""
        if not _WORTH_A_LOOK.search(text) and not _COURT_WORDS.search(text):
            return []
        if _NO_COURT.search(text):
            return []
        court_id = _known_court(text)
        words = _COURT_WORDS.search(text)
        if court_id:
            court = find_court_by_id(court_id)[0]["name"]
            return [Span(0, len(text), 0.95, {"court_id": court_id, "court": court})]
        if words:
            return [Span(*words.span(), 0.75)]
        if _LONE_COURT.match(text):
            return [Span(0, len(text), 0.6)]
        return []


def _known_court(text: str) -> str | None:
    """The id of the one court `courts-db` finds; None when it finds none or several."""
    bankruptcy = "bankruptcy" in text.lower()
    found = sorted(set(find_court(text, bankruptcy=bankruptcy)))
    return found[0] if len(found) == 1 else None
