"""Finds the small copies of a picture in TIFF directories: thumbnails and raw previews.

Source: EXIF 3.0, sections 4.5.8 and 4.6.5 (IFD1); TIFF 6.0, sections 8 (NewSubfileType), 21
(subsampling) and 22 (JPEG); DNG 1.7.1, "Previews"; exiftool 12.57, `PanasonicRaw.pm`.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from screening.detectors.metadata.harvest import Harvest
from screening.detectors.metadata.source import DamagedError, Source
from screening.detectors.metadata.tiff.tiff import Directory, Entries, Entry, Layout, integers

_NEW_SUBFILE_TYPE, _SUBFILE_TYPE = 0x00FE, 0x00FF
_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC = 0x0100, 0x0101, 0x0102, 0x0103, 0x0106
_STRIP_OFFSETS, _SAMPLES, _STRIP_BYTES = 0x0111, 0x0115, 0x0117
_JPEG_OFFSET, _JPEG_BYTES, _JPEG_TABLES, _SUBSAMPLING = 0x0201, 0x0202, 0x015B, 0x0212
_JPG_FROM_RAW = (0x002E, 0x0127)  # PanasonicRaw::Main

_JPEG_KINDS = (6, 7, 34892)  # TIFF 6.0; TIFF technical note 2; DNG lossy
_PLAIN_COLOURS = (0, 1, 2, 6)  # grey, RGB, YCbCr
_MAX_STRIPS = 4096
_LOSSY_FRAMES = (0xC0, 0xC1, 0xC2)
_HEAD_BYTES = 4096


def note_previews(
    block: Source, found: Sequence[Directory], layout: Layout, harvest: Harvest
) -> None:
    """Hand every preview in these directories to `harvest`.

    A picture of a chain is a thumbnail only where it says so, or where the first directory
    holds no picture, as in the EXIF block of another file; else it is a page of its own.
    """
    for directory in found:
        reader = _PreviewReader(block, directory.entries, layout, harvest)
        name = "EXIF thumbnail" if directory.chained == 1 else "TIFF preview"
        with harvest.reading(name):
            small = reader.says_small or (
                directory.chained == 1 and _STRIP_OFFSETS not in found[0].entries
            )
            reader.note(name, small=small, pointed_at=directory.chained is None)
        if directory.chained == 0:
            for tag in _JPG_FROM_RAW:
                if tag in directory.entries and _is_panasonic_raw(block):
                    entry = directory.entries[tag]
                    with harvest.reading("JpgFromRaw"):
                        reader.add("JpgFromRaw", entry.offset, entry.size_bytes)


def add_jpeg(block: Source, name: str, place: tuple[int, int], harvest: Harvest) -> None:
    """Hand over a preview (offset, length) if it is a JPEG; some makers spoil its first byte.

    Raises:
        DamagedError: the file has too many parts.
    """
    head = block.read_up_to(place[0], 4)
    if head[:2] == b"\xff\xd8":
        harvest.add_preview(name, block.window(*place))
    elif head[1:] == b"\xd8\xff\xdb":  # exiftool 12.57, Minolta.pm and Sony.pm, PreviewImage
        whole = block.part(*place)
        harvest.add_preview(name, whole.converted(b"\xff" + whole.read_up_to(1, place[1] - 1)))


class _PreviewReader:
    """The previews of one directory."""

    def __init__(self, block: Source, entries: Entries, layout: Layout, harvest: Harvest) -> None:
        self._block, self._entries, self._layout = block, entries, layout
        self._harvest = harvest

    @property
    def says_small(self) -> bool:
        """Whether the directory says that it holds a smaller copy (TIFF 6.0, section 8)."""
        return bool(self._number(_NEW_SUBFILE_TYPE) & 1) or self._number(_SUBFILE_TYPE) == 2

    def note(self, name: str, *, small: bool, pointed_at: bool) -> None:
        """Hand over what the directory holds.

        Raises:
            DamagedError: it is cut.
        """
        if _JPEG_OFFSET in self._entries and _JPEG_BYTES in self._entries:
            self.add(name, self._number(_JPEG_OFFSET), self._number(_JPEG_BYTES))
        if _STRIP_OFFSETS not in self._entries:
            return
        compression = self._number(_COMPRESSION)
        if compression in _JPEG_KINDS and (small or pointed_at or compression == 6):
            self._add_strip(name, small=small)
        elif compression == 1 and small and self._number(_PHOTOMETRIC) in _PLAIN_COLOURS:
            self._add_plain(name)

    def add(self, name: str, offset: int, length: int) -> None:
        """Hand over a coded preview; one of no length or of zeros is none.

        Raises:
            DamagedError: it is cut.
        """
        if length == 0 or offset == 0:
            return
        if offset + length > self._block.size:
            raise DamagedError
        if any(self._block.read_up_to(offset, min(length, _HEAD_BYTES))):
            self._harvest.add_preview(name, self._block.window(offset, length))

    def _add_strip(self, name: str, *, small: bool) -> None:
        """A JPEG in one strip, with the tables that other strips share put in front of it."""
        offsets, lengths = self._strips()
        if len(offsets) != 1 or len(lengths) != 1:
            return
        if small and offsets[0] + lengths[0] > self._block.size:
            raise DamagedError
        head = self._block.read_up_to(offsets[0], _HEAD_BYTES)
        if head[:2] != b"\xff\xd8" or not _is_lossy(head):
            return
        tables = self._entries.get(_JPEG_TABLES)
        if tables is None:
            self.add(name, offsets[0], lengths[0])
            return
        shared = self._block.read(tables.offset, tables.size_bytes)
        strip = self._block.part(offsets[0], lengths[0])
        whole = strip.converted(shared[:-2] + strip.read_up_to(2, lengths[0] - 2))
        self._harvest.add_preview(name, whole)

    def _add_plain(self, name: str) -> None:
        """Uncompressed pixels, as a TIFF file of their own."""
        offsets, lengths = self._strips()
        samples = self._number(_SAMPLES) or 1
        bits = integers(self._block, self._entries.get(_BITS), self._layout, 8) or (1,)
        if not offsets or len(offsets) != len(lengths) or any(depth != 8 for depth in bits):
            return
        pixels = self._block.joined(zip(offsets, lengths, strict=True))
        fields = {
            _WIDTH: (self._number(_WIDTH),),
            _HEIGHT: (self._number(_HEIGHT),),
            _BITS: (8,) * samples,
            _COMPRESSION: (1,),
            _PHOTOMETRIC: (self._number(_PHOTOMETRIC),),
            _STRIP_OFFSETS: (),
            _SAMPLES: (samples,),
            0x0116: (self._number(_HEIGHT),),  # RowsPerStrip
            _STRIP_BYTES: (pixels.size,),
        }
        subsampling = self._entries.get(_SUBSAMPLING)
        if subsampling is not None:
            fields[_SUBSAMPLING] = integers(self._block, subsampling, self._layout, 2)
        if samples <= 4 and all(0 <= value < 1 << 32 for row in fields.values() for value in row):
            whole = _tiff_file(fields, pixels.read_up_to(0, pixels.size))
            self._harvest.add_preview(name, pixels.converted(whole))

    def _strips(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        tags = (_STRIP_OFFSETS, _STRIP_BYTES)
        offsets, lengths = (
            integers(self._block, self._entries.get(tag), self._layout, _MAX_STRIPS) for tag in tags
        )
        return offsets, lengths

    def _number(self, tag: int) -> int:
        entry: Entry | None = self._entries.get(tag)
        numbers = integers(self._block, entry, self._layout, 8)
        return numbers[0] if numbers else 0


def _is_panasonic_raw(block: Source) -> bool:
    return block.read_up_to(0, 4) == b"IIU\0"


def _is_lossy(head: bytes) -> bool:
    """Whether the first frame of a JPEG is one that pictures have; raw data are lossless."""
    place = 2
    while place + 4 <= len(head) and head[place] == 0xFF:
        marker = head[place + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return marker in _LOSSY_FRAMES
        place += 2 + int.from_bytes(head[place + 2 : place + 4], "big")
    return place + 4 > len(head)


def _tiff_file(fields: dict[int, tuple[int, ...]], pixels: bytes) -> bytes:
    """A TIFF file of one strip; an empty field is the offset of the pixels."""
    start = 8 + 2 + 12 * len(fields) + 4
    table, values = b"", b""
    pixels_at = start + sum(4 * len(row) for row in fields.values() if len(row) > 1)
    for tag, row in sorted(fields.items()):
        numbers = row or (pixels_at,)
        coded = struct.pack(f"<{len(numbers)}I", *numbers)
        place = coded
        if len(numbers) > 1:
            place = struct.pack("<I", start + len(values))
            values += coded
        table += struct.pack("<HHI", tag, 4, len(numbers)) + place
    return b"II*\0" + struct.pack("<IH", 8, len(fields)) + table + bytes(4) + values + pixels
