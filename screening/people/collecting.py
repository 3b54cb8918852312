"""The files of each officer, the names to look for, and the reports while results come."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import ClassVar

from screening.config import ScreenConfig
from screening.errors import ConfigError
from screening.people.officers import OfficerVerdict
from screening.people.reports import officer_context
from screening.people.roster import Officer, searchable_names
from screening.people.screening_officers import UNDERCOVER, Crowd
from screening.records import FileResult
from screening.reports.base import ReportContext, ReportWriter
from screening.reports.registry import open_writers
from screening.run.walk import list_files

NAMES_FILE = "roster-names.tmp"
"""Names that the text detector looks for, in the folder of reports while a run goes on."""


def crowd_of(
    folder: Path, officers: Sequence[Officer], profile: str, out_dir: Path
) -> tuple[Crowd, list[str]]:
    """Everybody with the own files, and the folders that belong to nobody.

    Args:
        folder: holds a folder for each officer.
        officers: the roster.
        profile: of those who do not work undercover.
        out_dir: of the reports, left out where it lies in `folder`.

    Raises:
        ConfigError: `folder`, or the folder of an officer, is not there; nothing is taken for
            clean because its pictures were not found.
    """
    if not folder.is_dir():
        raise ConfigError("there is no such folder", file=folder)
    owner_of: dict[Path, int] = {}
    for number, officer in enumerate(officers):
        own = folder / officer.folder
        if not own.is_dir():
            raise ConfigError(
                f"there is no folder {officer.folder!r} for officer {officer.id}",
                file=folder,
                key="folder",
            )
        for path in list_files([own], out_dir=out_dir).files:
            if owner_of.setdefault(path, number) != number:
                raise ConfigError(
                    f"this file lies in the folders of {officers[owner_of[path]].id} and"
                    f" {officer.id}",
                    file=path,
                    key="folder",
                )
    listed = {Path(officer.folder).parts[0] for officer in officers}
    unlisted = sorted(
        entry.name
        for entry in folder.iterdir()
        if entry.is_dir() and not entry.name.startswith(".") and entry.name not in listed
        if entry.resolve() != out_dir.resolve()
    )
    verdicts = [
        OfficerVerdict(officer, UNDERCOVER if officer.undercover else profile)
        for officer in officers
    ]
    return Crowd(officers, verdicts, owner_of), unlisted


@contextmanager
def looking_for_names(
    settings: ScreenConfig, officers: Sequence[Officer], out_dir: Path
) -> Iterator[ScreenConfig]:
    """`settings` with the names of the roster as those that the text detector looks for.

    A roster of its own that the configuration names stays. The names lie in a file that only
    this user can read and that is gone at the end.
    """
    detectors = settings.detectors
    has_roster = "roster" in settings.options.get("text", {})
    names = searchable_names(officers)
    if has_roster or not names or (detectors is not None and "text" not in detectors):
        yield settings
        return
    try:
        out_dir.mkdir(parents=True, exist_ok=True)
        path = out_dir / NAMES_FILE
        path.touch(mode=0o600)
        path.write_text("\n".join(names) + "\n", encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            f"reports cannot be written to this folder ({error.strerror}); choose another with"
            " --out",
            file=out_dir,
        ) from error
    try:
        text = {**settings.options.get("text", {}), "roster": str(path)}
        yield settings.model_copy(update={"options": {**settings.options, "text": text}})
    finally:
        path.unlink(missing_ok=True)
        with suppress(OSError):  # a run that did not start leaves no empty folder
            out_dir.rmdir()


class OfficerWriters:
    """A report writer for all results, and one for each officer while the own files come."""

    name: ClassVar[str] = "officers"
    summary: ClassVar[str] = "results.jsonl of all, and report.html of each officer"

    def __init__(self, crowd: Crowd, context: ReportContext) -> None:
        self._crowd, self._context = crowd, context
        self._all = open_writers(["jsonl"], context)
        self._owner = -1
        self._own: list[ReportWriter] = []

    def write(self, result: FileResult) -> None:
        """Append one result; those of one officer come one after another."""
        owner = self._crowd.owner_of[result.media.path]
        if owner != self._owner:
            self._close_own()
            own_context = officer_context(self._context, self._crowd.verdicts[owner])
            self._owner, self._own = owner, open_writers(["html"], own_context)
        for writer in (*self._all, *self._own):
            writer.write(result)

    def _close_own(self) -> None:
        for writer in self._own:
            writer.close()
        self._own = []

    def close(self) -> None:
        """Put every report in place."""
        self._close_own()
        for writer in self._all:
            writer.close()


def digest_of(path: Path) -> str:
    """SHA-256 of a file; empty if it cannot be read."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""
