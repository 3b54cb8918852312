"""Reads the text metadata of movies: `©` atoms, iTunes lists and QuickTime key lists.

Source: QuickTime File Format Specification (2016), "User Data Text Strings", "Metadata Item
Keys Atom", "QuickTime Metadata Keys".
"""

from __future__ import annotations

import struct

from screening.detectors.metadata.boxes import MediaBox, walk_boxes
from screening.detectors.metadata.harvest import Harvest
from screening.detectors.metadata.named_tags import NamedTags
from screening.detectors.metadata.source import DamagedError, Source
from screening.detectors.metadata.values import decode_text

CARRIER = "QuickTime"

_TAGS = NamedTags(
    carrier=CARRIER,
    positions=frozenset({"\xa9xyz", "com.apple.quicktime.location.ISO6709"}),
    places=frozenset({"com.apple.quicktime.location.name"}),
    times=frozenset({"\xa9day", "com.apple.quicktime.creationdate"}),
    persons=frozenset(
        {
            "\xa9ART", "\xa9aut", "\xa9dir", "\xa9prd", "aART", "auth",
            "com.apple.quicktime.author", "com.apple.quicktime.artist",
            "com.apple.quicktime.director", "com.apple.quicktime.producer",
        }
    ),
    device={
        "make": ("\xa9mak", "com.apple.quicktime.make", "com.android.manufacturer"),
        "model": ("\xa9mod", "com.apple.quicktime.model", "com.android.model"),
        "serial_number": ("com.apple.quicktime.camera.identifier",),
    },
)  # fmt: skip
_UTF_16 = 2
_MAX_KEYS = 4096


class MovieTexts:
    """The wanted texts of one movie, by atom name or key."""

    def __init__(self) -> None:
        self._texts: list[tuple[str, str]] = []

    def wants(self, name: str) -> bool:
        """Whether texts of this name say something this detector reports."""
        return _TAGS.wants(name)

    def add(self, name: str, text: str) -> None:
        """Keep a text."""
        if self.wants(name):
            self._texts.append((name, text))

    def note(self, harvest: Harvest) -> None:
        """Note everything that was kept; make and model become one device."""
        _TAGS.note(self._texts, harvest)


def read_key_list(meta: MediaBox, source: Source, texts: MovieTexts) -> None:
    """Keep the texts of a `meta` box: `keys` with `ilst`, or `ilst` alone (iTunes).

    Raises:
        DamagedError: its boxes do not fit.
    """
    # ISO puts version and flags first, QuickTime starts with the handler at once.
    plain = source.read_up_to(meta.start + 4, 4) == b"hdlr"
    keys: list[str] = []
    for box in walk_boxes(source, meta.start + (0 if plain else 4), meta.end):
        if box.kind == b"keys":
            keys = _key_names(source.read(box.start, box.size_bytes))
        elif box.kind == b"ilst":
            for item in walk_boxes(source, box.start, box.end):
                name = _item_name(item.kind, keys)
                if texts.wants(name):
                    _add_values(item, name, source, texts)


def _key_names(content: bytes) -> list[str]:
    """Version and flags, count, then length, namespace and name of each key."""
    names: list[str] = []
    offset = 8
    while offset + 8 <= len(content) and len(names) < _MAX_KEYS:
        (length,) = struct.unpack_from(">I", content, offset)
        if length < 8 or offset + length > len(content):
            raise DamagedError
        names.append(decode_text(content[offset + 8 : offset + length]))
        offset += length
    return names


def _item_name(kind: bytes, keys: list[str]) -> str:
    index = int.from_bytes(kind, "big")
    return keys[index - 1] if 1 <= index <= len(keys) else kind.decode("latin-1")


def _add_values(item: MediaBox, name: str, source: Source, texts: MovieTexts) -> None:
    for value in walk_boxes(source, item.start, item.end):
        if value.kind == b"data" and value.size_bytes >= 8:
            content = source.read(value.start, value.size_bytes)
            kind, raw = int.from_bytes(content[:4], "big"), content[8:]
            wide = kind == _UTF_16
            texts.add(name, raw.decode("utf-16-be", "replace") if wide else decode_text(raw))
