"""Configuration: what wins over what, strictness, and a fingerprint over every field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from screening.config import MediaLimits, ScreenConfig, load_config
from screening.errors import ConfigError


def write(folder: Path, text: str) -> Path:
    path = folder / "screening.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_defaults_without_file_and_flags() -> None:
    assert load_config(None, {}) == ScreenConfig()


def test_file_wins_over_defaults_and_flags_over_file(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        'profile = "official"\ndetectors = ["text"]\n[limits]\nmax_pixels = 5\n'
        '[options.text]\nengine = "tesseract"\nmin_score = 0.7\n',
    )
    config = load_config(
        path, {"profile": "undercover", "detectors": None, "options": {"text": {"min_score": 0.9}}}
    )
    assert config.profile == "undercover"
    assert config.detectors == ("text",)
    assert config.limits == MediaLimits(max_pixels=5)
    assert config.options == {"text": {"engine": "tesseract", "min_score": 0.9}}
    assert load_config(path, {}).profile == "official"


def test_options_of_several_detectors_are_merged(tmp_path: Path) -> None:
    path = write(tmp_path, '[options.text]\nengine = "tesseract"\n')
    config = load_config(path, {"options": {"insignia": {"court_seals": False}}})
    assert config.options == {"text": {"engine": "tesseract"}, "insignia": {"court_seals": False}}


def test_relative_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    path = write(
        tmp_path, 'references = ["refs", "/opt/refs"]\npolicies = ["own.yaml", "edmo-2016"]\n'
    )
    config = load_config(path, {})
    assert config.references == (tmp_path / "refs", Path("/opt/refs"))
    assert config.policies == (str(tmp_path / "own.yaml"), "edmo-2016")


def test_registers_are_relative_to_the_file_and_change_the_fingerprint(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        'consents = ["c.csv"]\nsuppressions = ["s.toml"]\nplaces = ["p.csv"]\nevent = "Day"\n',
    )
    config = load_config(path, {})
    assert (config.consents, config.suppressions, config.places, config.event) == (
        (tmp_path / "c.csv",),
        (tmp_path / "s.toml",),
        (tmp_path / "p.csv",),
        "Day",
    )
    other = load_config(path, {"event": "Parade"})
    assert len({config.fingerprint(), other.fingerprint(), ScreenConfig().fingerprint()}) == 3


def test_paths_on_the_command_line_stay_as_given(tmp_path: Path) -> None:
    path = write(tmp_path, 'references = ["refs"]\n')
    config = load_config(path, {"references": (Path("here"),), "policies": ("own.yaml",)})
    assert config.references == (Path("here"),)
    assert config.policies == ("own.yaml",)


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ('profile = "official"\nprofil = "x"\n', 2, "profil"),
        ("# a comment\n[limits]\nmax_pixels = 1\nmax_pixel = 2\n", 4, "limits.max_pixel"),
        ("[limits]\n\nmax_pixels = -1\n", 3, "limits.max_pixels"),
        ("[limits]\nmax_pixels = 'many'\n", 2, "limits.max_pixels"),
        ("limits.max_aspect = 0\n", 1, "limits.max_aspect"),
        ("profile = 3\n", 1, "profile"),
        ("[limit]\nmax_pixels = 1\n", 1, "limit"),
        ("detectors = 'text'\n", 1, "detectors"),
        ('policies = [\n  "edmo-2016",\n  7,\n]\n', 1, "policies.1"),
    ],
)
def test_mistakes_name_file_line_and_key(tmp_path: Path, text: str, line: int, key: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load_config(path, {})
    assert (caught.value.file, caught.value.line, caught.value.key) == (path, line, key)
    assert str(caught.value).startswith(f"{path}:{line}: {key}: ")


def test_flags_that_make_no_sense_name_the_key() -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(None, {"limits": {"max_pixels": 0}})
    assert caught.value.key == "limits.max_pixels"
    assert caught.value.file == "command line"
    with pytest.raises(ConfigError, match="colour"):
        load_config(None, {"colour": "red"})


def test_configuration_is_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        ScreenConfig().profile = "other"  # type: ignore[misc]


def leaves(model: type[BaseModel], prefix: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Path of every field, those of nested models included."""
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from leaves(kind, (*prefix, name))
        else:
            yield (*prefix, name)


def different(value: object) -> object:
    """Some value other than `value` that its field accepts."""
    match value:
        case bool():
            return not value
        case int() | float():
            return type(value)(value * 2)
        case str():
            return value + "x"
        case tuple():
            return (*value, "x")
        case Mapping():
            return {**value, "text": {"min_score": 0.9}}
        case None:
            return ("text",)
    raise AssertionError(f"teach this test to change a {type(value).__name__}")


def changed(model: BaseModel, path: tuple[str, ...]) -> dict[str, object]:
    name, *rest = path
    value = getattr(model, name)
    return {name: changed(value, tuple(rest)) if rest else different(value)}


@pytest.mark.parametrize("path", list(leaves(ScreenConfig)), ids=".".join)
def test_fingerprint_covers_every_field(path: tuple[str, ...]) -> None:
    """Fields are found by introspection: a new one is covered without an edit here."""
    config = ScreenConfig()
    other = ScreenConfig.model_validate(changed(config, path))
    assert other != config
    assert other.fingerprint() != config.fingerprint()


def test_fingerprint_does_not_depend_on_where_a_value_came_from(tmp_path: Path) -> None:
    path = write(tmp_path, '[options.text]\nmin_score = 0.9\nengine = "tesseract"\n')
    flags = {"options": {"text": {"engine": "tesseract", "min_score": 0.9}}}
    assert load_config(path, {}).fingerprint() == load_config(None, flags).fingerprint()
    assert ScreenConfig().fingerprint() == ScreenConfig(profile="employee").fingerprint()
