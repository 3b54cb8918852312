"""Memory of the text detector over 10,000 pictures in one process.

`python benchmarks/text_memory.py [--pictures 10000]`. Pictures of `../shared/data` of at most 40 kB
(of many shapes, and read twice as fast as large ones) over and over, in another order each time;
resident memory every 500 pictures. Exit code 1 when it ends more than 10 percent above what it was
after the first 500.
"""

from __future__ import annotations

import argparse
import random
import sys
import time

import cv2
import psutil
from real_input import DATA

from screening.config import ScreenConfig
from screening.detectors.text.detector import TextDetector, TextOptions
from screening.records import Frame
from screening.screen import make_plan

STEP = 500
MOST_BYTES = 40_000
MOST_GROWTH = 1.10


def main() -> int:
    """Run and print one line per step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=10_000)
    count = parser.parse_args().pictures
    cv2.setNumThreads(1)
    files = sorted(
        path
        for path in DATA.rglob("*.jpg")
        if "hostile" not in path.parts and path.stat().st_size <= MOST_BYTES
    )
    chance = random.Random(5)  # noqa: S311 - the same order in every run
    plan = make_plan(ScreenConfig(detectors=("text",)))
    detector = TextDetector(TextOptions(), plan.resources(1))
    process, first_bytes, start, done = psutil.Process(), 0, time.perf_counter(), 0
    while done < count:
        chance.shuffle(files)
        for file in files:
            pixels = cv2.imread(str(file), cv2.IMREAD_COLOR_RGB)
            if pixels is None or done >= count:
                continue
            detector.detect([Frame(pixels)])
            done += 1
            if done % STEP == 0:
                resident = process.memory_info().rss
                first_bytes = first_bytes or resident
                pace = done / (time.perf_counter() - start)
                print(f"{done:6} pictures  {resident / 1e6:6.0f} MB  {pace:.1f}/s", flush=True)
    growth = resident / first_bytes
    print(f"{growth:.3f} times the memory after {STEP}")
    return int(growth > MOST_GROWTH)


if __name__ == "__main__":
    sys.exit(main())
