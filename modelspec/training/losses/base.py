"""What all losses are."""

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, TypeAlias

from pydantic import AfterValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from modelspec.training.declaration import Declaration

if TYPE_CHECKING:
    from modelspec.training.declaration import Array

Targets: TypeAlias = Literal["numbers", "classes", "indices", "binary", "labels", "sequences"]
"""What a loss compares an output with.

`numbers` are of the output's own shape; `classes` are class indices or one-hot rows,
`indices` class indices only; `binary` are zeros and ones (or probabilities) of the output's shape;
`labels` are integers, one a row, that say which rows belong together; `sequences` are rows of
class indices from 1 up, filled up with 0.
"""


def _not_the_batch(axis: int) -> int:
    if axis == 0:
        raise PydanticCustomError(
            "MS204", "axis 0 is the batch's", {"help": "count from 1, or from -1 for the last axis"}
        )
    return axis


Axis: TypeAlias = Annotated[int, AfterValidator(_not_the_batch)]
"""An axis; the batch's is 0, which none of these can be."""
Smoothing: TypeAlias = Annotated[float, Field(ge=0, le=1)]
NotNegative: TypeAlias = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Reduction: TypeAlias = Literal["sum_over_batch_size", "mean", "mean_with_sample_weight", "sum"]


class Loss(Declaration):
    """The base of all losses.

    The formulas are Keras 3's, in `modelspec.torch.losses` in a function of the same name.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    targets: ClassVar[Targets] = "numbers"
    """What it compares the output with."""
    activation: ClassVar[Literal["", "softmax", "sigmoid"]] = ""
    """What makes the probabilities that it is of; empty for a loss of any numbers."""

    reduction: Reduction = "sum_over_batch_size"
    """How a batch's values become one: `mean` is the same as the default, which divides by how
    many there are; `mean_with_sample_weight` by the sum of their weights; `sum` by nothing."""

    def reference(self, prediction: "Array", target: "Array") -> "Array":
        """The loss of each element or row, in NumPy; the tests hold the twin against it.

        A loss that Keras does not have needs one; others are held against Keras's own values.
        """
        raise NotImplementedError(type(self).__name__)

    @property
    def of_logits(self) -> bool:
        """Whether the output is to be the logits of its probabilities."""
        return False

    @property
    def ends_in(self) -> str:
        """The activation that the output must end in; empty for any, or for none."""
        return "" if self.of_logits else self.activation
