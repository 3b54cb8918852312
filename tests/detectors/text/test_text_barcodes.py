"""Bar codes: real codes drawn by zxing-cpp, read back, and put through the recognisers."""

from __future__ import annotations

import numpy as np
import pytest
import zxingcpp
from numpy.typing import NDArray

from screening.detectors.base import DetectorResources
from screening.detectors.registry import detector_options
from screening.detectors.text.barcodes import read_codes
from screening.detectors.text.detector import TextDetector
from screening.geometry import Box
from screening.records import Finding, Frame

PLACE = (200, 120)


def drawn(content: str, kind: str = "QRCode", size: int = 300) -> NDArray[np.uint8]:
    """A code in the grey of paper, in the middle of a picture."""
    code = zxingcpp.create_barcode(content, zxingcpp.barcode_format_from_str(kind))
    plain = np.asarray(code.to_image(scale=4))
    scale = max(1, size // max(plain.shape))
    bars = np.kron(plain, np.ones((scale, scale), np.uint8))
    left, top = PLACE
    canvas = np.full((bars.shape[0] + 2 * top, bars.shape[1] + 2 * left, 3), 200, np.uint8)
    canvas[top : top + bars.shape[0], left : left + bars.shape[1]] = bars[..., None]
    return canvas


@pytest.fixture(scope="module")
def detector(resources: DetectorResources) -> TextDetector:
    return TextDetector(detector_options(TextDetector, {}), resources)


def from_code(findings: list[Finding]) -> dict[str, Finding]:
    return {one.label: one for one in findings if one.evidence.get("via") == "barcode"}


@pytest.mark.parametrize("kind", ["QRCode", "DataMatrix", "Aztec", "PDF417", "Code128"])
def test_content_and_place_of_a_code(kind: str) -> None:
    pixels = drawn("JANE DOVERLEY 4711", kind)
    [code] = read_codes(pixels)
    assert code.text == "JANE DOVERLEY 4711"
    left, top = PLACE
    height, width = pixels.shape[:2]
    inside = Box(left, top, width - left, height - top)
    assert inside.intersection(code.quad.bounds) > 0.95 * code.quad.bounds.area_px
    assert code.quad.bounds.width_px > 0.6 * inside.width_px


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
@pytest.mark.parametrize("inverted", [False, True])
def test_turned_and_inverted_codes(turns: int, inverted: bool) -> None:
    pixels = np.rot90(drawn("JANE DOVERLEY 4711"), turns)
    [code] = read_codes(255 - pixels if inverted else pixels)
    assert code.text == "JANE DOVERLEY 4711"


@pytest.mark.parametrize(
    ("content", "label"),
    [
        ("WIFI:T:WPA;S:attic;P:rosebud1941;;", "credential"),
        ("mailto:clerk@example.gov", "work_email"),
        ("BEGIN:VCARD\nFN:Jane Doverley\nTEL:314-555-0142\nEND:VCARD", "phone_number"),
        ("MATMSG:TO:jane@example.com;;", "email"),
        ("4:21-cr-00123", "docket_number"),
        ("CONFIDENTIAL", "marking"),
    ],
)
def test_content_goes_through_the_recognisers(
    detector: TextDetector, content: str, label: str
) -> None:
    found = detector.detect([Frame(drawn(content))])
    [code] = [one for one in found if one.label == "barcode"]
    assert code.text == content
    assert code.evidence == {"format": "QR Code"}
    finding = from_code(found)[label]
    assert finding.evidence["recogniser"]
    assert finding.evidence["format"] == "QR Code"
    assert finding.box == code.box


def test_the_bar_code_of_a_driver_licence(detector: TextDetector) -> None:
    content = (
        "@\n\x1e\rANSI 636030050002DL00410279ZM03200024DLDAQX123456\nDCSDOVERLEY\nDACJANE\n"
        "DBB04121987\nDAG1420 ELM STREET\nDAIFAIRHAVEN\nDAJMO\n\r"
    )
    found = from_code(detector.detect([Frame(drawn(content, "PDF417", 900))]))
    assert found["id_document"].evidence["id_kind"] == "driver_licence"


def test_a_web_address_is_a_code_and_nothing_else(detector: TextDetector) -> None:
    found = detector.detect([Frame(drawn("https://example.com/menu"))])
    assert [one.label for one in found if one.evidence.get("engine") is None] == ["barcode"]


def test_damaged_codes_are_passed_over() -> None:
    pixels = drawn("JANE DOVERLEY 4711")
    pixels[140:260, 220:420] = 127
    assert read_codes(pixels) == []
    assert read_codes(np.zeros((1, 1, 3), np.uint8)) == []
    assert read_codes(np.zeros((2, 3000, 3), np.uint8)) == []


def test_huge_frames_are_thinned() -> None:
    small = drawn("JANE DOVERLEY 4711")
    large = np.kron(small, np.ones((9, 9, 1), np.uint8))
    [code] = read_codes(large)
    [plain] = read_codes(small)
    assert large.shape[0] * large.shape[1] > 12_000_000
    assert code.quad.scaled(1 / 9, 1 / 9).bounds.iou(plain.quad.bounds) > 0.9
