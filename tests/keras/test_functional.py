"""What the inputs and outputs of a saved model are called."""

from typing import Any

from modelspec.keras.functional import Reader


def layer(name: str, kind: str = "InputLayer", *reads: str) -> dict[str, Any]:
    """A layer as Keras saves it; `reads` are the layers whose outputs it is called with."""
    history = [
        {"class_name": "__keras_tensor__", "config": {"keras_history": [read, 0, 0]}}
        for read in reads
    ]
    return {
        "module": "keras.layers",
        "class_name": kind,
        "name": name,
        "config": {"name": name, "batch_shape": [None, 2]},
        "inbound_nodes": [{"args": [history], "kwargs": {}}] if reads else [],
    }


def named(inputs: Any, outputs: Any) -> tuple[list[str], list[str]]:
    layers = [*map(layer, "abc"), layer("sum", "Add", "a", "b", "c")]
    config = {
        "name": "m", "layers": layers, "input_layers": inputs, "output_layers": outputs,
    }  # fmt: skip
    model = Reader("file").model({"class_name": "Functional", "config": config})
    return [f"{k}={v}" for k, v in model.inputs.items()], list(model.outputs)


def at(name: str) -> list[Any]:
    return [name, 0, 0]


def test_without_a_dict_they_are_called_as_their_layers() -> None:
    inputs, outputs = named([at("b"), at("a"), at("c")], [at("sum"), at("sum"), at("a")])
    assert inputs == ["b=b", "a=a", "c=c"]
    assert outputs == ["sum", "sum_2", "a"]


def test_the_keys_of_a_dict_are_the_names_in_their_order() -> None:
    inputs, outputs = named(
        {"words": at("b"), "image": at("c"), "age": at("a")}, {"z": at("sum"), "y": at("a")}
    )
    assert inputs == ["age=a", "image=c", "words=b"]
    assert outputs == ["y", "z"]


def test_keys_in_keys_and_lists_in_dicts() -> None:
    inputs, outputs = named(
        {"text": {"title": at("a"), "body": at("b")}, "image": [at("c")]},
        {"scores": [at("sum"), at("a")], "deep": [{"end": at("b")}]},
    )
    assert inputs == ["image=c", "text_body=b", "text_title=a"]
    assert outputs == ["deep_end", "scores_1", "scores_2"]
