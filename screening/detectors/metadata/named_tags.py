"""Notes texts that stand under a name, as movies keep them: which name says what is a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from screening.detectors.metadata.harvest import Harvest
from screening.detectors.metadata.positions import parse_iso_6709


@dataclass(frozen=True, slots=True)
class NamedTags:
    """The names of one carrier, by what their texts say.

    Attributes:
        carrier: what findings call it.
        positions: names of ISO 6709 positions.
        places: names of place names.
        times: names of points in time.
        persons: names of persons' names.
        device: names of `make`, `model` and `serial_number`, the preferred one first.
    """

    carrier: str
    positions: frozenset[str]
    places: frozenset[str]
    times: frozenset[str]
    persons: frozenset[str]
    device: Mapping[str, tuple[str, ...]]

    def wants(self, name: str) -> bool:
        """Whether texts of this name say something this detector reports."""
        return (
            name in self.positions | self.places | self.times | self.persons
            or any(name in names for names in self.device.values())
        )  # fmt: skip

    def note(self, texts: Sequence[tuple[str, str]], harvest: Harvest) -> None:
        """Note every text by its name; make and model become one device."""
        for name, text in texts:
            if name in self.positions:
                with harvest.reading(f"{self.carrier} block"):
                    harvest.add_position(self.carrier, name, parse_iso_6709(text))
            elif name in self.places:
                harvest.add_place(self.carrier, name, [text])
            elif name in self.times:
                harvest.add_time(self.carrier, name, text)
            elif name in self.persons:
                harvest.add_person(self.carrier, name, text)
        identity: dict[str, tuple[str, str | None]] = {}
        for key, names in self.device.items():
            for name, text in texts:
                if name in names:
                    identity.setdefault(key, (name, text))
        harvest.add_device(self.carrier, identity)
