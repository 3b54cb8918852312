"""Reads EXIF: what the tags of each directory mean.

Source: EXIF 3.0 (CIPA DC-008-2023), sections 4.6.5 to 4.6.8; TIFF 6.0, section 8; DNG 1.7.1,
chapter 4; Windows Imaging Component, "Photo metadata policies" (the XP tags).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from screening.detectors.metadata.harvest import BlockKind, EditKind, Harvest
from screening.detectors.metadata.source import Source
from screening.detectors.metadata.tiff.exif_gps import note_gps
from screening.detectors.metadata.tiff.exif_tags import Tag, decode_directory
from screening.detectors.metadata.tiff.geotiff import note_map_position
from screening.detectors.metadata.tiff.maker_notes import Identity, note_maker_notes
from screening.detectors.metadata.tiff.tiff import (
    Directory,
    DirectoryKind,
    Entry,
    directories,
    read_layout,
)
from screening.detectors.metadata.tiff.tiff_previews import note_previews
from screening.detectors.metadata.values import account_name, local_path
from screening.records import ByteSpan

CARRIER = "EXIF"

_EMBEDDED = {
    0x02BC: BlockKind.XMP,
    0x83BB: BlockKind.IPTC,
    0x8649: BlockKind.PHOTOSHOP,
    0x8773: BlockKind.ICC,
    0xCD41: BlockKind.JUMBF,  # C2PA 2.1, A.3.4 (TIFF and DNG)
}
_ORIGINAL_RAW = 0xC68C  # OriginalRawFileData of DNG
_PERSON_TAGS = (
    "Artist", "XPAuthor", "CameraOwnerName", "OwnerName", "Photographer", "ImageEditor",
    "Copyright",
)  # fmt: skip
_TIME_TAGS = {
    "DateTimeOriginal": "OffsetTimeOriginal",
    "DateTimeDigitized": "OffsetTimeDigitized",
    "DateTime": "OffsetTime",
    "PreviewDateTime": "",
}
_EDIT_TAGS: Mapping[str, EditKind] = {
    "Software": "software",
    "ProcessingSoftware": "software",
    "RAWDevelopingSoftware": "software",
    "ImageEditingSoftware": "software",
    "MetadataEditingSoftware": "software",
    "PreviewApplicationName": "software",
    "ImageUniqueID": "document_id",
    "RawDataUniqueID": "document_id",
    "OriginalRawFileName": "file_path",
    "DocumentName": "file_path",
    "ImageHistory": "step",
}
_DESCRIPTION_TAGS = (
    "ImageDescription", "UserComment", "XPTitle", "XPSubject", "XPComment", "XPKeywords",
    "PageName", "ImageTitle", "CameraLabel", "SecurityClassification", "GDALMetadata",
)  # fmt: skip
_DEVICE_TAGS = {
    "lens_make": ("LensMake",),
    "lens_model": ("LensModel",),
    "host_computer": ("HostComputer",),
    "make": ("Make",),
    "model": ("Model", "UniqueCameraModel"),
    "serial_number": ("BodySerialNumber", "CameraSerialNumber", "SerialNumber"),
    "lens_serial_number": ("LensSerialNumber",),
}
_CAMERA_DEFAULT = re.compile(
    r"(?:.* )?(?:DIGITAL ?(?:STILL ?)?CAMERA|DSC|DIGITAL STILLCAMERA)|EXIF JPEG(?: PICTURE)?"
    r"|DEFAULT|DCF 1\.0|ASCI{1,2}|SAMSUNG|JPEG|CAMERA|R?HDR|EDF|MDE|DAV|SDR|COF|CPD|PTR|NOR|OZEDF"
    r"|GCM TAG"
)
"""What cameras and phones write where a person may write a description."""


def read_exif(block: Source, harvest: Harvest, first: DirectoryKind = DirectoryKind.IMAGE) -> None:
    """Note what a TIFF structure says: its EXIF tags, and which other blocks it holds.

    Args:
        block: an EXIF block, with or without its `Exif` preamble, or a whole TIFF file.
        harvest: gets facts, blocks, previews and damage.
        first: what the first directory holds.
    """
    if block.read_up_to(0, 5) == b"Exif\0":
        block = block.window(6, block.size)
    found: list[Directory] = []
    described: list[dict[str, Tag]] = []
    with harvest.reading("EXIF block"):
        layout, _ = read_layout(block)
        for directory in directories(block, first):
            tags = decode_directory(block, directory, layout, harvest)
            if directory.kind is DirectoryKind.GPS:
                note_gps(block, tags, harvest)
            else:
                found.append(directory)
                described.append(tags)
    if not found:
        return
    merged: dict[str, Tag] = {}
    texts = _TextNotes(block, harvest)
    for tags in described:
        for name, tag in tags.items():
            merged.setdefault(name, tag)
        texts.note(tags)
    for tags in described:
        _note_times(block, tags, merged, harvest)
    notes = note_maker_notes(block, found, merged, layout, harvest)
    _note_devices(block, described, notes, harvest)
    for directory in found:
        _queue_embedded(block, directory, harvest)
        note_map_position(block, directory.entries, layout, harvest)
        if _ORIGINAL_RAW in directory.entries:
            harvest.add_damage(
                "This file holds a packed copy of the raw file it was made from, which is not read."
            )
    note_previews(block, found, layout, harvest)


def _queue_embedded(block: Source, directory: Directory, harvest: Harvest) -> None:
    for tag, kind in _EMBEDDED.items():
        entry = directory.entries.get(tag)
        if entry is not None:
            with harvest.reading(f"{kind.value} block"):
                harvest.add_block(kind, block.part(entry.offset, entry.size_bytes))


class _TextNotes:
    """Notes the texts of one directory after the other, each place in the file once."""

    def __init__(self, block: Source, harvest: Harvest) -> None:
        self._block, self._harvest = block, harvest
        self._seen: set[tuple[str, Entry]] = set()

    def note(self, tags: Mapping[str, Tag]) -> None:
        """Note names, descriptions and traces of editing."""
        for name, tag in tags.items():
            if (name, tag.entry) not in self._seen:
                self._seen.add((name, tag.entry))
                self._note_one(name, tag)

    def _note_one(self, name: str, tag: Tag) -> None:
        if name in _PERSON_TAGS:
            spans = _spans(self._block, tag)
            self._harvest.add_person(CARRIER, name, _text(name, tag), spans)
        elif name in _DESCRIPTION_TAGS:
            text = _text(name, tag)
            if not _says_nothing(text):
                self._harvest.add_description(CARRIER, name, text, _spans(self._block, tag))
                self._note_path(name, local_path(text), tag)
        elif name in _EDIT_TAGS:
            text, kind = _text(name, tag), _EDIT_TAGS[name]
            if text.strip("0 \0"):
                self._harvest.add_edit(CARRIER, name, kind, text, _spans(self._block, tag))
                self._note_path(name, local_path(text), tag, noted=kind == "file_path")

    def _note_path(self, name: str, path: str | None, tag: Tag, *, noted: bool = False) -> None:
        """Note a path on somebody's computer, and whose home folder it leads through."""
        if not path:
            return
        spans = _spans(self._block, tag)
        if not noted:
            self._harvest.add_edit(CARRIER, name, "file_path", path, spans)
        self._harvest.add_person(CARRIER, name, account_name(path), spans)


