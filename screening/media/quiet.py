"""Keeps C libraries from writing to the terminal."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_STDERR = 2


@contextmanager
def stderr_silenced() -> Iterator[None]:
    """Nothing that is written to file descriptor 2 inside is seen.

    libtiff reports damage there by itself, whatever the program does, and Pillow offers no
    switch; the same damage reaches the caller as an exception. The descriptor belongs to the
    whole process, so this is for short calls in a worker that runs one thread.
    """
    try:
        saved = os.dup(_STDERR)
    except OSError:  # a service without a standard error stream
        yield
        return
    try:
        with Path(os.devnull).open("wb") as sink:
            os.dup2(sink.fileno(), _STDERR)
        yield
    finally:
        os.dup2(saved, _STDERR)
        os.close(saved)
