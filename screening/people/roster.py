"""The roster of an agency: who is there, who works undercover, and whose folder is whose.

Everything in it is sensitive except the ids, which reports use.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, StringConstraints

from screening.config import StrictModel
from screening.documents import load_csv, load_toml, mistake_in_rows
from screening.errors import ConfigError
from screening.records import Finding
from screening.registers.entries import SeveralTexts, Text

_TRUTHS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
_LEAST_HANDLE = 4
"""A handle of three letters is a word of some language."""


def _yes_or_no(value: object) -> object:
    if isinstance(value, str):
        if value.strip().lower() not in _TRUTHS:
            raise ValueError("say yes or no")
        return _TRUTHS[value.strip().lower()]
    return value


def _is_folder_name(value: object) -> object:
    if isinstance(value, str) and (
        Path(value).is_absolute() or ".." in Path(value).parts or value.strip() in ("", ".")
    ):
        raise ValueError("a folder lies inside the folder that is screened, such as stone")
    return value


class OfficerForm(StrictModel):
    """One officer as written; several aliases or handles in one CSV cell stand apart by `;`.

    `undercover` must be said: taking an undercover officer for another is the worst mistake.
    """

    id: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[\w.-]{1,64}$")]
    name: Text
    aliases: SeveralTexts = ()
    undercover: Annotated[bool, BeforeValidator(_yes_or_no)]
    unit: Text | None = None
    handles: SeveralTexts = ()
    folder: Annotated[Text, BeforeValidator(_is_folder_name)]


class RosterForm(StrictModel):
    """A roster in TOML: one `[[officers]]` for each."""

    officers: tuple[OfficerForm, ...]


@dataclass(frozen=True, slots=True)
class Officer:
    """One person of the roster.

    Attributes:
        id: how reports call this person.
        name: sensitive, as are aliases, unit and handles.
        aliases: other names.
        undercover: judged by the profile `undercover`.
        unit: where this person works; empty if not said.
        handles: names of accounts.
        folder: below the folder that is screened.
    """

    id: str
    name: str
    aliases: tuple[str, ...]
    undercover: bool
    unit: str
    handles: tuple[str, ...]
    folder: str


def load_roster(path: Path) -> tuple[Officer, ...]:
    """Everybody on a roster (.csv or .toml).

    Raises:
        ConfigError: with file, line and key; nobody on it; an id or a folder that is there twice.
    """
    if path.suffix.lower() == ".csv":
        rows = load_csv(path, OfficerForm)
        places = [(line, "") for line, _ in rows]
        forms = [form for _, form in rows]
    elif path.suffix.lower() == ".toml":
        forms = list(load_toml(path, RosterForm).officers)
        places = [(0, f"officers.{number}.") for number in range(len(forms))]
    else:
        raise ConfigError("a roster is a .csv or a .toml file", file=path)
    if not forms:
        raise ConfigError("there is nobody on this roster", file=path, line=1, key="id")
    for key in ("id", "folder"):
        seen: set[str] = set()
        for form, (line, prefix) in zip(forms, places, strict=True):
            value = getattr(form, key).casefold()
            if value in seen:
                raise mistake_in_rows(path, line, f"{prefix}{key}", "this is there twice")
            seen.add(value)
    return tuple(
        Officer(
            form.id,
            form.name,
            form.aliases,
            form.undercover,
            form.unit or "",
            form.handles,
            form.folder,
        )
        for form in forms
    )


def searchable_names(officers: Iterable[Officer]) -> list[str]:
    """Names and aliases that the text detector can look for: two words or more, no digits."""
    names = (" ".join(name.split()) for one in officers for name in (one.name, *one.aliases))
    return list(dict.fromkeys(name for name in names if _is_searchable(name)))


def _is_searchable(name: str) -> bool:
    words = re.findall(r"[^\W\d_]{2,}", name)
    return len(name.split()) > 1 and bool(words) and not re.search(r"\d|^#", name)


def handles_read(findings: Sequence[Finding], officers: Iterable[Officer]) -> list[Finding]:
    """A finding for every text among `findings` in which the handle of an officer stands."""
    handles = {
        handle.lstrip("@").casefold()
        for one in officers
        for handle in one.handles
        if len(handle.lstrip("@")) >= _LEAST_HANDLE
    }
    if not handles:
        return []
    pattern = re.compile(
        rf"(?<![\w.])(?:{'|'.join(map(re.escape, sorted(handles)))})(?![\w])", re.IGNORECASE
    )
    return [
        Finding(
            "people",
            "roster_name",
            finding.score,
            finding.box,
            frame_index=finding.frame_index,
            time_s=finding.time_s,
            text=text,
            evidence={"kind": "handle"},
            within=finding.within,
        )
        for finding in findings
        for text in _texts_of(finding)
        if pattern.search(text)
    ]


def _texts_of(finding: Finding) -> list[str]:
    hidden = [value for value in finding.sensitive.values() if isinstance(value, str)]
    return [finding.text] if finding.text and finding.label == "text" else hidden
