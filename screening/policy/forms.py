"""The YAML form of the parts of a rule pack (`screening/rulepack/1`)."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from screening.config import StrictModel
from screening.policy.conditions import Beside, Condition
from screening.policy.message import check_template
from screening.policy.rulepack import DEFAULT, Category, SettledBy
from screening.records import Decision

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Score = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
RuleId = Annotated[str, Field(pattern=r"^[A-Z0-9]+(-[A-Z0-9]+)+$")]

_NAMED_PATTERN = re.compile(r"\$([a-z][a-z0-9_]*)")


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _for_all_profiles(value: object) -> object:
    return {DEFAULT: value} if isinstance(value, str) else value


def _has_effect(decisions: Mapping[str, Decision]) -> Mapping[str, Decision]:
    if DEFAULT not in decisions:
        raise ValueError("the decision for all other profiles, `default`, is not there")
    if set(decisions.values()) == {Decision.ALLOW}:
        raise ValueError("this rule allows everything to everybody; take it out")
    return decisions


def is_pattern(text: str) -> str:
    """`text` itself.

    Raises:
        ValueError: it is not a regular expression.
    """
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"not a valid regular expression: {error}") from error
    return text


def pattern_name(pattern: str) -> str | None:
    """The name in `$name`, which stands for a pattern of the pack; None for a pattern."""
    match = _NAMED_PATTERN.fullmatch(pattern)
    return match[1] if match else None


Several = Annotated[tuple[Text, ...], BeforeValidator(_as_list), Field(min_length=1)]
Decisions = Annotated[
    Mapping[Text, Decision], BeforeValidator(_for_all_profiles), AfterValidator(_has_effect)
]
Pattern = Annotated[Text, AfterValidator(is_pattern)]
Template = Annotated[Text, AfterValidator(check_template)]


class InForceForm(StrictModel):
    """First and last day on which a pack or a rule counts; both may be left open."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    first: Annotated[datetime.date | None, Field(alias="from")] = None
    last: Annotated[datetime.date | None, Field(alias="until")] = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.first and self.last and self.last < self.first:
            raise ValueError("`until` lies before `from`")
        return self

    def covers(self, day: datetime.date) -> bool:
        """Whether `day` is one of its days."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


class DocumentForm(StrictModel):
    """The document a pack is drawn from; `file` is the name of its text file."""

    title: Text
    file: Text
    date: datetime.date | None = None
    url: Text | None = None


class ClauseForm(StrictModel):
    """One clause: how the pack and how the document calls it, and a short quotation.

    `unscreened` says why no picture, text or metadata can show that it is broken; a clause has
    either that or a rule.
    """

    id: Text
    section: Text
    quote: Text
    unscreened: Text | None = None


class InsideForm(StrictModel):
    """The box of the finding lies, to a share of its area, in the box of another finding."""

    label: Several
    share: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] = 0.8

    def beside(self) -> Beside:
        """The type."""
        return Beside(frozenset(self.label), share=self.share)


class NearForm(StrictModel):
    """The gap to the box of another finding, in longer sides of the finding's own box."""

    label: Several
    distance: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 1.0

    def beside(self) -> Beside:
        """The type."""
        return Beside(frozenset(self.label), distance=self.distance)


class ConditionForm(StrictModel):
    """What a finding must be like; `label` may be one label or a list of them."""

    label: Several
    min_score: Score = 0.0
    where: Mapping[Text, Several] = Field(default_factory=dict)
    matches: Mapping[Text, Pattern] = Field(default_factory=dict)
    unless: Mapping[Text, Several] = Field(default_factory=dict)
    min_count: Annotated[int, Field(ge=1)] = 1
    inside: InsideForm | None = None
    near: NearForm | None = None
    lacking: Annotated[tuple[Text, ...], BeforeValidator(_as_list)] = ()

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.inside and self.near:
            raise ValueError("a condition has either `inside` or `near`; make two conditions")
        return self

    def named_labels(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Every label with the key it stands at."""
        yield from ((("label", place), label) for place, label in enumerate(self.label))
        yield from ((("lacking", place), label) for place, label in enumerate(self.lacking))
        for key, other in (("inside", self.inside), ("near", self.near)):
            if other is not None:
                yield from (
                    ((key, "label", place), label) for place, label in enumerate(other.label)
                )

    def conditions(self, patterns: Mapping[str, str]) -> Iterator[Condition]:
        """One condition for each label; `patterns` gives those that have a name."""
        where = {key: frozenset(allowed) for key, allowed in self.where.items()}
        unless = {key: frozenset(excepted) for key, excepted in self.unless.items()}
        matches = {
            key: re.compile(patterns[name] if (name := pattern_name(pattern)) else pattern)
            for key, pattern in self.matches.items()
        }
        other = self.inside or self.near
        for label in self.label:
            yield Condition(
                label,
                self.min_score,
                where,
                matches,
                unless,
                self.min_count,
                other.beside() if other else None,
                frozenset(self.lacking),
            )


class WhenForm(StrictModel):
    """The conditions of a rule; one that holds is enough."""

    any_of: Annotated[tuple[ConditionForm, ...], Field(alias="any", min_length=1)]


class RuleForm(StrictModel):
    """One rule; `decision` is one value, or one for each profile with a `default`."""

    id: RuleId
    category: Category
    clauses: Annotated[tuple[Text, ...], Field(min_length=1)]
    when: WhenForm
    decision: Decisions
    message: Template
    settled_by: Annotated[tuple[SettledBy, ...], BeforeValidator(_as_list)] = ()
    clear: Text | None = None
    in_force: InForceForm = InForceForm()


class ChangeForm(StrictModel):
    """What an overlay changes about one rule of the pack it extends.

    `drop` takes the rule out and says why; it stands alone.
    """

    rule: RuleId
    decision: Decisions | None = None
    min_score: Score | None = None
    message: Template | None = None
    settled_by: Annotated[tuple[SettledBy, ...] | None, BeforeValidator(_as_list)] = None
    clear: Text | None = None
    drop: Text | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        changed = self.model_fields_set - {"rule"}
        if not changed:
            raise ValueError("this changes nothing about the rule")
        if self.drop is not None and changed != {"drop"}:
            raise ValueError("a rule that is dropped has no other changes")
        return self
