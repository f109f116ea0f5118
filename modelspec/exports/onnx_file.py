"""`.onnx`, by torch's exporter from the program of `.pt2`; checked by onnxruntime."""

from __future__ import annotations

import logging
import re
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from modelspec.diagnostics.extras import require
from modelspec.exports.errors import ExportError, first_line
from modelspec.exports.pt2 import program_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from torch.export import ExportedProgram

    from modelspec.exports.exportable import Exportable, Named, Run
    from modelspec.exports.formats import ExportOptions

FEATURE = "exporting to ONNX"
MOST_IN_ONE_FILE = 2_000_000_000
"""Bytes of weights that one file can hold; more go into a second one beside it."""


def write(model: Exportable, path: Path, options: ExportOptions) -> list[str]:
    """Write the graph; its inputs, outputs and open axes are called as in the spec."""
    assert not options.compile
    require("onnx", FEATURE)
    require("onnxscript", FEATURE)
    require("onnxruntime", FEATURE)
    program = program_of(model)
    exported = _export(program, list(model.input_shapes), list(model.output_shapes))
    _name_axes(exported.model, model, _symbols(program, model))
    bytes = sum(each.numel() * each.element_size() for each in model.module.state_dict().values())
    exported.save(path, external_data=bytes > MOST_IN_ONE_FILE)
    return []


def reader(path: Path, model: Exportable) -> Run:
    """What onnxruntime computes on the CPU."""
    require("onnxruntime", FEATURE)
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    names = list(model.output_shapes)

    def run(inputs: Named) -> Named:
        given = {name: value.numpy() for name, value in inputs.items()}
        said = session.run(names, given)
        found = (torch.from_numpy(np.asarray(each)) for each in said)
        return dict(zip(names, found, strict=True))

    return run


def _export(program: ExportedProgram, inputs: list[str], outputs: list[str]) -> Any:
    """What torch's exporter makes of a program.

    Raises:
        ExportError: It knows no way.
    """
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings(action="ignore"):  # of torch's own internals
            return torch.onnx.export(
                program,
                dynamo=True,
                input_names=inputs,
                output_names=outputs,
                verbose=False,
            )
    except Exception as error:  # torch has no type for all of them
        cause = error.__cause__ if isinstance(error.__cause__, Exception) else error
        raise ExportError(f"torch.onnx: {first_line(cause)}") from error


def _symbols(program: ExportedProgram, model: Exportable) -> dict[str, str]:
    """The spec's symbols by what torch calls them: `s27`."""
    found: dict[str, str] = {}
    values = {
        node.name: node.meta["val"] for node in program.graph.nodes if node.op == "placeholder"
    }
    given = [values[name] for name in program.graph_signature.user_inputs if name in values]
    for value, shape in zip(given, model.input_shapes.values(), strict=True):
        for theirs, ours in zip(value.shape, shape, strict=True):
            if isinstance(ours, str) and not isinstance(theirs, int):
                found.setdefault(str(theirs), ours)
    return found


def _name_axes(graph_model: Any, model: Exportable, symbols: Mapping[str, str]) -> None:
    """Call open axes by the spec's symbols, wherever they stand."""
    import onnx_ir

    for value in _values(graph_model):
        if value.shape is None:
            continue
        for axis, size in enumerate(value.shape):
            if isinstance(size, onnx_ir.SymbolicDim) and size.value is not None:
                named = re.sub(r"\bs\d+\b", lambda s: symbols.get(s[0], s[0]), str(size.value))
                value.shape[axis] = onnx_ir.SymbolicDim(named)
    for value, shape in zip(graph_model.graph.outputs, model.output_shapes.values(), strict=True):
        if value.shape is None or len(value.shape) != len(shape):
            continue
        for axis, size in enumerate(shape):
            if isinstance(size, str) and isinstance(value.shape[axis], onnx_ir.SymbolicDim):
                value.shape[axis] = onnx_ir.SymbolicDim(size)


def _values(graph_model: Any) -> Iterator[Any]:
    """Every value of a graph, and of the graphs inside."""
    import onnx_ir

    yield from graph_model.graph.inputs
    for node in onnx_ir.traversal.RecursiveGraphIterator(graph_model.graph):
        yield from node.outputs
