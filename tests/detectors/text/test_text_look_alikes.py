"""The one layer of OCR confusions: what it forgives, what it counts, what it leaves alone."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.detectors.text.recognisers.base import claim
from screening.detectors.text.recognisers.look_alikes import (
    Phrases,
    any_of,
    skeleton,
    spelled,
    straight,
    straightened,
    sure,
)


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("POLICE", "police"),
        ("P0LICE", "police"),
        ("POLlCE", "police"),
        ("PO|1CE", "police"),
        ("5HERIFF", "sheriff"),
        ("RNARSHAL", "marshal"),
        ("rnarshal", "marshal"),
        ("VVARRANT", "warrant"),
        ("8ADGE", "badge"),
        ("BAD6E", "badge"),
        ("ZONE", "zone"),
        ("2ONE", "zone"),
        ("SPECIALAGENT", "special agent"),
        ("SPECIAL-AGENT", "special agent"),
    ],
)
def test_words_are_found_through_confusions(read: str, meant: str) -> None:
    [match] = Phrases([meant]).finditer(f"x {read}, y")
    assert match[0] == read
    assert skeleton(read) == skeleton(meant)


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("POLICY", "police"),
        ("POLITE", "police"),
        ("POLICEX", "police"),
        ("ARMS", "arns"),
        ("MANSHAL", "marshal"),
        ("WARRANTY", "warrant"),
        ("BADGER", "badge"),
        ("SHERIFFMUIR", "sheriff"),
        ("STARS", "star"),
    ],
)
def test_near_misses_stay_near_misses(read: str, meant: str) -> None:
    assert list(Phrases([meant]).finditer(read)) == []


def test_every_misread_letter_lowers_the_score() -> None:
    police = Phrases(["police"])
    scores = [
        claim((0, 6), 0.9, "why", police.misread(read)).score
        for read in ("POLICE", "P0LICE", "P0L1CE", "P0L1C E")
    ]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] == 0.9 > scores[1] > scores[2] == scores[3]
    assert sure(0.9, 0) == 0.9


def test_misread_letters_are_counted_per_phrase_or_per_word() -> None:
    vocabulary = Phrases(["special agent", "marshal", "deputy"])
    assert vocabulary.misread("Special Agent") == 0
    assert vocabulary.misread("SPEC1AL A6ENT") == 2
    assert vocabulary.misread("DEPUTY RNARSHAL") == 2
    assert vocabulary.misread("words nobody knows") == 0
    assert claim((0, 1), 0.9, "why", 2).evidence == {"misread_letters": 2}
    assert claim((0, 1), 0.9, "why").evidence == {}


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("12O4", "1204"),
        ("3l4-555-O142", "314-555-0142"),
        ("4:2l-cr-OO123", "4:21-cr-00123"),
        ("5S5", "555"),
        ("BOSS", "BOSS"),
        ("S5S", "S5S"),
        ("IL 62999", "IL 62999"),
        ("B", "B"),
        ("1ST 2ND", "1ST 2ND"),
        ("ABC-DE", "ABC-DE"),
        ("A12O4", "A12O4"),
    ],
)
def test_numbers_are_straightened_where_they_stand(read: str, meant: str) -> None:
    assert straight(read) == meant
    differ = sum(one != other for one, other in zip(read, meant, strict=True))
    assert straightened(read, straight(read), 0, len(read)) == differ


@given(st.text(alphabet="0O1Il|5S8B2Z-. :AX", max_size=40))
def test_straightening_keeps_every_position(text: str) -> None:
    plain = straight(text)
    assert len(plain) == len(text)
    assert straight(plain) == plain
    assert all(one == other or other.isdecimal() for one, other in zip(text, plain, strict=True))


def test_patterns_prefer_the_longest_and_are_none_for_none() -> None:
    assert spelled("SOB IT") == r"[S5][O0][B8]\W*[I1L|]T"
    assert re.search(any_of(["A", "A B"]), "A B", re.IGNORECASE)[0] == "A B"  # type: ignore[index]
    assert list(Phrases([]).finditer("anything")) == []
