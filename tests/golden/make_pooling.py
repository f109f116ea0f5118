"""Writes `pooling.npz`: what Keras computes for every example of the poolings.

Run it in a venv of its own, from the repository's root, after a change of examples:

    pip install keras jax numpy pydantic
    KERAS_BACKEND=jax PYTHONPATH=. python tests/golden/make_pooling.py

The names of the arrays are those of `make_layers.py`. Not on Keras's torch backend, see there.
"""

from tests.golden.family import write

WINDOWED = ("MaxPooling", "AveragePooling")
WHOLE = ("GlobalMaxPooling", "GlobalAveragePooling")
ADAPTIVE = ("AdaptiveAveragePooling", "AdaptiveMaxPooling")

if __name__ == "__main__":
    write(
        "pooling",
        [f"{kind}{rank}D" for kind in (*WINDOWED, *WHOLE, *ADAPTIVE) for rank in (1, 2, 3)],
    )
