"""The built wheel, installed away from the checkout, screens a file there."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def wheel(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built as `pip install .` builds it."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, repository],
        check=True,
    )
    [path] = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel; everything it depends on is lent by this one."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=os.name != "nt")
    paths = {"base": str(folder), "platbase": str(folder)}
    site_packages = Path(sysconfig.get_path("purelib", "venv", vars=paths))
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-compile"]
    subprocess.run([*pip, "--target", site_packages, wheel], check=True)
    # A path file lends packages, and does not read the path files there: were this project
    # installed in editable mode, its checkout would stay unknown.
    (site_packages / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return Path(sysconfig.get_path("scripts", "venv", vars=paths)) / "python"


def test_wheel_holds_everything_that_is_read_at_run_time(wheel: Path, repository: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    shipped = {
        path.relative_to(repository).as_posix()
        for path in (repository / "screening").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert shipped - inside == set()
    for folder in ("reference_insignia", "models"):
        files = [path for path in (repository / folder).rglob("*") if path.is_file()]
        assert files
        for path in files:
            assert f"screening/_data/{path.relative_to(repository).as_posix()}" in inside
    assert not any(name.startswith(("tests/", "samples/", "tools/")) for name in inside)


def test_wheel_runs_outside_the_checkout(installed: Path, repository: Path, tmp_path: Path) -> None:
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [installed, *words],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env=variables,
            check=False,
        )

    place = run("-c", "import screening; print(screening.__file__)").stdout.strip()
    assert place
    assert not Path(place).is_relative_to(repository)

    (tmp_path / "seal.jpg").write_bytes((repository / "samples/seal_on_podium.jpg").read_bytes())
    scan = run("-m", "screening", "scan", "seal.jpg", "--detectors", "metadata,insignia")
    assert scan.returncode == 1, scan.stderr
    results = tmp_path / "screening-results"
    assert "Port Ellery District Court" in (results / "results.jsonl").read_text()
    assert (results / "report.html").is_file()
