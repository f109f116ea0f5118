"""What weights cost: terms of the loss.

Numbers are Keras's; `modelspec.torch.regularization` computes them.

In a layer: one annotated field a weight, `WEIGHT_regularizer`:

    kernel_regularizer: MatrixRegularizer = None
    bias_regularizer: Regularizer = None

`MatrixRegularizer` is for what always has two axes, which may be made orthogonal too. Nothing
else is needed in a layer or its twin: the runner finds the weights by `Layer.weights`, their
names and `load_keras`.
"""

from typing import Annotated, TypeAlias

from modelspec.layers.choices import Choice, Option, Options

_OF_VECTORS = {"l1": "L1", "l2": "L2", "l1_l2": "L1L2"}

VECTORS = Options("regularizers", _OF_VECTORS)
"""What any weight may cost."""

MATRICES = Options("regularizers", {**_OF_VECTORS, "orthogonal_regularizer": "Orthogonality"})
"""What a weight of two axes may cost."""

Regularizer: TypeAlias = Annotated[Option | None, Choice(VECTORS, optional=True)]
MatrixRegularizer: TypeAlias = Annotated[Option | None, Choice(MATRICES, optional=True)]
