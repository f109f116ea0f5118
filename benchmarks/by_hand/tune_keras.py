"""A search with Keras Tuner: `tune_keras.py TRIALS SEED EPOCHS`.

Reads `train.npz` and `validation.npz`, prints the best accuracy of each trial.
"""

import json
import sys

import keras
import keras_tuner
import numpy as np

trials, seed, epochs = map(int, sys.argv[1:])


def read(file):
    with np.load(file) as arrays:
        return arrays["x"], arrays["y"]


x, y = read("train.npz")
validation = read("validation.npz")
classes = int(y.max()) + 1


def build(hp):
    rate = hp.Float("learning_rate", 1e-4, 1e-1, sampling="log")
    model = keras.Sequential(
        [
            keras.Input((x.shape[1],)),
            keras.layers.Dense(hp.Int("units", 16, 128, sampling="log"), activation="relu"),
            keras.layers.Dropout(hp.Float("rate", 0.0, 0.5)),
            keras.layers.Dense(hp.Int("width", 16, 128, sampling="log"), activation="relu"),
            keras.layers.Dense(classes, activation="softmax"),
        ]
    )
    if hp.Choice("optimizer", ["adam", "sgd"]) == "adam":
        optimizer = keras.optimizers.Adam(rate)
    else:
        optimizer = keras.optimizers.SGD(rate, momentum=0.9)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


tuner = keras_tuner.BayesianOptimization(
    build, "val_accuracy", max_trials=trials, seed=seed, directory="keras_tuner", overwrite=True
)
tuner.search(x, y, validation_data=validation, epochs=epochs, batch_size=32, verbose=0)
found = sorted(tuner.oracle.trials.values(), key=lambda trial: int(trial.trial_id))
print(json.dumps([trial.score if trial.score is not None else float("nan") for trial in found]))
