"""Writes `normalization.npz`: what Keras computes for every example of the normalizations.

Run it in a venv of its own, from the repository's root, after a change of examples:

    pip install keras jax numpy pydantic
    KERAS_BACKEND=jax PYTHONPATH=. python tests/golden/make_normalization.py

The names of the arrays are those of `make_layers.py`.
"""

from tests.golden.family import write

LAYERS = (
    "BatchNormalization",
    "GroupNormalization",
    "LayerNormalization",
    "RMSNormalization",
    "SpectralNormalization",
    "UnitNormalization",
)

if __name__ == "__main__":
    write("normalization", LAYERS)
