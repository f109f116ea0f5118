"""`model.json`: what goes into an exported file, what comes out, and what stays outside."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from modelspec._version import __version__
from modelspec.data.decisions import decides
from modelspec.exports.decoding.write import decoding_description
from modelspec.layers.values import Tensor

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from modelspec.exports.decoding.write import DecodingFiles
    from modelspec.exports.exported import Trial
    from modelspec.exports.model import ExportModel
    from modelspec.graph.graph import GraphOutput

VERSION = 1
KEY = "modelspec_export"
"""By this key a description is known."""


def description(
    model: ExportModel,
    files: Sequence[str],
    trials: Sequence[Trial],
    notes: Sequence[str] = (),
    decoding: Sequence[DecodingFiles] = (),
) -> dict[str, Any]:
    """What is known of an exported file, as JSON data.

    Args:
        model: What was exported.
        files: The names of the files, the model first.
        trials: How far it was from the model.
        notes: What the format has to say of it.
        decoding: The files that decode outputs.
    """
    sizes = model.sizes
    decoded = {each.output.name: decoding_description(each) for each in decoding}
    return {
        KEY: VERSION,
        "modelspec": __version__,
        "name": model.graph.name,
        "files": list(files),
        "weights": str(model.weights) if model.weights else "new: the model was never trained",
        "inputs": [_input(model, name) for name in model.graph.inputs],
        "sizes": {
            name: {"minimum": least, **({"found_by": "trying"} if name in sizes.unnamed else {})}
            for name, least in sizes.least.items()
        },
        "outputs": [_output(model, output) for output in model.graph.outputs.values()],
        "preprocessing": model.preprocessing.to_dict(),
        "checked": [{"sizes": each.sizes, "difference": each.difference} for each in trials],
        **({"decoding": decoded} if decoded else {}),
        **({"notes": list(notes)} if notes else {}),
    }


def text(found: dict[str, Any]) -> str:
    """A description as it stands in its file."""
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def read_description(path: Path) -> dict[str, Any] | None:
    """What `text` has written into a file; None if it is another file, or none."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and KEY in found else None


def _input(model: ExportModel, name: str) -> dict[str, Any]:
    value = model.graph.inputs[name].outputs[""]
    assert isinstance(value, Tensor)
    return {"name": name, "dtype": value.dtype, "shape": list(model.sizes.inputs[name])}


def _output(model: ExportModel, output: GraphOutput) -> dict[str, Any]:
    """One output, and how `modelspec predict` reads it."""
    value = output.value
    assert isinstance(value, Tensor)
    found: dict[str, Any] = {
        "name": output.name,
        "dtype": value.dtype,
        "shape": list(model.output_shapes[output.name]),
        "values": _meaning(output),
    }
    if classes := model.preprocessing.classes(output.name):
        found["classes"] = list(classes)
    if decides(output, model.preprocessing):
        found["thresholds"] = list(model.preprocessing.thresholds.get(output.name, (0.5,)))
    if output.decode:
        found["decode"] = output.decode.model_dump(mode="json")
    return found


def _meaning(output: GraphOutput) -> str:
    """What the numbers are, said by the loss: logits, where the model itself ends before them."""
    loss = output.loss
    if loss is None or not loss.activation:
        return "as computed"
    if loss.of_logits:
        return f"logits: {loss.activation} makes probabilities of them"
    return "probabilities"
