"""`screening references`: the insignia that pictures are searched for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from screening.cli.arguments import ConfigOption, OptionOption, ReferencesOption, build_config

if TYPE_CHECKING:
    from screening.catalog import Position
    from screening.config import ScreenConfig

app = typer.Typer(
    name="references",
    help="List, show, add and check the reference insignia, and build their index.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

FormatOption = Annotated[
    str, typer.Option("--format", metavar="text|json", help="How the list is printed.")
]


def _configuration(
    config: Path | None, references: list[Path] | None, option: list[str] | None = None
) -> ScreenConfig:
    return build_config(config=config, references=references, option=option)


@app.command("list", epilog="\b\nExamples:\n  screening references list --references our_insignia")
def list_references(
    references: ReferencesOption = None,
    config: ConfigOption = None,
    option: OptionOption = None,
    list_format: FormatOption = "text",
) -> None:
    """List all references that a scan with the same settings looks for, by agency."""
    from screening.detectors.insignia.catalog_listing import as_json, by_agency  # noqa: PLC0415
    from screening.errors import ConfigError  # noqa: PLC0415
    from screening.screen.references import chosen_references  # noqa: PLC0415

    if list_format not in ("text", "json"):
        raise ConfigError(f"{list_format!r} is neither text nor json", key="--format")
    chosen = chosen_references(_configuration(config, references, option))
    if list_format == "json":
        print(json.dumps([as_json(one) for one in chosen], ensure_ascii=False, indent=1))
    else:
        print("\n".join(by_agency(chosen)))


@app.command(
    epilog="\b\nExamples:\n  screening references show us-courts/moed --picture seal.png",
)
def show(
    reference: Annotated[str, typer.Argument(metavar="ID", help="Such as us-courts/moed.")],
    picture: Annotated[
        Path | None,
        typer.Option(
            metavar="OUT.png", help="Write its pictures, beside each other, to this file."
        ),
    ] = None,
    references: ReferencesOption = None,
    config: ConfigOption = None,
    option: OptionOption = None,
) -> None:
    """Show all about one reference, where its pictures lie and what looks like it."""
    from screening.cli.console import RunDisplay  # noqa: PLC0415
    from screening.detectors.insignia.catalog_listing import described, named  # noqa: PLC0415
    from screening.detectors.insignia.catalog_pictures import picture_sheet  # noqa: PLC0415
    from screening.detectors.insignia.likeness import measure_likeness  # noqa: PLC0415
    from screening.screen import cache_folder  # noqa: PLC0415
    from screening.screen.references import chosen_references  # noqa: PLC0415

    chosen = chosen_references(_configuration(config, references, option))
    found = named(reference, chosen)
    if picture:
        picture_sheet(found).save(picture, "PNG")
    display = RunDisplay(quiet=False)
    with display.shown():
        likeness = measure_likeness(chosen, cache_folder(), display.step, {found.id})
    print("\n".join(described(found, likeness)))


@app.command(
    epilog="\b\nExamples:\n  screening references add our_insignia/harbour seal.png seal_worn.jpg"
    " --kind seal \\\n      --name 'Seal of the harbour patrol' --agency 'Harbour Patrol'"
)
def add(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The agency's folder.")],
    pictures: Annotated[
        list[Path], typer.Argument(metavar="PICTURE", help="Of one and the same insignia.")
    ],
    kind: Annotated[
        str,
        typer.Option(metavar="KIND", help="seal, badge, patch, logo, letterhead or building."),
    ],
    name: Annotated[str, typer.Option(metavar="NAME", help="What a report calls it.")],
    agency: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Whose it is; needed where there is no catalog yet."),
    ] = None,
    reference_id: Annotated[
        str | None,
        typer.Option(
            "--id",
            metavar="ID",
            help="Default: made from the name. That of a reference that is there adds pictures.",
        ),
    ] = None,
    family: Annotated[
        str, typer.Option(metavar="NAME", help="What it and its look-alikes are called together.")
    ] = "",
    tag: Annotated[
        list[str] | None, typer.Option(metavar="TAG", help="For policies; may be repeated.")
    ] = None,
    min_score: Annotated[
        float | None, typer.Option(metavar="0..1", help="Least score of a finding of it.")
    ] = None,
    position: Annotated[
        str | None,
        typer.Option(metavar="LAT,LON", help="Where a building stands, in decimal degrees."),
    ] = None,
    config: ConfigOption = None,
    option: OptionOption = None,
) -> None:
    """Copy pictures into an agency's folder, enter them in its catalog, and check them."""
    from screening.catalog import ReferenceEntry, load_agencies  # noqa: PLC0415
    from screening.detectors.insignia.catalog_adding import (  # noqa: PLC0415
        NewReference,
        add_reference,
        id_from_name,
    )
    from screening.detectors.insignia.catalog_check import refuse_unusable  # noqa: PLC0415
    from screening.documents import validate_values  # noqa: PLC0415

    given = {
        "id": reference_id or id_from_name(name),
        "name": name,
        "kind": kind,
        "files": [picture.name for picture in pictures],
        "family": family,
        "tags": tag or [],
        "min_score": min_score,
        "position": _position(position),
    }
    entry = validate_values(given, ReferenceEntry, "the new reference")
    refuse_unusable(entry.kind, pictures)
    catalog = add_reference(folder, NewReference(agency, entry, tuple(pictures)))
    full_id = f"{folder.resolve().name}/{entry.id}"
    known = {one.id: one for agency in load_agencies([folder]) for one in agency.references}
    count = len(known[full_id].files)
    print(f"{full_id} is in {catalog}, with {count} picture{'' if count == 1 else 's'}")
    _check_and_exit(_configuration(config, [folder], option), {full_id}, None)


