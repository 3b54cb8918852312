"""Reads EXIF: what the tags of each directory mean.

Source: EXIF 3.0 (CIPA DC-008-2023), sections 4.6.5 to 4.6.8.
"""

from __future__ import annotations

from collections.abc import Mapping

from exifread.utils import Ratio

from screening.detectors.metadata.exif_tags import Tags, decode_directory, decode_maker_note
from screening.detectors.metadata.harvest import BlockKind, Harvest
from screening.detectors.metadata.positions import checked_position, degrees
from screening.detectors.metadata.source import Source
from screening.detectors.metadata.tiff import Directory, DirectoryKind, byte_order, directories
from screening.detectors.metadata.values import decode_text, iso_time

CARRIER = "EXIF"

_EMBEDDED = {
    0x02BC: BlockKind.XMP,
    0x83BB: BlockKind.IPTC,
    0x8649: BlockKind.PHOTOSHOP,
}
_PERSON_TAGS = (
    "Artist", "XPAuthor", "CameraOwnerName", "OwnerName", "Photographer", "ImageEditor",
)  # fmt: skip
_TIME_TAGS = {
    "DateTimeOriginal": "OffsetTimeOriginal",
    "DateTimeDigitized": "OffsetTimeDigitized",
    "DateTime": "OffsetTime",
}
_SERIAL_TAGS = (
    "BodySerialNumber", "CameraSerialNumber", "SerialNumber",
    "MakerNote SerialNumber", "MakerNote InternalSerialNumber",
)  # fmt: skip
_FIX_TAGS = (
    "GPSTimeStamp", "GPSDate", "GPSSatellites", "GPSDOP", "GPSSpeed", "GPSTrack",
    "GPSImgDirection",
)  # fmt: skip
_LAST_OF_CLOCK = (23, 59, 60)
_CHARSETS = {b"ASCII\0\0\0": "ascii", b"UNICODE\0": "utf-16", b"\0" * 8: "latin-1"}


def read_exif(block: Source, harvest: Harvest, first: DirectoryKind = DirectoryKind.IMAGE) -> None:
    """Note what a TIFF structure says: its EXIF tags, and which other blocks it holds.

    Args:
        block: an EXIF block, with or without its `Exif` preamble, or a whole TIFF file.
        harvest: gets facts, blocks and damage.
        first: what the first directory holds.
    """
    if block.read_up_to(0, 5) == b"Exif\0":
        block = block.window(6, block.size)
    found: list[Directory] = []
    decoded: Tags = {}
    with harvest.reading("EXIF block"):
        order = byte_order(block)
        for directory in directories(block, first):
            found.append(directory)
            tags = decode_directory(block, directory, order, harvest)
            if directory.kind is DirectoryKind.GPS:
                _note_gps(tags, harvest)
            else:
                decoded = tags | decoded
    decoded |= decode_maker_note(block, found, _text(decoded.get("Make")) or "")
    _note_tags(decoded, harvest)
    for directory in found:
        _queue_embedded(block, directory, harvest)


def _queue_embedded(block: Source, directory: Directory, harvest: Harvest) -> None:
    for tag, kind in _EMBEDDED.items():
        entry = directory.entries.get(tag)
        if entry is not None:
            with harvest.reading(f"{kind.value} block"):
                harvest.add_block(kind, block.part(entry.offset, entry.size_bytes))


def _note_tags(tags: Mapping[str, object], harvest: Harvest) -> None:
    for name in _PERSON_TAGS:
        harvest.add_person(CARRIER, name, _text(tags.get(name), wide=name == "XPAuthor"))
    harvest.add_person(CARRIER, "OwnerName", _text(tags.get("MakerNote OwnerName")))
    for name, offset_name in _TIME_TAGS.items():
        time, offset = _text(tags.get(name)), _text(tags.get(offset_name))
        harvest.add_time(CARRIER, name, f"{time.strip()}{offset or ''}" if time else None)
    serials = [(name, _text(tags.get(name))) for name in _SERIAL_TAGS]
    harvest.add_device(
        CARRIER,
        {
            "make": ("Make", _text(tags.get("Make"))),
            "model": ("Model", _text(tags.get("Model"))),
            "serial_number": next(
                ((name, text) for name, text in serials if text and text.strip("0 \0")), ("", None)
            ),
            "lens_serial_number": ("LensSerialNumber", _text(tags.get("LensSerialNumber"))),
        },
    )


