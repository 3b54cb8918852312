"""Writes what follows from the rule packs: docs/policies.md and the JSON Schemas of packs.

Run: .venv/bin/python tools/policy_docs.py (a test fails where a file is not as this writes it).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Set
from pathlib import Path

from pydantic import BaseModel

from screening.detectors.registry import known_labels
from screening.policy import Rule, RulePack, load_packs
from screening.policy.labels import DERIVED_LABELS, RESERVED_LABELS
from screening.policy.packfile import PackForm
from screening.policy.ruletests import TestsForm
from screening.records import Clause, Decision

ROOT = Path(__file__).resolve().parent.parent
PROFILES = ("employee", "undercover", "official")
INTRODUCTION = """\
# Policies, clause by clause

Written by `tools/policy_docs.py` from the rule packs; change those and run it again.

Every clause of the four documents is here: with the rules that screen it, the labels they look
for and the decision for each profile, or with the reason why it cannot be screened in a picture,
its text or its metadata. `screening policy explain RULE` says more about a rule.

A label marked * is **not yet seen by a detector**; a rule marked * is ready and tested, but nothing
that this version finds can break it. A clause whose rules are all marked is not screened yet.
"""


def documents() -> dict[Path, str]:
    """Every generated file with its content."""
    return {
        ROOT / "docs" / "policies.md": policies_page(),
        ROOT / "screening" / "schemas" / "rulepack-1.json": schema(
            PackForm, "A rule pack of Screening, or an overlay that extends one"
        ),
        ROOT / "screening" / "schemas" / "ruletests-1.json": schema(
            TestsForm, "The rule tests beside a rule pack of Screening"
        ),
    }


def schema(form: type[BaseModel], title: str) -> str:
    """JSON Schema of a form; one label may stand without its list, one decision for all."""
    content = form.model_json_schema(by_alias=True)
    _loosen(content)
    content = {"$schema": "https://json-schema.org/draft/2020-12/schema", **content}
    return json.dumps(content | {"title": title}, indent=2, ensure_ascii=False) + "\n"


# What forms take besides the type that they keep: one text for a list of texts, one decision
# for all profiles, a list of profiles that decide like the default.
_ONE_OR_MANY = {"label", "lacking", "settled_by"}
_ONE_FOR_ALL = {"decision": "Decision"}


def _loosen(node: object) -> None:
    if isinstance(node, list):
        for item in node:
            _loosen(item)
    elif isinstance(node, dict):
        for name, value in node.get("properties", {}).items():
            if name in _ONE_OR_MANY or _is_map_of_lists(value):
                _allow_single_items(value)
            elif name in _ONE_FOR_ALL and "$ref" not in value and "enum" not in value:
                node["properties"][name] = {"anyOf": [{"$ref": "#/$defs/Decision"}, value]}
            elif name == "profiles":
                node["properties"][name] = {
                    "anyOf": [value, {"type": "array", "items": {"type": "string", "minLength": 1}}]
                }
        for value in node.values():
            _loosen(value)


def _is_map_of_lists(value: dict[str, object]) -> bool:
    items = value.get("additionalProperties")
    return isinstance(items, dict) and items.get("type") == "array"


def _allow_single_items(value: dict[str, object]) -> None:
    """Accept the item of a list without the list."""
    inner = value.get("additionalProperties")
    if isinstance(inner, dict) and inner.get("type") == "array":
        value["additionalProperties"] = {"anyOf": [inner["items"], inner]}
    for choice in [value, *[one for one in _choices(value) if isinstance(one, dict)]]:
        if choice.get("type") == "array":
            array = dict(choice)
            choice.clear()
            choice["anyOf"] = [array["items"], array]


def _choices(value: dict[str, object]) -> list[object]:
    choices = value.get("anyOf")
    return choices if isinstance(choices, list) else []


def policies_page() -> str:
    """The page about all shipped packs."""
    packs = load_packs((), profile="employee", known_labels=known_labels)
    seen = known_labels() | DERIVED_LABELS.keys()
    parts = [INTRODUCTION, summary(packs, seen)]
    parts += [section(pack, seen) for pack in packs]
    parts.append(labels_table(packs, seen))
    return "\n".join(parts)


def summary(packs: tuple[RulePack, ...], seen: Set[str]) -> str:
    """How many clauses of each document are screened."""
    lines = [
        "| pack | document | clauses | screened | ready, label not yet seen | cannot be | rules |",
        "|---|---|---|---|---|---|---|",
    ]
    for pack in packs:
        states = [state(pack, clause, seen) for clause in pack.clauses]
        counts = " | ".join(str(states.count(name)) for name in ("screened", "ready", "cannot"))
        lines.append(
            f"| `{pack.name}` {pack.version} | {pack.document} | {len(states)} | {counts}"
            f" | {len(pack.rules)} |"
        )
    return "\n".join(lines) + "\n"


def state(pack: RulePack, clause: Clause, seen: Set[str]) -> str:
    """Whether a clause is `screened`, `ready` for labels to come, or `cannot` be screened."""
    rules = resting_on(pack, clause)
    if not rules:
        return "cannot"
    return "screened" if any(can_be_broken(rule, seen) for rule in rules) else "ready"


def can_be_broken(rule: Rule, seen: Set[str]) -> bool:
    """Whether what detectors see today is enough for one of its conditions."""
    return any(
        condition.label in seen and (condition.beside is None or condition.beside.labels & seen)
        for condition in rule.conditions
    )


def resting_on(pack: RulePack, clause: Clause) -> list[Rule]:
    """The rules that cite a clause."""
    return [rule for rule in pack.rules if clause in rule.clauses]


def section(pack: RulePack, seen: Set[str]) -> str:
    """The table of one document."""
    date = f", {pack.document_date}" if pack.document_date else ""
    head = f"## {pack.document}{date}\n\nPack `{pack.name}`, version {pack.version}.\n\n"
    lines = [
        "| clause | says | rule | labels | employee | undercover | official | settled by |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for clause in pack.clauses:
        lines += clause_rows(pack, clause, seen)
    return head + "\n".join(lines) + "\n"


def clause_rows(pack: RulePack, clause: Clause, seen: Set[str]) -> Iterator[str]:
    """One row for each rule that rests on a clause, or one that says why there is none."""
    says = f"{clause.section} | {cell(clause.quote)}"
    rules = resting_on(pack, clause)
    if not rules:
        yield f"| {says} | none | {cell(pack.unscreened[clause.id])} | | | | |"
    for position, rule in enumerate(rules):
        labels = ", ".join(label if label in seen else f"{label}*" for label in rule.labels)
        decisions = " | ".join(shown(rule.decision_for(profile)) for profile in PROFILES)
        settled = ", ".join(sorted(rule.settled_by))
        start = says if position == 0 else f"{clause.section} |"
        mark = "" if can_be_broken(rule, seen) else "*"
        yield f"| {start} | `{rule.id}`{mark} | {labels} | {decisions} | {settled} |"


def shown(decision: Decision) -> str:
    """A decision as the table has it: what is allowed is left out."""
    return "" if decision is Decision.ALLOW else str(decision)


def cell(text: str) -> str:
    """Text that keeps a table together."""
    return " ".join(text.split()).replace("|", "\\|")


def labels_table(packs: tuple[RulePack, ...], seen: Set[str]) -> str:
    """The labels that wait for a detector, and how many rules wait with them."""
    lines = [
        "## Not yet seen by a detector\n",
        "| label | what it will mean | rules that wait for it |",
        "|---|---|---|",
    ]
    for label, meaning in sorted(RESERVED_LABELS.items()):
        if label not in seen:
            count = sum(label in rule.labels for pack in packs for rule in pack.rules)
            lines.append(f"| `{label}` | {meaning} | {count} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the files."""
    for path, content in documents().items():
        path.write_text(content, encoding="utf-8")
        print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
