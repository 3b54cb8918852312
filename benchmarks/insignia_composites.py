"""437 look-alike references as one catalog, one of them pasted on a 1280x720 photo.

`python benchmarks/insignia_composites.py [--part sizes|hard] [--count N]`. The emblems that are
pasted are of the half that neither training nor calibration saw; so are the photos. `found`: a
finding at the place (IoU 0.5) whatever it is called; `named`: with the right reference; `family`:
that, or it is among the look-alikes that are reported as not to be told apart, or called by the
name of its family. The peer, in the same run on the same pictures, is plain SIFT told which one
emblem to look for. Time is processor time of one core, without building the index.
"""

from __future__ import annotations

import argparse
import sys
import time

import numpy as np
from insignia_setup import PlainSift, detector_for, grounds, look_alikes, named, unseen

from screening.records import Frame
from screening.training.composites import composites
from screening.training.views import Conditions, Material

GOALS = {45: 0.60, 60: 0.85, 80: 0.95, 120: 0.98, 200: 0.995}
PASTED = Conditions(turn_deg=(-20, 20), tilt_deg=(0, 30))
HARD = {
    "any rotation": Conditions(turn_deg=(-180, 180), tilt_deg=(0, 10)),
    "40 degrees of tilt": Conditions(turn_deg=(-20, 20), tilt_deg=(40, 40)),
    "35 % covered": Conditions(turn_deg=(-20, 20), tilt_deg=(0, 20), covered=(0.35, 0.35)),
    "one colour": Conditions(materials={Material.ONE_COLOUR: 1.0}),
    "metal relief": Conditions(materials={Material.METAL: 1.0}),
    "embroidered, folded": Conditions(materials={Material.EMBROIDERY: 1.0}, folds=0.03),
    "screen or coarse print": Conditions(materials={Material.SCREEN: 1.0}),
}


def row(name: str, size_px: float, conditions: Conditions, count: int, goal: float | None) -> None:
    """Measure one row of the table and print it."""
    rng = np.random.default_rng([7, round(size_px), len(name)])
    chosen = rng.permutation(len(UNSEEN))[:count]
    found, ours_s, peer_s, peer_found = [], [], [], 0
    for one in composites([UNSEEN[i] for i in chosen], GROUNDS, size_px, conditions, rng):
        start = time.process_time()
        findings = DETECTOR.detect([Frame(one.picture)])
        ours_s.append(time.process_time() - start)
        found.append(named(findings, one.reference, one.box))
        if len(peer_s) < FOR_PEER:
            peer = PlainSift(one.reference)
            start = time.process_time()
            peer_found += peer.finds(one.picture)
            peer_s.append(time.process_time() - start)
    at_all, exact, family = np.array(found).mean(axis=0)
    asked = f"{goal:.3f}" if goal else "-"
    peer_says = "- | -"
    if peer_s:
        ratio = sum(ours_s[: len(peer_s)]) / sum(peer_s)
        peer_says = f"{peer_found / len(peer_s):.2f} of {len(peer_s)} | {ratio:.2f}"
    print(
        f"| {name} | {size_px} px | {len(found)} | {at_all:.3f} | {exact:.3f} | {family:.3f} |"
        f" {asked} | {peer_says} | {np.mean(ours_s):.3f} |",
        flush=True,
    )


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--part", choices=["sizes", "hard", "all"], default="all")
    arguments.add_argument("--count", type=int, default=1000, help="emblems a row at most")
    arguments.add_argument("--peer", type=int, default=40, help="pictures a row for the peer")
    options = arguments.parse_args()
    REFERENCES = look_alikes()
    UNSEEN, GROUNDS, FOR_PEER = unseen(REFERENCES), grounds(), options.peer
    DETECTOR = detector_for(REFERENCES)
    print(f"{len(REFERENCES)} references, {len(UNSEEN)} of them unseen in training")
    print(
        "| emblem | width | pictures | found | named | or family | asked | peer finds |"
        " time/peer | s |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    if options.part != "hard":
        for width_px, asked_recall in GOALS.items():
            row("pasted", width_px, PASTED, options.count, asked_recall)
    if options.part != "sizes":
        for label, how in HARD.items():
            row(label, 120, how, options.count, 0.9)
    sys.exit(0)
