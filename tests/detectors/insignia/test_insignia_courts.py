"""Which court seals are looked for: by court, by circuit, by what kind of court it is."""

from __future__ import annotations

import re

import pytest
from courts_db import courts

from screening.detectors.base import DetectorResources
from screening.detectors.insignia.court_seals import court_seals
from screening.detectors.insignia.detector import InsigniaDetector
from screening.detectors.registry import detector_options
from screening.errors import ConfigError

CIRCUITS = [*(f"ca{number}" for number in range(1, 12)), "cadc"]


def ids(*names: str) -> set[str]:
    return {seal.id.removeprefix("us-courts/") for seal in court_seals(names)}


def test_every_court_seal_is_there() -> None:
    seals = court_seals()
    assert len(seals) == 254
    assert len({seal.id for seal in seals}) == 254
    assert all(seal.id.startswith("us-courts/") for seal in seals)
    assert all(file.is_file() for seal in seals for file in seal.files)
    assert [seal.id for seal in seals] == sorted(seal.id for seal in seals)
    [moed] = [seal for seal in seals if seal.id == "us-courts/moed"]
    assert "Missouri" in moed.name


def test_one_court() -> None:
    assert ids("moed") == {"moed"}
    assert ids("cafc") == {"cafc"}, "a circuit without districts is its court of appeals"


def test_a_circuit_is_its_court_of_appeals_and_all_courts_below_it() -> None:
    assert ids("ca8") == {
        "ca8", "bap8", "arb", "ared", "arwd", "ianb", "iand", "iasb", "iasd", "moed", "mowd",
        "nebraskab", "ned", "ndb", "ndd", "sdb", "sdd",
    }  # fmt: skip
    assert {"nmid", "gud", "hid"} <= ids("ca9")
    assert ids("cadc") == {"cadc", "dcb", "dcd"}


def test_every_district_court_belongs_to_exactly_one_circuit() -> None:
    districts = {
        court["id"]
        for court in courts
        if court["system"] == "federal"
        and re.search(r"(District|Bankruptcy) Court|Appellate Panel", court["name"])
    } & ids("all")
    assert len(districts) > 150
    below = [court for circuit in CIRCUITS for court in ids(circuit) - {circuit}]
    assert len(below) == len(set(below))
    assert set(below) == districts


def test_circuits_agree_with_where_the_courts_sit() -> None:
    """By what `courts-db` says of a court's place, which the table of circuits was not made of."""
    places = {court["id"]: court["location"] for court in courts}
    wanted = {
        "Maine": "ca1", "Vermont": "ca2", "Delaware": "ca3", "South Carolina": "ca4",
        "Mississippi": "ca5", "Tennessee": "ca6", "Wisconsin": "ca7", "Nebraska": "ca8",
        "Montana": "ca9", "Utah": "ca10", "Alabama": "ca11", "Virgin Islands": "ca3",
        "Puerto Rico": "ca1", "Guam": "ca9",
    }  # fmt: skip
    for place, circuit in wanted.items():
        there = {court for court in ids("federal") if places.get(court) == place} - set(CIRCUITS)
        assert there
        assert there <= ids(circuit), place


def test_federal_and_state_courts_are_all() -> None:
    assert ids("federal") | ids("state") == ids("all")
    assert not ids("federal") & ids("state")
    assert {"scotus", "ca8", "moed", "tax", "mspb"} <= ids("federal")
    assert {"mo", "dc", "delch", "tennworkcompcl"} <= ids("state")


def test_each_group_is_a_family_of_its_own() -> None:
    families = {seal.id.removeprefix("us-courts/"): seal.family for seal in court_seals()}
    assert families["moed"] == families["scotus"] == "a seal of a United States federal court"
    assert families["mo"] == "a seal of a state court"
    assert families["mspb"] == "a seal of a United States federal agency"


def test_several_names_together_and_none() -> None:
    assert ids("moed", "state", "ca11") == ids("moed") | ids("state") | ids("ca11")
    assert ids() == set()


@pytest.mark.parametrize(
    ("name", "near"), [("mode", "moed"), ("ca12", "ca1"), ("Federal", "federal"), ("", "")]
)
def test_an_unknown_name_is_an_error_that_lists_near_ones(name: str, near: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(repr(name))) as caught:
        court_seals(["moed", name])
    assert caught.value.key == "insignia.courts"
    assert near in caught.value.message


def test_the_option_reaches_the_catalog(resources: DetectorResources) -> None:
    def digest(**given: object) -> str:
        options = detector_options(InsigniaDetector, {"insignia": given})  # type: ignore[dict-item]
        return InsigniaDetector.assets(options, resources)["catalog"]

    assert digest(courts=["moed"]) != digest(courts=["mowd"]) != digest()
    assert digest(courts=["all"]) == digest()
    assert digest(courts=["moed"], court_seals=False) == digest(court_seals=False)
    for given in ({}, {"court_seals": False}):
        with pytest.raises(ConfigError, match="'mode'"):
            digest(courts=["mode"], **given)
