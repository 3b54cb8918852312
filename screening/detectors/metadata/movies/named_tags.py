"""Notes texts that stand under a name, as movies keep them: which name says what is a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from screening.detectors.metadata.harvest import EditKind, Harvest, Spans
from screening.detectors.metadata.positions import parse_iso_6709
from screening.detectors.metadata.source import TOO_MANY_PARTS, DamagedError
from screening.detectors.metadata.values import account_name, local_path, may_hold_path

MAX_TEXTS = 10_000
"""Kept of one file; chapter titles of a long film are the most that real ones have."""


class NamedText(NamedTuple):
    """A text, the name it stands under, and the bytes that hold it."""

    name: str
    text: str
    spans: Spans = ()


class NamedTexts(list[NamedText]):
    """Texts to be noted together."""

    def keep(self, name: str, text: str, spans: Spans = ()) -> None:
        """Add one.

        Raises:
            DamagedError: there are more than in any real file.
        """
        if len(self) >= MAX_TEXTS:
            raise DamagedError(TOO_MANY_PARTS)
        self.append(NamedText(name, text, spans))


@dataclass(frozen=True)
class NamedTags:
    """The names of one carrier, by what their texts say.

    Attributes:
        carrier: what findings call it.
        positions: names of ISO 6709 positions.
        places: names of place names.
        times: names of points in time.
        persons: names of persons' names.
        descriptions: names of free texts.
        edits: names of traces of how the file was made, by kind.
        device: names of `make`, `model`, `serial_number` and so on, the preferred one first.
    """

    carrier: str
    positions: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    times: frozenset[str] = frozenset()
    persons: frozenset[str] = frozenset()
    descriptions: frozenset[str] = frozenset()
    edits: Mapping[EditKind, frozenset[str]] = field(default_factory=dict)
    device: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def _edit_kinds(self) -> dict[str, EditKind]:
        return {name: kind for kind, names in self.edits.items() for name in names}

    @cached_property
    def _wanted(self) -> frozenset[str]:
        devices = (name for names in self.device.values() for name in names)
        return self.positions.union(
            self.places, self.times, self.persons, self.descriptions, self._edit_kinds, devices
        )

    def wants(self, name: str) -> bool:
        """Whether texts of this name say something this detector reports."""
        return name in self._wanted

    def note(self, texts: Sequence[NamedText], harvest: Harvest) -> None:
        """Note every text by its name; make and model become one device."""
        for one in texts:
            self._note_one(one, harvest)
        identity: dict[str, tuple[str, str | None]] = {}
        spans: dict[str, Spans] = {}
        for key, names in self.device.items():
            for one in sorted(
                (one for one in texts if one.name in names), key=lambda one: names.index(one.name)
            ):
                if one.text.strip():
                    identity.setdefault(key, (one.name, one.text))
                    spans.setdefault(key, one.spans)
        harvest.add_device(self.carrier, identity, _joined(spans.values()))

    def _note_one(self, one: NamedText, harvest: Harvest) -> None:
        name, text, spans = one
        if name in self.positions:
            with harvest.reading(f"{self.carrier} block"):
                position = parse_iso_6709(text)
                harvest.add_position(self.carrier, name, position, spans=spans)
        elif name in self.places:
            harvest.add_place(self.carrier, name, [text], spans)
        elif name in self.times:
            harvest.add_time(self.carrier, name, text, spans)
        elif name in self.persons:
            harvest.add_person(self.carrier, name, text, spans)
        elif name in self.descriptions:
            harvest.add_description(self.carrier, name, text, spans)
        elif name in self._edit_kinds:
            harvest.add_edit(self.carrier, name, self._edit_kinds[name], text, spans)
        path = local_path(text) if may_hold_path(text) else None
        if path:
            if self._edit_kinds.get(name) != "file_path":
                harvest.add_edit(self.carrier, name, "file_path", path, spans)
            harvest.add_person(self.carrier, name, account_name(path), spans)


def _joined(runs: Iterable[Spans]) -> Spans:
    return tuple(span for run in runs for span in run)
