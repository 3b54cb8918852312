"""Which packs are loaded, and what every mistake in one says and where."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from screening.detectors.registry import known_labels
from screening.errors import ConfigError
from screening.policy import load_packs, shipped_packs
from screening.records import Decision
from screening.resources import package_file

PACK = """\
schema: screening/rulepack/1
name: own
version: "1"
title: Our own rules
document:
  title: Our Policy
  file: ours.txt
  date: 2024-02-29
profiles: [night-shift]
clauses:
  - id: "1"
    section: "1"
    quote: Never show the seal.
  - id: "2"
    section: "2"
    quote: Never tell the place.
rules:
  - id: OWN-1-SEAL
    category: insignia
    clauses: ["1"]
    when:
      any:
        - label: seal
          min_score: 0.5
          where: {kind: [seal]}
          matches: {agency: '^Fair'}
    decision: {default: review, night-shift: block}
    message: it shows the seal of {names}
  - id: OWN-2-PLACE
    category: security
    clauses: ["2"]
    when: {any: [{label: [gps_location, place_name]}]}
    decision: block
    message: it tells the place
"""

# What stands in PACK, what is put in its place, and the line, key and words of the error.
MISTAKES = [
    ("schema: screening/rulepack/1", "schema: screening/rulepack/2", 1, "schema", "rulepack/1"),
    ("name: own", "name: Our Pack", 2, "name", "match pattern"),
    ('version: "1"\n', "", 1, "version", "required"),
    ('version: "1"', "version: 1.0", 3, "version", "string"),
    ("title: Our own rules", "titel: Our own rules", 4, "titel", "not known here"),
    ("  title: Our Policy", "  title: ' '", 6, "document.title", "at least 1"),
    ("date: 2024-02-29", "date: last spring", 8, "document.date", "date"),
    ("  file: ours.txt", "  file: ours.txt\n  path: x", 8, "document.path", "not known here"),
    ("[night-shift]", "[employee]", 9, "profiles.employee", "'employee' is there already"),
    ("[night-shift]", "[default, night-shift]", 9, "profiles.default", "there already"),
    ("[night-shift]", "[dusk, night-shift, dusk]", 9, "profiles", "a profile is there twice"),
    ("[night-shift]", "{night-shift: dusk}", 9, "profiles.night-shift", "no profile to take"),
    ('id: "2"', 'id: "1"', 14, "clauses.1.id", "'1' is there twice"),
    ('id: "2"', "id: 2", 14, "clauses.1.id", "string"),
    ("quote: Never tell the place.", "quote: ''", 16, "clauses.1.quote", "at least 1"),
    ("quote: Never tell the place.", "quote:", 16, "clauses.1.quote", "string"),
    ("OWN-2-PLACE", "OWN-1-SEAL", 29, "rules.1.id", "'OWN-1-SEAL' is there twice"),
    ("OWN-2-PLACE", "own 2", 29, "rules.1.id", "match pattern"),
    ("category: security", "category: safety", 30, "rules.1.category", "'security'"),
    (
        'clauses: ["2"]',
        'clauses: ["2", "3"]',
        31,
        "rules.1.clauses.1",
        "no clause '3'; there are 1,",
    ),
    ('clauses: ["2"]', "clauses: []", 31, "rules.1.clauses", "at least 1"),
    ("{label: [gps_location, place_name]}", "", 32, "rules.1.when.any", "at least 1"),
    ("any: [{", "all: [{", 32, "rules.1.when.all", "not known here"),
    ("place_name]", "aura]", 32, "rules.1.when.any.0.label.1", "no label 'aura'; there are agen"),
    ("label: seal", "label: ''", 23, "rules.0.when.any.0.label.0", "at least 1"),
    ("label: seal", "labels: seal", 23, "rules.0.when.any.0.labels", "not known here"),
    ("min_score: 0.5", "min_score: 50", 24, "rules.0.when.any.0.min_score", "less than"),
    ("min_score: 0.5", "min_score: .nan", 24, "rules.0.when.any.0.min_score", "finite"),
    ("{kind: [seal]}", "{kind: []}", 25, "rules.0.when.any.0.where.kind", "at least 1"),
    ("{kind: [seal]}", "{kind: [yes]}", 25, "rules.0.when.any.0.where.kind.0", "string"),
    ("'^Fair'", "'(Fair'", 26, "rules.0.when.any.0.matches.agency", "regular expression"),
    ("decision: block", "decision: forbid", 33, "rules.1.decision.default", "'block'"),
    ("decision: block", "decision: allow", 33, "rules.1.decision", "allows everything"),
    ("default: review, ", "", 27, "rules.0.decision", "`default`"),
    ("night-shift: block", "day-shift: block", 27, "rules.0.decision.day-shift", "no profile"),
    (
        "of {names}",
        "of {owner}",
        28,
        "rules.0.message",
        "no placeholder {owner}; there are {kinds}",
    ),
    ("of {names}", "of {names.upper}", 28, "rules.0.message", "no placeholder"),
    ("of {names}", "of {names!r}", 28, "rules.0.message", "no placeholder"),
    ("of {names}", "of {names", 28, "rules.0.message", "expected '}'"),
    (
        "    decision: block",
        "    decision: block\n    decision: block",
        34,
        "rules.1.decision",
        "twice",
    ),
    ("    message: it tells the place", "", 29, "rules.1.message", "required"),
    ("title: Our own rules", "title: [", 6, None, "not valid YAML"),
]


def write(folder: Path, text: str, name: str = "own.yaml") -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_an_own_pack_becomes_types(tmp_path: Path, labels: frozenset[str]) -> None:
    path = write(tmp_path, PACK)
    (pack,) = load_packs([path], profile="night-shift", known_labels=lambda: labels)
    assert pack.sha256 == hashlib.sha256(PACK.encode()).hexdigest()
    assert (pack.name, pack.document, str(pack.document_date)) == (
        "own",
        "Our Policy",
        "2024-02-29",
    )
    seal, place = pack.rules
    assert [(clause.id, clause.document) for clause in seal.clauses] == [("1", "Our Policy")]
    assert seal.decision_for("night-shift") is Decision.BLOCK
    assert seal.decision_for("employee") is Decision.REVIEW
    assert [condition.label for condition in place.conditions] == ["gps_location", "place_name"]


@pytest.mark.parametrize(
    "mistake", [pytest.param(entry, id=f"{i:02}-{entry[3]}") for i, entry in enumerate(MISTAKES)]
)
def test_a_mistake_names_file_line_and_key(
    tmp_path: Path, labels: frozenset[str], mistake: tuple[str, str, int, str | None, str]
) -> None:
    old, new, line, key, words = mistake
    assert PACK.count(old) == 1
    path = write(tmp_path, PACK.replace(old, new))
    with pytest.raises(ConfigError, match=re.escape(words)) as caught:
        load_packs([path], profile="employee", known_labels=lambda: labels)
    assert (str(caught.value.file), caught.value.line, caught.value.key) == (path, line, key)


def test_no_policy_means_all_that_are_shipped(labels: frozenset[str]) -> None:
    packs = load_packs((), profile="official", known_labels=lambda: labels)
    assert tuple(pack.name for pack in packs) == shipped_packs()
    assert shipped_packs() == ("edmo-2016", "model-le", "rite-draft", "stl-ar150-2020")


def test_shipped_packs_name_only_labels_that_detectors_declare() -> None:
    paths = [str(package_file(f"policy/packs/{name}.yaml")) for name in shipped_packs()]
    packs = load_packs(paths, profile="employee", known_labels=known_labels)
    assert all(pack.rules for pack in packs)


def test_labels_are_asked_for_own_packs_only() -> None:
    asked: list[bool] = []

    def labels() -> frozenset[str]:
        asked.append(True)
        return known_labels()

    load_packs(("edmo-2016",), profile="employee", known_labels=labels)
    assert asked == []


def test_packs_come_in_the_order_asked_for(tmp_path: Path, labels: frozenset[str]) -> None:
    policies = ["rite-draft", write(tmp_path, PACK), "edmo-2016"]
    packs = load_packs(policies, profile="employee", known_labels=lambda: labels)
    assert [pack.name for pack in packs] == ["rite-draft", "own", "edmo-2016"]


def test_an_unknown_pack_lists_the_known_ones(labels: frozenset[str]) -> None:
    with pytest.raises(ConfigError, match="no rule pack 'edmo'; there are edmo-2016, model-le"):
        load_packs(["edmo"], profile="employee", known_labels=lambda: labels)


@pytest.mark.parametrize("profile", ["emploee", "night-shift", "default", ""])
def test_a_profile_that_no_pack_declares(labels: frozenset[str], profile: str) -> None:
    with pytest.raises(ConfigError, match="there are employee, undercover, official") as caught:
        load_packs(["edmo-2016"], profile=profile, known_labels=lambda: labels)
    assert caught.value.key == "profile"


def test_a_pack_given_twice(tmp_path: Path, labels: frozenset[str]) -> None:
    path = write(tmp_path, PACK)
    with pytest.raises(ConfigError, match="'own' is already taken") as caught:
        load_packs([path, path], profile="employee", known_labels=lambda: labels)
    assert (caught.value.line, caught.value.key) == (2, "name")


def test_a_rule_id_of_another_pack(tmp_path: Path, labels: frozenset[str]) -> None:
    path = write(tmp_path, PACK.replace("OWN-2-PLACE", "EDMO-2D-DOCKET"))
    with pytest.raises(ConfigError, match=r"already taken by .*edmo-2016\.yaml") as caught:
        load_packs(["edmo-2016", path], profile="employee", known_labels=lambda: labels)
    assert (caught.value.line, caught.value.key) == (29, "rules.1.id")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read"),
        (b"", "the file is empty"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"- a\n- b\n", "dictionary"),
        (b"just words", "dictionary"),
    ],
)
def test_a_file_that_is_no_pack(
    tmp_path: Path, labels: frozenset[str], content: bytes | None, words: str
) -> None:
    path = tmp_path / "own.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match=words) as caught:
        load_packs([str(path)], profile="employee", known_labels=lambda: labels)
    assert str(caught.value.file) == str(path)