def _note_gps(tags: Mapping[str, object], harvest: Harvest) -> None:
    harvest.add_place(CARRIER, "GPSAreaInformation", [_marked_text(tags.get("GPSAreaInformation"))])
    fixed = any(
        any(number for number in _numbers(tags.get(name))) or _digits(tags.get(name))
        for name in _FIX_TAGS
    )
    for prefix in ("GPS", "GPSDest"):
        own = prefix == "GPS"
        latitude_ref = _text(tags.get(f"{prefix}LatitudeRef"))
        longitude_ref = _text(tags.get(f"{prefix}LongitudeRef"))
        with harvest.reading("EXIF block"):
            position = checked_position(
                _signed(degrees(_numbers(tags.get(f"{prefix}Latitude"))), latitude_ref, "S"),
                _signed(degrees(_numbers(tags.get(f"{prefix}Longitude"))), longitude_ref, "W"),
                _altitude(tags) if own else None,
                _timestamp(tags) if own else None,
                other_content=own and fixed,
            )
            known = latitude_ref and longitude_ref
            remarks = {} if known else {"hemisphere": "assumed north and east"}
            harvest.add_position(CARRIER, f"{prefix}Latitude", position, remarks)


def _signed(value: float | None, reference: str | None, negative: str) -> float | None:
    if value is not None and reference and reference.strip()[:1].upper() == negative:
        return -abs(value)
    return value


def _altitude(tags: Mapping[str, object]) -> float | None:
    """Metres; reference 1 is below sea level, 3 below the ellipsoid (EXIF 3.0)."""
    altitude = next(iter(_numbers(tags.get("GPSAltitude"))), None)
    reference = tags.get("GPSAltitudeRef")
    below = isinstance(reference, list) and reference[:1] in ([1], [3])
    return -altitude if altitude is not None and below else altitude


def _timestamp(tags: Mapping[str, object]) -> str | None:
    """ISO 8601 in UTC; the date alone where the clock is impossible, None without a date."""
    date = iso_time(_text(tags.get("GPSDate")))
    clock = _numbers(tags.get("GPSTimeStamp"))
    if date is None:
        return None
    whole = [int(part) for part in clock if part is not None]
    if len(whole) != 3 or not all(
        0 <= part <= highest for part, highest in zip(whole, _LAST_OF_CLOCK, strict=True)
    ):
        return date[:10]
    hour, minute, second = whole
    return f"{date[:10]}T{hour:02}:{minute:02}:{second:02}Z"


def _numbers(values: object) -> list[float | None]:
    """Numbers of a tag; None stands for a rational with a zero denominator."""
    if not isinstance(values, list):
        return []
    return [_number(value) for value in values]


def _number(value: object) -> float | None:
    if isinstance(value, tuple):  # exifread hands floats over as struct.unpack does
        value = value[0] if value else None
    if isinstance(value, Ratio):
        return float(value.num / value.den) if value.den else None
    return float(value) if isinstance(value, int | float) else None


def _digits(values: object) -> bool:
    """Whether a text holds a digit other than 0 (dates and satellites of a device at rest)."""
    text = _text(values) if isinstance(values, str | bytes) else None
    return any(char in "123456789" for char in text or "")


def _text(values: object, *, wide: bool = False) -> str | None:
    """Text of a tag: ASCII as exifread decodes it, or bytes; `wide` is UTF-16 (Windows XP)."""
    if isinstance(values, str):
        return values
    if isinstance(values, int):
        return str(values)
    if isinstance(values, list) and all(isinstance(value, int) for value in values):
        if len(values) == 1:
            return str(values[0])
        if not all(0 <= value < 256 for value in values):
            return " ".join(map(str, values))
        values = bytes(values)
    if not isinstance(values, bytes):
        return None
    return values.decode("utf-16-le", "ignore") if wide else decode_text(values)


def _marked_text(values: object) -> str | None:
    """Text that starts with an 8-byte character code (EXIF 3.0, 4.6.6, UserComment)."""
    if not isinstance(values, list) or not all(
        isinstance(value, int) and 0 <= value < 256 for value in values
    ):
        return _text(values)
    raw = bytes(values)
    return raw[8:].decode(_CHARSETS.get(raw[:8], "utf-8"), "replace").strip("\0")
