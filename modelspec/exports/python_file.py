"""`.py`: one file that needs torch and safetensors only, its weights in a file beside it."""

from __future__ import annotations

import runpy
from typing import TYPE_CHECKING

import torch

from modelspec.diagnostics.plugin_error import PluginError
from modelspec.exports.errors import ExportError
from modelspec.runner.checkpoint.safetensors_file import write_tensors
from modelspec.torch import code_of

if TYPE_CHECKING:
    from pathlib import Path

    from modelspec.exports.exportable import Named, Run
    from modelspec.exports.formats import ExportOptions
    from modelspec.exports.model import ExportModel

WEIGHTS = ".safetensors"


def write(model: ExportModel, path: Path, options: ExportOptions) -> list[str]:  # noqa: ARG001
    """Write the code, and the weights beside it.

    Raises:
        ExportError: A layer cannot be written as code.
    """
    weights = path.with_suffix(WEIGHTS)
    try:
        text = code_of(model.module, model.graph, weights.name)
    except PluginError as error:
        raise ExportError(error.message, error.help) from error
    path.write_text(text, encoding="utf-8")
    write_tensors(weights, model.module.state_dict())
    decoded = [name for name, output in model.graph.outputs.items() if output.decode is not None]
    return [
        f"`{name}` is decoded token by token; the file computes one step of it, not the search"
        for name in decoded
    ]


def reader(path: Path, model: ExportModel) -> Run:
    """What the file computes, run by itself."""
    loaded = runpy.run_path(str(path))["load"]()

    def run(inputs: Named) -> Named:
        with torch.inference_mode():
            found: Named = loaded(*(inputs[name] for name in model.graph.inputs))
        return found

    return run
