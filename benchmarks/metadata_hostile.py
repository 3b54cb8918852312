"""Hostile, made-up, cut and scribbled-on files through the file detectors, one by one.

`python benchmarks/metadata_hostile.py [--skip-shared]`. Each file goes to a child process that
reports processor seconds and its peak memory. Exit code 1 when one raises anything else than a
`DetectorError`, takes more than 2 s, or more than 300 MB. `--keep DIR` keeps the offenders.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import resource
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
from hostile_input import HOSTILE, unwrap_all
from real_input import DATA

from screening.config import ScreenConfig
from screening.detectors.base import FileDetector, FirstFrameDetector
from screening.detectors.registry import detector_class, detector_names
from screening.errors import DetectorError, MediaError
from screening.media import identify
from screening.records import Frame
from screening.screen import make_plan

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "detectors" / "metadata"))
from further_leak_cases import further_kinds
from hostile_cases import hostile_cases
from leak_cases import ten_kinds

LIMIT_S, LIMIT_BYTES, HANG_S = 2.0, 300 * 10**6, 60.0
CUTS = MUTATIONS = 10
DETECTORS = tuple(name for name in ("metadata", "previews") if name in detector_names())


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one detector made of one file."""

    name: str
    detector: str
    seconds: float
    peak_bytes: int
    ending: str
    trace: str = ""

    @property
    def offends(self) -> bool:
        """Whether a limit was broken or something raised that may not."""
        allowed = self.ending in ("findings", "failure")
        return not allowed or self.seconds > LIMIT_S or self.peak_bytes > LIMIT_BYTES


def forget_peak() -> None:
    """Start a new peak (Linux; elsewhere the peak of the whole process counts)."""
    peak = Path("/proc/self/clear_refs")
    if peak.exists():
        peak.write_text("5", encoding="ascii")


