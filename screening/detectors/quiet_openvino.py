"""Keeps OpenVINO from phoning home.

`import openvino` loads `openvino_telemetry`, which sends an event to www.google-analytics.com at
once and again per model conversion, asked or not. OpenVINO has a stand-in for installations
without that package; a None in `sys.modules` makes it take the stand-in.
"""

from __future__ import annotations

import sys


def forbid_telemetry() -> None:
    """Call before whatever imports openvino; a program that imported it earlier is not changed."""
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
