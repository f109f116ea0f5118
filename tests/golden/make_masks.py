"""Writes `masks.npz`: what Keras computes with masks, for whole models.

Run it in a venv of its own, from the repository's root, as `make_layers.py`:

    KERAS_BACKEND=jax PYTHONPATH=. python tests/golden/make_masks.py

For each case the file holds the inputs, `CASE.in.NAME`, the weights of each layer in Keras's order,
`CASE.w.LAYER.I`, and the outputs, `CASE.out.I`; where the case is measured, the targets
`CASE.target`, and what Keras logs for the batch, `CASE.log.NAME`; where it is trained, the loss of
each step, `CASE.losses`, what is logged after the last, `CASE.after.log.NAME`, and the weights,
`CASE.after.LAYER.I`. `passing` is a JSON list of the
layer types of `TYPES` that hand the mask of their operand on, `dropping` of the others.
"""

import json
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers

from modelspec.layers.masks import Masking
from tests.golden.keys import written

WORDS = np.array([[3, 1, 4, 0, 0], [0, 2, 0, 5, 0], [0, 0, 0, 0, 0], [1, 2, 3, 4, 5]])
OTHER = np.array([[0, 1, 4, 2, 0], [3, 2, 0, 0, 0], [0, 0, 1, 0, 0], [1, 0, 3, 4, 5]])
PAGES = np.array([[[3, 1, 0], [0, 2, 0]], [[0, 0, 0], [5, 0, 1]], [[1, 2, 3], [0, 0, 0]]])
TEXTS = np.array([[3, 1, 4, 0, 0], [0, 2, 0, 5, 0], [4, 0, 0, 0, 0], [1, 2, 3, 4, 5]])
"""Words without an empty row, of which Keras makes NaN on the way to a mean."""
TAGS = np.array([[0, 1, 2, 0, 0], [1, 1, 0, 2, 0], [0, 0, 0, 0, 1], [2, 2, 1, 0, 1]])


def words(name: str = "words", shape: tuple[int, ...] = (5,)) -> Any:
    """An input of indices."""
    return layers.Input(shape, dtype="int64", name=name)


def embed(x: Any, name: str = "embed", *, mask_zero: bool = True) -> Any:
    """An embedding whose index 0 is padding."""
    return layers.Embedding(6, 3, mask_zero=mask_zero, name=name)(x)


def recurrent(kind: str, **options: Any) -> Any:
    """A layer `read` behind a masked embedding."""
    x = words()
    return x, getattr(layers, kind)(4, name="read", **options)(embed(x))


def both_ways(kind: str, **options: Any) -> Any:
    """A layer `read` that reads both ways behind a masked embedding."""
    merge = options.pop("merge_mode", "concat")
    x = words()
    inner = getattr(layers, kind)(2, **options)
    return x, layers.Bidirectional(inner, merge_mode=merge, name="read")(embed(x))


def masking() -> Any:
    """Masking before an LSTM."""
    x = layers.Input((5, 2), name="x")
    return x, layers.LSTM(3, name="read")(layers.Masking(2.0, name="valid")(x))


def stacked() -> Any:
    """A mask through several layers."""
    x = words()
    y = layers.LSTM(3, return_sequences=True, name="first")(embed(x))
    y = layers.LayerNormalization(name="norm")(layers.Dropout(0.5, name="drop")(y))
    y = layers.Dense(3, activation="relu", name="dense")(y)
    return x, layers.GRU(2, name="last")(y)


def merged(layer: Any, *, mask_second: bool = True) -> Any:
    """Two sequences, the second masked or not, before an LSTM."""
    x, y = words(), words("other")
    both = layer([embed(x), embed(y, "embed2", mask_zero=mask_second)])
    return [x, y], layers.LSTM(3, name="read")(both)


def merged_by(name: str, *, mask_second: bool) -> Any:
    """The same by the layer's name."""
    return merged(getattr(layers, name)(name="join"), mask_second=mask_second)


def states() -> Any:
    """Both states of a masked encoder begin a masked decoder."""
    x, y = words(), words("other")
    _, h, c = layers.LSTM(3, return_state=True, name="encoder")(embed(x))
    decoder = layers.LSTM(3, return_sequences=True, name="decoder")
    return [x, y], [decoder(embed(y, "embed2"), initial_state=[h, c]), c]


def tagger() -> Any:
    """A label a step."""
    x, y = recurrent("LSTM", return_sequences=True)
    return x, layers.TimeDistributed(layers.Dense(3, activation="softmax"), name="tags")(y)


def regression() -> Any:
    """Two numbers a step."""
    x, y = recurrent("GRU", return_sequences=True)
    return x, layers.Dense(2, name="numbers")(y)


