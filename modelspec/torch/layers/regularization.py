"""Twin of Dropout."""

from collections.abc import Sequence

from torch import nn

from modelspec.layers import regularization
from modelspec.layers.values import Weight
from modelspec.torch.layers.twin import Twin


class Dropout(Twin[regularization.Dropout]):
    random = True

    def empty(self, layer: regularization.Dropout, weights: Sequence[Weight]) -> nn.Module:
        return nn.Dropout(layer.rate)
