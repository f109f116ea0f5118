"""One call that checks a declaration against its twin: shapes, weights, modes, tracing."""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from math import prod
from typing import Any

import torch
from torch import fx, nn

from modelspec.layers import Layer
from modelspec.layers.merging import Dot
from modelspec.layers.preprocessing import Discretization
from modelspec.layers.reshaping import Reshape
from modelspec.layers.values import Inference, LayerError
from modelspec.layers.values import Tensor as Value
from modelspec.shapes import Dim, Expr, Shape, evaluate, smallest, symbol
from modelspec.torch.layers import Call, find, freeze, is_random, mixes_samples

BATCH = 3


def check_layer(layer: Layer, shapes: Sequence[tuple[int, ...]], dtype: str = "float32") -> None:
    """Check all that must hold of any layer.

    Args:
        layer: The declaration.
        shapes: The operands' shapes, without batch axis.
        dtype: The operands' dtype.
    """
    inference = infer(layer, shapes, dtype)
    module = make(layer, shapes)
    check_outputs(layer, shapes, dtype, inference, module)
    check_symbols(layer, shapes, dtype)
    check_weights(inference, module)
    assert evaluate(inference.flops, {}) is not None
    assert evaluate(inference.flops, {}) >= 0
    assert type(layer).model_validate(layer.model_dump()) == layer or hasattr(layer, "layer")
    check_recording(layer, shapes, dtype, module)
    if module is not None:
        check_training(layer, shapes, dtype, module)
        check_state(layer, shapes, dtype, module)


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


def check_outputs(
    layer: Layer,
    shapes: Sequence[tuple[int, ...]],
    dtype: str,
    inference: Inference,
    module: nn.Module | None,
) -> None:
    """Every port has the declared shape and dtype, in training and outside, and is finite."""
    for training in (True, False):
        copy = module and deepcopy(module).train(training)
        outputs = run(layer, shapes, copy, *draw(shapes, dtype))
        assert outputs.keys() == inference.outputs.keys()
        for port, declared in inference.outputs.items():
            parts = (declared,) if isinstance(declared, Value) else declared.parts
            real = (outputs[port],) if isinstance(declared, Value) else outputs[port]
            for part, tensor in zip(parts, real, strict=True):
                assert tuple(tensor.shape) == (BATCH, *part.shape), port
                assert str(tensor.dtype) == f"torch.{part.dtype}", port
                assert bool(torch.isfinite(tensor).all()), port


def check_symbols(layer: Layer, shapes: Sequence[tuple[int, ...]], dtype: str) -> None:
    """With a symbol at any axis, the rule gives the same sizes, and the exact least one."""
    for place, symbolic in with_symbol(shapes):
        inference = attempt(layer, symbolic, dtype)
        if isinstance(inference, LayerError):
            assert inference.code == "MS508", inference
            continue
        sizes = {"T": shapes[place[0]][place[1]]}
        known = infer(layer, shapes, dtype)
        declared, fixed = inference.outputs[""].shape, known.outputs[""].shape
        assert [evaluate(size, sizes) for size in declared] == list(fixed), place
        assert evaluate(inference.flops, sizes) == known.flops
        assert inference.weights == known.weights
        check_least(layer, symbolic, dtype, declared)


def check_least(layer: Layer, symbolic: list[Shape], dtype: str, declared: Shape) -> None:
    """The least size works, and one less does not: by the rule and in truth."""
    if isinstance(layer, Dot | Reshape):
        return  # bound by an equality, not by a least size
    grown = [size for size in declared if isinstance(size, Expr)]
    least = max((smallest(size) or 1 for size in grown), default=1)
    fits = filled(symbolic, least)
    output = run(layer, fits, make(layer, fits), *draw(fits, dtype))[""]
    assert tuple(output.shape[1:]) == infer(layer, fits, dtype).outputs[""].shape
    if least == 1:
        return
    error = attempt(layer, filled(symbolic, least - 1), dtype)
    assert isinstance(error, LayerError), f"{least - 1} is said to fit"
    assert error.code == "MS502"
    assert error.empty
    assert all(isinstance(size, int) and size < 1 for size in error.empty)


