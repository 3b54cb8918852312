"""What the fuzzer found once (`make fuzz`) stays harmless."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from fuzz_checks import block_seeds, check_harvest

from screening.detectors.metadata.reading import read_metadata
from screening.detectors.metadata.source import Source

CASES = sorted((Path(__file__).parent / "fuzz_cases").glob("*.bin"))
MAX_BLOCK_BYTES = 1 << 20


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_case_of_the_fuzzer_yields_a_harvest(path: Path) -> None:
    content = path.read_bytes()
    check_harvest(read_metadata(Source(BytesIO(content), MAX_BLOCK_BYTES)), content)


@pytest.mark.parametrize("reader", ["exif", "tiff", "raw", "trailer"])
def test_what_the_fuzzer_starts_from_yields_a_harvest(reader: str) -> None:
    seeds = list(block_seeds(reader))
    assert seeds
    for content in seeds:
        check_harvest(read_metadata(Source(BytesIO(content), MAX_BLOCK_BYTES)), content)
