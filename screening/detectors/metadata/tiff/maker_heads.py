"""How the notes of camera makers start: what tells them apart, and where their offsets count from.

Source: exiftool 12.57, `MakerNotes.pm` (table `Main`), and the modules named beside each.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from screening.detectors.metadata.tiff.maker_tags import (
    APPLE,
    CANON,
    CASIO,
    LEICA,
    LEICA_M9,
    MINOLTA,
    MOTOROLA,
    NIKON,
    OLYMPUS,
    PANASONIC,
    PENTAX,
    RICOH,
    SAMSUNG,
    SIGMA,
    SONY,
    MakerTable,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MakerHead:
    """How a note starts.

    Attributes:
        table: what is looked up in its directory.
        start: where the directory starts in the note.
        base: where offsets count from, in the note; None: from the TIFF header.
        fitted: whether makers differ in that, so that it is taken from the offsets.
    """

    table: MakerTable
    start: int
    base: int | None = None
    fitted: bool = False


HEADS: tuple[tuple[re.Pattern[bytes], MakerHead], ...] = tuple(
    (re.compile(start, re.DOTALL), head)
    for start, head in (
        (rb"Apple iOS\0", MakerHead(APPLE, 14, 0)),
        (rb"(?:QVC|DCI)\0", MakerHead(CASIO, 6, fitted=True)),
        (rb"(?:OLYMP|EPSON|MINOL|CAMER|PREMI)\0", MakerHead(OLYMPUS, 8)),
        (rb"OLYMPUS\0", MakerHead(OLYMPUS, 12, 0)),
        (rb"OM SYSTEM\0", MakerHead(OLYMPUS, 16, 0)),
        (rb"SONY PI\0", MakerHead(OLYMPUS, 12)),
        (rb"SONY (?:DSC|CAM|MOBILE)|\0\0SONY PIC\0|VHAB     \0", MakerHead(SONY, 12)),
        (rb"Panasonic", MakerHead(PANASONIC, 12)),
        (rb"LEICA CAMERA AG\0", MakerHead(PANASONIC, 18)),
        (rb"LEICA\0\0\0", MakerHead(LEICA, 8, 8)),
        (rb"LEICA0", MakerHead(LEICA_M9, 8, 0)),
        (rb"LEICA\0[\x01\x04-\x07\x10\x1a]\0", MakerHead(LEICA, 8, 0)),
        (rb"LEICA\0[\x02\x08\x09][\0\xff]", MakerHead(LEICA, 8)),
        (rb"PENTAX \0", MakerHead(PENTAX, 10, 0)),
        (rb"RICOH\0(?:II|MM)", MakerHead(PENTAX, 8, 0)),
        (rb"AOC\0", MakerHead(PENTAX, 6, fitted=True)),
        (rb"MOT\0", MakerHead(MOTOROLA, 8, 0)),
        (rb"SIGMA|FOVEON", MakerHead(SIGMA, 10)),
    )
)
MAKES = (
    ("canon", MakerHead(CANON, 0)),
    ("nikon", MakerHead(NIKON, 0)),
    ("sony", MakerHead(SONY, 0)),
    ("hasselblad", MakerHead(SONY, 0)),
    ("leica", MakerHead(PANASONIC, 8)),
    ("konica minolta", MakerHead(MINOLTA, 0)),
    ("minolta", MakerHead(MINOLTA, 0)),
    ("samsung", MakerHead(SAMSUNG, 0, fitted=True)),
    ("ricoh", MakerHead(RICOH, 8)),
    ("pentax ricoh", MakerHead(RICOH, 8)),
)
PHASE_ONE = re.compile(rb"IIII.waR|MMMMRaw.", re.DOTALL)
FIXED: tuple[tuple[re.Pattern[bytes], str, int, int, str], ...] = tuple(
    (re.compile(start, re.DOTALL), name, offset, length, charset)
    for start, name, offset, length, charset in (
        # Kodak::Type7; Reconyx::Main, Type2, Type3; HP::Type4, Type6
        (rb"[CK][A-Z\d]{3} ?[A-Z\d]{1,2}\d{2}[A-Z\d]\d{4}[ \0]", "SerialNumber", 0, 16, "utf-8"),
        (rb"\x01\xf1[\x02\x03]\0", "SerialNumber", 42, 30, "utf-16-le"),
        (rb"\x01\xf1[\x02\x03]\0", "UserLabel", 86, 22, "utf-8"),
        (rb"RECONYXUF\0", "SerialNumber", 0x4B, 15, "utf-8"),
        (rb"RECONYXUF\0", "UserLabel", 0x5A, 21, "utf-8"),
        (rb"RECONYXH2\0", "SerialNumber", 0x7E, 30, "utf-16-le"),
        (rb"RECONYXH2\0", "UserLabel", 0x68, 22, "utf-8"),
        (rb"IIII\x04\0", "SerialNumber", 0x5C, 26, "utf-8"),
        (rb"IIII\x06\0", "SerialNumber", 0x58, 26, "utf-8"),
    )
)
"""Notes that are no directory: head, name, offset, length and charset of what they hold."""