def peak_bytes() -> int:
    """The most memory this process has held since `forget_peak`."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def work(pipe: Connection) -> None:
    """Answer each path with an outcome per detector; the child process."""
    resources = make_plan(ScreenConfig(detectors=DETECTORS)).resources()
    classes = [detector_class(name) for name in DETECTORS]
    detectors = [one(one.Options(), resources) for one in classes]
    frame = Frame(np.full((480, 640, 3), 128, np.uint8))
    for path in iter(pipe.recv, None):
        outcomes = []
        try:
            media = identify(path, ScreenConfig().limits)
        except MediaError:
            pipe.send(outcomes)
            continue
        for detector in detectors:
            forget_peak()
            start, ending, trace = time.process_time(), "findings", ""
            try:
                if isinstance(detector, FileDetector):
                    detector.detect_file(media)
                if isinstance(detector, FirstFrameDetector):
                    detector.detect_first(media, frame)
            except DetectorError:
                ending = "failure"
            except BaseException as error:  # noqa: BLE001 - what may not happen is what is sought
                ending, trace = type(error).__name__, traceback.format_exc()
            seconds = time.process_time() - start
            outcomes.append(Outcome(path.name, detector.name, seconds, peak_bytes(), ending, trace))
        pipe.send(outcomes)


class Child:
    """The process that does the work, started again when it hangs or dies."""

    def __init__(self) -> None:
        self._start()

    def _start(self) -> None:
        self._pipe, theirs = multiprocessing.Pipe()
        self._process = multiprocessing.get_context("spawn").Process(
            target=work, args=(theirs,), daemon=True
        )
        self._process.start()
        theirs.close()

    def examine(self, path: Path) -> list[Outcome]:
        """Outcomes of one file; one that says so where the child hung or died."""
        self._pipe.send(path)
        try:
            if self._pipe.poll(HANG_S):
                return self._pipe.recv()
            ending = "hang"
        except (EOFError, ConnectionError):
            ending = "death"
        self._process.kill()
        self._process.join()
        self._start()
        return [Outcome(path.name, "?", HANG_S, 0, ending)]

    def end(self) -> None:
        """Let the process end."""
        self._pipe.send(None)
        self._process.join()


def damaged(content: bytes, seed: str) -> Iterator[tuple[str, bytes]]:
    """The file cut at ten places, and ten times with a few bytes changed."""
    for index in range(CUTS):
        yield f"cut-{index}", content[: len(content) * index // CUTS + 1]
    for index in range(MUTATIONS):
        chance = random.Random(f"{seed}-{index}")  # noqa: S311 - to be repeatable
        changed = bytearray(content)
        # Half of the changes go to the first 4 KB, where most structures are.
        reach = min(len(changed), 4096) if index % 2 else len(changed)
        for _ in range(chance.choice((1, 4, 16)) if reach else 0):
            changed[chance.randrange(reach)] = chance.choice((0, 1, 127, 128, 255))
        yield f"changed-{index}", bytes(changed)


def made_up() -> Iterator[tuple[str, bytes]]:
    """Cases that the tests use too."""
    yield from hostile_cases()
    for case in (*ten_kinds(), *further_kinds()):
        for variant, content in damaged(case.content, case.name):
            yield f"{case.name} {variant}", content


def files(scratch: Path, skip_shared: bool) -> Iterator[tuple[str, Path]]:
    """Every file to examine, by kind; those that are made lie there only until the next one."""
    one = scratch / "made"
    for name, content in made_up():
        path = one.with_name(f"{name}.bin".replace("/", "_"))
        path.write_bytes(content)
        yield "made up", path
        path.unlink()
    if skip_shared:
        return
    bombs = scratch / "bombs"
    bombs.mkdir()
    unwrap_all(HOSTILE / "bombs", bombs)
    for folder in (HOSTILE, bombs):
        yield from (("hostile", path) for path in sorted(folder.rglob("*")) if path.is_file())
    for path in sorted((DATA / "metadata").rglob("*")):
        if not path.is_file():
            continue
        yield "real", path
        for variant, content in damaged(path.read_bytes(), path.name):
            copy = scratch / f"{path.parent.name}-{path.stem}-{variant}{path.suffix}"
            copy.write_bytes(content)
            yield variant.partition("-")[0], copy
            copy.unlink()


def main() -> int:
    """Run and print; exit code 1 when there is an offender."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--skip-shared", action="store_true", help="only what is made up")
    parser.add_argument("--keep", type=Path, help="folder for the files that offend")
    options = parser.parse_args()
    child, count = Child(), Counter[str]()
    outcomes: dict[str, list[Outcome]] = {}
    offenders: list[Outcome] = []
    with tempfile.TemporaryDirectory() as folder:
        for kind, path in files(Path(folder), options.skip_shared):
            found = child.examine(path)
            count[kind] += 1
            outcomes.setdefault(kind, []).extend(found)
            bad = [one for one in found if one.offends]
            offenders += bad
            if bad and options.keep:
                options.keep.mkdir(exist_ok=True, parents=True)
                (options.keep / path.name).write_bytes(path.read_bytes())
    child.end()
    for kind, found in outcomes.items():
        endings = dict(Counter(one.ending for one in found))
        print(f"{kind}: {count[kind]} files, {endings}")
        for name in DETECTORS:
            own = [one for one in found if one.detector == name]
            slow, large = max(own, key=lambda one: one.seconds), max(own, key=_memory)
            print(f"  {name}: slowest {slow.seconds:.2f} s ({slow.name})")
            print(f"  {name}: largest {large.peak_bytes / 1e6:.0f} MB ({large.name})")
    seen: set[str] = set()
    for one in offenders:
        effort = f"{one.seconds:.2f} s, {one.peak_bytes / 1e6:.0f} MB"
        print(f"OFFENDER {one.detector} {one.name}: {one.ending}, {effort}")
        trace = "\n".join(one.trace.splitlines()[-6:])
        if trace not in seen:
            seen.add(trace)
            print(trace)
    print(f"{sum(count.values())} files, {len(offenders)} offenders")
    return int(bool(offenders))


def _memory(outcome: Outcome) -> int:
    return outcome.peak_bytes


if __name__ == "__main__":
    sys.exit(main())
