"""Write `specs.json`: what Keras counts in the counterparts of `specs/`.

Run it where Keras is installed (`pip install keras jax`), never in the project's environment:

    KERAS_BACKEND=jax python tests/golden/make_specs.py

Each counterpart is written with Keras's functional API, independently of the specs.
"""

import json
import math
from pathlib import Path

import keras
from keras import Input, Model, layers

TARGET = Path(__file__).with_name("specs.json")


def sequential() -> Model:
    return keras.Sequential(
        [
            Input((64,)),
            layers.Dense(32, activation="relu"),
            layers.Dense(32, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


def digits() -> Model:
    image = Input((8, 8, 1))
    stem = layers.Conv2D(32, 3, padding="same", activation="relu")(image)
    conv = layers.Conv2D(32, 3, padding="same", activation="relu")(stem)
    x = layers.MaxPooling2D(2)(layers.add([stem, conv]))
    x = layers.Conv2D(64, 3, padding="same", activation="relu")(x)
    x = layers.Dropout(0.4)(layers.Flatten()(x))
    return Model(image, layers.Dense(10, activation="softmax")(x))


def qa() -> Model:
    story, question = Input((None,), dtype="int32"), Input((None,), dtype="int32")
    left = layers.LSTM(32)(layers.Embedding(10000, 64)(story))
    right = layers.LSTM(16)(layers.Embedding(10000, 32)(question))
    answer = layers.Dense(500, activation="softmax")(layers.concatenate([left, right], axis=-1))
    return Model([story, question], answer)


def social() -> Model:
    posts = Input((None,), dtype="int32")
    x = layers.Conv1D(128, 5, activation="relu")(layers.Embedding(50000, 256)(posts))
    x = layers.MaxPooling1D(5)(x)
    x = layers.Conv1D(256, 5, activation="relu")(x)
    x = layers.Conv1D(256, 5, activation="relu")(x)
    x = layers.MaxPooling1D(5)(x)
    x = layers.Conv1D(256, 5, activation="relu")(x)
    x = layers.Conv1D(256, 5, activation="relu")(x)
    x = layers.Dense(128, activation="relu")(layers.GlobalMaxPooling1D()(x))
    age = layers.Dense(1)(x)
    income = layers.Dense(10, activation="softmax")(x)
    return Model(posts, [age, income, layers.Dense(1, activation="sigmoid")(x)])


def siamese_lstm() -> Model:
    left, right = Input((None, 128)), Input((None, 128))
    encoder = layers.LSTM(32)
    merged = layers.concatenate([encoder(left), encoder(right)], axis=-1)
    return Model([left, right], layers.Dense(1, activation="sigmoid")(merged))


def inception_block() -> Model:
    x = Input((64, 64, 3))

    def conv(size: int, strides: int = 1) -> layers.Layer:
        return layers.Conv2D(128, size, strides=strides, padding="same", activation="relu")

    a = conv(1, 2)(x)
    b = conv(3, 2)(conv(1)(x))
    c = conv(3)(layers.AveragePooling2D(3, strides=2, padding="same")(x))
    d = conv(3, 2)(conv(3)(conv(1)(x)))
    joined = layers.concatenate([a, b, c, d], axis=-1)
    return Model(x, layers.Dense(10)(layers.GlobalAveragePooling2D()(joined)))


def residual() -> Model:
    image = Input((32, 32, 3))
    x = layers.Conv2D(64, 3, padding="same", activation="relu")(image)
    for _ in range(3):
        y = layers.Conv2D(64, 3, padding="same", use_bias=False)(x)
        y = layers.Activation("relu")(layers.BatchNormalization()(y))
        y = layers.BatchNormalization()(layers.Conv2D(64, 3, padding="same", use_bias=False)(y))
        x = layers.Activation("relu")(layers.add([y, x]))
    return Model(image, layers.Dense(10)(layers.GlobalAveragePooling2D()(x)))


def wide_deep() -> Model:
    numbers, sex = Input((9,)), Input((), dtype="int32")
    x = layers.concatenate([numbers, layers.Embedding(2, 4)(sex)])
    x = layers.Dense(32, activation="relu")(layers.Dense(32, activation="relu")(x))
    return Model([numbers, sex], layers.Dense(1)(layers.concatenate([numbers, x])))


COUNTERPARTS = {
    "sequential": sequential,
    "functional": sequential,
    "digits": digits,
    "qa": qa,
    "social": social,
    "siamese_lstm": siamese_lstm,
    "inception_block": inception_block,
    "residual": residual,
    "wide_deep": wide_deep,
}


def count(model: Model) -> dict[str, int]:
    trainable = sum(math.prod(weight.shape) for weight in model.trainable_weights)
    return {"trainable": trainable, "non_trainable": model.count_params() - trainable}


if __name__ == "__main__":
    counts = {name: count(make()) for name, make in COUNTERPARTS.items()}
    TARGET.write_text(json.dumps({"keras": keras.__version__, "counts": counts}, indent=1) + "\n")
