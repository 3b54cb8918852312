"""Files per second of a metadata-only scan against exiftool, and what huge movies cost.

`python benchmarks/metadata_rate.py [--repeat N]`. Needs `../shared/data/metadata` and `exiftool`.
One process each (`--workers 0`; `exiftool -a -ee -G1 -n -j -r`), by turns, medians of whole runs
with their start-up: on one picture, on the folder, and on five copies of it. Then two sparse movies
of 4 GB: bytes read by the detector, and peak memory. Exit code 1 when a scan of the copies takes
more than a fifth of the processor time that exiftool takes.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import exifread
from metadata_hostile import forget_peak, peak_bytes
from PIL import Image
from real_input import DATA

from screening.detectors.metadata.reading import read_metadata
from screening.detectors.metadata.source import Source

FOLDER = DATA / "metadata"
GOAL = 5.0
COPIES = 5
MOVIE_BYTES = 4 * 10**9
MAX_BLOCK_BYTES = 16 * 1024**2


def ours(folder: Path, out: Path, detectors: str = "metadata") -> None:
    """A scan by the command-line program in one process."""
    command = [sys.executable, "-m", "screening", "scan", str(folder), "--out", str(out)]
    flags = ["--detectors", detectors, "--workers", "0", "--format", "jsonl", "--quiet"]
    subprocess.run([*command, *flags], check=False)


def with_previews(folder: Path, out: Path) -> None:
    """The same with thumbnails compared with their pictures."""
    ours(folder, out, "metadata,previews")


def by_exiftool(folder: Path, out: Path) -> None:
    """One batch, to a file."""
    command = ["exiftool", "-a", "-ee", "-G1", "-n", "-j", "-r", "-ext", "*", str(folder)]
    with (out / "exiftool.json").open("wb") as target:
        subprocess.run(command, stdout=target, stderr=subprocess.DEVNULL, check=False)


def by_exifread(folder: Path, _out: Path) -> None:
    """In this process, so without start-up."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as handle:
                _ignoring(lambda handle=handle: exifread.process_file(handle))


def by_pillow(folder: Path, _out: Path) -> None:
    """EXIF with its GPS directory, and XMP; in this process."""
    for path in folder.rglob("*"):
        if path.is_file():
            _ignoring(lambda path=path: _pillow(path))


def _pillow(path: Path) -> None:
    with Image.open(path) as image:
        image.getexif().get_ifd(0x8825)
        image.getxmp()


def _ignoring(call: Callable[[], object]) -> None:
    with contextlib.suppress(Exception):
        call()


RUNS: dict[str, Callable[[Path, Path], None]] = {
    "ours": ours,
    "exiftool": by_exiftool,
    "ours, with previews": with_previews,
    "exifread": by_exifread,
    "Pillow": by_pillow,
}


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds by the clock, and of processor time: the latter tell more on a busy machine."""

    wall_s: float
    processor_s: float


def costs_of(folder: Path, repeat: int, names: tuple[str, ...]) -> dict[str, Cost]:
    """Medians of each, by turns."""
    costs: dict[str, list[Cost]] = {name: [] for name in names}
    for _ in range(repeat):
        for name in names:
            with tempfile.TemporaryDirectory() as out:
                wall, processor = time.perf_counter(), _processor_s()
                RUNS[name](folder, Path(out))
                costs[name].append(Cost(time.perf_counter() - wall, _processor_s() - processor))
    return {
        name: Cost(
            statistics.median(one.wall_s for one in measured),
            statistics.median(one.processor_s for one in measured),
        )
        for name, measured in costs.items()
    }


def _processor_s() -> float:
    """Processor time of this process and of those that it has waited for."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


class CountingFile:
    """A file that counts what is read from it."""

    def __init__(self, path: Path) -> None:
        self._handle = path.open("rb")
        self.bytes = 0

    def seek(self, offset: int, whence: int = 0) -> int:
        """As a file."""
        return self._handle.seek(offset, whence)

    def read(self, length: int = -1) -> bytes:
        """As a file, counted."""
        data = self._handle.read(length)
        self.bytes += len(data)
        return data


