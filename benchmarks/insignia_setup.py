"""What the benchmarks of insignia share: the catalog, the unseen half, the peer."""

from __future__ import annotations

import os

# Before numpy loads: threads that wait for each other would count as processor time.
os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from screening.catalog import Agency, Reference
from screening.config import ScreenConfig
from screening.detectors.base import DetectorResources
from screening.detectors.insignia.art import load_art, on_ground
from screening.detectors.insignia.detector import InsigniaDetector, InsigniaOptions
from screening.geometry import Box
from screening.records import Finding
from screening.screen import make_plan
from screening.training.sources import reference_catalog, seen_in_training

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
MIN_IOU = 0.5

Pixels = NDArray[np.uint8]


def detector_for(
    references: tuple[Reference, ...], options: InsigniaOptions | None = None
) -> InsigniaDetector:
    """A detector that knows exactly these references, on one thread."""
    cv2.setNumThreads(1)
    chosen = options or InsigniaOptions(court_seals=False)
    resources = DetectorResources((Agency("benchmark", (), (), references),), 1, cache_dir())
    InsigniaDetector.prepare(chosen, resources, lambda *_: None)
    return InsigniaDetector(chosen, resources)


def cache_dir() -> Path:
    """Where indexes are kept."""
    return make_plan(ScreenConfig(detectors=("metadata",))).cache_dir


def look_alikes() -> tuple[Reference, ...]:
    """Court seals, state seals and the other art as one catalog."""
    return reference_catalog(DATA)


def unseen(references: tuple[Reference, ...]) -> list[Reference]:
    """The half that neither training nor calibration saw."""
    return [one for one in references if not seen_in_training(one.id)]


def grounds() -> list[Path]:
    """Photos without insignia to paste on, none of which training saw."""
    folders = ("places", "buildings", "houses")
    return [path for name in folders for path in sorted((DATA / "negative" / name).iterdir())]


def named(findings: list[Finding], reference: Reference, box: Box) -> tuple[bool, bool, bool]:
    """Whether it is found at all, named exactly, and placed among its look-alikes or family."""
    here = [one for one in findings if one.box is not None and one.box.iou(box) >= MIN_IOU]
    exact = any(one.evidence.get("reference") == reference.id for one in here)
    among = any(reference.id in (one.evidence.get("look_alikes") or []) for one in here)
    family = any(reference.family and one.evidence.get("name") == reference.family for one in here)
    return bool(here), exact, exact or among or family


class PlainSift:
    """The peer: one reference it is told, ratio test 0.75, MAGSAC, ten inliers."""

    def __init__(self, reference: Reference) -> None:
        art = cv2.cvtColor(on_ground(load_art(reference.files[0])), cv2.COLOR_RGB2GRAY)
        self._sift = cv2.SIFT_create()
        self._points, self._known = self._sift.detectAndCompute(art, None)

    def finds(self, pixels: Pixels) -> bool:
        """Whether the reference is in the picture."""
        gray = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
        points, descriptors = self._sift.detectAndCompute(gray, None)
        if descriptors is None or self._known is None:
            return False
        pairs = cv2.BFMatcher().knnMatch(self._known, descriptors, k=2)
        good = [
            one[0] for one in pairs if len(one) == 2 and one[0].distance < 0.75 * one[1].distance
        ]
        if len(good) < 10:
            return False
        source = np.array([self._points[match.queryIdx].pt for match in good], np.float32)
        target = np.array([points[match.trainIdx].pt for match in good], np.float32)
        _, inliers = cv2.findHomography(source, target, cv2.USAC_MAGSAC, 3.0)
        return inliers is not None and int(inliers.sum()) >= 10
