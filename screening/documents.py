"""Reads YAML, TOML, CSV and JSON strictly: every mistake is an error with file, line and key.

A document is parsed, its keys are mapped to line numbers, and a pydantic model turns it into
types. Unknown keys, duplicate keys and wrong values raise `ConfigError`.
"""

from __future__ import annotations

import csv
import json
import re
import tomllib
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from screening.errors import ConfigError

Model = TypeVar("Model", bound=BaseModel)
KeyPath = tuple[str | int, ...]
LineMap = dict[KeyPath, int]

# libyaml's parser is ten times as fast; the wheels of every platform carry it.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_PLAIN_WORDS = {
    "extra_forbidden": "this key is not known here; check its spelling",
    "missing": "this key is required and is not there",
}


def load_yaml(path: Path, model: type[Model]) -> Model:
    """Read one YAML file as `model`.

    Raises:
        ConfigError: unreadable, not YAML, duplicate or unknown keys, wrong values.
    """
    text = _read(path)
    lines: LineMap = {}
    try:
        node = yaml.compose(text, Loader=_LOADER)
        if node is None:
            raise ConfigError("the file is empty", file=path, line=1)
        _map_lines(node, (), lines, path)
        data = yaml.load(text, Loader=_LOADER)  # noqa: S506 - a safe loader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise ConfigError(
            f"not valid YAML: {error.problem}", file=path, line=mark.line + 1 if mark else None
        ) from error
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date such as 2024-13-01
        raise ConfigError(f"not valid YAML: {error}", file=path) from error
    except RecursionError:
        raise ConfigError("is nested too deeply, or contains itself", file=path) from None
    return _validate(data, model, path, lines)


def load_toml(path: Path, model: type[Model]) -> Model:
    """Read one TOML file as `model`.

    Raises:
        ConfigError: unreadable, not TOML, unknown keys, wrong values.
    """
    text = _read(path)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        raise ConfigError(
            f"not valid TOML: {error}", file=path, line=int(found[1]) if found else None
        ) from error
    return _validate(data, model, path, _toml_lines(text))


def load_csv(path: Path, model: type[Model]) -> list[tuple[int, Model]]:
    """Read one CSV file with a line of headings; every further line is a `model`.

    An empty cell counts as not given. Lines that are empty or start with # are skipped.

    Returns:
        Each row with the 1-based line it ends on.

    Raises:
        ConfigError: unreadable, no headings, unknown or repeated ones, wrong values.
    """
    text = _read(path).removeprefix("\ufeff")
    kept = (line if not line.startswith("#") else "\n" for line in text.splitlines(keepends=True))
    reader = csv.reader(kept, strict=True)
    rows: list[tuple[int, Model]] = []
    headings: list[str] = []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if not headings:
                headings = [cell.strip() for cell in cells]
                _check_headings(path, reader.line_num, headings, model)
            else:
                rows.append((reader.line_num, _row(path, reader.line_num, headings, cells, model)))
    except csv.Error as error:
        raise ConfigError(f"not valid CSV: {error}", file=path, line=reader.line_num) from error
    if not headings:
        raise ConfigError("the file is empty; it needs a line of headings", file=path, line=1)
    return rows


def _check_headings(path: Path, line: int, headings: list[str], model: type[BaseModel]) -> None:
    known = [field.alias or name for name, field in model.model_fields.items()]
    for heading in headings:
        if heading not in known:
            raise ConfigError(
                f"this column is not known here; there are {', '.join(known)}",
                file=path,
                line=line,
                key=heading or "(no heading)",
            )
        if headings.count(heading) > 1:
            raise ConfigError("this column stands here twice", file=path, line=line, key=heading)


def _row(path: Path, line: int, headings: list[str], cells: list[str], model: type[Model]) -> Model:
    if len(cells) != len(headings):
        raise ConfigError(
            f"this line has {len(cells)} cells and not {len(headings)}, as the headings",
            file=path,
            line=line,
            key=headings[min(len(cells), len(headings) - 1)],
        )
    named = zip(headings, cells, strict=True)
    data = {heading: cell.strip() for heading, cell in named if cell.strip()}
    return _validate(data, model, path, {(): line})


def load_json(path: Path, model: type[Model]) -> Model:
    """Read one JSON file as `model`; lines of keys are those of YAML, which JSON is part of.

    Raises:
        ConfigError: unreadable, not JSON, unknown or repeated keys, wrong values.
    """
    text = _read(path)
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        raise ConfigError(f"not valid JSON: {error.msg}", file=path, line=error.lineno) from error
    return load_yaml(path, model)


