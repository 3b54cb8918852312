"""Results built by hand over real pictures drawn for the tests."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from screening.geometry import Box, Polygon
from screening.records import (
    Clause,
    Decision,
    Failure,
    FileResult,
    Finding,
    MediaFile,
    MediaKind,
    Verdict,
    Violation,
    with_ids,
)
from screening.reports.base import ReportContext

SIZE = (320, 240)
FINGERPRINT = "c0ffee" * 10 + "beef"
CLAUSE = Clause(
    id="2.c(2)",
    document="Code of Conduct of Fairhaven",
    section="2.c(2)",
    quote="Employees do not show the seal of the court.",
)


@pytest.fixture
def make_context(tmp_path: Path) -> Callable[..., ReportContext]:
    """A context that writes to a folder of its own, with `reveal` off unless asked for."""

    def make(*, reveal: bool = False, timings: bool = False) -> ReportContext:
        out_dir = tmp_path / "out"
        out_dir.mkdir(exist_ok=True)
        return ReportContext(
            out_dir, reveal, timings, (CLAUSE.document,), "employee", "0.1.0", FINGERPRINT
        )

    return make


@pytest.fixture
def pixels() -> np.ndarray:
    """A smooth uint8 RGB picture, shape (240, 320, 3)."""
    rows, columns = np.mgrid[0 : SIZE[1], 0 : SIZE[0]]
    return np.stack([columns % 256, rows, (rows + columns) // 4], axis=2).astype(np.uint8)


@pytest.fixture
def make_media(tmp_path: Path, pixels: np.ndarray) -> Callable[..., MediaFile]:
    """Saves the picture under any name; GPS in its EXIF."""

    def make(name: str = "steps.png") -> MediaFile:
        path = tmp_path / "media" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        exif = Image.Exif()
        exif[0x8825] = {1: "N", 2: (10.0, 20.0, 30.0), 3: "E", 4: (1.0, 2.0, 3.0)}
        jpeg = path.suffix == ".jpg"
        Image.fromarray(pixels).save(path, "JPEG" if jpeg else "PNG", exif=exif)
        return MediaFile(
            path=path,
            sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
            kind=MediaKind.IMAGE,
            media_type="image/jpeg" if jpeg else "image/png",
            size_bytes=path.stat().st_size,
            width_px=SIZE[0],
            height_px=SIZE[1],
            frames=1,
        )

    return make


@pytest.fixture
def findings() -> tuple[Finding, ...]:
    """A seal with an outline, a position, and a docket number."""
    return with_ids(
        [
            Finding(
                "insignia",
                "seal",
                0.93456,
                Box(100.04, 80, 180, 160),
                Polygon(((101, 81), (179, 80), (180, 159.96), (100.04, 160))),
                evidence={"name": "Seal of the Court of Fairhaven", "inliers": 42},
            ),
            Finding(
                "metadata",
                "gps_location",
                1.0,
                evidence={"carrier": "exif"},
                sensitive={"latitude_deg": 10.34166667, "longitude_deg": 1.03416667},
            ),
            Finding("text", "docket_number", 0.9, Box(20, 200, 120, 220), text="4:21-cr-00123"),
        ]
    )


@pytest.fixture
def make_result(
    make_media: Callable[..., MediaFile], findings: tuple[Finding, ...]
) -> Callable[..., FileResult]:
    """A result over a saved picture; the seal breaks a rule."""

    def make(
        name: str = "steps.png",
        *,
        media: MediaFile | None = None,
        findings: tuple[Finding, ...] = findings,
        message: str = "it shows the seal of the Court of Fairhaven",
        failures: tuple[Failure, ...] = (),
    ) -> FileResult:
        seals = tuple(finding.id for finding in findings if finding.label == "seal")
        violation = Violation(
            "FAIR-2C2-SEAL", "insignia", Decision.BLOCK, (CLAUSE,), seals, message
        )
        verdict = Verdict(Decision.BLOCK, (violation,)) if seals else Verdict(Decision.REVIEW)
        return FileResult(
            media=media or make_media(name),
            findings=findings,
            verdict=verdict,
            failures=failures,
            fingerprint=FINGERPRINT,
            timings_s={"media": 0.01234, "insignia": 1.5},
        )

    return make
