"""Writes `keras/NAME.keras`, small saved models, and `keras/NAME.npz`: what they compute.

Run it in a venv of its own, from the repository's root:

    pip install keras jax numpy
    KERAS_BACKEND=jax python tests/golden/make_keras_models.py [NAME ...]

The arrays are `in.NAME` for each input, `out.NAME` for each output, and `parameters`.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers, ops

FOLDER = Path(__file__).with_name("keras")


def sequential() -> Any:
    """No input layer, names that are no identifiers, arguments of every kind."""
    model = keras.Sequential(
        [
            layers.Conv1D(4, 3, padding="causal", kernel_regularizer=keras.regularizers.L2(0.02)),
            layers.BatchNormalization(name="batch-norm"),
            layers.LeakyReLU(negative_slope=0.1),
            layers.GlobalMaxPooling1D(),
            layers.Dropout(0.3, seed=7),
            layers.Dense(3, activation="softmax", kernel_initializer="he_normal", name="3 classes"),
        ],
        name="a sequence",
    )
    model.build((None, 6, 2))
    model.compile(
        keras.optimizers.AdamW(keras.optimizers.schedules.CosineDecay(0.01, 100)),
        keras.losses.CategoricalCrossentropy(label_smoothing=0.1),
        metrics=["acc", keras.metrics.TopKCategoricalAccuracy(2)],
    )
    return model


def operations() -> Any:
    """Operators and functions as nodes."""
    x, y = keras.Input((4, 6), name="x"), keras.Input((4, 6), name="y")
    a = ops.relu6(1 - x * 0.5) / (ops.abs(y) + 1.5)
    b = ops.concatenate([ops.mean(x, axis=1, keepdims=True), y[:, 1:3]], axis=1)
    c = ops.reshape(ops.transpose(ops.maximum(x, y), (0, 2, 1)), (-1, 24))
    d = ops.matmul(ops.expand_dims(x[:, -1], 1), ops.transpose(y, (0, 2, 1)))
    return keras.Model([x, y], [a, b, c, ops.squeeze(d, 1), ops.sqrt(ops.square(x) + 1.0)])


def functions() -> Any:
    """Functions of several tensors, with several outputs, and of truth."""
    x, y = keras.Input((4, 6), name="x"), keras.Input((4, 6), name="y")
    first, second, third = ops.split(x, 3, axis=-1)
    head, tail = ops.split(y, [1], axis=1)
    steps = ops.unstack(y, axis=1)
    lasts = ops.unstack(x, axis=-1)
    mean, variance = ops.moments(y, axes=[1], keepdims=True)
    between = ops.logical_and(x > -0.5, ops.less(0.5, y) | ops.logical_not(x >= y))
    return keras.Model(
        [x, y],
        [
            first * third + second,
            ops.tile(head, (1, 3, 1)) - tail,
            steps[0] * steps[3] + lasts[1][:, :1],
            (y - mean) / ops.sqrt(variance + 0.1),
            ops.where(between, x, 0.0) + ops.where(ops.equal(ops.round(x), ops.round(y)), 1.0, y),
            ops.einsum("bij,bkj->bik", x, y),
            ops.einsum("...ij->...ji", x),
            ops.clip(x, -0.5, 0.5) * ops.std(y, axis=1, keepdims=True),
            ops.logsumexp(x, axis=-1) + ops.var(y, axis=-1),
            keras.activations.glu(x) * ops.glu(y, axis=-1),
            ops.mod(x, ops.abs(y) + 1.0) + ops.arctan2(x, y),
            ops.cast(ops.argmax(x, axis=-1) + ops.argmin(y, axis=-1), "float32"),
            ops.max(ops.arctan(x) + ops.exp2(y) + ops.trunc(3.0 * x), axis=1),
        ],
    )


def cells() -> Any:
    """Recurrent layers of cells, alone, stacked, wrapped, over masked steps."""
    words = keras.Input((6,), dtype="int32", name="words")
    seen = layers.Embedding(4, 3, mask_zero=True)(words)
    one = layers.RNN(layers.LSTMCell(2, unit_forget_bias=False))(seen)
    cells = [layers.GRUCell(3), layers.LSTMCell(2), layers.GRUCell(2, reset_after=False)]
    stacked = layers.RNN(cells, return_sequences=True, return_state=True)(seen)
    pair = [layers.SimpleRNNCell(3), layers.LSTMCell(2)]
    zeros = layers.RNN(pair, zero_output_for_mask=True, return_sequences=True)
    back = layers.RNN(layers.SimpleRNNCell(2), go_backwards=True)(seen)
    both = layers.Bidirectional(layers.RNN(layers.GRUCell(2)))(stacked[0])
    return keras.Model(words, [one, *keras.tree.flatten(stacked), zeros(seen), back, both])


def language() -> Any:
    """Both ends of a language model: one matrix for the vectors of tokens and for their scores."""
    tokens = keras.Input((5,), dtype="int32", name="tokens")
    both = layers.ReversibleEmbedding(7, 4, logit_soft_cap=2.0)
    read = layers.GRU(4, return_sequences=True)(both(tokens))
    # Keras 3.15.1 takes the output of `glu` for as long as its input: nothing can read it.
    return keras.Model(tokens, [both(read, reverse=True), layers.Dense(8, activation="glu")(read)])


def nested() -> Any:
    """Shared layers, models as layers (one inside another), several inputs and outputs."""
    p = keras.Input((3,), name="p")
    q = layers.Dense(2, activation="tanh")(p)
    pair = keras.Model(p, [q, layers.Dense(2)(q)], name="pair")
    r = keras.Input((3,), name="r")
    first, second = pair(r)
    outer = keras.Model(r, layers.Concatenate()([first, second, r]), name="outer")
    left, right = keras.Input((3,), name="left"), keras.Input((3,), name="right")
    shared = layers.Dense(3, name="shared")
    one, two = outer(shared(left)), outer(shared(right))
    own = keras.Model(p, [layers.Dense(2)(p), layers.Dense(1)(p)], name="own")
    u, v = own(right)
    joined = layers.Add()([one, two, one])
    model = keras.Model(
        {"left": left, "right": right},
        {"score": layers.Dense(1, activation="sigmoid")(joined), "u": u, "v": v},
        name="nested",
    )
    model.compile(
        keras.optimizers.SGD(0.1, momentum=0.9),
        loss={"score": "binary_crossentropy", "u": "mae"},
        loss_weights={"score": 1.0, "u": 0.2},
        metrics={"score": ["accuracy"]},
    )
    return model


def states() -> Any:
    """Recurrent states, also of both directions; a mask; a model at every step."""
    words = keras.Input((7,), dtype="int64", name="words")
    film = keras.Input((5, 4), name="film")
    seen = layers.Embedding(9, 4, mask_zero=True)(words)
    both = layers.Bidirectional(layers.LSTM(3, return_state=True))
    summary, h, c, back_h, back_c = both(seen)
    start = [layers.Concatenate()([h, back_h]), layers.Concatenate()([c, back_c])]
    told = layers.LSTM(6, return_sequences=True)(film, initial_state=start)
    frame = keras.Sequential([layers.Dense(3, activation="relu"), layers.Dense(2)], name="frame")
    shown = layers.TimeDistributed(frame)(film)
    end = layers.GRU(2, reset_after=False)(shown)
    return keras.Model([words, film], [summary, told, end])


def attention() -> Any:
    """Tensors as keyword arguments."""
    x, y = keras.Input((5, 6), name="x"), keras.Input((4, 6), name="y")
    looked = layers.MultiHeadAttention(2, 3, name="look")(query=x, value=y)
    own = layers.MultiHeadAttention(2, 3)(looked, looked, use_causal_mask=True)
    plain = layers.Attention()([own, y])
    return keras.Model([x, y], [own, layers.LayerNormalization()(plain + own)])


def images() -> Any:
    """Convolutions of every kind."""
    x = keras.Input((8, 8, 3), name="image")
    a = layers.ZeroPadding2D(((0, 1), (1, 0)))(x)
    a = layers.SeparableConv2D(4, 3, strides=2, padding="same", use_bias=False)(a)
    a = layers.BatchNormalization(axis=-1)(a)
    a = layers.PReLU(shared_axes=[1, 2])(a)
    b = layers.DepthwiseConv2D((2, 3), depth_multiplier=2, padding="same")(a)
    c = layers.Conv2DTranspose(3, 3, strides=2, padding="same")(b)
    d = layers.UpSampling2D(interpolation="bilinear")(layers.AveragePooling2D(2)(c))
    return keras.Model(x, [layers.Cropping2D(1)(d), layers.GlobalAveragePooling2D()(b)])


def text() -> Any:
    """Masks that operators lose and layers join; arrays as constants and as first values."""
    words, tags = (keras.Input((7,), dtype="int32", name=name) for name in ("words", "tags"))
    start = keras.initializers.Constant(np.linspace(0.0, 1.0, 20).reshape(5, 4))
    seen = layers.Embedding(5, 4, mask_zero=True, embeddings_initializer=start)(words)
    kinds = layers.Embedding(5, 4, mask_zero=True)(tags)
    joined = layers.LSTM(3, name="joined")(layers.Concatenate()([seen, kinds]))
    gated = layers.GlobalAveragePooling1D(name="gated")(layers.Multiply()([seen, kinds]))
    added = layers.GlobalAveragePooling1D(name="added")(seen + kinds)
    doubled = layers.LSTM(3, name="doubled")(ops.concatenate([seen, kinds], axis=1))
    x = keras.Input((7, 4))
    inner = keras.Model(x, layers.GRU(2)(x + layers.Dense(4)(x)), name="inner")
    scaled = layers.GlobalMaxPooling1D(name="scaled")(seen * np.array([1.0, -2.0, 3.0, 0.5]))
    return keras.Model([words, tags], [joined, gated, added, doubled, inner(kinds), scaled])


def wrapped() -> Any:
    """Layers around layers and activations that are layers; parts with weights of their own."""
    x = keras.Input((6, 4), name="x")
    leaky = layers.Dense(3, activation=layers.LeakyReLU(0.1), name="leaky")
    a = layers.TimeDistributed(layers.Dense(4, activation="relu"))(leaky(x))
    b = layers.Bidirectional(layers.GRU(4, return_sequences=True), merge_mode=None)(a)
    c = layers.SpectralNormalization(layers.Conv1D(4, 3, padding="same"))(layers.Subtract()(b))
    d = layers.Attention(use_scale=True, score_mode="concat")([c, x])
    e = layers.GroupQueryAttention(2, 4, 2)(d, x, use_causal_mask=True)
    f = layers.TimeDistributed(layers.Bidirectional(layers.LSTM(2, activation=None)))(
        layers.Reshape((3, 2, 4))(e)
    )
    g = layers.GaussianNoise(0.1)(ops.pad(f, [[0, 0], [1, 0], [0, 0]]))
    return keras.Model(x, [leaky(x * 2), g, ops.elu(ops.normalize(x), alpha=0.5)])


def transfer() -> Any:
    """A model with repeated structures inside another one, behind layers that change images."""
    x = keras.Input((4, 4, 3), name="pixels")
    y = x
    for number in range(3):
        z = layers.Conv2D(3, 3, padding="same", name=f"stage{number}_conv")(y)
        z = layers.BatchNormalization(name=f"stage{number}_norm")(z)
        z = layers.ReLU(name=f"stage{number}_relu")(z)
        y = layers.Add(name=f"stage{number}_add")([y, z])
    base = keras.Model(x, y, name="base")
    base.trainable = False
    image = keras.Input((8, 8, 3), name="image")
    z = layers.RandomFlip("horizontal")(layers.Resizing(4, 4)(image))
    z = base(layers.Normalization(axis=None, mean=0.5, variance=2.0)(z), training=False)
    model = keras.Model(image, layers.Dense(2, name="price")(layers.Flatten()(z)))
    model.compile("adam", keras.losses.MeanSquaredError(reduction="sum"), metrics=["mae"])
    return model


def transformer() -> Any:
    """Masks that attention takes off what it reads, twice in a row and in a second sequence."""

    def encoder(x: Any, name: str) -> Any:
        seen = layers.MultiHeadAttention(2, 3, name=f"{name}_see")(x, x)
        y = layers.LayerNormalization(name=f"{name}_norm")(
            layers.Add(name=f"{name}_add")([x, seen])
        )
        return layers.Add(name=f"{name}_out")([y, layers.Dense(4, name=f"{name}_think")(y)])

    words, tags = (keras.Input((6,), dtype="int32", name=name) for name in ("words", "tags"))
    told = encoder(encoder(layers.Embedding(5, 4, mask_zero=True)(words), "one"), "two")
    y = layers.Embedding(5, 4, mask_zero=True)(tags)
    once = layers.MultiHeadAttention(2, 3, name="once")(y, told)
    twice = layers.MultiHeadAttention(2, 3, name="twice")(once, told)
    x = keras.Input((6, 4))
    whole = keras.Model(x, encoder(x, "inner"), name="whole")
    final = layers.Dropout(0.0)(ops.gelu(whole(y)), training=True)
    return keras.Model(
        [words, tags],
        [
            layers.GlobalAveragePooling1D(name="told")(told),
            layers.GlobalAveragePooling1D(name="twice_told")(twice),
            layers.LSTM(2, name="final")(final),
        ],
    )


def two_homes() -> Any:
    """A layer in an inner and an outer model, and a model in both."""
    x, y = keras.Input((3,), name="x"), keras.Input((3,), name="y")
    common = layers.Dense(3, activation="tanh", name="common")
    base = keras.Model(x, layers.Dense(2, name="own")(common(x)), name="base")
    middle = keras.Model(x, layers.Dense(2, name="end")(base(x)), name="middle")
    return keras.Model(y, [middle(y), base(y), common(y)])


def tagger() -> Any:
    """A number for each word, behind attention that takes the mask off."""
    words = keras.Input((5,), dtype="int32", name="words")
    x = layers.Embedding(5, 4, mask_zero=True, name="seen")(words)
    y = layers.Add(name="both")([x, layers.MultiHeadAttention(2, 3, name="look")(x, x)])
    kept = layers.Dense(2, name="kept")(layers.Embedding(5, 4, mask_zero=True)(words))
    model = keras.Model(words, [layers.Dense(1, name="tag")(y), kept])
    model.compile("sgd", "mse")
    return model


MODELS: tuple[Callable[[], Any], ...] = (
    sequential,
    operations,
    functions,
    cells,
    language,
    nested,
    states,
    attention,
    images,
    text,
    wrapped,
    transfer,
    transformer,
    two_homes,
    tagger,
)


def write(make: Callable[[], Any]) -> None:
    """Save a model whose weights are all random, and what it computes."""
    model = make()
    generator = np.random.default_rng(len(make.__name__))
    for weight in model.weights:
        low = 0.5 if weight.path.endswith("variance") else -1.0
        weight.assign(generator.uniform(low, 1.0, weight.shape))
    given = {}
    for tensor in model.inputs:
        name = tensor._keras_history.operation.name
        shape = (3, *tensor.shape[1:])
        whole = "int" in tensor.dtype
        values = generator.integers(0, 4, shape) if whole else generator.normal(size=shape)
        given[name] = values.astype(tensor.dtype)
    wanted = given if len(given) > 1 else next(iter(given.values()))
    found = model(wanted, training=False)
    if not isinstance(found, dict):
        listed = found if isinstance(found, list | tuple) else [found]
        found = {str(place): value for place, value in enumerate(listed)}
    file = FOLDER / f"{make.__name__}.keras"
    model.save(file)
    arrays = {f"in.{name}": value for name, value in given.items()}
    arrays |= {f"out.{name}": np.asarray(value) for name, value in found.items()}
    if make is tagger:
        targets = [generator.normal(size=np.shape(value)) for value in found.values()]
        logged = model.evaluate(wanted, targets, verbose=0, return_dict=True)
        arrays |= {f"target.{name}": value for name, value in zip(found, targets, strict=True)}
        arrays |= {f"log.{name}": np.asarray(value) for name, value in logged.items()}
    np.savez_compressed(file.with_suffix(".npz"), parameters=model.count_params(), **arrays)
    print(file.name, file.stat().st_size)


def write_lambda() -> None:
    """A model with Python code in it."""
    x = keras.Input((2,), name="x")
    model = keras.Model(x, layers.Lambda(lambda t: t * 2, name="twice")(x))
    model.save(FOLDER / "lambda.keras")


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for each in MODELS:
        if each.__name__ in sys.argv[1:] or len(sys.argv) == 1:
            write(each)
    if len(sys.argv) == 1:
        write_lambda()
