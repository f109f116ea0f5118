"""Calls that cannot be: which code, what it says, where it points."""

from typing import Any

import pytest

from modelspec.layers import registry
from modelspec.layers.values import Bundle, LayerError, Tensor
from modelspec.shapes import UNKNOWN, Shape, symbol
from tests.layers.calling import chief

T = symbol("T")


def refuse(name: str, arguments: dict[str, Any], *shapes: Shape, **ports: Any) -> LayerError:
    """The error of a call."""
    layer = registry.find(name)(**arguments)
    operands = {"": tuple(Tensor(shape) for shape in shapes)}
    with pytest.raises(LayerError) as caught:
        layer.infer(operands | {port: tuple(values) for port, values in ports.items()})
    return caught.value


def lstm(**arguments: Any) -> Any:
    return registry.find("LSTM")(units=2, **arguments)


CASES = [
    ("Dense", {"units": 2}, [()], "MS503", "needs `[..., features]`, gets `[]`"),
    ("Dense", {"units": 2}, [(UNKNOWN,)], "MS508", "needs a fixed number of features, gets `?`"),
    ("Dense", {"units": 2}, [(T * 32,)], "MS508", "gets `32*T`"),
    ("LSTM", {"units": 2}, [(32,)], "MS503", "needs `[steps, features]`, gets `[32]`"),
    ("LSTM", {"units": 2}, [(3, T)], "MS508", "needs a fixed number of features, gets `T`"),
    ("Conv1D", {"filters": 1, "kernel_size": 5}, [(3, 2)], "MS502", "has a window of 5, but gets"),
    ("Conv1D", {"filters": 1, "kernel_size": 1}, [(3,)], "MS503", "needs `[steps, channels]`"),
    (
        "Conv1D",
        {"filters": 1, "kernel_size": 3, "dilation_rate": 2},
        [(4, 2)],
        "MS502",
        "has a window of 5 (`kernel_size` spread by `dilation_rate`), but gets length `4`",
    ),
    (
        "Conv2D",
        {"filters": 1, "kernel_size": (1, 7)},
        [(9, 5, 1)],
        "MS502",
        "1 by 7, but gets",
    ),
    (
        "Conv2D",
        {"filters": 4, "kernel_size": 1, "groups": 2},
        [(4, 4, 3)],
        "MS504",
        "has 2 groups, which do not divide 3 input channels",
    ),
    (
        "Conv2D",
        {"filters": 3, "kernel_size": 1, "groups": 2},
        [(4, 4, 4)],
        "MS504",
        "has 2 groups, which do not divide 3 filters",
    ),
    ("MaxPooling2D", {"pool_size": 3}, [(2, 8, 1)], "MS502", "3 by 3, but gets size `2` by `8`"),
    ("GlobalMaxPooling1D", {}, [(4,)], "MS503", "needs `[steps, channels]`, gets `[4]`"),
    ("Add", {}, [(32,), (16,)], "MS501", "cannot add `[32]` and `[16]`"),
    ("Add", {}, [(T,), (T + 1,)], "MS501", "cannot add `[T]` and `[T+1]`"),
    ("Maximum", {}, [(3,), (3,), (2,)], "MS501", "cannot compare `[3]`, `[3]` and `[2]`"),
    ("Concatenate", {"axis": 0}, [(3,), (2,)], "MS509", "has `axis` 0, the batch axis"),
    ("Concatenate", {"axis": 2}, [(3,), (2,)], "MS509", "has `axis` 2, which `[3]` does not have"),
    ("Concatenate", {}, [(3, 2), (2,)], "MS503", "cannot join `[3, 2]` and `[2]`"),
    ("Concatenate", {}, [(3, 2), (4, 2)], "MS501", "they differ at axis 1, 3 and 4"),
    ("Dot", {"axes": 1}, [(3,), (4,)], "MS501", "of size 3, with axis 1 of `[4]`, of size 4"),
    ("Dot", {"axes": (1, 3)}, [(3,), (4, 3)], "MS509", "has `axes` 3, which `[4, 3]` does not"),
    ("Reshape", {"target_shape": (5,)}, [(2, 3)], "MS501", "`[5]` of `[2, 3]`, which has 6"),
    ("Reshape", {"target_shape": (4, -1)}, [(2, 3)], "MS501", "`[4, -1]` of `[2, 3]`"),
    ("Reshape", {"target_shape": (-1, -1)}, [(2, 3)], "MS501", "one of them -1 at most"),
    ("Reshape", {"target_shape": (0, 6)}, [(2, 3)], "MS501", "must be positive"),
    ("Permute", {"dims": (1, 3)}, [(2, 3)], "MS509", "`[1, 3]`, which is not an order of 1 to 2"),
    ("Permute", {"dims": (2, 1)}, [(2, 3, 4)], "MS503", "orders 2 axes, gets `[2, 3, 4]`"),
    ("RepeatVector", {"n": 2}, [(2, 3)], "MS503", "needs `[features]`, gets `[2, 3]`"),
    ("BatchNormalization", {"axis": 3}, [(2, 3)], "MS509", "has `axis` 3"),
    ("BatchNormalization", {}, [(T,)], "MS508", "needs a fixed number of channels, gets `T`"),
    ("LayerNormalization", {"axis": (1, -2)}, [(2, 3)], "MS509", "names an axis twice"),
    ("Bidirectional", {"layer": lstm(go_backwards=True)}, [(2, 3)], "MS501", "to go backwards"),
    ("Bidirectional", {"layer": lstm()}, [(2,)], "MS503", "needs `[steps, features]`, gets `[2]`"),
    ("TimeDistributed", {"layer": lstm()}, [(5, 32)], "MS503", "gives its inner layer `[32]`"),
    ("TimeDistributed", {"layer": lstm()}, [()], "MS503", "needs `[steps, ...]`, gets `[]`"),
]


