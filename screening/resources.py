"""Finds the files that ship with the package: models and reference insignia.

In the repository `models/` and `reference_insignia/` lie at the top level; in a wheel they
lie in `screening/_data/` (see `force-include` in pyproject.toml).
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE_DIR = Path(__file__).parent


def shipped_dir(name: str) -> Path:
    """Folder of shipped data, `models` or `reference_insignia`.

    Raises:
        FileNotFoundError: the installation is incomplete.
    """
    for candidate in (_PACKAGE_DIR / "_data" / name, _PACKAGE_DIR.parent / name):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(
        f"the folder {name}/ is missing from this installation; install the package again"
    )


def package_file(relative: str) -> Path:
    """A file inside the package, such as `schemas/result-1.json`."""
    return _PACKAGE_DIR / relative
