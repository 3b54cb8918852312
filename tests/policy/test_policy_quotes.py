"""Quotes stand verbatim in the documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from screening.errors import ConfigError
from screening.policy import RulePack, check_quotes, load_packs, shipped_packs

DOCUMENT = """\
1. An employee must not post
   pictures of the vault, or of "anything else"
   in it.

2. Ask first.
"""


def pack_quoting(folder: Path, quote: str) -> Path:
    path = folder / "own.yaml"
    path.write_text(
        "schema: screening/rulepack/1\nname: own\nversion: '1'\ntitle: Own\n"
        "document: {title: Ours, file: ours.txt}\n"
        "clauses:\n"
        "  - {id: '2', section: '2', quote: Ask first., unscreened: no picture shows it}\n"
        f"  - id: '1'\n    section: '1'\n    quote: {quote}\n"
        "rules:\n  - {id: OWN-1, category: conduct, clauses: ['1'], decision: block,"
        " when: {any: [{label: text}]}, message: it shows the vault}\n",
        encoding="utf-8",
    )
    return path


def load(path: Path, documents: Path | None = None) -> RulePack:
    (pack,) = load_packs(
        [str(path)],
        profile="employee",
        known_labels=lambda: frozenset({"text"}),
        documents=documents,
    )
    return pack


@pytest.mark.parametrize(
    ("quote", "missing"),
    [
        ("An employee must not post pictures of the vault", []),
        ("An employee must not post\n      pictures of the vault", []),
        ("in it. 2. Ask first.", []),
        ("must not post  pictures", ["1"]),
        ("an employee must not post", ["1"]),
        ("the vault or of", ["1"]),
        ("or of \N{LEFT DOUBLE QUOTATION MARK}anything", ["1"]),
        ("must not post all pictures", ["1"]),
    ],
)
def test_only_line_breaks_may_differ(tmp_path: Path, quote: str, missing: list[str]) -> None:
    pack = load(pack_quoting(tmp_path, quote))
    assert check_quotes(pack, DOCUMENT) == missing
    assert check_quotes(pack, DOCUMENT.replace("\n", " \r\n")) == missing


def test_a_wrong_quote_is_an_error_where_the_document_is_given(tmp_path: Path) -> None:
    (tmp_path / "ours.txt").write_text(DOCUMENT, encoding="utf-8")
    load(pack_quoting(tmp_path, "must not post"), tmp_path)
    with pytest.raises(ConfigError, match=r"clause 1 is not in ours\.txt") as caught:
        load(pack_quoting(tmp_path, "may post"), tmp_path)
    assert (caught.value.line, caught.value.key) == (10, "clauses.1.quote")


def test_a_document_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read") as caught:
        load(pack_quoting(tmp_path, "must not post"), tmp_path)
    assert (caught.value.line, caught.value.key) == (5, "document.file")


@pytest.mark.shared
def test_every_shipped_quote_is_in_its_document(shared_data: Path, labels: frozenset[str]) -> None:
    documents = shared_data.parent / "policies"
    packs = load_packs((), profile="employee", known_labels=lambda: labels, documents=documents)
    texts = [(documents / pack.document_file).read_text(encoding="utf-8") for pack in packs]
    assert len(packs) == len(shipped_packs())
    assert [check_quotes(pack, text) for pack, text in zip(packs, texts, strict=True)] == [[]] * 4
