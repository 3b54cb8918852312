"""Options that several commands share, and how they become a configuration."""

from __future__ import annotations

import functools
import inspect
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from screening.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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
    list[str] | None,
    typer.Option(
        metavar="A,B",
        help="Only these detectors (see: screening detectors); may be repeated. Default: all.",
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
ModelOption = Annotated[
    Path | None,
    typer.Option(
        "--model",
        metavar="FILE",
        help="Your own network for the objects detector: ONNX of Ultralytics, or .pt with"
        " ultralytics installed (docs/objects.md).",
    ),
]
RevealOption = Annotated[
    bool, typer.Option("--reveal", help="Show what was read, and positions, in clear.")
]


def build_config(
    policy: PolicyOption = None,
    profile: ProfileOption = None,
    consents: ConsentsOption = None,
    suppressions: SuppressionsOption = None,
    places: PlacesOption = None,
    event: EventOption = None,
    references: ReferencesOption = None,
    detectors: DetectorsOption = None,
    config: ConfigOption = None,
    option: OptionOption = None,
    ocr: OcrOption = None,
    model: ModelOption = None,
) -> ScreenConfig:
    """Defaults, then the file, then the flags.

    Raises:
        ConfigError: with file, line and key.
    """
    from screening.config import load_config  # noqa: PLC0415 - keeps --help quick

    options = detector_options_of(option or [])
    if ocr is not None:
        options.setdefault("text", {})["engine"] = ocr
    if model is not None:
        options.setdefault("objects", {})["model"] = str(model)
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


def takes_settings(*left_out: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the options of `build_config` (without `left_out`) for its `settings`.

    The command has a parameter `settings`, the configuration that those options make; on the
    command line the options stand in its place.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        shared = _parameters(build_config)
        for name in left_out:
            del shared[name]
        own = _parameters(command)
        place = list(own).index("settings")
        parameters = list(own.values())
        parameters[place : place + 1] = shared.values()

        @functools.wraps(command)
        def with_settings(**values: object) -> None:
            chosen: dict[str, Any] = {name: values.pop(name) for name in shared}
            command(**values, settings=build_config(**chosen))

        signature = inspect.Signature(parameters, return_annotation=None)
        with_settings.__signature__ = signature  # type: ignore[attr-defined]
        with_settings.__annotations__ = {one.name: one.annotation for one in parameters}
        return with_settings

    return decorate


def _parameters(function: Callable[..., object]) -> dict[str, inspect.Parameter]:
    """The keyword parameters of `function`, annotations evaluated but for `settings`."""
    written = inspect.get_annotations(function)
    named = SimpleNamespace(
        __annotations__={
            name: text for name, text in written.items() if name not in {"settings", "return"}
        }
    )
    hints = get_type_hints(
        named, globalns=vars(sys.modules[function.__module__]), include_extras=True
    )
    return {
        name: one.replace(annotation=hints.get(name), kind=inspect.Parameter.KEYWORD_ONLY)
        for name, one in inspect.signature(function).parameters.items()
    }


def comma_list(texts: Sequence[str] | None) -> list[str] | None:
    """`a,b` and `c` as one list; None stays None."""
    if texts is None:
        return None
    return [part.strip() for text in texts for part in text.split(",") if part.strip()]


def detector_options_of(assignments: list[str]) -> dict[str, dict[str, OptionValue]]:
    """What each `detector.name=value` sets, by detector.

    Raises:
        ConfigError: one is written otherwise.
    """
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
