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
        ConfigError: a path does not exist, or is the output folder.
    """
    found = FileList()
    out = None if out_dir is None else os.path.realpath(out_dir)
    walk = _Walk(found, out, follow_symlinks)
    seen: set[str] = set()
    for path in paths:
        if not os.path.lexists(path):
            raise ConfigError("there is no such file or folder", file=path)
        if os.path.realpath(path) == out:
            raise ConfigError(
                "the reports would go into the folder that is to be screened; choose another"
                " with --out",
                file=path,
            )
        for file, real in walk.below(path):
            if real in seen:
                found.skip("the same file again")
            else:
                seen.add(real)
                found.files.append(file)
    return found


@dataclass(frozen=True, slots=True)
class _Walk:
    found: FileList
    out: str | None
    follow_symlinks: bool
    visited: set[str] = field(default_factory=set)

    def below(self, start: Path) -> Iterator[tuple[Path, str]]:
        """Files with their real paths; depth first, without recursion (trees may be deep)."""
        # os.path.isdir never raises; Path.is_dir does where permission is missing.
        stack = [(start, os.path.realpath(start), os.path.isdir(start))]  # noqa: PTH112
        while stack:
            path, real, is_folder = stack.pop()
            if not is_folder:
                yield path, real
            elif self._is_new(real):
                try:
                    entries = sorted(os.scandir(path), key=lambda entry: entry.name, reverse=True)
                except OSError:
                    yield path, real
                    continue
                stack += [
                    (path / entry.name, _real_path(entry, real), _is_folder(entry))
                    for entry in entries
                    if self._is_wanted(entry)
                ]

    def _is_new(self, folder: str) -> bool:
        if folder == self.out:
            self.found.skip("output folder")
            return False
        if folder in self.visited:
            self.found.skip("folder already visited")
            return False
        self.visited.add(folder)
        return True

    def _is_wanted(self, entry: os.DirEntry[str]) -> bool:
        if entry.name.startswith("."):
            self.found.skip("hidden")
            return False
        if entry.is_symlink() and not self.follow_symlinks:
            self.found.skip("symbolic link")
            return False
        return True


def _real_path(entry: os.DirEntry[str], real_parent: str) -> str:
    """Without asking the operating system again, which costs a call for every parent folder."""
    if entry.is_symlink():
        return os.path.realpath(entry.path)
    return str(Path(real_parent, entry.name))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself, say
        return False
