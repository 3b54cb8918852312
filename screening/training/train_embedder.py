"""Trains the embedder: views of the same emblem close together, all others far apart.

`python -m screening.training.train_embedder --data DIR --weights yolov8n-oiv7.pt --out DIR`.
Loss: contrastive with in-batch negatives (van den Oord et al., 2018, InfoNCE); among the negatives
are the same emblem turned further than a reference is kept apart, and pieces of photos.
"""

from __future__ import annotations

import argparse
import time
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from screening.detectors.insignia.art import load_art
from screening.detectors.insignia.framing import FRAME_PX, cut_frame, framed_art
from screening.training.examples import Examples
from screening.training.networks import Embedder, on_cpu_threads
from screening.training.sources import reference_catalog, seen_in_training, training_photos

_EMBLEMS = 96
_GROUNDS = 24
_TEMPERATURE = 0.06
_TURN_STEP_DEG = 22.5
Batch = tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]


def load_training_art(data: Path) -> list[NDArray[np.uint8]]:
    """The half of the reference art that training may see."""
    return [
        load_art(reference.files[0])
        for reference in reference_catalog(data)
        if seen_in_training(reference.id)
    ]


def batch(examples: Examples, rng: np.random.Generator) -> Batch:
    """Views, references as they are kept (turned right, then turned wrong), pieces of photos."""
    real = int(rng.integers(_EMBLEMS // 3, 2 * _EMBLEMS // 3))
    drawn = (_EMBLEMS - real) // 4
    known = len(examples.real)
    numbers = list(rng.choice(known, min(real, known), replace=False))
    families = rng.choice((examples.identities - known) // 4, drawn, replace=False)
    numbers += [known + 4 * family + member for family in families for member in range(4)]
    views, right, wrong = [], [], []
    for number in numbers:
        picture, box, turn_deg = examples.close_up(int(number))
        wide, high = box[2] - box[0], box[3] - box[1]
        box = box + rng.normal(0, 0.035, 4) * (wide, high, wide, high)
        views.append(cut_frame(picture, tuple(box.tolist())))
        art = examples.emblem(int(number))
        turn = turn_deg + rng.uniform(-0.6, 0.6) * _TURN_STEP_DEG
        right.append(framed_art(art, turn))
        wrong.append(framed_art(art, turn + rng.uniform(45, 315)))
    grounds = [examples.ground(FRAME_PX) for _ in range(_GROUNDS)]
    return np.stack(views), np.stack(right + wrong), np.stack(grounds)


def _supply(data: Path, seed: int, queue) -> None:  # type: ignore[no-untyped-def]
    import cv2

    cv2.setNumThreads(1)
    examples = Examples(load_training_art(data), list(training_photos(data)), seed)
    rng = np.random.default_rng([seed, 9])
    while True:
        queue.put(batch(examples, rng))


def _tensor(frames: NDArray[np.uint8], device: torch.device) -> torch.Tensor:
    return torch.from_numpy(frames).to(device).permute(0, 3, 1, 2).float().div_(255)


def loss_of(model: Embedder, made: Batch, device: torch.device) -> tuple[torch.Tensor, float]:
    """Contrastive loss and the share of views whose nearest reference is the right one."""
    views, references, grounds = made
    count = len(views)
    both = model(_tensor(np.concatenate([views, references, grounds]), device))
    seen, kept, empty = both[:count], both[count : 3 * count], both[3 * count :]
    likeness = seen @ kept.T
    target = torch.arange(count, device=device)
    forward = torch.nn.functional.cross_entropy(likeness / _TEMPERATURE, target)
    among_views = kept[:count] @ torch.cat([seen, empty]).T
    backward = torch.nn.functional.cross_entropy(among_views / _TEMPERATURE, target)
    stray = torch.relu(empty @ kept.T - 0.25).pow(2).sum(dim=1).mean()
    right = float((likeness.argmax(dim=1) % count == target).float().mean())
    return forward + 0.5 * backward + stray, right


def main() -> None:
    """Train, save a checkpoint now and then, export to ONNX."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=45)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--resume", action="store_true")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(1)
    device = on_cpu_threads(options.threads)
    model = Embedder(options.weights).to(device)
    checkpoint = options.out / "embedder.pt"
    if options.resume:
        model.load_state_dict(torch.load(checkpoint, map_location=device))
    rest = [p for n, p in model.named_parameters() if not n.startswith("backbone")]
    optimiser = torch.optim.AdamW(
        [{"params": model.backbone.parameters(), "lr": 5e-4}, {"params": rest, "lr": 1.5e-3}],
        weight_decay=1e-4,
    )
    peaks = [group["lr"] for group in optimiser.param_groups]
    context = get_context("spawn")
    queue = context.Queue(4)
    supplier = context.Process(target=_supply, args=(options.data, 1, queue), daemon=True)
    supplier.start()
    started, step = time.monotonic(), 0
    model.train()
    while (share := (time.monotonic() - started) / (60 * options.minutes)) < 1:
        for group, peak in zip(optimiser.param_groups, peaks, strict=True):
            group["lr"] = peak * min((step + 1) / 30, 0.5 * (1 + np.cos(np.pi * share)) + 0.01)
        loss, right = loss_of(model, queue.get(), device)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimiser.step()
        step += 1
        if step % 20 == 0:
            print(f"step {step} {share:.2f} loss {loss.item():.3f} right {right:.3f}", flush=True)
            torch.save(model.state_dict(), checkpoint)
    torch.save(model.state_dict(), checkpoint)
    model.eval()
    torch.onnx.export(
        model.cpu(), torch.zeros(1, 3, FRAME_PX, FRAME_PX), options.out / "embedder.onnx",
        input_names=["frames"], output_names=["embeddings"], opset_version=17,
        dynamic_axes={"frames": {0: "n"}, "embeddings": {0: "n"}}, dynamo=False,
    )  # fmt: skip
    supplier.terminate()


if __name__ == "__main__":
    main()
