"""Trains the embedder: views of the same emblem close together, all others far apart.

`screening train embedder --data DIR --weights yolov8n-oiv7.pt --out DIR`.
Loss: contrastive with in-batch negatives (van den Oord et al., 2018, InfoNCE); among the negatives
are the same emblem turned further than a reference is kept apart, and pieces of photos.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from screening.detectors.insignia.framing import FRAME_PX, Pyramid, cut_frame, framed_art
from screening.training.examples import Examples
from screening.training.loop import ExampleStream, arguments, train
from screening.training.networks import Embedder

_EMBLEMS = 96
_GROUNDS = 24
_TEMPERATURE = 0.06
_TURN_STEP_DEG = 22.5
_SHIFTED = 64
_SMALL, _LARGE = (0.035, 0.05), (0.12, 0.18)
"""Standard deviations of shift (over width and height) and of the logarithm of size by which a box
misses the emblem: after and before it is corrected."""


class Batch(NamedTuple):
    """What one step learns from; frames are uint8 (N, 96, 96, 3).

    Attributes:
        views: emblems as photos show them.
        references: the same emblems as the index keeps them, N turned right, then N turned wrong.
        grounds: pieces of photos without an emblem.
        shifted: views cut around boxes that miss the emblem further.
        corrections: float32, of `views`, then of `shifted`.
    """

    views: NDArray[np.uint8]
    references: NDArray[np.uint8]
    grounds: NDArray[np.uint8]
    shifted: NDArray[np.uint8]
    corrections: NDArray[np.float32]


def batch(examples: Examples, rng: np.random.Generator) -> Batch:
    """Views, references as they are kept (turned right, then turned wrong), pieces of photos."""
    real = int(rng.integers(_EMBLEMS // 3, 2 * _EMBLEMS // 3))
    drawn = (_EMBLEMS - real) // 4
    known = len(examples.real)
    numbers = list(rng.choice(known, min(real, known), replace=False))
    families = rng.choice((examples.identities - known) // 4, drawn, replace=False)
    numbers += [known + 4 * family + member for family in families for member in range(4)]
    views, right, wrong, shifted, near, far = [], [], [], [], [], []
    for place, number in enumerate(numbers):
        picture, box, turn_deg = examples.close_up(int(number))
        pyramid = Pyramid(picture)
        missed, correction = _missed(box, _SMALL, rng)
        views.append(cut_frame(pyramid, missed))
        near.append(correction)
        if place % len(numbers) < _SHIFTED:
            missed, correction = _missed(box, _LARGE, rng)
            shifted.append(cut_frame(pyramid, missed))
            far.append(correction)
        art = examples.emblem(int(number))
        turn = turn_deg + rng.uniform(-0.6, 0.6) * _TURN_STEP_DEG
        right.append(framed_art(art, turn))
        wrong.append(framed_art(art, turn + rng.uniform(45, 315)))
    grounds = [examples.ground(FRAME_PX) for _ in range(_GROUNDS)]
    return Batch(
        np.stack(views),
        np.stack(right + wrong),
        np.stack(grounds),
        np.stack(shifted),
        np.array(near + far, np.float32),
    )


def _missed(
    box: NDArray[np.float32], deviations: tuple[float, float], rng: np.random.Generator
) -> tuple[tuple[float, float, float, float], NDArray[np.float32]]:
    """A box near `box`, and the correction that leads from it back to `box`."""
    size = box[2:] - box[:2]
    shift, stretch = rng.normal(0, deviations[0], 2), rng.normal(0, deviations[1], 2)
    new_size = size * np.exp(-stretch)
    centre = (box[:2] + box[2:]) / 2 - shift * new_size
    x_min, y_min = centre - new_size / 2
    x_max, y_max = centre + new_size / 2
    return (float(x_min), float(y_min), float(x_max), float(y_max)), np.concatenate(
        [shift, stretch]
    )


def _tensor(frames: NDArray[np.uint8], device: torch.device) -> torch.Tensor:
    return torch.as_tensor(frames).to(device).permute(0, 3, 1, 2).float().div_(255)


def loss_of(
    model: nn.Module, made: Batch, device: torch.device
) -> tuple[torch.Tensor, dict[str, float]]:
    """The loss; beside it the share of views named right and the mean error of corrections."""
    count = len(made.views)
    frames = np.concatenate([made.views, made.references, made.grounds, made.shifted])
    both, corrections = model(_tensor(frames, device))
    seen, kept = both[:count], both[count : 3 * count]
    empty = both[3 * count : 3 * count + len(made.grounds)]
    likeness = seen @ kept.T
    target = torch.arange(count, device=device)
    forward = torch.nn.functional.cross_entropy(likeness / _TEMPERATURE, target)
    among_views = kept[:count] @ torch.cat([seen, empty]).T
    backward = torch.nn.functional.cross_entropy(among_views / _TEMPERATURE, target)
    stray = torch.relu(empty @ kept.T - 0.25).pow(2).sum(dim=1).mean()
    guessed = torch.cat([corrections[:count], corrections[-len(made.shifted) :]])
    wanted = torch.as_tensor(made.corrections).to(device)
    off = torch.nn.functional.smooth_l1_loss(guessed, wanted, beta=0.05)
    right = float((likeness.detach().argmax(dim=1) % count == target).float().mean())
    return forward + 0.5 * backward + stray + 10 * off, {"right": right, "off": off.item()}


def main() -> None:
    """Train and export to ONNX."""
    options = arguments(__doc__ or "").parse_args()
    model = Embedder(options.weights)
    train(model, ExampleStream(options.data, options.seed, batch), loss_of, options, "embedder")
    outputs = ("embeddings", "corrections")
    torch.onnx.export(
        model.cpu().eval(), torch.zeros(1, 3, FRAME_PX, FRAME_PX), options.out / "embedder.onnx",
        input_names=["frames"], output_names=list(outputs), opset_version=17,
        dynamic_axes={name: {0: "n"} for name in ("frames", *outputs)}, dynamo=False,
    )  # fmt: skip
