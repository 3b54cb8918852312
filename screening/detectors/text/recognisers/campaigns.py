"""Words of election campaigns: VOTE FOR, RE-ELECT, FOR SHERIFF, PAID FOR BY, known slogans."""

from __future__ import annotations

import re
from typing import ClassVar

from screening.detectors.text.recognisers.base import Span, claim
from screening.detectors.text.recognisers.look_alikes import Phrases

_OFFICES = (
    r"(?i:president|vice\spresident|congress(?:man|woman)?|(?:u\.?\s?s\.?\s)?senat(?:e|or)|governor"
    r"|lieutenant\sgovernor|attorney\sgeneral|mayor|sheriff|judge|justice|circuit\s(?:judge|clerk)"
    r"|state\s(?:rep(?:resentative)?|senat(?:e|or)|house|auditor|treasurer)|city\scouncil"
    r"|council(?:man|woman)?|alder(?:man|woman|person)|school\sboard|prosecut(?:or|ing\sattorney)"
    r"|county\s(?:executive|commission(?:er)?|clerk|council)|(?:district|circuit)\sattorney"
    r"|assessor|constable|coroner|treasurer|supreme\scourt|secretary\sof\sstate|comptroller"
    r"|trustee|parliament)"
)
_NO_OFFICE_AFTER = (
    r"(?!['\u2019]s|\s(?i:of|in|and|office|approval|review|parking|st|street|ave|avenue|rd|road)\b)"
)
_NAME = r"(?:[A-Z][\w'\u2019.-]+)"
_NO_CANDIDATE = (
    r"(?!(?i:your|the|a|an|my|our|me|us|it|this|that|best|as|one|up|to|not|from|by|him|her|them"
    r"|favou?rite)\b)"
)
_SENTENCES = (
    (
        "a call to elect somebody",
        0.8,
        rf"\b(?i:re-?\s?elect|elect)\s{_NO_CANDIDATE}{_NAME}(?:\s{_NAME}){{0,3}}",
    ),
    (
        "a call to vote for somebody",
        0.75,
        rf"\b(?i:vote\s(?:for|against))\s{_NO_CANDIDATE}{_NAME}(?:\s{_NAME}){{0,2}}",
    ),
    (
        "a call to vote on a measure",
        0.75,
        r"(?i)\bvote\s(?:yes|no)\s(?:on|for)\s(?:prop(?:osition)?|amendment|measure|issue|question)\b",
    ),
    (
        "a name and the office it runs for",
        0.75,
        rf"(?:\b{_NAME}(?:\s{_NAME}){{0,2}}|^\W*)\s?\b(?i:for)\s{_OFFICES}\b{_NO_OFFICE_AFTER}",
    ),
    (
        "who paid for an advertisement",
        0.8,
        r"(?i)\bpaid\sfor\sby\b|\bapprove[sd]?\sthis\s(?:message|ad)\b"
        r"|\bcampaign\s(?:headquarters|committee|office)\b",
    ),
    (
        # With & or a blank between them they are as often a couple and the year it married.
        "two names and an election year",
        0.6,
        rf"^\W*{_NAME}\s?[/|\u2022-]\s?{_NAME}\s(?:20|['\u2019])(?:0[048]|1[26]|2[048]|32)\W*$",
    ),
    (
        "a party to vote for",
        0.6,
        r"(?i)\bvote\s(?:democrat(?:ic)?|republican|libertarian|green|labour|conservative|blue|red"
        r"|gop|straight\sticket)\b",
    ),
)
_PATTERNS = [(why, score, re.compile(pattern)) for why, score, pattern in _SENTENCES]
_SLOGANS = Phrases(
    ("make america great again", "maga", "keep america great", "build back better", "yes we can",
     "feel the bern", "let's go brandon", "i'm with her", "ready for hillary", "never trump",
     "stop the steal", "lock her up", "i like ike", "nixon now", "dump trump", "fjb",
     "blue no matter who", "hope and change", "drain the swamp", "not my president",
     "women for trump", "latinos for trump", "catholics for biden", "veterans for kerry",
     "save america rally", "when we fight we win", "stronger together 2016", "america first 2024")
)  # fmt: skip


class CampaignSlogans:
    """Known slogans score 0.8, the sentences of campaigns 0.6 to 0.8."""

    name: ClassVar[str] = "campaign slogans"
    label: ClassVar[str] = "campaign"
    joins_lines: ClassVar[bool] = True

    def find(self, text: str) -> list[Span]:
        """The slogan or sentence of a campaign that says most."""
        spans = [
            claim(match.span(), 0.8, "a known campaign slogan", _SLOGANS.misread(match[0]))
            for match in _SLOGANS.finditer(text)
        ]
        spans += [
            claim(match.span(), score, why)
            for why, score, pattern in _PATTERNS
            for match in pattern.finditer(text)
        ]
        return sorted(spans, key=lambda span: -span.score)[:1]
