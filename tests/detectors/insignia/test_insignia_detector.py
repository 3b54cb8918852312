"""The insignia detector on planted seals, badges and patches, and on nothing at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from insignia_scenes import background, jpeg, plant

from screening.catalog import Agency, InsigniaKind, Reference
from screening.config import OptionValue
from screening.detectors.base import DetectorResources
from screening.detectors.insignia.court_seals import court_seals
from screening.detectors.insignia.detector import InsigniaDetector
from screening.detectors.registry import detector_options
from screening.errors import ConfigError
from screening.records import Finding, Frame
from screening.resources import shipped_dir

FAIRHAVEN = shipped_dir("reference_insignia") / "fairhaven_police"
ELLERY = shipped_dir("reference_insignia") / "port_ellery_court"


def make(resources: DetectorResources, **given: OptionValue) -> InsigniaDetector:
    options = detector_options(InsigniaDetector, {"insignia": given})
    InsigniaDetector.prepare(options, resources, lambda what, done, total: None)
    return InsigniaDetector(options, resources)


@pytest.fixture(scope="module")
def detector(resources: DetectorResources) -> InsigniaDetector:
    """Knows the shipped agencies and every court seal, as by default."""
    return make(resources)


def found(findings: list[Finding]) -> list[object]:
    return sorted(str(finding.evidence["reference"]) for finding in findings)


@pytest.mark.parametrize("kind", ["seal", "badge", "patch", "logo"])
@pytest.mark.parametrize("folder", [FAIRHAVEN, ELLERY], ids=lambda folder: folder.name)
def test_every_shipped_insignia_is_found_and_outlined(
    detector: InsigniaDetector, folder: Path, kind: str
) -> None:
    scene = background("gradient")
    true_outline = plant(scene, folder / f"{kind}.png", 220, (380, 260), turn_deg=8)
    [finding] = detector.detect([Frame(scene)])
    assert finding.label == kind
    assert finding.evidence["reference"] == f"{folder.name}/{kind}"
    assert finding.box is not None
    # The reference is cut to its insignia; the drawing has a transparent margin of up to 5 %.
    assert finding.box.iou(true_outline.bounds) > 0.8


@pytest.mark.parametrize("turn_deg", [0, 35, 90, 180, 290])
def test_rotation_and_perspective_and_jpeg(detector: InsigniaDetector, turn_deg: float) -> None:
    scene = background("cloth")
    seal = next(seal for seal in court_seals() if seal.id == "us-courts/moed").files[0]
    true_outline = plant(scene, seal, 180, (350, 270), turn_deg, tilt=0.15)
    [finding] = detector.detect([Frame(jpeg(scene, 60))])
    assert finding.evidence["reference"] == "us-courts/moed"
    assert "Missouri" in str(finding.evidence["name"])
    assert finding.evidence["agency"] == finding.evidence["name"]
    assert finding.evidence["kind"] == finding.label == "seal"
    assert isinstance(finding.evidence["inliers"], int)
    assert finding.evidence["inliers"] >= 8
    assert len(finding.evidence["points"]) % 4 == 0
    assert finding.polygon is not None
    errors_px = np.abs(np.array(finding.polygon.points) - np.array(true_outline.points))
    assert errors_px.max() < 8


def test_a_picture_larger_than_the_search_size(detector: InsigniaDetector) -> None:
    scene = background("gradient", 2200, 3300)
    true_outline = plant(scene, FAIRHAVEN / "seal.png", 600, (2500, 1500))
    [finding] = detector.detect([Frame(scene)])
    assert finding.box is not None
    assert finding.box.iou(true_outline.bounds) > 0.95


def test_two_of_the_same_patch(detector: InsigniaDetector) -> None:
    scene = background("cloth")
    places = [
        plant(scene, FAIRHAVEN / "patch.png", 200, (180, 250), -12),
        plant(scene, FAIRHAVEN / "patch.png", 200, (520, 270), 12),
    ]
    findings = detector.detect([Frame(scene)])
    assert found(findings) == ["fairhaven_police/patch"] * 2
    for place in places:
        overlaps = [finding.box.iou(place.bounds) for finding in findings if finding.box]
        assert max(overlaps) > 0.85


def test_different_insignia_side_by_side(detector: InsigniaDetector) -> None:
    scene = background("plain")
    plant(scene, FAIRHAVEN / "badge.png", 200, (150, 260))
    plant(scene, ELLERY / "seal.png", 200, (400, 260))
    plant(scene, FAIRHAVEN / "logo.png", 200, (610, 260))
    names = ["fairhaven_police/badge", "fairhaven_police/logo", "port_ellery_court/seal"]
    assert found(detector.detect([Frame(scene)])) == names


def test_part_of_a_seal_at_the_edge_stays_in_the_frame(detector: InsigniaDetector) -> None:
    scene = background("plain")
    plant(scene, FAIRHAVEN / "seal.png", 260, (690, 270))
    for finding in detector.detect([Frame(scene)]):
        assert finding.box is not None
        assert finding.box == finding.box.clip(720, 540)


@pytest.mark.parametrize("kind", ["noise", "gradient", "plain", "checks", "cloth"])
def test_nothing_where_there_is_nothing(detector: InsigniaDetector, kind: str) -> None:
    assert detector.detect([Frame(background(kind))]) == []


def test_the_same_alone_and_among_others(detector: InsigniaDetector) -> None:
    frames = []
    for index, art in enumerate(["seal", "badge", "patch"]):
        scene = background("cloth" if index else "noise")
        plant(scene, FAIRHAVEN / f"{art}.png", 200, (300 + 40 * index, 260), 15 * index)
        frames.append(Frame(scene, index, index * 2.0))
    together = detector.detect(frames)
    assert [finding.frame_index for finding in together] == [0, 1, 2]
    assert [finding.time_s for finding in together] == [0.0, 2.0, 4.0]
    assert together == [finding for frame in frames for finding in detector.detect([frame])]
    assert detector.detect(frames[::-1]) == together[::-1]


def test_look_alikes_are_named(resources: DetectorResources, tmp_path: Path) -> None:
    """Two agencies that use one drawing: the report must not claim to tell them apart."""

    def twin(agency: str) -> Agency:
        files = (FAIRHAVEN / "seal.png",)
        seal = Reference(f"{agency}/seal", f"Seal of {agency}", agency, InsigniaKind.SEAL, files)
        return Agency(agency, (), (), (seal,))

    twins = replace(resources, agencies=(twin("north"), twin("south")), cache_dir=tmp_path)
    scene = background("cloth")
    plant(scene, FAIRHAVEN / "seal.png", 240, (350, 260))
    [finding] = make(twins, court_seals=False).detect([Frame(scene)])
    named = {finding.evidence["reference"], *list(finding.evidence["look_alikes"] or [])}
    assert named == {"north/seal", "south/seal"}


def test_a_clear_match_has_no_look_alikes(detector: InsigniaDetector) -> None:
    scene = background("cloth")
    plant(scene, FAIRHAVEN / "seal.png", 240, (350, 260))
    [finding] = detector.detect([Frame(scene)])
    assert finding.evidence["look_alikes"] == []


def test_thresholds_drop_matches(resources: DetectorResources) -> None:
    scene = background("cloth")
    plant(scene, FAIRHAVEN / "seal.png", 160, (350, 260))
    frames = [Frame(jpeg(scene, 70))]
    assert make(resources).detect(frames) != []
    strict = make(resources, min_score=1.0, min_unidentified=1.0)
    assert strict.detect(frames) == []


def test_a_reference_may_ask_for_more(resources: DetectorResources, tmp_path: Path) -> None:
    scene = background("cloth")
    plant(scene, FAIRHAVEN / "seal.png", 160, (350, 260))
    files = (FAIRHAVEN / "seal.png",)
    for least, count in ((None, 1), (1.0, 0)):
        seal = Reference("own/seal", "Seal", "own", InsigniaKind.SEAL, files, min_score=least)
        own = replace(resources, agencies=(Agency("own", (), (), (seal,)),), cache_dir=tmp_path)
        findings = make(own, court_seals=False, min_unidentified=1.0).detect([Frame(scene)])
        assert len(findings) == count


def test_matched_points_lie_on_the_art_and_on_the_insignia(detector: InsigniaDetector) -> None:
    scene = background("cloth")
    place = plant(scene, FAIRHAVEN / "seal.png", 200, (350, 260))
    [finding] = detector.detect([Frame(scene)])
    points = np.array(finding.evidence["points"]).reshape(-1, 4)
    assert len(points) >= 8
    assert (points[:, :2] >= 0).all()
    assert (points[:, :2] <= 1).all()
    corner = np.array([place.bounds.x_min, place.bounds.y_min])
    size = np.array([place.bounds.width_px, place.bounds.height_px])
    # The reference is cut to its insignia, so the two systems agree to a few percent.
    assert np.abs((points[:, 2:] - corner) / size - points[:, :2]).max() < 0.06


@pytest.mark.parametrize("size_px", [40, 60, 90])
def test_small_insignia(detector: InsigniaDetector, size_px: int) -> None:
    scene = background("plain")
    plant(scene, ELLERY / "patch.png", size_px, (350, 260), 10)
    [finding] = detector.detect([Frame(jpeg(scene, 80))])
    assert finding.evidence["reference"] == "port_ellery_court/patch"


def test_an_unknown_seal_is_called_unidentified(
    resources: DetectorResources, detector: InsigniaDetector
) -> None:
    """The seals of Fairhaven, looked for by somebody who knows only court seals."""
    scene = background("plain")
    place = plant(scene, FAIRHAVEN / "seal.png", 200, (350, 260))
    given = replace(resources, agencies=())
    [finding] = make(given, min_unidentified=0.8).detect([Frame(scene)])
    assert finding.label == "unidentified_insignia"
    assert finding.box is not None
    assert finding.box.iou(place.bounds) > 0.7


def test_court_seals_can_be_switched_off(resources: DetectorResources) -> None:
    [example] = InsigniaDetector.examples()
    assert found(make(resources).detect(example.frames)) == ["us-courts/moed"]
    without = make(resources, court_seals=False).detect(example.frames)
    assert {one.label for one in without} <= {"unidentified_insignia"}
    options = detector_options(InsigniaDetector, {"insignia": {"court_seals": False}})
    default = detector_options(InsigniaDetector, {})
    assert InsigniaDetector.assets(options, resources) != InsigniaDetector.assets(
        default, resources
    )


def test_nothing_to_look_for_is_a_mistake(resources: DetectorResources) -> None:
    with pytest.raises(ConfigError, match="--references"):
        make(replace(resources, agencies=()), court_seals=False)
