"""Overlays change what they say and nothing else; `in_force` and own profiles count."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from screening.geometry import Box
from screening.policy import Condition, RulePack, evaluate, load_packs
from screening.policy.comparing import differences
from screening.policy.conditions import Beside
from screening.policy.explaining import explained
from screening.records import Decision, Finding, with_ids

HEAD = "schema: screening/rulepack/1\nname: ours\nversion: '1'\ntitle: Ours\nextends: {base}\n"


def overlay(folder: Path, rest: str, base: str = "edmo-2016", name: str = "ours") -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(HEAD.format(base=base).replace("ours", name) + rest, encoding="utf-8")
    return path


def load(path: Path | str, day: datetime.date | None = None) -> RulePack:
    from screening.detectors.registry import known_labels

    [pack] = load_packs([str(path)], profile="employee", known_labels=known_labels, on=day)
    return pack


def decision(pack: RulePack, profile: str, *findings: Finding) -> Decision:
    return evaluate([pack], with_ids(findings), (), profile).decision


def test_an_overlay_without_changes_judges_like_its_base(tmp_path: Path) -> None:
    base, own = load("edmo-2016"), load(overlay(tmp_path, ""))
    assert differences(base, own) == []
    assert own.sha256 != base.sha256
    assert own.document == base.document


def test_changes_change_only_their_rule(tmp_path: Path) -> None:
    changes = (
        "changes:\n"
        "  - {rule: EDMO-2B-POLITICS, decision: block, message: it is about politics}\n"
        "  - {rule: EDMO-2D-MARKING, min_score: 0.95}\n"
        "  - {rule: EDMO-2C-VIEWS, drop: not ours}\n"
        "  - {rule: EDMO-2E-PICTURED, settled_by: []}\n"
    )
    own = load(overlay(tmp_path, changes))
    assert differences(load("edmo-2016"), own) == [
        "- EDMO-2C-VIEWS: no longer there",
        "~ EDMO-2B-POLITICS: review becomes block for everybody else",
        "~ EDMO-2B-POLITICS: message: it shows {things}, which can be read as taking part in"
        " partisan politics becomes it is about politics",
        "~ EDMO-2D-MARKING: no longer flags marking",
        "~ EDMO-2D-MARKING: now flags marking (with a score of at least 0.95)",
        "~ EDMO-2E-PICTURED: settled by: consent becomes none",
    ]
    assert own.own_rules == {"EDMO-2B-POLITICS", "EDMO-2D-MARKING", "EDMO-2E-PICTURED"}


def test_names_are_added_to_a_pattern_as_they_are_written(tmp_path: Path) -> None:
    own = load(overlay(tmp_path, "names: {court: ['Hall (old)', Bailey]}\n"))
    for agency, expected in (
        ("the hall (OLD) of Fairhaven", Decision.BLOCK),
        ("District Court", Decision.BLOCK),
        ("Baileys Bakery", Decision.REVIEW),
        ("Hall old", Decision.REVIEW),
    ):
        seal = Finding("test", "seal", 0.9, evidence={"agency": agency})
        assert decision(own, "employee", seal) is expected, agency


def test_overlays_of_overlays(tmp_path: Path) -> None:
    overlay(tmp_path, "names: {court: [Bailey]}\n", name="state")
    own = load(overlay(tmp_path, "names: {court: [Temple]}\n", base="state.yaml", name="town"))
    for agency in ("Bailey", "Temple", "Circuit Court"):
        seal = Finding("test", "seal", 0.9, evidence={"agency": agency})
        assert decision(own, "employee", seal) is Decision.BLOCK


def test_the_digest_covers_the_base(tmp_path: Path) -> None:
    state = overlay(tmp_path, "", name="state")
    own = overlay(tmp_path, "", base="state.yaml", name="town")
    before = load(own).sha256
    state.write_text(state.read_text() + "# changed\n")
    assert load(own).sha256 != before


def test_a_profile_of_its_own_decides_like_another(tmp_path: Path) -> None:
    own = load(overlay(tmp_path, "profiles: {marshal: undercover, clerk: default}\n"))
    badge = Finding("test", "badge", 0.9)
    profiles = ("employee", "marshal", "undercover", "clerk", "official")
    assert [decision(own, one, badge) for one in profiles] == [
        "review",
        "block",
        "block",
        "review",
        "allow",
    ]


@pytest.mark.parametrize(
    ("day", "there"), [("2026-04-30", False), ("2026-05-01", True), ("2026-06-01", False)]
)
def test_a_rule_counts_on_its_days(tmp_path: Path, day: str, there: bool) -> None:
    rule = (
        "rules:\n  - id: OURS-1\n    category: conduct\n    clauses: [2.b]\n    decision: block\n"
        "    message: it shows it\n    when: {any: [{label: text}]}\n"
        "    in_force: {from: 2026-05-01, until: 2026-05-31}\n"
    )
    own = load(overlay(tmp_path, rule), datetime.date.fromisoformat(day))
    assert ("OURS-1" in {rule.id for rule in own.rules}) == there


def face(x: float, **place: int) -> Finding:
    return Finding("test", "face", 0.9, Box(x, 0, x + 10, 20), **place)


UNIFORM = Finding("test", "uniform", 0.9, Box(0, 0, 100, 200))


@pytest.mark.parametrize(
    ("condition", "found", "met"),
    [
        (Condition("face", beside=Beside(frozenset({"uniform"}), share=1.0)), [face(90)], 1),
        (Condition("face", beside=Beside(frozenset({"uniform"}), share=1.0)), [face(91)], 0),
        (Condition("face", beside=Beside(frozenset({"uniform"}), share=0.5)), [face(95)], 1),
        (Condition("face", beside=Beside(frozenset({"uniform"}), distance=1.0)), [face(120)], 1),
        (Condition("face", beside=Beside(frozenset({"uniform"}), distance=1.0)), [face(121)], 0),
        (
            Condition("face", beside=Beside(frozenset({"uniform"}), share=0.5)),
            [face(10, frame_index=1)],
            0,
        ),
        (Condition("face", min_count=2), [face(0), face(50)], 2),
        (Condition("face", min_count=2), [face(0), face(50, frame_index=1)], 0),
        (Condition("face", lacking=frozenset({"uniform"})), [face(0)], 0),
        (Condition("face", lacking=frozenset({"badge"})), [face(0)], 1),
        (Condition("uniform", beside=Beside(frozenset({"uniform"}), share=0.1)), [face(0)], 0),
    ],
)
def test_what_stands_around_a_finding(condition: Condition, found: list[Finding], met: int) -> None:
    everything = [*found, UNIFORM]
    same = [finding for finding in everything if finding.label == condition.label]
    assert condition.looks_around
    assert len(condition.meeting(same, everything)) == met


def test_every_shipped_rule_can_be_explained() -> None:
    from screening.policy import load_cases, ruletests_path

    for pack in load_packs((), profile="employee", known_labels=frozenset):
        cases = load_cases(ruletests_path(pack.path), pack)
        for rule in pack.rules:
            text = explained(pack, rule, cases)
            for part in (
                "What it does",
                "Why it matters",
                "Example\n  A file with",
                "How to clear",
            ):
                assert part in text
            assert rule.clauses[0].quote in text
