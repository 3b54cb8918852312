"""Reads the trailers that programs and cameras append, each known by how it ends.

Source: ExifTool's AFCP.pm, FotoStation.pm, PhotoMechanic.pm, CanonVRD.pm, MIE.pm and
QuickTimeStream.pl (Insta360), whose makers published little or nothing.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass

from screening.detectors.metadata.harvest import BlockKind, Harvest
from screening.detectors.metadata.source import DamagedError, Source
from screening.detectors.metadata.text_positions import note_text
from screening.detectors.metadata.tracks.insta360 import read_insta360_records
from screening.detectors.metadata.values import decode_text

Range = tuple[int, int]
"""Start and end."""


@dataclass(frozen=True, slots=True)
class Footer:
    """A trailer that was recognised by its end.

    Attributes:
        start: where it starts.
        unread: parts of it that still have to be searched.
    """

    start: int
    unread: tuple[Range, ...] = ()


FooterReader = Callable[[Source, int, Harvest], Footer | None]
"""Reads the trailer that ends at an offset of a source; None where none of its kind does."""

_JPEG_START = b"\xff\xd8\xff"
_MAX_ENTRIES = 256
_SEARCHED_BYTES = 1 << 16


def read_afcp(view: Source, end: int, harvest: Harvest) -> Footer | None:
    """AXS File Concatenation Protocol: a directory in front, its size known by its end.

    Raises:
        DamagedError: the directory is not all there.
    """
    footer = view.read_up_to(end - 12, 12) if end >= 12 else b""
    if footer[:4] not in (b"AXS!", b"AXS*"):
        return None
    order = ">" if footer[3:4] == b"!" else "<"
    (claimed,) = struct.unpack_from(order + "I", footer, 4)
    start = _start_of_afcp(view, footer[:4], claimed, end - 12)
    if start is None:
        raise DamagedError
    (count,) = struct.unpack(order + "H", view.read(start + 6, 2))
    if count > _MAX_ENTRIES:
        raise DamagedError
    for number in range(count):
        entry = view.read(start + 12 + 12 * number, 12)
        kind, (size, at) = entry[:4], struct.unpack_from(order + "II", entry, 4)
        at += start - claimed  # offsets count from the start of the file, once
        if at < start or at + size > end:
            raise DamagedError
        _read_afcp_entry(kind, view.window(at, size), harvest)
    return Footer(start)


def _start_of_afcp(view: Source, mark: bytes, claimed: int, before: int) -> int | None:
    """Where the file says, or in the last window where it was changed since."""
    start = claimed - view.spans(0, 1)[0].start
    if 0 <= start < before and view.read_up_to(start, 4) == mark:
        return start
    low = max(before - _SEARCHED_BYTES, 0)
    at = view.read_up_to(low, before - low).find(mark)
    return low + at if at >= 0 else None


def _read_afcp_entry(kind: bytes, content: Source, harvest: Harvest) -> None:
    if kind == b"IPTC":
        harvest.add_block(BlockKind.IPTC, content)
    elif kind == b"TEXT":
        text = decode_text(content.read_up_to(0, content.size))
        note_text(harvest, "AFCP", "TEXT", text, content.spans())
    elif kind in (b"Nail", b"PrVw"):
        start = content.read_up_to(0, 1 << 10).find(_JPEG_START, 10)
        if start >= 0:
            harvest.add_preview("AFCP preview", content.window(start, content.size))


def read_foto_station(view: Source, end: int, harvest: Harvest) -> Footer | None:
    """One record of FotoWare's FotoStation; more of them may end where it starts."""
    footer = view.read_up_to(end - 10, 10) if end >= 10 else b""
    if footer[6:] != b"\xa1\xb2\xc3\xd4":
        return None
    kind, size = struct.unpack_from(">HI", footer)
    if not 10 <= size <= end:
        return None
    content = view.window(end - size, size - 10)
    if kind == 1:
        harvest.add_block(BlockKind.IPTC, content)
    elif kind in (3, 4) and content.read_up_to(0, 3) == _JPEG_START:
        harvest.add_preview("FotoStation preview", content)
    elif kind != 2:  # 2: how the picture is to be cropped
        return Footer(end - size, ((end - size, end - 10),))
    return Footer(end - size)


