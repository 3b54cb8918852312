"""Reads IPTC-IIM: places, names, texts and dates that picture desks write.

Source: IPTC-NAA Information Interchange Model 4.2, sections 3, 5 and 6.
"""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from screening.detectors.metadata.harvest import EditKind, Harvest, Spans
from screening.detectors.metadata.source import TOO_MANY_PARTS, DamagedError, Source
from screening.detectors.metadata.values import account_name, local_path

CARRIER = "IPTC"

MAX_DATASETS = 2000
"""Datasets of one block; of the test files the fullest has 90."""

_TAG_MARKER = 0x1C
_COUNTRY = (2, 101)
_PLACE = {
    (2, 92): "Sublocation", (2, 90): "City", (2, 95): "Province-State",
    _COUNTRY: "Country-PrimaryLocationName",
}  # fmt: skip
_COUNTRY_CODE = {(2, 100): "Country-PrimaryLocationCode"}
_CONTENT_LOCATIONS = ((2, 27), "ContentLocationName"), ((2, 26), "ContentLocationCode")
_PERSONS = {
    (2, 80): "By-line", (2, 118): "Contact", (2, 122): "Writer-Editor", (2, 110): "Credit",
    (2, 115): "Source", (2, 116): "CopyrightNotice",
}  # fmt: skip
_DESCRIPTIONS = {
    (2, 5): "ObjectName", (2, 105): "Headline", (2, 120): "Caption-Abstract",
    (2, 40): "SpecialInstructions", (2, 85): "By-lineTitle", (2, 230): "DocumentNotes",
}  # fmt: skip
_KEYWORDS = {(2, 25): "Keywords", (2, 20): "SupplementalCategories"}
_TIMES = {
    "DateCreated": ((2, 55), (2, 60)),
    "DigitalCreationDate": ((2, 62), (2, 63)),
}
_EDITS: dict[str, tuple[EditKind, tuple[tuple[int, int], ...]]] = {
    "OriginatingProgram": ("software", ((2, 65), (2, 70))),
    "UniqueObjectName": ("document_id", ((1, 100),)),
    "UniqueDocumentID": ("document_id", ((2, 187),)),
    "MasterDocumentID": ("document_id", ((2, 185),)),
    "DocumentHistory": ("step", ((2, 231),)),
}
_PICTURES = {(2, 202): "IPTC preview", (8, 10): "IPTC picture"}
_PICTURE_STARTS = (b"\xff\xd8\xff", b"II*\0", b"MM\0*", b"GIF8", b"\x89PNG")


class Dataset(NamedTuple):
    """The content of one dataset and where it starts in the block."""

    offset: int
    content: bytes


Datasets = Mapping[tuple[int, int], Sequence[Dataset]]


def read_iptc(block: Source, harvest: Harvest) -> None:
    """Note what a block of datasets says; what stands before any damage is noted too."""
    datasets: dict[tuple[int, int], list[Dataset]] = defaultdict(list)
    raw = block.read_all()
    if raw[3:4] == bytes([_TAG_MARKER]) and raw[:1] != raw[3:4]:
        block, raw = _swapped(block, raw)
    with harvest.reading("IPTC block"):
        _collect(raw, datasets)
    _Notes(datasets, block, harvest).note()


def _swapped(block: Source, raw: bytes) -> tuple[Source, bytes]:
    """Some TIFF writers store it as 32-bit numbers in the other byte order."""
    padded = raw + bytes(-len(raw) % 4)
    words = len(padded) // 4
    swapped = struct.pack(f">{words}I", *struct.unpack(f"<{words}I", padded))
    return block.converted(swapped), swapped


