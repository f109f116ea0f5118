"""How decisions of yes or no turn out."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from modelspec.training.metrics.base import Kind, Metric, Share

Thresholds = Share | Annotated[list[Share], Field(min_length=1)] | None
Index = Annotated[int, Field(ge=0)]


class _Decisions(Metric):
    kind: ClassVar[Kind] = "binary"


class _AtThresholds(_Decisions):
    thresholds: Thresholds = None
    """Above which a prediction is a yes: one, or several for one value each; null for 0.5."""

    @property
    def at_decision(self) -> bool:
        """Where neither `thresholds` nor `top_k` is written."""
        return self.thresholds is None and getattr(self, "top_k", None) is None

    def values(self, width: int | None) -> int:  # noqa: ARG002
        """One a threshold."""
        return len(self.thresholds) if isinstance(self.thresholds, list) else 1


class _Found(_AtThresholds):
    top_k: Annotated[int, Field(gt=0)] | None = None
    """Only this many of the largest predictions of a row are a yes; then any threshold is passed
    unless it is given."""
    class_id: Index | None = None
    """The one class, an index of the last axis, that is looked at; null for all."""


class Precision(_Found):
    """Of the values predicted above the threshold, how many are true."""

    keras: ClassVar[str] = "classification_metrics/#precision-class"


class Recall(_Found):
    """Of the values that are true, how many are predicted above the threshold."""

    keras: ClassVar[str] = "classification_metrics/#recall-class"


class TruePositives(_AtThresholds):
    """How many values predicted above the threshold are true."""

    keras: ClassVar[str] = "classification_metrics/#truepositives-class"


class TrueNegatives(_AtThresholds):
    """How many values not predicted above the threshold are not true."""

    keras: ClassVar[str] = "classification_metrics/#truenegatives-class"


class FalsePositives(_AtThresholds):
    """How many values predicted above the threshold are not true."""

    keras: ClassVar[str] = "classification_metrics/#falsepositives-class"
    higher_is_better: ClassVar[bool] = False


class FalseNegatives(_AtThresholds):
    """How many values not predicted above the threshold are true."""

    keras: ClassVar[str] = "classification_metrics/#falsenegatives-class"
    higher_is_better: ClassVar[bool] = False


class _OnCurve(_Decisions):
    num_thresholds: Annotated[int, Field(gt=0)] = 200
    """How many thresholds are tried, evenly from 0 to 1."""
    class_id: Index | None = None
    """The one class, an index of the last axis, that is looked at; null for all."""


class PrecisionAtRecall(_OnCurve):
    """The best precision among the thresholds whose recall is at least `recall`."""

    keras: ClassVar[str] = "classification_metrics/#precisionatrecall-class"

    recall: Share
    """The recall that is asked for."""


class RecallAtPrecision(_OnCurve):
    """The best recall among the thresholds whose precision is at least `precision`."""

    keras: ClassVar[str] = "classification_metrics/#recallatprecision-class"

    precision: Share
    """The precision that is asked for."""


class SensitivityAtSpecificity(_OnCurve):
    """The best sensitivity among the thresholds whose specificity is at least `specificity`."""

    keras: ClassVar[str] = "classification_metrics/#sensitivityatspecificity-class"

    specificity: Share
    """The share of what is false and is predicted so that is asked for."""


class SpecificityAtSensitivity(_OnCurve):
    """The best specificity among the thresholds whose sensitivity is at least `sensitivity`."""

    keras: ClassVar[str] = "classification_metrics/#specificityatsensitivity-class"

    sensitivity: Share
    """The share of what is true and is predicted so that is asked for."""


class AUC(_Decisions):
    """Area under the curve of true against false positives, or of precision against recall."""

    keras: ClassVar[str] = "classification_metrics/#auc-class"

    num_thresholds: Annotated[int, Field(gt=1)] = 200
    """How many thresholds the curve is drawn through, evenly from 0 to 1."""
    curve: Literal["ROC", "PR", "PRGAIN", "roc", "pr", "prgain"] = "ROC"
    """The curve: receiver operating characteristic, precision and recall, or their gains."""
    summation_method: Literal["interpolation", "minoring", "majoring"] = "interpolation"
    """How the curve goes between two thresholds: between, below or above both of their points."""
    thresholds: list[Share] | None = None
    """Thresholds between 0 and 1 of one's own, in place of `num_thresholds`."""
    multi_label: bool = False
    """Whether each value of the last axis has a curve of its own, whose areas are averaged."""
    num_labels: Annotated[int, Field(gt=0)] | None = None
    """How many values the last axis has, where `multi_label`; null to go by the output."""
    label_weights: list[Annotated[float, Field(ge=0, allow_inf_nan=False)]] | None = None
    """How much each value of the last axis counts."""
    from_logits: bool = False
    """Whether the output has no activation, and its values are logits."""

    @model_validator(mode="after")
    def _labels(self) -> "AUC":
        if self.num_labels and not self.multi_label:
            help = {"help": "add `multi_label: true`, or remove `num_labels`"}
            raise PydanticCustomError("MS204", "`num_labels` is for `multi_label` only", help)
        return self


class _FScore(_Decisions):
    average: Literal["micro", "macro", "weighted"] | None = None
    """How the scores of several classes become one: by all decisions together, as they are, or
    by how often each class is true; null for one score each."""
    threshold: Annotated[float, Field(gt=0, le=1)] | None = None
    """Above which a prediction is a yes; null for the largest of each row."""

    @property
    def at_decision(self) -> bool:
        """Where `threshold` is not written."""
        return self.threshold is None

    def values(self, width: int | None) -> int:
        """One, or one a class."""
        return 1 if self.average else width or 1


class FBetaScore(_FScore):
    """The harmonic mean of precision and recall, in which recall counts `beta` times."""

    type_name: ClassVar[str] = "fbeta_score"
    keras: ClassVar[str] = "classification_metrics/#fbetascore-class"

    beta: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0
    """How much recall counts beside precision."""


class F1Score(_FScore):
    """The harmonic mean of precision and recall."""

    keras: ClassVar[str] = "classification_metrics/#f1score-class"
