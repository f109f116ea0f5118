"""What is said of keys that Keras has and modelspec, on purpose, has not."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modelspec.source import Path

_ONLY_KERAS = "it rules how Keras computes, not what: leave it out"
_INPUTS = "what leads into a layer is an edge: `edges: [before -> {node}]`"
_SHAPES = "shapes are declared at `inputs`; every layer works its own out"
_OUTPUTS = "each output has its own: `outputs: {{{node}: {{{key}: ...}}}}`"
_SPLIT = "say it under `data`: `split: {{validation: 0.1}}`"

_OF_LAYERS = {
    "name": "a layer's name is its key, here `{node}`",
    "input_shape": _SHAPES,
    "batch_input_shape": _SHAPES,
    "batch_shape": _SHAPES,
    "input_length": _SHAPES,
    "return_state": "no flag is needed: name the port in an edge, `{node}.state`",
    "return_attention_scores": "no flag is needed: name the port in an edge, `{node}.scores`",
    "backward_layer": (
        "both directions are alike here; for two unlike layers, give one of them"
        " `go_backwards: true`, and `Concatenate` the two"
    ),
    "stateful": "no layer keeps its state between batches; lead it in by `{node}.state`",
    "weights": "a run brings its weights along; for others, `--weights FILE`",
    "data_format": "tensors are channels-last: `[height, width, channels]`",
    "unroll": _ONLY_KERAS,
    "implementation": _ONLY_KERAS,
    "use_cudnn": _ONLY_KERAS,
    "flash_attention": _ONLY_KERAS,
    "input": _INPUTS,
    "inputs": _INPUTS,
    "loss": _OUTPUTS,
    "metrics": _OUTPUTS,
}

_OF_TRAIN = {
    "loss": "each output has its own: `outputs: {{answer: {{loss: mse}}}}`",
    "losses": "each output has its own: `outputs: {{answer: {{loss: mse}}}}`",
    "metrics": "each output has its own: `outputs: {{answer: {{metrics: [accuracy]}}}}`",
    "loss_weights": "each output has its own: `outputs: {{answer: {{loss: mse, weight: 0.2}}}}`",
    "class_weight": "each output has its own: `outputs: {{answer: {{class_weight: {{1: 5.0}}}}}}`",
    "validation_split": _SPLIT,
    "validation_data": _SPLIT,
    "verbose": "a run shows its progress on a terminal, and a line an epoch in a pipe",
}


def advice(key: str, owner: Path, *, layer: bool) -> str:
    """The way out for a key; empty where there is nothing special to say.

    Args:
        key: The unknown key.
        owner: The place of what it was written in.
        layer: Whether that is a layer.
    """
    names = [step for step in owner if isinstance(step, str) and step != "layer"]
    node = names[-1] if names else "name"
    known = _OF_LAYERS if layer else _OF_TRAIN if tuple(owner) == ("train",) else {}
    return known.get(key, "").format(node=node, key=key)
