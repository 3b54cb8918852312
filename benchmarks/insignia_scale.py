"""References against time, build time and memory.

`python benchmarks/insignia_scale.py [--sizes 437 2000 10000]`: catalogs of the real look-alikes
filled up with drawn emblems; 40 pictures of 1280x720, half of them with an emblem. Time is
processor time of one core, after one picture to warm up. The peer in the same run is plain SIFT
looking for one emblem. Each size runs in a process of its own, so that peak memory is its own.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from insignia_setup import PlainSift, cache_dir, detector_for, grounds, look_alikes, unseen
from PIL import Image

from screening.catalog import InsigniaKind, Reference
from screening.detectors.insignia.index import catalog_digest, index_folder
from screening.records import Frame
from screening.training.composites import as_ground, composites
from screening.training.emblems import draw_emblem
from screening.training.views import Conditions

FIRST_SEED = 500_000
PICTURES = 20


def filled_up(references: tuple[Reference, ...], count: int, folder: Path) -> tuple[Reference, ...]:
    """The references and as many drawn ones as are missing."""
    more = []
    for number in range(count - len(references)):
        path = folder / f"{number}.png"
        Image.fromarray(draw_emblem(FIRST_SEED + number)).save(path, compress_level=1)
        name = f"drawn/{number}"
        more.append(Reference(name, name, "drawn", InsigniaKind.SEAL, (path,)))
    return (*references[:count], *more)


def measure(count: int) -> None:
    """One row of the table."""
    with tempfile.TemporaryDirectory() as folder:
        known = look_alikes()
        references = filled_up(known, count, Path(folder))
        start = time.process_time()
        detector = detector_for(references)
        build_s = time.process_time() - start
        rng = np.random.default_rng(3)
        chosen = [unseen(known)[i] for i in rng.permutation(len(unseen(known)))[:PICTURES]]
        how = Conditions(turn_deg=(-20, 20), tilt_deg=(0, 30))
        pictures = [
            (one.picture, one.reference) for one in composites(chosen, grounds(), 80, how, rng)
        ]
        pictures += [(as_ground(path), chosen[0]) for path in grounds()[PICTURES : 2 * PICTURES]]
        detector.detect([Frame(pictures[0][0])])
        ours_s, peer_s, named = 0.0, 0.0, 0
        for picture, reference in pictures:
            start = time.process_time()
            findings = detector.detect([Frame(picture)])
            ours_s += time.process_time() - start
            named += any(one.evidence.get("reference") == reference.id for one in findings)
            peer = PlainSift(reference)
            start = time.process_time()
            peer.finds(picture)
            peer_s += time.process_time() - start
        digest = catalog_digest(references)
        files = index_folder(cache_dir(), digest).iterdir()
        index_bytes = sum(path.stat().st_size for path in files)
    peak_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"| {len(references)} | {build_s:.0f} | {index_bytes / 1e6:.0f} |"
        f" {ours_s / len(pictures):.3f} |"
        f" {ours_s / peer_s:.2f} | {named} of {PICTURES} | {peak_gb:.2f} |",
        flush=True,
    )


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--sizes", type=int, nargs="+", default=[50, 437, 2000, 10_000])
    arguments.add_argument("--measure", type=int, default=0, help="one size, in this process")
    options = arguments.parse_args()
    if options.measure:
        measure(options.measure)
        sys.exit(0)
    print(
        "| references | build s | index MB | s a picture | peer's time | named at 80 px | peak GB |"
    )
    print("|---|---|---|---|---|---|---|", flush=True)
    for size in options.sizes:
        subprocess.run([sys.executable, __file__, "--measure", str(size)], check=True)