def mean() -> Any:
    """The mean of a masked sequence."""
    x = words()
    return x, layers.GlobalAveragePooling1D(name="mean")(embed(x))


def normalized() -> Any:
    """Statistics of the steps that count, in training."""
    x = words()
    y = layers.BatchNormalization(name="norm", momentum=0.5)(embed(x))
    return x, layers.Dense(2, name="numbers")(y)


def pages() -> Any:
    """Words to sentences to pages."""
    x = words("words", (2, 3))
    y = layers.TimeDistributed(layers.LSTM(3), name="sentences")(embed(x))
    return x, layers.GRU(2, name="page")(y)


def attention() -> Any:
    """Queries and values with a mask each, then a mean."""
    x, y = words(), words("other")
    many = layers.MultiHeadAttention(2, 3, name="attend")(embed(x), embed(y, "embed2"))
    return [x, y], layers.GlobalAveragePooling1D(name="mean")(many)


def sentiment() -> Any:
    """A text classifier: padded words, read both ways."""
    x = words()
    y = layers.Bidirectional(layers.LSTM(3), name="read")(embed(x))
    return x, layers.Dense(1, activation="sigmoid", name="positive")(y)


def topic() -> Any:
    """A small transformer over padded words."""
    x = words()
    vectors = embed(x)
    y = layers.MultiHeadAttention(2, 3, name="attend")(vectors, vectors)
    y = layers.LayerNormalization(name="norm")(layers.Add(name="join")([vectors, y]))
    y = layers.GlobalAveragePooling1D(name="mean")(y)
    return x, layers.Dense(3, activation="softmax", name="topic")(y)


def dot_attention() -> Any:
    """The same with Luong's attention."""
    x, y = words(), words("other")
    return [x, y], layers.Attention(name="attend")([embed(x), embed(y, "embed2")])


ZEROED: dict[str, dict[str, Any]] = {
    "LSTM": {},
    "GRU": {"activation": "relu"},
    "SimpleRNN": {"go_backwards": True},
}
CASES: dict[str, Any] = {
    "lstm": lambda: recurrent("LSTM"),
    "lstm_sequences": lambda: recurrent("LSTM", return_sequences=True),
    "lstm_backwards": lambda: recurrent("LSTM", return_sequences=True, go_backwards=True),
    "lstm_relu": lambda: recurrent("LSTM", return_sequences=True, activation="relu"),
    "gru": lambda: recurrent("GRU"),
    "gru_sequences": lambda: recurrent("GRU", return_sequences=True),
    "gru_before": lambda: recurrent("GRU", reset_after=False),
    "simple": lambda: recurrent("SimpleRNN", return_sequences=True),
    "both_last": lambda: both_ways("LSTM"),
    "both_gru": lambda: both_ways("GRU", return_sequences=True),
    **{
        f"both_{mode}": lambda mode=mode: both_ways(  # type: ignore[misc]
            "LSTM", return_sequences=True, merge_mode=mode
        )
        for mode in ("concat", "sum", "mul", "ave")
    },
    "masking": masking,
    "stacked": stacked,
    "add": lambda: merged(layers.Add(name="join")),
    "add_one": lambda: merged(layers.Add(name="join"), mask_second=False),
    "join": lambda: merged(layers.Concatenate(name="join")),
    "join_one": lambda: merged(layers.Concatenate(name="join"), mask_second=False),
    "join_steps": lambda: merged(layers.Concatenate(axis=1, name="join"), mask_second=False),
    "states": states,
    "tagger": tagger,
    "regression": regression,
    "mean": mean,
    "normalized": normalized,
    "pages": pages,
    "attention": attention,
    "dot_attention": dot_attention,
    "sentiment": sentiment,
    "topic": topic,
    "tagging": tagger,
    **{
        f"{name.lower()}{end}": partial(merged_by, name, mask_second=not end)
        for name in ("Multiply", "Maximum", "Minimum")
        for end in ("", "_one")
    },
    **{
        f"zero_{kind.lower()}{end}": partial(
            recurrent, kind, zero_output_for_mask=True, return_sequences=bool(end), **more
        )
        for kind, more in ZEROED.items()
        for end in ("", "_sequences")
    },
    "zero_both": lambda: both_ways("LSTM", zero_output_for_mask=True),
}
MEASURED: dict[str, tuple[str, str]] = {
    "tagger": ("sparse_categorical_crossentropy", "sparse_categorical_accuracy"),
    "regression": ("mse", "mae"),
    "sentiment": ("binary_crossentropy", "binary_accuracy"),
    "topic": ("sparse_categorical_crossentropy", "sparse_categorical_accuracy"),
    "tagging": ("sparse_categorical_crossentropy", "sparse_categorical_accuracy"),
}
TRAINED = ("sentiment", "topic", "tagging")
STEPS = 4


