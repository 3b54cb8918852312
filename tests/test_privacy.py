"""Nothing leaves the machine, nothing sensitive is logged, nothing is left behind or changed."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

# Runs at the start of every Python process of the scan, workers included: a socket that is
# opened to anything but this machine's own files is written down and refused, and every log
# record of level DEBUG and up goes into a file.
GUARD = """
import logging, os, socket, sys

def note(name, text):
    with open(os.path.join(os.environ["GUARD_DIR"], name), "a", encoding="utf-8") as stream:
        stream.write(text + "\\n")

def audit(event, args):
    if event in ("socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"):
        if args[0].family == socket.AF_UNIX:
            return
        # urllib3, which rapidocr imports, asks the kernel in this way whether it knows IPv6.
        if event == "socket.bind" and args[1] == ("::1", 0):
            return
        note("network", f"{event} {args[1:]}")
        raise PermissionError("no network here")
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "urllib.Request"):
        note("network", f"{event} {args}")
        raise PermissionError("no network here")

sys.addaudithook(audit)
logging.basicConfig(
    filename=os.path.join(os.environ["GUARD_DIR"], "log"),
    level=logging.DEBUG,
    format="%(process)d %(name)s %(levelname)s %(message)s",
)
note("processes", str(os.getpid()))
"""


def run_guarded(
    folder: Path, *words: str, expected: tuple[int, ...] = (0, 1, 3)
) -> subprocess.CompletedProcess[str]:
    """`screening` under the guard, with `folder` as its working and temporary folder."""
    guard, scratch = folder / "guard", folder / "scratch"
    for made in (guard, scratch):
        made.mkdir(exist_ok=True)
    (guard / "sitecustomize.py").write_text(GUARD, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "screening", *words],
        capture_output=True,
        text=True,
        cwd=folder,
        check=False,
        env={
            **os.environ,
            "PYTHONPATH": str(guard),
            "GUARD_DIR": str(guard),
            "TMPDIR": str(scratch),
        },
    )
    assert run.returncode in expected, run.stderr
    return run


def revealed_values(results: Path) -> set[str]:
    """Everything sensitive in a revealed report: what was read, and what metadata said."""
    values: set[str] = set()
    for line in results.read_text(encoding="utf-8").splitlines():
        for finding in json.loads(line)["findings"]:
            values.update(filter(None, [finding["text"]]))
            if finding["detector"] == "metadata":
                values.update(
                    str(finding["evidence"][key])
                    for key in ("latitude_deg", "longitude_deg", "altitude_m", "time", "name")
                    if finding["evidence"].get(key) is not None
                )
    return {value for value in values if len(value) >= 5}


@pytest.fixture
def originals(tmp_path: Path, repository: Path) -> Path:
    """Samples with text, a position, and damage; and a note about their bytes and times."""
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("gps_exif.jpg", "gps_xmp_only.jpg", "letterhead_page.png", "truncated.jpg"):
        shutil.copy2(repository / "samples" / name, folder / name)
    return folder


def state(folder: Path) -> dict[str, tuple[str, int]]:
    return {
        path.name: (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
        for path in folder.iterdir()
    }


@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_scan_keeps_everything_to_itself(tmp_path: Path, originals: Path, workers: str) -> None:
    before = state(originals)
    formats = ("--format", "jsonl,html,csv,annotated")
    run = run_guarded(tmp_path, "scan", "in", "--workers", workers, "--reveal", *formats)

    assert not (tmp_path / "guard" / "network").exists()
    processes = (tmp_path / "guard" / "processes").read_text().split()
    assert len(set(processes)) >= 1 + int(workers)

    secrets = revealed_values(tmp_path / "screening-results" / "results.jsonl")
    assert len(secrets) >= 10
    log = (tmp_path / "guard" / "log").read_text(encoding="utf-8")
    said = log + run.stdout + run.stderr
    assert [secret for secret in sorted(secrets) if secret in said] == []

    assert state(originals) == before
    assert list((tmp_path / "scratch").iterdir()) == []
    assert {path.name for path in tmp_path.iterdir()} == {
        "guard",
        "in",
        "scratch",
        "screening-results",
    }


def test_the_guard_itself_notices(tmp_path: Path) -> None:
    guard = tmp_path / "guard"
    run_guarded(tmp_path, "version")
    code = "import logging, socket; logging.debug('x'); socket.create_connection(('localhost', 9))"
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(guard), "GUARD_DIR": str(guard)},
    )
    assert "no network here" in run.stderr
    assert "socket.getaddrinfo" in (guard / "network").read_text()
    assert "root DEBUG x" in (guard / "log").read_text()


def test_no_value_is_shown_unless_asked_for(tmp_path: Path, originals: Path) -> None:
    detectors = ("--detectors", "metadata,text")
    words = ("scan", "in", *detectors, "--format", "jsonl,html,csv")
    run_guarded(tmp_path, *words, "--out", "shown", "--reveal")
    run_guarded(tmp_path, *words, "--out", "masked")
    check = run_guarded(tmp_path, "check", "in/letterhead_page.png", *detectors, "--quotes")
    texts = [path.read_text(encoding="utf-8") for path in (tmp_path / "masked").iterdir()]
    secrets = revealed_values(tmp_path / "shown" / "results.jsonl")
    for text in (*texts, check.stdout):
        assert [secret for secret in sorted(secrets) if secret in text] == []


def test_a_crash_leaves_no_core_dump(tmp_path: Path, repository: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copy2(repository / "samples" / "clean_still_life.png", folder / "segfault.png")
    plugin = repository / "tests" / "faults" / "plugin"
    script = f"ulimit -c unlimited; exec {sys.executable} -m screening scan in -q"
    run = subprocess.run(
        ["bash", "-c", f"{script} --detectors file_fault"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
        env={**os.environ, "PYTHONPATH": str(plugin)},
    )
    assert run.returncode == 3, run.stderr
    assert '"error":"crashed"' in (tmp_path / "screening-results" / "results.jsonl").read_text()
    assert {path.name for path in tmp_path.iterdir()} == {"in", "screening-results"}
    assert [path.name for path in folder.iterdir()] == ["segfault.png"]
