"""Halves the size of an ONNX file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx

_SMALLEST = 256
"""Values of a tensor that is worth it."""


def halve(path: Path) -> None:
    """Store the weights of a float32 network as float16; it still computes in float32."""
    model = onnx.load(path)
    graph = model.graph
    for tensor in graph.initializer:
        values = onnx.numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < _SMALLEST:
            continue
        name = tensor.name
        tensor.CopyFrom(onnx.numpy_helper.from_array(values.astype(np.float16), f"{name}.half"))
        cast = onnx.helper.make_node("Cast", [tensor.name], [name], to=onnx.TensorProto.FLOAT)
        graph.node.insert(0, cast)
    onnx.save(model, path)
