"""A layer in a spec of its own: linted, built, saved and loaded."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from pydantic import BaseModel

from modelspec.diagnostics import Diagnostic, Severity
from modelspec.graph import Graph
from modelspec.layers import Layer
from modelspec.layers.choices import Option
from modelspec.layers.values import LayerError
from modelspec.lint import examine
from modelspec.runner.checkpoint.load_weights import load_weights
from modelspec.runner.checkpoint.safetensors_file import write_tensors
from modelspec.torch import build
from tests.layers.calling import attempt, draw


def check_lint(layer: Layer, shapes: Sequence[tuple[int, ...]], dtype: str) -> Graph:
    """A spec of nothing but the layer has no error. Its graph is returned."""
    graph, errors = lint(layer, shapes, dtype)
    assert not errors, errors
    assert graph is not None
    return graph


def check_refused(layer: Layer, shapes: Sequence[tuple[int, ...]], dtype: str, code: str) -> None:
    """Lint finds the error at the layer's own place, and in no other words than one line."""
    _, errors = lint(layer, shapes, dtype)
    assert [error.code for error in errors] == [code], errors
    assert errors[0].span.line
    assert errors[0].help


def lint(
    layer: Layer, shapes: Sequence[tuple[int, ...]], dtype: str
) -> tuple[Graph | None, list[Diagnostic]]:
    """What there is to say against the layer's spec: errors, no warnings."""
    examined = examine("layer.yaml", text=json.dumps(spec_of(layer, shapes, dtype)))
    errors = [found for found in examined.report if found.severity is Severity.ERROR]
    return examined.graph, errors


def spec_of(layer: Layer, shapes: Sequence[tuple[int, ...]], dtype: str) -> dict[str, Any]:
    """A spec whose inputs are the layer's operands, and whose output is its output."""
    names = [f"x{index}" for index in range(len(shapes))]
    found = attempt(layer, shapes, dtype)
    ports = [""] if isinstance(found, LayerError) or "" in found.outputs else [*found.outputs]
    source = f"it.{ports[-1]}" if ports[-1] else "it"
    inputs = {
        name: {"shape": list(shape), "dtype": dtype}
        for name, shape in zip(names, shapes, strict=True)
    }
    return {
        "version": 1,
        "inputs": inputs,
        "layers": {"it": written(layer)},
        "edges": [f"{', '.join(names)} -> it"],
        "outputs": {"result": {"from": source}},
    }


def written(value: object) -> Any:
    """A layer, an option or an argument as a spec has it."""
    if isinstance(value, Layer | Option):
        fields = type(value).model_fields
        given = {
            fields[name].alias or name: written(getattr(value, name))
            for name in sorted(value.model_fields_set)
        }
        return {"type": type(value).__name__, **given}
    if isinstance(value, Mapping):
        return {name: written(item) for name, item in value.items()}
    if isinstance(value, BaseModel):
        return value.model_dump(exclude_unset=True)
    return [written(item) for item in value] if isinstance(value, tuple | list) else value


def check_saving(graph: Graph, shapes: Sequence[tuple[int, ...]], dtype: str) -> None:
    """A model with the weights that another one has saved computes the same."""
    saved, loaded = (build(graph, seed=seed).eval() for seed in (0, 1))
    with TemporaryDirectory() as folder:
        path = Path(folder, "weights.safetensors")
        write_tensors(path, saved.state_dict())
        load_weights(loaded, path, graph)
    operands = {f"x{index}": x for index, x in enumerate(draw(shapes, dtype))}
    with torch.no_grad():
        expected, found = (model(**operands)["result"] for model in (saved, loaded))
    assert torch.equal(found, expected)
