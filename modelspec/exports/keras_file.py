"""`.keras`: a functional model of Keras 3 with its weights, made without Keras.

It is read back by the importer, which needs no Keras either.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import torch

from modelspec.diagnostics import Report
from modelspec.exports.errors import ExportError
from modelspec.graph.block import inner_graph
from modelspec.keras.import_model import from_keras
from modelspec.keras.saving.archive import write_archive
from modelspec.keras.saving.functional import Saved, save
from modelspec.keras.saving.no_counterpart import NoCounterpartError
from modelspec.keras.saving.weights_layout import layout
from modelspec.lint import examine
from modelspec.runner.checkpoint.keras_weights import load_keras_weights
from modelspec.torch.keras_arrays import LostNumbersError, keras_arrays
from modelspec.torch.weight_ownership import LayerWeights, weight_owners

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy as np
    from torch import nn

    from modelspec.exports.exportable import Named, Run
    from modelspec.exports.formats import ExportOptions
    from modelspec.exports.model import ExportModel
    from modelspec.graph.graph import Graph

    Array = np.ndarray[Any, Any]


def write(model: ExportModel, path: Path, options: ExportOptions) -> list[str]:  # noqa: ARG001
    """Write the archive.

    Raises:
        ExportError: Keras has nothing that computes one of the layers.
    """
    try:
        saved = save(model.graph)
        arrays = _arrays(model.graph, model.module, saved.places)
        write_archive(path, saved.config, saved.names, arrays)
    except NoCounterpartError as error:
        raise ExportError(str(error), error.help) from error
    except LostNumbersError as error:
        raise ExportError(str(error)) from error
    return _notes(model, saved)


def reader(path: Path, model: ExportModel) -> Run:
    """What the file computes, read by the importer."""
    graph, module = read(path)
    inputs, outputs = list(model.graph.inputs), list(model.graph.outputs)
    names = {name: name if name in graph.outputs else None for name in outputs}
    if len(outputs) == 1:
        names = {outputs[0]: next(iter(graph.outputs))}

    def run(given: Named) -> Named:
        read = {name: given[name] for name in inputs if name in graph.inputs}
        with torch.inference_mode():
            found = module(read)
        return {name: found[own] for name, own in names.items() if own is not None}

    return run


def read(path: Path) -> tuple[Graph, nn.Module]:
    """The graph and the module that a file is imported as.

    Raises:
        ExportError: The importer refuses it.
    """
    report = Report()
    imported = from_keras(str(path), report)
    if imported is None:
        raise ExportError("; ".join(error.message for error in report.errors))
    with closing(imported), TemporaryDirectory(dir=path.parent) as folder:
        for name, text in imported.texts.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        examined = examine(str(Path(folder) / "model.yaml"))
        if examined.graph is None or examined.report.failed:
            raise ExportError("; ".join(error.message for error in examined.report.errors))
        assert imported.arrays is not None
        module = load_keras_weights(examined.graph, imported.weights, imported.arrays.of)
    return examined.graph, module.eval()


def _arrays(
    graph: Graph, module: nn.Module, places: Mapping[str, Any]
) -> Iterator[tuple[str, Array]]:
    """All arrays, each with the group that it lies in."""
    done = set()
    for node, attribute in weight_owners(graph, module):
        if attribute in done:
            continue
        done.add(attribute)
        part = getattr(module, attribute)
        place = places[f"shared:{node.shared}" if node.shared else node.name]
        inside = inner_graph(node)
        if inside is not None:
            yield from _arrays(inside, part, place)
        elif node.layer is not None and node.weights:
            found = keras_arrays(LayerWeights(node.layer, part, node.weights))
            for group, name in layout(node.layer, list(found)):
                yield f"{place}/{group}".rstrip("/"), found[name].numpy()


def _notes(model: ExportModel, saved: Saved) -> list[str]:
    decoded = [name for name, output in model.graph.outputs.items() if output.decode is not None]
    notes = [
        f"`{name}` is decoded token by token; the file computes one step of it, not the search"
        for name in decoded
    ]
    if saved.by_name:
        notes.append("`predict` of the Keras model gives a dict of the outputs, by their names")
    return notes
