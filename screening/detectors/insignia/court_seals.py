"""The seals of United States courts that come with the `seal_rookery` package, by circuit or court.

Which court is federal is what `courts-db` says of it. Which states belong to a circuit: 28 U.S.C.
section 41; the Northern Mariana Islands: 48 U.S.C. section 1821(a).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

import seal_rookery
from rapidfuzz import process

from screening.catalog import InsigniaKind, Reference
from screening.errors import ConfigError

CATALOG_PREFIX = "us-courts"
ALL, FEDERAL, STATE = "all", "federal", "state"

_FAMILIES = {
    FEDERAL: "a seal of a United States federal court",
    STATE: "a seal of a state court",
    "agency": "a seal of a United States federal agency",
}

_STATES_OF_CIRCUIT = {
    "ca1": "ma me nh pr ri",
    "ca2": "ct ny vt",
    "ca3": "de nj pa vi",
    "ca4": "md nc sc va wv",
    "ca5": "la ms tx",
    "ca6": "ky mi oh tn",
    "ca7": "il in wi",
    "ca8": "ar ia mn mo nd ne nebraska sd",
    "ca9": "ak az ca gu hi id mt nmi nv or wa",
    "ca10": "co ks nm ok ut wy",
    "ca11": "al fl ga",
    "cadc": "dc",
}
"""States as the ids of their districts begin (`nebraskab` is the one that is spelt out). The
twelfth circuit of the statute, the Federal one, has no districts of its own."""

_CIRCUITS = {
    state: circuit for circuit, states in _STATES_OF_CIRCUIT.items() for state in states.split()
}
_DISTRICT_COURT = re.compile(rf"(?P<state>{'|'.join(_CIRCUITS)})[nsewcm]?[bd]")
_APPELLATE_PANEL = re.compile(r"bap(?P<number>\d+)")

_NOT_IN_COURTS_DB = {
    "aoc": "agency",
    "asbca": "agency",
    "cbca": "agency",
    "compliance": "agency",
    "mspb": "agency",
    "tennworkcompcl": STATE,
}


def court_seals(courts: Iterable[str] = (ALL,)) -> tuple[Reference, ...]:
    """One reference per court that has a seal, ordered by court id.

    Args:
        courts: ids of courts such as `moed`; circuits such as `ca8`, which stand for the court of
            appeals and every district and bankruptcy court below it; `federal`, `state`, `all`.

    Raises:
        ConfigError: a name is none of these; the message lists those that are spelt like it.
    """
    groups, names = _groups(), tuple(courts)
    for name in names:
        if name not in groups:
            near = [match[0] for match in process.extract(name, list(groups), limit=5)]
            raise ConfigError(
                f"no court, circuit or group of courts with a seal is called {name!r}; near it are"
                f" {', '.join(near)}",
                key="insignia.courts",
            )
    wanted = frozenset().union(*(groups[name] for name in names))
    return tuple(seal for court, seal in _all_seals().items() if court in wanted)


@cache
def _all_seals() -> Mapping[str, Reference]:
    """Every seal by court id, in order."""
    folder = Path(seal_rookery.__file__).parent / "seals"
    entries = json.loads((folder / "seals.json").read_text(encoding="utf-8"))
    files = {path.stem: path for path in sorted((folder / "orig").iterdir())}
    systems = _systems()
    return MappingProxyType(
        {
            court: Reference(
                id=f"{CATALOG_PREFIX}/{court}",
                name=entries[court]["name"],
                agency=entries[court]["name"],
                kind=InsigniaKind.SEAL,
                files=(files[court],),
                family=_FAMILIES[systems[court]],
            )
            for court in sorted(entries)
            if entries[court]["has_seal"] and court in files
        }
    )


@cache
def _systems() -> Mapping[str, str]:
    """`federal`, `state` or `agency` by court id."""
    from courts_db import courts  # noqa: PLC0415 - 0.3 s

    return {court["id"]: court["system"] for court in courts} | _NOT_IN_COURTS_DB


@cache
def _groups() -> Mapping[str, frozenset[str]]:
    """The courts each name stands for."""
    seals, systems = _all_seals(), _systems()
    federal = frozenset(court for court in seals if systems[court] != STATE)
    groups = {court: frozenset({court}) for court in seals}
    for circuit in _STATES_OF_CIRCUIT:
        groups[circuit] = frozenset(one for one in federal if _circuit(one) == circuit)
    return groups | {ALL: frozenset(seals), FEDERAL: federal, STATE: frozenset(seals) - federal}


def _circuit(court: str) -> str | None:
    """The circuit a federal court belongs to; None for those that sit for the whole country."""
    if court in _STATES_OF_CIRCUIT:
        return court
    if panel := _APPELLATE_PANEL.fullmatch(court):
        return f"ca{panel['number']}"
    district = _DISTRICT_COURT.fullmatch(court)
    return _CIRCUITS[district["state"]] if district else None
