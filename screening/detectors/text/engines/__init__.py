"""Text engines: each reads the lines of one picture. The table of engines is here."""

from __future__ import annotations

from importlib import import_module

from screening.detectors.text.engines.base import TextEngine
from screening.errors import ConfigError

_ENGINES = {
    "rapidocr": "screening.detectors.text.engines.rapidocr:RapidOcrEngine",
    "tesseract": "screening.detectors.text.engines.tesseract:TesseractEngine",
}


def engine_names() -> tuple[str, ...]:
    """Names that `--option text.engine=` accepts."""
    return tuple(_ENGINES)


def engine_class(name: str) -> type[TextEngine]:
    """The engine registered under `name`.

    Raises:
        ConfigError: there is none.
    """
    if name not in _ENGINES:
        raise ConfigError(
            f"there is no text engine {name!r}; there are {', '.join(_ENGINES)}", key="text.engine"
        )
    module, _, attribute = _ENGINES[name].partition(":")
    found: type[TextEngine] = getattr(import_module(module), attribute)
    return found
