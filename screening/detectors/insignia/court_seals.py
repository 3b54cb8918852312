"""The seals of United States courts that come with the `seal_rookery` package."""

from __future__ import annotations

import json
from pathlib import Path

import seal_rookery

from screening.catalog import InsigniaKind, Reference

CATALOG_PREFIX = "us-courts"
FAMILY = "a seal of a United States court"


def court_seals() -> tuple[Reference, ...]:
    """One reference per court that has a seal, ordered by court id."""
    folder = Path(seal_rookery.__file__).parent / "seals"
    entries = json.loads((folder / "seals.json").read_text(encoding="utf-8"))
    files = {path.stem: path for path in sorted((folder / "orig").iterdir())}
    return tuple(
        Reference(
            id=f"{CATALOG_PREFIX}/{court_id}",
            name=entries[court_id]["name"],
            agency=entries[court_id]["name"],
            kind=InsigniaKind.SEAL,
            files=(files[court_id],),
            family=FAMILY,
        )
        for court_id in sorted(entries)
        if entries[court_id]["has_seal"] and court_id in files
    )
