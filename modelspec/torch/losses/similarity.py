"""The twin of the circle loss."""

import torch
from torch import Tensor
from torch.nn import functional

from modelspec.torch.losses.twin import Twin
from modelspec.training.losses import similarity as declared


class Circle(Twin):
    """`softplus(logsumexp(near ones' terms) + logsumexp(others' terms))` of cosine distances."""

    settings: declared.Circle

    def values(self, prediction: Tensor, target: Tensor) -> Tensor:
        """One a row, by all other rows."""
        settings = self.settings
        distances = (1 - prediction @ prediction.T).clamp_min(0.0)
        alike = target[:, None] == target
        others = ~alike
        if settings.remove_diagonal:
            alike = alike & ~torch.eye(len(target), dtype=torch.bool, device=target.device)
        margin = settings.margin
        near = -settings.gamma * (margin + distances) * (margin - distances)
        away = (1 + margin - distances).clamp_min(0.0)
        far = settings.gamma * away * (1 - margin - distances)
        return functional.softplus(_total(near, alike) + _total(far, others))

    def counted(self, values: Tensor, target: Tensor) -> Tensor | None:  # noqa: ARG002
        """The rows that have both a like and an unlike one."""
        return values > 0


def _total(terms: Tensor, wanted: Tensor) -> Tensor:
    """`logsumexp` of the wanted terms of each row; a row without any is far below 0."""
    return torch.where(wanted, terms, -torch.inf).logsumexp(1).clamp_min(-1e30)
