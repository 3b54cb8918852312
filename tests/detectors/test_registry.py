"""The tables of detectors and report writers, with what other packages put into them."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest

from screening import plugins
from screening.detectors import registry as detectors
from screening.errors import ConfigError
from screening.plugins import PluginTable
from screening.reports.registry import WRITERS


@pytest.mark.parametrize("table", [detectors.DETECTORS, WRITERS], ids=lambda table: table.what)
@pytest.mark.parametrize("value", ["no_such_package:Thing", "json:NoSuchThing"])
def test_broken_package_stops_the_run_with_its_name(
    table: PluginTable, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    point = EntryPoint("broken", value, str(table.group))
    monkeypatch.setattr(plugins, "entry_points", lambda group: [point])
    with pytest.raises(ConfigError, match="'broken' of another package cannot be loaded") as caught:
        table.load("broken")
    assert caught.value.key == value


def test_names_are_listed_and_unknown_ones_named() -> None:
    assert detectors.detector_names()[:4] == ("metadata", "previews", "text", "insignia")
    with pytest.raises(ConfigError, match="no detector 'faces'; there are metadata, previews"):
        detectors.selected(["metadata", "faces"])
    with pytest.raises(ConfigError, match="at least one"):
        detectors.selected([])
