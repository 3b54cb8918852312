"""How a process that reads untrusted files is set up, before it loads any library."""

from __future__ import annotations

import os
from contextlib import suppress

_THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OMP_THREAD_LIMIT",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
)


def confine_process() -> None:
    """No core dumps, and one thread in every library; worker processes inherit both.

    A core dump would hold the very picture that must not get out. One thread per worker keeps
    workers from fighting over processors, and sums in one order: results do not depend on the
    number of processors.
    """
    for variable in _THREAD_VARIABLES:
        os.environ[variable] = "1"
    with suppress(ImportError):  # no `resource` on Windows, and no core dumps either
        import resource  # noqa: PLC0415

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
