"""The registers of a run: read once, and what in them is valid on its day."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from screening.errors import ConfigError
from screening.records import Failure, Finding, Verdict, with_ids
from screening.registers.consents import Consent, load_consents
from screening.registers.places import Place, load_places, protected_places
from screening.registers.settling import Entries, settled_verdict
from screening.registers.suppressions import Suppression, load_suppressions

Entry = TypeVar("Entry", Consent, Suppression, Place)


@dataclass(frozen=True, slots=True)
class Registers:
    """What the registers of a run say on its day.

    Attributes:
        places: every protected place.
        consents: the valid ones that are for a picture or for the event of the run.
        suppressions: the valid ones, by the SHA-256 of their file.
        event: what the files of the run were made at; empty if it was not said.
        outdated: entries that are expired or not yet valid: where they stand, and which it is.
        sha256: of every file that was read, for the fingerprint.
    """

    places: tuple[Place, ...] = ()
    consents: tuple[Consent, ...] = ()
    suppressions: Mapping[str, tuple[Suppression, ...]] = field(default_factory=dict)
    event: str = ""
    outdated: Mapping[str, str] = field(default_factory=dict)
    sha256: tuple[str, ...] = ()

    def with_places(self, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        """`findings` with one for each protected place that a position lies in."""
        found = protected_places(findings, self.places)
        return with_ids((*findings, *found)) if found else findings

    def settle(
        self,
        verdict: Verdict,
        findings: Sequence[Finding],
        failures: Sequence[Failure],
        sha256: str,
        settled_by: Mapping[str, frozenset[str]],
    ) -> Verdict:
        """`verdict` with what is settled for the file with this digest turned into `allow`."""
        if not sha256:
            return verdict
        entries = Entries(
            [one for one in self.consents if one.is_for(sha256, self.event)],
            self.suppressions.get(sha256, ()),
        )
        return settled_verdict(verdict, findings, failures, entries, settled_by)

    def unused(self, used: Iterable[str]) -> list[str]:
        """Where the valid suppressions stand that settled nothing in a run."""
        settled = set(used)
        return [
            one.entry
            for group in self.suppressions.values()
            for one in group
            if one.entry not in settled
        ]

    def canonical(self) -> list[object]:
        """What a fingerprint covers: the files, and what of them is not valid today."""
        return [list(self.sha256), sorted(self.outdated.items()), self.event]


def open_registers(
    consents: Iterable[Path],
    suppressions: Iterable[Path],
    places: Iterable[Path],
    event: str,
    day: datetime.date,
) -> Registers:
    """Read every register of a run.

    Raises:
        ConfigError: with file, line and key; nothing is run with a register that cannot be read.
    """
    digests: list[str] = []
    all_places = _read_all(places, load_places, digests)
    all_consents = _read_all(consents, load_consents, digests)
    all_suppressions = _read_all(suppressions, load_suppressions, digests)
    validities = {one.entry: one.validity for one in all_consents}
    validities |= {one.entry: one.validity for one in all_suppressions}
    outdated = {
        entry: state
        for entry, validity in validities.items()
        if (state := validity.state(day)) != "valid"
    }
    by_file: dict[str, tuple[Suppression, ...]] = {}
    for one in all_suppressions:
        if one.entry not in outdated:
            by_file[one.sha256] = (*by_file.get(one.sha256, ()), one)
    return Registers(
        places=tuple(all_places),
        consents=tuple(one for one in all_consents if one.entry not in outdated),
        suppressions=by_file,
        event=event.strip(),
        outdated=outdated,
        sha256=tuple(digests),
    )


def _read_all(
    paths: Iterable[Path], load: Callable[[Path], tuple[Entry, ...]], digests: list[str]
) -> list[Entry]:
    entries: list[Entry] = []
    names: dict[str, Path] = {}
    for path in paths:
        if names.setdefault(path.name, path) != path:
            # Reports name an entry by its file's name.
            raise ConfigError("another register of this name is given; rename one", file=path)
        entries += load(path)
        digests.append(hashlib.sha256(path.read_bytes()).hexdigest())
    return entries
