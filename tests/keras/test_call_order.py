"""The order of calls is that of Keras's `map_graph`."""

from modelspec.keras.call_order import run_order
from modelspec.keras.model import Call, KerasLayer, KerasModel, Source


def graph(calls: dict[str, list[list[str]]], outputs: list[str]) -> KerasModel:
    """A model by what each call of each layer reads: `name` is the first call, `name:1` another."""
    layers = {"x": KerasLayer("x", "InputLayer", "keras.layers", {}, "")}
    for name, listed in calls.items():
        layers[name] = KerasLayer(name, "Dense", "keras.layers", {}, "")
        layers[name].calls = [Call([source(each) for each in reads], {}) for reads in listed]
    return KerasModel("model", layers, {"x": "x"}, {each: source(each) for each in outputs})


def source(text: str) -> Source:
    name, _, call = text.partition(":")
    return Source(name, int(call or 0), 0)


def order(model: KerasModel) -> list[str]:
    return [f"{each.layer}:{each.call}" if each.call else each.layer for each in run_order(model)]


def test_at_one_depth_the_last_output_comes_first() -> None:
    model = graph({"a": [["x"]], "b": [["x"]], "c": [["x"]]}, ["a", "b", "c"])
    assert order(model) == ["x", "c", "b", "a"]


def test_what_is_met_first_on_the_way_back_comes_first() -> None:
    model = graph({"a": [["x"]], "b": [["x"]], "sum": [["a", "b"]]}, ["sum"])
    assert order(model) == ["x", "a", "b", "sum"]


def test_calls_of_a_shared_layer_are_as_deep_as_the_deepest_before() -> None:
    calls = {
        "shared": [["x"], ["x"]],
        "one": [["shared"]],
        "two": [["one"]],
        "side": [["x"]],
    }
    assert order(graph(calls, ["shared:1", "side", "two"])) == [
        "x", "shared", "shared:1", "one", "two", "side",
    ]  # fmt: skip


def test_keyword_arguments_count_by_their_names() -> None:
    call = Call([], {"value": source("b"), "key": source("a")})
    assert [each.layer for each in call.sources()] == ["a", "b"]
