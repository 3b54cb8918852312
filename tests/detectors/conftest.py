"""What detectors are given in tests; the index of references is built once per test run."""

from __future__ import annotations

import pytest

from screening.catalog import load_agencies
from screening.detectors.base import DetectorResources
from screening.resources import shipped_dir


@pytest.fixture(scope="session")
def resources(tmp_path_factory: pytest.TempPathFactory) -> DetectorResources:
    """The shipped agencies and a cache folder of this test run."""
    agencies = load_agencies([shipped_dir("reference_insignia")])
    return DetectorResources(agencies, 1, tmp_path_factory.mktemp("cache"))
