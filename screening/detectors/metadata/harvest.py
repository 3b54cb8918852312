"""What the readers bring home from one file: facts, blocks to read next, and damage."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

from screening.detectors.metadata.positions import Position
from screening.detectors.metadata.source import TOO_MANY_PARTS, DamagedError, Source
from screening.detectors.metadata.values import clean_text, iso_time
from screening.records import ByteSpan

MAX_BLOCKS = 1024
"""Blocks read from one file; they may hold one another, and damaged ones without end."""
MAX_FACTS = 10_000
"""Facts from one file; the richest of 614 test files says 79."""
MAX_DEPTH = 4
"""Files inside files inside files; the deepest real one is a thumbnail in an appended picture."""

_MOST_IDENTIFYING = (
    "serial_number", "lens_serial_number", "host_computer", "model", "colour_profile",
)  # fmt: skip
_DEVICE_KINDS = {"lens_serial_number": "serial_number", "make": "model"}
"""Where the kind of a device finding is not the name of its most identifying value."""
MAX_SEARCHED_CHARACTERS = 1 << 21
"""Free text of one file; text made to be slow takes 0.4 s per million characters."""

Spans = tuple[ByteSpan, ...]
EditKind = Literal["software", "document_id", "file_path", "step", "manifest"]


class BlockKind(Enum):
    """What is in a block of bytes, whatever the container it was found in."""

    FILE = "file"
    EXIF = "EXIF"
    GPS = "EXIF GPS"
    XMP = "XMP"
    IPTC = "IPTC"
    PHOTOSHOP = "Photoshop"
    ICC = "ICC"
    JUMBF = "JUMBF"
    CANON_NOTE = "Canon maker note"
    GPMF = "GPMF"
    TRAILER = "trailing"


@dataclass(frozen=True, slots=True)
class Block:
    """A block that waits for its reader.

    Attributes:
        kind: which reader.
        source: its bytes.
        inside: what it lies in, outermost first, such as `("EXIF thumbnail",)`; empty for
            the file itself.
    """

    kind: BlockKind
    source: Source
    inside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing a carrier says.

    Attributes:
        label: one of the labels of the detector.
        carrier: EXIF, XMP, IPTC, QuickTime, Matroska, PNG text and so on.
        tag: the tag or property, as its standard spells it.
        values: sensitive values by name.
        remarks: more that may be shown to anyone.
        spans: the bytes of the file that say so.
        inside: as in `Block`.
    """

    label: str
    carrier: str
    tag: str
    values: Mapping[str, str | float]
    remarks: Mapping[str, str | int | float] = field(default_factory=dict)
    spans: tuple[ByteSpan, ...] = ()
    inside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """A small copy of a picture that its file carries; `inside` as in `Block`."""

    name: str
    source: Source
    inside: tuple[str, ...]


