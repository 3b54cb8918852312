"""Trains the network that looks again at persons, vehicles and buildings.

First on everything but `posts/`, then on `posts/` with it: all of them for the weights that ship,
four fifths by source (`--without-fold`) for each part of the cross-validation.
"""

from __future__ import annotations

from pathlib import Path

import torch

from screening.detectors.objects.cutting import SIDE_PX
from screening.training.loop import arguments, train
from screening.training.objects.crops import Crop, Part, all_crops, fold_of
from screening.training.objects.second_look import CropStream, SecondLook, loss_of

_EMPHASIS = {Part.POSTS.value: 4.0}


def main() -> None:
    """Train and export to ONNX."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--drafts", type=Path, required=True, help="what `drafts` wrote")
    parser.add_argument("--posts", action="store_true", help="learn from posts/ too")
    parser.add_argument("--without-fold", type=int, help="leave this fold of posts/ out, 0 to 4")
    parser.add_argument("--start", type=Path, help="checkpoint to go on from")
    parser.add_argument("--keep", type=float, default=0.0, help="share of --start to mix back in")
    options = parser.parse_args()
    crops = [
        crop
        for crop in all_crops(options.data, options.drafts)
        if crop.part is Part.TRAINING or (options.posts and _learns(crop, options.without_fold))
    ]
    print(f"{len(crops)} crops", flush=True)
    model = SecondLook(options.weights)
    start = torch.load(options.start, map_location="cpu") if options.start else None
    if start:
        model.load_state_dict(start)
    stream = CropStream(options.data, crops, options.seed, _EMPHASIS)
    train(model, stream, loss_of, options, "second_look")
    if start:
        model.load_state_dict(mixed(start, model.cpu().state_dict(), options.keep))
    export(model, options.out / "second_look.onnx")


def mixed(
    start: dict[str, torch.Tensor], end: dict[str, torch.Tensor], keep: float
) -> dict[str, torch.Tensor]:
    """Weights between two states of one network: what was learned early is kept better.

    Source: Wortsman et al., "Robust fine-tuning of zero-shot models", CVPR 2022.
    """
    return {
        name: keep * start[name] + (1 - keep) * value if value.is_floating_point() else value
        for name, value in end.items()
    }


def _learns(crop: Crop, without_fold: int | None) -> bool:
    return crop.part is Part.POSTS and fold_of(crop.source) != without_fold


def export(model: torch.nn.Module, path: Path) -> None:
    """Write the ONNX file, opset 17, any number of pieces at once."""
    torch.onnx.export(
        model.cpu().eval(), torch.zeros(1, 3, SIDE_PX, SIDE_PX), path,
        input_names=["pieces"], output_names=["logits"], opset_version=17,
        dynamic_axes={"pieces": {0: "n"}, "logits": {0: "n"}}, dynamo=False,
    )  # fmt: skip


if __name__ == "__main__":
    main()
