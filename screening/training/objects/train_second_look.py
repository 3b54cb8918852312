"""Trains the network that looks again at people, vehicles, buildings and emblems.

On everything that is not held out: with all of `posts/` for the weights that ship, and with four
fifths of them, by source, for each fold of the cross-validation (OUT/0 to OUT/4).
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
import torch

from screening.detectors.objects.networks import SECOND_LOOK
from screening.training.objects.crops import FOLDS, Crop, Part, all_crops, fold_of
from screening.training.objects.last_layer import features_of, fit
from screening.training.objects.proposals import emblem_crops
from screening.training.objects.second_look import write_backbone, write_second_look


def main() -> None:
    """Train and export to ONNX."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of real media")
    parser.add_argument("--drafts", type=Path, required=True, help="what `drafts` wrote")
    parser.add_argument("--proposals", type=Path, required=True, help="what `proposals` wrote")
    parser.add_argument("--out", type=Path, required=True, help="for the ONNX files")
    parser.add_argument("--views", type=int, default=2, help="of each piece, all but one varied")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--resume", action="store_true", help="use the features that an earlier run left in --out"
    )
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    cv2.setNumThreads(1)
    crops = [
        crop
        for crop in (
            *all_crops(options.data, options.drafts),
            *emblem_crops(options.data, options.proposals),
        )
        if crop.part is not Part.HELD_OUT
    ]
    print(f"{len(crops)} pieces", flush=True)
    options.out.mkdir(parents=True, exist_ok=True)
    backbone, kept = options.out / "backbone.onnx", options.out / "features.npy"
    if not (options.resume and kept.exists()):
        write_backbone(backbone)
        made = features_of(
            backbone, options.data, crops, options.views, options.seed, options.threads
        )
        np.save(kept, made.astype(np.float16))
    features = np.load(kept).astype(np.float32)
    for fold in range(FOLDS):
        rows = [row for row, crop in enumerate(crops) if not _in_fold(crop, fold)]
        layer = fit(features[:, rows], [crops[row] for row in rows])
        write_second_look(backbone, layer, options.out / str(fold) / SECOND_LOOK)
    write_second_look(backbone, fit(features, crops), options.out / SECOND_LOOK)


def _in_fold(crop: Crop, fold: int) -> bool:
    return crop.part is Part.POSTS and fold_of(crop.source) == fold


if __name__ == "__main__":
    main()
