"""Lists the files of a run, in a stable order, and counts what it leaves out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from screening.errors import ConfigError


@dataclass(frozen=True, slots=True)
class FileList:
    """Files to screen and counts of what was skipped, by reason."""

    files: list[Path] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)

    def skip(self, reason: str) -> None:
        """Count one more entry that is left out."""
        self.skipped[reason] = self.skipped.get(reason, 0) + 1


def list_files(
    paths: Iterable[Path], *, out_dir: Path | None = None, follow_symlinks: bool = False
) -> FileList:
    """Files named or found below `paths`, each once, folders in name order.

    A file that is named is always taken, hidden or not. Inside folders hidden entries, symbolic
    links and the output folder are skipped and counted. A folder that cannot be listed is put
    on the list itself, so that its result line says so.

    Raises:
        ConfigError: a path does not exist.
    """
    found = FileList()
    seen: set[str] = set()
    for path in paths:
        if not os.path.lexists(path):
            raise ConfigError("there is no such file or folder", file=path)
        for file in _walk(path, found, _Rules(out_dir, follow_symlinks)):
            real = os.path.realpath(file)
            if real in seen:
                found.skip("the same file again")
            else:
                seen.add(real)
                found.files.append(file)
    return found


@dataclass(frozen=True, slots=True)
class _Rules:
    out_dir: Path | None
    follow_symlinks: bool
    visited: set[str] = field(default_factory=set)


def _walk(path: Path, found: FileList, rules: _Rules) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    real = os.path.realpath(path)
    if rules.out_dir is not None and real == os.path.realpath(rules.out_dir):
        found.skip("output folder")
        return
    if real in rules.visited:
        found.skip("folder already visited")
        return
    rules.visited.add(real)
    try:
        entries = sorted(os.scandir(path), key=lambda entry: entry.name)
    except OSError:
        yield path
        return
    for entry in entries:
        child = path / entry.name
        if entry.name.startswith("."):
            found.skip("hidden")
        elif entry.is_symlink() and not rules.follow_symlinks:
            found.skip("symbolic link")
        elif entry.is_dir():
            yield from _walk(child, found, rules)
        else:
            yield child
