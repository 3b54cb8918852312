"""The verdict: strictest rule, profile, order, and never lower for knowing more."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.policy import (
    Category,
    Condition,
    Rule,
    RulePack,
    evaluate,
    load_packs,
)
from screening.records import Decision, Failure, Finding, with_ids

FAILURE = Failure("media", "truncated", "The file ends too early. Save it again and retry.")
LABELS = ("seal", "marking", "gps_location", "capture_time", "type_mismatch", "building", "text")
AGENCIES = ("District Court, E.D. Missouri", "City of Fairhaven Police", "Fairhaven Bakery")
PROFILES = ("employee", "undercover", "official")

finding_lists = st.lists(
    st.builds(
        Finding,
        detector=st.just("test"),
        label=st.sampled_from(LABELS),
        score=st.floats(0, 1),
        frame_index=st.integers(0, 3),
        evidence=st.fixed_dictionaries(
            {},
            optional={
                "agency": st.sampled_from(AGENCIES),
                "marking_kind": st.sampled_from(["juvenile", "sealed", "official_use"]),
            },
        ),
    ),
    max_size=6,
)


@pytest.fixture(scope="module")
def packs(labels: frozenset[str]) -> tuple[RulePack, ...]:
    return load_packs((), profile="employee", known_labels=lambda: labels)


def make_pack(name: str, *rules: Rule) -> RulePack:
    return RulePack(name, "1", name, name, f"{name}.txt", None, None, {}, (), {}, rules, "0" * 64)


def make_rule(rule_id: str, *conditions: Condition, **decisions: str) -> Rule:
    by_profile = {profile: Decision(value) for profile, value in decisions.items()}
    return Rule(rule_id, Category.CONDUCT, (), conditions, by_profile, "it shows {things}")


def broken_rules(pack: RulePack, *findings: Finding) -> list[str]:
    return [v.rule for v in evaluate([pack], findings, [], "employee").violations]


def test_nothing_found_and_nothing_failed_is_allowed(packs: tuple[RulePack, ...]) -> None:
    verdict = evaluate(packs, [], [], "undercover")
    assert (verdict.decision, verdict.violations) == (Decision.ALLOW, ())


def test_a_failure_without_any_pack_is_reviewed() -> None:
    assert evaluate([], [], [FAILURE], "official").decision is Decision.REVIEW


def test_violations_follow_packs_and_rules_and_list_findings_in_order() -> None:
    seal, text = Condition("seal"), Condition("text")
    first = make_pack(
        "first", make_rule("B-1", text, default="review"), make_rule("A-1", seal, default="block")
    )
    second = make_pack("second", make_rule("A-2", seal, text, default="review"))
    findings = with_ids(Finding("test", label, 0.5) for label in ("text", "seal", "text"))
    verdict = evaluate([second, first], findings, [], "employee")
    ids = tuple(finding.id for finding in findings)
    assert [(v.rule, v.findings) for v in verdict.violations] == [
        ("A-2", ids),
        ("B-1", ids[1:]),
        ("A-1", ids[:1]),
    ]
    assert verdict.decision is Decision.BLOCK


def test_profiles_shift_decisions_and_allow_leaves_no_violation() -> None:
    pack = make_pack(
        "own",
        make_rule("A-1", Condition("seal"), default="review", undercover="block", official="allow"),
    )
    findings = [Finding("test", "seal", 0.5, id="x")]
    verdicts = {name: evaluate([pack], findings, [], name) for name in (*PROFILES, "night-shift")}
    assert {name: verdict.decision for name, verdict in verdicts.items()} == {
        "employee": "review",
        "undercover": "block",
        "official": "allow",
        "night-shift": "review",
    }
    assert verdicts["official"].violations == ()


def test_the_message_says_that_it_was_seen_inside_the_file() -> None:
    pack = make_pack("own", make_rule("A-SEAL", Condition("seal"), default="review"))
    clip = Finding(
        "test", "embedded_media", 1.0, evidence={"media_type": "video/mp4"}, embedded=True
    )
    (clip,) = with_ids([clip])
    (seal,) = with_ids([Finding("test", "seal", 1.0, within=clip.id)])
    (violation,) = evaluate([pack], [clip, seal], [], "employee").violations
    assert violation.message.endswith(" (in the video inside the file)")
    assert violation.findings == (seal.id,)


def test_conditions_look_at_label_score_and_public_evidence() -> None:
    pack = make_pack(
        "own",
        make_rule("A-SCORE", Condition("seal", min_score=0.5), default="review"),
        make_rule(
            "A-WHERE", Condition("seal", where={"kind": frozenset({"a", "b"})}), default="review"
        ),
        make_rule(
            "A-MATCH", Condition("seal", matches={"agency": re.compile("^City")}), default="review"
        ),
        make_rule(
            "A-UNLESS",
            Condition("badge", unless={"kind": frozenset({"toy", "cake"})}),
            default="review",
        ),
    )

    def seal(score: float = 0.0, **evidence: str | list[str] | int) -> Finding:
        return Finding("test", "seal", score, evidence=evidence)

    assert broken_rules(pack, seal(0.5)) == ["A-SCORE"]
    assert broken_rules(pack, seal(0.49)) == []
    assert broken_rules(pack, seal(kind="b")) == ["A-WHERE"]
    assert broken_rules(pack, seal(kind=["c", "a"])) == ["A-WHERE"]
    assert broken_rules(pack, seal(kind=["c"], other="a")) == []
    assert broken_rules(pack, seal(agency="City of Fairhaven")) == ["A-MATCH"]
    assert broken_rules(pack, seal(agency="The City"), seal(agency=7)) == []
    badges = [Finding("test", "badge", 0.0, evidence={"kind": kind}) for kind in ("star", "toy")]
    assert [broken_rules(pack, badge) for badge in badges] == [["A-UNLESS"], []]
    assert broken_rules(pack, Finding("test", "badge", 0.0)) == ["A-UNLESS"]
    hidden = Finding("test", "seal", 0.0, text="City", sensitive={"kind": "a", "agency": "City"})
    assert broken_rules(pack, hidden) == []


def test_one_finding_that_meets_two_conditions_counts_once() -> None:
    pack = make_pack(
        "own", make_rule("A-1", Condition("seal"), Condition("seal", 0.1), default="review")
    )
    (violation,) = evaluate(
        [pack], [Finding("test", "seal", 0.5, id="x")], [], "employee"
    ).violations
    assert violation.findings == ("x",)


@given(finding_lists, finding_lists, st.sampled_from([[], [FAILURE]]), st.sampled_from(PROFILES))
def test_knowing_more_never_lowers_the_decision(
    packs: tuple[RulePack, ...],
    some: list[Finding],
    more: list[Finding],
    failures: list[Failure],
    profile: str,
) -> None:
    before = evaluate(packs, with_ids(some), failures, profile)
    after = evaluate(packs, with_ids(some + more), failures, profile)
    assert after.decision.rank >= before.decision.rank
    assert {v.rule for v in before.violations} <= {v.rule for v in after.violations}
    assert not failures or before.decision is not Decision.ALLOW


@given(finding_lists, st.sampled_from(PROFILES))
def test_more_packs_never_lower_the_decision_and_the_result_is_repeatable(
    packs: tuple[RulePack, ...], found: list[Finding], profile: str
) -> None:
    findings = with_ids(found)
    verdict = evaluate(packs, findings, [], profile)
    ranks = [evaluate([pack], findings, [], profile).decision.rank for pack in packs]
    assert verdict.decision.rank == max(ranks)
    assert verdict == evaluate(packs, list(findings), [], profile)
