"""`screening scan`: exit codes, settings from file and flags, masking, what it prints."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
from PIL import Image

from screening.resources import package_file

Screening = Callable[..., "subprocess.CompletedProcess[str]"]

METADATA = ("--detectors", "metadata")


def results(out: Path) -> list[dict[str, object]]:
    schema = json.loads(package_file("schemas/result-1.json").read_text(encoding="utf-8"))
    lines = (out / "results.jsonl").read_text(encoding="utf-8").splitlines()
    parsed = [json.loads(line) for line in lines]
    for result in parsed:
        jsonschema.validate(result, schema)
    return parsed


def test_exit_codes(screening: Screening, picture: Path, tmp_path: Path, repository: Path) -> None:
    position = repository / "samples" / "gps_exif.jpg"
    empty = tmp_path / "empty.png"
    empty.write_bytes(b"")
    expected = {0: [picture], 1: [picture, position], 3: [picture, position, empty]}
    for code, files in expected.items():
        run = screening("scan", *files, *METADATA, "--out", f"out{code}")
        assert run.returncode == code, run.stderr
        assert len(results(tmp_path / f"out{code}")) == len(files)


def test_summary_is_on_stderr_and_quiet_says_nothing(
    screening: Screening, picture: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty.png").write_bytes(b"")
    (tmp_path / ".hidden.png").write_bytes(b"")
    loud = screening("scan", ".", *METADATA, "--out", "out")
    assert loud.stdout == ""
    for words in ("allow", "review", "block", "empty", "hidden", "2 of 2", "reports: out"):
        assert words in loud.stderr
    quiet = screening("scan", ".", *METADATA, "--out", "out", "--quiet")
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (3, "", "")


@pytest.mark.parametrize(
    "formats", [["--format", "csv, jsonl"], ["--format", "csv", "--format", "jsonl"]]
)
def test_reports_asked_for_are_the_reports_written(
    screening: Screening, picture: Path, tmp_path: Path, formats: list[str]
) -> None:
    screening("scan", picture, *METADATA, *formats)
    out = tmp_path / "screening-results"
    assert {path.name for path in out.iterdir()} == {"results.csv", "results.jsonl"}


def test_values_are_masked_unless_revealed(
    screening: Screening, tmp_path: Path, repository: Path
) -> None:
    position = repository / "samples" / "gps_exif.jpg"
    for words in ((), ("--reveal",)):
        screening("scan", position, *METADATA, "--out", "out", *words)
        [result] = results(tmp_path / "out")
        [evidence] = [
            finding["evidence"]
            for finding in result["findings"]  # type: ignore[attr-defined]
            if finding["label"] == "gps_location"
        ]
        if words:
            assert isinstance(evidence["latitude_deg"], float)
        else:
            assert evidence["latitude_deg"] == "***"


def test_flags_win_over_the_file_and_its_paths_are_relative_to_it(
    screening: Screening, picture: Path, tmp_path: Path, repository: Path
) -> None:
    settings = tmp_path / "settings"
    (settings / "insignia" / "unit").mkdir(parents=True)
    art = next((repository / "reference_insignia").glob("*/seal.png"))
    (settings / "insignia" / "unit" / "seal.png").write_bytes(art.read_bytes())
    (settings / "insignia" / "unit" / "catalog.yaml").write_text(
        "agency: Unit\nreferences:\n  - {id: seal, name: Seal, kind: seal, files: [seal.png]}\n"
    )
    (settings / "own.yaml").write_text(
        "schema: screening/rulepack/1\nname: own\nversion: '1'\ntitle: Own\n"
        "document: {title: Own rules, file: own.txt}\n"
        "clauses: [{id: '1', section: '1', quote: No positions.}]\n"
        "rules: [{id: OWN-1, category: security, clauses: ['1'],\n"
        "  when: {any: [{label: gps_location}]},\n"
        "  decision: {default: block, official: allow}, message: it tells a position}]\n"
    )
    config = settings / "screening.toml"
    config.write_text(
        'references = ["insignia"]\npolicies = ["own.yaml"]\ndetectors = ["metadata"]\n'
        "[options.metadata]\nmax_block_bytes = 70000\n[limits]\nmax_pixels = 100000000\n"
    )
    position = repository / "samples" / "gps_exif.jpg"
    run = screening("scan", position, "--config", config, "--out", "out")
    assert run.returncode == 1, run.stderr
    [result] = results(tmp_path / "out")
    assert [violation["rule"] for violation in result["violations"]] == ["OWN-1"]  # type: ignore[attr-defined]
    official = screening("scan", position, "--config", config, "--profile", "official")
    assert official.returncode == 0, official.stderr


@pytest.mark.parametrize(
    "name", ["new\nline.png", "\N{CAMERA} [bold]x[b].png", "-rf.png", os.fsdecode(b"\xff.png")]
)
def test_odd_file_names(screening: Screening, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    Image.new("RGB", (48, 32)).save(folder / "plain.png")
    (folder / "plain.png").rename(folder / name)
    formats = ("--format", "jsonl,html,csv,annotated")
    run = screening("scan", "in", *METADATA, *formats, "--out", "out")
    assert run.returncode == 0, run.stderr
    assert len(results(tmp_path / "out")) == 1
    checked = screening("check", folder / name, *METADATA, PYTHONIOENCODING="ascii")
    assert checked.returncode == 0, checked.stderr
    assert checked.stdout.startswith("Nothing was found")


def test_output_folder_with_an_odd_name(screening: Screening, picture: Path) -> None:
    run = screening(
        "scan", picture, *METADATA, "--out", "[red]\N{CAMERA}", PYTHONIOENCODING="ascii"
    )
    assert run.returncode == 0, run.stderr
    assert "reports: [red]\\U0001f4f7" in run.stderr


def test_no_files(screening: Screening, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    run = screening("scan", "in", *METADATA)
    assert run.returncode == 0
    assert "0 of 0" in run.stderr


def test_a_model_of_ones_own_takes_the_place_of_the_shipped_one(
    screening: Screening, picture: Path, tmp_path: Path
) -> None:
    own = tmp_path / "own.onnx"
    own.write_bytes(b"no network")
    done = screening("scan", picture, "--detectors", "objects", "--model", own)
    assert done.returncode == 2
    assert "own.onnx" in done.stderr
    assert "Traceback" not in done.stderr
