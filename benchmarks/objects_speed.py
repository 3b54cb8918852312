"""Seconds of processor time per picture of 640 px: the objects detector and Ultralytics' `predict`.

`python benchmarks/objects_speed.py [--ultralytics PYTHON --weights FILE]`: the first 60 photos of
`posts/`, reduced to 640 px, one thread. PYTHON is the interpreter of an environment with
ultralytics, FILE our detector's weights as `.pt`; the peer detects, ours looks again at people,
vehicles and buildings too. Both run in turns, picture by picture, so that other work on the machine
slows both.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np

from screening.detectors.objects.calibration import load_calibration
from screening.detectors.objects.judging import LEAST, judge, look_again
from screening.detectors.objects.networks import load_networks
from screening.detectors.objects.places import Eye, find_places

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
SIDE_PX, PICTURES = 640, 60
PEER = """
import sys, time, cv2, torch
from ultralytics import YOLO
torch.set_num_threads(1)
model = YOLO(sys.argv[1])
for line in sys.stdin:
    pixels = cv2.imread(line.strip())
    start = time.process_time()
    model.predict(pixels, imgsz=640, conf=0.15, verbose=False)
    print(time.process_time() - start, flush=True)
"""


@contextmanager
def peer(python: str, weights: str) -> Iterator[subprocess.Popen[str]]:
    """A process that answers each path with the seconds it took."""
    with subprocess.Popen(
        [python, "-c", PEER, weights], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={"OMP_NUM_THREADS": "1", "YOLO_OFFLINE": "true", "PATH": "/usr/bin:/bin"},
    ) as process:  # fmt: skip
        yield process
        process.kill()


def asked(process: subprocess.Popen[str], path: Path) -> float:
    """Seconds of the peer on one picture."""
    if process.stdin is None or process.stdout is None:
        raise ValueError("the peer has no pipes")
    process.stdin.write(f"{path}\n")
    process.stdin.flush()
    return float(process.stdout.readline())


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ultralytics", help="interpreter of an environment that has it")
    parser.add_argument("--weights", help="for the peer")
    parser.add_argument("--work", type=Path, default=Path("/tmp"))  # noqa: S108 - a scratch folder
    options = parser.parse_args()
    cv2.setNumThreads(1)
    networks, calibration = load_networks(1), load_calibration()
    paths = [one for one in sorted((DATA / "posts").iterdir()) if one.suffix != ".jsonl"]
    find_s, look_s, peer_s = [], [], []

    def ours(pixels: np.ndarray) -> None:
        start = time.process_time()
        places = find_places(pixels, Eye(networks.detect), LEAST, 4)
        found = time.process_time()
        list(judge(look_again(pixels, places, networks.look), calibration))
        find_s.append(found - start)
        look_s.append(time.process_time() - found)

    def each(process: subprocess.Popen[str] | None) -> None:
        small_path = options.work / "objects_speed.png"
        for path in paths[:PICTURES]:
            pixels = cv2.imread(str(path))
            if pixels is None:
                continue
            scale = SIDE_PX / max(pixels.shape[:2])
            small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            for _ in range(2):  # the first time a network is compiled for the shape
                ours(np.ascontiguousarray(small[..., ::-1]))
            del find_s[-2], look_s[-2]
            if process is not None:
                cv2.imwrite(str(small_path), small)
                asked(process, small_path)
                peer_s.append(asked(process, small_path))

    if options.ultralytics:
        with peer(options.ultralytics, options.weights) as process:
            each(process)
    else:
        each(None)
    find, look = float(np.median(find_s)), float(np.median(look_s))
    print(f"ours, median of {len(find_s)}: {find:.3f} s to find, {look:.3f} s to look again")
    if peer_s:
        detect = float(np.median(peer_s))
        print(f"Ultralytics predict: {detect:.3f} s; ours / theirs {(find + look) / detect:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
