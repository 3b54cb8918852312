"""Holds the results of a scan of `samples/` to what its script put into the files.

`python tools/samples/compare.py RESULTS.jsonl`: exit code 1 and one line per difference.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

EXPECTED = Path(__file__).resolve().parents[2] / "samples" / "expected.json"
MIN_IOU = 0.8


def differences(results: list[dict[str, Any]], expected: dict[str, Any]) -> list[str]:
    """One sentence per sample and thing that is not as planted; empty when all is."""
    by_name = {Path(result["path"]).name: result for result in results}
    missing = [f"{name}: no result" for name in expected if name not in by_name]
    unexpected = [f"{name}: not expected" for name in by_name if name not in expected]
    return [
        *missing,
        *unexpected,
        *(
            f"{name}: {difference}"
            for name, wanted in expected.items()
            if name in by_name
            for difference in _compare(by_name[name], wanted)
        ),
    ]


def _compare(result: dict[str, Any], wanted: dict[str, Any]) -> list[str]:
    found = []
    if result["decision"] != wanted["decision"]:
        found.append(f"decision {result['decision']}, not {wanted['decision']}")
    if result["complete"] != wanted["complete"]:
        found.append(f"complete is {result['complete']}")
    codes = [failure["error"] for failure in result["failures"]]
    if codes != wanted["failures"]:
        found.append(f"failures {codes}, not {wanted['failures']}")
    size_wh = [result["media"]["width_px"], result["media"]["height_px"]]
    if size_wh != wanted["size_wh"]:
        found.append(f"size {size_wh}, not {wanted['size_wh']}")
    counts = Counter(finding["label"] for finding in result["findings"])
    found += [
        f"{counts[label]} findings {label}, not {count}"
        for label, count in wanted["labels"].items()
        if counts[label] < count
    ]
    surplus = sorted(counts.keys() - wanted["labels"].keys() - {"text"})
    found += [f"unexpected findings {label}" for label in surplus]
    found += [
        f"{planted['reference']} not found in its place"
        for planted in wanted["insignia"]
        if not any(_shows(finding, planted) for finding in result["findings"])
    ]
    return found


def _shows(finding: dict[str, Any], planted: dict[str, Any]) -> bool:
    return (
        finding["evidence"].get("reference") == planted["reference"]
        and planted["frame_index"] <= finding["frame_index"] <= planted["last_frame_index"]
        and _iou(finding["box"], planted["box"]) >= MIN_IOU
    )


def _iou(first: list[float], second: list[float]) -> float:
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    shared = max(width, 0.0) * max(height, 0.0)
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (first, second)]
    return shared / (sum(areas) - shared)


if __name__ == "__main__":
    lines = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    problems = differences(
        [json.loads(line) for line in lines], json.loads(EXPECTED.read_text(encoding="utf-8"))
    )
    print("\n".join(problems) or f"all {len(lines)} results are as {EXPECTED.name} says")
    sys.exit(bool(problems))
