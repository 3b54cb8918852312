"""Masked values are recognisable to their owner and tell nobody else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.records import EvidenceValue
from screening.reports.masking import mask_text, mask_value

PLAIN_TEXT = st.text(st.characters(exclude_characters="*"))


@pytest.mark.parametrize(
    ("label", "text", "masked"),
    [
        ("docket_number", "4:21-cr-00123", "4:2*-cr-****"),
        ("docket_number", "Case No. 4:2021-cv-123 (filed)", "C*** ***. 4:2*-cv-**** (f***)"),
        ("docket_number", "00123", "***"),
        ("text", "4:21-cr-00123", "***:***-***-***"),
        ("email", "jane@fairhaven.example", "j***@f***.e***"),
        ("license_plate", "ABC 1234", "A*** ***"),
        ("text", "X", "***"),
        ("text", "Jo", "***"),
        ("text", "1600", "***"),
        ("text", "日本語テスト", "日***"),
        ("text", "कि", "***"),
        ("text", "", ""),
        ("text", " - ", " - "),
    ],
)
def test_examples(label: str, text: str, masked: str) -> None:
    assert mask_text(label, text) == masked


@pytest.mark.parametrize(
    ("value", "masked"),
    [
        (None, None),
        (12.5, "***"),
        (7, "***"),
        (True, "***"),
        ("Jane Doe", "J*** D***"),
        (["Jane", "Jo"], ["J***", "***"]),
        ([1.5, -2.0], ["***", "***"]),
    ],
)
def test_values(value: EvidenceValue, masked: EvidenceValue) -> None:
    assert mask_value(value) == masked


@given(PLAIN_TEXT)
def test_shows_at_most_a_third_of_letters_and_no_digit(text: str) -> None:
    masked = mask_text("text", text)
    shown = sum(char.isalnum() for char in masked)
    assert shown * 3 <= sum(not char.isspace() for char in text)
    assert not any(char.isdecimal() for char in masked)


@given(PLAIN_TEXT.filter(lambda text: sum(char.isalnum() for char in text) >= 4))
def test_never_contains_the_original(text: str) -> None:
    assert text not in mask_text("text", text)
    assert text not in mask_text("docket_number", text)


@given(st.sampled_from(["text", "docket_number"]), st.text())
def test_masking_twice_changes_nothing(label: str, text: str) -> None:
    once = mask_text(label, text)
    assert mask_text(label, once) == once


@given(st.from_regex(r"[0-9]:[0-9]{2}-(cr|cv|mj)-[0-9]{5}", fullmatch=True))
def test_docket_numbers_keep_division_decade_and_type_only(text: str) -> None:
    assert mask_text("docket_number", text) == f"{text[:3]}*-{text[5:7]}-****"


@given(st.integers(3, 40), st.integers(3, 40))
def test_length_of_a_word_is_hidden(first: int, second: int) -> None:
    assert mask_text("text", "a" * first) == mask_text("text", "a" * second)
