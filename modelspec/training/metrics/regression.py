"""How far numbers are from what they should be."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from modelspec.training.metrics.base import Axis, Metric


class MeanAbsoluteError(Metric):
    """Mean absolute error."""

    type_name: ClassVar[str] = "mae"
    power: ClassVar[int] = 1
    keras: ClassVar[str] = "regression_metrics/#meanabsoluteerror-class"
    higher_is_better: ClassVar[bool] = False


class MeanSquaredError(Metric):
    """Mean squared error."""

    type_name: ClassVar[str] = "mse"
    power: ClassVar[int] = 2
    keras: ClassVar[str] = "regression_metrics/#meansquarederror-class"
    higher_is_better: ClassVar[bool] = False


class RootMeanSquaredError(Metric):
    """Root mean squared error."""

    type_name: ClassVar[str] = "rmse"
    power: ClassVar[int] = 1
    keras: ClassVar[str] = "regression_metrics/#rootmeansquarederror-class"
    higher_is_better: ClassVar[bool] = False


class MeanAbsolutePercentageError(Metric):
    """Mean absolute percentage error."""

    type_name: ClassVar[str] = "mape"
    keras: ClassVar[str] = "regression_metrics/#meanabsolutepercentageerror-class"
    higher_is_better: ClassVar[bool] = False


class MeanSquaredLogarithmicError(Metric):
    """Mean squared logarithmic error."""

    type_name: ClassVar[str] = "msle"
    keras: ClassVar[str] = "regression_metrics/#meansquaredlogarithmicerror-class"
    higher_is_better: ClassVar[bool] = False


class LogCoshError(Metric):
    """The mean logarithm of the error's hyperbolic cosine."""

    type_name: ClassVar[str] = "log_cosh"
    keras: ClassVar[str] = "regression_metrics/#logcosherror-class"
    higher_is_better: ClassVar[bool] = False


class CosineSimilarity(Metric):
    """The mean cosine between prediction and target."""

    keras: ClassVar[str] = "regression_metrics/#cosinesimilarity-class"

    axis: Axis = -1
    """The axis along which the vectors lie."""


class R2Score(Metric):
    """The coefficient of determination: how much of the targets' variance is predicted."""

    keras: ClassVar[str] = "regression_metrics/#r2score-class"

    class_aggregation: Literal["uniform_average", "variance_weighted_average"] | None = (
        "uniform_average"
    )
    """How the scores of several units become one; null for one score each."""
    num_regressors: Annotated[int, Field(ge=0)] = 0
    """How many independent inputs there are, for the adjusted score; 0 for the plain one."""

    def values(self, width: int | None) -> int:
        """One, or one a unit."""
        return 1 if self.class_aggregation else width or 1


class PearsonCorrelation(Metric):
    """The mean correlation of a prediction's values with its target's."""

    axis: Axis = -1
    """The axis along which the values lie."""


class ConcordanceCorrelation(Metric):
    """The mean concordance of a prediction's values with its target's: how near to equal."""

    axis: Axis = -1
    """The axis along which the values lie."""
