"""Finds what follows the end of a picture."""

from __future__ import annotations

from screening.detectors.metadata.harvest import Harvest
from screening.detectors.metadata.source import Source


def read_trailer(source: Source, offset: int, harvest: Harvest) -> None:
    """Being written."""