def main() -> None:
    """Write the file beside this one."""
    found = passing()
    others = [name for types in TYPES.values() for name in types if name not in found]
    arrays: dict[str, Any] = {
        "passing": np.array(json.dumps(found)),
        "dropping": np.array(json.dumps(others)),
    }
    for number, (name, make) in enumerate(CASES.items()):
        rng = np.random.default_rng(number)
        model = keras.Model(*make())
        found = record(name, model, rng)
        arrays |= {f"{name}.{key}": value for key, value in found.items()}
    manifest, examples = masking_examples()
    arrays |= {"manifest": np.array(json.dumps(manifest))} | examples
    target = Path(__file__).with_name("masks.npz")
    np.savez_compressed(target, **arrays)
    print(f"{len(CASES)} cases, {target.stat().st_size} bytes, keras {keras.__version__}")


def masking_examples() -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """What Keras computes for each example of Masking, as `make_layers.py` has it; masks `N.m0`."""
    manifest, arrays = [], {}
    for number, example in enumerate(Masking.examples):
        layer = layers.Masking(**example.arguments)
        x = np.random.default_rng(number).normal(size=(2, *example.shapes[0])).astype("float32")
        x[0, 1:3] = x[1, 0, ..., :2] = layer.mask_value
        y = layer(x)
        mask = keras.src.backend.get_keras_mask(y)
        key = {"arguments": written(example.arguments), "shapes": repr(example.shapes)}
        manifest.append({"call": number, "type": "Masking", **key})
        found = {"x0": x, "y0": y, "m0": mask}
        arrays |= {f"{number}.{name}": np.asarray(value) for name, value in found.items()}
    return manifest, arrays


def record(name: str, model: Any, rng: Any) -> dict[str, Any]:
    """The arrays of one case."""
    found: dict[str, Any] = {}
    for layer in model.layers:
        drawn = [rng.normal(size=w.shape).astype("float32") * 0.7 for w in layer.weights]
        if "moving_variance" in [weight.name for weight in layer.weights]:
            drawn[-1] = np.abs(drawn[-1])
        layer.set_weights(drawn)
        found |= {f"w.{layer.name}.{index}": value for index, value in enumerate(drawn)}
    given = [value_for(tensor.name, rng, tensor.shape) for tensor in model.inputs]
    if name in TRAINED:
        given = [TEXTS]
    found |= {f"in.{x.name}": value for x, value in zip(model.inputs, given, strict=True)}
    results = model(given)
    results = results if isinstance(results, list | tuple) else [results]
    found |= {f"out.{index}": np.asarray(value) for index, value in enumerate(results)}
    if name == "normalized":
        found["trained.0"] = np.asarray(model(given, training=True))
        found["trained.1"] = np.asarray(model.get_layer("norm").moving_variance)
    if name in MEASURED:
        loss, metric = MEASURED[name]
        model.compile(keras.optimizers.SGD(0.3, momentum=0.9), loss, metrics=[metric])
        found["target"] = target = targets(name, rng)
        logged = model.test_on_batch(given, target, return_dict=True)
        found |= {f"log.{key}": value for key, value in logged.items()}
    return found | train(model, given, target) if name in TRAINED else found


def train(model: Any, given: Any, target: Any) -> dict[str, Any]:
    """The loss of some steps, what is logged after them, and the weights.

    Not what is logged while it trains: on JAX, Keras's metrics then see no masks.
    """
    losses = []
    for _ in range(STEPS):
        model.reset_metrics()
        losses.append(model.train_on_batch(given, target, return_dict=True)["loss"])
    model.reset_metrics()
    logged = model.test_on_batch(given, target, return_dict=True)
    found = {f"after.log.{key}": value for key, value in logged.items()} | {"losses": losses}
    for layer in model.layers:
        weights = enumerate(layer.get_weights())
        found |= {f"after.{layer.name}.{index}": value for index, value in weights}
    return found


def targets(name: str, rng: Any) -> Any:
    """What a model should give."""
    if name in ("sentiment", "topic"):
        return TAGS[:, 1:2] if name == "topic" else TAGS[:, 1:2] % 2
    return rng.normal(size=(4, 5, 2)).astype("float32") if name == "regression" else TAGS


def value_for(name: str, rng: Any, shape: tuple[int, ...]) -> Any:
    """The value of an input."""
    if name == "x":
        x = rng.normal(size=(4, *shape[1:])).astype("float32")
        x[0, 3:] = 2.0
        x[1, 0] = 2.0
        x[2, 1, 0] = 2.0
        return x
    if len(shape) == 3:
        return PAGES
    return WORDS if name == "words" else OTHER


