"""Previews of real files, judged by eye; `benchmarks/preview_mismatch.py` has all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from screening.config import MediaLimits
from screening.detectors.base import DetectorResources
from screening.detectors.metadata.previews.detector import PreviewDetector, PreviewOptions
from screening.errors import DetectorError
from screening.media import identify, open_frames

pytestmark = pytest.mark.shared


def differences(path: Path, resources: DetectorResources) -> set[str]:
    media = identify(path, MediaLimits())
    with open_frames(media, MediaLimits()) as frames:
        frame = next(iter(frames))
    try:
        findings = PreviewDetector(PreviewOptions(), resources).detect_first(media, frame)
    except DetectorError as error:
        findings = list(error.findings)
    return {str(finding.evidence["difference"]) for finding in findings}


@pytest.mark.parametrize(
    ("name", "difference"),
    [
        ("metadata/exiv2/smiley2.jpg", "shows another picture"),  # EXIF thumbnail
        ("metadata/exiv2/exiv2-nikon-d70.jpg", "shows another picture"),  # turned, two previews
        ("metadata/exiv2/exiv2-kodak-dc210.jpg", "shows another picture"),  # without coding
        ("metadata/exiv2/iptc-psAPP13s-wIPTC-psAPP13s-noIPTC.jpg", "shows another picture"),
        ("metadata/exifr/issue-exifr-41-Error_Segment_Unreachable.jpg", "shows more of the scene"),
        ("text/plates/eu10.jpg", "shows more of the scene"),
    ],
)
def test_thumbnails_of_something_else(
    shared_data: Path, resources: DetectorResources, name: str, difference: str
) -> None:
    assert differences(shared_data / name, resources) == {difference}


@pytest.mark.parametrize(
    "name",
    [
        "exifr/Bush-dog.jpg",
        "exifr/Bush-dog.tif",  # 14 pixels
        "exifr/heic-single.heic",
        "exifr/issue-metadata-extractor-65.jpg",
        "exiv2/exiv2-bug1114.jpg",  # all but black
        "exiv2/exiv2-bug884c.jpg",  # letterboxed
        "exiv2/iptc-psAPP13-wIPTCbeg.jpg",  # all white
        "exiv2/Reagan.jpg",
        "mat2/clean.tif",
    ],
)
def test_true_thumbnails(shared_data: Path, resources: DetectorResources, name: str) -> None:
    path = shared_data / "metadata" / name
    assert path.is_file()
    assert differences(path, resources) == set()
