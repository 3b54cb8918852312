"""Pieces of photos with what is known of each: a uniform, a robe, a police car, a court building.

The network that takes a second look (`train_second_look`) learns from them. What a folder, a tag or
a hand-drawn box does not tell is left unknown and counts neither way.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from screening.detectors.objects.networks import ATTRIBUTES, EMBLEMS, TOLD
from screening.geometry import Box
from screening.training.sources import CIVILIANS

UNKNOWN = -1.0
FOLDS = 5
_LEAST_SCORE = 0.35
"""Of a draft box that is believed."""
_MAIN_SHARE = 0.4
"""Persons of at least this share of the largest one's area are who the photo is of."""
_FILLS = 0.25
"""Share of a photo from which an emblem is what it shows."""
_MOST_PERSONS = 6


class Part(StrEnum):
    """What a picture is for."""

    TRAINING = "training"
    HELD_OUT = "held_out"
    POSTS = "posts"


@dataclass(frozen=True, slots=True)
class Crop:
    """A piece of a photo.

    Attributes:
        file: relative to the data.
        box: in pixels of the drafted picture (at most 1280 px on a side).
        kind: `person`, `vehicle`, `building`, `emblem`, or `scene` for the whole photo.
        truth: of each of `TOLD` 0, 1 or `UNKNOWN`.
        part: what it is for.
        source: the repository the photo comes from.
    """

    file: str
    box: Box
    kind: str
    truth: tuple[float, ...]
    part: Part
    source: str


def truth_of(**known: float) -> tuple[float, ...]:
    """0 for every attribute that is not named; whether it is an emblem, unknown unless named."""
    others = {**dict.fromkeys(ATTRIBUTES, 0.0), "emblem": UNKNOWN}
    return tuple({**others, **known}[name] for name in TOLD)


def emblem_truth(known: float) -> tuple[float, ...]:
    """Of a piece that may be an emblem; all else is unknown."""
    return tuple(known if name == "emblem" else UNKNOWN for name in TOLD)


_NONE = truth_of()


def all_crops(data: Path, drafts: Path) -> list[Crop]:
    """Every crop of people, vehicles, buildings and whole photos.

    Args:
        data: the folder of real media.
        drafts: what `drafts` wrote.
    """
    sources = sources_of(data)
    teller = _Teller(data)
    found: list[Crop] = []
    with drafts.open(encoding="utf-8") as lines:
        for line in lines:
            picture = json.loads(line)
            source = sources.get(picture["file"], picture["file"])
            part = part_of(picture["file"], source)
            for box, kind, truth in teller.crops(picture):
                if any(one != UNKNOWN for one in truth) and min(box.width_px, box.height_px) >= 16:
                    found.append(Crop(picture["file"], box, kind, truth, part, source))
    return found


def share_of(name: str, parts: int) -> int:
    """0 to `parts` - 1, the same for a name everywhere."""
    return hashlib.sha256(name.encode()).digest()[1] % parts


def fold_of(source: str) -> int:
    """The fold of the cross-validation a source of `posts/` belongs to."""
    return share_of(source, FOLDS)


def part_of(file: str, source: str) -> Part:
    """What a picture is for: by source where there are several, else by a digest of its name."""
    folder = file.split("/", maxsplit=1)[0]
    if folder == "posts":
        return Part.POSTS
    if folder in {"negative", "insignia"}:
        held = hashlib.sha256(Path(file).name.encode()).digest()[0] % 2 == 1
    elif file.startswith(("uniform/scenes", "courthouse/us")):
        held = share_of(source, 5) == 0
    else:
        held = share_of(Path(file).name, 5) == 0
    return Part.HELD_OUT if held else Part.TRAINING


def sources_of(data: Path) -> dict[str, str]:
    """The repository each file comes from."""
    lines = (data / "MANIFEST.csv").read_text(encoding="utf-8").splitlines()[1:]
    return {fields[0]: fields[1] for fields in (line.split(",") for line in lines)}


def _boxes(picture: dict[str, Any], label: str) -> list[Box]:
    return [
        Box(*one["box"])
        for one in picture["boxes"]
        if one["label"] == label and one["score"] >= _LEAST_SCORE
    ]


def _main(boxes: Sequence[Box]) -> list[Box]:
    """The largest and those of a like size, at most `_MOST_PERSONS`."""
    largest = sorted(boxes, key=lambda box: -box.area_px)[:_MOST_PERSONS]
    return [box for box in largest if box.area_px >= _MAIN_SHARE * largest[0].area_px]


Told = tuple[Box, str, tuple[float, ...]]


