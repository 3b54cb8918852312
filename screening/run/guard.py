"""Ends a worker process that grows too large or has lost its parent."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import threading
import time
from pathlib import Path

import psutil

OUT_OF_MEMORY_EXIT = 86
"""Exit status by which the parent knows why the worker ended."""

_INTERVAL_S = 0.1


def start_guard(max_memory_bytes: int, scratch_dir: Path) -> None:
    """Watch this worker process from a daemon thread.

    Args:
        max_memory_bytes: resident memory, not address space: models are memory-mapped and
            count little.
        scratch_dir: removed if the parent, whose task that is, was killed.
    """
    process = psutil.Process()
    parent = multiprocessing.parent_process()

    def watch() -> None:
        while parent is None or parent.is_alive():
            if process.memory_info().rss > max_memory_bytes:
                os._exit(OUT_OF_MEMORY_EXIT)
            time.sleep(_INTERVAL_S)
        shutil.rmtree(scratch_dir, ignore_errors=True)
        os._exit(1)

    threading.Thread(target=watch, name="guard", daemon=True).start()
