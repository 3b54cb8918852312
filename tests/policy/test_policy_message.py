"""Messages are plain words with good grammar, and never show what is sensitive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from screening.policy import load_packs
from screening.policy.message import fill
from screening.records import Finding

HOUSE, COUNTY = "City of Fairhaven Police", "Fairhaven County"


def seen(label: str, frame: int = 0, **evidence: str) -> Finding:
    return Finding("test", label, 0.9, frame_index=frame, evidence=evidence)


@pytest.mark.parametrize(
    ("findings", "sentence"),
    [
        ([seen("seal", agency=HOUSE)], f"the seal of {HOUSE}"),
        (
            [seen("seal", agency=HOUSE), seen("seal", agency=COUNTY)],
            f"the seals of {HOUSE} and {COUNTY}",
        ),
        ([seen("seal", 0, agency=HOUSE), seen("seal", 7, agency=HOUSE)], f"the seal of {HOUSE}"),
        (
            [
                seen("patch", 0, agency=HOUSE, name="Wave"),
                seen("patch", 7, agency=HOUSE, name="Sun"),
            ],
            f"the patches of {HOUSE}",
        ),
        (
            [seen(kind, agency=HOUSE) for kind in ("seal", "badge", "patch")],
            f"the seal, badge and patch of {HOUSE}",
        ),
        ([seen("seal")], "the seal of an unnamed agency"),
    ],
)
def test_kinds_and_agencies(findings: list[Finding], sentence: str) -> None:
    assert fill("the {kinds} of {agencies}", findings) == sentence


@pytest.mark.parametrize(
    ("labels", "sentence"),
    [
        (["agency_name"], "an agency name"),
        (["unit_number"], "a unit number"),
        (["agency_name"] * 2, "agency names"),
        (["work_email", "work_email", "person_name"], "work e-mail addresses and a person's name"),
        (
            ["gps_location", "place_name", "device_identity"],
            "a position, a place name and a device identity",
        ),
        (["hover_car"], "a hover car"),
    ],
)
def test_things(labels: list[str], sentence: str) -> None:
    assert fill("{things}", [seen(label) for label in labels]) == sentence


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (1, "1: N0"),
        (2, "2: N0 and N1"),
        (5, "5: N0, N1, N2, N3 and N4"),
        (6, "6: N0, N1, N2, N3 and 2 more"),
    ],
)
def test_names_and_count(number: int, sentence: str) -> None:
    findings = [seen("seal", name=f"N{index}") for index in range(number)]
    assert fill("{count}: {names}", findings) == sentence


@pytest.mark.parametrize(
    ("media_types", "within", "sentence"),
    [
        (["video/mp4"], ["e0"], "it shows a seal (in the video inside the file)"),
        (["image/jpeg"], ["e0", "e0"], "it shows seals (in the picture inside the file)"),
        (["image/jpeg"], ["e0", ""], "it shows a seal"),
        (
            ["image/jpeg", "video/mp4"],
            ["e0", "e1"],
            "it shows a seal (in a picture or video inside the file)",
        ),
        (
            ["image/jpeg", "video/mp4"],
            ["e1"],
            "it shows a seal (in the video inside the file)",
        ),
        ([], ["lost"], "it shows a seal (in the picture or video inside the file)"),
    ],
)
def test_what_was_seen_in_a_picture_inside_the_file(
    media_types: list[str], within: list[str], sentence: str
) -> None:
    embedded = [
        Finding(
            "test",
            "embedded_media",
            1.0,
            evidence={"media_type": one},
            embedded=True,
            id=f"e{index}",
        )
        for index, one in enumerate(media_types)
    ]
    seals = [replace(seen("seal"), within=holder) for holder in within]
    assert fill("it shows {things}", seals, embedded) == sentence


@pytest.mark.parametrize(
    ("label", "several"),
    [
        ("description", "a hidden text|hidden texts"),
        ("edit_history", "a trace of editing|traces of editing"),
        ("embedded_media", "a hidden picture or video|hidden pictures or videos"),
        ("embedded_preview_mismatch", "a preview of another picture|previews of other pictures"),
    ],
)
def test_things_of_the_metadata(label: str, several: str) -> None:
    assert "|".join(fill("{things}", [seen(label)] * number) for number in (1, 2)) == several


def test_braces_in_a_name_are_only_letters() -> None:
    assert fill("of {names}", [seen("seal", name="{count} {0.text}")]) == "of {count} {0.text}"


@pytest.mark.parametrize("profile", ["employee", "undercover", "official"])
def test_no_shipped_message_shows_text_or_sensitive_evidence(
    labels: frozenset[str], profile: str
) -> None:
    secret: Mapping[str, str] = dict.fromkeys(("name", "agency", "kind", "value"), "S3CRET")
    for pack in load_packs((), profile=profile, known_labels=lambda: labels):
        for rule in pack.rules:
            findings = [
                Finding("test", condition.label, 0.9, text="S3CRET", sensitive=secret)
                for condition in rule.conditions
            ]
            message = fill(rule.message, findings)
            assert "S3CRET" not in message
            assert message.startswith(("it ", "its "))
            assert not message.endswith(".")
