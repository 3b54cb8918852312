"""Real files: every EXIF position that exiftool sees is found, and nothing hostile crashes."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import metadata_builders as build
import pytest

from screening.errors import DetectorError
from screening.records import Finding

pytestmark = pytest.mark.shared


def findings_in(path: Path) -> list[Finding]:
    try:
        return build.detector().detect_file(build.media_file(path))
    except DetectorError as error:
        return list(error.findings)


@pytest.fixture
def exiftool() -> str:
    program = shutil.which("exiftool")
    if program is None:
        pytest.skip("needs exiftool")
    return program


@pytest.mark.parametrize("folder", ["exifr", "exiftool", "exiv2", "nom_exif", "mat2"])
def test_every_exif_position_is_found(shared_data: Path, exiftool: str, folder: str) -> None:
    command = [
        exiftool,
        "-a",
        "-ee",
        "-G1",
        "-n",
        "-j",
        "-r",
        str(shared_data / "metadata" / folder),
    ]
    # exiftool's exit status is 1 where one of many files is unreadable.
    output = subprocess.run(command, capture_output=True, check=False).stdout
    missed = []
    for row in json.loads(output):
        truth = (row.get("GPS:GPSLatitude"), row.get("GPS:GPSLongitude"))
        if not all(isinstance(value, int | float) for value in truth):
            continue  # an empty position: exiftool prints it as no number
        # The sign is in the reference, which exiftool prints apart.
        signs = (
            -1 if row.get("GPS:GPSLatitudeRef") == "S" else 1,
            -1 if row.get("GPS:GPSLongitudeRef") == "W" else 1,
        )
        expected = [sign * abs(value) for sign, value in zip(signs, truth, strict=True)]
        found = [
            position[1:]
            for position in build.positions(findings_in(Path(row["SourceFile"])))
            if position[0] == "EXIF"
        ]
        if not any(position == pytest.approx(expected, abs=1e-5) for position in found):
            missed.append(Path(row["SourceFile"]).name)
    assert missed == []


@pytest.mark.parametrize("folder", ["metadata", "hostile"])
def test_no_real_file_crashes(shared_data: Path, folder: str) -> None:
    files = [path for path in sorted((shared_data / folder).rglob("*")) if path.is_file()]
    assert len(files) > 100
    for path in files:
        findings_in(path)
