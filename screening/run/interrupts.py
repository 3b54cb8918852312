"""Ctrl-C and SIGTERM end a run between two results; worker processes do not hear of Ctrl-C."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker
from types import FrameType
from typing import Self

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupts:
    """What Ctrl-C, and SIGTERM from a machine that shuts down, do while this is in force.

    The first one raises `KeyboardInterrupt`, after a `held` block if one is being executed.
    Further ones do nothing, so that an impatient user does not spoil the reports that are being
    finished. Outside the main thread, where Python hands out no signals, it changes nothing.
    """

    def __init__(self) -> None:
        self._held = self._waiting = self._done = False

    def __enter__(self) -> Self:
        self._in_force = threading.current_thread() is threading.main_thread()
        if self._in_force:
            self._previous = {number: signal.signal(number, self._take) for number in _SIGNALS}
        return self

    def __exit__(self, *_: object) -> None:
        if self._in_force:
            for number, handler in self._previous.items():
                signal.signal(number, handler)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let an interrupt wait until the block is done."""
        self._held = True
        try:
            yield
        finally:
            self._held = False
        if self._waiting:
            self._raise_once()

    def ignore(self) -> None:
        """Let no interrupt do anything from now on."""
        self._done = True

    def _take(self, number: int, frame: FrameType | None) -> None:
        if self._held:
            self._waiting = True
        else:
            self._raise_once()

    def _raise_once(self) -> None:
        if not self._done:
            self._done = True
            raise KeyboardInterrupt


@contextmanager
def born_deaf() -> Iterator[None]:
    """Processes started inside never see Ctrl-C, which reaches the whole process group.

    A handler of their own would come too late: until it is installed the interpreter that
    starts up prints a traceback. A blocked signal is inherited.
    """
    if sys.platform == "win32":
        yield
        return
    # The first process to start brings this helper along, and that unblocks the signal.
    resource_tracker.ensure_running()
    previous = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, previous)