def _collect(block: bytes, datasets: dict[tuple[int, int], list[Dataset]]) -> None:
    """Fill `datasets` from a block.

    Raises:
        DamagedError: it ends within a dataset, goes on with something else, or has more
            datasets than any real one.
    """
    offset = count = 0
    while offset < len(block) and block[offset] == _TAG_MARKER:
        if offset + 5 > len(block):
            raise DamagedError
        record, number, length = struct.unpack_from(">BBH", block, offset + 1)
        offset += 5
        if length & 0x8000:  # extended: the length of the length
            length_bytes = length & 0x7FFF
            length = int.from_bytes(block[offset : offset + min(length_bytes, 8)], "big")
            offset += length_bytes
        count += 1
        if count > MAX_DATASETS:
            raise DamagedError(TOO_MANY_PARTS)
        content = block[offset : offset + length]
        datasets[record, number].append(Dataset(offset, content))
        if len(content) != length:
            raise DamagedError
        offset += length
    if block[offset:].strip(b"\0"):
        raise DamagedError


class _Notes:
    """Notes what the datasets of one block say, each with its own bytes as evidence."""

    def __init__(self, datasets: Datasets, block: Source, harvest: Harvest) -> None:
        self._datasets, self._block, self._harvest = datasets, block, harvest

    def note(self) -> None:
        """Everything."""
        self._note_times_and_edits()
        self._note_persons_and_texts()
        self._note_places()
        for key, name in _PICTURES.items():
            for dataset in self._datasets.get(key, ()):
                if dataset.content.startswith(_PICTURE_STARTS):
                    picture = self._block.part(dataset.offset, len(dataset.content))
                    self._harvest.add_preview(name, picture)

    def _note_times_and_edits(self) -> None:
        for name, day_and_clock_keys in _TIMES.items():
            day_and_clock = [
                one for key in day_and_clock_keys for one in self._datasets.get(key, ())[:1]
            ]
            text = "T".join(_text(one) for one in day_and_clock)
            self._harvest.add_time(CARRIER, name, text, spans=self._spans(day_and_clock))
        for name, (kind, keys) in _EDITS.items():
            parts = [one for key in keys for one in self._datasets.get(key, ())]
            text = " ".join(_text(one) for one in parts)
            self._harvest.add_edit(CARRIER, name, kind, text, spans=self._spans(parts))

    def _note_persons_and_texts(self) -> None:
        for key, name in _PERSONS.items():
            for one in self._datasets.get(key, ()):
                self._harvest.add_person(CARRIER, name, _text(one), spans=self._spans([one]))
        for key, name in _DESCRIPTIONS.items():
            for one in self._datasets.get(key, ()):
                spans = self._spans([one])
                self._harvest.add_description(CARRIER, name, _text(one), spans=spans)
                if path := local_path(_text(one)):
                    self._harvest.add_edit(CARRIER, name, "file_path", path, spans=spans)
                    self._harvest.add_person(CARRIER, name, account_name(path), spans=spans)
        for key, name in _KEYWORDS.items():
            keywords = self._datasets.get(key, ())
            text = ", ".join(_text(one) for one in keywords)
            self._harvest.add_description(CARRIER, name, text, spans=self._spans(keywords))

    def _note_places(self) -> None:
        names = _PLACE if self._datasets.get(_COUNTRY) else _PLACE | _COUNTRY_CODE
        parts = [(name, one) for key, name in names.items() for one in self._datasets.get(key, ())]
        field = next((name for name, one in parts if _text(one).strip()), "")
        found = [one for _, one in parts]
        self._harvest.add_place(
            CARRIER, field, [_text(one) for one in found], spans=self._spans(found)
        )
        for key, field in _CONTENT_LOCATIONS:
            for one in self._datasets.get(key, ()):
                self._harvest.add_place(CARRIER, field, [_text(one)], spans=self._spans([one]))

    def _spans(self, parts: Iterable[Dataset]) -> Spans:
        return tuple(
            span for one in parts for span in self._block.spans(one.offset, len(one.content))
        )


def _text(dataset: Dataset) -> str:
    """UTF-8 where it is, else Windows Latin; what dataset 1:90 announces is often wrong."""
    try:
        return dataset.content.decode("utf-8")
    except UnicodeDecodeError:
        return dataset.content.decode("cp1252", "replace")
