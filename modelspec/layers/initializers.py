"""What weights start as. Numbers are Keras's; `modelspec.torch.layers.initializers` draws them.

In a layer: one annotated field a weight, named `WEIGHT_initializer`, with Keras's default by name:

    kernel_initializer: Initializer = "glorot_uniform"
    bias_initializer: VectorInitializer = "zeros"

`MatrixInitializer` is for what always has two axes (the kernels of Dense, LSTM, Embedding), which
may be an identity; `Initializer` for what has two or more (of convolutions); `VectorInitializer`
for what may have one (biases, gamma, beta). The value is the name, where only a name is written,
else an `Option`. Twins pass either on to `draw`.
"""

from typing import Annotated, TypeAlias

from modelspec.layers.choices import Choice, Option, Options

_OF_VECTORS = {
    "constant": "Constant",
    "glorot_normal": "Scaled",
    "glorot_uniform": "Scaled",
    "he_normal": "Scaled",
    "he_uniform": "Scaled",
    "lecun_normal": "Scaled",
    "lecun_uniform": "Scaled",
    "normal": "Normal",
    "ones": "Fixed",
    "random_normal": "Normal",
    "random_uniform": "Uniform",
    "truncated_normal": "Normal",
    "uniform": "Uniform",
    "variance_scaling": "VarianceScaling",
    "zeros": "Fixed",
}
_OF_KERNELS = {**_OF_VECTORS, "orthogonal": "Orthogonal"}

VECTORS = Options("initializers", _OF_VECTORS)
"""What any weight may start as."""

KERNELS = Options("initializers", _OF_KERNELS)
"""What a weight of two axes or more may start as."""

MATRICES = Options("initializers", {**_OF_KERNELS, "identity": "Identity"})
"""What a weight of two axes may start as."""

VectorInitializer: TypeAlias = Annotated[str | Option, Choice(VECTORS, plain=True)]
Initializer: TypeAlias = Annotated[str | Option, Choice(KERNELS, plain=True)]
MatrixInitializer: TypeAlias = Annotated[str | Option, Choice(MATRICES, plain=True)]
