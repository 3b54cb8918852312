"""Adds a reference to an agency's folder: copies its pictures, extends its `catalog.yaml`.

An existing catalog is extended as text, so that its comments and its order stay; the result is read
again before it is put in place, and must say what was there before plus the new reference.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from screening.catalog import CATALOG_NAME, AgencyCatalog, ReferenceEntry
from screening.documents import load_yaml
from screening.errors import ConfigError


@dataclass(frozen=True, slots=True)
class NewReference:
    """What is to be added; `entry.files` is empty and filled with the copies.

    Attributes:
        agency: full name; None for that of the catalog that is there.
        entry: as it will stand in the catalog.
        pictures: where its pictures lie now.
    """

    agency: str | None
    entry: ReferenceEntry
    pictures: tuple[Path, ...]


def id_from_name(name: str) -> str:
    """An id a catalog accepts: `Star of a deputy` is `star-of-a-deputy`.

    Raises:
        ConfigError: the name has neither Latin letters nor digits.
    """
    found = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    if not found:
        raise ConfigError(f"choose an id for {name!r} with --id", key="--id")
    return found


def add_reference(folder: Path, new: NewReference) -> Path:
    """Copy the pictures into `folder` and write the reference into its catalog.

    A reference that is there already, with the same kind, gets the pictures in addition.

    Returns:
        The catalog.

    Raises:
        ConfigError: a name is missing or differs from what is there, or the catalog is written in
            a way that cannot be extended; nothing has been changed then.
    """
    path = folder / CATALOG_NAME
    before = load_yaml(path, AgencyCatalog) if path.is_file() else None
    _check_agency(before, new.agency, path)
    names = _names_in(folder, new.pictures)
    entry = new.entry.model_copy(update={"files": tuple(names)})
    old = next((one for one in before.references if one.id == entry.id), None) if before else None
    if before is None:
        text = f"agency: {json.dumps(new.agency, ensure_ascii=False)}\nreferences:\n"
        text += _block_entry(entry, "  ")
        wanted = AgencyCatalog(agency=str(new.agency), references=(entry,))
    elif old is None:
        text = _with_entry(_text_of(path), entry)
        wanted = before.model_copy(update={"references": (*before.references, entry)})
    else:
        entry = _extended(old, entry, path)
        added = [name for name in entry.files if name not in old.files]
        text = _with_files(_text_of(path), old.id, added)
        wanted = _replacing(before, old, entry)
    folder.mkdir(parents=True, exist_ok=True)
    with _copied(names, folder):
        _write_checked(path, text, wanted)
    return path


@contextmanager
def _copied(names: Mapping[str, Path], folder: Path) -> Iterator[None]:
    """Pictures are in the folder; taken away again if what follows fails."""
    copies = []
    try:
        for name, picture in names.items():
            if not (folder / name).exists():
                copies.append(folder / name)
                shutil.copyfile(picture, folder / name)
        yield
    except BaseException:
        for copy in copies:
            copy.unlink(missing_ok=True)
        raise


def _check_agency(before: AgencyCatalog | None, agency: str | None, path: Path) -> None:
    if before is None and not agency:
        raise ConfigError(
            "there is no catalog here yet; say whose insignia these are with --agency NAME",
            file=path,
            key="--agency",
        )
    if before and agency and agency != before.agency:
        raise ConfigError(
            f"this is the catalog of {before.agency!r}, not of {agency!r}; use another folder, or"
            " leave --agency away",
            file=path,
            key="--agency",
        )


def _names_in(folder: Path, pictures: Sequence[Path]) -> dict[str, Path]:
    """What each picture is called in the folder; another one of that name is never overwritten."""
    names: dict[str, Path] = {}
    for picture in pictures:
        if not picture.name.isprintable():  # nor are the stand-ins for bytes that are not UTF-8
            raise ConfigError("give this picture a name of ordinary characters", file=picture)
        name = next(
            name
            for name in _possible_names(picture)
            if not _is_another(folder / name, picture) and not _is_another(names.get(name), picture)
        )
        names[name] = picture
    return names


def _possible_names(picture: Path) -> Iterator[str]:
    yield picture.name
    number = 2
    while True:
        yield f"{picture.stem}-{number}{picture.suffix}"
        number += 1


def _is_another(there: Path | None, picture: Path) -> bool:
    return bool(there and there.exists() and there.read_bytes() != picture.read_bytes())


def _extended(old: ReferenceEntry, new: ReferenceEntry, path: Path) -> ReferenceEntry:
    if old.kind is not new.kind:
        raise ConfigError(
            f"the reference {old.id} is there already and is a {old.kind}; choose another"
            " with --id",
            file=path,
            key="--id",
        )
    more = [name for name in new.files if name not in old.files]
    if not more:
        raise ConfigError(
            f"the reference {old.id} has these pictures already", file=path, key="--id"
        )
    return old.model_copy(update={"files": (*old.files, *more)})


def _replacing(catalog: AgencyCatalog, old: ReferenceEntry, new: ReferenceEntry) -> AgencyCatalog:
    references = tuple(new if one is old else one for one in catalog.references)
    return catalog.model_copy(update={"references": references})


def _with_entry(text: str, entry: ReferenceEntry) -> str:
    """The catalog's text with one more reference at its end."""
    references = _value_of(_root(text), "references")
    if not isinstance(references, yaml.SequenceNode):  # no such key, or nothing under it
        start = "" if re.search(r"^references:", text, re.MULTILINE) else "references:\n"
        return _ended(text) + start + _block_entry(entry, "  ")
    if references.flow_style:
        return _into_brackets(text, references, _flow_entry(entry))
    indent = " " * references.start_mark.column
    return _after(text, references.value[-1], _block_entry(entry, indent))


