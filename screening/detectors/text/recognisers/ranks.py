"""People by rank or office: SGT. DOE, OFFICER J. DOE, JUDGE DOE, HON. JANE DOE."""

from __future__ import annotations

import re
from typing import ClassVar

from screening.detectors.text.recognisers.base import Span, claim
from screening.detectors.text.recognisers.look_alikes import NO_LETTER_BEFORE, Phrases, choice

_POLICE = (
    "sgt", "sergeant", "ssgt", "cpl", "corporal", "lieut", "lieutenant", "capt", "cpt", "captain",
    "maj", "ptlm", "ptl", "patrolman", "ofc", "ofcr", "officer", "det", "detective",
    "det sgt", "insp", "inspector", "dep", "deputy", "deputy sheriff", "sheriff", "undersheriff",
    "constable", "trooper", "tpr", "agent", "special agent", "cmdr", "lt",
    "probation officer", "pretrial officer", "marshal", "deputy marshal", "chief",
)  # fmt: skip
_COURT = (
    "judge", "justice", "chief judge", "magistrate judge", "district judge", "circuit judge",
    "bankruptcy judge", "presiding judge", "senior judge", "hon", "honorable", "the honorable",
    "the hon", "magistrate", "bailiff", "law clerk", "court reporter",
)  # fmt: skip
_VOCABULARY = Phrases((*_POLICE, *_COURT))
_COURT_RANK = re.compile(choice(_COURT), re.IGNORECASE)
# CHIEF MARKET and MAJOR DEAL: the dot or a name of the right look decides; see _NAME.
_NAME = r"(?:[A-Z]\.?\s?){0,2}(?:[A-Z][a-z]{1,}|[A-Z][A-Z'\u20190-9|l-]{2,14})"
_FULL_NAME = rf"{_NAME}(?:\s(?:[A-Z]\.\s?)?{_NAME}){{0,2}}"
_RANKED = re.compile(
    rf"(?i:{NO_LETTER_BEFORE}(?P<rank>{choice((*_POLICE, *_COURT))}))"
    rf"(?P<gap>\.\s?|\s|:\s?)(?P<name>{_FULL_NAME})(?![\w])"
)
_FULL_RANK_WORDS = """
SERGEANT SGT CORPORAL CPL LIEUTENANT LIEUT LT PTLM OFC OFCR DET DETECTIVE DEPUTY TROOPER TPR CAPT
CPT OFFICER JUDGE HON HONORABLE MAGISTRATE PATROLMAN
"""
_FULL_RANKS = frozenset(_FULL_RANK_WORDS.split())
"""Ranks that no shop or street is named after; the others need their dot or initial."""

# What follows a rank without being a name: OFFICER TRAINING, JUDGE ORDERS, Captain America.
_NOT_NAMES = """
titles, duties: OF ON IN AT TO THE AND OR FOR WITH BY AS IS ARE WAS WILL HAS NO NOT ONLY OUR YOUR
    ID BADGE STAR SHIELD NUMBER NAME UNIT DUTY TRAINING ACADEMY SAFETY DOWN MEMORIAL FRIENDLY
    APPROVED INITIALS INITIAL SIGNATURE SIGNED DATE ASSIGNED REPORT REPORTING INVOLVED RELATIONS
    PATROL SUPERVISOR PROGRAM EXAM TEST JOBS CAREERS RECRUIT RECRUITMENT CANDIDATE
law: SHERIFF SHERIFFS POLICE MARSHAL MARSHALS JUDGE JUDGES JUSTICE COURT COURTS CLERK ATTORNEY
    GENERAL OFFICE OFFICER OFFICERS DEPARTMENT DEPT DIVISION BUREAU DISTRICT CIRCUIT COUNTY STATE
    FEDERAL CITY MUNICIPAL PROBATION PRETRIAL SPECIAL AGENT CHIEF SENIOR PRESIDING MAGISTRATE
    ADVOCATE CENTER LEAGUE SYSTEM PEACE DISQUALIFIED CHAMBERS CONSTABLE DEPUTY DETECTIVE INSPECTOR
posts: DIRECTOR MINISTER MANAGER EDITOR HEAD CHAIR CHAIRMAN MAYOR GOVERNOR SECRETARY ASSISTANT
    COMMISSIONER PRINCIPAL DEAN EXECUTIVE FINANCIAL OPERATING TECHNOLOGY INFORMATION MARKETING
films, brands: AMERICA MARVEL MORGAN HOOK COOK CRUNCH JACK KIRK PIKACHU CONAN COMICS WOODY DREDD
    JUDY TIRASPOL PEPPER GADGET ORANGE SMITHS DAN DEW
firms: INC LLC LTD CO MARKET STORES STREET ST AVE AVENUE ROAD RD LANE PARK SCHOOL HOUSE HOTEL BEER
"""
_STOP = frozenset(re.findall(r"\b[A-Z]+\b", _NOT_NAMES))


class RankedNames:
    """A rank or office and the name after it: score 0.8, with dot or initial 0.85."""

    name: ClassVar[str] = "ranks and names"
    label: ClassVar[str] = "ranked_name"
    # Below OFFICER on a patch stands a town as often as a name.
    joins_lines: ClassVar[bool] = False

    def find(self, text: str) -> list[Span]:
        """Every such pair of rank and name."""
        spans = []
        for match in _RANKED.finditer(text):
            names = _names(match)
            if match["rank"] == match["rank"].lower() or not names:
                continue
            kind = "court" if _COURT_RANK.fullmatch(match["rank"]) else "police"
            marked = "." in match["gap"] or any(len(name[0]) == 1 for name in names)
            if not marked and not _is_full(match["rank"]):
                continue
            place = (match.start(), match.start("name") + names[-1].end())
            misread = _VOCABULARY.misread(match["rank"])
            score, why = 0.85 if marked else 0.8, "a rank or office before a name"
            spans.append(claim(place, score, why, misread, {"rank_kind": kind}))
        return spans


def _names(match: re.Match[str]) -> list[re.Match[str]]:
    """The words after a rank up to the first that is no name; initials alone are none."""
    words = []
    for word in re.finditer(r"[^\W\d_](?:[\w'\u2019|-]*\w)?", match["name"]):
        if word[0].upper() in _STOP:
            break
        words.append(word)
    return words if any(len(word[0]) > 1 for word in words) else []


def _is_full(rank: str) -> bool:
    plain = re.sub(r"\W", "", rank).upper()
    return plain in _FULL_RANKS or plain.endswith(("SGT", "JUDGE", "AGENT"))
