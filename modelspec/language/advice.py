"""What is said of keys that other frameworks have and modelspec, on purpose, has elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modelspec.source import Path

_ONLY_KERAS = "it rules how Keras computes, not what: leave it out"
_INPUTS = "what leads into a layer is an edge: `edges: [before -> {node}]`"
_SHAPES = "shapes are declared at `inputs`; every layer works its own out"
_OUTPUTS = "each output has its own: `outputs: {{{node}: {{{key}: ...}}}}`"
_SPLIT = "say it under `data`: `split: {{validation: 0.1}}`"
_FROZEN = "write `trainable: false`"
_CALLBACK = "it is a callback: `callbacks: [{{type: {callback}, ...}}]`"
_OF_OPTIMIZER = "the optimizer has it: `optimizer: {{type: {optimizer}, {key}: ...}}`"
_SCHEDULE = "`learning_rate` takes a schedule: `learning_rate: {{type: cosine_decay, ...}}`"
_MACHINE = "it is found out by the run: leave it out"
_COLUMN = "`data` says it: `data: {{features: {{{node}: {{{key}: ...}}}}}}`"
_LAYER = "its layer has it: `layers: {{{node}: {{type: ..., {key}: ...}}}}`"

_OF_LAYERS = {
    "name": "a layer's name is its key, here `{node}`",
    **dict.fromkeys(
        (
            *("input_shape", "batch_input_shape", "batch_shape", "input_length"),
            *("in_features", "in_channels", "input_size", "num_features", "normalized_shape"),
            *("input_dim", "in_dim", "input_channels", "fan_in"),
        ),
        _SHAPES,
    ),
    "return_state": "no flag is needed: name the port in an edge, `{node}.state`",
    "return_attention_scores": "no flag is needed: name the port in an edge, `{node}.scores`",
    "backward_layer": (
        "both directions are alike here; for two unlike layers, give one of them"
        " `go_backwards: true`, and `Concatenate` the two"
    ),
    "bidirectional": "wrap the layer: `{node}: {{type: Bidirectional, layer: {{type: ..., ...}}}}`",
    "num_layers": "declare a layer for each, or chain copies: `repeat: 2`",
    "batch_first": "it always is: the batch axis is first, and stands in no shape",
    "stateful": "no layer keeps its state between batches; lead it in by `{node}.state`",
    "weights": "a run brings its weights along; for others, `--weights FILE`",
    "data_format": "tensors are channels-last: `[height, width, channels]`",
    "keep_prob": "`rate` is the share that is dropped: 1 less what is kept",
    "frozen": _FROZEN,
    "freeze": _FROZEN,
    "unroll": _ONLY_KERAS,
    "implementation": _ONLY_KERAS,
    "use_cudnn": _ONLY_KERAS,
    "flash_attention": _ONLY_KERAS,
    "input": _INPUTS,
    "inputs": _INPUTS,
    "loss": _OUTPUTS,
    "metrics": _OUTPUTS,
    "inplace": "leave it out: what is computed is the same",
    "device": _MACHINE,
}

_OF_TRAIN = {
    "loss": "each output has its own: `outputs: {{answer: {{loss: mse}}}}`",
    "losses": "each output has its own: `outputs: {{answer: {{loss: mse}}}}`",
    "metrics": "each output has its own: `outputs: {{answer: {{metrics: [accuracy]}}}}`",
    "loss_weights": "each output has its own: `outputs: {{answer: {{loss: mse, weight: 0.2}}}}`",
    "class_weight": "each output has its own: `outputs: {{answer: {{class_weight: {{1: 5.0}}}}}}`",
    **dict.fromkeys(
        (
            *("validation_split", "validation_data", "validation", "val_split", "test_size"),
            *("val_size", "split", "test_split", "validation_size", "test"),
        ),
        _SPLIT,
    ),
    "verbose": "a run shows its progress on a terminal, and a line an epoch in a pipe",
    **dict.fromkeys(("early_stopping", "patience", "early_stop", "monitor"), _CALLBACK),
    **dict.fromkeys(
        ("reduce_lr_on_plateau", "reduce_on_plateau", "plateau"),
        "it is a callback: `callbacks: [reduce_lr_on_plateau]`",
    ),
    **dict.fromkeys(
        ("checkpoint", "save_best", "model_checkpoint", "checkpoints"),
        "every run saves itself; the callback `checkpoint` says how: `callbacks: [checkpoint]`",
    ),
    **dict.fromkeys(("ema", "swa"), "it is a callback: `callbacks: [ema]`"),
    **dict.fromkeys(("tensorboard", "logger"), "it is a callback: `callbacks: [tensorboard]`"),
    **dict.fromkeys(
        ("weight_decay", "momentum", "nesterov", "beta_1", "beta_2", "epsilon", "betas"),
        _OF_OPTIMIZER,
    ),
    **dict.fromkeys(("scheduler", "lr_scheduler", "schedule", "lr_schedule", "decay"), _SCHEDULE),
    **dict.fromkeys(
        ("device", "devices", "gpus", "accelerator", "num_workers", "pin_memory", "workers"),
        _MACHINE,
    ),
    "steps_per_epoch": "an epoch is all training rows; `validate_every` measures within one",
    "resume": "it is an option: `modelspec train SPEC --resume RUN`",
    "trainable": "`freeze` names the nodes that are not trained",
}

_OF_OUTPUTS = {
    **dict.fromkeys(("activation", "units", "type"), _LAYER),
    **dict.fromkeys(("column", "columns", "normalize", "encode", "classes"), _COLUMN),
    "sample_weight": "a column says it: `data: {{sample_weight: COLUMN}}`",
    "name": "an output's name is its key, here `{node}`",
    "optimizer": "there is one for all outputs: `train: {{optimizer: adam}}`",
}

_OF_INPUTS = {
    **dict.fromkeys(("column", "columns", "normalize", "encode", "vocabulary"), _COLUMN),
    "name": "an input's name is its key, here `{node}`",
    "batch_size": "shapes have no batch axis; `train: {{batch_size: 32}}` says it",
    "sparse": "leave it out: tensors are dense",
}

_OF_OPTIMIZERS = {
    "betas": "write `beta_1: 0.9, beta_2: 0.999`",
    "decay": _SCHEDULE,
    "lr_decay": _SCHEDULE,
    "maximize": "losses are minimised: leave it out",
    "foreach": "leave it out: what is computed is the same",
    "fused": "leave it out: what is computed is the same",
    "capturable": "leave it out: what is computed is the same",
    "jit_compile": "write `compile: true` in `train`",
}

_BY_CLASS = {
    "Layer": _OF_LAYERS,
    "TrainSection": _OF_TRAIN,
    "BlockOutputSection": _OF_OUTPUTS,
    "InputSection": _OF_INPUTS,
    "Optimizer": _OF_OPTIMIZERS,
}


def advice(key: str, owner: Path, cls: type) -> str:
    """The way out for a key; empty where there is nothing special to say.

    Args:
        key: The unknown key.
        owner: The place of what it was written in.
        cls: What declares the keys that there are.
    """
    table = next((_BY_CLASS[c.__name__] for c in cls.__mro__ if c.__name__ in _BY_CLASS), {})
    names = [step for step in owner if isinstance(step, str) and step != "layer"]
    words = {
        "node": names[-1] if names else "name",
        "key": key,
        "callback": "early_stopping",
        "optimizer": "adamw" if key == "weight_decay" else "sgd" if "m" in key else "adam",
    }
    if cls.__name__ == "TuneSection" and "." in key:
        return f"paths stand under `search`: `search: {{{key}: [...]}}`"
    return table.get(key, "").format(**words)
