"""Loops, huge counts, bombs and cut files: an error that says so or nothing, in bounded work."""

from __future__ import annotations

import tracemalloc
from io import BytesIO
from pathlib import Path

import further_leak_cases as further
import leak_cases as leaks
import metadata_builders as build
import pytest
from fuzz_checks import check_harvest
from hostile_cases import hostile_cases
from leak_cases import LeakCase

from screening.detectors.metadata.reading import read_metadata
from screening.detectors.metadata.source import MAX_READS, Source

MAX_BLOCK_BYTES = 16 * 1024**2
MAX_MEMORY_BYTES = 300 * 10**6
CUTS = 12
CASES = dict(hostile_cases())


class CountingFile(BytesIO):
    """Counts the reads, which stand for the time that a file takes."""

    reads = 0

    def read(self, size: int | None = -1) -> bytes:
        self.reads += 1
        return super().read(size)


@pytest.mark.parametrize("name", CASES)
def test_a_hostile_file_costs_bounded_work(name: str) -> None:
    content = CASES[name]
    handle = CountingFile(content)
    tracemalloc.start()
    try:
        harvest = read_metadata(Source(handle, MAX_BLOCK_BYTES))
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    check_harvest(harvest, content)
    assert handle.reads <= MAX_READS
    assert peak_bytes <= MAX_MEMORY_BYTES


@pytest.mark.parametrize(
    "case", [*leaks.ten_kinds(), *further.further_kinds()], ids=lambda case: case.name
)
def test_a_cut_file_yields_a_harvest(case: LeakCase) -> None:
    for index in range(CUTS):
        content = case.content[: len(case.content) * index // CUTS]
        check_harvest(read_metadata(Source(BytesIO(content), MAX_BLOCK_BYTES)), content)


@pytest.mark.parametrize(
    "name",
    [
        "TIFF: 65,535 entries",
        "JPEG: thumbnails in thumbnails",
        "JPEG: extended XMP of 4 GB",
        "JPEG: Photoshop resource of 4 GB",
        "PNG: bomb in XML:com.adobe.xmp",
        "PNG: 100 bombs",
        "PNG: chunk of 4 GB",
        "GIF: XMP without end",
        "RIFF: chunk of 4 GB, WEBP",
        "boxes: size 2^64-1",
        "JPEG XL: Brotli bomb",
        "movie: 4 G chunks",
        "XMP: a billion laughs",
    ],
)
def test_what_could_hide_something_is_said(name: str, tmp_path: Path) -> None:
    error = build.detect_damaged(tmp_path, CASES[name])
    assert str(error).startswith("The ")
