"""OpenVINO reports to its maker on import unless it is kept from it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import socket, sys
def refuse(*arguments, **options):
    print("asked the network for", arguments[:1])
    raise OSError("no network here")
socket.getaddrinfo = refuse
socket.socket.connect = refuse
{setup}
import time; time.sleep(1.5)  # the telemetry sends from a thread
print("telemetry loaded:", sys.modules.get("openvino_telemetry") is not None)
"""
ENGINE = """
from screening.detectors.text.engines.rapidocr import RapidOcrEngine
RapidOcrEngine("eng", 1)
"""


EVERY_DETECTOR = """
import numpy as np
from screening.detectors.registry import selected
from screening.config import ScreenConfig
from screening.records import Frame
from screening.screen import make_plan
selected(None)
plan = make_plan(ScreenConfig(detectors=("objects",)))
[(name, options)] = plan.detectors
selected([name])[name](options, plan.resources()).detect([Frame(np.zeros((64, 64, 3), np.uint8))])
"""


def output_of(setup: str, home: Path) -> str:
    """What a program prints; the telemetry would write its files into `home`."""
    command = [sys.executable, "-c", PROGRAM.format(setup=setup)]
    environment = os.environ | {"HOME": str(home)}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return done.stdout


def test_text_engine_starts_without_telemetry(tmp_path: Path) -> None:
    assert output_of(ENGINE, tmp_path) == "telemetry loaded: False\n"
    assert list(tmp_path.iterdir()) == []


def test_no_detector_brings_it_in(tmp_path: Path) -> None:
    assert output_of(EVERY_DETECTOR, tmp_path) == "telemetry loaded: False\n"
    assert not (tmp_path / "intel").exists()


def test_the_guard_is_still_needed(tmp_path: Path) -> None:
    # When this fails OpenVINO has stopped doing it, and quiet_openvino.py can go.
    assert "telemetry loaded: True" in output_of("import openvino", tmp_path)
