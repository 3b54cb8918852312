"""Builds movies with metadata tracks; all positions, people and serial numbers are invented."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from metadata_builders import box, full_box

LATITUDE_DEG, LONGITUDE_DEG = 10.34, -40.835
SAMPLES_START = 4096
"""Where `movie_with_track` puts its first sample."""


def sample_table(sizes: Sequence[int], entry: bytes, first_offset: int = SAMPLES_START) -> bytes:
    """One chunk for every two samples, laid out one after the other."""
    chunks = [sum(sizes[:index]) + first_offset for index in range(0, len(sizes), 2)]
    runs = [(1, 2)]
    if len(sizes) % 2:
        runs = [*runs[: len(chunks) > 1], (len(chunks), 1)]
    return box(
        b"stbl",
        full_box(b"stsd", struct.pack(">I", 1), entry),
        full_box(
            b"stsz", struct.pack(">II", 0, len(sizes)), *(struct.pack(">I", s) for s in sizes)
        ),
        full_box(
            b"stsc", struct.pack(">I", len(runs)), *(struct.pack(">III", *run, 1) for run in runs)
        ),
        full_box(b"stco", struct.pack(">I", len(chunks)), *(struct.pack(">I", c) for c in chunks)),
    )


def sample_entry(kind: bytes, *contents: bytes) -> bytes:
    return box(kind, bytes(6), struct.pack(">H", 1), *contents)


def track(handler: bytes, table: bytes) -> bytes:
    hdlr = full_box(b"hdlr", bytes(4), handler, bytes(13))
    return box(b"trak", box(b"mdia", hdlr, box(b"minf", table)))


def movie_with_track(
    handler: bytes, kind: bytes, samples: Sequence[bytes], *entry_contents: bytes
) -> bytes:
    """A movie with one track of samples, which lie in front of the movie header."""
    sizes = [len(sample) for sample in samples]
    ftyp = box(b"ftyp", b"isom", bytes(4), b"isom")
    filler = bytes(SAMPLES_START - len(ftyp) - 8)
    mdat = box(b"mdat", filler, *samples)
    table = sample_table(sizes, sample_entry(kind, *entry_contents))
    return ftyp + mdat + box(b"moov", track(handler, table))


def klv(key: bytes, kind: bytes, form: str, *rows: Sequence[float] | bytes) -> bytes:
    """A GPMF item; rows are packed with `form`, or are bytes already."""
    packed = [row if isinstance(row, bytes) else struct.pack(f">{form}", *row) for row in rows]
    size = len(packed[0]) if packed else 0
    body = b"".join(packed)
    return struct.pack(">4scBH", key, kind, size, len(packed)) + body + bytes(-len(body) % 4)


def nest(key: bytes, *items: bytes) -> bytes:
    body = b"".join(items)
    return struct.pack(">4scBH", key, b"\0", 1, len(body)) + body


def gps5(
    *positions: tuple[float, float], fix: int = 3, name: bytes = b"Example Cam", scales: int = 5
) -> bytes:
    """A block of telemetry as action cameras write it once a second."""
    scaled = (10_000_000, 10_000_000, 1000, 1000, 100)[:scales]
    rows = [(round(lat * 1e7), round(lon * 1e7), 12_500, 0, 0) for lat, lon in positions]
    return nest(
        b"DEVC",
        klv(b"DVNM", b"c", "", *(bytes([letter]) for letter in name)),
        nest(
            b"STRM",
            klv(b"GPSF", b"L", "I", (fix,)),
            klv(b"GPSU", b"U", "", b"240506070809.100"),
            klv(b"SCAL", b"l", "i", *((scale,) for scale in scaled)),
            klv(b"GPS5", b"l", "5i", *rows),
        ),
    )


def camm(kind: int, *fields: float) -> bytes:
    forms = {2: "<fff", 5: "<ddd", 6: "<dIddfffffff"}
    return struct.pack("<HH", 0, kind) + struct.pack(forms[kind], *fields)
