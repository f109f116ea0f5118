"""Writes `options.npz`: five steps of training of a small model with options, in Keras.

Run it in a venv of its own, from the repository's root:

    pip install keras jax numpy pydantic pyyaml
    KERAS_BACKEND=jax PYTHONPATH=. python tests/golden/make_options.py

The model is `MODEL`, that of `tests/runner/loop/test_options.py`. The file holds the inputs `x`,
the targets `y`, the first weights `NAME.I`, those after the steps `NAME.I.after`, the loss of
every step, `losses`, and that of an evaluation afterwards, `evaluated`.
"""

from pathlib import Path

import keras
import numpy as np

STEPS, BATCH = 5, 4


def main() -> None:
    """Write the file beside this one."""
    rng = np.random.default_rng(0)
    model = made()
    model.compile(keras.optimizers.SGD(0.1), "mean_squared_error")
    x = rng.normal(size=(STEPS * BATCH, 6, 4)).astype("float32")
    y = rng.normal(size=(STEPS * BATCH, 3)).astype("float32")
    arrays = {"x": x, "y": y}
    for layer in model.layers:
        layer.set_weights([rng.normal(size=w.shape).astype("float32") for w in layer.get_weights()])
        arrays |= {f"{layer.name}.{i}": w for i, w in enumerate(layer.get_weights())}
    losses = [
        model.train_on_batch(x[at : at + BATCH], y[at : at + BATCH])
        for at in range(0, len(x), BATCH)
        if not model.reset_metrics()
    ]
    for layer in model.layers:
        arrays |= {f"{layer.name}.{i}.after": w for i, w in enumerate(layer.get_weights())}
    arrays["losses"] = np.array(losses)
    arrays["evaluated"] = np.array(model.evaluate(x, y, batch_size=8, verbose=0))
    target = Path(__file__).with_name("options.npz")
    np.savez_compressed(target, **arrays)
    print(f"{target.stat().st_size} bytes, keras {keras.__version__}, losses {losses}")


def made() -> keras.Model:
    """The model; `twice` is called at two places, `frozen` costs nothing.

    No shared layer has an `activity_regularizer`: Keras counts all of its calls outside of JAX's
    training step, and the last one only in it. Nor is the size of what may be 0 exactly asked for:
    there JAX has a slope of 1, torch and TensorFlow 0.
    """
    reg, con, layers = keras.regularizers, keras.constraints, keras.layers
    x = keras.Input((6, 4))
    embedded = layers.Dense(
        4,
        kernel_regularizer=reg.L1L2(0.01, 0.02),
        bias_regularizer=reg.L2(0.03),
        kernel_constraint=con.UnitNorm(axis=[0, 1]),
        bias_constraint=con.NonNeg(),
        activity_regularizer=reg.L1L2(0.01, 0.02),
        name="embed",
    )(x)
    twice = layers.Dense(
        4,
        activation="tanh",
        kernel_regularizer="l2",
        kernel_constraint=con.MaxNorm(1.5),
        name="twice",
    )
    seen = twice(twice(embedded))
    frozen = layers.Dense(4, kernel_regularizer="l1", name="frozen", trainable=False)(seen)
    active = layers.ActivityRegularization(l1=0.01, l2=0.03, name="active")(frozen)
    read = layers.GRU(
        3,
        kernel_regularizer=reg.OrthogonalRegularizer(0.1, "columns"),
        recurrent_regularizer=reg.L2(0.05),
        bias_regularizer=reg.L1(0.02),
        kernel_constraint=con.MinMaxNorm(0.5, 1.2, 0.7),
        recurrent_constraint=con.NonNeg(),
        bias_constraint=con.MaxNorm(0.9, axis=1),
        name="gru",
    )(active)
    both = layers.Bidirectional(
        layers.LSTM(2, kernel_regularizer="l1", recurrent_constraint="max_norm"), name="both"
    )(embedded)
    joined = layers.Concatenate(name="joined")([read, both])
    last = layers.Dense(
        3,
        kernel_regularizer=reg.OrthogonalRegularizer(0.2),
        kernel_constraint=con.MaxNorm(2, axis=1),
        name="out",
    )(joined)
    return keras.Model(x, last)


if __name__ == "__main__":
    main()
