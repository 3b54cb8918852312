"""Which boxes of a picture the detector learns: drafts, hand-drawn ones, and pasted emblems."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from screening.detectors.insignia.art import load_art
from screening.detectors.objects.networks import PLACES
from screening.geometry import Box
from screening.training.emblems import draw_emblem, kind_of
from screening.training.objects.crops import Part, notes_by_file, part_of, sources_of
from screening.training.sources import reference_catalog, seen_in_training
from screening.training.views import Conditions, Material, Pixels, blend, render, spoil

_LEAST_SCORE = 0.35
_SAME_IOU = 0.5
_HAND = {"uniform": "person", "police_vehicle": "vehicle", "courthouse": "building"}
_EMBLEMS = ("badge", "patch", "seal", "logo")
_NOT_BOXED = ("uniform/police/", "uniform/military/")
"""People there wear badges and patches that nobody boxed."""

Labelled = list[tuple[str, Box]]


class Picture(NamedTuple):
    """A picture to learn from.

    Attributes:
        file: relative to the data.
        size_wh: in pixels, as drafted.
        boxes: label and box of everything in it.
        part: what it is for.
        source: the repository it comes from.
    """

    file: str
    size_wh: tuple[int, int]
    boxes: Labelled
    part: Part
    source: str


def pictures(data: Path, drafts: Path) -> Iterator[Picture]:
    """Every picture whose emblems are known, with its boxes."""
    sources = sources_of(data)
    posts = notes_by_file(data / "posts" / "annotations.jsonl")
    worn = notes_by_file(data / "insignia" / "worn" / "annotations.jsonl")
    scenes = notes_by_file(data / "uniform" / "scenes" / "annotations.jsonl")
    with drafts.open(encoding="utf-8") as lines:
        for drafted in map(json.loads, lines):
            file = drafted["file"]
            tags = set(scenes.get(file, {}).get("tags", ()))
            unboxed = tags & {"police_uniform", "military_uniform", "badge_or_patch_visible"}
            if file.startswith(_NOT_BOXED) or unboxed:
                continue
            boxes = _drafted(drafted)
            if file in posts:
                boxes = _with_hand_boxes(boxes, posts[file], drafted["width"])
            if file in worn:
                boxes += [
                    ("badge", Box(*corners))
                    for *corners, kind in worn[file]["boxes"]
                    if kind.split(":")[0] in {"badge", "insignia"}
                ]
            source = sources.get(file, file)
            size_wh = (drafted["width"], drafted["height"])
            yield Picture(file, size_wh, boxes, part_of(file, source), source)


def _drafted(drafted: dict[str, Any]) -> Labelled:
    return [
        (one["label"], Box(*one["box"]))
        for one in drafted["boxes"]
        if one["score"] >= _LEAST_SCORE and one["label"] in PLACES
    ]


def _with_hand_boxes(boxes: Labelled, note: dict[str, Any], width_px: float) -> Labelled:
    """Hand-drawn boxes take the place of drafts of the same thing."""
    scale = width_px / note["width"]
    hand = [
        (_HAND.get(one["category"], one["category"]), Box(*one["box"]).scaled(scale, scale))
        for one in note["labels"]
    ]
    kept = [
        (label, box)
        for label, box in boxes
        if all(label != other or box.iou(place) < _SAME_IOU for other, place in hand)
    ]
    return kept + hand


_SEWN = Conditions(
    turn_deg=(-25, 25),
    tilt_deg=(0, 45),
    materials={Material.EMBROIDERY: 0.6, Material.PRINT: 0.4},
    folds=0.03,
    light=(0.45, 1.2),
)
_PINNED = Conditions(
    turn_deg=(-20, 20),
    tilt_deg=(0, 40),
    materials={Material.METAL: 0.7, Material.EMBROIDERY: 0.15, Material.PRINT: 0.15},
    light=(0.5, 1.3),
)
_PRINTED = Conditions(
    turn_deg=(-12, 12),
    tilt_deg=(0, 50),
    materials={
        Material.PRINT: 0.65, Material.ONE_COLOUR: 0.15, Material.METAL: 0.1, Material.SCREEN: 0.1,
    },
    folds=0.01,
    light=(0.5, 1.25),
)  # fmt: skip
_KIND_LABELS = {
    "seal": "seal", "shield": "badge", "star": "badge", "patch": "patch", "logo": "logo",
}  # fmt: skip
_CONDITIONS = {"badge": _PINNED, "patch": _SEWN, "seal": _PRINTED, "logo": _PRINTED}


class Paster:
    """Pastes emblems where people wear or mount them.

    Args:
        data: the folder of real media.
        seed: where chance starts.
    """

    def __init__(self, data: Path, seed: int) -> None:
        self._rng = np.random.default_rng([seed, 11])
        self._real = [
            load_art(reference.files[0])
            for reference in reference_catalog(data)
            if seen_in_training(reference.id)
        ]
        self._seeds: dict[str, list[int]] = {label: [] for label in _EMBLEMS}
        for seed_of in range(2400):
            self._seeds[_KIND_LABELS[kind_of(seed_of)]].append(seed_of)

    def paste(self, pixels: Pixels, boxes: Labelled) -> tuple[Pixels, Labelled]:
        """A spoiled copy with one to four emblems more, and all its boxes."""
        rng, found = self._rng, list(boxes)
        persons = [box for label, box in boxes if label == "person" and box.height_px > 120]
        vehicles = [box for label, box in boxes if label == "vehicle" and box.width_px > 120]
        pasted: list[Box] = []
        for _ in range(int(rng.integers(1, 5))):
            if persons and rng.random() < 0.7:
                label = "badge" if rng.random() < 0.55 else "patch"
                place = self._on_person(persons[int(rng.integers(len(persons)))], label)
            elif vehicles and rng.random() < 0.6:
                label = str(rng.choice(["seal", "logo", "badge"]))
                place = self._on_door(vehicles[int(rng.integers(len(vehicles)))])
            else:
                label = str(rng.choice(_EMBLEMS, p=[0.15, 0.15, 0.5, 0.2]))
                place = self._anywhere(pixels)
            x, y, size_px = place
            view = render(self._art(label), size_px, _CONDITIONS[label], rng)
            corner = (int(x - view.alpha.shape[1] / 2), int(y - view.alpha.shape[0] / 2))
            box = Box(*map(float, view.outline())).shifted(*map(float, corner))
            box = box.clip(pixels.shape[1], pixels.shape[0])
            if min(box.width_px, box.height_px) < 7 or any(box.iou(one) > 0 for one in pasted):
                continue
            covered = float(rng.uniform(0, 0.3)) if rng.random() < 0.2 else 0.0
            pixels = blend(pixels, view, corner, covered, rng)
            pasted.append(box)
            found.append((label, box))
        return spoil(pixels, rng, float(rng.uniform(0.2, 1.2))), found

    def _art(self, label: str) -> Pixels:
        rng = self._rng
        if label == "seal" and rng.random() < 0.6:
            return self._real[int(rng.integers(len(self._real)))]
        seeds = self._seeds[label]
        motif = self._real[int(rng.integers(len(self._real)))] if rng.random() < 0.6 else None
        return draw_emblem(int(rng.choice(seeds)), motif)

    def _on_person(self, box: Box, label: str) -> tuple[float, float, float]:
        """On the chest or the upper arm; a standing person is three times as high as wide."""
        rng = self._rng
        height_px = min(box.height_px, 3.2 * box.width_px)
        middle = (box.x_min + box.x_max) / 2
        if label == "badge":
            x = middle + rng.uniform(-0.22, 0.22) * box.width_px
            y = box.y_min + rng.uniform(0.26, 0.42) * height_px
            return x, y, float(rng.uniform(0.1, 0.2)) * box.width_px
        x = middle + float(rng.choice([-1, 1])) * rng.uniform(0.24, 0.42) * box.width_px
        y = box.y_min + rng.uniform(0.25, 0.4) * height_px
        return x, y, float(rng.uniform(0.12, 0.24)) * box.width_px

    def _on_door(self, box: Box) -> tuple[float, float, float]:
        rng = self._rng
        x = box.x_min + rng.uniform(0.25, 0.75) * box.width_px
        y = box.y_min + rng.uniform(0.4, 0.7) * box.height_px
        return x, y, float(rng.uniform(0.08, 0.22)) * box.width_px

    def _anywhere(self, pixels: Pixels) -> tuple[float, float, float]:
        rng, shorter = self._rng, min(pixels.shape[:2])
        size_px = float(np.exp(rng.uniform(np.log(0.05), np.log(0.7)))) * shorter
        x, y = (rng.uniform(0.1, 0.9) * side for side in (pixels.shape[1], pixels.shape[0]))
        return float(x), float(y), max(size_px, 12.0)
