"""QR codes, PDF417 and other bar codes of a frame, decoded by zxing-cpp."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from screening.geometry import Polygon

_MAX_PIXELS = 12_000_000
"""Larger frames are thinned to every n-th pixel."""

_MOST_CODES = 64
_MOST_CHARACTERS = 8_000  # the largest QR code holds 7,089 digits
# Together 40 ms per megapixel, DataMatrix half of it; no false code on 1,110 photos without one.
# Stripes of cloth and blinds pass for the codes that have no check digit (ITF, Codabar, Code 39)
# and for the short ones (EAN-8, UPC-E).
_FORMATS = "QRCode,MicroQRCode,RMQRCode,DataMatrix,Aztec,PDF417,Code128,EAN13,UPCA"


@dataclass(frozen=True, slots=True)
class BarCode:
    """One decoded code.

    Attributes:
        text: its content.
        format: what kind of code it is, such as `QR Code`.
        quad: its corners in pixels of the frame.
    """

    text: str
    format: str
    quad: Polygon

    def lines(self) -> list[str]:
        """The content as the lines of cards and licences; a wireless network's code in one."""
        parts = re.split(r"[\r\n\x1c-\x1f]+", self.text)
        return [line for part in parts if (line := part.strip())]


def read_codes(pixels: NDArray[np.uint8]) -> list[BarCode]:
    """Codes in uint8 RGB `pixels`, shape (H, W, 3), that hold a text."""
    import zxingcpp  # noqa: PLC0415 - loaded when the first frame is looked at

    height, width = pixels.shape[:2]
    step = int(np.ceil(np.sqrt(max(height * width / _MAX_PIXELS, 1))))
    # Green is close to luminance and a view; zxing reads one plane.
    plane = np.ascontiguousarray(pixels[::step, ::step, 1])
    found = zxingcpp.read_barcodes(plane, formats=zxingcpp.barcode_formats_from_str(_FORMATS))
    return [
        BarCode(code.text[:_MOST_CHARACTERS], str(code.format), quad.scaled(step, step))
        for code in found[:_MOST_CODES]
        if code.text.strip() and (quad := _quad(code.position))
    ]


def _quad(position: object) -> Polygon:
    corners = ("top_left", "top_right", "bottom_right", "bottom_left")
    points = (getattr(position, corner) for corner in corners)
    return Polygon(tuple((float(point.x), float(point.y)) for point in points))
