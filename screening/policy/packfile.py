"""A rule pack as written (`screening/rulepack/1`), what it must obey, and its types."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from screening.config import StrictModel
from screening.documents import KeyPath
from screening.policy.forms import (
    ChangeForm,
    ClauseForm,
    DocumentForm,
    InForceForm,
    Pattern,
    RuleForm,
    Several,
    Text,
    pattern_name,
)
from screening.policy.rulepack import BUILT_IN_PROFILES, DEFAULT, Rule, RulePack
from screening.records import Clause, Decision

_Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


def _like_default(value: object) -> object:
    """A list of profiles means that each decides like `default` where a rule does not name it."""
    if not isinstance(value, list | tuple):
        return value
    if len(set(map(str, value))) < len(value):
        raise ValueError("a profile is there twice")
    return {name: DEFAULT for name in value}  # noqa: C420 - names may be of a wrong type


class PackForm(StrictModel):
    """One rule pack: whole, or an overlay that extends another one.

    `patterns` are regular expressions that conditions name as `$name`; `names` adds plain names
    to them, as an overlay does for its own courts and departments.
    """

    schema_name: Annotated[Literal["screening/rulepack/1"], Field(alias="schema")]
    name: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    version: Text
    title: Text
    extends: Text | None = None
    in_force: InForceForm = InForceForm()
    document: DocumentForm | None = None
    profiles: Annotated[Mapping[Text, Text], BeforeValidator(_like_default)] = Field(
        default_factory=dict
    )
    patterns: Mapping[_Key, Pattern] = Field(default_factory=dict)
    names: Mapping[_Key, Several] = Field(default_factory=dict)
    clauses: tuple[ClauseForm, ...] = ()
    changes: tuple[ChangeForm, ...] = ()
    rules: tuple[RuleForm, ...] = ()

    def mistakes(
        self, known_labels: frozenset[str] | None, base: PackForm | None = None
    ) -> Iterator[tuple[KeyPath, str]]:
        """Names that are there twice or not at all, each with the place of the mistake.

        Args:
            known_labels: labels that rules may name; None leaves them unchecked.
            base: the pack that this one extends, with all that it extends itself.
        """
        yield from self._missing_parts()
        clause_ids = [clause.id for clause in (*(base.clauses if base else ()), *self.clauses)]
        inherited = len(clause_ids) - len(self.clauses)
        yield from _repeated(clause_ids, "clauses", "id", first=inherited)
        yield from _repeated([rule.id for rule in self.rules], "rules", "id")
        yield from self._profile_mistakes(base)
        yield from self._change_mistakes(base)
        patterns = {**(base.patterns if base else {}), **self.patterns}
        for name in self.names:
            if name not in patterns:
                yield ("names", name), _unknown("pattern", name, list(patterns))
        for position, rule in enumerate(self.rules):
            place: KeyPath = ("rules", position)
            for index, clause in enumerate(rule.clauses):
                if clause not in clause_ids:
                    yield (*place, "clauses", index), _unknown("clause", clause, clause_ids)
            yield from _condition_mistakes(rule, place, patterns, known_labels)
        yield from self._unaccounted_clauses()

    def _missing_parts(self) -> Iterator[tuple[KeyPath, str]]:
        if self.extends is None:
            for key in ("document", "clauses", "rules"):
                if not getattr(self, key):
                    yield (key,), "this key is required in a pack that extends none"
            if self.changes:
                yield ("changes",), "there is nothing to change in a pack that extends none"
        elif self.clauses and self.document is None:
            yield ("document",), "clauses of its own need the document that they stand in"

    def _unaccounted_clauses(self) -> Iterator[tuple[KeyPath, str]]:
        used = {clause for rule in self.rules for clause in rule.clauses}
        for position, clause in enumerate(self.clauses):
            if clause.unscreened is None and clause.id not in used:
                message = (
                    f"no rule rests on clause {clause.id!r}; say under `unscreened` why it"
                    " cannot be screened"
                )
                yield ("clauses", position, "id"), message
            elif clause.unscreened is not None and clause.id in used:
                yield (
                    ("clauses", position, "unscreened"),
                    f"a rule rests on clause {clause.id!r}, so it is screened",
                )

    def _profile_mistakes(self, base: PackForm | None) -> Iterator[tuple[KeyPath, str]]:
        inherited = base.profiles if base else {}
        for name, like in self.profiles.items():
            if name in (DEFAULT, *BUILT_IN_PROFILES, *inherited):
                yield ("profiles", name), f"{name!r} is there already"
            elif like not in (DEFAULT, *BUILT_IN_PROFILES):
                yield (
                    ("profiles", name),
                    _unknown("profile to take decisions from", like, (DEFAULT, *BUILT_IN_PROFILES)),
                )
        profiles = (DEFAULT, *BUILT_IN_PROFILES, *inherited, *self.profiles)
        decided: list[tuple[str, int, Mapping[str, Decision]]] = [
            *(("rules", place, rule.decision) for place, rule in enumerate(self.rules)),
            *(("changes", place, one.decision or {}) for place, one in enumerate(self.changes)),
        ]
        for key, position, decision in decided:
            for profile in decision:
                if profile not in profiles:
                    place: KeyPath = (key, position, "decision", profile)
                    yield place, _unknown("profile", profile, profiles)

    def _change_mistakes(self, base: PackForm | None) -> Iterator[tuple[KeyPath, str]]:
        rules = [rule.id for rule in base.rules] if base else []
        changed = [change.rule for change in self.changes]
        yield from _repeated(changed, "changes", "rule")
        for position, rule in enumerate(changed):
            if base and rule not in rules:
                yield ("changes", position, "rule"), _unknown("rule", rule, rules)
        for position, own in enumerate(self.rules):
            if own.id in rules:
                yield (
                    ("rules", position, "id"),
                    f"{own.id!r} is a rule of {self.extends}; change it under `changes`",
                )

    def all_patterns(self) -> dict[str, str]:
        """Every named pattern, with the plain names that were added to it."""
        patterns = dict(self.patterns)
        for name, plain in self.names.items():
            if name in patterns:
                patterns[name] = _or_names(patterns[name], plain)
        return patterns

    def own_clauses(self) -> dict[str, Clause]:
        """Its own clauses by id; an overlay may have none, and no document then."""
        title = self.document.title if self.document else ""
        return {one.id: Clause(one.id, title, one.section, one.quote) for one in self.clauses}


def build_pack(form: PackForm, clauses: Mapping[str, Clause], sha256: str) -> RulePack:
    """The types of a pack without mistakes.

    Args:
        form: whole, with all that it extends.
        clauses: of all its documents.
        sha256: see `RulePack`.

    Raises:
        ValueError: there is no document.
    """
    if form.document is None:
        raise ValueError("a pack that extends another one is merged with it first")
    patterns = form.all_patterns()
    return RulePack(
        name=form.name,
        version=form.version,
        title=form.title,
        document=form.document.title,
        document_file=form.document.file,
        document_date=form.document.date,
        url=form.document.url,
        profiles=dict(form.profiles),
        clauses=tuple(clauses.values()),
        unscreened={one.id: one.unscreened for one in form.clauses if one.unscreened},
        rules=tuple(_build_rule(rule, clauses, patterns) for rule in form.rules),
        sha256=sha256,
        in_force=(form.in_force.first, form.in_force.last),
    )


def _build_rule(form: RuleForm, clauses: Mapping[str, Clause], patterns: Mapping[str, str]) -> Rule:
    return Rule(
        id=form.id,
        category=form.category,
        clauses=tuple(clauses[clause] for clause in form.clauses),
        conditions=tuple(
            condition for entry in form.when.any_of for condition in entry.conditions(patterns)
        ),
        decisions=dict(form.decision),
        message=form.message,
        settled_by=frozenset(form.settled_by),
        clear=form.clear or "",
    )


def _or_names(pattern: str, names: Sequence[str]) -> str:
    """`pattern`, or one of `names` whatever its case."""
    flags = re.match(r"\(\?[aiLmsux]+\)", pattern)  # may stand only at the start of a pattern
    start = flags[0] if flags else ""
    plain = "|".join(re.escape(name) for name in names)
    return rf"{start}(?:{pattern[len(start) :]})|(?i:(?<!\w)(?:{plain})(?!\w))"


def _condition_mistakes(
    rule: RuleForm, place: KeyPath, patterns: Mapping[str, str], known_labels: frozenset[str] | None
) -> Iterator[tuple[KeyPath, str]]:
    for index, condition in enumerate(rule.when.any_of):
        spot: KeyPath = (*place, "when", "any", index)
        for key, pattern in condition.matches.items():
            name = pattern_name(pattern)
            if name is not None and name not in patterns:
                yield (*spot, "matches", key), _unknown("pattern", name, list(patterns))
        if known_labels is not None:
            for where, label in condition.named_labels():
                if label not in known_labels:
                    yield (*spot, *where), _unknown("label", label, sorted(known_labels))


def _repeated(values: Sequence[str], *place: str, first: int = 0) -> Iterator[tuple[KeyPath, str]]:
    """Every value that stood before; `first` is the position of the file's first own value."""
    list_key, *entry_key = place
    for position, value in enumerate(values):
        if position >= first and value in values[:position]:
            yield (list_key, position - first, *entry_key), f"{value!r} is there twice"


def _unknown(what: str, name: str, known: Sequence[str]) -> str:
    return f"there is no {what} {name!r}; there are {', '.join(known) or 'none'}"
