"""Writes `padding.npz`: what Keras computes for every example of the paddings and their like.

Run it in a venv of its own, from the repository's root, after a change of examples:

    pip install keras jax numpy pydantic
    KERAS_BACKEND=jax PYTHONPATH=. python tests/golden/make_padding.py

The names of the arrays are those of `make_layers.py`. Not on Keras's torch backend, see there.
"""

from tests.golden.family import write

KINDS = ("ZeroPadding", "Cropping", "UpSampling")

if __name__ == "__main__":
    write("padding", [f"{kind}{rank}D" for kind in KINDS for rank in (1, 2, 3)])