def with_symbol(shapes: Sequence[Shape]) -> Iterator[tuple[tuple[int, int], list[Shape]]]:
    """The shapes with `T` in place of each size in turn; where operands agree, in all of them."""
    for index, shape in enumerate(shapes):
        for axis, size in enumerate(shape):
            changed: list[Shape] = []
            for other in shapes:
                twin = len(other) == len(shape) and other[axis] == size
                new: list[Dim] = list(other)
                if twin:
                    new[axis] = symbol("T")
                changed.append(tuple(new))
            yield (index, axis), changed


def filled(shapes: Sequence[Shape], size: int) -> list[tuple[int, ...]]:
    """The shapes with a size for `T`."""
    return [tuple(evaluate(dim, {"T": size}) for dim in shape) for shape in shapes]


def check_weights(inference: Inference, module: nn.Module | None) -> None:
    """As many numbers, trained and not, as the declaration counts."""
    trained = sum(prod(w.shape) for w in inference.weights if w.trainable)
    every = sum(prod(w.shape) for w in inference.weights)
    parameters = list(module.parameters()) if module else []
    saved = module.state_dict() if module else {}
    buffers = {n: b for n, b in module.named_buffers() if n in saved} if module else {}
    zeros = {name: buffer for name, buffer in buffers.items() if "bias_hh" in name}
    assert sum(p.numel() for p in parameters if p.requires_grad) == trained
    assert all(not buffer.any() for buffer in zeros.values())
    kept = [buffer for name, buffer in buffers.items() if name not in zeros]
    assert sum(array.numel() for array in (*parameters, *kept)) == every


def check_training(
    layer: Layer, shapes: Sequence[tuple[int, ...]], dtype: str, module: nn.Module
) -> None:
    """Every parameter gets a finite gradient; a frozen module gets none and keeps its state."""
    copy = deepcopy(module).train()
    leaves = dict(copy.named_parameters())
    operands = draw(shapes, dtype)
    for index, operand in enumerate(operands):
        if operand.is_floating_point():
            leaves[f"operand {index}"] = operand.requires_grad_()
    output = run(layer, shapes, copy, *operands)[""]
    if output.requires_grad:
        output.square().sum().backward()
    else:
        assert not leaves or isinstance(layer, Discretization), "no slope"
        leaves = {}
    for name, leaf in leaves.items():
        if leaf.requires_grad:
            assert leaf.grad is not None, name
            assert bool(torch.isfinite(leaf.grad).all()), name
    freeze(copy)
    before = deepcopy(copy.state_dict())
    output = run(layer, shapes, copy, *draw(shapes, dtype))[""]
    assert not output.requires_grad
    assert all(torch.equal(before[name], value) for name, value in copy.state_dict().items())


def check_state(
    layer: Layer, shapes: Sequence[tuple[int, ...]], dtype: str, module: nn.Module
) -> None:
    """Another module with this one's state computes the same; so does one of the same seed."""
    operands = draw(shapes, dtype)
    expected = run(layer, shapes, module.eval(), *operands)[""]
    other = make(layer, shapes, seed=1)
    assert other is not None
    other.load_state_dict(module.state_dict(), strict=True)
    assert torch.equal(run(layer, shapes, other.eval(), *operands)[""], expected)
    again = make(layer, shapes)
    assert again is not None
    assert torch.equal(run(layer, shapes, again.eval(), *operands)[""], expected)


def check_recording(
    layer: Layer, shapes: Sequence[tuple[int, ...]], dtype: str, module: nn.Module | None
) -> None:
    """The twin's code records a graph that computes the same, also in training."""
    recorded = record(layer, shapes, module)
    operands = draw(shapes, dtype)
    for training in (False, True):
        if training and (is_random(layer) or mixes_samples(layer)):
            continue
        recorded.train(training)
        expected = run(layer, shapes, module, *operands)[""]
        assert torch.equal(recorded(*operands), expected)


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
    output = find(layer).outputs(call, {"": operands})[""]
    graph.output(output.node)
    recorded = fx.GraphModule({"layer": module} if module else {}, graph)
    recorded.graph.eliminate_dead_code()
    recorded.graph.lint()
    recorded.recompile()
    return recorded
