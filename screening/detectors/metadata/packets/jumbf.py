"""Reads JUMBF superboxes: C2PA manifests, what they assert, and the pictures they hold.

Source: ISO/IEC 19566-5:2019 (boxes, embedded files); C2PA Technical Specification 2.1, 10 and
18 (manifest store, thumbnails, metadata and actions assertions). Signatures are not checked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NamedTuple

from screening.detectors.metadata.harvest import BlockKind, Harvest
from screening.detectors.metadata.packets.cbor import decode_cbor
from screening.detectors.metadata.packets.properties import Structure, structures_in_json
from screening.detectors.metadata.packets.property_facts import note_properties
from screening.detectors.metadata.source import TOO_MANY_PARTS, DamagedError, Source

_STORES = (b"c2pa", b"cacb")
_MANIFESTS = (b"c2ma", b"c2um", b"cast")
"""First four bytes of the type of a superbox; the last ones are of 2019 drafts."""
_CLAIM_THUMBNAIL = "c2pa.thumbnail.claim"
_CLAIM = "c2pa.claim"
_LABELLED = 2
_MAX_BOXES = 4096
_MAX_DEPTH = 16


class _Box(NamedTuple):
    kind: bytes
    content: Source


def read_jumbf(block: Source, harvest: Harvest) -> None:
    """Note that there are manifests, and what stands in them; of other JUMBF likewise."""
    walk = _Walk(harvest)
    try:
        with harvest.reading("JUMBF block"):
            walk.read(block, "", 0)
    finally:
        walk.note_presence(block)


class _Walk:
    """Goes through nested boxes, up to a number of them."""

    def __init__(self, harvest: Harvest) -> None:
        self._harvest, self._boxes_left = harvest, _MAX_BOXES
        self._carrier = "JUMBF"
        self._manifests: list[str] = []
        self._label = ""

    def note_presence(self, block: Source) -> None:
        """One fact for the whole block; the last manifest is the one in force."""
        field = "c2pa" if self._carrier == "C2PA" else "jumb"
        name = next(filter(None, (*self._manifests[-1:], self._label)), field)
        remarks = {"manifests": len(self._manifests)}
        self._harvest.add_edit(self._carrier, field, "manifest", name, block.spans(), remarks)

    def read(self, source: Source, label: str, depth: int) -> None:
        """Boxes side by side; `label` is that of the superbox they are in.

        Raises:
            DamagedError: they are cut, nested too deeply, or too many.
        """
        if depth > _MAX_DEPTH:
            raise DamagedError(TOO_MANY_PARTS)
        media_type = ""
        for kind, content in _boxes(source):
            self._boxes_left -= 1
            if self._boxes_left < 0:
                raise DamagedError(TOO_MANY_PARTS)
            if kind == b"jumb":
                self.read(content, label, depth + 1)
            elif kind == b"jumd":
                label = self._describe(content)
            elif kind == b"bfdb":
                media_type = _text(content.read_all()[1:])
            elif kind == b"bidb":
                self._note_picture(label, media_type, content)
            else:
                self._read_content(kind, content, label)

    def _read_content(self, kind: bytes, content: Source, label: str) -> None:
        with self._harvest.reading("JUMBF block"):
            if kind in (b"cbor", b"json"):
                self._note_assertion(label, kind, content)
            elif kind == b"xml ":
                self._harvest.add_block(BlockKind.XMP, content)
            elif kind == b"brob":
                raise DamagedError("is compressed and was not read")

    def _describe(self, content: Source) -> str:
        """The label of a superbox; what it is, is noted."""
        raw = content.read_all()
        if len(raw) < 17:
            raise DamagedError
        label = _text(raw[17:]) if raw[16] & _LABELLED else ""
        if raw[:4] in _STORES:
            self._carrier = "C2PA"
        elif raw[:4] in _MANIFESTS:
            self._manifests.append(label)
        self._label = self._label or label
        return label

    def _note_picture(self, label: str, media_type: str, content: Source) -> None:
        """The claim's thumbnail shows this picture, others what it was made of."""
        if not media_type.startswith(("image/", "video/")):
            return
        if label.startswith(_CLAIM_THUMBNAIL):
            self._harvest.add_preview(f"{self._carrier} thumbnail", content)
        else:
            tag = "ingredient thumbnail" if self._carrier == "C2PA" else "embedded file"
            remarks = {"media_type": media_type}
            self._harvest.add_embedded(self._carrier, tag, content, remarks)

    def _note_assertion(self, label: str, kind: bytes, content: Source) -> None:
        raw = content.read_all()
        if kind == b"json":
            try:
                data: object = json.loads(raw)
            except (ValueError, RecursionError) as error:
                raise DamagedError from error
        elif label == "c2pa.signature":
            return  # COSE: keys and certificates of the program, not of the picture
        else:
            data = decode_cbor(raw)
        structures = structures_in_json(data)
        if label.startswith(_CLAIM):
            structures = [_program(structure) for structure in structures]
        spans = content.spans()
        note_properties(structures, self._carrier, self._harvest, lambda _: spans)


def _program(structure: Structure) -> Structure:
    """A claim names the program that made it in a structure of its own."""
    if structure.owner == "claim_generator_info" and (name := structure.first("name")):
        named = Structure(structure.owner)
        version = structure.first("version")
        text = f"{name.text} {version.text}" if version else name.text
        named.add(name.namespace, "claim_generator", text)
        return named
    return structure


def _boxes(source: Source) -> Iterator[_Box]:
    """The boxes that fill a source.

    Raises:
        DamagedError: one of them is cut or shorter than its own header.
    """
    offset = 0
    while offset < source.size:
        header = source.read_up_to(offset, 16)
        length, header_bytes = int.from_bytes(header[:4], "big"), 8
        if length == 1:
            length, header_bytes = int.from_bytes(header[8:16], "big"), 16
        elif length == 0:
            length = source.size - offset
        if len(header) < 8 or length < header_bytes or offset + length > source.size:
            raise DamagedError
        content = source.window(offset + header_bytes, length - header_bytes)
        yield _Box(header[4:8], content)
        offset += length


def _text(raw: bytes) -> str:
    return raw.partition(b"\0")[0].decode("utf-8", "replace")
