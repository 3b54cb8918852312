"""Trains the finder: where in a picture an emblem stands, and how large it is.

`screening train finder --data DIR --weights yolov8n-oiv7.pt --out DIR`.
Loss: focal loss on the map of centres (Zhou et al., "Objects as Points", 2019) and, around each
centre, generalised IoU of the boxes (Rezatofighi et al., 2019).
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torchvision.ops import generalized_box_iou_loss

from screening.training.examples import FINDER_SIDE_PX, Examples
from screening.training.loop import ExampleStream, arguments, train
from screening.training.networks import STRIDE_PX, Finder

_BATCH = 16
_CELLS = FINDER_SIDE_PX // STRIDE_PX
Scenes = tuple[NDArray[np.uint8], NDArray[np.float32], NDArray[np.float32], NDArray[np.bool_]]


def targets(
    boxes: NDArray[np.float32],
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.bool_]]:
    """Map of centres (cells, cells), box of each cell (4, cells, cells) and where it counts."""
    heat = np.zeros((_CELLS, _CELLS), np.float32)
    box_of = np.zeros((4, _CELLS, _CELLS), np.float32)
    counts = np.zeros((_CELLS, _CELLS), bool)
    y, x = np.mgrid[:_CELLS, :_CELLS].astype(np.float32) + 0.5
    for box in sorted(boxes / STRIDE_PX, key=lambda b: -(b[2] - b[0]) * (b[3] - b[1])):
        centre_x, centre_y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        if not (0 <= centre_x < _CELLS and 0 <= centre_y < _CELLS):
            continue
        wide, high = box[2] - box[0], box[3] - box[1]
        spread_x, spread_y = max(wide / 8, 0.5), max(high / 8, 0.5)
        cell_x, cell_y = int(centre_x), int(centre_y)
        from_middle = ((x - cell_x - 0.5) / spread_x) ** 2 + ((y - cell_y - 0.5) / spread_y) ** 2
        heat = np.maximum(heat, np.exp(-from_middle / 2))
        heat[cell_y, cell_x] = 1.0
        near = np.exp(-from_middle / 2) > 0.5
        near[cell_y, cell_x] = True
        counts |= near
        box_of[:, near] = box[:, None]
    return heat, box_of, counts


def batch(examples: Examples, _: np.random.Generator) -> Scenes:
    """Scenes with their targets."""
    pictures, heats, boxes, counts = [], [], [], []
    for _number in range(_BATCH):
        picture, found = examples.scene()
        heat, box_of, count = targets(found)
        pictures.append(picture)
        heats.append(heat)
        boxes.append(box_of)
        counts.append(count)
    return np.stack(pictures), np.stack(heats), np.stack(boxes), np.stack(counts)


def loss_of(
    model: nn.Module, made: Scenes, device: torch.device
) -> tuple[torch.Tensor, dict[str, float]]:
    """Sum of both losses, and each of them."""
    pictures, heats, boxes, counts = (torch.as_tensor(one).to(device) for one in made)
    out = model(pictures.permute(0, 3, 1, 2).float().div_(255))
    centre = out[:, 0].sigmoid().clamp(1e-4, 1 - 1e-4)
    peak = heats == 1
    found = (1 - centre[peak]).pow(2) * centre[peak].log()
    other = (1 - heats).pow(4) * centre.pow(2) * (1 - centre).log()
    focal = -(found.sum() + other[~peak].sum()) / max(int(peak.sum()), 1)
    y, x = torch.meshgrid(
        torch.arange(_CELLS, device=device), torch.arange(_CELLS, device=device), indexing="ij"
    )
    middle_x, middle_y = x + 0.5 + out[:, 1], y + 0.5 + out[:, 2]
    wide, high = out[:, 3].clamp(-4, 5).exp(), out[:, 4].clamp(-4, 5).exp()
    corners = [middle_x - wide / 2, middle_y - high / 2, middle_x + wide / 2, middle_y + high / 2]
    guessed = torch.stack(corners, dim=1).permute(0, 2, 3, 1)[counts]
    wanted = boxes.permute(0, 2, 3, 1)[counts]
    fit = generalized_box_iou_loss(guessed, wanted, reduction="sum") / max(int(counts.sum()), 1)
    return focal + 3 * fit, {"focal": focal.item(), "box": fit.item()}


def main() -> None:
    """Train and export to ONNX."""
    options = arguments(__doc__ or "").parse_args()
    model = Finder(options.weights)
    train(model, ExampleStream(options.data, options.seed, batch), loss_of, options, "finder")
    torch.onnx.export(
        model.cpu().eval(), torch.zeros(1, 3, 384, 640), options.out / "finder.onnx",
        input_names=["picture"], output_names=["map"], opset_version=17, dynamo=False,
        dynamic_axes={"picture": {2: "h", 3: "w"}, "map": {2: "rows", 3: "columns"}},
    )  # fmt: skip
