"""Losses of numbers."""

from typing import ClassVar

from modelspec.training.losses.base import Axis, Loss, NotNegative


class MeanSquaredError(Loss):
    """Mean squared error: the mean of `(prediction - target)^2` over a sample's values."""

    type_name: ClassVar[str] = "mse"
    keras: ClassVar[str] = "regression_losses/#meansquarederror-class"


class MeanAbsoluteError(Loss):
    """Mean absolute error: the mean of `|prediction - target|` over a sample's values."""

    type_name: ClassVar[str] = "mae"
    keras: ClassVar[str] = "regression_losses/#meanabsoluteerror-class"


class MeanAbsolutePercentageError(Loss):
    """Mean absolute percentage error: the mean of `100 |target - prediction| / |target|`."""

    type_name: ClassVar[str] = "mape"
    keras: ClassVar[str] = "regression_losses/#meanabsolutepercentageerror-class"


class MeanSquaredLogarithmicError(Loss):
    """Mean squared logarithmic error: that of `log(1 + x)`, for numbers from 0 up."""

    type_name: ClassVar[str] = "msle"
    keras: ClassVar[str] = "regression_losses/#meansquaredlogarithmicerror-class"


class Huber(Loss):
    """Half the squared error up to an error of `delta`, and a straight line from there on."""

    keras: ClassVar[str] = "regression_losses/#huber-class"

    delta: NotNegative = 1.0
    """The error at which the square becomes a line."""


class LogCosh(Loss):
    """The logarithm of the error's hyperbolic cosine: nearly a square, then a line."""

    keras: ClassVar[str] = "regression_losses/#logcosh-class"


class CosineSimilarity(Loss):
    """Minus the cosine between prediction and target."""

    keras: ClassVar[str] = "regression_losses/#cosinesimilarity-class"

    axis: Axis = -1
    """The axis along which the vectors lie."""
