"""`python -m screening.training finder|embedder|calibrate ...`: trains the insignia networks."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec

_PROGRAMS = {
    "finder": "train_finder",
    "embedder": "train_embedder",
    "calibrate": "calibrate_insignia",
}
_USAGE = f"usage: python -m screening.training {{{'|'.join(_PROGRAMS)}}} --help"


def main(words: list[str]) -> None:
    """Run one of the programs with the rest of the words.

    Raises:
        SystemExit: no such program, or its packages are not installed.
    """
    if not words or words[0] not in _PROGRAMS:
        sys.exit(f"{__doc__}\n{_USAGE}")
    if words[0] != "calibrate" and find_spec("ultralytics") is None:
        sys.exit(
            "Training needs more packages. Install them in an environment of their own, because"
            " they overwrite the OpenCV that screening uses:\n"
            "    pip install 'screening[train]'"
        )
    sys.argv = [f"screening.training {words[0]}", *words[1:]]
    import_module(f"screening.training.{_PROGRAMS[words[0]]}").main()


if __name__ == "__main__":
    main(sys.argv[1:])
