"""Screening: media files in, cited policy violations with boxes out.

Layers, imported downward only (checked by import-linter):

```
cli                                 parse, call, exit code
training                            making what networks learn from; measuring detectors
people                              a roster, a verdict on each officer, linked pictures
run                                 folders, workers, order, progress
screen                              one file from bytes to verdict
fusion                              what findings of several detectors say together
audit | detectors | policy |        know nothing of each other
  registers | reports
media                               what is it, open it safely, upright RGB frames
catalog                             agencies and their reference insignia
records                             MediaFile, Frame, Finding, Verdict, FileResult
geometry                            Box, Polygon
config                              ScreenConfig
documents | plugins | resources     strict YAML and TOML; tables of classes; shipped files
errors                              exception tree, exit codes
```

Public names are loaded on first use, so `import screening` stays quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from screening.config import ScreenConfig
    from screening.geometry import Box, Polygon
    from screening.records import FileResult, Finding
    from screening.screen import Screener, screen_file

__version__ = "0.1.0"

_PUBLIC = {
    "Box": "screening.geometry",
    "FileResult": "screening.records",
    "Finding": "screening.records",
    "Polygon": "screening.geometry",
    "ScreenConfig": "screening.config",
    "Screener": "screening.screen",
    "screen_file": "screening.screen",
}

__all__ = [
    "Box",
    "FileResult",
    "Finding",
    "Polygon",
    "ScreenConfig",
    "Screener",
    "__version__",
    "screen_file",
]


def __getattr__(name: str) -> object:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'screening' has no attribute {name!r}")
