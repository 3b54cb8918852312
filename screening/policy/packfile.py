"""The YAML form of a rule pack (`screening/rulepack/1`), what it must obey, and its types."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from screening.config import StrictModel
from screening.documents import KeyPath
from screening.policy.message import check_template
from screening.policy.rulepack import (
    BUILT_IN_PROFILES,
    DEFAULT,
    Category,
    Condition,
    Rule,
    RulePack,
)
from screening.records import Clause, Decision

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


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


def _is_pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"not a valid regular expression: {error}") from error
    return text


Several = Annotated[tuple[Text, ...], BeforeValidator(_as_list), Field(min_length=1)]


class DocumentForm(StrictModel):
    """The document a pack is drawn from; `file` is the name of its text file."""

    title: Text
    file: Text
    date: datetime.date | None = None
    url: Text | None = None


class ClauseForm(StrictModel):
    """One clause: how the pack and how the document calls it, and a short quotation."""

    id: Text
    section: Text
    quote: Text


class ConditionForm(StrictModel):
    """What a finding must be like; `label` may be one label or a list of them."""

    label: Several
    min_score: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 0.0
    where: Mapping[Text, Several] = Field(default_factory=dict)
    matches: Mapping[Text, Annotated[Text, AfterValidator(_is_pattern)]] = Field(
        default_factory=dict
    )
    unless: Mapping[Text, Several] = Field(default_factory=dict)

    def conditions(self) -> Iterator[Condition]:
        """One condition for each label."""
        where = {key: frozenset(allowed) for key, allowed in self.where.items()}
        unless = {key: frozenset(excepted) for key, excepted in self.unless.items()}
        matches = {key: re.compile(pattern) for key, pattern in self.matches.items()}
        for label in self.label:
            yield Condition(label, self.min_score, where, matches, unless)


class WhenForm(StrictModel):
    """The conditions of a rule; one that holds is enough."""

    any_of: Annotated[tuple[ConditionForm, ...], Field(alias="any", min_length=1)]


class RuleForm(StrictModel):
    """One rule; `decision` is one value, or one for each profile with a `default`."""

    id: Annotated[str, Field(pattern=r"^[A-Z0-9]+(-[A-Z0-9]+)+$")]
    category: Category
    clauses: Annotated[tuple[Text, ...], Field(min_length=1)]
    when: WhenForm
    decision: Annotated[
        Mapping[Text, Decision], BeforeValidator(_for_all_profiles), AfterValidator(_has_effect)
    ]
    message: Annotated[Text, AfterValidator(check_template)]


class PackForm(StrictModel):
    """One rule pack as written."""

    schema_name: Annotated[Literal["screening/rulepack/1"], Field(alias="schema")]
    name: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    version: Text
    title: Text
    document: DocumentForm
    profiles: tuple[Text, ...] = ()
    clauses: Annotated[tuple[ClauseForm, ...], Field(min_length=1)]
    rules: Annotated[tuple[RuleForm, ...], Field(min_length=1)]

    def mistakes(self, known_labels: frozenset[str] | None) -> Iterator[tuple[KeyPath, str]]:
        """Names that are there twice or not at all, each with the place of the mistake."""
        clause_ids = [clause.id for clause in self.clauses]
        profiles = (DEFAULT, *BUILT_IN_PROFILES, *self.profiles)
        yield from _repeated(profiles, "profiles", first=len(profiles) - len(self.profiles))
        yield from _repeated(clause_ids, "clauses", "id")
        yield from _repeated([rule.id for rule in self.rules], "rules", "id")
        for position, rule in enumerate(self.rules):
            place: KeyPath = ("rules", position)
            for index, clause in enumerate(rule.clauses):
                if clause not in clause_ids:
                    yield (*place, "clauses", index), _unknown("clause", clause, clause_ids)
            for profile in rule.decision:
                if profile not in profiles:
                    yield (*place, "decision", profile), _unknown("profile", profile, profiles)
            for index, condition in enumerate(rule.when.any_of):
                for offset, label in enumerate(condition.label):
                    if known_labels is not None and label not in known_labels:
                        spot = (*place, "when", "any", index, "label", offset)
                        yield spot, _unknown("label", label, sorted(known_labels))

    def build(self, sha256: str) -> RulePack:
        """The types, once there are no mistakes."""
        clauses = {
            form.id: Clause(form.id, self.document.title, form.section, form.quote)
            for form in self.clauses
        }
        return RulePack(
            name=self.name,
            version=self.version,
            title=self.title,
            document=self.document.title,
            document_file=self.document.file,
            document_date=self.document.date,
            url=self.document.url,
            profiles=self.profiles,
            clauses=tuple(clauses.values()),
            rules=tuple(_build_rule(form, clauses) for form in self.rules),
            sha256=sha256,
        )


def _build_rule(form: RuleForm, clauses: Mapping[str, Clause]) -> Rule:
    return Rule(
        id=form.id,
        category=form.category,
        clauses=tuple(clauses[clause] for clause in form.clauses),
        conditions=tuple(
            condition for entry in form.when.any_of for condition in entry.conditions()
        ),
        decisions=dict(form.decision),
        message=form.message,
    )


def _repeated(values: Sequence[str], *place: str, first: int = 0) -> Iterator[tuple[KeyPath, str]]:
    """Every value that stood before; `first` is the position of the file's first own value."""
    list_key, *entry_key = place
    for position, value in enumerate(values):
        if value in values[:position]:
            yield (list_key, position - first, *entry_key), f"{value!r} is there twice"


def _unknown(what: str, name: str, known: Sequence[str]) -> str:
    return f"there is no {what} {name!r}; there are {', '.join(known)}"
