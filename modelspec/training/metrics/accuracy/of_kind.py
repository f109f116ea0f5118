"""The accuracies of one kind of target each."""

from typing import ClassVar

from modelspec.training.metrics.base import Kind, Metric


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
