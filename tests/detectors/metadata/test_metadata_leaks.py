"""The kinds of leak that people's tools miss: every one is reported, by position or by name."""

from __future__ import annotations

from pathlib import Path

import leak_cases as leaks
import metadata_builders as build
import pytest
from further_leak_cases import further_kinds
from leak_cases import LeakCase

from screening.config import ScreenConfig
from screening.errors import DetectorError
from screening.media import identify
from screening.records import Finding

TOLERANCE_DEG = 1e-5
LOCI_TOLERANCE_DEG = 1e-4  # `loci` keeps 16 binary digits behind the point


def findings_in(case: LeakCase, folder: Path) -> list[Finding]:
    path = folder / case.file_name
    path.write_bytes(case.content)
    for name, content in case.beside.items():
        (folder / name).write_bytes(content)
    media = identify(path, ScreenConfig().limits)
    try:
        return build.detector().detect_file(media)
    except DetectorError as error:
        return list(error.findings)


@pytest.mark.parametrize("case", leaks.ten_kinds(), ids=lambda case: case.name)
def test_each_of_the_ten_kinds_is_reported(case: LeakCase, tmp_path: Path) -> None:
    assert_reported(case, findings_in(case, tmp_path), TOLERANCE_DEG)


@pytest.mark.parametrize("case", further_kinds(), ids=lambda case: case.name)
def test_each_further_kind_is_reported(case: LeakCase, tmp_path: Path) -> None:
    tolerance_deg = LOCI_TOLERANCE_DEG if "loci" in case.name else TOLERANCE_DEG
    assert_reported(case, findings_in(case, tmp_path), tolerance_deg)


def assert_reported(case: LeakCase, findings: list[Finding], tolerance_deg: float) -> None:
    found = [finding for finding in findings if finding.label == case.label]
    assert found, f"no {case.label} among {sorted({finding.label for finding in findings})}"
    if case.label == "gps_location":
        place = pytest.approx((leaks.LATITUDE_DEG, leaks.LONGITUDE_DEG), abs=tolerance_deg)
        pairs = [(one.sensitive["latitude_deg"], one.sensitive["longitude_deg"]) for one in found]
        assert all(pair == place for pair in pairs)
    else:
        told = " ".join(str(value) for one in found for value in one.sensitive.values())
        assert leaks.PLACE in told or leaks.PERSON in told
    for finding in found:
        shown = f"{dict(finding.evidence)}"
        assert leaks.PLACE not in shown
        assert leaks.PERSON not in shown
        assert "10.34" not in shown
