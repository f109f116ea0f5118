"""The accuracy that fits an output, whatever its target."""

from typing import ClassVar

from modelspec.training.metrics.base import Kind, Metric


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
