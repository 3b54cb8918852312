"""What the report writers of a run are told; the same for every command that writes reports."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from screening.reports.base import ReportContext
    from screening.screen import ScreenPlan


def report_context(
    plan: ScreenPlan, out_dir: Path, *, reveal: bool, timings: bool = True
) -> ReportContext:
    """The context of a run by `plan` with its reports in `out_dir`."""
    from screening import __version__  # noqa: PLC0415 - keeps --help quick
    from screening.reports.base import ReportContext  # noqa: PLC0415
    from screening.screen.reference_art import reference_art  # noqa: PLC0415

    return ReportContext(
        out_dir=out_dir,
        reveal=reveal,
        timings=timings,
        policies=tuple(pack.title for pack in plan.packs),
        profile=plan.config.profile,
        version=__version__,
        fingerprint=plan.fingerprint,
        limits=plan.config.limits,
        reference_art=reference_art(plan),
    )
