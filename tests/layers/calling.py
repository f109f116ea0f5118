"""Calls of a layer as tests make them: declared, computed, recorded."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import fx, nn

from modelspec.layers import Layer
from modelspec.layers.values import Inference, LayerError
from modelspec.layers.values import Tensor as Value
from modelspec.shapes import Shape
from modelspec.torch.layers import Call, find

BATCH = 3


def infer(layer: Layer, shapes: Sequence[Shape], dtype: str = "float32") -> Inference:
    """What the declaration says of a call."""
    return layer.infer({"": tuple(Value(tuple(shape), dtype) for shape in shapes)})


def attempt(layer: Layer, shapes: Sequence[Shape], dtype: str) -> Inference | LayerError:
    """What the declaration says of a call, or why there can be none."""
    try:
        return infer(layer, shapes, dtype)
    except LayerError as error:
        return error


def make(layer: Layer, shapes: Sequence[Shape], seed: int = 0) -> nn.Module | None:
    """The twin's module."""
    return find(layer).module(layer, shapes, torch.Generator().manual_seed(seed))


def draw(shapes: Sequence[tuple[int, ...]], dtype: str, batch: int = BATCH) -> list[torch.Tensor]:
    """Operands, the same at every call. Integers are 0 to 2."""
    generator = torch.Generator().manual_seed(1)
    wanted = getattr(torch, dtype)
    if wanted.is_floating_point:
        return [torch.randn(batch, *s, generator=generator).to(wanted) for s in shapes]
    return [torch.randint(0, 3, (batch, *s), generator=generator).to(wanted) for s in shapes]


def run(
    layer: Layer, shapes: Sequence[Shape], module: nn.Module | None, *operands: Any, **ports: Any
) -> dict[str, Any]:
    """The twin's outputs, computed."""
    call = Call(layer, tuple(shapes), module, lambda: module)
    return find(layer).outputs(call, {"": operands, **ports})


def chief(outputs: dict[str, Any]) -> Any:
    """The default output; of a layer without one, the last of its ports."""
    return outputs[""] if "" in outputs else outputs[[*outputs][-1]]


def record(layer: Layer, shapes: Sequence[Shape], module: nn.Module | None) -> fx.GraphModule:
    """The call as a graph of its own, as the builder makes it."""
    graph = fx.Graph()
    tracer = fx.proxy.GraphAppendingTracer(graph)
    names = [f"x{index}" for index in range(len(shapes))]
    operands = [fx.Proxy(graph.placeholder(name), tracer) for name in names]

    def call_module(*args: Any) -> Any:
        return tracer.create_proxy("call_module", "layer", args, {})

    def get_module() -> Any:
        return tracer.create_proxy("get_attr", "layer", (), {})

    call = Call(layer, tuple(shapes), call_module if module else None, get_module)
    output = chief(find(layer).outputs(call, {"": operands}))
    graph.output(output.node)
    recorded = fx.GraphModule({"layer": module} if module else {}, graph)
    recorded.graph.eliminate_dead_code()
    recorded.graph.lint()
    recorded.recompile()
    return recorded
