"""The objects detector with its real networks: on drawn pictures, and on real photos."""

from __future__ import annotations

import json
import pickle
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from screening.config import OptionValue
from screening.detectors import weights
from screening.detectors.base import DetectorResources
from screening.detectors.objects.detector import LABELS, ObjectsDetector
from screening.detectors.objects.networks import DETECTOR, FOLDER, SHIPPED, model_digests
from screening.detectors.registry import detector_options
from screening.detectors.weights import model_folder
from screening.errors import ConfigError, MissingDependencyError
from screening.records import Finding, Frame

WALL = Frame(np.full((480, 640, 3), 230, np.uint8))
SEAL = ObjectsDetector.examples()[0].frames[0]


def make(resources: DetectorResources, **given: OptionValue) -> ObjectsDetector:
    options = detector_options(ObjectsDetector, {"objects": given})
    ObjectsDetector.prepare(options, resources, lambda what, done, total: None)
    return ObjectsDetector(options, resources)


@pytest.fixture(scope="module")
def detector(resources: DetectorResources) -> ObjectsDetector:
    return make(resources)


def certain(findings: list[Finding]) -> list[Finding]:
    """Those that count without support."""
    return [one for one in findings if "counts_from" not in one.evidence]


def test_an_empty_wall_shows_nothing(detector: ObjectsDetector) -> None:
    assert certain(detector.detect([WALL])) == []
    assert detector.detect([]) == []


def test_a_low_score_shows_everything(resources: DetectorResources) -> None:
    everything = make(resources, min_score=0.01).detect([SEAL])
    some = make(resources, min_score=0.9).detect([SEAL])
    assert len(everything) > len(certain(some))
    assert all(one.score >= 0.01 for one in certain(everything))


def test_scores_of_single_labels(resources: DetectorResources) -> None:
    assert "seal" in {one.label for one in certain(make(resources).detect([SEAL]))}
    silenced = make(resources, min_scores=["seal=1"]).detect([SEAL])
    assert "seal" not in {one.label for one in certain(silenced)}


def test_what_a_finding_says(detector: ObjectsDetector) -> None:
    finding = detector.detect([SEAL])[0]
    assert finding.detector == "objects"
    assert finding.evidence["weights"] == model_digests()[DETECTOR][:12]
    assert finding.box is not None
    assert all(corner == round(corner) for corner in finding.box.as_tuple())
    assert pickle.loads(pickle.dumps(finding)) == finding  # noqa: S301 - our own


def test_frames_are_answered_each_with_its_own(detector: ObjectsDetector) -> None:
    later = Frame(SEAL.pixels, index=3, time_s=1.5)
    findings = detector.detect([WALL, later])
    assert {(one.frame_index, one.time_s) for one in certain(findings)} == {(3, 1.5)}


@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 900, 3), (2000, 40, 3), (2200, 3000, 3)])
def test_any_shape_is_looked_at(detector: ObjectsDetector, shape: tuple[int, ...]) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, shape, np.uint8)
    before = pixels.copy()
    for finding in detector.detect([Frame(pixels)]):
        assert finding.box == finding.box.clip(shape[1], shape[0])  # type: ignore[union-attr]
    assert (pixels == before).all()


@pytest.mark.parametrize("name", [*SHIPPED, "sha256.json"])
def test_missing_or_altered_weights_stop_the_run(
    resources: DetectorResources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    folder = Path(shutil.copytree(model_folder(FOLDER), tmp_path / "models" / FOLDER))
    monkeypatch.setattr(weights, "shipped_dir", lambda folder_name: tmp_path / folder_name)
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[:-2] + b"~~")
    with pytest.raises(ConfigError, match="install the package again"):
        make(resources)
    (folder / name).unlink()
    with pytest.raises(ConfigError, match="install the package again"):
        make(resources)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"min_scores": ["uniform"]}, "name=value"),
        ({"min_scores": ["uniforms=0.5"]}, "no label 'uniforms'"),
        ({"min_scores": ["uniform=2"]}, "between 0 and 1"),
        ({"min_scores": ["uniform=high"]}, "between 0 and 1"),
        ({"model_labels": ["car=motor_car"]}, "no label 'motor_car'"),
        ({"min_score": 3}, "min_score"),
        ({"max_tiles": 9}, "max_tiles"),
        ({"model": "/nowhere/own.onnx"}, "nowhere/own.onnx"),
    ],
)
def test_wrong_options_say_what_is_wrong(
    resources: DetectorResources, given: dict[str, OptionValue], said: str
) -> None:
    with pytest.raises(ConfigError, match=said):
        make(resources, **given)