class Harvest:
    """Collects facts, previews, blocks and damage while the readers go through one file.

    Everything noted while a block is read is known to stand in that block: see `spans` and
    `inside` of `Fact`. A reader that knows better hands over the exact spans.
    """

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self.previews: list[Preview] = []
        self._blocks: deque[Block] = deque()
        self._blocks_seen = 0
        self._current: Block | None = None
        self._damage: dict[str, None] = {}
        self._searchable = MAX_SEARCHED_CHARACTERS

    def add_block(self, kind: BlockKind, source: Source, within: str = "") -> None:
        """Queue a block to be read by the reader of its kind.

        Args:
            kind: which reader.
            source: its bytes.
            within: what it lies in, if that is more than the block that is being read.

        Raises:
            DamagedError: the file has more blocks than any real file, or they hold one another
                deeper than in any.
        """
        inside = (*self._inside, within) if within else self._inside
        if self._blocks_seen >= MAX_BLOCKS or len(inside) > MAX_DEPTH:
            raise DamagedError(TOO_MANY_PARTS)
        self._blocks_seen += 1
        self._blocks.append(Block(kind, source, inside))

    def take_blocks(self) -> Iterator[Block]:
        """Queued blocks in order, those queued meanwhile included."""
        while self._blocks:
            self._current = self._blocks.popleft()
            yield self._current

    def add_preview(self, name: str, picture: Source) -> None:
        """Note a small copy of the picture, whose own metadata is read too.

        Args:
            name: what findings call it, such as `EXIF thumbnail`.
            picture: an encoded picture.

        Raises:
            DamagedError: as `add_block`.
        """
        self.previews.append(Preview(name, picture, self._inside))
        self.add_block(BlockKind.FILE, picture, within=name)

    def add_embedded(
        self, carrier: str, tag: str, medium: Source, remarks: Mapping[str, str | int]
    ) -> None:
        """Note a picture or video that the file carries besides its own, and read it too.

        Args:
            carrier: what holds it, such as `MPF` or `data after the end`.
            tag: which part of the carrier.
            medium: its bytes.
            remarks: `media_type` and whatever else may be shown to anyone.

        Raises:
            DamagedError: as `add_block`.
        """
        self._note("embedded_media", carrier, tag, {}, remarks, medium.spans())
        self.add_block(BlockKind.FILE, medium, within=carrier)

    @property
    def _inside(self) -> tuple[str, ...]:
        return self._current.inside if self._current else ()

    def _note(
        self,
        label: str,
        carrier: str,
        tag: str,
        values: Mapping[str, str | float],
        remarks: Mapping[str, str | int | float] | None = None,
        spans: Spans = (),
    ) -> None:
        if len(self.facts) >= MAX_FACTS:
            raise DamagedError(TOO_MANY_PARTS)
        if not spans and self._current:
            spans = self._current.source.spans()
        self.facts.append(Fact(label, carrier, tag, values, remarks or {}, spans, self._inside))

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

    def spend_search(self, characters: int) -> None:
        """Use up characters of free text that are searched for positions.

        Raises:
            DamagedError: the file has far more text than any real file.
        """
        self._searchable -= characters
        if self._searchable < 0:
            raise DamagedError("holds more text than is searched for positions")

    def add_position(
        self,
        carrier: str,
        name: str,
        position: Position | None,
        remarks: Mapping[str, str | int | float] | None = None,
        spans: Spans = (),
    ) -> None:
        """Note a position; `None` (an empty one) is not noted."""
        if position is not None:
            self._note("gps_location", carrier, name, position.as_values(), remarks, spans)

    def add_place(
        self, carrier: str, name: str, parts: Iterable[str | None], spans: Spans = ()
    ) -> None:
        """Note a place from its parts, narrowest first; missing parts are left out."""
        cleaned = [clean_text(part) for part in parts]
        place = ", ".join(dict.fromkeys(part for part in cleaned if part))
        if place:
            self._note("place_name", carrier, name, {"place": place}, spans=spans)

    def add_person(self, carrier: str, name: str, person: str | None, spans: Spans = ()) -> None:
        """Note a person's name; blank ones are not noted."""
        cleaned = clean_text(person)
        if cleaned:
            self._note("person_name", carrier, name, {"name": cleaned}, spans=spans)

    def add_time(self, carrier: str, name: str, time: str | None, spans: Spans = ()) -> None:
        """Note a time in any of the metadata formats; blank and zero ones are not noted."""
        iso = iso_time(time)
        if iso:
            self._note("capture_time", carrier, name, {"time": iso}, spans=spans)

    def add_description(self, carrier: str, name: str, text: str | None, spans: Spans = ()) -> None:
        """Note free text that someone or something wrote into the file; blank is not noted."""
        cleaned = clean_text(text)
        if cleaned:
            self._note("description", carrier, name, {"description": cleaned}, spans=spans)

    def add_edit(
        self,
        carrier: str,
        name: str,
        kind: EditKind,
        text: str | None,
        spans: Spans = (),
        remarks: Mapping[str, str | int | float] | None = None,
    ) -> None:
        """Note a trace of how the file was made: program, document id, path, step, manifest."""
        cleaned = clean_text(text)
        if cleaned:
            known = {"kind": kind, **(remarks or {})}
            self._note("edit_history", carrier, name, {kind: cleaned}, known, spans)

    def add_device(
        self,
        carrier: str,
        identity: Mapping[str, tuple[str, str | None]],
        spans: Spans = (),
    ) -> None:
        """Note a device.

        Args:
            carrier: who says so.
            identity: `make`, `model`, `host_computer`, `colour_profile`, `serial_number` and
                `lens_serial_number`, each with the field it stands in and its text.
            spans: where it says so.
        """
        known = {key: (name, clean_text(text)) for key, (name, text) in identity.items()}
        values = {key: text for key, (_, text) in known.items() if text}
        if values:
            key = next((key for key in _MOST_IDENTIFYING if key in values), next(iter(values)))
            kind = _DEVICE_KINDS.get(key, key)
            self._note("device_identity", carrier, known[key][0], values, {"kind": kind}, spans)
