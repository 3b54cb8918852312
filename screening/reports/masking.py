"""Hides sensitive values in reports so that their owner recognises them and nobody learns them.

The rule, per word (a run without white space and ASCII punctuation):

- the first character stays if it is a letter and the word has at least three characters;
  everything else becomes `***`, whatever the length: `jane@fairhaven.example` is
  `j***@f***.e***`, `ABC 1234` is `A*** ***`. So at most a third of a value is shown, and no
  digit.
- in values labelled as docket numbers the division, the decade and the case type stay, which
  say nothing about the people in the case: `4:21-cr-00123` is `4:2*-cr-****`.
- numbers (coordinates, altitudes) are `***` altogether.

Masking what is masked changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from screening.records import Evidence, EvidenceValue, FileResult, Finding

MASK = "***"

# `*` counts as part of a word, so that `J***` is masked as `J***` again.
_WORD = re.compile(r"[^\s!-)+-/:-@\[-`{-~]+")

# Federal docket number: division ":" year "-" type "-" serial; also in its masked form.
_DOCKET = re.compile(
    r"(?<![\w*])(?P<division>\d:)?(?P<decade>\d)[\d*](?:\d\d)?-(?P<type>[A-Za-z]{2})-[\d*]{3,6}"
)


def mask_text(label: str, text: str) -> str:
    """`text` with its words hidden by the rule above.

    Args:
        label: label of the finding, or name of the sensitive value; docket numbers keep more.
        text: any text.
    """
    if "docket" not in label:
        return _mask_words(text)
    masked, end = [], 0
    for match in _DOCKET.finditer(text):
        masked.append(_mask_words(text[end : match.start()]))
        masked.append(f"{match['division'] or ''}{match['decade']}*-{match['type']}-****")
        end = match.end()
    return "".join(masked) + _mask_words(text[end:])


def mask_value(value: EvidenceValue, label: str = "") -> EvidenceValue:
    """`value` hidden: texts by `mask_text`, numbers as `***`, lists item by item, None as is."""
    if value is None:
        return None
    if isinstance(value, str):
        return mask_text(label, value)
    if isinstance(value, list):
        return [mask_text(label, item) if isinstance(item, str) else MASK for item in value]
    return MASK


def shown_result(result: FileResult, *, reveal: bool) -> FileResult:
    """`result` as a report may show it; every writer goes through here.

    In each finding `text` is masked and `sensitive`, masked, is merged into `evidence`.
    With `reveal` the values are merged and stay in clear.
    """
    return replace(result, findings=tuple(_shown(item, reveal) for item in result.findings))


def _shown(finding: Finding, reveal: bool) -> Finding:
    text, sensitive = finding.text, finding.sensitive
    if not reveal:
        text = None if text is None else mask_text(finding.label, text)
        sensitive = _masked(sensitive)
    return replace(finding, text=text, evidence={**finding.evidence, **sensitive}, sensitive={})


def _masked(values: Mapping[str, EvidenceValue]) -> Evidence:
    return {name: mask_value(value, name) for name, value in values.items()}


def _mask_words(text: str) -> str:
    return _WORD.sub(_mask_word, text)


def _mask_word(match: re.Match[str]) -> str:
    word = match[0]
    return word[0] + MASK if len(word) >= 3 and word[0].isalpha() else MASK