def _with_files(text: str, reference: str, names: Sequence[str]) -> str:
    """The catalog's text with more files of one reference."""
    references = _value_of(_root(text), "references")
    nodes = references.value if isinstance(references, yaml.SequenceNode) else []
    for node in nodes:
        given, files = _value_of(node, "id"), _value_of(node, "files")
        if given is not None and given.value == reference and isinstance(files, yaml.SequenceNode):
            quoted = [json.dumps(name, ensure_ascii=False) for name in names]
            if files.flow_style:
                return _into_brackets(text, files, ", ".join(quoted))
            indent = " " * files.start_mark.column
            return _after(text, files.value[-1], "".join(f"{indent}- {one}\n" for one in quoted))
    return text


def _text_of(path: Path) -> str:
    """Line ends as they are."""
    with path.open(encoding="utf-8", newline="") as stream:
        return stream.read()


def _root(text: str) -> yaml.Node | None:
    # The parser written in Python: only its marks count characters on every platform.
    return yaml.compose(text, Loader=yaml.SafeLoader)


def _value_of(node: yaml.Node | None, key: str) -> yaml.Node | None:
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next((value for name, value in pairs if name.value == key), None)


def _into_brackets(text: str, sequence: yaml.SequenceNode, more: str) -> str:
    closing = sequence.end_mark.index - 1
    start = text[:closing].rstrip()
    comma = "" if start.endswith(("[", ",")) else ","
    return f"{start}{comma}{' ' if comma else ''}{more}{text[closing:]}"


def _after(text: str, node: yaml.Node, more: str) -> str:
    """`more` on lines of its own below the last line of `node`."""
    end = _last_index(node)
    line_end = text.find("\n", end)
    if line_end < 0:
        return _ended(text) + more
    return text[: line_end + 1] + more + text[line_end + 1 :]


def _last_index(node: yaml.Node) -> int:
    """Where the text of a node ends; the end of a block is that of the last thing in it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _last_index(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.index)


def _ended(text: str) -> str:
    return text if text.endswith("\n") or not text else f"{text}\n"


def _written(entry: ReferenceEntry) -> dict[str, str]:
    """Keys and values as YAML; JSON's strings, numbers and lists are YAML's as well."""
    data = entry.model_dump(mode="json", exclude_defaults=True)
    order = ("id", "name", "kind", "files", "family", "tags", "min_score", "position")
    return {key: _scalar(key, data[key]) for key in order if key in data}


def _scalar(key: str, value: object) -> str:
    if key in ("id", "kind") and yaml.safe_load(str(value)) == value:  # `no` would be a bool
        return str(value)
    return json.dumps(value, ensure_ascii=False)


def _block_entry(entry: ReferenceEntry, indent: str) -> str:
    lines = [f"{key}: {value}" for key, value in _written(entry).items()]
    return f"{indent}- " + f"\n{indent}  ".join(lines) + "\n"


def _flow_entry(entry: ReferenceEntry) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in _written(entry).items()) + "}"


def _write_checked(path: Path, text: str, wanted: AgencyCatalog) -> None:
    handle, scratch_name = tempfile.mkstemp(prefix=".catalog-", suffix=".yaml", dir=path.parent)
    scratch = Path(scratch_name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
        try:
            read = load_yaml(scratch, AgencyCatalog)
        except ConfigError:
            read = None
        if read != wanted:
            raise ConfigError(
                "this catalog is written in a way that cannot be extended here; add the reference"
                " by hand",
                file=path,
            )
        scratch.chmod(path.stat().st_mode if path.exists() else 0o644)
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)
