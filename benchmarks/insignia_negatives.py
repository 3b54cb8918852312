"""References claimed on pictures without insignia, with the whole catalog of look-alikes.

`python benchmarks/insignia_negatives.py`: all of `negative`, `insignia/brand_logos`, and of
`uniform` the civilian professions that training did not see. Every claim is printed with its
picture, so that it can be looked at; a picture with a true emblem in it is said to have one.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
from insignia_setup import DATA, detector_for, look_alikes
from PIL import Image

from screening.detectors.insignia.detector import UNIDENTIFIED
from screening.records import Frame
from screening.training.sources import unseen_civilians


def main() -> int:
    """Run and print."""
    sets: dict[str, list[Path]] = {
        f"negative/{folder.name}": sorted(folder.iterdir())
        for folder in sorted((DATA / "negative").iterdir())
    }
    sets["brand_logos"] = sorted((DATA / "insignia" / "brand_logos").glob("*.jpg"))
    sets["civilians"] = unseen_civilians(DATA)
    detector = detector_for(look_alikes())
    claims, total = 0, 0
    print("| set | pictures | references claimed | unidentified | s |")
    print("|---|---|---|---|---|")
    said = []
    for name, paths in sets.items():
        labels: Counter[bool] = Counter()
        start = time.process_time()
        for path in paths:
            with Image.open(path) as picture:
                frame = Frame(np.asarray(picture.convert("RGB")))
            for finding in detector.detect([frame]):
                labels[finding.label == UNIDENTIFIED] += 1
                if finding.label != UNIDENTIFIED:
                    said.append(f"{path.name}: {finding.evidence['reference']} {finding.score}")
        spent_s = (time.process_time() - start) / len(paths)
        print(
            f"| {name} | {len(paths)} | {labels[False]} | {labels[True]} | {spent_s:.3f} |",
            flush=True,
        )
        claims, total = claims + labels[False], total + len(paths)
    print(f"{claims} claims on {total} pictures (asked: at most 2)")
    print("\n".join(said))
    return int(claims > 2)


if __name__ == "__main__":
    sys.exit(main())
