"""Date and place of a judicial programme or meeting, over the lines of a notice."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from screening.detectors.text.recognisers.base import Passage
from screening.detectors.text.recognisers.dates import DAY, TIME
from screening.detectors.text.recognisers.look_alikes import straight

_S = r"['\u2019]?s?['\u2019]?"
_WHOSE = (
    rf"(?:judicial|judiciary|judge{_S}|magistrates?|bench(?:[- ](?:and|&)[- ]bar)?|bench-bar"
    rf"|court{_S}|chambers|clerk{_S}(?:\s+office)?|circuit|sentencing|law\s+clerks?|probation|pretrial"
    r"|bailiffs?|court\s+reporters?|jury|court\s+security|bankruptcy|federal\s+bar|judgeship)"
)
_EVENT = (
    r"(?:conference|seminar|retreat|workshop|training|trainings|meeting|institute|luncheon|lunch"
    r"|reception|ceremony|investiture|orientation|symposium|dinner|programme?|college|academy"
    r"|colloquium|forum|summit|committee|briefing|swearing[- ]in)"
)
_JUDICIAL = re.compile(
    rf"\b{_WHOSE}(?:\s+[\w&'\u2019-]+){{0,3}}?\s+{_EVENT}\b"
    rf"|\b{_EVENT}\s+(?:of|for)\s+(?:the\s+|all\s+|new\s+|federal\s+|state\s+|our\s+){{0,2}}{_WHOSE}\b"
    r"|\binvestiture\b|\bswearing[- ]in\s+of\s+(?:the\s+)?(?:hon|judge|justice)",
    re.IGNORECASE,
)
_NO_COURT_OF_LAW = re.compile(
    r"\b(?:tennis|basketball|food|squash|volleyball|pickleball|badminton|racquetball|park|bench"
    r"\s+press|print|gymnastics?|short)\s+(?:court|circuit|bench)|\bcourt\s?(?:yard|side)|\bbench"
    r"\s?(?:press|mark)|\bcircuit\s+(?:training|class|workout|board)|\bdog\s+training",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"\b(?:(?:court)?room|courthouse|suite|ballroom|hall|hotel|resort|lodge|inn|cent(?:er|re)"
    r"|auditorium|chambers|library|floor|building|university|club|theat(?:er|re)|plaza|museum"
    r"|annex|pavilion|campus|zoom|webex|teams|street|avenue|blvd|drive|salon|terrace|restaurant"
    r"|[a-z]{3,},\s?(?-i:[A-Z]{2}))\b",
    re.IGNORECASE,
)
_DAY, _TIME = re.compile(DAY, re.IGNORECASE), re.compile(TIME, re.IGNORECASE)
_WINDOW = 4
"""Lines above and below the name of the event that its date may stand in."""


class Programmes:
    """An event of judges or court staff with its day, and its time or place.

    Score 0.9 with day, time and place; 0.75 with the day and one of the two.
    """

    name: ClassVar[str] = "judicial programmes"
    label: ClassVar[str] = "programme"

    def find(self, lines: Sequence[str]) -> list[Passage]:
        """One passage per event in `lines`."""
        plain = [straight(line) for line in lines]
        passages: list[Passage] = []
        last = -_WINDOW
        for number, line in enumerate(plain):
            match = _JUDICIAL.search(line)
            # A notice names its event more than once.
            if match is None or number - last < _WINDOW or _NO_COURT_OF_LAW.search(line):
                continue
            near = range(max(number - _WINDOW, 0), min(number + _WINDOW + 1, len(plain)))
            days = _places(_DAY, plain, near)
            times = _places(_TIME, plain, near)
            rooms = _places(_PLACE, plain, near, besides=(number, *match.span()))
            if not days or not (times or rooms):
                continue
            last = number
            parts = tuple(sorted({(number, *match.span()), *days, *times, *rooms}))
            score = 0.9 if times and rooms else 0.75
            passages.append(Passage(parts, score, "a judicial event with day and place or time"))
        return passages


def _places(
    pattern: re.Pattern[str],
    lines: Sequence[str],
    near: range,
    besides: tuple[int, int, int] = (-1, 0, 0),
) -> list[tuple[int, int, int]]:
    line, start, end = besides
    return [
        (number, *match.span())
        for number in near
        for match in pattern.finditer(lines[number])
        if number != line or match.start() >= end or match.end() <= start
    ]
