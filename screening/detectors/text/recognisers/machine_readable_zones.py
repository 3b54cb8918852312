"""Machine-readable zones of passports and identity cards.

ICAO Doc 9303, parts 4 to 6: TD3 has two lines of 44 characters, TD2 two of 36, TD1 three of 30.
OCR miscounts the fillers (`<`) at the end of a line, so fields are taken from its start.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from screening.detectors.text.recognisers.base import Passage

_FILLERS = str.maketrans(
    {"«": "<<", "\u2039": "<", "\uff1c": "<", "〈": "<", "く": "<", "≤": "<", " ": ""}
)
_TO_DIGITS = str.maketrans("OQDILZSGB", "000112568")
_D = "[0-9OQDILZSGB]"
_LOWER_LINE = re.compile(  # of TD2 and TD3
    rf"(?P<number>[A-Z0-9<]{{9}})(?P<number_check>{_D}|<)[A-Z0-9<]{{3}}"
    rf"(?P<birth>{_D}{{6}})(?P<birth_check>{_D})[MFX<]"
    rf"(?P<expiry>{_D}{{6}})(?P<expiry_check>{_D})[A-Z0-9<]{{2,}}"
)
_MIDDLE_LINE = re.compile(  # of TD1
    rf"(?P<birth>{_D}{{6}})(?P<birth_check>{_D})[MFX<]"
    rf"(?P<expiry>{_D}{{6}})(?P<expiry_check>{_D})[A-Z<]{{3}}[A-Z0-9<]{{4,}}"
)
_TOP_LINE = re.compile(r"(?:P[A-Z<]|[IAC][A-Z<]|V[A-Z<])[A-Z0<]{3}[A-Z0-9<]{3,}<{3,}[A-Z0-9<]*")
_ZONE_LINE = re.compile(r"[A-Z0-9<]{18,}")
_WEIGHTS = (7, 3, 1)


class MachineReadableZones:
    """Score 0.95 when all check digits hold, 0.85 when one does not, 0.7 for the shape alone."""

    name: ClassVar[str] = "machine-readable zones"
    label: ClassVar[str] = "id_document"

    def find(self, lines: Sequence[str]) -> list[Passage]:
        """One passage per zone in `lines`."""
        plain = [line.upper().translate(_FILLERS) for line in lines]
        found: list[Passage] = []
        taken: set[int] = set()
        ranked = sorted(
            ((_score(line), number) for number, line in enumerate(plain)),
            key=lambda item: (-item[0], item[1]),
        )
        for score, number in ranked:
            if score == 0 or number in taken:
                continue
            zone = [
                other
                for other in range(max(number - 2, 0), min(number + 3, len(plain)))
                if other == number or ("<" in plain[other] and _ZONE_LINE.fullmatch(plain[other]))
            ]
            taken.update(zone)
            why = (
                "check digits of a machine-readable zone"
                if score > 0.7
                else ("the shape of a machine-readable zone")
            )
            parts = tuple((line, 0, len(lines[line])) for line in zone)
            found.append(Passage(parts, score, why, {"id_kind": "machine_readable_zone"}))
        return found


def _score(line: str) -> float:
    for pattern in (_LOWER_LINE, _MIDDLE_LINE):
        match = pattern.fullmatch(line)
        if match is None:
            continue
        fields = [name for name in match.groupdict() if not name.endswith("_check")]
        failed = sum(not _holds(match[name], match[f"{name}_check"]) for name in fields)
        if failed == 0:
            return 0.95
        if failed == 1 and len(fields) == 3:
            return 0.85
    return 0.7 if _TOP_LINE.fullmatch(line) else 0.0


def _holds(field: str, check: str) -> bool:
    """Whether the check digit fits, with letters taken for digits in the field or without."""
    if check == "<":
        return not field.strip("<")
    digit = int(check.translate(_TO_DIGITS))
    readings = {
        field,
        field.translate(_TO_DIGITS),
        field.replace("O", "0"),
        field.replace("0", "O"),
    }
    return any(check_digit(reading) == digit for reading in readings)


def check_digit(field: str) -> int:
    """ICAO Doc 9303-3, 4.9: weights 7, 3, 1 over 0-9, A-Z as 10-35 and `<` as 0; modulo 10."""
    values = (0 if char == "<" else int(char, 36) for char in field)
    return sum(value * _WEIGHTS[place % 3] for place, value in enumerate(values)) % 10
