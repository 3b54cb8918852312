"""Rule tests beside a pack (`screening/ruletests/1`): findings in, verdict out.

`own.tests.yaml` holds, for each rule of `own.yaml`, cases that it must flag and cases that it
must pass. Which parts of a rule no case holds is found by taking each part out in turn
(`unheld_parts`): a part that can go without any case failing is not tested.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar

from pydantic import AfterValidator, Field, model_validator

from screening.config import StrictModel
from screening.documents import load_yaml, mistake_at
from screening.geometry import Box
from screening.policy.conditions import Condition
from screening.policy.evaluate import evaluate
from screening.policy.forms import RuleId, Score, Several, Text
from screening.policy.loading import TESTS_SUFFIX
from screening.policy.rulepack import Rule, RulePack
from screening.records import Decision, EvidenceValue, Finding, with_ids

Value = TypeVar("Value")


def _is_box(corners: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    Box(*corners)
    return corners


_Corners = Annotated[tuple[float, float, float, float], AfterValidator(_is_box)]


class FindingForm(StrictModel):
    """One finding of a case."""

    label: Text
    score: Score = 0.9
    box: _Corners | None = None
    frame: Annotated[int, Field(ge=0)] = 0
    evidence: Mapping[Text, EvidenceValue] = Field(default_factory=dict)

    def finding(self) -> Finding:
        """The record."""
        box = Box(*self.box) if self.box else None
        evidence = dict(self.evidence)
        return Finding(
            "test", self.label, self.score, box, frame_index=self.frame, evidence=evidence
        )


class PassForm(StrictModel):
    """What a rule must not flag: one finding, one for each of several labels, or `findings`."""

    label: Several | None = None
    score: Score = 0.9
    box: _Corners | None = None
    evidence: Mapping[Text, EvidenceValue] = Field(default_factory=dict)
    findings: Annotated[tuple[FindingForm, ...], Field(min_length=1)] | None = None
    profile: Text = "employee"

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.label is None) == (self.findings is None):
            raise ValueError("a case has either `label` or `findings`")
        if self.findings and self.model_fields_set & {"score", "box", "evidence"}:
            raise ValueError("`score`, `box` and `evidence` stand in each of `findings`")
        return self

    def scenes(self) -> Iterator[tuple[str, tuple[Finding, ...]]]:
        """Per case a word for it, and its findings."""
        if self.findings is not None:
            yield (
                "+".join(form.label for form in self.findings),
                with_ids(form.finding() for form in self.findings),
            )
        for label in self.label or ():
            form = FindingForm(label=label, score=self.score, box=self.box, evidence=self.evidence)
            yield label, with_ids([form.finding()])


class FlagForm(PassForm):
    """What a rule must flag, with the decision; `flagged` is the number of findings it names."""

    decision: Literal[Decision.REVIEW, Decision.BLOCK]
    message: Text | None = None
    flagged: Annotated[int, Field(ge=1)] | None = None


class RuleCasesForm(StrictModel):
    """The cases of one rule."""

    flag: Annotated[tuple[FlagForm, ...], Field(min_length=1)]
    pass_: Annotated[tuple[PassForm, ...], Field(alias="pass", min_length=1)]


class TestsForm(StrictModel):
    """The rule tests of one pack."""

    __test__ = False  # not a test class of pytest

    schema_name: Annotated[Literal["screening/ruletests/1"], Field(alias="schema")]
    rules: Annotated[Mapping[RuleId, RuleCasesForm], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Case:
    """Findings, and what a rule must make of them; `allow` means no violation."""

    rule: str
    what: str
    findings: tuple[Finding, ...]
    profile: str
    decision: Decision
    message: str | None = None
    flagged: int | None = None

    def __str__(self) -> str:
        return f"{self.rule}: {self.what} as {self.profile} is {self.decision}"

    def complaint(self, pack: RulePack) -> str:
        """What `pack` makes of it instead; empty if all is as it should be."""
        verdict = evaluate([pack], self.findings, (), self.profile)
        found = [one for one in verdict.violations if one.rule == self.rule]
        if self.decision is Decision.ALLOW:
            return f"flagged as {found[0].decision}" if found else ""
        if not found:
            return "not flagged"
        [violation] = found
        if violation.decision is not self.decision:
            return f"flagged as {violation.decision}"
        if self.flagged is not None and len(violation.findings) != self.flagged:
            return f"names {len(violation.findings)} findings instead of {self.flagged}"
        if self.message is not None and violation.message != self.message:
            return f"says {violation.message!r}"
        return ""


def ruletests_path(pack_path: Path) -> Path:
    """Where the rule tests of a pack lie."""
    return pack_path.with_name(pack_path.stem + TESTS_SUFFIX)


def load_cases(path: Path, pack: RulePack) -> list[Case]:
    """The cases of a pack, those to flag first in each rule.

    Raises:
        ConfigError: with file, line and key of a mistake; a rule that the pack does not have.
    """
    form = load_yaml(path, TestsForm)
    rules = {rule.id for rule in pack.rules}
    for rule in form.rules:
        if rule not in rules:
            raise mistake_at(path, ("rules", rule), f"there is no rule {rule!r} in {pack.name}")
    return [case for rule, cases in form.rules.items() for case in _cases(rule, cases)]


def _cases(rule: str, form: RuleCasesForm) -> Iterator[Case]:
    for flag in form.flag:
        for what, findings in flag.scenes():
            flagged = 1 if flag.findings is None else flag.flagged
            yield Case(
                rule, what, findings, flag.profile, Decision(flag.decision), flag.message, flagged
            )
    for passed in form.pass_:
        for what, findings in passed.scenes():
            yield Case(rule, what, findings, passed.profile, Decision.ALLOW)


def untested_rules(pack: RulePack, cases: list[Case]) -> list[str]:
    """Its own rules without a case at all; a rule with cases always has both kinds."""
    tested = {case.rule for case in cases}
    return [rule.id for rule in pack.rules if rule.id in pack.own_rules and rule.id not in tested]


def unheld_parts(pack: RulePack, cases: list[Case]) -> list[str]:
    """What can be taken out of a tested rule, or changed in it, without any case failing."""
    by_rule: dict[str, list[Case]] = {}
    for case in cases:
        by_rule.setdefault(case.rule, []).append(case)
    return [
        f"{rule.id}: {change}"
        for rule in pack.rules
        if rule.id in by_rule
        for change, mutant in mutants(rule)
        if not any(case.complaint(replace(pack, rules=(mutant,))) for case in by_rule[rule.id])
    ]


def mutants(rule: Rule) -> Iterator[tuple[str, Rule]]:
    """`rule` with one part taken out or changed, and what that was."""
    for index, condition in enumerate(rule.conditions):
        before, after = rule.conditions[:index], rule.conditions[index + 1 :]
        name = f"condition {index} on {condition.label}"
        yield f"{name} deleted", replace(rule, conditions=before + after)
        for part, blunt in _blunted(condition):
            yield (
                f"{part} of {name} deleted",
                replace(rule, conditions=(*before, blunt, *after)),
            )
    for profile, decision in rule.decisions.items():
        for other in sorted(set(Decision) - {decision}):
            decisions = {**rule.decisions, profile: other}
            yield f"{profile} gets {other}", replace(rule, decisions=decisions)


def _blunted(condition: Condition) -> Iterator[tuple[str, Condition]]:
    """The condition without one of its parts."""
    for key in condition.where:
        yield f"where.{key}", replace(condition, where=_without(condition.where, key))
    for key in condition.matches:
        yield f"matches.{key}", replace(condition, matches=_without(condition.matches, key))
    for key in condition.unless:
        yield f"unless.{key}", replace(condition, unless=_without(condition.unless, key))
    if condition.min_score:
        yield "min_score", replace(condition, min_score=0.0)
    if condition.min_count > 1:
        yield "min_count", replace(condition, min_count=1)
    if condition.beside is not None:
        yield "inside or near", replace(condition, beside=None)
    for label in sorted(condition.lacking):
        yield f"lacking {label}", replace(condition, lacking=condition.lacking - {label})


def _without(filters: Mapping[str, Value], key: str) -> dict[str, Value]:
    return {other: value for other, value in filters.items() if other != key}
