"""Every position exiftool reads is reported, and none that is not in the file.

`python benchmarks/metadata_truth.py [--check]`. Needs `../shared/data/metadata` and `exiftool`.
Writes its tables into `docs/metadata.md` (`--check` leaves that alone); prints what is missed,
what only we find, and what exiftool prints that is no position. Exit code 1 when one is missed.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from doc_tables import write_table
from exiftool_truth import KINDS, Place, Truth, read_truth
from real_input import DATA, scan

from screening.media.formats import UNKNOWN_TYPE

FOLDER = DATA / "metadata"
REFUSED = "nothing that is read here, refused"
UNREAD = ("unsupported", "empty", "unreadable")
NAMES = {
    "person_name": "names of persons",
    "place_name": "names of places",
    "device_identity": "serial numbers",
}
Result = dict[str, Any]


class Comparison:
    """One pass over all files: counts per media type, and lists of what differs."""

    def __init__(self) -> None:
        self.counts: dict[str, Counter[str]] = defaultdict(Counter)
        self.values: dict[str, Counter[str]] = defaultdict(Counter)
        self.unseen: Counter[str] = Counter()
        self.missed: list[str] = []
        self.ours: list[str] = []
        self.odd: list[str] = []

    def add(self, result: Result, truth: Truth, name: str) -> None:
        """Compare one file."""
        unread = not result["findings"] and _refused(result)
        count = self.counts[_container(result, name)]
        count["files"] += 1
        found = [finding for finding in result["findings"] if finding["label"] == "gps_location"]
        known = [place for place in truth.places if place.usable]
        for track in truth.tracks.values():
            known += {id(place): place for place in (track[0], track[-1])}.values() if track else ()
        for place in known:
            seen = any(_equals(place, finding) for finding in found)
            if not seen and unread:
                count["unread"] += 1
                self.odd.append(f"{name}: {place.group} position in a file that is refused")
                continue
            count["exiftool"] += 1
            count["found"] += seen
            if not seen:
                self.missed.append(f"{name}: {place.group} {place.tag}")
        for finding in found:
            if not any(_equals(place, finding) for place in _all(truth)):
                count["ours"] += 1
                evidence = finding["evidence"]
                inside = f" inside {evidence['inside']}" if "inside" in evidence else ""
                self.ours.append(f"{name}: {evidence['carrier']} {evidence['field']}{inside}")
        for place in truth.places:
            if not place.usable:
                codes = sorted({failure["error"] for failure in result["failures"]})
                answer = ", ".join(codes) or "nothing"
                self.odd.append(
                    f"{name}: {place.group} {place.tag} is no position; we say {answer}"
                )
        self._add_tracks(result, truth, name)
        if not unread:
            self._add_values(result, truth)

    def _add_tracks(self, result: Result, truth: Truth, name: str) -> None:
        """The ends of a track are marked as such, with the number of its samples."""
        marked = {
            finding["evidence"]["which"]
            for finding in result["findings"]
            if finding["label"] == "gps_location" and finding["evidence"].get("count")
        }
        for group, track in truth.tracks.items():
            if track and not {"first", "last"} <= marked:
                self.missed.append(f"{name}: ends of {group}")

    def _add_values(self, result: Result, truth: Truth) -> None:
        reported = " | ".join(
            str(value)
            for finding in result["findings"]
            if finding["label"] in (*KINDS, "description", "edit_history")
            for value in (*finding["evidence"].values(), finding["text"])
        )
        folded = " ".join(reported.split()).casefold()
        for label, values in truth.values.items():
            self.values[label]["exiftool"] += len(values)
            unseen = [tag for text, tag in values.items() if text.casefold() not in folded]
            self.values[label]["found"] += len(values) - len(unseen)
            self.unseen.update(unseen)


def _refused(result: Result) -> bool:
    return any(failure["error"] in UNREAD for failure in result["failures"])


def _container(result: Result, name: str) -> str:
    """The media type; for files that are none, their extension where something is read."""
    if result["media"]["type"] != UNKNOWN_TYPE:
        return result["media"]["type"]
    read = any(finding["label"] != "type_mismatch" for finding in result["findings"])
    return f"`{Path(name).suffix.lower() or name}` (no picture)" if read else REFUSED


def _all(truth: Truth) -> list[Place]:
    return [*truth.places, *(place for track in truth.tracks.values() for place in track)]


def _equals(place: Place, finding: Result) -> bool:
    evidence = finding["evidence"]
    return place.equals(evidence["latitude_deg"], evidence["longitude_deg"])


def tables(comparison: Comparison) -> str:
    """Both tables in Markdown."""
    lines = [
        "| container | files | positions exiftool reads | of those reported | only we report |",
        "|---|---|---|---|---|",
    ]
    total: Counter[str] = Counter()
    for media_type, count in sorted(comparison.counts.items()):
        total += count
        if count["exiftool"] or count["ours"]:
            lines.append(_row(media_type, count))
    without = [one for one in comparison.counts.values() if not one["exiftool"] + one["ours"]]
    rest = sum((Counter(one) for one in without), Counter[str]())
    lines.append(_row(f"{len(without)} other types, without positions", rest))
    lines.append(_row("**all**", total))
    lines += ["", "| what | distinct values exiftool reads | of those reported |", "|---|---|---|"]
    for label, name in NAMES.items():
        count = comparison.values[label]
        share = count["found"] / max(count["exiftool"], 1)
        lines.append(f"| {name} | {count['exiftool']} | {count['found']} ({share:.1%}) |")
    return "\n".join(lines)


def _row(name: str, count: Counter[str]) -> str:
    columns = ("files", "exiftool", "found", "ours")
    return f"| {name} | " + " | ".join(str(count[column]) for column in columns) + " |"


def main() -> int:
    """Run and print; exit code 1 when a position is missed."""
    results, *_ = scan([FOLDER], "--detectors", "metadata", "--workers", "0", "--quiet")
    truth = read_truth(FOLDER)
    comparison = Comparison()
    for result in results:
        path = result["path"]
        comparison.add(result, truth.get(path, Truth()), str(Path(path).relative_to(FOLDER)))
    text = tables(comparison)
    print(text)
    print("\nvalues not reported, by tag:", dict(comparison.unseen.most_common()))
    for title, names in {
        "only ours, to be checked by hand": comparison.ours,
        "no position, or not in a picture or video": comparison.odd,
        "missed": comparison.missed,
    }.items():
        print(f"\n{title}: {len(names)}", *(f"  {name}" for name in names), sep="\n")
    if "--check" not in sys.argv:
        write_table("metadata.md", "metadata_truth", text)
    return int(bool(comparison.missed))


if __name__ == "__main__":
    sys.exit(main())
