"""YAML, TOML, CSV and JSON are read strictly: every mistake says where it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from screening.config import StrictModel
from screening.documents import (
    load_csv,
    load_json,
    load_toml,
    load_yaml,
    mistake_at,
    validate_values,
)
from screening.errors import ConfigError


class Inner(StrictModel):
    name: str
    size: int = 0


class Outer(StrictModel):
    title: str
    parts: tuple[Inner, ...] = ()
    inner: Inner | None = None


def failure(path: Path, text: str | bytes) -> ConfigError:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    load = load_toml if path.suffix == ".toml" else load_yaml
    with pytest.raises(ConfigError) as caught:
        load(path, Outer)
    return caught.value


def test_good_yaml_and_toml_say_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("title: Ü\nparts:\n  - {name: b, size: 2}\n", "utf-8")
    (tmp_path / "a.toml").write_text('title = "Ü"\n[[parts]]\nname = "b"\nsize = 2\n', "utf-8")
    expected = Outer(title="Ü", parts=(Inner(name="b", size=2),))
    assert load_yaml(tmp_path / "a.yaml", Outer) == expected
    assert load_toml(tmp_path / "a.toml", Outer) == expected


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ("title: a\ntitel: b\n", 2, "titel"),
        ("title: a\nparts:\n  - name: b\n    sise: 2\n", 4, "parts.0.sise"),
        ("title: a\nparts:\n  - name: b\n  - size: 3\n", 4, "parts.1.name"),
        ("title: a\ninner:\n  name: b\n  size: big\n", 4, "inner.size"),
        ("parts: []\n", 1, "title"),
        ("title: a\nparts: 3\n", 2, "parts"),
        ("title: a\nparts: []\ntitle: b\n", 3, "title"),
        ("title: a\ninner:\n  name: b\n  name: c\n", 4, "inner.name"),
        ("titel: a\n", 1, "titel"),
    ],
)
def test_yaml_mistakes(tmp_path: Path, text: str, line: int, key: str) -> None:
    error = failure(tmp_path / "a.yaml", text)
    assert (error.file, error.line, error.key) == (tmp_path / "a.yaml", line, key)


def test_duplicate_key_is_named_as_such(tmp_path: Path) -> None:
    assert "twice" in failure(tmp_path / "a.yaml", "title: a\ntitle: b\n").message


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("title: [a\nparts: b\n", 2),
        ("title: a\n\tparts: b\n", 2),
        ("title: !!python/object/apply:os.system ['true']\n", 1),
        ("title: !include other.yaml\n", 1),
        ("title: *nowhere\n", 1),
        ("title: a\n---\ntitle: b\n", 2),
        ("", 1),
        ("# only a comment\n", 1),
    ],
)
def test_what_is_no_plain_yaml(tmp_path: Path, text: str, line: int) -> None:
    error = failure(tmp_path / "a.yaml", text)
    assert (error.file, error.line) == (tmp_path / "a.yaml", line)


@pytest.mark.parametrize(
    "text",
    [
        "- a\n- b\n",
        "just words\n",
        "title: 2024-13-01\n",
        "title: &a [*a]\n",
        "title: " + "[" * 3000 + "]" * 3000 + "\n",
        "? [a, b]\n: c\n",
        "? {a: b}\n: c\n",
        b"title: \xff\xfe\n",
        b"title: \x00\n",
    ],
    ids=["list", "scalar", "date", "loop", "nested", "list key", "map key", "not utf-8", "nul"],
)
def test_nonsense_names_the_file(tmp_path: Path, text: str | bytes) -> None:
    error = failure(tmp_path / "a.yaml", text)
    assert error.file == tmp_path / "a.yaml"
    assert str(error).startswith(str(tmp_path / "a.yaml"))


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ('title = "a"\ntitel = "b"\n', 2, "titel"),
        ('title = "a"\n\n[inner]\nname = "b"\nsize = "big"\n', 5, "inner.size"),
        ('title = "a"\ninner.name = 3\n', 2, "inner.name"),
    ],
)
def test_toml_mistakes(tmp_path: Path, text: str, line: int, key: str) -> None:
    error = failure(tmp_path / "a.toml", text)
    assert (error.file, error.line, error.key) == (tmp_path / "a.toml", line, key)


@pytest.mark.parametrize(
    ("text", "line"),
    [('title = "a"\ntitle = "b"\n', 2), ("title = \n", 1), ('title = "a"\n[inner\n', 2)],
)
def test_what_is_no_toml(tmp_path: Path, text: str, line: int) -> None:
    error = failure(tmp_path / "a.toml", text)
    assert (error.file, error.line) == (tmp_path / "a.toml", line)


@pytest.mark.parametrize("name", ["a.yaml", "a.toml"])
def test_files_that_cannot_be_opened(tmp_path: Path, name: str) -> None:
    load = load_toml if name.endswith("toml") else load_yaml
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path / name, Outer)
    (tmp_path / name).mkdir()
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path / name, Outer)


def test_values_from_flags_name_their_source() -> None:
    with pytest.raises(ConfigError) as caught:
        validate_values({"title": "a", "inner": {"name": "b", "sise": 1}}, Outer, "command line")
    assert (caught.value.file, caught.value.key) == ("command line", "inner.sise")


def test_mistake_at_finds_the_nearest_line(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("title: a\nparts:\n  - name: b\n", "utf-8")
    assert mistake_at(path, ("parts", 0, "name"), "no").line == 3
    assert mistake_at(path, ("parts", 7, "name"), "no").line == 2
    assert mistake_at(path, ("other",), "no").line == 1
    assert mistake_at(path, ("parts", 0, "name"), "no").key == "parts.0.name"


class Row(StrictModel):
    name: str
    age: int = 0


class Rows(StrictModel):
    people: tuple[Row, ...]


def test_rows_of_csv_know_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text('\ufeffname,age\n# a note\n\nAnn,\n"Bo\nLee",7\n', encoding="utf-8")
    rows = load_csv(path, Row)
    assert [(line, row.name, row.age) for line, row in rows] == [(4, "Ann", 0), (6, "Bo\nLee", 7)]


def test_entries_of_toml_lists_know_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "rows.toml"
    path.write_text('[[people]]\nname = "Ann"\n\n[[people]]\nname = "Bo"\nage = "x"\n')
    with pytest.raises(ConfigError) as caught:
        load_toml(path, Rows)
    assert (caught.value.line, caught.value.key) == (6, "people.1.age")


def test_json_is_read_strictly(tmp_path: Path) -> None:
    path = tmp_path / "rows.json"
    for text, line, key in (
        ('{"people": [\n{"name": "Ann", "age": "x"}]}', 2, "people.0.age"),
        ('{"people": [],\n"people": []}', 2, "people"),
        ('{"people": [}', 1, None),
        ("people: []", 1, None),
    ):
        path.write_text(text)
        with pytest.raises(ConfigError) as caught:
            load_json(path, Rows)
        assert (caught.value.line, caught.value.key) == (line, key), text
