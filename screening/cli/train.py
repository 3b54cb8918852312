"""`screening train`: the way in to every training program."""

from __future__ import annotations

from typing import Annotated

import typer

# The words --help too: `main` shows its own help, and that of each program.
PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def train(
    words: Annotated[
        list[str] | None, typer.Argument(metavar="PROGRAM [ARGS]...", help="See --help.")
    ] = None,
) -> None:
    """Train the networks that this project ships (extra `train`)."""
    from screening.training.__main__ import main  # noqa: PLC0415 - keeps --help quick

    main(words or [])
