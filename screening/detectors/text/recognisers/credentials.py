"""Passwords, PINs, log-ins and keys on sticky notes and screens."""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import ClassVar

from screening.detectors.text.recognisers.base import Span, claim, outside
from screening.detectors.text.recognisers.indian_places import is_postal_pin

_WORDS = (
    r"(?:pass\s?(?:word|w[o0]rd|code|phrase|wd|key)|passw[o0]rd|passwd|pwd|p/w|pw|wi-?fi(?:\s(?:pass"
    r"|password|key|pw|pwd|code))|(?:wpa2?|wep|network|security)\s?key|(?:door|gate|alarm|access"
    r"|entry|safe|vault|keypad|garage|lock(?:box)?|bitlocker|recovery|mfa|otp|2fa|voicemail)\s?(?:code|pin"
    r"|combo|combination|key)|combination)"
)
_SEPARATOR = r"\s?(?:[:=\uff1a]|(?<=\s)[-\u2013](?=\s)|\bis\b|->|→)\s?"
_VALUE = r"(?P<value>[^\s,;\"'<>|]{3,64})"
_STATED = re.compile(rf"(?<![^\W_])(?P<word>{_WORDS}){_SEPARATOR}[\"']?{_VALUE}", re.IGNORECASE)
_PIN = re.compile(
    r"(?<![^\W_])pin(?:\s?(?:code|no|number|#))?\s?[:=#\uff1a]?\s?(?P<value>\d{4,8})"
    r"(?![\d-])",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"(?<![^\W_])(?:user\s?(?:name|id)?|log-?in(?:\sid)?|userid|uid|acct\slogin)\s?[:=\uff1a]\s?"
    r"(?P<value>[A-Za-z][\w.@\\+-]{2,48})(?=\s*(?:$|[,;/|]|pass|pw|pwd|pin))",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"(?<![^\W_])(?:door|gate|alarm|access|entry|safe|vault|keypad|garage|lock(?:box)?|pass)\s?code\s"
    r"(?P<value>\d{4,8})[#*]?(?![\w-])",
    re.IGNORECASE,
)
# Without a separator the value itself must look like a password.
_UNSTATED = re.compile(rf"(?<![^\W_]){_WORDS}\s{_VALUE}", re.IGNORECASE)
_WIFI_CODE = re.compile(r"\bWIFI:(?=[^\n]*\bP:)[^\n]+", re.IGNORECASE)
_ONE_TIME_KEY = re.compile(r"\botpauth://\S+", re.IGNORECASE)
_TOKENS = re.compile(
    r"(?<!\w)(?:(?:AKIA|ASIA)[A-Z0-9]{16}|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{30,}"
    r"|xox[abprs]-[\w-]{10,}|AIza[\w-]{30,}|sk-(?:proj-|live-)?[\w-]{20,}|[sr]k_live_\w{16,}"
    r"|glpat-[\w-]{18,}|eyJ[\w-]{10,}\.[\w-]{10,}(?:\.[\w-]*)?)(?!\w)"
    r"|-{3,}\s?BEGIN\s(?:[A-Z]+\s)?PRIVATE\sKEY\s?-{3,}"
)
_NAMED_TOKEN = re.compile(
    r"(?<![^\W_])(?:api[\s_-]?key|secret(?:[\s_-]?key)?|access[\s_-]?(?:key|token)|auth[\s_-]?token"
    r"|bearer|token|client[\s_-]?secret|private[\s_-]?key)\s?[:=]?\s?[\"']?"
    r"(?P<value>[\w+/=.-]{16,})",
    re.IGNORECASE,
)
_NO_VALUE_WORDS = """
REQUIRED MUST SEE ASK ENTER YOUR FORGOT RESET HINT PROTECTED HERE NONE NEW OLD CHANGE CHANGED
INCORRECT INVALID WRONG EXPIRED EXPIRES ON OFF NOT THE A AN AT IN TO FOR FROM BY WITH OF AND OR
STRENGTH WEAK STRONG SHOW HIDE CONFIRM LOGIN USERNAME USER EMAIL OPTIONAL PLEASE REMEMBER POLICY
MANAGER AVAILABLE SAME UNKNOWN WILL SHOULD CAN MAY CANNOT NEEDED SENT BEING BETWEEN CHECK CONTACT
CALL PROVIDED SET SAFE SECRET PRIVATE UPDATE UPDATED TYPE KEY NOW NAME FIELD BLANK EMPTY DAILY FREE
OPEN CLOSED LOCK WHAT WHY HOW WHO MINIMUM LEAST LENGTH CASE
"""
_NO_VALUES = frozenset(_NO_VALUE_WORDS.split())
_LEAST_BITS = 3.3
"""Shannon entropy per character: base-64 keys of 20 characters have about 4, words about 2.9."""


class Credentials:
    """A stated password, code or PIN scores 0.85, a known kind of key 0.95, a log-in name 0.5."""

    name: ClassVar[str] = "credentials"
    label: ClassVar[str] = "credential"
    joins_lines: ClassVar[bool] = True

    def find(self, text: str) -> list[Span]:
        """Every credential with the word before it."""
        spans = [
            claim(match.span(), 0.95, why, evidence={"credential_kind": kind})
            for kind, why, pattern in (
                ("wifi", "the code of a wireless network", _WIFI_CODE),
                ("one_time_key", "the key of one-time passwords", _ONE_TIME_KEY),
                ("key", "the shape of a known kind of key", _TOKENS),
            )
            for match in pattern.finditer(text)
        ]
        for score, kind, why, pattern, wanted in (
            (0.85, "password", "a value after a word for passwords", _STATED, _is_value),
            (0.8, "password", "a value after a word for passwords", _UNSTATED, _is_mixed),
            (0.75, "pin", "digits after PIN", _PIN, _is_value),
            (0.8, "pin", "digits after a word for codes", _CODE, _is_value),
            (
                0.85,
                "key",
                "a value of high entropy after a word for keys",
                _NAMED_TOKEN,
                _is_random,
            ),
            (0.5, "login", "a name after a word for log-ins", _LOGIN, _is_value),
        ):
            found = [
                claim(match.span(), score, why, _zeros(match), {"credential_kind": kind})
                for match in pattern.finditer(text)
                if wanted(match["value"])
                and not (kind == "pin" and is_postal_pin(match["value"], text[: match.start()]))
            ]
            spans += outside(found, spans)
        return spans


def _zeros(match: re.Match[str]) -> int:
    """Zeros read for letters in the word before a value: PASSW0RD."""
    return match[0][: match.start("value") - match.start()].count("0")


def _is_value(value: str) -> bool:
    """Whether `value` is no word of a log-in page, no blank line and no row of dots."""
    letters = re.sub(r"[^\w]|_", "", value)
    return len(letters) >= 3 and letters.upper() not in _NO_VALUES and len(set(letters)) > 1


def _is_mixed(value: str) -> bool:
    """Whether `value` has letters and digits, and more than a version or a count would."""
    return len(value) >= 6 and bool(re.search(r"[A-Za-z]{2}", value) and re.search(r"\d", value))


def _is_random(value: str) -> bool:
    return bits_per_character(value) >= _LEAST_BITS and bool(re.search(r"\d", value))


def bits_per_character(value: str) -> float:
    """Shannon entropy of the characters of `value`, in bits."""
    counts = Counter(value).values()
    return -sum(count / len(value) * math.log2(count / len(value)) for count in counts)
