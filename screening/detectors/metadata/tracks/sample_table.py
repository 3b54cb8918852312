"""Finds the samples of a track, so that a few of them can be read without the others.

Source: ISO/IEC 14496-12, 8.5.2 (stsd), 8.7.3 (stsz, stz2), 8.7.4 (stsc), 8.7.5 (stco, co64).
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import inf

from screening.detectors.metadata.movies.boxes import MediaBox, walk_boxes
from screening.detectors.metadata.source import DamagedError, Source

MAX_SAMPLES_READ = 48
"""Samples of one track that are looked at: a third from each end, a third in between."""
_MAX_RUNS = 50_000
_SIZES_START = 12
_TABLES = (b"stsd", b"stsz", b"stz2", b"stsc", b"stco", b"co64")


@dataclass(frozen=True, slots=True)
class Track:
    """A track that is not sound or picture.

    Attributes:
        handler: handler type of the media, such as `meta`, `text`, `sbtl`, `camm`.
        entry: its first sample entry; the kind is the format, such as `gpmd`.
        tables: boxes of the sample table by kind.
    """

    handler: bytes
    entry: MediaBox
    tables: dict[bytes, MediaBox]


def read_track(trak: MediaBox, source: Source, skipped: tuple[bytes, ...]) -> Track | None:
    """What a `trak` box says about its samples; None for handlers that are skipped.

    Raises:
        DamagedError: its boxes do not fit.
    """
    handler, table = b"", None
    media = _inside(trak, b"mdia", source)
    for box in walk_boxes(source, media.start, media.end) if media else ():
        if box.kind == b"hdlr":
            handler = source.read(box.start + 8, 4)
            if handler in skipped:
                return None
        elif box.kind == b"minf":
            table = _inside(box, b"stbl", source)
    if table is None or not handler:
        return None
    tables = {
        box.kind: box
        for box in walk_boxes(source, table.start, table.end)
        if box.kind in _TABLES
    }  # fmt: skip
    stsd = tables.get(b"stsd")
    entries = iter(()) if stsd is None else walk_boxes(source, stsd.start + 8, stsd.end)
    entry = next(entries, None)
    return Track(handler, entry, tables) if entry else None


def _inside(parent: MediaBox, kind: bytes, source: Source) -> MediaBox | None:
    boxes = walk_boxes(source, parent.start, parent.end)
    return next((box for box in boxes if box.kind == kind), None)


class Samples:
    """Random access to the samples of a track.

    Raises:
        DamagedError: its tables are damaged, or longer than in any real file.
    """

    def __init__(self, track: Track, source: Source) -> None:
        self._source = source
        self._size_at, self.count = _sizes(track.tables, source)
        self._chunk_at, self._chunks = _chunks(track.tables, source)
        self._runs = _runs(track.tables, source) if self.count else []

    def window(self, index: int) -> Source:
        """The bytes of one sample.

        Raises:
            DamagedError: it lies in no chunk, or outside the file.
        """
        first, chunk, per_chunk = self._runs[bisect_right(self._runs, (index, inf)) - 1]
        chunk += (index - first) // per_chunk
        first += (index - first) // per_chunk * per_chunk
        if chunk >= self._chunks or index - first > _MAX_RUNS:
            raise DamagedError
        offset = self._chunk_at(chunk) + sum(map(self._size_at, range(first, index)))
        size_bytes = self._size_at(index)
        if offset + size_bytes > self._source.size:
            raise DamagedError
        return self._source.window(offset, size_bytes)

    def size_bytes(self, index: int) -> int:
        """How long a sample is."""
        return self._size_at(index)

    def planned(self) -> Iterator[range]:
        """Which samples to look at: from the front, from the back, then some in between."""
        share = MAX_SAMPLES_READ // 3
        yield range(min(share, self.count))
        yield range(self.count - 1, max(self.count - share, 0) - 1, -1)
        yield range(share, self.count - share, max((self.count - 2 * share) // share, 1))


def _sizes(tables: dict[bytes, MediaBox], source: Source) -> tuple[Callable[[int], int], int]:
    """Length of each sample in bytes, by number, and how many there are."""
    box = tables.get(b"stsz") or tables.get(b"stz2")
    if box is None:
        raise DamagedError
    size_bytes, count = struct.unpack(">II", source.read(box.start + 4, 8))
    bits = 32
    if box.kind == b"stz2":
        bits, size_bytes = size_bytes & 0xFF, 0
    if size_bytes:
        return (lambda index: size_bytes), count
    if bits not in (8, 16, 32) or box.size_bytes < _SIZES_START + count * bits // 8:
        raise DamagedError
    table = source.read(box.start + _SIZES_START, count * bits // 8)
    width = bits // 8
    return _numbers(table, width), count


def _runs(tables: dict[bytes, MediaBox], source: Source) -> list[tuple[int, int, int]]:
    """First sample, first chunk (both counted from 0) and samples in a chunk, for each run."""
    box = tables.get(b"stsc")
    if box is None:
        raise DamagedError
    (count,) = struct.unpack(">I", source.read(box.start + 4, 4))
    if not 0 < count <= _MAX_RUNS or box.size_bytes < 8 + count * 12:
        raise DamagedError
    runs: list[tuple[int, int, int]] = []
    for first, per_chunk, _ in struct.iter_unpack(">III", source.read(box.start + 8, count * 12)):
        sample = 0
        if runs:
            before, chunk, held = runs[-1]
            sample = before + (first - 1 - chunk) * held
        if per_chunk == 0 or first - 1 < (runs[-1][1] + 1 if runs else 0):
            raise DamagedError
        runs.append((sample, first - 1, per_chunk))
    return runs


def _chunks(tables: dict[bytes, MediaBox], source: Source) -> tuple[Callable[[int], int], int]:
    """Offset in the file of each chunk, by number, and how many there are."""
    box = tables.get(b"stco") or tables.get(b"co64")
    if box is None:
        raise DamagedError
    width = 4 if box.kind == b"stco" else 8
    (count,) = struct.unpack(">I", source.read(box.start + 4, 4))
    if box.size_bytes < 8 + count * width:
        raise DamagedError
    table = source.read(box.start + 8, count * width)
    return _numbers(table, width), count


def _numbers(table: bytes, width: int) -> Callable[[int], int]:
    return lambda index: int.from_bytes(table[index * width : index * width + width], "big")
