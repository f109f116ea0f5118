"""Measure, and end with, the moving average of the weights."""

from typing import Annotated, ClassVar

from pydantic import Field

from modelspec.training.callback import Callback


class EMA(Callback):
    """Keeps the moving average of the weights: it is measured, saved as the best, and ended with.

    Training itself goes on with the weights as they are. It is the optimizer's `use_ema`, whose
    average alone only takes the weights' place at the end, and Keras's SwapEMAWeights in one.
    """

    keras: ClassVar[str] = "swap_ema_weights/"
    only_one: ClassVar[bool] = True

    momentum: Annotated[float, Field(ge=0, lt=1)] = 0.99
    """How much of the average is kept at each step."""
