"""What there is to say about references, in lines for people and as data."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from rapidfuzz import process

from screening.catalog import Reference
from screening.detectors.insignia.art import drawn_size_px
from screening.detectors.insignia.catalog_check import CatalogReport
from screening.detectors.insignia.court_seals import CATALOG_PREFIX
from screening.detectors.insignia.likeness import Likeness
from screening.errors import ConfigError

_COURTS = "United States courts"
_SHOWN_ALIKE = 5


def as_json(reference: Reference) -> dict[str, object]:
    """Everything a catalog says about a reference."""
    return {
        "id": reference.id,
        "name": reference.name,
        "agency": reference.agency,
        "kind": reference.kind.value,
        "family": reference.family or None,
        "tags": list(reference.tags),
        "min_score": reference.min_score,
        "position": list(reference.position) if reference.position else None,
        "files": [str(path) for path in reference.files],
    }


def by_agency(references: Sequence[Reference]) -> Iterator[str]:
    """One line per reference under one per agency, and the sum."""
    groups: dict[str, list[Reference]] = defaultdict(list)
    for reference in references:
        courts = reference.id.startswith(f"{CATALOG_PREFIX}/")
        groups[_COURTS if courts else reference.agency].append(reference)
    width = max((len(reference.id) for reference in references), default=0)
    for agency, members in groups.items():
        yield f"{agency}: {_counted(members)}"
        for one in members:
            pictures = "" if len(one.files) == 1 else f" ({len(one.files)} pictures)"
            yield f"  {one.id:{width}}  {one.kind:10}  {one.name}{pictures}"
    yield f"{_number(len(references), 'reference')} of {_number(len(groups), 'agency')}"


def named(reference_id: str, references: Sequence[Reference]) -> Reference:
    """The reference of that id.

    Raises:
        ConfigError: there is none; the message lists those that are spelt like it.
    """
    known = {reference.id: reference for reference in references}
    if reference_id in known:
        return known[reference_id]
    near = [match[0] for match in process.extract(reference_id, list(known), limit=3)]
    raise ConfigError(
        f"no reference is called {reference_id!r}; near it are {', '.join(near) or 'none'}"
        " (see: screening references list)",
        key="ID",
    )


def described(reference: Reference, likeness: Likeness) -> Iterator[str]:
    """All about one reference."""
    yield f"{reference.id}: {reference.name}"
    facts = {
        "agency": reference.agency,
        "kind": reference.kind.value,
        "family": reference.family,
        "tags": ", ".join(reference.tags),
        "least score": "" if reference.min_score is None else f"{reference.min_score:g}",
        "position": ", ".join(map(str, reference.position or ())),
    }
    yield from (f"  {name}: {value}" for name, value in facts.items() if value)
    for path in reference.files:
        yield f"  picture: {path} ({_size(path)})"
    confused = set().union(*(group for group in likeness.groups() if reference.id in group))
    alike = likeness.nearest(reference.id, _SHOWN_ALIKE)
    yield "  looks like:" if alike else "  looks like no other reference"
    for other, agreement in alike:
        remark = ", cannot be told apart" if other in confused else ""
        yield f"    {other} (agreement {agreement:.2f}{remark})"


def told(report: CatalogReport, count: int) -> Iterator[str]:
    """What a check found, `count` references having been looked at."""
    for problem in report.problems:
        yield f"{problem.reference}: {problem.file}: {problem.words}"
    meant = [group for group in report.groups if group.family]
    for group in report.groups:
        if not group.family:
            yield (
                f"too alike to tell apart: {', '.join(group.ids)}; give them one family in the"
                " catalog, so that reports say what they have in common"
            )
    for group in meant:
        yield f"reported together as {group.family!r}: {', '.join(group.ids)}"
    wrong = len(report.problems) + len(report.groups) - len(meant)
    yield f"{_number(count, 'reference')} checked, " + (
        f"{_number(wrong, 'thing')} wrong" if wrong else "nothing wrong"
    )


def _size(path: Path) -> str:
    try:
        size_px = drawn_size_px(path)
    except ConfigError as error:
        return error.message
    return "drawing without a size" if size_px is None else f"insignia of {size_px:.0f} pixels"


def _counted(references: Iterable[Reference]) -> str:
    kinds = Counter(reference.kind.value for reference in references)
    return ", ".join(_number(count, kind) for kind, count in kinds.items())


def _number(count: int, noun: str) -> str:
    plural = {"agency": "agencies", "patch": "patches"}.get(noun, f"{noun}s")
    return f"{count} {noun if count == 1 else plural}"