def validate_values(data: object, model: type[Model], source: str) -> Model:
    """Turn values that did not come from a file (flags) into `model`.

    Raises:
        ConfigError: names `source` and the key.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = _first_mistake(error)
        key = ".".join(str(part) for part in first["loc"])
        raise ConfigError(
            _PLAIN_WORDS.get(first["type"], first["msg"]), file=source, key=key
        ) from None


def mistake_at(path: Path, location: KeyPath, message: str) -> ConfigError:
    """The error for a mistake at one key of a YAML file that was read before.

    For what no model can check alone, such as a name that must exist elsewhere.
    """
    lines: LineMap = {}
    node = yaml.compose(_read(path), Loader=_LOADER)
    if node is not None:
        _map_lines(node, (), lines, path)
    key = ".".join(str(part) for part in location)
    return ConfigError(message, file=path, line=nearest_line(lines, location), key=key)


def mistake_in_rows(path: Path, line: int, key: str, message: str) -> ConfigError:
    """The error for a mistake in a file of rows that was read before.

    Args:
        path: a CSV or TOML file.
        line: of the row; 0 to look the key up in a TOML file.
        key: column, or dotted key such as `officers.1.id`.
        message: what is wrong.
    """
    if not line:
        location = tuple(int(part) if part.isdecimal() else part for part in key.split("."))
        line = nearest_line(_toml_lines(_read(path)), location)
    return ConfigError(message, file=path, line=line, key=key)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", file=path) from error
    except UnicodeDecodeError as error:
        raise ConfigError("is not UTF-8 text", file=path) from error


def _validate(data: object, model: type[Model], path: Path, lines: LineMap) -> Model:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = _first_mistake(error)
        location: KeyPath = first["loc"]
        raise ConfigError(
            _PLAIN_WORDS.get(first["type"], first["msg"].removeprefix("Value error, ")),
            file=path,
            line=nearest_line(lines, location),
            key=".".join(str(part) for part in location) or None,
        ) from None


def _first_mistake(error: ValidationError) -> ErrorDetails:
    """An unknown key first: a misspelt key is also a missing one, and the spelling is the cause."""
    return min(error.errors(), key=lambda details: details["type"] != "extra_forbidden")


def nearest_line(lines: LineMap, location: KeyPath) -> int:
    """Line of a key, or of the nearest enclosing key that is in the file."""
    for length in range(len(location), -1, -1):
        if location[:length] in lines:
            return lines[location[:length]]
    return 1


def _map_lines(node: yaml.Node, prefix: KeyPath, lines: LineMap, path: Path) -> None:
    lines.setdefault(prefix, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for key_node, value_node in node.value:
            child = (*prefix, str(key_node.value))
            if child in lines:
                raise ConfigError(
                    "this key stands here twice",
                    file=path,
                    line=key_node.start_mark.line + 1,
                    key=".".join(str(part) for part in child),
                )
            lines[child] = key_node.start_mark.line + 1
            _map_lines(value_node, child, lines, path)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            _map_lines(item, (*prefix, index), lines, path)


def _toml_lines(text: str) -> LineMap:
    """Lines of `[section]` headers and of `key =` in them; tomllib keeps no positions.

    The entries of `[[lists]]` are numbered from 0, as pydantic does.
    """
    lines: LineMap = {(): 1}
    section: KeyPath = ()
    counts: dict[KeyPath, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*(\[+)\s*([^\]]+?)\s*\]+", line)
        if header:
            section = ()
            for part in header[2].split("."):
                section = (*section, part.strip().strip("\"'"))
                if section in counts and section != _named(header[2]):
                    section = (*section, counts[section])
            if header[1] == "[[":
                lines.setdefault(section, number)
                counts[section] = counts.get(section, -1) + 1
                section = (*section, counts[section])
            lines.setdefault(section, number)
            continue
        entry = re.match(r"\s*([\w\-.\"']+)\s*=", line)
        if entry:
            key = tuple(part.strip("\"'") for part in entry[1].split("."))
            lines.setdefault((*section, *key), number)
    return lines


def _named(header: str) -> KeyPath:
    return tuple(part.strip().strip("\"'") for part in header.split("."))


def as_plain_data(model: BaseModel) -> dict[str, Any]:
    """A model as JSON-ready data, for digests."""
    return model.model_dump(mode="json")
