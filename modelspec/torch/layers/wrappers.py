"""Twins of Bidirectional, TimeDistributed."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Generator, Tensor, nn

from modelspec.layers import Layer, wrappers
from modelspec.layers.values import Weight
from modelspec.shapes import Shape
from modelspec.torch.layers.finding import find, mixes_samples
from modelspec.torch.layers.freezing import freeze
from modelspec.torch.layers.one_node import one_node
from modelspec.torch.layers.recurrent import Network, _Recurrent
from modelspec.torch.layers.twin import Call, Twin


class Bidirectional(Twin[wrappers.Bidirectional]):
    def empty(self, layer: wrappers.Bidirectional, weights: Sequence[Weight]) -> nn.Module:
        mode = layer.merge_mode or "none"
        return _recurrent(layer).make(layer.layer, weights[0].shape[0], mode)

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
        mask = {} if call.mask is None else {"mask": call.mask}
        result = call.module(*operands[""], *operands.get("state", ()), **mask)
        states = result[1]
        names: tuple[str, ...] = call.layer.layer.states
        joined = {
            name: torch.cat([states[index], states[index + len(names)]], dim=-1)
            for index, name in enumerate(names)
        }
        ways = {"forward": result[2], "backward": result[3]}
        merged = {} if call.layer.merge_mode is None else {"": result[0]}
        return {**merged, "state": states, **joined, **ways}


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
            depth = _depth(call.layer)
            masks = [call.mask] if call.mask_axes > depth and call.mask is not None else []
            inner = _innermost(call.layer)
            if isinstance(inner, Layer):
                return _stepwise(call, inner, x, depth, *masks)
            return each_step(call.get_module(), x, depth, *masks)
        y = _inner(call, torch.flatten(x, 0, 1))
        steps = call.shapes[0][0]
        sizes = (-1, steps) if isinstance(steps, int) else x.shape[:2]
        return torch.unflatten(y, 0, sizes)

    def output_mask(self, call: Call[wrappers.TimeDistributed], *operands: Any) -> Any:
        axes = call.layer.mask_axes(call.mask_axes)
        if axes == call.mask_axes:
            return call.mask
        return torch.any(torch.flatten(call.mask, axes + 1), -1)


def _inner(call: Call[wrappers.TimeDistributed], x: Any) -> Any:
    """The inner layer, or block, of tensors that have no steps."""
    inner = call.layer.layer
    masked = call.mask is not None and call.mask_axes > 1
    masks = (torch.flatten(call.mask, 0, 1),) if masked else ()
    if not isinstance(inner, Layer):
        assert call.module is not None
        return call.module(x, *masks)
    shapes = (call.shapes[0][1:],)
    named = {"": masks} if masks else {}
    inside = Call(inner, shapes, call.module, call.get_module, named, call.mask_axes - 1)
    return find(inner).outputs(inside, {"": (x,)})[""]


def _stepwise(
    call: Call[wrappers.TimeDistributed], inner: Layer, x: Any, depth: int, *masks: Any
) -> Any:
    """A layer whose module goes step by step, and all else that its twin does does not."""
    sizes = x.shape[: 1 + depth]

    def module(x: Any, mask: Any = None) -> Any:
        assert call.get_module is not None
        parts = [torch.unflatten(part, 0, sizes) for part in (x, mask) if part is not None]
        return torch.flatten(each_step(call.get_module(), parts[0], depth, *parts[1:]), 0, depth)

    named = {"": [torch.flatten(mask, 0, depth) for mask in masks]} if masks else {}
    shapes = (call.shapes[0][depth:],)
    inside = Call(inner, shapes, module, call.get_module, named, call.mask_axes - depth)
    y = find(inner).outputs(inside, {"": (torch.flatten(x, 0, depth),)})[""]
    return torch.unflatten(y, 0, sizes)


def _innermost(layer: Any) -> Any:
    """What is not a TimeDistributed any more."""
    while isinstance(layer, wrappers.TimeDistributed):
        layer = layer.layer
    return layer


def _depth(layer: Layer) -> int:
    """How many TimeDistributed stand around what is not one."""
    depth = 0
    while isinstance(layer, wrappers.TimeDistributed):
        depth, layer = depth + 1, layer.layer
    return depth


@one_node
def each_step(module: nn.Module, x: Tensor, depth: int, *masks: Tensor) -> Tensor:
    """A module on every step by itself, while it trains; on all of them at once, otherwise.

    Args:
        module: What lets the samples of a batch see each other while it trains.
        x: `[batch, steps, ...]`.
        depth: How many axes of steps there are.
        masks: The mask of `x`, if the module takes one.
    """
    sizes = x.shape[1 : 1 + depth]
    steps = [each.flatten(1, depth) for each in (x, *masks)]
    if module.training:
        each = zip(*(part.unbind(1) for part in steps), strict=True)
        y = torch.stack([_only(module(*step)) for step in each], 1)
    else:
        y = _only(module(*(part.flatten(0, 1) for part in steps)))
        y = torch.unflatten(y, 0, steps[0].shape[:2])
    return torch.unflatten(y, 1, sizes)


def _only(result: Any) -> Any:
    """The output of a block, which may come with its mask."""
    return next(iter(result.values())) if isinstance(result, dict) else result


def _recurrent(layer: wrappers.Bidirectional) -> _Recurrent:
    twin = find(layer.layer)
    assert isinstance(twin, _Recurrent)
    return twin
