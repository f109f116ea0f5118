"""What weights cost: terms of the loss.

Numbers are Keras's; `modelspec.torch.regularization` computes them.

In a layer: one annotated field a weight, `WEIGHT_regularizer`:

    kernel_regularizer: MatrixRegularizer = None
    bias_regularizer: Regularizer = None

`MatrixRegularizer` is for what always has two axes, which may be made orthogonal too. Nothing
else is needed in a layer or its twin: the runner finds the weights by `Layer.weights`, their
names and `load_keras`.
"""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from modelspec.layers.choices import Choice, Option
from modelspec.layers.values import LayerError

Factor: TypeAlias = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class L1(Option):
    """`l1` times the sum of the absolute values."""

    l1: Factor = 0.01
    """The factor."""


class L2(Option):
    """`l2` times the sum of the squares."""

    l2: Factor = 0.01
    """The factor."""


class L1L2(Option):
    """`l1` times the sum of the absolute values, and `l2` times the sum of the squares."""

    l1: Factor = 0.0
    """The factor of the absolute values."""
    l2: Factor = 0.0
    """The factor of the squares."""


class Orthogonality(Option):
    """`factor` times the mean of the products of every two rows, or columns, of length one."""

    factor: Factor = 0.01
    """The factor."""
    mode: Literal["rows", "columns"] = "rows"
    """What is to be orthogonal to each other."""

    def check(self, argument: str, shape: tuple[int, ...]) -> None:
        if shape[0 if self.mode == "rows" else 1] < 2:
            message = f"has `{argument}` among the {self.mode} of a weight of {list(shape)}"
            raise LayerError("MS504", message, "there must be two at least", argument)


VECTORS: dict[str, type[Option]] = {"l1": L1, "l2": L2, "l1_l2": L1L2}
"""What any weight may cost."""

MATRICES: dict[str, type[Option]] = {**VECTORS, "orthogonal_regularizer": Orthogonality}
"""What a weight of two axes may cost."""

Regularizer: TypeAlias = Annotated[Option | None, Choice(VECTORS, optional=True)]
MatrixRegularizer: TypeAlias = Annotated[Option | None, Choice(MATRICES, optional=True)]
