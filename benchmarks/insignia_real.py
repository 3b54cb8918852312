"""Real photos: one crop, or one view, as the reference, and other photos of the same design.

`python benchmarks/insignia_real.py [--part worn|posts|buildings]`.

`worn`: each design of `insignia/worn` with several photos; the largest crop is the reference, all
designs are in one catalog. `posts`: each seal, badge and patch box of `posts` whose source shows
the category in several pictures; whether they show the same design is not annotated, so the share
is a lower bound. `buildings`: groups of photos of one court building, put together by eye; one view
is the reference, all groups are in one catalog, and every other courthouse is a chance for a false
alarm.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np
from insignia_setup import DATA, detector_for
from PIL import Image

from screening.catalog import InsigniaKind, Reference
from screening.geometry import Box
from screening.records import Frame

MIN_IOU = 0.3
SUPREME = "us/vellosoc_juvenile-justice_supreme-court"
LACKAWANNA = "us/Jenispatel7_Scrantonsfood_"
WAXAHACHIE = "us/ChelseaVK_Travel-Page-Waxahachie_"
OXFORD = "us/grahamgreen_oxfordsquarerealty.com_"
BRICK = "us/lmp2055_finalimages_courthouse"
DENTON = "us/provenstyle_YearOfDenton_courthouse"
TRUMAN = "posts/ngrda_Websites-Repo__truman_courthouse"
LAWRENCEVILLE = "posts/MichaelFrankOfficial_CityOfLawrenceville__"
BUILDINGS = {
    "supreme_court": [
        "us/seankelliher_img-gallery_supreme-court.jpg",
        *(f"{SUPREME}-{end}.jpg" for end in ("546279_1920", "alt-kim", "building", "kim")),
        "us/awguitar86_my-portfolio_courthouse.jpg",
        "us/tyler-morales_client-george_courthouse.jpg",
    ],
    "lackawanna": [
        f"{LACKAWANNA}{end}.jpg"
        for end in (
            "Lackawanna-County-courthouse", "LackawannCourtHouse", "NightCourtHouse", "courthouse",
        )
    ],
    "waxahachie": [f"{WAXAHACHIE}{end}.jpg" for end in ("WCourthouse", "coverphoto")],
    "oxford": [f"{OXFORD}{end}.jpg" for end in ("courthouse", "doubledecker5", "square")],
    "brick_house": [f"{BRICK}{end}.jpg" for end in ("2", "1")],
    "denton": [f"{DENTON}{end}.jpg" for end in ("", "2")],
    "truman": [f"{TRUMAN}{end}.jpg" for end in ("", "2")],
    "lawrenceville": [f"{LAWRENCEVILLE}{end}.jpg" for end in ("Courthouse", "historyBackground")],
}  # fmt: skip


def annotations(path: Path) -> list[dict]:  # type: ignore[type-arg]
    """One record a picture."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def frame_of(path: Path) -> Frame:
    """The picture as the detector gets it."""
    with Image.open(path) as picture:
        return Frame(np.asarray(picture.convert("RGB")))


def crop(path: Path, box: list[float], target: Path) -> Path:
    """Save the part of a picture inside a box."""
    with Image.open(path) as picture:
        picture.convert("RGB").crop(tuple(int(v) for v in box)).save(target)
    return target


