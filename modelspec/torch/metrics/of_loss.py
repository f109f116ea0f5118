"""Metrics that are the mean of a loss."""

from typing import ClassVar

from torch import Tensor

from modelspec.torch.losses.targets import fitted
from modelspec.torch.losses.twin import Twin
from modelspec.torch.metrics.accumulator import MeanOf, Setting
from modelspec.training.losses import Loss
from modelspec.training.metrics import Metric


class OfLoss(MeanOf):
    """The base of metrics that are the mean of a loss; its arguments are the loss's."""

    loss: ClassVar[type[Loss]]
    twin: ClassVar[type[Twin]]

    def __init__(self, settings: Metric, setting: Setting) -> None:
        super().__init__(setting)
        given = {
            key: value for key, value in settings.model_dump().items() if key in self._arguments()
        }
        self._loss = self.loss(**given)
        self._computed = self.twin(self._loss, from_logits=self._loss.of_logits)

    @classmethod
    def _arguments(cls) -> set[str]:
        return set(cls.loss.model_fields)

    def elements(self, prediction: Tensor, target: Tensor) -> Tensor:
        """The loss of each element or row."""
        return self._computed.values(*fitted(self._loss, prediction, target))
