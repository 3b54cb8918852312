"""Reads the description of an ICC colour profile."""

from __future__ import annotations

from screening.detectors.metadata.harvest import Harvest
from screening.detectors.metadata.source import Source


def read_icc(block: Source, harvest: Harvest) -> None:
    """Being written."""
