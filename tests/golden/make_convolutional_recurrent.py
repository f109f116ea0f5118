"""Writes `convolutional_recurrent.npz`: what Keras computes for ConvLSTM1D to ConvLSTM3D.

Run it as `make_layers.py`, whose names the arrays have.
"""

from tests.golden import make_layers
from tests.golden.family import write

LAYERS = ("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")

if __name__ == "__main__":
    make_layers.RECURRENT = (*make_layers.RECURRENT, *LAYERS)
    write("convolutional_recurrent", LAYERS)
