"""Reads the "Meta" segment of Kodak cameras and scanners, a TIFF structure with its own tags.

Source: ExifTool's Kodak.pm, tag table "Kodak Meta".
"""

from __future__ import annotations

from screening.detectors.metadata.harvest import Harvest
from screening.detectors.metadata.source import DamagedError, Source
from screening.detectors.metadata.tiff.tiff import read_entries, read_layout
from screening.detectors.metadata.values import decode_text

CARRIER = "Kodak Meta"

_OWNER, _SERIAL, _GROUP, _ENVELOPE = 0xC353, 0xC354, 0xC355, 0xC358
_SOURCE_PATH = {0xC41A: "SourceImageVolumeName", 0xC418: "SourceImageDirectory",
                0xC419: "SourceImageFileName"}  # fmt: skip
_CHARACTER_SETS = (b"ASCII\0\0\0", b"UNICODE\0", b"JIS\0\0\0\0\0")
_MAX_TEXT_BYTES = 4096
_TEXT_TYPES = (2, 7)


def read_kodak_meta(block: Source, harvest: Harvest) -> None:
    """Note owner, serial number, the order for prints, and where a scan came from.

    Raises:
        DamagedError: the directory is not all there.
    """
    layout, start = read_layout(block)
    entries, _, whole = read_entries(block, start, layout)

    def text(tag: int) -> str:
        entry = entries.get(tag)
        if entry is None or entry.type not in _TEXT_TYPES:
            return ""
        raw = block.read_up_to(entry.offset, min(entry.size_bytes, _MAX_TEXT_BYTES))
        return decode_text(raw[8:] if raw.startswith(_CHARACTER_SETS) else raw)

    harvest.add_person(CARRIER, "CameraOwner", text(_OWNER))
    harvest.add_device(CARRIER, {"serial_number": ("SerialNumber", text(_SERIAL))})
    harvest.add_description(CARRIER, "UserSelectGroupTitle", text(_GROUP))
    harvest.add_edit(CARRIER, "EnvelopeNumber", "document_id", text(_ENVELOPE))
    for tag, name in _SOURCE_PATH.items():
        harvest.add_edit(CARRIER, name, "file_path", text(tag))
    if not whole:
        raise DamagedError
