"""Writes `keras/legacy/NAME.h5`, models as older versions of Keras saved them, and what they give.

Run it in a venv with Keras 2, which the package `tf_keras` still is, and in one with Keras 3, from
the repository's root:

    pip install tensorflow tf_keras numpy
    python tests/golden/make_legacy_keras.py 2
    pip install keras jax numpy
    KERAS_BACKEND=jax python tests/golden/make_legacy_keras.py 3

Beside them, `keras/weights/` has the weights alone of some. The arrays in `NAME.npz` are `in.NAME`
for each input, `out.NUMBER` for each output, and `parameters`.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

if sys.argv[1] == "2":
    import tensorflow as tf
    import tf_keras as keras
else:
    import keras

layers = keras.layers
FOLDER = Path(__file__).parent / "keras" / "legacy"


def s2s() -> Any:
    """The sequence to sequence model of the tutorial."""
    read = keras.Input((None, 5), name="read")
    _, h, c = layers.LSTM(4, return_state=True, name="encoder")(read)
    told = keras.Input((None, 3), name="told")
    decoder = layers.LSTM(4, return_sequences=True, return_state=True, name="decoder")
    seen, _, _ = decoder(told, initial_state=[h, c])
    model = keras.Model([read, told], layers.Dense(3, activation="softmax", name="say")(seen))
    model.compile("rmsprop", "categorical_crossentropy", metrics=["accuracy"])
    return model


def cnn() -> Any:
    """Convolutions, a frozen and a trained BatchNormalization, arguments of every kind."""
    model = keras.Sequential(
        [
            keras.Input((8, 8, 2), name="image"),
            layers.Conv2D(3, (3, 2), padding="same", kernel_regularizer=keras.regularizers.l2(0.1)),
            layers.BatchNormalization(trainable=False),
            layers.LeakyReLU(0.1),
            layers.MaxPooling2D(),
            layers.SeparableConv2D(4, 3, padding="same", pointwise_initializer="he_normal"),
            layers.BatchNormalization(scale=False),
            layers.DepthwiseConv2D(3, activation=None),
            layers.PReLU(shared_axes=[1, 2]),
            layers.SpatialDropout2D(0.2),
            layers.Flatten(),
            layers.Dense(3, "softmax", kernel_constraint=keras.constraints.max_norm(2.0)),
        ],
        name="cnn",
    )
    model.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.ExponentialDecay(0.01, 100, 0.9)),
        keras.losses.CategoricalCrossentropy(label_smoothing=0.1),
        metrics=["accuracy", keras.metrics.TopKCategoricalAccuracy(2)],
    )
    return model


def siamese() -> Any:
    """A nested model, partly frozen, called twice, and a model in it."""
    x = keras.Input((6,), name="x")
    y = layers.Dense(4, activation="relu", name="first")(x)
    y = layers.BatchNormalization(name="norm")(y)
    z = keras.Input((4,), name="z")
    inner = keras.Sequential(
        [z, layers.Dense(3, name="held", trainable=False), layers.BatchNormalization(name="deep")],
        name="inner",
    )
    both = keras.Model(x, [inner(y), layers.Dense(2, name="last")(y)], name="encoder")
    left, right = keras.Input((6,), name="left"), keras.Input((6,), name="right")
    a, b = both(left)
    c, d = both(right)
    near = layers.Dot(-1, normalize=True, name="near")([a, c])
    far = layers.Dense(1, activation="sigmoid", name="far")(layers.concatenate([b, d]))
    model = keras.Model([left, right], [near, far, both(left)[0]], name="siamese")
    losses = ["mse", "binary_crossentropy", None]
    model.compile(keras.optimizers.SGD(0.1, momentum=0.9), loss=losses)
    return model


def recurrent() -> Any:
    """GRU with both kinds of bias, both directions, masks, states."""
    words = keras.Input((7,), name="words", dtype="int32")
    seen = layers.Embedding(9, 4, mask_zero=True, name="seen")(words)
    a = layers.GRU(3, reset_after=False, return_sequences=True, name="before")(seen)
    b = layers.GRU(3, reset_after=True, use_bias=False, name="after")(a)
    c = layers.GRU(3, reset_after=True, name="usual")(a)
    d = layers.Bidirectional(layers.LSTM(2, return_sequences=True), name="both")(seen)
    e = layers.Bidirectional(layers.GRU(2), merge_mode="sum", name="summed")(d)
    f = layers.TimeDistributed(layers.Dense(3), name="each")(d)
    g = layers.SimpleRNN(2, go_backwards=True, name="simple")(f)
    return keras.Model(words, [b, c, e, g])


def unbuilt() -> Any:
    """A sequence that is built when it is called."""
    model = keras.Sequential(
        [layers.Dense(4, activation="tanh"), layers.Dropout(0.5), layers.Dense(2)], name="unbuilt"
    )
    model(np.zeros((2, 3), "float32"))
    return model


def nested_sequences() -> Any:
    """Sequences in a sequence; a model at every step."""
    frame = keras.Sequential(
        [
            keras.Input((5, 2)),
            layers.Conv1D(3, 2, name="look"),
            layers.BatchNormalization(name="norm"),
        ],
        name="frame",
    )
    return keras.Sequential(
        [
            keras.Input((4, 5, 2), name="film"),
            layers.TimeDistributed(frame, name="frames"),
            keras.Sequential([layers.Reshape((4, 12)), layers.LSTM(3)], name="tell"),
            layers.Dense(2),
        ],
        name="nested_sequences",
    )


def attention() -> Any:
    """Tensors as keyword arguments, normalization along an axis."""
    x, y = keras.Input((5, 6), name="x"), keras.Input((4, 6), name="y")
    looked = layers.MultiHeadAttention(2, 3, name="look")(x, y)
    own = layers.MultiHeadAttention(2, 3, name="own")(looked, looked, use_causal_mask=True)
    plain = layers.Attention(name="plain")([own, y])
    added = layers.AdditiveAttention(name="added")([own, y])
    return keras.Model([x, y], [layers.LayerNormalization(name="norm")(layers.add([plain, added]))])


def operators() -> Any:
    """Operators as layers."""
    x, y = keras.Input((4, 6), name="x"), keras.Input((4, 6), name="y")
    a = layers.add([x * 2, 1 - y])
    b = (x + y)[:, 1:3] / 3.0
    c = layers.subtract([x, -y])[:, -1]
    return keras.Model([x, y], [a, b, c, layers.Dense(2)(x * y)])


def functions() -> Any:
    """Functions of TensorFlow as layers."""
    x, y = keras.Input((4, 6), name="x"), keras.Input((4, 6), name="y")
    a = tf.concat([tf.nn.relu(x), tf.math.exp(-tf.abs(y))], axis=1)
    b = tf.reduce_mean(a, axis=1) + tf.squeeze(tf.expand_dims(tf.reduce_max(x, [1]), 1), axis=1)
    c = tf.reshape(tf.transpose(tf.maximum(x, y), [0, 2, 1]), (-1, 24))
    d = tf.matmul(x, tf.transpose(y, [0, 2, 1])) * 0.5
    e = tf.sqrt(tf.square(x) + 1.0) - tf.sigmoid(y) ** 2
    f = tf.stack([x, y], axis=1)[..., 2]
    return keras.Model([x, y], [b, c, d, tf.nn.softmax(e, axis=-1), f])


def cudnn() -> Any:
    """The recurrent layers of GPUs. What they give is said by LSTM and GRU with their weights."""

    def model(lstm: Any, gru: Any) -> Any:
        x = keras.Input((4, 3), name="x")
        y = lstm(2, return_sequences=True, name="lstm")(x)
        both = layers.Bidirectional(lstm(2, return_sequences=True), name="both")(y)
        return keras.Model(x, gru(3, name="gru")(both))

    old = keras.layers
    from tf_keras.src.layers.rnn import cudnn_gru, cudnn_lstm

    made = model(cudnn_lstm.CuDNNLSTM, cudnn_gru.CuDNNGRU)
    shuffle(made)
    made.save(FOLDER / "cudnn.h5")
    runs = model(old.LSTM, old.GRU)
    runs.load_weights(FOLDER / "cudnn.h5")
    return runs


MODELS: dict[str, tuple[Callable[[], Any], ...]] = {
    "2": (
        s2s, cnn, siamese, recurrent, unbuilt, nested_sequences, attention, operators, functions,
        cudnn,
    ),
    "3": (s2s, cnn, siamese, recurrent, nested_sequences, operators),
}  # fmt: skip


def shuffle(model: Any) -> None:
    """Make all weights random."""
    generator = np.random.default_rng(3)
    for weight in model.weights:
        low = 0.5 if "variance" in getattr(weight, "path", weight.name) else -1.0
        weight.assign(generator.uniform(low, 1.0, weight.shape))


def write(make: Callable[[], Any], version: str) -> None:
    """Save a model whose weights are all random, and what it computes."""
    model = make()
    generator = np.random.default_rng(len(make.__name__))
    name = make.__name__ + ("" if version == "2" else "_of_3")
    if make.__name__ != "cudnn":
        shuffle(model)
        model.save(FOLDER / f"{name}.h5")
    if make in (cnn, siamese):
        model.save_weights(FOLDER.with_name("weights") / f"{name}.weights.h5")
    if make in (cnn, siamese) and version == "2":
        model.save_weights(FOLDER.with_name("weights") / f"{name}.h5")
    given = {}
    for tensor in model.inputs:
        shape = tuple(size or 6 for size in (3, *tensor.shape[1:]))
        whole = "int" in str(tensor.dtype)
        values = generator.integers(0, 4, shape) if whole else generator.normal(size=shape)
        given[tensor.name] = values.astype("int32" if whole else "float32")
    found = model(list(given.values()) if len(given) > 1 else next(iter(given.values())))
    listed = found if isinstance(found, list | tuple) else [found]
    arrays = {f"in.{name}": value for name, value in given.items()}
    arrays |= {f"out.{place}": np.asarray(value) for place, value in enumerate(listed)}
    np.savez_compressed(FOLDER / f"{name}.npz", parameters=model.count_params(), **arrays)
    print(name, (FOLDER / f"{name}.h5").stat().st_size)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True, parents=True)
    FOLDER.with_name("weights").mkdir(exist_ok=True)
    for each in MODELS[sys.argv[1]]:
        if each.__name__ in sys.argv[2:] or len(sys.argv) == 2:
            write(each, sys.argv[1])
