"""Cross-entropy that bears wrong labels."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from modelspec.training.losses.base import Loss, Targets


class CategoricalGeneralizedCrossEntropy(Loss):
    """`(1 - p^q) / q` of the right class's probability: bears wrong labels better.

    Between the mean absolute error (`q` near 1) and the cross-entropy (near 0). Targets are
    class indices.
    """

    targets: ClassVar[Targets] = "indices"
    activation: ClassVar[Literal["", "softmax", "sigmoid"]] = "softmax"

    q: Annotated[float, Field(gt=0, lt=1)] = 0.5
    """How well it bears wrong labels."""
