"""A bulk run over 60 officers' folders with planted pictures that link them.

The folders are made from `samples/` and ../shared/data/posts: two or three photos each, six
officers work undercover. One photo goes into other officers' folders re-encoded, cropped to 60 %
of its sides, mirrored, and all three at once. `screening profiles` runs over them as a user would;
printed are the links it reports, planted and others, and whether every officer has a report.

Run: .venv/bin/python benchmarks/officer_folders.py [--detectors metadata,text] [--keep DIR]
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from PIL import Image, ImageOps

ROOT = Path(__file__).resolve().parent.parent
POSTS = ROOT.parent / "shared" / "data" / "posts"
OFFICERS = 60
UNDERCOVER = range(0, OFFICERS, 10)
FAMILIES = ("Ash", "Birch", "Cedar", "Elm", "Fir", "Hazel", "Larch", "Maple", "Oak", "Pine")
SOURCE = 3
"""Folder whose first photo is planted elsewhere."""
PLANTED = {"re-encoded": 10, "cropped to 60 %": 24, "mirrored": 37, "all three": 51}


def make_folders(folder: Path) -> None:
    """The folders, the roster, and the planted copies."""
    photos = sorted(POSTS.glob("*.jpg"))
    samples = sorted((ROOT / "samples").glob("*.*"))
    random.Random(11).shuffle(photos)  # noqa: S311 - repeatable
    rows = ["id,name,aliases,undercover,unit,handles,folder"]
    for number in range(OFFICERS):
        own = folder / f"officer{number:02}"
        own.mkdir(parents=True)
        for photo in photos[2 * number : 2 * number + 2]:
            shutil.copy(photo, own)
        if number < len(samples) and samples[number].suffix not in {".json", ".md"}:
            shutil.copy(samples[number], own)
        name = f"Given {FAMILIES[number // 10]}{FAMILIES[number % 10].lower()}"
        undercover = "yes" if number in UNDERCOVER else "no"
        rows.append(f"{number:02},{name},,{undercover},,,officer{number:02}")
    (folder.parent / "roster.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    picture = Image.open(photos[2 * SOURCE]).convert("RGB")
    width, height = picture.size
    part = picture.crop((width // 5, height // 5, width // 5 * 4, height // 5 * 4))
    for how, changed, quality in (
        ("re-encoded", picture, 35),
        ("cropped to 60 %", part, 75),
        ("mirrored", ImageOps.mirror(picture), 75),
        ("all three", ImageOps.mirror(part), 50),
    ):
        changed.save(folder / f"officer{PLANTED[how]:02}" / "planted.jpg", quality=quality)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--detectors", default="metadata,previews,text,insignia")
    parser.add_argument("--keep", type=Path, help="folder to leave the pictures and reports in")
    arguments = parser.parse_args()
    detectors = arguments.detectors
    with tempfile.TemporaryDirectory() as scratch:
        base = arguments.keep or Path(scratch)
        make_folders(base / "collected")
        start = perf_counter()
        command = ["profiles", "collected", "--roster", "roster.csv", "--out", "report"]
        run = subprocess.run(
            [sys.executable, "-m", "screening", *command, "--detectors", detectors],
            cwd=base,
            capture_output=True,
            text=True,
            check=False,
        )
        took = perf_counter() - start
        if run.returncode == 2:
            sys.exit(run.stderr)
        print(f"exit code {run.returncode}, {took:.0f} s, detectors {detectors}")
        report = json.loads((base / "report" / "officers.json").read_text(encoding="utf-8"))
        officers = {one["id"]: one for one in report["officers"]}
        files = sum(one["files"] for one in officers.values())
        pages = sum((base / "report" / one["report"]).is_file() for one in officers.values())
        print(f"{len(officers)} officers, {files} files, {pages} reports")
    verdicts = [one["decision"] for one in report["officers"]]
    print({decision: verdicts.count(decision) for decision in ("block", "review", "allow")})
    order = {"block": 0, "review": 1, "allow": 2}
    print(f"worst first: {verdicts == sorted(verdicts, key=order.__getitem__)}")
    for how, number in PLANTED.items():
        links = officers[f"{number:02}"]["links"]
        hit = any(
            link["other"] == f"{SOURCE:02}" and link["path"].endswith("planted.jpg")
            for link in links
        )
        decision = officers[f"{number:02}"]["decision"]
        print(f"  {how:18} found: {hit}; officer {number:02} is {decision}")
    others = {
        tuple(sorted((link["path"], link["other_path"])))
        for one in officers.values()
        for link in one["links"]
        if "planted" not in link["path"] + link["other_path"]
    }
    print(f"other links: {len(others)}")
    for pair in sorted(others):
        print("  ", *pair)


if __name__ == "__main__":
    main()