@pytest.mark.parametrize(("name", "arguments", "shapes", "code", "says"), CASES)
def test_refuses(name: str, arguments: Any, shapes: Any, code: str, says: str) -> None:
    error = refuse(name, arguments, *shapes)
    assert error.code == code
    assert says in error.message
    assert error.argument in {"", *registry.find(name).model_fields}
    assert not error.empty or code == "MS502"


def test_helps_with_a_missing_sequence() -> None:
    assert "return_sequences" in refuse("LSTM", {"units": 2}, (32,)).help


def test_names_the_empty_sizes() -> None:
    error = refuse("Conv2D", {"filters": 1, "kernel_size": (2, 7)}, (9, 5, 1))
    assert error.empty == (-1,)


def test_wrong_dtypes() -> None:
    embedding = registry.find("Embedding")(input_dim=3, output_dim=2)
    with pytest.raises(LayerError, match="takes integers, gets float32"):
        embedding.infer({"": (Tensor((3,)),)})
    with pytest.raises(LayerError, match="takes floating point numbers, gets int64"):
        registry.find("Dense")(units=1).infer({"": (Tensor((3,), "int64"),)})


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("LSTM", [Bundle((Tensor((3,)), Tensor((3,))))]),
        ("LSTM", [Bundle((Tensor((2,)),))]),
        ("LSTM", [Tensor((2,))]),
        ("GRU", [Tensor((2,)), Tensor((2,))]),
        ("GRU", [Tensor((1, 2))]),
    ],
)
def test_first_states_must_fit(name: str, state: list[Any]) -> None:
    error = refuse(name, {"units": 2}, (4, 3), state=state)
    assert error.code == "MS501"
    assert "at `.state`" in error.message


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("LSTM", [Bundle((Tensor((2,)), Tensor((2,))))]),
        ("LSTM", [Tensor((2,)), Tensor((2,))]),
        ("LSTM", [Tensor(None)]),
        ("LSTM", [Tensor((symbol("n"),)), Tensor((UNKNOWN,))]),
        ("GRU", [Tensor((2,))]),
        ("GRU", []),
    ],
)
def test_first_states_that_fit(name: str, state: list[Any]) -> None:
    layer = registry.find(name)(units=2)
    outputs = layer.infer({"": (Tensor((4, 3)),), "state": tuple(state)}).outputs
    assert outputs["h"] == Tensor((2,))


def test_a_bundle_is_no_tensor() -> None:
    with pytest.raises(LayerError, match="bundle"):
        registry.find("Flatten")().infer({"": (Bundle((Tensor((2,)),)),)})


@pytest.mark.parametrize("name", registry.names())
def test_unknown_shapes_pass_silently(name: str) -> None:
    example = registry.find(name).examples[0]
    layer = registry.find(name)(**example.arguments)
    operands = tuple(Tensor(None, example.dtype) for _ in example.shapes)
    inference = layer.infer({"": operands})
    assert chief(inference.outputs) == Tensor(None)
    assert {"", *layer.output_ports()} == {"", *inference.outputs}
    assert inference.weights == ()


@pytest.mark.parametrize("name", ["Bidirectional", "TimeDistributed"])
def test_a_broken_inner_layer_passes_silently(name: str) -> None:
    inference = registry.find(name)(layer=None).infer({"": (Tensor((3, 2)),)})
    assert inference.outputs[""] == Tensor(None)


def test_symbols_are_carried_exactly() -> None:
    shape: Shape = (T, 8)
    for name, arguments in [
        ("Conv1D", {"filters": 16, "kernel_size": 5}),
        ("MaxPooling1D", {"pool_size": 5}),
    ]:
        output = registry.find(name)(**arguments).infer({"": (Tensor(shape),)}).outputs[""]
        assert isinstance(output, Tensor)
        assert output.shape is not None
        shape = output.shape
    assert shape == ((T - 4) // 5, 16)
