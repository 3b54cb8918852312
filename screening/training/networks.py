"""The two networks of the insignia detector, in PyTorch, on a backbone trained on Open Images.

The backbone is the first part of YOLOv8n (Ultralytics, AGPL-3.0) with the weights of Open Images.
The finder's head follows Zhou et al., "Objects as Points" (2019).
"""

from __future__ import annotations

from pathlib import Path

from torch import Tensor, nn
from ultralytics import YOLO

STRIDE_PX = 8
DIMENSIONS = 128


def _backbone(weights: Path, layers: int) -> nn.ModuleList:
    return nn.ModuleList(list(YOLO(str(weights)).model.model[:layers]))


def _block(channels: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels), nn.SiLU()
    )


class Finder(nn.Module):
    """RGB (N, 3, H, W), 0..1, to (N, 5, H / 8, W / 8).

    Channels: logit of an emblem's centre, offset of the centre in cells x and y, natural logarithm
    of width and height in cells.
    """

    def __init__(self, weights: Path, width: int = 64) -> None:
        super().__init__()
        self.backbone = _backbone(weights, 10)
        for layer in self.backbone:
            layer.requires_grad_(True)
        self.lateral = nn.ModuleList(nn.Conv2d(n, width, 1) for n in (64, 128, 256))
        self.merge = nn.ModuleList(_block(width) for _ in range(2))
        self.head = nn.Sequential(_block(width), nn.Conv2d(width, 5, 1))
        nn.init.constant_(self.head[-1].bias[:1], -4.0)

    def forward(self, picture: Tensor) -> Tensor:
        """Map of centres and sizes."""
        levels: list[Tensor] = []
        for number, layer in enumerate(self.backbone):
            picture = layer(picture)
            if number in (4, 6, 9):
                levels.append(self.lateral[len(levels)](picture))
        top = nn.functional.interpolate(levels[2], scale_factor=2.0, mode="nearest")
        middle = self.merge[0](levels[1] + top)
        below = nn.functional.interpolate(middle, scale_factor=2.0, mode="nearest")
        return self.head(self.merge[1](levels[0] + below))


class Embedder(nn.Module):
    """RGB (N, 3, 96, 96), 0..1, to unit vectors (N, DIMENSIONS) and corrections (N, 4).

    A correction says how the true box of the emblem differs from the box the frame was cut
    around: shift of the centre x and y over its width and height, logarithm of the ratios of width
    and height.
    """

    def __init__(self, weights: Path) -> None:
        super().__init__()
        self.backbone = nn.Sequential(*_backbone(weights, 7))
        for layer in self.backbone:
            layer.requires_grad_(True)
        self.squeeze = nn.Conv2d(128, 48, 1)
        self.project = nn.Linear(48 * 6 * 6, DIMENSIONS)
        self.correct = nn.Linear(48 * 6 * 6, 4)

    def forward(self, frames: Tensor) -> tuple[Tensor, Tensor]:
        """Embeddings and corrections."""
        features = self.squeeze(self.backbone(frames)).flatten(1)
        return nn.functional.normalize(self.project(features), dim=1), self.correct(features)