def _note_times(
    block: Source, tags: Mapping[str, Tag], merged: Mapping[str, Tag], harvest: Harvest
) -> None:
    """Times of one directory; the offset of `DateTime` stands in another one."""
    for name, offset_name in _TIME_TAGS.items():
        tag = tags.get(name)
        if tag is not None:
            offset = tags.get(offset_name) or merged.get(offset_name)
            time = f"{tag.text.strip()}{offset.text.strip() if offset else ''}"
            harvest.add_time(CARRIER, name, time, _spans(block, tag))


def _note_devices(
    block: Source,
    described: Iterable[Mapping[str, Tag]],
    noted: Iterable[Identity],
    harvest: Harvest,
) -> None:
    """One device from all directories and maker notes, and one more for every other value."""
    device: dict[str, Identity] = {}
    others: dict[tuple[str, str], Identity] = {}
    tagged = (
        Identity(key, name, tags[name].text.strip(), _spans(block, tags[name]))
        for tags in described
        for key, names in _DEVICE_TAGS.items()
        for name in names
        if name in tags
    )
    for identity in (*tagged, *noted):
        if not identity.text.strip("0 \0"):
            continue
        first = device.setdefault(identity.key, identity)
        if first.text != identity.text and identity.tag != "UniqueCameraModel":
            others.setdefault((identity.key, identity.text), identity)
    ordered = {key: device[key] for key in _DEVICE_TAGS if key in device}
    harvest.add_device(
        CARRIER,
        {key: (identity.tag, identity.text) for key, identity in ordered.items()},
        tuple(span for identity in ordered.values() for span in identity.spans),
    )
    for identity in others.values():
        harvest.add_device(CARRIER, {identity.key: (identity.tag, identity.text)}, identity.spans)


def _text(name: str, tag: Tag) -> str:
    if name.startswith("XP"):
        return tag.wide_text
    if name in ("UserComment", "GDALMetadata"):
        return tag.marked_text
    if name in ("ImageUniqueID", "RawDataUniqueID"):
        return tag.hex_text
    return tag.text


def _says_nothing(text: str) -> bool:
    """Whether a description is what a camera writes by itself, or no text at all."""
    words = " ".join(text.upper().replace("_", " ").split())
    readable = sum(char.isalnum() for char in words[:200])
    return 4 * readable < len(words[:200]) or not readable or bool(_CAMERA_DEFAULT.fullmatch(words))


def _spans(block: Source, tag: Tag) -> tuple[ByteSpan, ...]:
    return block.spans(tag.entry.offset, tag.entry.size_bytes)
