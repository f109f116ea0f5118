"""How often a prediction is right."""

from typing import Annotated, ClassVar

from pydantic import Field

from modelspec.training.metrics.base import Kind, Metric

Most = Annotated[int, Field(gt=0)]


class Accuracy(Metric):
    """How often the prediction is right.

    It is `binary_accuracy`, `categorical_accuracy` or `sparse_categorical_accuracy`, by the
    shapes of output and target.
    """

    keras: ClassVar[str] = "accuracy_metrics/#accuracy-class"
    kind: ClassVar[Kind] = ""

    @property
    def at_decision(self) -> bool:
        """Always, of an output that has a decision."""
        return True


class BinaryAccuracy(Metric):
    """How often `prediction > threshold` is the target, over every value of the output."""

    keras: ClassVar[str] = "accuracy_metrics/#binaryaccuracy-class"
    kind: ClassVar[Kind] = "binary"

    threshold: float = 0.5
    """From where on a prediction is a yes."""

    @property
    def at_decision(self) -> bool:
        """Where `threshold` is not written."""
        return "threshold" not in self.model_fields_set


class CategoricalAccuracy(Metric):
    """How often the largest prediction is at the largest value of the one-hot target."""

    keras: ClassVar[str] = "accuracy_metrics/#categoricalaccuracy-class"
    kind: ClassVar[Kind] = "classes"


class SparseCategoricalAccuracy(Metric):
    """How often the largest prediction is at the target's class index."""

    keras: ClassVar[str] = "accuracy_metrics/#sparsecategoricalaccuracy-class"
    kind: ClassVar[Kind] = "indices"


class TopKCategoricalAccuracy(Metric):
    """How often the class of the one-hot target is among the `k` largest predictions."""

    keras: ClassVar[str] = "accuracy_metrics/#topkcategoricalaccuracy-class"
    kind: ClassVar[Kind] = "classes"

    k: Most = 5
    """How many predictions to look at."""


class SparseTopKCategoricalAccuracy(Metric):
    """How often the target's class index is among the `k` largest predictions."""

    keras: ClassVar[str] = "accuracy_metrics/#sparsetopkcategoricalaccuracy-class"
    kind: ClassVar[Kind] = "indices"

    k: Most = 5
    """How many predictions to look at."""
    from_sorted_ids: bool = False
    """Whether predictions are class indices, the most probable first, not a value a class."""


def accuracy_kind(
    prediction: tuple[int, ...], target: tuple[int, ...], *, binary: bool = False
) -> Kind:
    """What `accuracy` compares, for shapes with their batch axis.

    Keras's rule, and one more: what is trained with a loss of yes or no is `binary`, also with
    several values a sample (Keras would compare the places of the largest values).
    """
    if prediction[-1] == 1 or binary:
        return "binary"
    if len(target) < len(prediction) or target[-1] == 1:
        return "indices"
    return "classes"
