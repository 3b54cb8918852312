"""A program that has read text and is done with it must still survive Ctrl-C."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import gc, signal
import numpy as np
from screening.detectors.text.engines.rapidocr import RapidOcrEngine
engines = [RapidOcrEngine("eng", 1) for _ in range(3)]
for engine in engines:
    engine.read([np.full((200, 300, 3), 255, np.uint8)])
while engines:
    del engine
    engine = engines.pop(0)
    gc.collect()
del engine
gc.collect()
try:
    signal.raise_signal(signal.SIGINT)
except KeyboardInterrupt:
    print("interrupted")
"""


def test_interrupt_after_the_engine_is_gone() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "interrupted\n")
