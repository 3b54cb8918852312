"""The inside of a worker process: load once, then screen the files that come through a pipe."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

from screening.errors import ScreeningError
from screening.run.confinement import confine_process
from screening.run.guard import start_guard
from screening.screen import Screener, ScreenPlan

READY = "ready"
"""What a worker sends when its models are loaded."""


def serve(pipe: Connection, plan: ScreenPlan, scratch_dir: Path) -> None:
    """Answer every path with a `FileResult` until the pipe is closed.

    Args:
        pipe: sends `READY` or a `ScreeningError` first.
        plan: what to look for.
        scratch_dir: existing folder for temporary files; the parent deletes it, if it lives.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Windows, where none is born deaf
    confine_process()
    # C libraries print warnings about damaged files, some with their content, to descriptor 2.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    # A worker that is killed cannot remove its temporary files, which hold parts of pictures.
    tempfile.tempdir = str(scratch_dir)
    start_guard(plan.config.limits.max_memory_bytes, scratch_dir)
    # The parent may be gone (a broken pipe); then there is nobody left to work for.
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        try:
            screener = _load(plan)
        except ScreeningError as error:
            pipe.send(error)
            return
        pipe.send(READY)
        while True:
            pipe.send(screener.screen(pipe.recv()))
    shutil.rmtree(scratch_dir, ignore_errors=True)


def _load(plan: ScreenPlan) -> Screener:
    import cv2  # noqa: PLC0415 - only workers need it

    cv2.setNumThreads(1)
    return Screener(plan)
