"""Reads IPTC-IIM: places, names and dates that picture desks write.

Source: IPTC-NAA Information Interchange Model 4.2, sections 3 and 6.
"""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Mapping, Sequence

from screening.detectors.metadata.harvest import Harvest
from screening.detectors.metadata.source import DamagedError, Source
from screening.detectors.metadata.values import decode_text

CARRIER = "IPTC"

_TAG_MARKER = 0x1C
_UTF8_ANNOUNCED = b"\x1b%G"
_CHARACTER_SET = (1, 90)
_PLACE = {
    (2, 92): "Sublocation", (2, 90): "City", (2, 95): "Province-State",
    (2, 101): "Country-PrimaryLocationName",
}  # fmt: skip
_COUNTRY_CODE = (2, 100)
_CONTENT_LOCATION = (2, 27)
_PERSONS = {(2, 80): "By-line", (2, 118): "Contact", (2, 122): "Writer-Editor"}
_TIMES = {
    "DateCreated": ((2, 55), (2, 60)),
    "DigitalCreationDate": ((2, 62), (2, 63)),
}

Datasets = Mapping[tuple[int, int], Sequence[bytes]]


def read_iptc(block: Source, harvest: Harvest) -> None:
    """Note what a block of datasets says; what stands before any damage is noted too."""
    datasets: dict[tuple[int, int], list[bytes]] = defaultdict(list)
    with harvest.reading("IPTC block"):
        _collect(block.read_all(), datasets)
    for name, (date, clock) in _TIMES.items():
        texts = [*_texts(datasets, date)[:1], *_texts(datasets, clock)[:1]]
        harvest.add_time(CARRIER, name, "T".join(texts))
    for key, name in _PERSONS.items():
        for text in _texts(datasets, key):
            harvest.add_person(CARRIER, name, text)
    parts = {name: ", ".join(_texts(datasets, key)) for key, name in _PLACE.items()}
    if not parts["Country-PrimaryLocationName"]:
        parts["Country-PrimaryLocationCode"] = ", ".join(_texts(datasets, _COUNTRY_CODE))
    field = next((name for name, text in parts.items() if text), "")
    harvest.add_place(CARRIER, field, list(parts.values()))
    for text in _texts(datasets, _CONTENT_LOCATION):
        harvest.add_place(CARRIER, "ContentLocationName", [text])


def _collect(block: bytes, datasets: dict[tuple[int, int], list[bytes]]) -> None:
    if block[3:4] == bytes([_TAG_MARKER]) and block[:1] != block[3:4]:
        # Some TIFF writers store it as 32-bit numbers in the other byte order.
        padded = block + bytes(-len(block) % 4)
        words = len(padded) // 4
        block = struct.pack(f">{words}I", *struct.unpack(f"<{words}I", padded))
    offset = 0
    while offset < len(block) and block[offset] == _TAG_MARKER:
        if offset + 5 > len(block):
            raise DamagedError
        record, number, length = struct.unpack_from(">BBH", block, offset + 1)
        offset += 5
        if length & 0x8000:  # extended: the length of the length
            length_bytes = length & 0x7FFF
            length = int.from_bytes(block[offset : offset + min(length_bytes, 8)], "big")
            offset += length_bytes
        if offset + length > len(block):
            raise DamagedError
        datasets[record, number].append(block[offset : offset + length])
        offset += length
    if block[offset:].strip(b"\0"):
        raise DamagedError


def _texts(datasets: Datasets, key: tuple[int, int]) -> list[str]:
    utf8 = _UTF8_ANNOUNCED in datasets.get(_CHARACTER_SET, ())
    return [
        raw.decode("utf-8", "replace") if utf8 else decode_text(raw)
        for raw in datasets.get(key, ())
    ]