def worn(scratch: Path) -> None:
    """Designs of `insignia/worn`."""
    places: dict[str, list[tuple[Path, list[float]]]] = defaultdict(list)
    for record in annotations(DATA / "insignia" / "worn" / "annotations.jsonl"):
        for *box, design in record["boxes"]:
            if not design.startswith("ribbon:"):
                places[design].append((DATA / record["file"], box))
    several = {k: v for k, v in places.items() if len({path for path, _ in v}) > 1}
    references, tests = [], []
    for number, (design, seen) in enumerate(sorted(several.items())):
        seen.sort(key=lambda one: -(one[1][2] - one[1][0]) * (one[1][3] - one[1][1]))
        art = crop(*seen[0], scratch / f"{number}.png")
        references.append(Reference(design, design, "worn", InsigniaKind.BADGE, (art,)))
        tests += [(path, box, design) for path, box in seen[1:] if path != seen[0][0]]
    detector = detector_for(tuple(references))
    found: dict[Path, list] = {}  # type: ignore[type-arg]
    right = place = 0
    for path, box, design in tests:
        if path not in found:
            found[path] = detector.detect([frame_of(path)])
        here = [f for f in found[path] if f.box and f.box.iou(Box(*box)) > MIN_IOU]
        place += bool(here)
        right += any(
            f.evidence.get("reference") == design or design in (f.evidence.get("look_alikes") or [])
            for f in here
        )
    print(
        f"worn: {len(references)} designs, {len(tests)} other boxes of them: something found at"
        f" {place}, rightly named {right} ({right / len(tests):.2f})"
    )


def posts(scratch: Path) -> None:
    """Seals, badges and patches of `posts`, by source."""
    by_source: dict[tuple[str, str], list[tuple[Path, list[float]]]] = defaultdict(list)
    for record in annotations(DATA / "posts" / "annotations.jsonl"):
        for label in record["labels"]:
            if label["category"] in ("seal", "badge", "patch") and not label["difficult"]:
                key = (record["source"], label["category"])
                by_source[key].append((DATA / record["file"], label["box"]))
    references, tests = [], []
    for number, ((source, category), seen) in enumerate(sorted(by_source.items())):
        seen.sort(key=lambda one: -(one[1][2] - one[1][0]) * (one[1][3] - one[1][1]))
        art = crop(*seen[0], scratch / f"post{number}.png")
        name = f"{source}/{category}"
        references.append(Reference(name, name, source, InsigniaKind(category), (art,)))
        tests += [(path, box, name) for path, box in seen[1:] if path != seen[0][0]]
    detector = detector_for(tuple(references))
    right = wrong = 0
    for path, box, name in tests:
        here = [
            one
            for one in detector.detect([frame_of(path)])
            if one.box and one.box.iou(Box(*box)) > MIN_IOU and "reference" in one.evidence
        ]
        right += any(one.evidence["reference"] == name for one in here)
        wrong += any(one.evidence["reference"] != name for one in here)
    print(
        f"posts: {len(references)} crops as references, {len(tests)} other boxes of the same source"
        f" and category: same reference {right}, another one {wrong}"
    )


def buildings() -> None:
    """Court buildings from one view each."""

    def path_of(name: str) -> Path:
        return DATA / name if name.startswith("posts/") else DATA / "courthouse" / name

    references = tuple(
        Reference(group, group, "courts", InsigniaKind.BUILDING, (path_of(names[0]),))
        for group, names in BUILDINGS.items()
    )
    detector = detector_for(references)
    known = {path_of(name): group for group, names in BUILDINGS.items() for name in names}
    views = {path_of(names[0]) for names in BUILDINGS.values()}
    others = [*(DATA / "courthouse" / "us").iterdir(), *(DATA / "courthouse" / "uk").iterdir()]
    right = tests = false = 0
    for path in sorted({*others, *known} - views):
        said = {
            str(one.evidence.get("reference"))
            for one in detector.detect([frame_of(path)])
            if one.label == "building"
        }
        tests += path in known
        right += known.get(path) in said
        false += bool(said - {known.get(path)})
        if path in known:
            print(f"  {path.name}: {sorted(said) or 'nothing'}")
    print(
        f"buildings: {len(references)} references of one view, {tests} other views: {right} found;"
        f" {false} false on {len(others)} courthouses"
    )


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--part", choices=["worn", "posts", "buildings", "all"], default="all")
    part = arguments.parse_args().part
    with tempfile.TemporaryDirectory() as folder:
        if part in ("worn", "all"):
            worn(Path(folder))
        if part in ("posts", "all"):
            posts(Path(folder))
        if part in ("buildings", "all"):
            buildings()
