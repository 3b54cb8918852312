"""Lays an agency's own pack over the one it extends; both are whole files without mistakes."""

from __future__ import annotations

from collections.abc import Iterator

from screening.policy.forms import ChangeForm, RuleForm
from screening.policy.packfile import PackForm


def overlaid(base: PackForm, overlay: PackForm) -> PackForm:
    """`overlay` with all that it takes over from `base`, which extends nothing any more."""
    names = dict(base.names)
    for name, plain in overlay.names.items():
        names[name] = (*names.get(name, ()), *plain)
    return overlay.model_copy(
        update={
            "extends": None,
            "document": base.document if overlay.document is None else overlay.document,
            "profiles": {**base.profiles, **overlay.profiles},
            "patterns": {**base.patterns, **overlay.patterns},
            "names": names,
            "clauses": (*base.clauses, *overlay.clauses),
            "changes": (),
            "rules": (*_changed_rules(base, overlay), *overlay.rules),
        }
    )


def _changed_rules(base: PackForm, overlay: PackForm) -> Iterator[RuleForm]:
    changes = {change.rule: change for change in overlay.changes}
    for rule in base.rules:
        change = changes.get(rule.id)
        if change is None:
            yield rule
        elif change.drop is None:
            yield _changed(rule, change)


def _changed(rule: RuleForm, change: ChangeForm) -> RuleForm:
    update: dict[str, object] = {
        key: value
        for key in ("decision", "message", "settled_by", "clear")
        if (value := getattr(change, key)) is not None
    }
    if change.min_score is not None:
        conditions = tuple(
            condition.model_copy(update={"min_score": change.min_score})
            for condition in rule.when.any_of
        )
        update["when"] = rule.when.model_copy(update={"any_of": conditions})
    return rule.model_copy(update=update)
