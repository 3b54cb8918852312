"""One file from bytes to verdict: the only place that knows every stage; no concurrency.

`make_plan` checks a configuration and builds what can be built once; a `Screener` loads models
and screens files by that plan.
"""

from screening.screen.plan import (
    CACHE_DIR_VARIABLE,
    ScreenPlan,
    cache_folder,
    known_agencies,
    make_plan,
    no_progress,
)
from screening.screen.screener import Screener, screen_file, unexamined

__all__ = [
    "CACHE_DIR_VARIABLE",
    "ScreenPlan",
    "Screener",
    "cache_folder",
    "known_agencies",
    "make_plan",
    "no_progress",
    "screen_file",
    "unexamined",
]
