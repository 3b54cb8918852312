"""A scan of real files: one line per file, every EXIF position that exiftool sees.

`python benchmarks/real_input.py`. Needs `../shared/data` and the program `exiftool`. Prints files,
decisions, positions found against exiftool, seconds per file and peak memory of a worker.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import psutil

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
FOLDERS = [DATA / "metadata" / "exifr", DATA / "text" / "icdar2015", DATA / "peers"]
TOLERANCE_DEG = 1e-5


class PeakMemory:
    """The largest resident memory of any process below ours, sampled ten times a second."""

    def __init__(self) -> None:
        self.bytes = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> PeakMemory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        me = psutil.Process()
        while not self._stop.wait(0.1):
            for child in me.children(recursive=True):
                try:
                    self.bytes = max(self.bytes, child.memory_info().rss)
                except psutil.NoSuchProcess:
                    continue


def scan(
    paths: list[Path], *flags: str, timeout_s: float = 3600
) -> tuple[list[dict[str, Any]], float, int, int]:
    """Results, seconds, exit code and peak bytes of `screening scan`."""
    with tempfile.TemporaryDirectory() as folder, PeakMemory() as peak:
        command = [sys.executable, "-m", "screening", "scan", *map(str, paths), "--out", folder]
        start = time.perf_counter()
        done = subprocess.run(
            [*command, "--format", "jsonl", "--reveal", *flags], timeout=timeout_s, check=False
        )
        seconds = time.perf_counter() - start
        lines = (Path(folder) / "results.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines], seconds, done.returncode, peak.bytes


def exif_positions(folder: Path) -> dict[str, tuple[float, float]]:
    """Positions in EXIF GPS directories, by path, as exiftool reads them."""
    command = ["exiftool", "-a", "-G1", "-n", "-j", "-r", str(folder)]
    output = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    found = {}
    for entry in json.loads(output or "[]"):
        latitude, longitude = entry.get("GPS:GPSLatitude"), entry.get("GPS:GPSLongitude")
        if isinstance(latitude, int | float) and isinstance(longitude, int | float):
            south = entry.get("GPS:GPSLatitudeRef") == "S"
            west = entry.get("GPS:GPSLongitudeRef") == "W"
            signs = (-1 if south else 1, -1 if west else 1)
            found[entry["SourceFile"]] = (signs[0] * abs(latitude), signs[1] * abs(longitude))
    return found


def reports(result: dict[str, Any], position: tuple[float, float]) -> bool:
    """Whether a result holds this position."""
    return any(
        abs(finding["evidence"]["latitude_deg"] - position[0]) <= TOLERANCE_DEG
        and abs(finding["evidence"]["longitude_deg"] - position[1]) <= TOLERANCE_DEG
        for finding in result["findings"]
        if finding["label"] == "gps_location"
    )


def main() -> int:
    """Run and print; exit code 1 when a file or a position is missing."""
    files = [path for folder in FOLDERS for path in folder.rglob("*") if path.is_file()]
    results, seconds, status, peak = scan(FOLDERS)
    print(f"{len(files)} files, {len(results)} lines, exit code {status}")
    print(f"  decisions   {dict(Counter(result['decision'] for result in results))}")
    failures = Counter(failure["error"] for one in results for failure in one["failures"])
    print(f"  failures    {dict(failures)}")
    print(f"  time        {seconds:.0f} s, {seconds / len(results):.2f} s a file")
    print(f"  memory      {peak / 1e9:.2f} GB in the largest process")
    if shutil.which("exiftool") is None:
        print("  positions   not compared: exiftool is not installed")
        return int(len(results) != len(files))
    by_path = {result["path"]: result for result in results}
    truth = {path: place for one in FOLDERS for path, place in exif_positions(one).items()}
    missed = [path for path, place in truth.items() if not reports(by_path[path], place)]
    print(f"  positions   {len(truth) - len(missed)} of {len(truth)} that exiftool reads in EXIF")
    for path in missed:
        print(f"    missed: {Path(path).relative_to(DATA)}")
    return int(bool(missed) or len(results) != len(files))


if __name__ == "__main__":
    sys.exit(main())
