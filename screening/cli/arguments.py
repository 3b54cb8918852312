"""Options that several commands share, and how they become a configuration."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from screening.errors import ConfigError

if TYPE_CHECKING:
    from screening.config import OptionValue, ScreenConfig

PolicyOption = Annotated[
    list[str] | None,
    typer.Option(
        "--policy",
        metavar="NAME|FILE",
        help="Policy to apply; may be repeated. Default: all that are shipped.",
    ),
]
ProfileOption = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Who wants to post: employee, undercover or official (an authorised speaker)."
        " Default: employee.",
    ),
]
ReferencesOption = Annotated[
    list[Path] | None,
    typer.Option(metavar="DIR", help="Folder of your own reference insignia; may be repeated."),
]
ConsentsOption = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="FILE", help="Register of consents and approvals (CSV or TOML); may be repeated."
    ),
]
SuppressionsOption = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="FILE",
        help="Violations somebody answers for (CSV or TOML; see: screening baseline); may be"
        " repeated.",
    ),
]
PlacesOption = Annotated[
    list[Path] | None,
    typer.Option(metavar="FILE", help="Protected places (CSV, TOML or GeoJSON); may be repeated."),
]
EventOption = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="What the files were made at, for consents that are for an event."
    ),
]
DetectorsOption = Annotated[
    str | None,
    typer.Option(
        metavar="A,B", help="Only these detectors (see: screening detectors). Default: all."
    ),
]
ConfigOption = Annotated[
    Path | None, typer.Option(metavar="FILE.toml", help="Read settings from this file.")
]
OptionOption = Annotated[
    list[str] | None,
    typer.Option(
        "--option",
        metavar="DETECTOR.NAME=VALUE",
        help="Set one option of one detector, such as text.engine=tesseract; may be repeated.",
    ),
]
OcrOption = Annotated[
    str | None,
    typer.Option(
        "--ocr",
        metavar="ENGINE",
        help="How text is read: rapidocr (default), thorough (finds more small text, takes three"
        " times as long) or tesseract (needs that program).",
    ),
]
RevealOption = Annotated[
    bool, typer.Option("--reveal", help="Show what was read, and positions, in clear.")
]


def build_config(
    *,
    config: Path | None,
    policy: list[str] | None,
    profile: str | None,
    references: list[Path] | None,
    detectors: str | None,
    option: list[str] | None,
    ocr: str | None,
    consents: list[Path] | None = None,
    suppressions: list[Path] | None = None,
    places: list[Path] | None = None,
    event: str | None = None,
) -> ScreenConfig:
    """Defaults, then the file, then the flags.

    Raises:
        ConfigError: with file, line and key.
    """
    from screening.config import load_config  # noqa: PLC0415 - keeps --help quick

    options = _detector_options(option or [])
    if ocr is not None:
        options.setdefault("text", {})["engine"] = ocr
    return load_config(
        config,
        {
            "policies": policy or None,
            "profile": profile,
            "references": references or None,
            "consents": consents or None,
            "suppressions": suppressions or None,
            "places": places or None,
            "event": event,
            "detectors": comma_list(detectors),
            "options": options,
        },
    )


def comma_list(text: str | None) -> list[str] | None:
    """`a,b` as a list; None stays None."""
    return None if text is None else [part.strip() for part in text.split(",") if part.strip()]


def _detector_options(assignments: list[str]) -> dict[str, dict[str, OptionValue]]:
    options: dict[str, dict[str, OptionValue]] = {}
    for assignment in assignments:
        target, equals, value = assignment.partition("=")
        detector, dot, name = target.partition(".")
        if not (equals and dot and detector and name):
            raise ConfigError(f"{assignment!r} must look like detector.name=value", key="--option")
        options.setdefault(detector, {})[name] = _value(value)
    return options


def _value(text: str) -> OptionValue:
    """Numbers, true, false and lists as in JSON; anything else is text."""
    try:
        value: OptionValue = json.loads(text)
    except json.JSONDecodeError:
        return text
    return value
