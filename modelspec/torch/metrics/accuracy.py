"""How often a prediction is right."""

from typing import TypeAlias

from torch import Tensor

from modelspec.torch.losses.targets import aligned, class_targets
from modelspec.torch.metrics.accumulator import MeanOf, Setting
from modelspec.training.metrics.accuracy import any_kind, of_kind, top_k

_TopK: TypeAlias = top_k.TopKCategoricalAccuracy | top_k.SparseTopKCategoricalAccuracy


class Accuracy(MeanOf):
    """Of the kind that fits the shapes."""

    takes_indices = True

    def __init__(self, settings: any_kind.Accuracy, setting: Setting) -> None:  # noqa: ARG002
        super().__init__(setting)
        self._binary = setting.binary

    def elements(self, prediction: Tensor, target: Tensor) -> Tensor:
        """Whether each is right."""
        shapes = tuple(prediction.shape), tuple(target.shape)
        kind = any_kind.accuracy_kind(*shapes, binary=self._binary)
        if kind == "binary":
            return (prediction > 0.5) == aligned(prediction, target)
        return prediction.argmax(-1) == _classes(prediction, target, one_hot=kind == "classes")


class BinaryAccuracy(MeanOf):
    """Of every value by itself."""

    def __init__(self, settings: of_kind.BinaryAccuracy, setting: Setting) -> None:
        super().__init__(setting)
        self._threshold = settings.threshold

    def elements(self, prediction: Tensor, target: Tensor) -> Tensor:
        """Whether each is right."""
        return (prediction > self._threshold) == aligned(prediction, target)


class CategoricalAccuracy(MeanOf):
    """Of the place of the largest value."""

    takes_indices = True
    one_hot = True

    def __init__(self, settings: of_kind.CategoricalAccuracy, setting: Setting) -> None:  # noqa: ARG002
        super().__init__(setting)

    def elements(self, prediction: Tensor, target: Tensor) -> Tensor:
        """Whether each row is right."""
        return prediction.argmax(-1) == _classes(prediction, target, one_hot=self.one_hot)


class SparseCategoricalAccuracy(CategoricalAccuracy):
    """The same for class indices."""

    one_hot = False


class TopKCategoricalAccuracy(MeanOf):
    """Whether fewer than `k` values are larger than the right one."""

    takes_indices = True
    one_hot = True

    def __init__(self, settings: _TopK, setting: Setting) -> None:
        super().__init__(setting)
        self._most = settings.k
        self._sorted = bool(getattr(settings, "from_sorted_ids", False))

    def elements(self, prediction: Tensor, target: Tensor) -> Tensor:
        """Whether each row is right."""
        classes = _classes(prediction, target, one_hot=self.one_hot).unsqueeze(-1)
        right = prediction.gather(-1, classes)
        return (prediction > right).sum(-1) < self._most


class SparseTopKCategoricalAccuracy(TopKCategoricalAccuracy):
    """The same for class indices."""

    one_hot = False

    def elements(self, prediction: Tensor, target: Tensor) -> Tensor:
        """Whether each row is right."""
        if not self._sorted:
            return super().elements(prediction, target)
        classes = class_targets(prediction, target, one_hot=False).unsqueeze(-1)
        return (prediction[..., : self._most] == classes).any(-1)


def _classes(prediction: Tensor, target: Tensor, *, one_hot: bool) -> Tensor:
    classes = class_targets(prediction, target, one_hot=one_hot)
    return classes.argmax(-1) if classes.ndim == prediction.ndim else classes
