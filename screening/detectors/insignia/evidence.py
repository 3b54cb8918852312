"""What every finding says about the reference it names."""

from __future__ import annotations

from collections.abc import Sequence

from screening.catalog import Reference
from screening.records import EvidenceValue


def naming(references: Sequence[Reference], row: int) -> dict[str, EvidenceValue]:
    """Public evidence for the picture at one row of an index.

    Args:
        references: those of the whole index, by row.
        row: what was recognised.
    """
    reference = references[row]
    said: dict[str, EvidenceValue] = {
        "reference": reference.id,
        "picture": _number(references, row),
        "name": reference.name,
        "agency": reference.agency,
        "kind": reference.kind.value,
    }
    if reference.tags:
        said["tags"] = sorted(set(reference.tags))
    return said


def _number(references: Sequence[Reference], row: int) -> int:
    """Which picture of its reference stands at a row, counted from 1; they stand together.

    Not its file name: an index is found again by content, so a name in it may be an old one.
    """
    first = row
    while first and references[first - 1].id == references[row].id:
        first -= 1
    return row - first + 1
