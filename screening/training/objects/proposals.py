"""Where the detector thinks that an emblem may stand, and which of these places are one.

The detector sees most badges and patches and is sure of none; the second look learns to tell them
from buttons, wheels and lamps. `main` writes what the trained detector marks, `emblem_crops` says
what is known of it: from boxes drawn by hand, and for photos of police from
`labels/emblems.json`, where the marked places were told apart by eye.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2

from screening.detectors.objects.networks import EMBLEMS, networks_in
from screening.detectors.objects.places import Eye, find_places
from screening.geometry import Box
from screening.training.objects.crops import (
    UNKNOWN,
    Crop,
    emblem_truth,
    notes_by_file,
    part_of,
    sources_of,
)
from screening.training.objects.reading import read_rgb

_LEAST_SCORE = 0.01
_MOST = 12
_NOTHING_THERE = ("negative/", "insignia/brand_logos/")
_SAME_IOU = 0.4
_TOUCHES_IOU = 0.15
_WITHIN = 0.6
"""Share of a marked place that lies in a box: a part of an emblem, and counts neither way."""
_SEEN_BY_EYE = 0.05
"""Score from which the places of photos of police were looked at."""


def emblem_crops(data: Path, proposals: Path) -> Iterator[Crop]:
    """Every place that may be an emblem and of which it is known whether it is one.

    Args:
        data: the folder of real media.
        proposals: what `main` wrote.
    """
    teller, sources = _Teller(data), sources_of(data)
    for picture in map(json.loads, proposals.read_text(encoding="utf-8").splitlines()):
        file = picture["file"]
        source = sources.get(file, file)
        for _, corners, score in picture["places"]:
            known = teller.tell(picture, Box(*corners), score)
            if known != UNKNOWN:
                part = part_of(file, source)
                yield Crop(file, Box(*corners), "emblem", emblem_truth(known), part, source)


class _Teller:
    """Tells whether a place is an emblem."""

    def __init__(self, data: Path) -> None:
        self._posts = notes_by_file(data / "posts" / "annotations.jsonl")
        self._worn = notes_by_file(data / "insignia" / "worn" / "annotations.jsonl")
        by_eye = Path(__file__).parent / "labels" / "emblems.json"
        self._by_eye: dict[str, dict[str, list[list[float]]]] = json.loads(by_eye.read_text())

    def tell(self, picture: dict[str, Any], box: Box, score: float) -> float:
        """0, 1 or `UNKNOWN`."""
        file = picture["file"]
        if file.startswith(_NOTHING_THERE):
            return 0.0
        if file in self._posts:
            scale = picture["width"] / self._posts[file]["width"]
            return _by_boxes(box, _of_post(self._posts[file], scale))
        if file in self._worn:
            worn = self._worn[file]["boxes"]
            return _by_boxes(box, [(Box(*one[:4]), _of_kind(one[4])) for one in worn])
        if file in self._by_eye and score >= _SEEN_BY_EYE:
            told = self._by_eye[file]
            drawn = [(Box(*one), 1.0) for one in told.get("emblem", ())]
            return _by_boxes(box, drawn + [(Box(*one), UNKNOWN) for one in told.get("unclear", ())])
        return UNKNOWN


Drawn = list[tuple[Box, float]]


def _of_post(note: dict[str, Any], scale: float) -> Drawn:
    """A department's lettering is boxed as a logo and is no badge: it counts neither way."""
    return [
        (
            Box(*one["box"]).scaled(scale, scale),
            UNKNOWN if one["difficult"] or one["category"] == "logo" else 1.0,
        )
        for one in note["labels"]
        if one["category"] in EMBLEMS
    ]


def _of_kind(kind: str) -> float:
    """Medals and ribbons are no emblem of an agency, nor are they nothing."""
    return 1.0 if kind.partition(":")[0] in {"badge", "insignia"} else UNKNOWN


def _by_boxes(box: Box, drawn: Drawn) -> float:
    overlap, known = max(((box.iou(other), known) for other, known in drawn), default=(0.0, 0.0))
    if overlap >= _SAME_IOU:
        return known
    partly = any(box.share_in(other) >= _WITHIN for other, _ in drawn)
    return UNKNOWN if partly or overlap >= _TOUCHES_IOU else 0.0


def main() -> None:
    """Have the detector mark every picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--drafts", type=Path, required=True, help="what `drafts` wrote")
    parser.add_argument("--networks", type=Path, required=True, help="folder with detector.onnx")
    parser.add_argument("--out", type=Path, required=True, help="JSON lines")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    cv2.setNumThreads(options.threads)
    eye = Eye(networks_in(options.networks, options.threads).detect)
    files = [json.loads(line)["file"] for line in options.drafts.open(encoding="utf-8")]
    with options.out.open("w", encoding="utf-8") as lines:
        for number, file in enumerate(files):
            pixels = read_rgb(options.data / file)
            if pixels is None:
                continue
            places = [
                (
                    place.label,
                    [round(one, 1) for one in place.box.as_tuple()],
                    round(place.score, 4),
                )
                for place in find_places(pixels, eye, _LEAST_SCORE, 0)
                if place.label in EMBLEMS
            ]
            height, width = pixels.shape[:2]
            line = {"file": file, "width": width, "height": height, "places": places[:_MOST]}
            lines.write(json.dumps(line) + "\n")
            if number % 200 == 0:
                print(f"{number} of {len(files)}", flush=True)


if __name__ == "__main__":
    main()
