"""docs/policies.md and the schemas are as the tool writes them, and the schemas are right."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import jsonschema
import pytest
import yaml

from screening.policy import load_packs, shipped_packs
from screening.policy.labels import RESERVED_LABELS
from screening.policy.loading import pack_path
from screening.policy.ruletests import ruletests_path


@pytest.fixture(scope="module")
def generated(repository: Path) -> dict[Path, str]:
    tool = runpy.run_path(str(repository / "tools" / "policy_docs.py"))
    files: dict[Path, str] = tool["documents"]()
    return files


def test_the_files_are_as_the_tool_writes_them(generated: dict[Path, str]) -> None:
    assert len(generated) == 3
    for path, content in generated.items():
        assert path.read_text(encoding="utf-8") == content, f"run tools/policy_docs.py: {path.name}"


def test_every_clause_is_accounted_for_in_the_page(generated: dict[Path, str]) -> None:
    [page] = [content for path, content in generated.items() if path.name == "policies.md"]
    for pack in load_packs((), profile="employee", known_labels=frozenset):
        cited = {clause.id for rule in pack.rules for clause in rule.clauses}
        for clause in pack.clauses:
            assert (clause.id in cited) != (clause.id in pack.unscreened)
            assert " ".join(clause.quote.split()) in page


def plain(path: Path) -> object:
    """YAML as JSON has it: dates are texts."""
    return json.loads(json.dumps(yaml.safe_load(path.read_text(encoding="utf-8")), default=str))


@pytest.mark.parametrize("name", shipped_packs())
def test_packs_and_tests_are_valid_by_the_schemas(generated: dict[Path, str], name: str) -> None:
    schemas = {
        path.name: json.loads(content)
        for path, content in generated.items()
        if path.suffix == ".json"
    }
    pack = plain(pack_path(name))
    jsonschema.validate(pack, schemas["rulepack-1.json"])
    jsonschema.validate(plain(ruletests_path(pack_path(name))), schemas["ruletests-1.json"])
    assert isinstance(pack, dict)
    for change in ({"titel": "x"}, {"name": "Our Pack"}, {"schema": "screening/rulepack/9"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(pack | change, schemas["rulepack-1.json"])


def test_reserved_labels_are_used_and_are_not_misspelt_ones() -> None:
    packs = load_packs((), profile="employee", known_labels=frozenset)
    named = {label for pack in packs for rule in pack.rules for label in rule.labels}
    named |= {
        label
        for pack in packs
        for rule in pack.rules
        for condition in rule.conditions
        for label in condition.lacking
    }
    assert RESERVED_LABELS.keys() <= named
