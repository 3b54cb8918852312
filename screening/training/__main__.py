"""`screening train PROGRAM ...`: trains and calibrates the networks that ship."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from typing import NamedTuple


class _Program(NamedTuple):
    """A module with a `main`, whether it needs the extra, and what it does."""

    module: str
    needs_extra: bool
    about: str


_PROGRAMS = {
    "finder": _Program("train_finder", True, "insignia: where an emblem may stand"),
    "embedder": _Program("train_embedder", True, "insignia: which emblem it is like"),
    "calibrate": _Program("calibrate_insignia", False, "insignia: from agreement to probability"),
    "drafts": _Program("objects.drafts", True, "objects: draft boxes of people, vehicles, houses"),
    "detector": _Program("objects.train_detector", True, "objects: where something is"),
    "quantise": _Program("objects.quantise", True, "objects: the detector in int8"),
    "proposals": _Program("objects.proposals", False, "objects: where an emblem may stand"),
    "second-look": _Program("objects.train_second_look", True, "objects: what it is"),
    "calibrate-objects": _Program("objects.calibrate", False, "objects: from logits to scores"),
}
_EXAMPLES = """\
Examples:
    screening train second-look --help           what one of them takes
    screening train finder --data DIR --weights yolov8n-oiv7.pt --out DIR
    screening train calibrate-objects --data DIR --drafts drafts.jsonl --fit held.jsonl"""


def main(words: list[str]) -> None:
    """Run one of the programs with the rest of the words.

    Raises:
        SystemExit: no such program, or its packages are not installed.
    """
    if not words or words[0] not in _PROGRAMS:
        listed = "\n".join(f"  {name:<18} {one.about}" for name, one in _PROGRAMS.items())
        wanted = not words or words[0] in {"-h", "--help"}
        print(f"usage: screening train PROGRAM ...\n\n{listed}\n\n{_EXAMPLES}")
        sys.exit(None if wanted else f"screening train: there is no program {words[0]!r}")
    program = _PROGRAMS[words[0]]
    if program.needs_extra and find_spec("ultralytics") is None:
        sys.exit(
            "Training needs more packages. Install them in an environment of their own, because"
            " they overwrite the OpenCV that screening uses:\n"
            "    pip install 'screening[train]'"
        )
    sys.argv = [f"screening train {words[0]}", *words[1:]]
    import_module(f"screening.training.{program.module}").main()


if __name__ == "__main__":
    main(sys.argv[1:])
