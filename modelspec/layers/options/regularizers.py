"""The regularizers, with their arguments: Keras's names, defaults and numbers."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from modelspec.layers.choices import Option
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
