"""Files beside a picture that keep its metadata."""

from __future__ import annotations

import json
import plistlib
from datetime import datetime
from pathlib import Path

import metadata_builders as build
import pytest
from block_builders import xmp

from screening.errors import DetectorError
from screening.records import Finding

POSITION = xmp(attributes='exif:GPSLatitude="10.34" exif:GPSLongitude="-40.835"')


def findings_beside(folder: Path, name: str, content: bytes | str) -> list[Finding]:
    """Findings in a picture without metadata, with one file beside it."""
    picture = folder / "photo.jpg"
    picture.write_bytes(build.jpeg())
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return build.detector().detect_file(build.media_file(picture))


@pytest.mark.parametrize("name", ["photo.xmp", "photo.jpg.xmp", "photo.XMP"])
def test_an_xmp_sidecar_is_read(tmp_path: Path, name: str) -> None:
    (finding,) = findings_beside(tmp_path, name, POSITION)
    assert finding.label == "gps_location"
    assert finding.evidence["carrier"] == "XMP sidecar"
    assert finding.evidence["sidecar"] is True
    assert finding.spans == ()
    assert finding.sensitive["latitude_deg"] == 10.34


def test_a_sidecar_of_another_picture_is_left_alone(tmp_path: Path) -> None:
    assert findings_beside(tmp_path, "photo2.xmp", POSITION) == []


def test_a_sidecar_is_none_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "photo.xmp"
    path.write_text(POSITION)
    (finding,) = build.detector().detect_file(build.media_file(path))
    assert finding.evidence["carrier"] == "XMP"


def test_a_takeout_sidecar_is_read(tmp_path: Path) -> None:
    content = {
        "title": "photo.jpg",
        "photoTakenTime": {"timestamp": "1714979289", "formatted": "May 6, 2024"},
        "geoData": {"latitude": 10.34, "longitude": -40.835, "altitude": 12.5},
        "geoDataExif": {"latitude": 0.0, "longitude": 0.0, "altitude": 0.0},
        "people": [{"name": "Robin Example"}],
    }
    for name in ("photo.jpg.json", "photo.jpg.supplemental-metadata.json"):
        found = findings_beside(tmp_path, name, json.dumps(content))
        told = {finding.label: dict(finding.sensitive) for finding in found}
        assert {finding.evidence["carrier"] for finding in found} == {"JSON sidecar"}
        assert told["gps_location"]["latitude_deg"] == 10.34
        assert told["gps_location"]["altitude_m"] == 12.5
        assert told["person_name"] == {"name": "Robin Example"}
        assert told["capture_time"] == {"time": "2024-05-06T07:08:09+00:00"}
        (tmp_path / name).unlink()


def test_an_apple_sidecar_tells_of_editing(tmp_path: Path) -> None:
    content = plistlib.dumps(
        {
            "adjustmentFormatIdentifier": "com.example.photo",
            "adjustmentTimestamp": datetime(2024, 5, 6, 7, 8, 9),  # noqa: DTZ001
        }
    )
    found = findings_beside(tmp_path, "photo.AAE", content)
    assert [finding.evidence["kind"] for finding in found] == ["software", "step"]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("photo.xmp", POSITION[:-30], "The XMP block of the XMP sidecar of this file is damaged"),
        ("photo.aae", "<plist>", "The property list of the AAE sidecar of this file is damaged"),
        ("photo.jpg.json", "[" * 99999, "The JSON text of the JSON sidecar of this file is dam"),
        ("photo.xmp", " " * (17 << 20), "larger than the limit"),
    ],
)
def test_damage_is_said(tmp_path: Path, name: str, content: str, sentence: str) -> None:
    with pytest.raises(DetectorError, match=sentence):
        findings_beside(tmp_path, name, content)


def test_a_folder_with_the_name_of_a_sidecar_is_none(tmp_path: Path) -> None:
    (tmp_path / "photo.xmp").mkdir()
    assert findings_beside(tmp_path, "other", b"") == []
