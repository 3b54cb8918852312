"""Text engines: each reads the lines of one picture. The table of engines is here."""

from __future__ import annotations

from screening.detectors.text.engines.base import TextEngine
from screening.plugins import PluginTable

ENGINES = PluginTable(
    what="text engine",
    key="text.engine",
    built_in={
        "rapidocr": "screening.detectors.text.engines.rapidocr:RapidOcrEngine",
        "thorough": "screening.detectors.text.engines.rapidocr:ThoroughEngine",
        "tesseract": "screening.detectors.text.engines.tesseract:TesseractEngine",
    },
)


def engine_class(name: str) -> type[TextEngine]:
    """The engine registered under `name`.

    Raises:
        ConfigError: there is none; the message lists those there are.
    """
    found: type[TextEngine] = ENGINES.load(name)
    return found
