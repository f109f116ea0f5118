"""Completion: what is offered, in texts that are whole, broken, or just begun."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.lsp.client import Client

HEAD = """\
params: {width: 3}
inputs:
  x: {shape: [T, 4]}
shared:
  reader: {type: GRU, units: 8}
blocks:
  part:
    params: {size: 8}
    inputs: [v]
    layers:
      d: {type: Dense, units: $size}
    outputs: [d]
layers:
  first: {type: LSTM, units: 3}
  last: {type: Dense, units: 2, activation: softmax}
"""


def offers(client: Client, folder: Path, text: str) -> list[dict[str, Any]]:
    """What is offered at `^`."""
    offset = text.index("^")
    uri = client.open(folder / "spec.yaml", text.replace("^", ""))
    line = text.count("\n", 0, offset)
    found = client.at("completion", uri, line, offset - text.rfind("\n", 0, offset) - 1)["items"]
    client.close(uri)
    return sorted(found, key=lambda each: each["sortText"])


def labels(client: Client, folder: Path, text: str) -> list[str]:
    """The names of what is offered at `^`, in its order."""
    return [each["label"] for each in offers(client, folder, text)]


FIRST = {
    "^": ["inputs", "layers", "outputs"],
    "version: 1\nla^": ["inputs", "layers", "outputs"],
    f"{HEAD}edges:\n  - ^": ["x", "first", "last"],
    f"{HEAD}edges:\n  - x -> ^": ["first", "last"],
    f"{HEAD}edges:\n  - x -> first -> la^": ["last", "first"],
    f"{HEAD}edges: [first.^": ["state"],
    f"{HEAD}  p: part\nedges: [p.^": ["v", "d"],
    "inputs:\n  x: {shape: [T, 4]}\n  y: {shape: [^": ["T"],
    f"{HEAD}outputs:\n  last: {{from: ^": ["x", "first", "last"],
    f"{HEAD}outputs:\n  last: {{loss: ^}}": ["categorical_crossentropy"],
    f"{HEAD}outputs:\n  last: ^": ["categorical_crossentropy"],
    f"{HEAD}outputs:\n  first: ^": ["mse"],
    f"{HEAD}outputs:\n  last: {{metrics: [^": ["accuracy"],
    f"{HEAD}  call: {{use: ^": ["reader"],
    f"{HEAD}  p: {{type: part, ^": ["size"],
    f"{HEAD}  d: {{type: Dense, ^": ["units"],
    f"{HEAD}  d: {{type: Dense, units: 3, activation: ^": ["celu", "elu"],
    f"{HEAD}  d:\n    type: Dense\n    ^\n": ["units"],
    f"{HEAD}  d: {{type: Dense, units: $^": ["$width"],
    f'{HEAD}  d: {{type: Dense, units: "${{wi^': ["width"],
    f"{HEAD.replace('units: $size', 'units: $^')}": ["$size"],
    f"{HEAD}edges:\n  - x -> first -> last\noutputs:\n  ^": ["last", "first"],
    f"{HEAD}train:\n  optimizer: ^": ["sgd", "lion", "rmsprop"],
    f"{HEAD}train:\n  freeze: [^": ["reader", "first", "last"],
    f"{HEAD}train: {{callbacks: [{{type: early_stopping, ^": ["monitor", "min_delta"],
    f"{HEAD}tune:\n  search:\n    ^": ["params.width"],
    f"{HEAD}tune: {{sampler: ^": ["tpe", "random"],
    f"{HEAD}data:\n  features:\n    ^": ["x"],
    f"{HEAD}data:\n  features:\n    x: {{type: ^": ["number", "category"],
}


@pytest.mark.parametrize("text", FIRST, ids=lambda text: text[-30:])
def test_what_is_meant_comes_first(client: Client, tmp_path: Path, text: str) -> None:
    wanted = FIRST[text]
    assert labels(client, tmp_path, text)[: len(wanted)] == wanted


def written(client: Client, folder: Path, text: str, label: str) -> str:
    """The snippet of one offer."""
    found = [each for each in offers(client, folder, text) if each["label"] == label]
    return found[0]["textEdit"]["newText"] if found else ""


def test_a_type_brings_the_arguments_that_it_has_to_have(client: Client, tmp_path: Path) -> None:
    dense, conv = "type: Dense, units: $1", "type: Conv2D, filters: $1, kernel_size: $2"
    assert written(client, tmp_path, "layers:\n  a: ^", "Dense") == f"{{{dense}}}"
    assert written(client, tmp_path, "layers:\n  a: C^", "Conv2D") == f"{{{conv}}}"
    assert written(client, tmp_path, "layers:\n  a: ^", "Flatten") == "Flatten"
    assert written(client, tmp_path, "layers:\n  a: {type: ^", "Dense") == "Dense, units: $1"
    assert written(client, tmp_path, "layers:\n  a: {units: 3, type: ^", "Dense") == "Dense"
    inner = "layers:\n  a: {type: Bidirectional, layer: ^"
    assert written(client, tmp_path, inner, "LSTM") == "{type: LSTM, units: $1}"


def test_a_key_brings_its_default_and_what_it_means(client: Client, tmp_path: Path) -> None:
    text = f"{HEAD}  d: {{type: Dense, us^"
    [bias] = [each for each in offers(client, tmp_path, text) if each["label"] == "use_bias"]
    assert bias["textEdit"]["newText"] == "use_bias: ${1:true}"
    assert bias["detail"] == "default: true"
    assert bias["documentation"]["value"] == "Whether a trained bias is added."
    edit = bias["textEdit"]["range"]
    assert edit["end"]["character"] - edit["start"]["character"] == len("us")


def test_a_key_that_is_there_is_not_offered_again(client: Client, tmp_path: Path) -> None:
    found = labels(client, tmp_path, f"{HEAD}  d: {{type: Dense, units: 3, ^, use_bias: true}}")
    assert not {"type", "units", "use_bias"} & {*found}
    assert "activation" in found
    assert "layers" not in labels(client, tmp_path, f"{HEAD}^")


def test_an_editor_without_snippets_gets_plain_text(tmp_path: Path) -> None:
    from tests.lsp.client import Client

    plain = Client(capabilities={})
    text = f"{HEAD}  d: {{type: ^"
    found = {each["label"]: each for each in offers(plain, tmp_path, text)}
    assert found["Dense"]["textEdit"]["newText"] == "Dense, units: "
    assert found["Dense"]["insertTextFormat"] == 1
    param = offers(plain, tmp_path, f"{HEAD}  d: {{type: Dense, units: $^")[0]
    assert param["textEdit"]["newText"] == "$width"
    assert plain.end()[0] == 0
    assert plain.errors == []


def test_the_columns_of_the_data_are_offered(client: Client, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("age,height in cm,y\n1,2,3\n4,5,6\n7,8,9\n")
    text = f"version: 1\nname: t\n{HEAD}outputs: [last]\ndata:\n  train: t.csv\n  features:\n"
    uri = client.open(tmp_path / "spec.yaml", text)
    client.findings(uri)
    line = text.count("\n")
    client.insert(uri, line, 0, "    x: {column: }")
    found = client.at("completion", uri, line, len("    x: {column: "))["items"]
    assert [each["label"] for each in found][:3] == ["age", "height in cm", "y"]
    client.close(uri)


def test_other_yaml_is_left_alone(client: Client, tmp_path: Path) -> None:
    assert labels(client, tmp_path, "services:\n  ^") == []
    assert labels(client, tmp_path, "version: 3\nservices: {}\n^") == []
    assert labels(client, tmp_path, "layers: # ^") == []
