"""How often the right class is among the most probable."""

from typing import Annotated, ClassVar

from pydantic import Field

from modelspec.training.metrics.base import Kind, Metric

Most = Annotated[int, Field(gt=0)]


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
