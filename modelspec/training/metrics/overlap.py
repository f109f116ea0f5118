"""How much two regions overlap: intersection over union, one class after the other."""

from typing import Annotated, ClassVar

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from modelspec.training.metrics.base import Axis, Kind, Metric

Classes = Annotated[int, Field(gt=0)]
Wanted = Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=1)]


class _Several(Metric):
    num_classes: Classes
    """How many classes there are."""
    ignore_class: int | None = None
    """A class index whose values do not count; null for none."""
    axis: Axis = -1
    """The axis that the values of the classes lie along."""

    @model_validator(mode="after")
    def _known(self) -> "_Several":
        largest = max(getattr(self, "target_class_ids", [0]))
        if largest >= self.num_classes:
            message = f"there is no class {largest}: `num_classes` is {self.num_classes}"
            raise PydanticCustomError("MS204", message, {"help": "classes are counted from 0"})
        return self


class _Sparse(_Several):
    sparse_y_true: bool = True
    """Whether targets are class indices, not one-hot rows."""
    sparse_y_pred: bool = True
    """Whether predictions are class indices, not a value a class: false after a softmax."""


class IoU(_Sparse):
    """Intersection over union of some classes: the mean over them."""

    type_name: ClassVar[str] = "iou"
    keras: ClassVar[str] = "segmentation_metrics/#iou-class"
    kind: ClassVar[Kind] = "classes"

    target_class_ids: Wanted
    """The classes that count."""


class MeanIoU(_Sparse):
    """Intersection over union: the mean over all classes."""

    type_name: ClassVar[str] = "mean_iou"
    keras: ClassVar[str] = "segmentation_metrics/#meaniou-class"
    kind: ClassVar[Kind] = "classes"


class OneHotIoU(_Several):
    """Intersection over union of some classes, of targets that are one-hot rows."""

    type_name: ClassVar[str] = "one_hot_iou"
    keras: ClassVar[str] = "segmentation_metrics/#onehotiou-class"
    kind: ClassVar[Kind] = "classes"

    target_class_ids: Wanted
    """The classes that count."""
    sparse_y_pred: bool = False
    """Whether predictions are class indices, not a value a class."""


class OneHotMeanIoU(_Several):
    """Intersection over union of all classes, of targets that are one-hot rows."""

    type_name: ClassVar[str] = "one_hot_mean_iou"
    keras: ClassVar[str] = "segmentation_metrics/#onehotmeaniou-class"
    kind: ClassVar[Kind] = "classes"

    sparse_y_pred: bool = False
    """Whether predictions are class indices, not a value a class."""


class BinaryIoU(Metric):
    """Intersection over union of what is predicted from `threshold` on, and of the rest."""

    type_name: ClassVar[str] = "binary_iou"
    keras: ClassVar[str] = "segmentation_metrics/#binaryiou-class"
    kind: ClassVar[Kind] = "binary"

    target_class_ids: Annotated[
        list[Annotated[int, Field(ge=0, le=1)]], Field(min_length=1, max_length=2)
    ] = Field(default=[0, 1])
    """Which of the two count: 1 for the regions, 0 for all around them."""
    threshold: float = 0.5
    """From where on a prediction is a 1."""

    @property
    def at_decision(self) -> bool:
        """Where `threshold` is not written."""
        return "threshold" not in self.model_fields_set
