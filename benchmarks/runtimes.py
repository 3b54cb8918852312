"""The text and objects networks on ONNX Runtime and on OpenVINO, in both precisions.

`python benchmarks/runtimes.py`: medians of twelve runs in turns, in milliseconds.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from screening.detectors.objects.networks import DETECTOR, FOLDER, SECOND_LOOK
from screening.detectors.quiet_openvino import forbid_telemetry
from screening.detectors.text.engines.ppocr.sessions import model_files
from screening.detectors.weights import model_folder

RUNS = 12


class Network(NamedTuple):
    """A network and how it is run."""

    title: str
    file: Path
    shape: tuple[int, ...]
    threads: int


def networks() -> list[Network]:
    """Those that take the time of a photo."""
    finds, reads = model_files()
    objects = model_folder(FOLDER)
    return [
        Network("text: detection, 1312x736", Path(finds), (1, 3, 736, 1312), 2),
        Network("text: recognition, 6 lines", Path(reads), (6, 3, 48, 320), 2),
        Network("objects: detector, 640x480", objects / DETECTOR, (1, 3, 480, 640), 1),
        Network("objects: second look, 224x224", objects / SECOND_LOOK, (1, 3, 224, 224), 1),
    ]


def runners(network: Network) -> Mapping[str, Callable[[], object]]:
    """By name, what runs the network once."""
    import onnxruntime  # noqa: PLC0415
    import openvino  # noqa: PLC0415

    pixels = np.random.default_rng(0).random(network.shape, np.float32)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = network.threads
    session = onnxruntime.InferenceSession(str(network.file), options)
    feed = {session.get_inputs()[0].name: pixels}
    found: dict[str, Callable[[], object]] = {"ONNX Runtime": lambda: session.run(None, feed)}
    core = openvino.Core()
    for precision in ("f32", "bf16"):
        model = core.read_model(network.file)
        model.reshape(list(network.shape))
        settings = {
            "INFERENCE_NUM_THREADS": network.threads, "INFERENCE_PRECISION_HINT": precision,
        }  # fmt: skip
        compiled = core.compile_model(model, "CPU", settings)
        found[f"OpenVINO {precision}"] = lambda compiled=compiled: compiled(pixels)
    return found


def main() -> None:
    """Print one line per network."""
    forbid_telemetry()
    for network in networks():
        runs = runners(network)
        times: dict[str, list[float]] = {name: [] for name in runs}
        for _ in range(RUNS + 1):  # the first one warms up
            for name, run in runs.items():
                start = time.perf_counter()
                run()
                times[name].append(1000 * (time.perf_counter() - start))
        medians = {name: statistics.median(one[1:]) for name, one in times.items()}
        print(network.title, *(f"{name} {one:.0f} ms" for name, one in medians.items()), sep="  ")


if __name__ == "__main__":
    main()
