"""Notes that a file carries a C2PA manifest."""

from __future__ import annotations

from screening.detectors.metadata.harvest import Harvest
from screening.detectors.metadata.source import Source


def read_jumbf(block: Source, harvest: Harvest) -> None:
    """Being written."""
