"""Start-up and memory: `import screening`, `screening --help`, a worker over 100 files.

`python benchmarks/start_up.py`. Medians of ten runs, beside a bare `python -c pass` in the same
run. The 100-file scan needs `../shared/data`.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

from real_input import DATA, scan

RUNS = 10


def median_s(*command: str) -> float:
    """Median wall-clock seconds of a command."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    """Run and print."""
    bare = median_s(sys.executable, "-c", "pass")
    for title, command in {
        "import screening": (sys.executable, "-c", "import screening"),
        "screening --help": (sys.executable, "-m", "screening", "--help"),
    }.items():
        seconds = median_s(*command)
        print(f"{title:20} {seconds:.3f} s, {seconds / bare:.1f} times `python -c pass`")
    photos = sorted((DATA / "posts").glob("*.jpg"))[:100]
    results, seconds, _, peak = scan(photos, "--workers", "1")
    print(f"{len(results)} posts, 1 worker   {seconds:.0f} s, {peak / 1e9:.2f} GB at most")


if __name__ == "__main__":
    main()
