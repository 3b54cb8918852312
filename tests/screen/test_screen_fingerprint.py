"""The fingerprint changes with everything that can change a result, and with nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PIL import Image

from screening.config import ScreenConfig
from screening.errors import ConfigError
from screening.run.executors import ProcessExecutor, SerialExecutor
from screening.screen import make_plan


def fingerprint(**settings: object) -> str:
    settings = {"detectors": ("metadata",), **settings}
    return make_plan(ScreenConfig.model_validate(settings)).fingerprint


def test_same_configuration_same_fingerprint() -> None:
    assert fingerprint() == fingerprint()


@pytest.mark.parametrize(
    "settings",
    [
        {"options": {"metadata": {"max_block_bytes": 70_000}}},
        {"policies": ("edmo-2016",)},
        {"profile": "undercover"},
        {"detectors": ("metadata", "text")},
        {"limits": {"max_pixels": 1000}},
        {"limits": {"time_limit_s": 5}},
    ],
)
def test_every_setting_counts(settings: dict[str, object]) -> None:
    assert fingerprint(**settings) != fingerprint()


def test_content_of_a_pack_counts(pack: Path, probe: None) -> None:
    before = fingerprint(policies=(str(pack),))
    pack.write_text(pack.read_text().replace("shows a frame", "shows frames"), encoding="utf-8")
    assert fingerprint(policies=(str(pack),)) != before


def test_version_of_a_detector_counts(probe: None, monkeypatch: pytest.MonkeyPatch) -> None:
    import screening_faults

    before = fingerprint(detectors=("frame_probe",))
    monkeypatch.setattr(screening_faults.FrameProbe, "version", "2")
    assert fingerprint(detectors=("frame_probe",)) != before


def test_pixels_of_a_reference_count(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCREENING_CACHE_DIR", str(tmp_path / "cache"))
    source = next((repository / "reference_insignia").glob("*/catalog.yaml")).parent
    own = shutil.copytree(source, tmp_path / "own_insignia")
    settings = {
        "detectors": ("insignia",),
        "references": (str(own),),
        "options": {"insignia": {"court_seals": False}},
    }
    before = fingerprint(**settings)
    assert fingerprint(**settings) == before
    picture = next(own.glob("*.png"))
    with Image.open(picture) as art:
        turned = art.rotate(90, expand=True)
    turned.save(picture)
    assert fingerprint(**settings) != before


def test_executor_does_not_count(picture: Path) -> None:
    plan = make_plan(ScreenConfig(detectors=("metadata",)))
    results = [
        *SerialExecutor().run(plan, [picture]),
        *ProcessExecutor(1).run(plan, [picture]),
    ]
    assert {result.fingerprint for result in results} == {plan.fingerprint}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"detectors": ("metadata", "nose")}, "there is no detector 'nose'"),
        ({"detectors": ()}, "at least one detector"),
        ({"options": {"nose": {"size": 3}}}, "there is no detector 'nose'"),
        ({"options": {"metadata": {"size": 3}}}, "options of detector metadata: size"),
        ({"policies": ("nonsense",)}, "there is no rule pack 'nonsense'"),
        ({"profile": "visitor"}, "there is no profile 'visitor'"),
        ({"references": ("nowhere",)}, "nowhere: no catalog.yaml"),
    ],
)
def test_wrong_configuration_is_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        fingerprint(**settings)
