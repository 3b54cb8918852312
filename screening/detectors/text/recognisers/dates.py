"""Dates and times of day as regular expressions; compile with IGNORECASE."""

from __future__ import annotations

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?(?:/[a-z]{3})?"
)
_DAY = r"(?:[12]\d|3[01]|0?[1-9])"
_YEAR = r"(?:(?:18|19|20)\d\d|'?\d\d)"
NUMERIC_DATE = (
    rf"(?<!\d)(?:(?:0?[1-9]|1[0-2])[-/.](?:{_DAY})|{_DAY}[-/.](?:0?[1-9]|1[0-2]))[-/.]{_YEAR}(?!\d)"
    rf"|(?<!\d)(?:19|20)\d\d[-/.](?:0[1-9]|1[0-2])[-/.](?:0[1-9]|[12]\d|3[01])(?!\d)"
)
DATE = (
    rf"(?:{NUMERIC_DATE}"
    rf"|(?<!\d){_DAY}(?:st|nd|rd|th)?[\s-]?{_MONTH}[\s,-]{{0,2}}{_YEAR}(?!\d)"
    rf"|{_MONTH}\s?{_DAY}(?:st|nd|rd|th)?[\s,]{{1,2}}(?:19|20)\d\d(?!\d))"
)
"""A day, month and year in any of the usual orders."""

DAY = (
    rf"(?:{DATE}|{_MONTH}\s?{_DAY}(?:st|nd|rd|th)?(?:\s?[-\u2013&]\s?{_DAY})?(?!\d)"
    rf"|(?<!\d){_DAY}(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH}"
    r"|\b(?:mon|tues?|wednes|thurs?|fri|satur|sun)day\b|(?<!\d)(?:0?[1-9]|1[0-2])/(?:[12]\d|3[01]"
    r"|0?[1-9])(?![\d/]))"
)
"""A date, or one without its year, or a day of the week."""

TIME = (
    r"(?<![\d:])(?:(?:[01]?\d|2[0-3])[:.]?[0-5]\d\s?(?:[ap]\.?\s?m\b|hrs?\b|hours\b)"
    r"|(?:1[0-2]|[1-9])\s?[ap]\.?\s?m\b|(?:[01]?\d|2[0-3]):[0-5]\d(?![\d:])|\bnoon\b)"
)
"""A time of day."""
