"""What the readers bring home from one file: facts, blocks to read next, and damage."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum

from screening.detectors.metadata.positions import Position
from screening.detectors.metadata.source import TOO_MANY_PARTS, DamagedError, Source
from screening.detectors.metadata.values import clean_text, iso_time

MAX_BLOCKS = 1024
"""Blocks read from one file; they may hold one another, and damaged ones without end."""


class BlockKind(Enum):
    """What is in a block of bytes, whatever the container it was found in."""

    EXIF = "EXIF"
    GPS = "EXIF GPS"
    XMP = "XMP"
    IPTC = "IPTC"
    PHOTOSHOP = "Photoshop"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing a carrier says.

    Attributes:
        label: one of the labels of the detector.
        carrier: EXIF, XMP, IPTC, QuickTime, Matroska or PNG text.
        tag: the tag or property, as its standard spells it.
        values: sensitive values by name.
        remarks: more that may be shown to anyone.
    """

    label: str
    carrier: str
    tag: str
    values: Mapping[str, str | float]
    remarks: Mapping[str, str] = field(default_factory=dict)


class Harvest:
    """Collects facts, blocks and damage while the readers go through one file."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self._blocks: deque[tuple[BlockKind, Source]] = deque()
        self._blocks_seen = 0
        self._damage: dict[str, None] = {}

    def add_block(self, kind: BlockKind, block: Source) -> None:
        """Queue a block to be read by the reader of its kind.

        Raises:
            DamagedError: the file has more blocks than any real file.
        """
        if self._blocks_seen >= MAX_BLOCKS:
            raise DamagedError(TOO_MANY_PARTS)
        self._blocks_seen += 1
        self._blocks.append((kind, block))

    def take_blocks(self) -> Iterator[tuple[BlockKind, Source]]:
        """Queued blocks in order, those queued meanwhile included."""
        while self._blocks:
            yield self._blocks.popleft()

    @property
    def damage(self) -> tuple[str, ...]:
        """Plain sentences, one per thing that could not be read, in order of discovery."""
        return tuple(self._damage)

    @contextmanager
    def reading(self, what: str) -> Iterator[None]:
        """Keep damage inside this block: it is noted as "The `what` of this file ..."."""
        try:
            yield
        except DamagedError as error:
            self.add_damage(f"The {what} of this file {error.reason}.")

    def add_damage(self, sentence: str) -> None:
        """Note something that could not be read, as a plain sentence."""
        self._damage[sentence] = None

    def add_position(
        self, carrier: str, name: str, position: Position | None, assumed_hemisphere: bool = False
    ) -> None:
        """Note a position; `None` (an empty one) is not noted."""
        if position is None:
            return
        remarks = {"hemisphere": "assumed north and east"} if assumed_hemisphere else {}
        self.facts.append(Fact("gps_location", carrier, name, position.as_values(), remarks))

    def add_place(self, carrier: str, name: str, parts: list[str | None]) -> None:
        """Note a place from its parts, narrowest first; missing parts are left out."""
        cleaned = [clean_text(part) for part in parts]
        place = ", ".join(dict.fromkeys(part for part in cleaned if part))
        if place:
            self.facts.append(Fact("place_name", carrier, name, {"place": place}))

    def add_person(self, carrier: str, name: str, person: str | None) -> None:
        """Note a person's name; blank ones are not noted."""
        cleaned = clean_text(person)
        if cleaned:
            self.facts.append(Fact("person_name", carrier, name, {"name": cleaned}))

    def add_time(self, carrier: str, name: str, time: str | None) -> None:
        """Note a time in any of the metadata formats; blank and zero ones are not noted."""
        iso = iso_time(time)
        if iso:
            self.facts.append(Fact("capture_time", carrier, name, {"time": iso}))

    def add_device(self, carrier: str, identity: Mapping[str, tuple[str, str | None]]) -> None:
        """Note a device.

        Args:
            carrier: who says so.
            identity: `make`, `model`, `serial_number` and `lens_serial_number`, most
                identifying last, each with the field it stands in and its text.
        """
        known = {key: (name, clean_text(text)) for key, (name, text) in identity.items()}
        values = {key: text for key, (_, text) in known.items() if text}
        if values:
            serial = [key for key in values if key.endswith("serial_number")]
            key = serial[0] if serial else list(values)[-1]
            kind = {"kind": "serial_number" if serial else "model"}
            self.facts.append(Fact("device_identity", carrier, known[key][0], values, kind))
