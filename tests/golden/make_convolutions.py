"""Writes `convolutions.npz`: what Keras computes for the examples of the rarer convolutions,
and of EinsumDense.

Run it in a venv of its own, from the repository's root, after a change of examples:

    pip install keras jax numpy pydantic
    KERAS_BACKEND=jax PYTHONPATH=. python tests/golden/make_convolutions.py

The names of the arrays are those of `make_layers.py`. Not on Keras's torch backend, see there.
"""

from tests.golden.family import write

LAYERS = (
    *(f"DepthwiseConv{rank}D" for rank in (1, 2)),
    *(f"SeparableConv{rank}D" for rank in (1, 2)),
    *(f"Conv{rank}DTranspose" for rank in (1, 2, 3)),
    "Conv3D",
    "EinsumDense",
)

if __name__ == "__main__":
    write("convolutions", LAYERS)