class TestAnotherModel:
    """The shipped detector network is an Ultralytics export like any other."""

    model = str(model_folder(FOLDER) / DETECTOR)

    def test_its_classes_are_reported_under_their_names(self, resources: DetectorResources) -> None:
        findings = make(resources, model=self.model, min_score=0.02).detect([SEAL])
        labels = {finding.label for finding in findings}
        assert labels & {"badge", "patch", "seal", "logo"}
        assert labels <= LABELS
        digest = model_digests()[DETECTOR][:12]
        assert {one.evidence["weights"] for one in findings} == {digest}

    def test_classes_can_be_renamed(self, resources: DetectorResources) -> None:
        names = ["badge=patch", "seal=patch", "logo=patch"]
        given: dict[str, OptionValue] = {"model": self.model, "model_labels": names}
        findings = make(resources, min_score=0.02, **given).detect([SEAL])
        assert not {one.label for one in findings} & {"badge", "seal", "logo"}
        assert "patch" in {one.label for one in findings}

    def test_the_digest_is_part_of_the_fingerprint(
        self, resources: DetectorResources, tmp_path: Path
    ) -> None:
        options = detector_options(ObjectsDetector, {"objects": {"model": self.model}})
        shipped = ObjectsDetector.assets(detector_options(ObjectsDetector, {}), resources)
        assert ObjectsDetector.assets(options, resources) != shipped
        assert model_digests()[DETECTOR] in ObjectsDetector.assets(options, resources).values()

    @pytest.mark.parametrize("content", [b"", b"no model", b"\x08\x07\x12\x00"])
    def test_a_file_that_is_no_model(
        self, resources: DetectorResources, tmp_path: Path, content: bytes
    ) -> None:
        path = tmp_path / "own.onnx"
        path.write_bytes(content)
        with pytest.raises(ConfigError, match="no detection model") as caught:
            make(resources, model=str(path))
        assert caught.value.file == path

    def test_a_network_of_another_kind(self, resources: DetectorResources) -> None:
        embedder = str(model_folder("insignia") / "embedder.onnx")
        with pytest.raises(ConfigError, match="no detection model"):
            make(resources, model=embedder)

    def test_a_class_it_does_not_have(self, resources: DetectorResources) -> None:
        with pytest.raises(ConfigError, match=r"no class 'tank'; it has person, face"):
            make(resources, model=self.model, model_labels=["tank=police_vehicle"])

    def test_prompts_need_another_file(self, resources: DetectorResources) -> None:
        with pytest.raises(ConfigError, match=r"prompts need the \.pt file"):
            make(resources, model=self.model, prompts=["a police car"])

    def test_a_pt_file_without_ultralytics_says_what_to_install(
        self, resources: DetectorResources, tmp_path: Path
    ) -> None:
        path = tmp_path / "own.pt"
        path.write_bytes(b"weights")
        with pytest.raises(MissingDependencyError, match=r"pip install 'screening\[train\]'"):
            make(resources, model=str(path))


@pytest.mark.shared
class TestRealPhotos:
    """Photos that training did not see: most of each kind are told apart."""

    def shares(self, detector: ObjectsDetector, paths: list[Path], label: str) -> float:
        told = 0
        for path in paths:
            pixels = cv2.imread(str(path), cv2.IMREAD_COLOR_RGB)
            findings = certain(detector.detect([Frame(np.asarray(pixels, np.uint8))]))
            told += label in {finding.label for finding in findings}
        return told / len(paths)

    def held_out(self, folder: Path) -> list[Path]:
        from screening.training.objects.crops import share_of

        return [path for path in sorted(folder.glob("*.jpg")) if share_of(path.name, 5) == 0]

    def test_police_and_other_professions(
        self, detector: ObjectsDetector, shared_data: Path
    ) -> None:
        police = self.held_out(shared_data / "uniform" / "police")[:24]
        cooks = self.held_out(shared_data / "uniform" / "chef")[:12]
        assert self.shares(detector, police, "uniform") > 0.5
        assert self.shares(detector, cooks, "uniform") < 0.2
        assert self.shares(detector, cooks, "person") > 0.7

    def test_robes(self, detector: ObjectsDetector, shared_data: Path) -> None:
        judges = self.held_out(shared_data / "uniform" / "judge")[:16]
        assert self.shares(detector, judges, "judicial_robe") > 0.6

    def test_courthouses(self, detector: ObjectsDetector, shared_data: Path) -> None:
        lines = (shared_data / "posts" / "annotations.jsonl").read_text().splitlines()
        notes = [json.loads(line) for line in lines]
        courts = [
            shared_data / note["file"]
            for note in notes
            if any(one["category"] == "courthouse" for one in note["labels"])
        ]
        assert self.shares(detector, courts[:12], "courthouse") > 0.2
