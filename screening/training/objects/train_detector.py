"""Trains the detector: YOLOv8n of Open Images V7, its last layer cut down to our labels.

The rows of the last layer for people, faces, plates, firearms, vehicles and buildings are those of
Open Images; only badges, patches, seals and logos are new. The backbone stays frozen, so that hours
on a processor are enough.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from ultralytics import YOLO
from ultralytics.models.yolo.detect import DetectionTrainer

from screening.detectors.objects.networks import DETECTOR, PLACES
from screening.training.halving import halve
from screening.training.objects.boxes import Labelled, Paster, Picture, pictures
from screening.training.objects.crops import Part, fold_of
from screening.training.objects.drafts import OPEN_IMAGES
from screening.training.objects.reading import read_rgb
from screening.training.views import Pixels

_FROZEN_LAYERS = 10
_COMPOSITE_SIDE_PX = 640
_POSTS_REPEATED = 4
_NEW_BIAS = -6.0
"""Of a label that Open Images does not have: 1 in 400 places at first."""


def main() -> None:
    """Write the pictures, train, export to ONNX."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--drafts", type=Path, required=True, help="what `drafts` wrote")
    parser.add_argument("--weights", type=Path, required=True, help="of Open Images, or to go on")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--side", type=int, default=416, help="of the pictures in training")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--composites", type=int, default=1500)
    parser.add_argument("--freeze", type=int, default=_FROZEN_LAYERS, help="layers; 0 on a GPU")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--posts", action="store_true", help="learn from posts/ too")
    parser.add_argument("--without-fold", type=int, help="leave this fold of posts/ out, 0 to 4")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--resume", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    options.out = options.out.absolute()
    description = _written(options)
    trainer = _trainer(options, description)
    trainer.train()
    last = YOLO(options.out / "run" / "weights" / "last.pt")
    exported = Path(last.export(format="onnx", dynamic=True, opset=17, simplify=False))
    halve(exported)
    exported.replace(options.out / DETECTOR)


def cut_down(weights: Path) -> torch.nn.Module:
    """The Open Images network with one output for each of our labels.

    Args:
        weights: of Open Images, or of a network that was cut down before.
    """
    model = YOLO(weights).model
    names = {name: row for row, name in model.names.items()}
    if set(names) == set(PLACES):
        return model
    head = model.model[-1]
    for branch in head.cv3:
        old = branch[-1]
        new = torch.nn.Conv2d(old.in_channels, len(PLACES), 1)
        with torch.no_grad():
            new.weight.mul_(0.1)
            new.bias.fill_(_NEW_BIAS)
            for row, label in enumerate(PLACES):
                same = [names[name] for name in OPEN_IMAGES.get(label, ())]
                if same:
                    new.weight[row] = old.weight[same].mean(dim=0)
                    new.bias[row] = old.bias[same].amax()
        branch[-1] = new
    head.nc, head.no = len(PLACES), len(PLACES) + 4 * head.reg_max
    model.nc, model.names = len(PLACES), dict(enumerate(PLACES))
    model.yaml["nc"] = len(PLACES)
    return model


def _trainer(options: argparse.Namespace, description: Path) -> DetectionTrainer:
    class Trainer(DetectionTrainer):
        """Starts from the cut-down network instead of building one of another width."""

        def get_model(
            self, cfg: Any = None, weights: torch.nn.Module | None = None, verbose: bool = True
        ) -> torch.nn.Module:
            """The network to train."""
            return weights if options.resume and weights else cut_down(options.weights)

        def final_eval(self) -> None:
            """Do nothing: figures are measured on pictures that training did not see."""

    return Trainer(
        overrides={
            "model": str(options.out / "run" / "weights" / "last.pt" if options.resume
                         else options.weights),
            "data": str(description), "epochs": options.epochs, "imgsz": options.side,
            "batch": options.batch, "freeze": options.freeze, "optimizer": "AdamW",
            "lr0": options.rate, "lrf": 0.05, "warmup_epochs": 0.3, "cos_lr": True,
            "workers": 1, "device": "cuda" if torch.cuda.is_available() else "cpu",
            "seed": options.seed, "project": str(options.out), "name": "run", "exist_ok": True,
            "close_mosaic": 1, "degrees": 5, "scale": 0.6, "translate": 0.1, "mixup": 0.0,
            "val": False, "plots": False, "amp": torch.cuda.is_available(),
            "resume": options.resume, "multi_scale": 0.0,
        }
    )  # fmt: skip


def _written(options: argparse.Namespace) -> Path:
    """The data set in the layout of Ultralytics; returns its description."""
    folder = options.out / "set"
    description = folder / "data.yaml"
    if description.exists():
        return description
    for part in ("images/train", "labels/train"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    for number, (pixels, boxes) in enumerate(_examples(options)):
        stem = f"{number:05}"
        cv2.imwrite(str(folder / "images/train" / f"{stem}.jpg"), pixels[..., ::-1])
        lines = [_line(label, box, pixels.shape) for label, box in boxes]
        (folder / "labels/train" / f"{stem}.txt").write_text("\n".join(lines), "utf-8")
        if number % 500 == 0:
            print(f"{number} pictures written", flush=True)
    listed = "\n".join(f"  {row}: {label}" for row, label in enumerate(PLACES))
    description.write_text(
        f"path: {folder}\ntrain: images/train\nval: images/train\nnames:\n{listed}\n", "utf-8"
    )
    return description


def _examples(options: argparse.Namespace) -> Iterator[tuple[Pixels, Labelled]]:
    known = [
        one for one in pictures(options.data, options.drafts)
        if one.part is Part.TRAINING
        or (options.posts and one.part is Part.POSTS
            and fold_of(one.source) != options.without_fold)
    ]  # fmt: skip
    for picture in known:
        pixels = read_rgb(options.data / picture.file)
        if pixels is not None:
            for _ in range(_POSTS_REPEATED if picture.part is Part.POSTS else 1):
                yield pixels, picture.boxes
    grounds = [one for one in known if one.part is Part.TRAINING and "worn" not in one.file]
    rng = np.random.default_rng([options.seed, 13])
    paster = Paster(options.data, options.seed)
    for _ in range(options.composites):
        yield _composite(options.data, grounds[int(rng.integers(len(grounds)))], paster)


def _composite(data: Path, picture: Picture, paster: Paster) -> tuple[Pixels, Labelled]:
    pixels = read_rgb(data / picture.file)
    if pixels is None:
        raise ValueError(f"{picture.file}: cannot be read")
    scale = _COMPOSITE_SIDE_PX / max(pixels.shape[:2])
    larger = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    boxes = [(label, box.scaled(scale, scale)) for label, box in picture.boxes]
    return paster.paste(np.asarray(larger, np.uint8), boxes)


def _line(label: str, box: Any, shape: tuple[int, ...]) -> str:
    height, width = shape[:2]
    box = box.clip(width, height)
    middle = ((box.x_min + box.x_max) / 2 / width, (box.y_min + box.y_max) / 2 / height)
    size = (box.width_px / width, box.height_px / height)
    return " ".join([str(PLACES.index(label)), *(f"{one:.5f}" for one in (*middle, *size))])


if __name__ == "__main__":
    main()