def passing() -> list[str]:
    """The types whose output has the mask of their only operand."""
    found = []
    for shape, types in TYPES.items():
        for name, arguments in types.items():
            layer = getattr(layers, name)(**arguments)
            result = layer(layers.Masking()(layers.Input(shape)))
            if keras.src.backend.get_keras_mask(result) is not None:
                found.append(name)
    return found


def inside(name: str) -> dict[str, Any]:
    """A wrapper around a layer of its own."""
    return {"layer": getattr(layers, name)(2)}


SEQUENCE: dict[str, dict[str, Any]] = {
    "Activation": {"activation": "relu"},
    "ActivityRegularization": {},
    "AlphaDropout": {"rate": 0.1},
    "AveragePooling1D": {"pool_size": 2},
    "BatchNormalization": {},
    "Bidirectional": inside("LSTM"),
    "Conv1D": {"filters": 2, "kernel_size": 2},
    "Conv1DTranspose": {"filters": 2, "kernel_size": 2},
    "Cropping1D": {},
    "Dense": {"units": 2},
    "DepthwiseConv1D": {"kernel_size": 2},
    "Discretization": {"bin_boundaries": [0.0]},
    "Dropout": {"rate": 0.1},
    "ELU": {},
    "EinsumDense": {"equation": "abc,cd->abd", "output_shape": (None, 3)},
    "Flatten": {},
    "GRU": {"units": 2},
    "GaussianDropout": {"rate": 0.1},
    "GaussianNoise": {"stddev": 0.1},
    "GlobalAveragePooling1D": {},
    "GlobalMaxPooling1D": {},
    "GroupNormalization": {"groups": 2},
    "Identity": {},
    "LSTM": {"units": 2},
    "LayerNormalization": {},
    "LeakyReLU": {},
    "MaxPooling1D": {},
    "Normalization": {"mean": 0.0, "variance": 1.0},
    "PReLU": {},
    "Permute": {"dims": (2, 1)},
    "RMSNormalization": {},
    "ReLU": {},
    "Rescaling": {"scale": 2.0},
    "Reshape": {"target_shape": (6, 4)},
    "SeparableConv1D": {"filters": 2, "kernel_size": 2},
    "SimpleRNN": {"units": 2},
    "SpatialDropout1D": {"rate": 0.1},
    "TimeDistributed": inside("Dense"),
    "UnitNormalization": {},
    "UpSampling1D": {},
    "ZeroPadding1D": {},
}
IMAGE: dict[str, dict[str, Any]] = {
    "AveragePooling2D": {"pool_size": 2},
    "CenterCrop": {"height": 2, "width": 2},
    "Conv2D": {"filters": 2, "kernel_size": 2},
    "Conv2DTranspose": {"filters": 2, "kernel_size": 2},
    "ConvLSTM1D": {"filters": 2, "kernel_size": 2},
    "Cropping2D": {},
    "DepthwiseConv2D": {"kernel_size": 2},
    "GlobalAveragePooling2D": {},
    "GlobalMaxPooling2D": {},
    "MaxPooling2D": {},
    "RandomContrast": {"factor": 0.1},
    "RandomFlip": {},
    "RandomRotation": {"factor": 0.1},
    "RandomTranslation": {"height_factor": 0.1, "width_factor": 0.1},
    "RandomZoom": {"height_factor": 0.1},
    "Resizing": {"height": 2, "width": 2},
    "SeparableConv2D": {"filters": 2, "kernel_size": 2},
    "SpatialDropout2D": {"rate": 0.1},
    "UpSampling2D": {},
    "ZeroPadding2D": {},
}
VOLUME: dict[str, dict[str, Any]] = {
    "AveragePooling3D": {"pool_size": 2},
    "Conv3D": {"filters": 2, "kernel_size": 2},
    "Conv3DTranspose": {"filters": 2, "kernel_size": 2},
    "ConvLSTM2D": {"filters": 2, "kernel_size": 2},
    "Cropping3D": {},
    "GlobalAveragePooling3D": {},
    "GlobalMaxPooling3D": {},
    "MaxPooling3D": {},
    "SpatialDropout3D": {"rate": 0.1},
    "UpSampling3D": {},
    "ZeroPadding3D": {},
}
TYPES: dict[tuple[int, ...], dict[str, dict[str, Any]]] = {
    (4, 6): SEQUENCE,
    (4, 5, 6): IMAGE,
    (4, 5, 5, 6): VOLUME,
}


if __name__ == "__main__":
    main()
