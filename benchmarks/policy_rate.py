"""Results judged per second on one core, by all shipped packs.

Two loads: every finding of `samples/` as a scan reports it (read from tests/golden, the message
of every violation written out), and made-up files with 1 to 12 findings of all labels, so that
conditions that look at several findings run too. The peer is the same work by the packs of one
document only; read both as results per second on this machine.

Run: .venv/bin/python benchmarks/policy_rate.py
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from time import process_time

from screening.geometry import Box
from screening.policy import RulePack, evaluate, load_packs
from screening.policy.labels import DERIVED_LABELS, RESERVED_LABELS
from screening.records import Finding, with_ids

GOLDEN = Path(__file__).resolve().parent.parent / "tests" / "golden" / "samples.jsonl"
RESULTS = 10_000
PROFILES = ("employee", "undercover", "official")
SEED = 7


def real_results() -> list[tuple[Finding, ...]]:
    """The findings of every sample."""
    lines = GOLDEN.read_text(encoding="utf-8").splitlines()
    return [tuple(map(as_finding, json.loads(line)["findings"])) for line in lines]


def as_finding(item: dict[str, object]) -> Finding:
    """A finding from its line of JSON, as far as rules look at it."""
    box = item["box"]
    return Finding(
        detector=str(item["detector"]),
        label=str(item["label"]),
        score=float(str(item["score"])),
        box=Box(*box) if isinstance(box, list) else None,
        frame_index=int(str(item["frame_index"])),
        evidence=dict(item["evidence"]) if isinstance(item["evidence"], dict) else {},
        within=str(item["within"] or ""),
        embedded=item["label"] == "embedded_media",
        id=str(item["id"]),
    )


def made_up_results(packs: tuple[RulePack, ...]) -> list[tuple[Finding, ...]]:
    """500 files with findings of every label that a rule names."""
    chance = random.Random(SEED)  # noqa: S311 - a load, no secret
    labels = sorted(
        {label for pack in packs for rule in pack.rules for label in rule.labels}
        | RESERVED_LABELS.keys()
        | DERIVED_LABELS.keys()
    )
    files = []
    for _ in range(500):
        findings = []
        for _ in range(chance.randint(1, 12)):
            x, y = chance.uniform(0, 1500), chance.uniform(0, 1000)
            box = Box(x, y, x + chance.uniform(5, 400), y + chance.uniform(5, 300))
            evidence = {"agency": "City of Fairhaven Police", "kind": "model", "field": "Artist"}
            findings.append(
                Finding("test", chance.choice(labels), 0.9, box, evidence=dict(evidence))
            )
        files.append(with_ids(findings))
    return files


def rate(packs: tuple[RulePack, ...], files: list[tuple[Finding, ...]]) -> tuple[float, float]:
    """Results per second of processor time, and violations per result."""
    violations = 0
    start = process_time()
    for number in range(RESULTS):
        verdict = evaluate(packs, files[number % len(files)], (), PROFILES[number % 3])
        violations += len(verdict.violations)
    return RESULTS / (process_time() - start), violations / RESULTS


def main() -> None:
    """Print the table."""
    packs = load_packs((), profile="employee", known_labels=frozenset)
    rules = sum(len(pack.rules) for pack in packs)
    print(f"{rules} rules of {len(packs)} packs; {RESULTS} results")
    for name, files in (("samples", real_results()), ("made up", made_up_results(packs))):
        findings = sum(map(len, files)) / len(files)
        for which, some in (("all packs", packs), ("edmo-2016", packs[:1])):
            speeds = sorted(rate(some, files) for _ in range(5))
            speed, violations = speeds[2]
            print(
                f"{name:8} {which:10} {speed:9.0f} results/s"
                f"  ({findings:.1f} findings, {violations:.1f} violations a result; median of 5)"
            )


if __name__ == "__main__":
    main()