class _Teller:
    """Tells what is known of the pieces of a picture, by its folder."""

    def __init__(self, data: Path) -> None:
        self._scenes = notes_by_file(data / "uniform" / "scenes" / "annotations.jsonl")
        self._posts = notes_by_file(data / "posts" / "annotations.jsonl")
        self._vehicles = notes_by_file(data / "vehicle" / "annotations.jsonl")
        sorted_by_eye = Path(__file__).parent / "labels" / "vehicles.json"
        self._livery: dict[str, list[str]] = json.loads(sorted_by_eye.read_text(encoding="utf-8"))

    def crops(self, picture: dict[str, Any]) -> Iterator[Told]:
        """Box, kind and truth of each piece."""
        folder, *rest = picture["file"].split("/")
        whole = Box(0, 0, picture["width"], picture["height"])
        if folder == "uniform" and rest[0] != "scenes":
            return self._profession(picture, whole, rest[0])
        if folder == "uniform":
            return self._scene(picture, whole)
        if folder == "posts":
            return self._post(picture, whole)
        if folder == "vehicle":
            return self._vehicle(picture, whole)
        if folder == "courthouse":
            return self._courthouse(picture, whole)
        return self._nothing(picture, whole)

    def _profession(self, picture: dict[str, Any], whole: Box, name: str) -> Iterator[Told]:
        uniform, robe = float(name in {"police", "military"}), float(name == "judge")
        truth = truth_of(uniform=uniform, judicial_robe=robe)
        persons = _boxes(picture, "person")
        for box in _main(persons) if persons else ():
            yield box, "person", truth
        known = {"uniform": uniform, "judicial_robe": robe}
        known["police_vehicle"] = UNKNOWN if uniform else 0.0
        known["emblem"] = 0.0 if name in CIVILIANS else UNKNOWN
        yield whole, "scene", truth_of(**known)

    def _scene(self, picture: dict[str, Any], whole: Box) -> Iterator[Told]:
        tags = set(self._scenes[picture["file"]]["tags"])
        worn = bool(tags & {"police_uniform", "military_uniform"})
        mixed = worn and bool(tags & {"other_uniform", "private_security", "none"})
        uniform = UNKNOWN if mixed or tags == {"badge_or_patch_visible"} else float(worn)
        car = float("police_vehicle" in tags)
        persons, vehicles = _boxes(picture, "person"), _boxes(picture, "vehicle")
        for box in _main(persons) if persons else ():
            yield box, "person", truth_of(uniform=uniform)
        for box in vehicles:
            sure = not car or len(vehicles) == 1
            yield box, "vehicle", truth_of(uniform=UNKNOWN, police_vehicle=car if sure else UNKNOWN)
        yield whole, "scene", truth_of(uniform=uniform, police_vehicle=car)

    def _post(self, picture: dict[str, Any], whole: Box) -> Iterator[Told]:
        note = self._posts[picture["file"]]
        scale = picture["width"] / note["width"]
        drawn = [(one, Box(*one["box"]).scaled(scale, scale)) for one in note["labels"]]
        kinds = {"uniform": "person", "police_vehicle": "vehicle", "courthouse": "building"}
        for one, box in drawn:
            if one["category"] in kinds and not one["difficult"]:
                truth = truth_of(**{one["category"]: 1.0})
                yield box.clip(whole.x_max, whole.y_max), kinds[one["category"]], truth
        for category, kind in kinds.items():
            if category == "uniform" and note["crowd"]:
                continue
            like = [box for one, box in drawn if one["category"] == category]
            others = _boxes(picture, kind)
            for box in _main(others) if others else ():
                if all(_overlap(box, other) < 0.3 for other in like):
                    yield box, kind, _NONE
        known: dict[str, float] = {}
        for category in kinds:
            sure = {one["difficult"] for one, _ in drawn if one["category"] == category}
            known[category] = 1.0 if False in sure else UNKNOWN if sure else 0.0
        emblems = [box.area_px for one, box in drawn if one["category"] in EMBLEMS]
        filled = max(emblems, default=0.0) >= _FILLS * whole.area_px
        known["emblem"] = 1.0 if filled else UNKNOWN if emblems else 0.0
        yield whole, "scene", truth_of(**known)

    def _vehicle(self, picture: dict[str, Any], whole: Box) -> Iterator[Told]:
        name, known = Path(picture["file"]).name, []
        for number, (*corners, label) in enumerate(self._vehicles[picture["file"]]["boxes"]):
            key = f"{name}#{number}"
            police = float(key in self._livery["police"])
            if label == "emergency_vehicle" and key in self._livery["unclear"]:
                police = UNKNOWN
            known.append(police)
            box = Box(*corners).clip(whole.x_max, whole.y_max)
            yield box, "vehicle", truth_of(police_vehicle=police)
        any_police = 1.0 if 1.0 in known else UNKNOWN if UNKNOWN in known else 0.0
        yield whole, "scene", truth_of(uniform=UNKNOWN, police_vehicle=any_police)

    def _courthouse(self, picture: dict[str, Any], whole: Box) -> Iterator[Told]:
        buildings = _boxes(picture, "building")
        for box in _main(buildings)[:1] if buildings else ():
            yield box, "building", truth_of(courthouse=1.0)
        yield whole, "scene", truth_of(courthouse=1.0)

    def _nothing(self, picture: dict[str, Any], whole: Box) -> Iterator[Told]:
        court = UNKNOWN if "city_halls" in picture["file"] else 0.0
        truth = truth_of(courthouse=court)
        for kind in ("person", "vehicle", "building"):
            boxes = _boxes(picture, kind)
            for box in _main(boxes)[:3] if boxes else ():
                yield box, kind, truth
        emblem = 0.0 if picture["file"].startswith("negative/") else UNKNOWN
        yield whole, "scene", truth_of(courthouse=court, emblem=emblem)


def _overlap(box: Box, other: Box) -> float:
    """Share of the smaller box that both cover."""
    smaller = min(box.area_px, other.area_px)
    return box.intersection(other) / smaller if smaller > 0 else 0.0


def notes_by_file(path: Path) -> dict[str, Any]:
    """What annotations say, by file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return {note["file"]: note for note in map(json.loads, lines)}
