"""EXIF, maker notes and raw containers with changed bytes: read, or said to be damaged."""

from __future__ import annotations

import exif_builders as exif
import pytest
from exif_builders import Blob, Note, harvest_of, noted, small_jpeg, tiff
from hypothesis import given, settings
from hypothesis import strategies as st

JPEG = small_jpeg()
STARTS = [
    b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08", b"IIU\0\x08\0\0\0",
    b"II+\0\x08\0\0\0\x10\0\0\0\0\0\0\0",
    b"FUJIFILMCCD-RAW 0201".ljust(84, b"\0"), b"\0MRM\0\0\1\0\0TTW\0\0\0\x40", b"FOVb\2\0\2\0",
    b"II\x1a\0\0\0HEAPCCDR",
]  # fmt: skip
WHOLE = [
    tiff(
        {0x010F: "Example", 0x013B: "Robin Example", exif.GPS: exif.gps()},
        {0x0103: 6, 0x0201: Blob(JPEG), 0x0202: len(JPEG)},
    ),
    tiff({0x010F: "Example", exif.GPS: exif.gps(), exif.SUB_IFDS: {0x00FE: 1}}, big=True),
    noted("Canon", Note(b"", {0x0009: "Kim Example", 0x000C: 4711, 0x4019: bytes(range(9))})),
    noted("OLYMPUS", Note(b"OLYMPUS\0II\3\0", {0x2010: {0x0101: "BX1"}}, base=0, order="<")),
    noted("NIKON", Note(b"Nikon\0\2\x10\0\0II*\0\x08\0\0\0", {0x001D: "20"}, base=10, order="<")),
    noted("FUJIFILM", Note(b"FUJIFILM\x0c\0\0\0", {0x4282: bytes(80)}, base=0, order="<")),
    noted("PENTAX", Note(b"AOC\0II", {0x0229: "1234567", 0x0023: 56}, order="<")),
    tiff({0x87AF: exif.Short((1, 1, 0, 1, 1024, 0, 1, 2)), 0x8482: [0.0, 0.0, 0.0, 1.0, 2.0, 0.0]}),
]


@pytest.mark.parametrize("start", STARTS, ids=lambda start: start[:8].decode("latin-1").strip("\0"))
@settings(max_examples=60)
@given(rest=st.binary(max_size=400))
def test_nonsense_says_nothing(start: bytes, rest: bytes) -> None:
    harvest = harvest_of(start + rest)
    assert all(fact.label != "gps_location" for fact in harvest.facts)


@settings(max_examples=400)
@given(
    content=st.sampled_from(WHOLE),
    changes=st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), min_size=1, max_size=12),
)
def test_changed_bytes_are_read_or_damage(content: bytes, changes: list[tuple[float, int]]) -> None:
    changed = bytearray(content)
    for place, value in changes:
        changed[int(place * len(changed))] = value
    for fact in harvest_of(bytes(changed)).facts:
        assert all(0 <= span.start < len(changed) for span in fact.spans)
        if fact.label == "gps_location":
            assert -90 <= float(fact.values["latitude_deg"]) <= 90


@settings(max_examples=100)
@given(content=st.sampled_from(WHOLE), share=st.floats(0, 1))
def test_a_cut_file_invents_nothing(content: bytes, share: float) -> None:
    known = {str(value) for fact in harvest_of(content).facts for value in fact.values.values()}
    for fact in harvest_of(content[: int(share * len(content))]).facts:
        assert {str(value) for value in fact.values.values()} <= known