@app.command(
    epilog="\b\nExamples:\n  screening references check our_insignia --matrix alike.csv\n"
    "Exit code: 0 nothing wrong; 1 something is; 2 wrong usage or configuration."
)
def check(
    folders: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="FOLDER", help="Folders of references. Default: all that a scan looks for."
        ),
    ] = None,
    config: ConfigOption = None,
    option: OptionOption = None,
    matrix: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write who looks like whom to this .csv or .png file."),
    ] = None,
) -> None:
    """Say which references are unreadable, too small, too plain, or too alike to tell apart."""
    from screening.catalog import load_agencies  # noqa: PLC0415
    from screening.errors import ConfigError  # noqa: PLC0415

    if matrix and matrix.suffix.lower() not in (".csv", ".png"):
        raise ConfigError("a matrix is written as .csv or .png", file=matrix, key="--matrix")
    own = {one.id for agency in load_agencies(folders or []) for one in agency.references}
    settings = _configuration(config, folders, option)
    _check_and_exit(settings, own if folders else None, matrix)


def _check_and_exit(settings: ScreenConfig, about: set[str] | None, matrix: Path | None) -> None:
    from screening.cli.console import RunDisplay  # noqa: PLC0415
    from screening.detectors.insignia.catalog_check import check_catalog  # noqa: PLC0415
    from screening.detectors.insignia.catalog_listing import told  # noqa: PLC0415
    from screening.detectors.insignia.catalog_pictures import write_matrix  # noqa: PLC0415
    from screening.errors import ExitCode  # noqa: PLC0415
    from screening.screen import cache_folder  # noqa: PLC0415
    from screening.screen.references import chosen_references  # noqa: PLC0415

    chosen = chosen_references(settings)
    display = RunDisplay(quiet=False)
    with display.shown():
        report = check_catalog(chosen, cache_folder(), display.step, about)
    if matrix and report.likeness:
        write_matrix(report.likeness, matrix)
    print("\n".join(told(report, len(chosen if about is None else about))))
    raise typer.Exit(ExitCode.CLEAR if report.sound else ExitCode.FOUND)


@app.command(epilog="\b\nExamples:\n  screening references build --references our_insignia")
def build(
    references: ReferencesOption = None,
    config: ConfigOption = None,
    option: OptionOption = None,
) -> None:
    """Build the index of the references now, so that the next scan starts at once."""
    from screening.cli.console import RunDisplay  # noqa: PLC0415
    from screening.detectors.insignia.index import build_index  # noqa: PLC0415
    from screening.screen import cache_folder  # noqa: PLC0415
    from screening.screen.references import chosen_references  # noqa: PLC0415

    chosen = chosen_references(_configuration(config, references, option))
    display = RunDisplay(quiet=False)
    with display.shown():
        built = build_index(chosen, cache_folder(), display.step)
    size = f"{len(chosen)} references, {built.size_bytes / 1e6:.1f} MB"
    if built.seconds is None:
        print(f"The index is current: {built.folder} ({size}).")
    else:
        print(f"Built in {built.seconds:.1f} s: {built.folder} ({size}).")


def _position(text: str | None) -> Position | None:
    from screening.catalog import Position  # noqa: PLC0415
    from screening.documents import validate_values  # noqa: PLC0415

    if text is None:
        return None
    latitude, _, longitude = text.partition(",")
    given = {"latitude": latitude, "longitude": longitude}
    return validate_values(given, Position, "--position LAT,LON")