def read_photo_mechanic(view: Source, end: int, harvest: Harvest) -> Footer | None:
    """Photo Mechanic: how the picture is to be cropped and rated, in the form of IPTC."""
    footer = view.read_up_to(end - 12, 12) if end >= 12 else b""
    if footer[4:] != b"cbipcbbl":
        return None
    (size,) = struct.unpack_from(">I", footer)
    if size > end - 12:
        return None
    spans = view.spans(end - 12 - size, size + 12)
    harvest.add_edit("Photo Mechanic trailer", "SoftEdit", "software", "Photo Mechanic", spans)
    return Footer(end - 12 - size)


def read_canon_vrd(view: Source, end: int, harvest: Harvest) -> Footer | None:
    """Canon's Digital Photo Professional: the steps by which a raw picture was developed."""
    footer = view.read_up_to(end - 0x40, 0x40) if end >= 0x40 else b""
    if not footer.startswith(b"CANON OPTIONAL DATA\0"):
        return None
    (size,) = struct.unpack_from(">I", footer, 20)
    start = end - size - 0x5C
    if start < 0 or view.read_up_to(start, 20) != footer[:20]:
        return None
    software = "Canon Digital Photo Professional"
    harvest.add_edit("CanonVRD", "VRD", "software", software, view.spans(start, end - start))
    return Footer(start)


_MIE_END = re.compile(rb"~\0\x04\0zmie~\0\0(?:\x06(.{4})[\x10\x18]\x04|\x0a(.{8})[\x10\x18]\x08)",
                      re.DOTALL)  # fmt: skip


def read_mie(view: Source, end: int, harvest: Harvest) -> Footer | None:
    """ExifTool's own format for metadata; what it says is left to a person."""
    tail = view.read_up_to(max(end - 22, 0), min(end, 22))
    found = next((one for one in _MIE_END.finditer(tail) if one.end() == len(tail)), None)
    if found is None:
        return None
    size = int.from_bytes(found[1] or found[2], "big" if tail[-2] == 0x10 else "little")
    if size > end:
        return None
    return Footer(end - size, ((end - size, end),))


def read_insta360(view: Source, end: int, harvest: Harvest) -> Footer | None:
    """Insta360: positions, movements and a preview of a 360-degree picture; searched as it is."""
    tail = view.read_up_to(end - 78, 78) if end >= 78 else b""
    if tail[-32:] != b"8db42d694ccc418790edff439fe026bf":
        return None
    (size,) = struct.unpack_from("<I", tail, 38)
    if size > end:
        return None
    with harvest.reading("Insta360 trailer"):
        read_insta360_records(view.window(end - size, size), harvest)
    return Footer(end - size, ((end - size, end),))


_VIVO_END = re.compile(rb"cameralbum!\0*.{0,64}$", re.DOTALL)
_LIVE_END = re.compile(rb"(?:LIVE_|v3_f|v2_f)[\d:. \0]{1,40}$")


def read_phone_mark(view: Source, end: int, harvest: Harvest) -> Footer | None:
    """Short marks behind a video: vivo's camera settings, `LIVE_` and its length (Huawei)."""
    low = max(end - _LONGEST_MARK_BYTES, 0)
    tail = view.read_up_to(low, end - low)
    live = _LIVE_END.search(tail)
    if live:
        return Footer(low + live.start())
    vivo = tail.rfind(b"vivo{")
    if vivo >= 0 and _VIVO_END.search(tail, vivo):
        return Footer(low + vivo)
    return None


_LONGEST_MARK_BYTES = 1 << 13
