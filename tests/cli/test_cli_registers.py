"""Registers, baselines and the audit log as a user meets them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Screening = Callable[..., "subprocess.CompletedProcess[str]"]

METADATA = ("--detectors", "metadata", "--workers", "0")


@pytest.fixture
def photo(repository: Path) -> Path:
    return repository / "samples" / "gps_exif.jpg"


def results(folder: Path) -> list[dict[str, object]]:
    lines = (folder / "results.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_a_baseline_leaves_only_what_is_new(
    screening: Screening, tmp_path: Path, photo: Path, repository: Path
) -> None:
    assert screening("scan", photo, *METADATA, "--out", "first").returncode == 1
    words = ("--author", "J. Doe", "--reason", "archive", "--until", "2099-12-31")
    made = screening("baseline", "first", *words)
    assert made.returncode == 0, made.stderr
    assert screening("baseline", "first", *words).returncode == 2
    settled = ("--suppressions", "baseline.csv", "--out", "second")
    run = screening("scan", photo, *METADATA, *settled)
    assert run.returncode == 0, run.stderr
    assert "settled by registers" in run.stderr
    assert results(tmp_path / "second")[0]["decision"] == "allow"
    other = repository / "samples" / "gps_xmp_only.jpg"
    run = screening("scan", other, *METADATA, "--suppressions", "baseline.csv")
    assert run.returncode == 1
    assert "unused suppression: baseline.csv, line 2" in run.stderr


def test_an_expired_suppression_does_not_settle(screening: Screening, photo: Path) -> None:
    screening("scan", photo, *METADATA, "--out", "first")
    screening("baseline", "first", "--author", "J", "--reason", "r", "--until", "2020-01-01")
    run = screening("scan", photo, *METADATA, "--suppressions", "baseline.csv")
    assert run.returncode == 1
    assert "expired: baseline.csv, line 2" in run.stderr


def test_a_position_in_a_protected_place_blocks(
    screening: Screening, tmp_path: Path, photo: Path
) -> None:
    screening("scan", photo, *METADATA, "--out", "first", "--reveal")
    [result] = results(tmp_path / "first")
    [position] = [one for one in result["findings"] if one["label"] == "gps_location"][:1]
    place = position["evidence"]
    (tmp_path / "places.csv").write_text(
        "name,kind,latitude_deg,longitude_deg,radius_m\n"
        f"Vale House,home,{place['latitude_deg']},{place['longitude_deg']},50\n"
    )
    run = screening("check", photo, "--detectors", "metadata", "--places", "places.csv")
    assert run.returncode == 1
    assert "Do not post this: it was taken at a place on the list of protected places" in run.stdout
    assert "Vale" not in run.stdout + run.stderr


def test_the_audit_log_of_runs(screening: Screening, tmp_path: Path, photo: Path) -> None:
    for words in (("scan", photo, *METADATA), ("check", photo, "--detectors", "metadata")):
        run = screening(*words, "--audit", "audit.jsonl")
        assert run.returncode == 1, run.stderr
    head = run.stderr.rsplit("audit log: ", 1)[1].strip()
    text = (tmp_path / "audit.jsonl").read_text()
    events = [json.loads(line)["event"] for line in text.splitlines()]
    assert events == ["run_started", "decision", "run_ended"] * 2
    assert photo.name not in text
    assert screening("audit", "verify", "audit.jsonl", "--expect", head).returncode == 0
    lines = text.splitlines(keepends=True)
    (tmp_path / "audit.jsonl").write_text("".join(lines[:-1]))
    run = screening("audit", "verify", "audit.jsonl")
    assert run.returncode == 1
    assert "FAULT: the end is cut: 1 of 6 records are missing" in run.stdout
    run = screening("scan", photo, *METADATA, "--audit", "audit.jsonl", "--out", "third")
    assert run.returncode == 2
    assert not (tmp_path / "third").exists()


@pytest.mark.parametrize("expect", ["12", "x:y", f"1:{'g' * 63}"])
def test_wrong_words_for_an_expected_record(screening: Screening, expect: str) -> None:
    run = screening("audit", "verify", "audit.jsonl", "--expect", expect)
    assert run.returncode == 2
    assert "must look like" in run.stderr
