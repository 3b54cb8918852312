"""Draft boxes of what Open Images knows: people, faces, vehicles, plates, buildings, firearms.

The photos come with a folder name or a tag, not with boxes. `draft` has a network trained on Open
Images V7 and the face detector YuNet draw them once, into a file of one JSON line per picture.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from ultralytics import YOLO

from screening.geometry import Box
from screening.training.objects.reading import read_rgb

OPEN_IMAGES = {
    "person": ("Person", "Man", "Woman", "Boy", "Girl"),
    "face": ("Human face",),
    "vehicle": ("Car", "Van", "Truck", "Taxi", "Ambulance", "Bus", "Limousine", "Land vehicle"),
    "license_plate": ("Vehicle registration plate",),
    "building": (
        "Building", "House", "Tower", "Office building", "Skyscraper", "Castle",
        "Convenience store",
    ),
    "weapon": ("Weapon", "Handgun", "Rifle", "Shotgun"),
}  # fmt: skip
"""Classes of Open Images V7 behind each label of ours."""

FOLDERS = (
    "uniform", "courthouse", "vehicle", "negative", "posts", "insignia/worn",
    "insignia/brand_logos",
)  # fmt: skip
_LEAST_SCORE = 0.05
_SAME_IOU = 0.6


def draft(
    model: YOLO, faces: cv2.FaceDetectorYN, pixels: NDArray[np.uint8]
) -> list[dict[str, Any]]:
    """Boxes of one picture, best first within a label; of two that agree the better one is kept.

    Args:
        model: trained on Open Images V7.
        faces: YuNet.
        pixels: uint8 RGB, shape (H, W, 3).

    Returns:
        Each with `label`, `box` in pixels and `score`.
    """
    labels = {name: label for label, names in OPEN_IMAGES.items() for name in names}
    side = int(np.clip(1.4 * max(pixels.shape[:2]), 320, 640)) // 32 * 32
    found = model.predict(
        pixels[..., ::-1], imgsz=side, conf=_LEAST_SCORE, iou=_SAME_IOU, verbose=False
    )[0]
    drawn = [
        (labels[model.names[int(kind)]], float(score), Box(*map(float, corners)))
        for kind, score, corners in zip(
            found.boxes.cls, found.boxes.conf, found.boxes.xyxy, strict=True
        )
        if model.names[int(kind)] in labels and corners[2] > corners[0] and corners[3] > corners[1]
    ]
    drawn += [("face", score, box) for score, box in _faces(faces, pixels)]
    return [
        {"label": label, "box": [round(one, 1) for one in box.as_tuple()], "score": score}
        for label, score, box in _distinct(drawn)
    ]


def _faces(faces: cv2.FaceDetectorYN, pixels: NDArray[np.uint8]) -> Iterator[tuple[float, Box]]:
    height, width = pixels.shape[:2]
    faces.setInputSize((width, height))
    _, found = faces.detect(pixels[..., ::-1])
    for x_min, y_min, box_width, box_height, *_, score in () if found is None else found.tolist():
        box = Box(x_min, y_min, x_min + box_width, y_min + box_height).clip(width, height)
        yield round(score, 3), box


def _distinct(drawn: Sequence[tuple[str, float, Box]]) -> list[tuple[str, float, Box]]:
    kept: list[tuple[str, float, Box]] = []
    for label, score, box in sorted(drawn, key=lambda one: -one[1]):
        if all(label != other or box.iou(place) < _SAME_IOU for other, _, place in kept):
            kept.append((label, round(score, 3), box))
    return kept


def main() -> None:
    """Draw the boxes of every picture of the data."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--weights", type=Path, required=True, help="trained on Open Images V7")
    parser.add_argument("--faces", type=Path, required=True, help="weights of YuNet, ONNX")
    parser.add_argument("--out", type=Path, required=True, help="JSON lines")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    cv2.setNumThreads(options.threads)
    import torch  # noqa: PLC0415 - slow, and not needed to read the help

    torch.set_num_threads(options.threads)
    model = YOLO(options.weights)
    faces = cv2.FaceDetectorYN.create(str(options.faces), "", (320, 320), 0.6)
    paths = [path for folder in FOLDERS for path in sorted((options.data / folder).rglob("*"))]
    with options.out.open("w", encoding="utf-8") as file:
        for number, path in enumerate(paths):
            pixels = read_rgb(path)
            if pixels is None:
                continue
            line = {"file": path.relative_to(options.data).as_posix()}
            height, width = pixels.shape[:2]
            line |= {"width": width, "height": height, "boxes": draft(model, faces, pixels)}
            file.write(json.dumps(line) + "\n")
            if number % 200 == 0:
                print(f"{number} of {len(paths)}", flush=True)


if __name__ == "__main__":
    main()
