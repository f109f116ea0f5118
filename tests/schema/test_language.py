"""The JSON Schema against a validator that we did not write."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from modelspec.layers import registry
from modelspec.schema import json_schema
from modelspec.training import callbacks, losses, metrics, optimizers

SPECS = sorted(Path("specs").glob("*.yaml"))
SCHEMA = json_schema()
VALIDATOR = Draft202012Validator(SCHEMA)

BASE = """
inputs: {x: [8]}
layers:
  a: {type: Dense, units: 4}
  b: Flatten
edges: [x -> a -> b]
outputs: {b: mse}
"""


def errors(text: str) -> list[str]:
    return [f"{e.json_path}: {e.message}" for e in VALIDATOR.iter_errors(yaml.safe_load(text))]


def with_line(line: str) -> str:
    """The base spec with a section more, or another one of its name."""
    name = line.strip().split(":")[0]
    kept = [other for other in BASE.splitlines() if not other.startswith(f"{name}:")]
    return "\n".join([*kept, line, ""])


def with_layer(layer: str, *, more: str = "") -> str:
    return BASE.replace("b: Flatten", f"b: {layer}") + more


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_the_specs_validate(path: Path) -> None:
    assert errors(path.read_text()) == []


def test_the_base_validates() -> None:
    assert errors(BASE) == []


@pytest.mark.parametrize(
    "text",
    [
        with_layer("{type: Conv2D, filters: $f, kernel_size: [3, $k], padding: same}"),
        with_layer("{type: Dense, units: '${width * 2}', activation: $act}"),
        with_layer("{type: Dropout, rate: $rate, trainable: $learn}"),
        with_layer("{use: encoder}"),
        with_layer("{use: encoder, trainable: false}"),
        with_layer("{type: Bidirectional, layer: {type: LSTM, units: 32}}"),
        with_layer("{type: TimeDistributed, layer: {use: vision}}"),
        with_layer("{type: TimeDistributed, layer: Flatten}"),
        with_layer("{type: Dense, units: 3, activation: null}"),
        with_layer("{type: res, filters: 3, repeat: 3}", more="blocks: {res: ./res.yaml}"),
        with_layer("res", more="blocks: {res: ./res.yaml}"),
        with_layer("{type: TimeDistributed, layer: res}", more="blocks: {res: ./res.yaml}"),
        with_line("inputs: {x: {shape: [T, null, 3], dtype: int64, description: d}}"),
        with_line("inputs: {x: $shape}"),
        with_line("inputs: [x]"),
        with_line("edges: null"),
        with_line("edges: ['x ->a', 'a, b->c', 'c -> d.state, e.h']"),
        with_line("outputs: [b]"),
        with_line("outputs: [b.h]"),
        with_line("outputs: {b: null}"),
        with_line("outputs: {b: {from: a.h, loss: mae, weight: 2, metrics: [AUC, acc]}}"),
        with_line("outputs: {b: {loss: mse, class_weight: {0: 1.0, 1: 2.5}}}"),
        with_line("train: {optimizer: Adam}"),
        with_line("train: {optimizer: {type: ADAM, beta_1: 0.8}, learning_rate: $rate}"),
        with_line("train: {callbacks: [early_stopping, {type: CSVLogger, separator: ;}]}"),
        with_line("data: {file: a.csv, features: {x: {columns: [a, b], normalize: minmax}, b: c}}"),
        with_line("data: {train: $file, split: {validation: 0.1, test: 0.1, seed: 3}}"),
        with_line("tune: {search: {train.epochs: [1, 2]}}"),
        with_line("params: {f: 3, names: [a, b], none: null}"),
    ],
)
def test_what_the_language_allows_validates(text: str) -> None:
    assert errors(text) == []


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (with_line("layer: {}"), "$"),
        (with_line("version: 2"), "$.version"),
        ("layers: {a: Flatten}\noutputs: [a]", "$"),
        (with_layer("Dens"), "$.layers.b"),
        (with_layer("Dense"), "$.layers.b"),
        (with_layer("{type: Dens, units: 3}"), "$.layers.b.type"),
        (with_layer("{type: Dens, units: 3}", more="blocks: {Dens: ./d.yaml}\nx: 1"), "$"),
        (with_layer("{type: Dense}"), "$.layers.b"),
        (with_layer("{type: Dense, unit: 3}"), "$.layers.b"),
        (with_layer("{type: Dense, units: 0}"), "$.layers.b.units"),
        (with_layer("{type: Dense, units: '64'}"), "$.layers.b.units"),
        (with_layer("{type: Dense, units: 3, activation: rleu}"), "$.layers.b.activation"),
        (with_layer("{type: Dropout, rate: 1.5}"), "$.layers.b.rate"),
        (
            with_layer("{type: Conv2D, filters: 3, kernel_size: [3, 3, 3]}"),
            "$.layers.b.kernel_size",
        ),
        (with_layer("{units: 3}"), "$.layers.b"),
        (with_layer("{use: encoder, units: 3}"), "$.layers.b"),
        (with_layer("{type: Dense, units: 3, repeat: 0}"), "$.layers.b.repeat"),
        (with_layer("{type: TimeDistributed, layer: {type: Dens}}"), "$.layers.b.layer.type"),
        (with_line("inputs: {x: [0]}"), "$.inputs.x"),
        (with_line("inputs: {x: {shape: [3], dtyp: int64}}"), "$.inputs.x"),
        (with_line("inputs: {x: {shape: [3], dtype: int63}}"), "$.inputs.x.dtype"),
        (with_line("inputs: {1x: [3]}"), "$.inputs"),
        (with_line("edges: [x => a]"), "$.edges[0]"),
        (with_line("edges: [x]"), "$.edges[0]"),
        (with_line("outputs: {b: rmse}"), "$.outputs.b"),
        (with_line("outputs: {b: {loss: mse, wieght: 2}}"), "$.outputs.b"),
        (with_line("outputs: {b: {loss: mse, metrics: [acuracy]}}"), "$.outputs.b.metrics[0]"),
        (with_line("train: {optimizer: adamm}"), "$.train.optimizer"),
        (with_line("train: {optimizer: {type: sgd, beta_1: 0.9}}"), "$.train.optimizer"),
        (with_line("train: {epochs: 0}"), "$.train.epochs"),
        (
            with_line("train: {callbacks: [{type: early_stopping, patient: 3}]}"),
            "$.train.callbacks[0]",
        ),
        (with_line("data: {fiel: a.csv}"), "$.data"),
        (with_line("data: {file: a.csv, features: {x: {normalise: none}}}"), "$.data.features.x"),
        (
            with_line("blocks: {r: {inputs: [x], layers: {a: {type: Dense}}, outputs: [a]}}"),
            "$.blocks.r.layers.a",
        ),
    ],
)
def test_typical_mistakes_do_not_validate_and_are_found_at_their_place(
    text: str, where: str
) -> None:
    places = [found.split(": ")[0] for found in errors(text)]
    assert where in places


def arguments(name: str) -> dict[str, Any]:
    """What the schema says of each argument of a layer type, references followed."""
    properties = SCHEMA["$defs"][name]["properties"]
    return {key: followed(schema) for key, schema in properties.items()}


def followed(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in schema:
        return schema
    return {**followed(SCHEMA["$defs"][schema["$ref"].removeprefix("#/$defs/")]), **schema}


def test_a_hover_says_what_each_argument_is() -> None:
    for name in registry.names():
        properties = arguments(name)
        silent = [key for key in properties if key != "type" and not properties[key]["description"]]
        assert silent == []
    assert SCHEMA["$defs"]["Dense"]["properties"]["units"]["description"]
    assert "keras.io/api/layers/core_layers/dense" in SCHEMA["$defs"]["Dense"]["description"]


def test_defaults_are_those_of_the_declarations() -> None:
    for name in registry.names():
        layer: Any = registry.find(name)
        for key, field in layer.model_fields.items():
            schema = arguments(name)[field.alias or key]
            if field.is_required():
                assert (field.alias or key) in SCHEMA["$defs"][name]["required"]
                assert "default" not in schema
            else:
                default = json.loads(json.dumps(field.default))
                assert schema["default"] == default


def test_there_is_one_case_a_layer_type() -> None:
    cases = SCHEMA["$defs"]["typed_layer"]["allOf"]
    named = [followed(case["if"])["properties"]["type"]["const"] for case in cases]
    assert named == registry.names()
    for flavour in ("layer", "layer_or_block"):
        typed = SCHEMA["$defs"][flavour]["then"]["else"]
        assert {"$ref": "#/$defs/typed_layer"} in typed["allOf"]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("train: {{optimizer: {}}}", optimizers.names()),
        ("train: {{callbacks: [{}]}}", callbacks.names()),
        ("outputs: {{b: {}}}", losses.names()),
        ("outputs: {{b: {{metrics: [{}]}}}}", metrics.names()),
    ],
)
def test_all_names_of_the_training_room_validate(line: str, names: list[str]) -> None:
    for name in names:
        assert errors(with_line(line.format(name))) == []
