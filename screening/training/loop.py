"""The loop that trains a network: examples from other processes, schedule, checkpoints."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, IterableDataset

from screening.detectors.insignia.art import load_art
from screening.training.examples import Examples
from screening.training.sources import reference_catalog, seen_in_training, training_photos

_WARM_UP_STEPS = 30
_REPORT_STEPS = 20

Loss = Callable[[nn.Module, Any, torch.device], tuple[torch.Tensor, dict[str, float]]]
"""Model, batch and device to the loss and what to report beside it."""


def arguments(about: str) -> argparse.ArgumentParser:
    """What every program takes."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--data", type=Path, required=True, help="folder of real media")
    parser.add_argument("--weights", type=Path, required=True, help="weights to start from")
    parser.add_argument("--out", type=Path, required=True, help="for checkpoint and ONNX file")
    parser.add_argument("--minutes", type=float, default=45)
    parser.add_argument(
        "--threads", type=int, default=1, help="of the processor, if there is no GPU"
    )
    parser.add_argument("--workers", type=int, default=1, help="processes that make examples")
    parser.add_argument("--rate", type=float, default=1.5e-3, help="highest learning rate")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint in --out")
    return parser


class ExampleStream(IterableDataset[Any]):
    """Endless batches, each worker with a seed of its own."""

    def __init__(
        self, data: Path, seed: int, make: Callable[[Examples, np.random.Generator], Any]
    ) -> None:
        self._data, self._seed, self._make = data, seed, make

    def __iter__(self) -> Iterator[Any]:
        """Make batches for ever."""
        cv2.setNumThreads(1)
        worker = torch.utils.data.get_worker_info()
        seed = [self._seed, worker.id if worker else 0]
        art = [
            load_art(reference.files[0])
            for reference in reference_catalog(self._data)
            if seen_in_training(reference.id)
        ]
        examples = Examples(art, list(training_photos(self._data)), seed)
        rng = np.random.default_rng([*seed, 9])
        while True:
            yield self._make(examples, rng)


def train(
    model: nn.Module, stream: IterableDataset[Any], loss_of: Loss, options: Any, name: str
) -> None:
    """Train for the minutes asked for; the backbone learns a third as fast as the rest.

    Args:
        model: with a part `backbone`.
        stream: where batches come from.
        loss_of: the loss of a batch.
        options: parsed `arguments`.
        name: of the checkpoint in `options.out`, without ending.
    """
    options.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    checkpoint = options.out / f"{name}.pt"
    if options.resume:
        model.load_state_dict(torch.load(checkpoint, map_location="cpu"), strict=False)
    model.to(device).train()
    rest = [one for key, one in model.named_parameters() if not key.startswith("backbone")]
    optimiser = torch.optim.AdamW(
        [{"params": model.backbone.parameters(), "share": 1 / 3}, {"params": rest, "share": 1.0}],
        weight_decay=1e-4,
    )
    started = time.monotonic()
    loader = DataLoader(stream, batch_size=None, num_workers=options.workers, prefetch_factor=4)
    for step, made in enumerate(loader, 1):
        done = (time.monotonic() - started) / (60 * options.minutes)
        if done >= 1:
            break
        slope = min(step / _WARM_UP_STEPS, 0.5 * (1 + np.cos(np.pi * done)) + 0.01)
        for group in optimiser.param_groups:
            group["lr"] = options.rate * group["share"] * slope
        loss, report = loss_of(model, made, device)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimiser.step()
        if step % _REPORT_STEPS == 0:
            said = " ".join(f"{key} {value:.3f}" for key, value in report.items())
            print(f"step {step}, {done:.0%}: loss {loss.item():.3f} {said}", flush=True)
            torch.save(model.state_dict(), checkpoint)
    torch.save(model.state_dict(), checkpoint)
