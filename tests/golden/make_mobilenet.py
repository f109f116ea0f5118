"""Writes `keras/mobilenet.keras`: the first blocks of Keras's MobileNet, trained on five digits.

`make example NAME=transfer` imports it, and trains a model on the other five digits behind it.
Run it in a venv of its own, from the repository's root:

    pip install keras jax numpy scikit-learn
    KERAS_BACKEND=jax python tests/golden/make_mobilenet.py
"""

from pathlib import Path

import keras
import numpy as np
from sklearn.datasets import load_digits

TARGET = Path(__file__).with_name("keras") / "mobilenet.keras"
LAST = "conv_pw_5_relu"
KNOWN = 5
"""The digits from 0 to below this one are what it is trained on."""


def main() -> None:
    """Train, and save what stands before the pooling."""
    keras.utils.set_random_seed(3)
    digits = load_digits()
    known = digits.target < KNOWN
    images = np.kron(digits.images[known] / 16, np.ones((1, 4, 4)))[..., np.newaxis]
    whole = keras.applications.MobileNet((32, 32, 1), 0.25, include_top=False, weights=None)
    base = keras.Model(whole.input, whole.get_layer(LAST).output, name="mobilenet")
    pooled = keras.layers.GlobalAveragePooling2D()(base.output)
    model = keras.Model(base.input, keras.layers.Dense(KNOWN, activation="softmax")(pooled))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(images.astype("float32"), digits.target[known], epochs=15, verbose=2)
    base.save(TARGET)
    print(TARGET.name, TARGET.stat().st_size, base.count_params())


if __name__ == "__main__":
    main()
