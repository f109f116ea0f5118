"""Twins of Bidirectional, TimeDistributed."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Generator, Tensor, nn
from torch.overrides import handle_torch_function, has_torch_function_unary

from modelspec.layers import Layer, wrappers
from modelspec.layers.values import Weight
from modelspec.shapes import Shape
from modelspec.torch.layers.finding import find, mixes_samples
from modelspec.torch.layers.freezing import freeze
from modelspec.torch.layers.recurrent import Network, _Recurrent
from modelspec.torch.layers.twin import Call, Twin


class Bidirectional(Twin[wrappers.Bidirectional]):
    def empty(self, layer: wrappers.Bidirectional, weights: Sequence[Weight]) -> nn.Module:
        return _recurrent(layer).network.make(layer.layer, weights[0].shape[0], layer.merge_mode)

    def initial(
        self, layer: wrappers.Bidirectional, weights: Sequence[Weight], generator: Generator
    ) -> list[Tensor]:
        half = len(weights) // 2
        twin = _recurrent(layer)
        forward = twin.initial(layer.layer, weights[:half], generator)
        return forward + twin.initial(layer.layer, weights[half:], generator)

    def load_keras(
        self, module: nn.Module, layer: wrappers.Bidirectional, arrays: Sequence[Any]
    ) -> None:
        assert isinstance(module, Network)
        tensors = [torch.as_tensor(array) for array in arrays]
        half = len(tensors) // 2
        _recurrent(layer).load_direction(module, "", tensors[:half])
        _recurrent(layer).load_direction(module, "_reverse", tensors[half:])

    def outputs(
        self, call: Call[wrappers.Bidirectional], operands: Mapping[str, Sequence[Any]]
    ) -> dict[str, Any]:
        assert call.module is not None
        result = call.module(*operands[""], *operands.get("state", ()))
        states = result[1]
        names: tuple[str, ...] = call.layer.layer.states
        joined = {
            name: torch.cat([states[index], states[index + len(names)]], dim=-1)
            for index, name in enumerate(names)
        }
        return {"": result[0], "state": states, **joined}


class TimeDistributed(Twin[wrappers.TimeDistributed]):
    """Folds the steps into the batch, which is exact where samples do not see each other."""

    def module(
        self, layer: wrappers.TimeDistributed, shapes: Sequence[Shape], generator: Generator
    ) -> nn.Module | None:
        inner = layer.layer
        module = find(inner).module(inner, [shapes[0][1:]], generator)
        if module is not None and not layer.trainable:
            freeze(module)
        return module

    def load_keras(
        self, module: nn.Module, layer: wrappers.TimeDistributed, arrays: Sequence[Any]
    ) -> None:
        find(layer.layer).load_keras(module, layer.layer, arrays)

    def forward(self, call: Call[wrappers.TimeDistributed], *operands: Any) -> Any:
        (x,) = operands
        if mixes_samples(call.layer.layer):
            assert call.get_module is not None
            return each_step(call.get_module(), x, _depth(call.layer))
        y = _inner(call, torch.flatten(x, 0, 1))
        steps = call.shapes[0][0]
        sizes = (-1, steps) if isinstance(steps, int) else x.shape[:2]
        return torch.unflatten(y, 0, sizes)


def _inner(call: Call[wrappers.TimeDistributed], x: Any) -> Any:
    """The inner layer, or block, of tensors that have no steps."""
    inner = call.layer.layer
    if not isinstance(inner, Layer):
        assert call.module is not None
        return call.module(x)
    shapes = (call.shapes[0][1:],)
    return find(inner).outputs(Call(inner, shapes, call.module, call.get_module), {"": (x,)})[""]


def _depth(layer: Layer) -> int:
    """How many TimeDistributed stand around what is not one."""
    depth = 0
    while isinstance(layer, wrappers.TimeDistributed):
        depth, layer = depth + 1, layer.layer
    return depth


def each_step(module: nn.Module, x: Tensor, depth: int) -> Tensor:
    """A module on every step by itself, while it trains; on all of them at once, otherwise.

    Args:
        module: What lets the samples of a batch see each other while it trains.
        x: `[batch, steps, ...]`.
        depth: How many axes of steps there are.
    """
    if has_torch_function_unary(x):
        return handle_torch_function(each_step, (x,), module, x, depth)
    sizes = x.shape[1 : 1 + depth]
    steps = x.flatten(1, depth)
    if module.training:
        y = torch.stack([module(step) for step in steps.unbind(1)], 1)
    else:
        y = torch.unflatten(module(steps.flatten(0, 1)), 0, steps.shape[:2])
    return torch.unflatten(y, 1, sizes)


def _recurrent(layer: wrappers.Bidirectional) -> _Recurrent:
    twin = find(layer.layer)
    assert isinstance(twin, _Recurrent)
    return twin
