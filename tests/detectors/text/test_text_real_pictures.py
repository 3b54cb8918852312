"""Real pictures: personal data in the test pictures of other projects, and everyday photos."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from screening.detectors.base import DetectorResources
from screening.detectors.registry import detector_options
from screening.detectors.text.detector import TextDetector
from screening.records import Finding, Frame

PERSONAL = {
    "octopii/dummy-PAN-India.jpg": {"id_document"},
    "octopii/dummy-aadhaar.png": {"id_document", "date_of_birth"},
    "octopii/dummy-debit-card.jpg": {"payment_card"},
    "octopii/dummy-drivers-license-maharashtra.jpg": {"id_document", "date_of_birth"},
    "octopii/dummy-hong-kong-resident-id.png": {"id_document", "date_of_birth"},
    "octopii/dummy-passport-britain.jpg": {"id_document", "date_of_birth"},
    "octopii/dummy-passport-ukraine.jpg": {"id_document"},
    "octopii/dummy-ssn.jpg": {"id_document"},
    "presidio/kwargs_test.jpg": {"full_name", "phone_number"},
    "presidio/ocr_bounding_box.png": {"full_name"},
    "presidio/ocr_test.png": {"full_name", "phone_number", "email"},
    "presidio/pii_verify.png": {"full_name", "email"},
    "presidio/no_ocr.jpg": set(),
    "presidio/ocr_bounding_box_redacted.png": set(),
    "presidio/ocr_test_redacted.png": set(),
    "presidio/ocr_test_redacted_matrix.png": set(),
}


@pytest.fixture(scope="module")
def detector(resources: DetectorResources) -> TextDetector:
    return TextDetector(detector_options(TextDetector, {}), resources)


def recognised(detector: TextDetector, path: Path) -> list[Finding]:
    with Image.open(path) as picture:
        frame = Frame(np.asarray(ImageOps.exif_transpose(picture).convert("RGB")))
    return [finding for finding in detector.detect([frame]) if finding.label != "text"]


@pytest.mark.shared
@pytest.mark.parametrize("name", PERSONAL)
def test_personal_data_is_found(detector: TextDetector, shared_data: Path, name: str) -> None:
    labels = {finding.label for finding in recognised(detector, shared_data / "peers" / name)}
    assert labels >= PERSONAL[name]


@pytest.mark.shared
def test_redacted_pictures_are_quiet(detector: TextDetector, shared_data: Path) -> None:
    for name, labels in PERSONAL.items():
        if not labels:
            assert recognised(detector, shared_data / "peers" / name) == []


@pytest.mark.shared
def test_everyday_photos_raise_no_alarm(detector: TextDetector, shared_data: Path) -> None:
    """Every fifteenth picture; of all 605 one raised an alarm."""
    pictures = sorted(path for path in (shared_data / "negative").rglob("*.jpg"))[::15]
    alarms = [path.name for path in pictures if recognised(detector, path)]
    assert len(pictures) >= 25
    assert len(alarms) <= 0.05 * len(pictures)
