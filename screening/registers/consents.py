"""Consents of people who are shown, and approvals of those who may approve a post."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

from pydantic import model_validator

from screening.config import StrictModel
from screening.registers.entries import (
    Digest,
    SeveralRules,
    SeveralTexts,
    Text,
    Validity,
    load_entries,
)


class ConsentForm(StrictModel):
    """One entry as written.

    A `consent` covers the one person `who`, or `everyone` who is shown. An `approval` covers
    the rules that it names. Either is for one picture, by the SHA-256 of the file, or for all
    pictures of one event, by the name given with `--event`.
    """

    kind: Literal["consent", "approval"] = "consent"
    who: Text
    also_known_as: SeveralTexts = ()
    covers: Literal["one", "everyone"] = "one"
    sha256: Digest | None = None
    event: Text | None = None
    rules: SeveralRules = ()
    reference: Text
    valid_from: datetime.date
    valid_until: datetime.date

    @model_validator(mode="after")
    def _is_meant(self) -> Self:
        if (self.sha256 is None) == (self.event is None):
            raise ValueError("an entry is for one picture (sha256) or for one event (event)")
        if self.valid_until < self.valid_from:
            raise ValueError("valid_until lies before valid_from")
        if self.kind == "approval" and not self.rules:
            raise ValueError("an approval names the rules that it is for (rules)")
        if self.kind == "approval" and "covers" in self.model_fields_set:
            raise ValueError("covers is for consents; an approval names rules")
        return self


@dataclass(frozen=True, slots=True)
class Consent:
    """One entry.

    Attributes:
        kind: `consent` or `approval`.
        entry: where it stands.
        names: of the person, in lower case; sensitive.
        everyone: whether it covers everybody who is shown.
        sha256: of the picture; empty where it is for an event.
        event: name of the event, in lower case; empty where it is for a picture.
        rules: what it settles; empty for a consent that settles all that consents can.
        reference: of the signed waiver or of the approval.
        validity: its days.
    """

    kind: str
    entry: str
    names: frozenset[str]
    everyone: bool
    sha256: str
    event: str
    rules: frozenset[str]
    reference: str
    validity: Validity

    def is_for(self, sha256: str, event: str) -> bool:
        """Whether it is for this picture, or for the event of the run."""
        return bool(self.sha256 and self.sha256 == sha256) or bool(
            self.event and self.event == event.casefold()
        )


def load_consents(path: Path) -> tuple[Consent, ...]:
    """Every entry of a register, valid or not.

    Raises:
        ConfigError: with file, line and key.
    """
    return tuple(
        Consent(
            kind=form.kind,
            entry=entry,
            names=frozenset(name.casefold() for name in (form.who, *form.also_known_as)),
            everyone=form.covers == "everyone",
            sha256=form.sha256 or "",
            event=(form.event or "").casefold(),
            rules=frozenset(form.rules),
            reference=form.reference,
            validity=Validity(form.valid_from, form.valid_until),
        )
        for entry, form in load_entries(path, ConsentForm, "consents")
    )
