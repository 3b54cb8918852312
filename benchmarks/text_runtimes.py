"""PP-OCR's networks on ONNX Runtime and on OpenVINO, in both precisions, with two threads each.

`python benchmarks/text_runtimes.py`: medians of twelve runs, in milliseconds.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np

from screening.detectors.quiet_openvino import forbid_telemetry
from screening.detectors.text.engines.ppocr.sessions import model_files

RUNS, THREADS = 12, 2
SHAPES = {"detection, 1312x736": (1, 3, 736, 1312), "recognition, 6 lines": (6, 3, 48, 320)}


def median_ms(run: Callable[[], object]) -> float:
    """Median of `RUNS` runs after one to warm up."""
    run()
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        run()
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)


def main() -> None:
    """Print one line per network."""
    forbid_telemetry()
    import onnxruntime  # noqa: PLC0415
    import openvino  # noqa: PLC0415

    core = openvino.Core()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    for (title, shape), model in zip(SHAPES.items(), model_files(), strict=True):
        pixels = np.random.default_rng(0).random(shape, np.float32)
        session = onnxruntime.InferenceSession(str(model), options)
        feed = {session.get_inputs()[0].name: pixels}
        figures = {"ONNX Runtime": median_ms(lambda s=session, f=feed: s.run(None, f))}
        for precision in ("f32", "bf16"):
            settings = {"INFERENCE_NUM_THREADS": THREADS, "INFERENCE_PRECISION_HINT": precision}
            compiled = core.compile_model(core.read_model(model), "CPU", settings)
            figures[f"OpenVINO {precision}"] = median_ms(lambda c=compiled, x=pixels: c(x))
        print(title, *(f"{name} {value:.0f} ms" for name, value in figures.items()), sep="  ")


if __name__ == "__main__":
    main()
