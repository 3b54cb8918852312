"""What is loaded when, by `sys.modules`: a clock would measure the machine."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = {"numpy", "cv2", "PIL", "openvino", "rapidocr", "faiss", "av", "onnxruntime"}


def loaded_after(code: str) -> set[str]:
    """Top-level names of the modules that a fresh interpreter holds after `code`."""
    report = f"{code}\nimport json, sys\nprint('\\n' + json.dumps(sorted(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", report], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in json.loads(run.stdout.splitlines()[-1])}


def test_import_loads_nothing_heavy() -> None:
    assert not loaded_after("import screening") & HEAVY


@pytest.mark.parametrize("words", [["--help"], ["scan", "--help"], ["check", "--help"]])
def test_help_loads_nothing_heavy(words: list[str]) -> None:
    code = (
        f"import sys; sys.argv = ['screening', *{words!r}]\n"
        "from screening.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code"
    )
    loaded = loaded_after(code)
    assert "typer" in loaded
    assert not loaded & HEAVY


def test_config_and_records_load_no_decoder() -> None:
    loaded = loaded_after("from screening import FileResult, ScreenConfig; ScreenConfig()")
    assert not loaded & HEAVY
