"""What a layer's module counts, computes and changes: weights, modes, training, bfloat16."""

from collections.abc import Sequence
from copy import deepcopy
from math import prod

import torch
from torch import nn

from modelspec.layers import Layer
from modelspec.layers.values import COMPUTED, Inference
from modelspec.torch.layers import freeze, is_random, mixes_samples
from tests.layers.calling import chief, draw, infer, make, run

Shapes = Sequence[tuple[int, ...]]

NO_SLOPE = {"Discretization"}
"""Layers whose output does not change with their operands by little."""

ROUNDING = 1e-4
"""Slopes of these examples are either far above it, or zero but for rounding."""

ATTENTION = {"MultiHeadAttention", "GroupedQueryAttention"}

HALF_PRECISION = 0.05
"""How far bfloat16 may be off, as a part of the largest number; it has 8 binary digits."""


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


def check_modes(layer: Layer, shapes: Shapes, dtype: str, module: nn.Module | None) -> None:
    """Out of training a call gives the same again; in training too, unless it says otherwise.

    No call out of training changes a state, none in training a parameter.
    """
    copy = module and deepcopy(module)
    before = deepcopy(copy.state_dict()) if copy else {}
    operands = draw(shapes, dtype)
    for training in (False, True):
        if training and remembers(layer):
            continue
        if copy:
            copy.train(training)
        first, second = (chief(run(layer, shapes, copy, *operands)) for _ in range(2))
        if not training or is_steady(layer):
            assert torch.equal(first, second)
        after = copy.state_dict() if copy else {}
        fixed = dict(copy.named_parameters()) if copy and training else after
        assert all(torch.equal(before[name], after[name]) for name in fixed)


def check_training(layer: Layer, shapes: Shapes, dtype: str, module: nn.Module) -> None:
    """A training step changes every parameter that is trained, by a finite slope, and no other.

    Those whose slope is zero but for rounding have one, and may stay where they are.
    """
    torch.manual_seed(0)
    copy = deepcopy(module).train()
    leaves = dict(copy.named_parameters())
    operands = draw(shapes, dtype)
    for index, operand in enumerate(operands):
        if operand.is_floating_point():
            leaves[f"operand {index}"] = operand.requires_grad_()
    outputs = run(layer, shapes, copy, *operands)
    told = [outputs[""]] if "" in outputs else [outputs[port] for port in layer.masked_ports[1:]]
    if not told[0].requires_grad:
        assert not any(leaf.requires_grad for leaf in leaves.values()) or (
            type(layer).__name__ in NO_SLOPE
        ), "no slope"
        return
    before = deepcopy(copy.state_dict())
    sum((output * torch.randn(output.shape)).sum() for output in told).backward()
    for name, leaf in leaves.items():
        if leaf.requires_grad:
            assert leaf.grad is not None, name
            assert bool(torch.isfinite(leaf.grad).all()), name
            slope = float(leaf.grad.abs().max())
            assert (slope > ROUNDING) is not has_no_effect(layer, shapes, name), (name, slope)
    parameters = [parameter for parameter in copy.parameters() if parameter.requires_grad]
    if parameters:
        torch.optim.SGD(parameters, 0.1).step()
    for name, value in copy.state_dict().items():
        trained = name in leaves and leaves[name].requires_grad
        if trained and has_no_effect(layer, shapes, name):
            continue
        assert torch.equal(before[name], value) is not trained, name


def check_frozen(layer: Layer, shapes: Shapes, dtype: str, module: nn.Module) -> None:
    """What is frozen, or declared so, has no slope and keeps its state, in training too."""
    declared = layer.model_copy(update={"trainable": False})
    assert not any(weight.trainable for weight in infer(declared, shapes, dtype).weights)
    frozen = deepcopy(module)
    freeze(frozen)
    for copy in (frozen, make(declared, shapes)):
        assert copy is not None
        before = deepcopy(copy.train().state_dict())
        assert not any(parameter.requires_grad for parameter in copy.parameters())
        output = chief(run(layer, shapes, copy, *draw(shapes, dtype)))
        assert not output.requires_grad
        assert all(torch.equal(before[name], value) for name, value in copy.state_dict().items())


def check_seed(layer: Layer, shapes: Shapes, dtype: str, module: nn.Module) -> None:
    """Another module of the same seed has the same weights."""
    again = make(layer, shapes)
    assert again is not None
    state = again.state_dict()
    assert all(torch.equal(state[name], value) for name, value in module.state_dict().items())


def check_bfloat16(layer: Layer, shapes: Shapes, dtype: str, module: nn.Module | None) -> None:
    """A copy in bfloat16 computes about the same, and its outputs have that dtype."""
    if not getattr(torch, dtype).is_floating_point:
        return
    half = module and deepcopy(module).to(torch.bfloat16).eval()
    whole = half and deepcopy(half).float().eval()
    operands = [operand.bfloat16() for operand in draw(shapes, dtype)]
    found = run(layer, shapes, half, *operands)
    expected = chief(run(layer, shapes, whole, *(operand.float() for operand in operands)))
    # A layer's operands are cast, to what its weights have; an operation's are not.
    declared = infer(layer, shapes, COMPUTED if layer.casts else "bfloat16").outputs
    for port, value in declared.items():
        parts = getattr(value, "parts", (value,))
        real = found[port] if isinstance(found[port], tuple) else (found[port],)
        for part, tensor in zip(parts, real, strict=True):
            half_precision = layer.output_dtype(*["bfloat16"] * len(shapes))
            wanted = half_precision if part.dtype == COMPUTED else part.dtype
            assert str(tensor.dtype) == f"torch.{wanted}", port
    off = (chief(found).float() - expected.float()).abs().max()
    assert off <= HALF_PRECISION * (1 + expected.float().abs().max()), float(off)


def has_no_effect(layer: Layer, shapes: Shapes, name: str) -> bool:
    """Whether no output depends on a parameter, at whatever value.

    The state's kernel has nothing to do in a sequence of one step that starts at zero, and softmax
    takes no notice of what a key's bias adds to all scores of a query alike.
    """
    if "weight_hh" in name:
        return shapes[0][0] == 1 and len(shapes) == 1
    return name == "key.bias" and type(layer).__name__ in ATTENTION


def remembers(layer: Layer) -> bool:
    """Whether a call in training depends on those before it, as in Keras."""
    return type(layer).__name__ == "SpectralNormalization" or getattr(layer, "renorm", False)


def is_steady(layer: Layer) -> bool:
    """Whether a sample gives the same in training, whatever is drawn and whoever is beside it."""
    return not (is_random(layer) or mixes_samples(layer))