def sparse_movie(path: Path, *, moov_first: bool) -> None:
    """A movie of 4 GB with 64-bit media data, of which nothing is on the disk."""
    text = b"+10.3400-040.8350/"
    place = struct.pack(">I4sHH", 12 + len(text), b"\xa9xyz", len(text), 0) + text
    udta = struct.pack(">I4s", 8 + len(place), b"udta") + place
    moov = struct.pack(">I4s", 8 + len(udta), b"moov") + udta
    ftyp = struct.pack(">I4s4sI4s", 20, b"ftyp", b"isom", 0, b"isom")
    mdat = struct.pack(">I4sQ", 1, b"mdat", MOVIE_BYTES)
    with path.open("wb") as target:
        target.write(ftyp + (moov if moov_first else b"") + mdat)
        end = target.tell() - len(mdat) + MOVIE_BYTES
        target.truncate(end)
        if not moov_first:
            target.seek(end)
            target.write(moov)


def measure_movies() -> None:
    """Print what the detector reads of each movie, and the peak of a whole scan."""
    with tempfile.TemporaryDirectory() as folder:
        for moov_first in (True, False):
            path = Path(folder) / f"moov-{'first' if moov_first else 'last'}.mp4"
            sparse_movie(path, moov_first=moov_first)
            handle = CountingFile(path)
            forget_peak()
            before = peak_bytes()
            harvest = read_metadata(Source(handle, MAX_BLOCK_BYTES))  # type: ignore[arg-type]
            found = sum(fact.label == "gps_location" for fact in harvest.facts)
            grown = (peak_bytes() - before) / 1e6
            print(f"{path.name}: {found} position, {handle.bytes} bytes read, {grown:.1f} MB more")
            start = time.perf_counter()
            with tempfile.TemporaryDirectory() as out:
                peak = _peak_of_scan(path, Path(out))
            seconds = time.perf_counter() - start
            print(f"  whole scan (hashes every byte): {seconds:.1f} s, peak {peak / 1e6:.0f} MB")


def _peak_of_scan(path: Path, out: Path) -> int:
    command = [sys.executable, "-m", "screening", "scan", str(path), "--out", str(out)]
    flags = ["--detectors", "metadata", "--workers", "0", "--format", "jsonl", "--quiet"]
    child = subprocess.Popen([*command, *flags])
    _, _, usage = os.wait4(child.pid, 0)
    return usage.ru_maxrss * 1024


def main() -> int:
    """Run and print; exit code 1 when the goal is missed."""
    warnings.simplefilter("ignore")  # of Pillow, about damaged files
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    files = sum(path.is_file() for path in FOLDER.rglob("*"))
    with tempfile.TemporaryDirectory() as folder:
        copies = Path(folder) / "copies"
        for number in range(COPIES):
            shutil.copytree(FOLDER, copies / str(number))
        empty = costs_of(_one_picture(Path(folder) / "one"), options.repeat, ("ours", "exiftool"))
        print_costs("one small picture: start-up", 1, empty)
        once = costs_of(FOLDER, options.repeat, tuple(RUNS))
        print_costs("the folder", files, once)
        costs = costs_of(copies, options.repeat, ("ours", "exiftool"))
        print_costs(f"{COPIES} copies", COPIES * files, costs)
        ratio = costs["exiftool"].processor_s / costs["ours"].processor_s
    measure_movies()
    return int(ratio < GOAL)


def print_costs(title: str, files: int, costs: dict[str, Cost]) -> None:
    """One line each, then the ratios."""
    print(f"{title}: {files} files")
    for name, cost in costs.items():
        rates = f"{files / cost.wall_s:6.0f} files/s, {files / cost.processor_s:6.0f} of processor"
        print(f"  {name:20} {cost.wall_s:6.2f} s, {cost.processor_s:6.2f} s of processor: {rates}")
    theirs, mine = costs["exiftool"], costs["ours"]
    wall, processor = theirs.wall_s / mine.wall_s, theirs.processor_s / mine.processor_s
    print(f"  exiftool / ours      {wall:.1f} by the clock, {processor:.1f} of processor time")


def _one_picture(folder: Path) -> Path:
    folder.mkdir()
    stream = BytesIO()
    Image.new("RGB", (8, 8)).save(stream, "PNG")
    (folder / "one.png").write_bytes(stream.getvalue())
    return folder


if __name__ == "__main__":
    sys.exit(main())
