"""Threats of violence, by their usual sentences; a person must judge whether one is meant."""

from __future__ import annotations

import re
from typing import ClassVar

from screening.detectors.text.recognisers.base import Span, claim

_PEOPLE = (
    r"(?:you|ya|him|her|them|y['\u2019]?all|everyone|everybody|(?:all|those|these|the|that|this|every|your"
    r"|his|any|some)\s(?:[\w'\u2019-]+\s){0,2}?(?:cops?|police|pigs?|judges?|officers?|feds?|agents?"
    r"|lawyers?|prosecutors?|witness(?:es)?|snitch(?:es)?|rats?|bastards?|traitors?|famil(?:y|ies)"
    r"|kids?|wife|children|people|students?|teachers?|bosses|neighbou?rs?|marshals?|deput(?:y|ies)"
    r"|jur(?:y|ors?)|politicians?|senators?|governor|mayor|president))"
)
_VIOLENCE = (
    r"(?:kill|murder|shoot|stab|strangle|lynch|behead|execute|assassinate|beat\sup|burn\salive"
    r"|hang|gun\sdown|run\sover|hunt\sdown|slaughter|bury|bomb|blow\sup)"
)
_WILL = (
    r"(?:i|we|they|he|she|somebody|someone)(?:['\u2019]?\s?(?:ll|m|re|ma)\b|\swill|\sam|\sare|\sis"
    r"|\swanna|\swant\sto|\sshould|\sought\sto|\sneeds?\sto)"
    r"(?:\s(?:gonna|going\sto|coming\sto|about\sto|finally|personally|fucking|just))*"
)
_SENTENCES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_WILL}\s(?:{_VIOLENCE}\s{_PEOPLE}\b|(?:hunt|gun)\s{_PEOPLE}\sdown\b"
        rf"|beat\s{_PEOPLE}\s(?:up|to\s(?:death|a\spulp))\b|burn\s{_PEOPLE}\salive\b)",
        r"\b(?:you|he|she|they)\s(?:will|are\sgoing\sto|gonna)\sbe\s(?:shot|killed)\b",
        r"\b(?:should|must|deserves?\sto|needs?\sto|ought\sto)\s(?:all\s)?(?:die|be\s(?:shot|hanged"
        r"|hung|killed|executed|lynched|burned|beheaded|stabbed))\b",
        r"\bdeath\sto\s(?:all\s|the\s|every\s)?[a-z]{3,}",
        r"\b(?:kill|shoot|hang|lynch|execute|behead|bomb)\s(?:all\s(?:the\s)?|every\s|the\s|those\s"
        r"|these\s)?(?:cops?|police|pigs|judges?|feds|officers?|prosecutors?|jurors?|snitch(?:es)?"
        r"|traitors?|politicians?)\b",
        r"\b(?:shoot\sup|blow\sup|burn\sdown|bomb|torch)\s(?:the|this|that|your|his|her)\s"
        r"(?:[\w'\u2019-]+\s){0,2}?(?:court\s?house|court|school|church|mosque|synagogue|precinct|police"
        r"\sstation|station|office|building|house|place|capitol)\b",
        r"\b(?:you|he|she|they|judge\s\w+)(?:['\u2019]?re|\sare|['\u2019]?s|\sis)\s(?:a\s)?(?:dead\s(?:man|woman"
        r"|meat)|as\sgood\sas\sdead|dead\sif)\b|\byour?\s?(?:are|['\u2019]?re)?\sdays\sare\snumbered\b",
        r"\b(?:we|i)\sknow\swhere\s(?:you|he|she|they|your\s\w+)\s(?:live|work|sleep|lives|works)\b",
        r"\b(?:snitches\sget\sstitches|watch\syour\sback|sleep\swith\sone\seye\sopen|you['\u2019]?ll\spay"
        r"\swith\syour\s(?:life|blood)|bullet\swith\syour\sname|put\sa\sbullet\sin\s\w+)\b",
    )
)
# I'LL KILL YOU WITH KINDNESS, KILL THE LIGHTS, SHOOT ME A MESSAGE, the killing of time and bugs.
_HARMLESS = re.compile(
    r"\bwith\s(?:kindness|love|laughter|a\scamera)|\bshoot\s(?:you|him|her|them|me)\s(?:an?\s|the\s)?"
    r"(?:text|message|e-?mail|note|line|photo|picture|dm|link|quick|over)|\bhang\s(?:out|with)"
    r"|\bhang\s(?:you|him|her|them)\s(?:on|up|out)|\bdeath\sto\s(?:life|taxes|smoochy|night)"
    r"|\bbury\s(?:you|him|her)\s(?:in|under)\s(?:love|paperwork|gifts)",
    re.IGNORECASE,
)


class Threats:
    """Score 0.7: irony and quotation read the same."""

    name: ClassVar[str] = "threats"
    label: ClassVar[str] = "threat"
    joins_lines: ClassVar[bool] = True

    def find(self, text: str) -> list[Span]:
        """Every sentence that threatens."""
        harmless = [match.span() for match in _HARMLESS.finditer(text)]
        return [
            claim(match.span(), 0.7, "the words of a threat")
            for pattern in _SENTENCES
            for match in pattern.finditer(text)
            if not any(start <= match.end() + 1 and match.start() <= end for start, end in harmless)
        ][:1]
