"""Masks that are arguments of saved calls, and masks that a spec cannot tell."""

from typing import Any

from modelspec.diagnostics import Report
from modelspec.keras.classes import Converter
from modelspec.keras.convert import Builder
from modelspec.keras.functional import Reader
from modelspec.keras.given_masks import IMPLIED
from modelspec.keras.model import KerasModel


def tensor(name: str, call: int = 0, place: int = 0) -> dict[str, Any]:
    return {"class_name": "__keras_tensor__", "config": {"keras_history": [name, call, place]}}


def layer(name: str, kind: str, *calls: Any, **config: Any) -> dict[str, Any]:
    """A layer as Keras saves it; a call is its arguments, or these and named ones."""
    nodes = [call if "args" in call else {"args": [call], "kwargs": {}} for call in calls]
    return {
        "module": "keras.src.ops.numpy" if kind in OPERATIONS else "keras.layers",
        "class_name": kind,
        "name": name,
        "config": {"name": name, **config},
        "inbound_nodes": nodes,
    }


OPERATIONS = ("NotEqual", "LogicalOr", "LogicalAnd")


def words(name: str) -> list[dict[str, Any]]:
    """An input of words, its embedding, and the mask of that."""
    return [
        layer(name, "InputLayer", batch_shape=[None, 4], dtype="int32"),
        layer(f"{name}_seen", "Embedding", tensor(name), input_dim=5, output_dim=3, mask_zero=True),
        layer(f"{name}_mask", "NotEqual", {"args": [tensor(name), 0], "kwargs": {}}),
    ]


def model(*layers: dict[str, Any], inputs: str = "ab", outputs: str = "read") -> KerasModel:
    listed = [*(each for name in inputs for each in words(name)), *layers]
    config = {
        "name": "m",
        "layers": listed,
        "input_layers": [[name, 0, 0] for name in inputs],
        "output_layers": [[name, 0, 0] for name in outputs.split()],
    }
    return Reader("file").model({"class_name": "Functional", "config": config})


def gru(reads: str, mask: str, name: str = "read") -> dict[str, Any]:
    call = {"args": [tensor(reads)], "kwargs": {"mask": tensor(mask)}}
    return layer(name, "GRU", call, units=3)


def said(found: KerasModel) -> list[str]:
    """The findings on a model."""
    report = Report()
    Builder(Converter("file", report), None).build(found)
    return [each.message for each in report]


def mask_of(found: KerasModel, name: str = "read") -> Any:
    return found.layers[name].calls[0].kwargs["mask"]


def test_the_mask_of_what_is_read_is_worked_out_again() -> None:
    found = model(gru("a_seen", "a_mask"), inputs="a")
    assert mask_of(found) == [IMPLIED]
    assert not said(found)


def test_the_mask_of_something_else_is_refused() -> None:
    found = model(gru("a_seen", "b_mask"))
    assert said(found) == ["`read` is given a mask of its own"]


def test_a_sum_counts_where_either_does() -> None:
    both = [tensor("a_mask"), tensor("b_mask")]
    either = layer("either", "LogicalOr", {"args": both, "kwargs": {}})
    total = layer("total", "Add", [tensor("a_seen"), tensor("b_seen")])
    found = model(total, either, gru("total", "either"))
    assert mask_of(found) == [IMPLIED]
    assert not said(found)
    swapped = layer("either", "LogicalOr", {"args": both[::-1], "kwargs": {}})
    assert IMPLIED not in str(mask_of(model(total, swapped, gru("total", "either"))))


def test_a_shared_layer_is_called_alike_everywhere() -> None:
    calls = [
        {"args": [tensor(reads), tensor("a_seen")], "kwargs": kwargs}
        for reads, kwargs in (("a_seen", {"use_causal_mask": True}), ("b_seen", {}))
    ]
    look = layer("look", "MultiHeadAttention", *calls, num_heads=2, key_dim=2)
    total = layer("read", "Add", [tensor("look"), tensor("look", 1)])
    assert said(model(look, total)) == [
        "`look` is called with other arguments at one call than at another"
    ]


def attended(merge: str) -> KerasModel:
    """A residual connection around attention, read with the mask that it should have."""
    attend = {"args": [tensor("a_seen"), tensor("a_seen")], "kwargs": {}}
    look = layer("look", "MultiHeadAttention", attend, num_heads=2, key_dim=2)
    total = layer("total", merge, [tensor("a_seen"), tensor("look")])
    both = {"args": [tensor("a_mask"), tensor("a_mask")], "kwargs": {}}
    return model(look, total, layer("both", "LogicalOr", both), gru("total", "both"), inputs="a")


def test_a_mask_as_an_argument_is_there_though_attention_has_taken_it_off() -> None:
    assert mask_of(attended("Add")) == [IMPLIED]
    assert not said(attended("Add"))


def test_a_mask_that_only_an_argument_has_is_refused() -> None:
    assert said(attended("Maximum")) == [
        "`read` is given a mask that MultiHeadAttention has taken off what it reads"
    ]
