"""Random arguments and inputs: the declared shapes and counts are the module's."""

from typing import Any

import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from modelspec.layers import Layer, registry
from modelspec.layers.values import LayerError
from tests.layers.check_layer import (
    attempt,
    check_outputs,
    check_symbols,
    check_weights,
    draw,
    make,
    run,
)

SIZES = st.integers(1, 9)
SMALL = st.integers(1, 4)
PAIR = st.tuples(SMALL, SMALL)
SETTINGS = settings(max_examples=20)


def build(name: str, **arguments: Any) -> Layer:
    return registry.find(name)(**arguments)


def agree(layer: Layer, shapes: list[tuple[int, ...]]) -> None:
    """The declaration and the module say the same; what is refused, torch cannot compute."""
    inference = attempt(layer, shapes, "float32")
    if isinstance(inference, LayerError):
        assert inference.code == "MS502"
        return
    module = make(layer, shapes)
    check_outputs(layer, shapes, "float32", inference, module)
    check_weights(inference, module)
    check_symbols(layer, shapes, "float32")


@SETTINGS
@given(
    size=SIZES,
    channels=SMALL,
    kernel_size=SMALL,
    strides=SMALL,
    dilation_rate=SMALL,
    groups=st.integers(1, 2),
    padding=st.sampled_from(["valid", "same", "causal"]),
    use_bias=st.booleans(),
)
def test_conv1d(size: int, channels: int, groups: int, **arguments: Any) -> None:
    layer = build("Conv1D", filters=3 * groups, groups=groups, **arguments)
    agree(layer, [(size, channels * groups)])


@SETTINGS
@given(
    size=st.tuples(SIZES, SIZES),
    channels=SMALL,
    kernel_size=PAIR,
    strides=PAIR,
    dilation_rate=PAIR,
    groups=st.integers(1, 2),
    padding=st.sampled_from(["valid", "same"]),
    use_bias=st.booleans(),
)
def test_conv2d(size: tuple[int, int], channels: int, groups: int, **arguments: Any) -> None:
    layer = build("Conv2D", filters=2 * groups, groups=groups, **arguments)
    agree(layer, [(*size, channels * groups)])


@SETTINGS
@given(
    kind=st.sampled_from(["Max", "Average"]),
    size=SIZES,
    channels=SMALL,
    pool_size=SMALL,
    strides=st.none() | SMALL,
    padding=st.sampled_from(["valid", "same"]),
)
def test_pooling1d(kind: str, size: int, channels: int, **arguments: Any) -> None:
    agree(build(f"{kind}Pooling1D", **arguments), [(size, channels)])


@SETTINGS
@given(
    kind=st.sampled_from(["Max", "Average"]),
    size=st.tuples(SIZES, SIZES),
    pool_size=PAIR,
    strides=st.none() | PAIR,
    padding=st.sampled_from(["valid", "same"]),
)
def test_pooling2d(kind: str, size: tuple[int, int], **arguments: Any) -> None:
    agree(build(f"{kind}Pooling2D", **arguments), [(*size, 2)])


@SETTINGS
@given(
    kind=st.sampled_from(["Max", "Average"]),
    size=st.tuples(SIZES, SIZES),
    pool_size=PAIR,
    strides=st.none() | PAIR,
)
def test_a_constant_is_its_own_pool(kind: str, size: tuple[int, int], **arguments: Any) -> None:
    layer = build(f"{kind}Pooling2D", padding="same", **arguments)
    shape = (*size, 1)
    pooled = run(layer, [shape], make(layer, [shape]), torch.full((2, *shape), -3.0))[""]
    assert torch.equal(pooled, torch.full_like(pooled, -3.0))


@SETTINGS
@given(
    name=st.sampled_from(["LSTM", "GRU"]),
    shape=st.tuples(SIZES, SMALL),
    units=SMALL,
    use_bias=st.booleans(),
    return_sequences=st.booleans(),
    go_backwards=st.booleans(),
    activation=st.sampled_from(["tanh", "relu"]),
    recurrent_dropout=st.sampled_from([0.0, 0.25]),
)
def test_recurrent(name: str, shape: tuple[int, int], **arguments: Any) -> None:
    agree(build(name, **arguments), [shape])


