"""The tables of detectors and report writers, with what other packages put into them."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from types import ModuleType

import pytest

from screening.detectors import registry as detectors
from screening.errors import ConfigError
from screening.reports import registry as reports


@pytest.mark.parametrize(
    ("registry", "find"), [(detectors, detectors.detector_class), (reports, reports.writer_class)]
)
@pytest.mark.parametrize("value", ["no_such_package:Thing", "json:NoSuchThing"])
def test_broken_package_stops_the_run_with_its_name(
    registry: ModuleType, find: object, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    point = EntryPoint("broken", value, registry.ENTRY_POINT_GROUP)
    monkeypatch.setattr(registry, "entry_points", lambda group: [point])
    assert callable(find)
    with pytest.raises(ConfigError, match="'broken' of another package cannot be loaded") as caught:
        find("broken")
    assert caught.value.key == value


def test_names_are_listed_and_unknown_ones_named() -> None:
    assert detectors.detector_names()[:3] == ("metadata", "text", "insignia")
    with pytest.raises(ConfigError, match="there is no detector 'faces'; there are metadata, text"):
        detectors.selected(["metadata", "faces"])
    with pytest.raises(ConfigError, match="at least one"):
        detectors.selected([])
