"""Reads reference insignia: `reference_insignia/<agency>/catalog.yaml` into types."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from screening.config import StrictModel
from screening.documents import load_yaml
from screening.errors import ConfigError

CATALOG_NAME = "catalog.yaml"


class InsigniaKind(StrEnum):
    """What a reference is; also the label of the findings that match it."""

    SEAL = "seal"
    BADGE = "badge"
    PATCH = "patch"
    LOGO = "logo"
    LETTERHEAD = "letterhead"
    BUILDING = "building"


class Position(StrictModel):
    """Where a building stands: WGS84, decimal degrees, north and east positive."""

    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    longitude: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]


class ReferenceEntry(StrictModel):
    """One reference as written in a catalog; files are relative to the catalog."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]*$")]
    name: Annotated[str, Field(min_length=1)]
    kind: InsigniaKind
    files: Annotated[tuple[str, ...], Field(min_length=1)]
    family: str = ""
    tags: tuple[Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")], ...] = ()
    min_score: Annotated[float, Field(ge=0, le=1)] | None = None
    position: Position | None = None

    @field_validator("position")
    @classmethod
    def _stands_still(cls, position: Position | None, entry: ValidationInfo) -> Position | None:
        # A kind that is wrong itself is not among the data and is reported by its own name.
        if position and entry.data.get("kind", InsigniaKind.BUILDING) is not InsigniaKind.BUILDING:
            raise ValueError("only a reference of kind building has a position")
        return position


class AgencyCatalog(StrictModel):
    """One `catalog.yaml`.

    Attributes:
        agency: full name, as it is to be read in reports and looked for in pictures.
        aliases: other spellings to look for in pictures.
        email_domains: domains of work e-mail addresses, such as `fairhaven.example`.
        references: the pictures to match.
    """

    agency: Annotated[str, Field(min_length=1)]
    aliases: tuple[str, ...] = ()
    email_domains: tuple[str, ...] = ()
    references: tuple[ReferenceEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """One reference picture set, ready to be matched.

    Attributes:
        id: unique over all catalogs of a run: `<folder>/<id>`.
        name: what a report calls it.
        agency: whose it is.
        kind: what it is.
        files: absolute paths of its pictures.
        family: what those that look almost alike are called together, such as "a seal of a United
            States court"; empty for none.
        tags: words of the agency's own by which a policy can tell references apart.
        min_score: least score of a finding of it; None for that of the detector.
        position: latitude and longitude of a building in degrees; None where it is not given.
    """

    id: str
    name: str
    agency: str
    kind: InsigniaKind
    files: tuple[Path, ...]
    family: str = ""
    tags: tuple[str, ...] = ()
    min_score: float | None = None
    position: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Agency:
    """One agency with its names, e-mail domains and references."""

    name: str
    aliases: tuple[str, ...]
    email_domains: tuple[str, ...]
    references: tuple[Reference, ...]


def load_agencies(folders: Iterable[Path]) -> tuple[Agency, ...]:
    """Every agency under `folders`, in order of folder and name.

    A folder is either one agency (it holds a `catalog.yaml`) or a parent of such folders.

    Raises:
        ConfigError: no catalog in a folder, a mistake in one, a missing picture, a repeated id.
    """
    agencies = [_load(path) for folder in folders for path in _catalog_paths(folder)]
    seen: dict[str, Reference] = {}
    for reference in (ref for agency in agencies for ref in agency.references):
        if reference.id in seen:
            raise ConfigError(
                f"the reference {reference.id} is there twice; give the folder or the id"
                " another name",
                file=reference.files[0].parent / CATALOG_NAME,
            )
        seen[reference.id] = reference
    return tuple(agencies)


def _catalog_paths(folder: Path) -> list[Path]:
    if (folder / CATALOG_NAME).is_file():
        return [folder / CATALOG_NAME]
    paths = sorted(folder.glob(f"*/{CATALOG_NAME}"))
    if not paths:
        raise ConfigError(f"no {CATALOG_NAME} in this folder or in a folder inside it", file=folder)
    return paths


def _load(path: Path) -> Agency:
    catalog = load_yaml(path, AgencyCatalog)
    references = []
    for entry in catalog.references:
        files = tuple((path.parent / name).resolve() for name in entry.files)
        for name, file in zip(entry.files, files, strict=True):
            if not file.is_file():
                raise ConfigError(
                    f"the picture {name} of reference {entry.id} is not there",
                    file=path,
                    line=_line_of(path, name),
                    key="references.files",
                )
        references.append(
            Reference(
                id=f"{path.resolve().parent.name}/{entry.id}",
                name=entry.name,
                agency=catalog.agency,
                kind=entry.kind,
                files=files,
                family=entry.family,
                tags=entry.tags,
                min_score=entry.min_score,
                position=(
                    (entry.position.latitude, entry.position.longitude) if entry.position else None
                ),
            )
        )
    return Agency(catalog.agency, catalog.aliases, catalog.email_domains, tuple(references))


def _line_of(path: Path, text: str) -> int | None:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((number for number, line in enumerate(lines, 1) if text in line), None)
