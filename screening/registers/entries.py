"""What the entries of all registers have in common, and how a register is read."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BeforeValidator, Field, StringConstraints, create_model

from screening.config import StrictModel
from screening.documents import load_csv, load_toml
from screening.errors import ConfigError

Form = TypeVar("Form", bound=StrictModel)

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Digest = Annotated[
    str, StringConstraints(strip_whitespace=True, to_lower=True, pattern=r"^[0-9a-fA-F]{64}$")
]
RuleId = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]+(-[A-Z0-9]+)+$")]


def _split(value: object) -> object:
    """In CSV several values stand in one cell, apart by semicolons."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(";") if part.strip()]
    return value


SeveralRules = Annotated[tuple[RuleId, ...], BeforeValidator(_split)]
SeveralTexts = Annotated[tuple[Text, ...], BeforeValidator(_split)]


@dataclass(frozen=True, slots=True)
class Validity:
    """First and last day of an entry."""

    first: datetime.date | None
    last: datetime.date

    def state(self, day: datetime.date) -> str:
        """`valid`, `expired` or `not yet valid`."""
        if day > self.last:
            return "expired"
        return "not yet valid" if self.first and day < self.first else "valid"


def load_entries(path: Path, form: type[Form], table: str) -> list[tuple[str, Form]]:
    """The entries of a register, each with where it stands: `consents.csv, line 3`.

    Args:
        path: a file that ends in .csv, or in .toml with one `[[table]]` for each entry.
        form: what an entry is.
        table: name of the TOML tables.

    Raises:
        ConfigError: with file, line and key.
    """
    if path.suffix.lower() == ".csv":
        return [(f"{path.name}, line {line}", entry) for line, entry in load_csv(path, form)]
    if path.suffix.lower() != ".toml":
        raise ConfigError("a register is a .csv or a .toml file", file=path)
    several = (tuple[form, ...], Field(min_length=1))  # type: ignore[valid-type]
    whole = create_model("Register", __base__=StrictModel, **{table: several})  # type: ignore[call-overload]
    entries: Sequence[Form] = getattr(load_toml(path, whole), table)
    return [(f"{path.name}, entry {number}", one) for number, one in enumerate(entries, start=1)]
