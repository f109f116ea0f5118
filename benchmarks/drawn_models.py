"""Models drawn at random from a few families, for `memory.py`.

A family says what is built of what; widths, depths, kernels, activations, batch sizes, optimizers,
precisions and callbacks are drawn, each model from a seed of its own.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

ACTIVATIONS = ("relu", "relu", "gelu", "silu", "tanh", "elu", "leaky_relu", "softplus")
OPTIMIZERS: tuple[dict[str, Any], ...] = (
    {"type": "adam"},
    {"type": "adam", "amsgrad": True},
    {"type": "adamw", "weight_decay": 0.01},
    {"type": "sgd"},
    {"type": "sgd", "momentum": 0.9, "nesterov": True},
    {"type": "rmsprop", "centered": True},
    {"type": "lion"},
    {"type": "adagrad"},
    {"type": "nadam"},
    {"type": "adam", "use_ema": True},
    {"type": "adam", "global_clipnorm": 1.0},
    {"type": "sgd", "momentum": 0.9, "clipnorm": 1.0},
    {"type": "adam", "gradient_accumulation_steps": 2},
    {"type": "adafactor"},
    {"type": "muon"},
    {"type": "lamb"},
)
Chain = list[dict[str, Any]]


def perceptron(draw: random.Random) -> dict[str, Any]:
    """Wide `Dense` layers: mostly weights."""
    kind = draw.choice(ACTIVATIONS)
    layers: Chain = []
    for _ in range(draw.randint(2, 5)):
        layers.append(
            {"type": "Dense", "units": draw.choice((512, 1024, 1536)), "activation": kind}
        )
        if draw.random() < 0.4:
            layers.append({"type": "Dropout", "rate": 0.3})
        if draw.random() < 0.3:
            layers.append({"type": draw.choice(("BatchNormalization", "LayerNormalization"))})
    if draw.random() < 0.5:
        layers[0]["kernel_regularizer"] = draw.choice(("l2", "l1"))
    batch = draw.choice((1024, 4096))
    return _model([draw.choice((64, 784))], layers, "softmax", batch)


def convolutional(draw: random.Random) -> dict[str, Any]:
    """Convolutions of pictures, with and without normalization, plain and separable."""
    side, width = draw.choice((48, 64, 96)), draw.choice((8, 16, 24))
    kind = draw.choice(ACTIVATIONS)
    normalized, plain = draw.random() < 0.5, draw.random() < 0.7
    layers: Chain = []
    for _ in range(draw.randint(2, 3)):
        for _ in range(draw.randint(1, 2)):
            layers.append(
                {
                    "type": "Conv2D" if plain else "SeparableConv2D",
                    "filters": width,
                    "kernel_size": draw.choice((3, 5)),
                    "padding": "same",
                    **({} if normalized else {"activation": kind}),
                }
            )
            if normalized:
                layers += [
                    {"type": "BatchNormalization"},
                    {"type": "Activation", "activation": kind},
                ]
        layers.append({"type": draw.choice(("MaxPooling2D", "AveragePooling2D"))})
        width *= 2
    layers.append({"type": draw.choice(("GlobalAveragePooling2D", "Flatten"))})
    return _model([side, side, draw.choice((1, 3))], layers, "softmax", draw.choice((32, 64, 128)))


def text(draw: random.Random) -> dict[str, Any]:
    """An embedding, then convolutions of the sequence."""
    vocabulary, steps = draw.choice((5_000, 20_000, 50_000)), draw.choice((100, 256))
    layers: Chain = [
        {"type": "Embedding", "input_dim": vocabulary, "output_dim": draw.choice((32, 64, 128))}
    ]
    for _ in range(draw.randint(1, 3)):
        layers.append(
            {
                "type": "Conv1D",
                "filters": draw.choice((32, 64, 128)),
                "kernel_size": draw.choice((3, 5, 7)),
                "padding": draw.choice(("valid", "same", "causal")),
                "activation": draw.choice(ACTIVATIONS),
            }
        )
        if draw.random() < 0.5:
            layers.append({"type": "SpatialDropout1D", "rate": 0.2})
    layers.append({"type": draw.choice(("GlobalMaxPooling1D", "GlobalAveragePooling1D"))})
    return _model([steps], layers, "sigmoid", draw.choice((128, 256, 512)), "int64")


def recurrent(draw: random.Random) -> dict[str, Any]:
    """One to three recurrent layers, some of them in both directions."""
    layers: Chain = []
    for last in [*[False] * draw.randint(0, 2), True]:
        layer: dict[str, Any] = {
            "type": draw.choice(("LSTM", "LSTM", "GRU", "SimpleRNN")),
            "units": draw.choice((32, 64, 128)),
            "return_sequences": not last,
        }
        wrapped = {"type": "Bidirectional", "layer": layer}
        layers.append(wrapped if draw.random() < 0.4 else layer)
    shape = [draw.choice((50, 120)), draw.choice((16, 64, 128))]
    return _model(shape, layers, "sigmoid", draw.choice((64, 128, 256)))


def attention(draw: random.Random) -> dict[str, Any]:
    """Encoders of a transformer."""
    heads, width, steps = draw.choice((2, 4, 8)), draw.choice((64, 128)), draw.choice((64, 128))
    dropped = draw.choice((0.0, 0.1))
    block: dict[str, Any] = {
        "inputs": ["v"],
        "layers": {
            "attend": {
                "type": "MultiHeadAttention",
                "num_heads": heads,
                "key_dim": width // heads,
                "dropout": dropped,
            },
            "first": {"type": "Add"},
            "norm1": {"type": "LayerNormalization"},
            "wide": {"type": "Dense", "units": 4 * width, "activation": draw.choice(ACTIVATIONS)},
            "narrow": {"type": "Dense", "units": width},
            "drop": {"type": "Dropout", "rate": 0.1},
            "second": {"type": "Add"},
            "norm2": {"type": "LayerNormalization"},
        },
        "edges": [
            "v -> attend.query",
            "v -> attend.value",
            "v, attend -> first -> norm1 -> wide -> narrow -> drop",
            "norm1, drop -> second -> norm2",
        ],
        "outputs": ["norm2"],
    }
    layers: Chain = [{"type": "Dense", "units": width}]
    layers += [{"type": "encoder"}] * draw.randint(1, 3)
    layers.append({"type": "GlobalAveragePooling1D"})
    found = _model([steps, draw.choice((16, 64))], layers, "softmax", draw.choice((32, 64, 128)))
    return {**found, "blocks": {"encoder": block}}


FAMILIES: tuple[Callable[[random.Random], dict[str, Any]], ...] = (
    perceptron, convolutional, text, recurrent, attention
)  # fmt: skip


def drawn(count: int) -> dict[str, dict[str, Any]]:
    """So many specs without data, the families in turns: the same at every call."""
    found = {}
    for seed in range(count):
        draw, family = random.Random(seed), FAMILIES[seed % len(FAMILIES)]
        spec = family(draw)
        training = spec["train"]
        training["optimizer"] = draw.choice(OPTIMIZERS)
        if draw.random() < 0.2:
            training["precision"] = "bfloat16"
        if draw.random() < 0.3:
            stopping = {"type": "early_stopping", "monitor": "loss", "restore_best_weights": True}
            training["callbacks"] = [stopping]
        found[f"{family.__name__} {seed}"] = spec
    return found


def _model(
    shape: list[int], layers: Chain, last: str, batch: int, dtype: str = "float32"
) -> dict[str, Any]:
    """A chain of layers with an output of ten classes, or of yes and no."""
    classes = 10 if last == "softmax" else 1
    named = {f"n{place}": layer for place, layer in enumerate(layers)}
    loss = "sparse_categorical_crossentropy" if classes > 1 else "binary_crossentropy"
    return {
        "inputs": {"x": {"shape": shape, "dtype": dtype}},
        "layers": {**named, "y": {"type": "Dense", "units": classes, "activation": last}},
        "outputs": {"y": loss},
        "train": {"batch_size": batch},
    }