@SETTINGS
@given(
    name=st.sampled_from(["LSTM", "GRU"]),
    shape=st.tuples(SIZES, SMALL),
    units=SMALL,
    return_sequences=st.booleans(),
    merge_mode=st.sampled_from(["concat", "sum", "mul", "ave"]),
)
def test_bidirectional(
    name: str, shape: tuple[int, int], merge_mode: str, **arguments: Any
) -> None:
    agree(build("Bidirectional", layer=build(name, **arguments), merge_mode=merge_mode), [shape])


@SETTINGS
@given(shape=st.lists(SMALL, min_size=1, max_size=4), units=SMALL, use_bias=st.booleans())
def test_dense(shape: list[int], **arguments: Any) -> None:
    agree(build("Dense", **arguments), [tuple(shape)])


@SETTINGS
@given(shape=st.lists(SMALL, min_size=1, max_size=3), data=st.data())
def test_normalizations(shape: list[int], data: st.DataObject) -> None:
    axes = st.integers(1, len(shape)) | st.integers(-len(shape), -1)
    flags = {"center": data.draw(st.booleans()), "scale": data.draw(st.booleans())}
    agree(build("BatchNormalization", axis=data.draw(axes), **flags), [tuple(shape)])
    chosen = data.draw(st.lists(axes, min_size=1, unique_by=lambda axis: axis % (len(shape) + 1)))
    agree(build("LayerNormalization", axis=chosen, **flags), [tuple(shape)])


@SETTINGS
@given(shape=st.lists(SMALL, min_size=1, max_size=4), data=st.data())
def test_reshaping(shape: list[int], data: st.DataObject) -> None:
    agree(build("Flatten"), [tuple(shape)])
    agree(
        build("Permute", dims=data.draw(st.permutations(range(1, len(shape) + 1)))), [tuple(shape)]
    )
    target = list(data.draw(st.permutations(shape)))
    if data.draw(st.booleans()):
        target[data.draw(st.integers(0, len(target) - 1))] = -1
    agree(build("Reshape", target_shape=target), [tuple(shape)])


@SETTINGS
@given(
    name=st.sampled_from(["Add", "Multiply", "Average", "Maximum", "Minimum"]),
    shape=st.lists(SMALL, min_size=1, max_size=3),
    data=st.data(),
)
def test_merges_broadcast(name: str, shape: list[int], data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 3))
    shapes = [tuple(shape)]
    for _ in range(count):
        ones = data.draw(st.lists(st.booleans(), min_size=len(shape), max_size=len(shape)))
        other = [1 if one else size for one, size in zip(ones, shape, strict=True)]
        shapes.append(tuple(other[data.draw(st.integers(0, len(shape) - 1)) :]))
    agree(build(name), shapes)


@SETTINGS
@given(shape=st.lists(SMALL, min_size=1, max_size=3), data=st.data())
def test_concatenate(shape: list[int], data: st.DataObject) -> None:
    axis = data.draw(st.integers(1, len(shape)))
    sizes = data.draw(st.lists(SMALL, min_size=1, max_size=3))
    shapes = [(*shape[: axis - 1], size, *shape[axis:]) for size in sizes]
    agree(build("Concatenate", axis=axis), shapes)


@SETTINGS
@given(
    left=st.lists(SMALL, min_size=1, max_size=3),
    right=st.lists(SMALL, min_size=1, max_size=3),
    data=st.data(),
    normalize=st.booleans(),
)
def test_dot(left: list[int], right: list[int], data: st.DataObject, normalize: bool) -> None:
    axes = (data.draw(st.integers(1, len(left))), data.draw(st.integers(1, len(right))))
    right[axes[1] - 1] = left[axes[0] - 1]
    layer = build("Dot", axes=axes, normalize=normalize)
    agree(layer, [tuple(left), tuple(right)])


@SETTINGS
@given(left=st.lists(SMALL, min_size=1, max_size=3), right=st.lists(SMALL, min_size=1, max_size=3))
def test_what_add_refuses_torch_refuses(left: list[int], right: list[int]) -> None:
    layer = build("Add")
    assume(isinstance(attempt(layer, [tuple(left), tuple(right)], "float32"), LayerError))
    try:
        run(layer, [tuple(left), tuple(right)], None, *draw([tuple(left), tuple(right)], "float32"))
    except RuntimeError:
        return
    raise AssertionError("torch adds them")
