"""Ends a worker process that grows too large; its parent turns that into a failure."""

from __future__ import annotations

import os
import threading
import time

import psutil

OUT_OF_MEMORY_EXIT = 86
"""Exit status by which the parent knows why the worker ended."""

_INTERVAL_S = 0.1


def start_memory_guard(max_memory_bytes: int) -> None:
    """Watch this process from a daemon thread; exit at once above the limit.

    Resident memory is watched, not address space: models are memory-mapped and count little.
    """
    process = psutil.Process()

    def watch() -> None:
        while True:
            if process.memory_info().rss > max_memory_bytes:
                os._exit(OUT_OF_MEMORY_EXIT)
            time.sleep(_INTERVAL_S)

    threading.Thread(target=watch, name="memory-guard", daemon=True).start()
