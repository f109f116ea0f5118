"""What weights are held to after every update. Numbers are Keras's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from modelspec.layers.options.constraints import MinMaxNorm, NonNeg, UnitNorm
from modelspec.torch.regularization import weights_with
from modelspec.torch.weight_ownership import WholeView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelspec.graph.graph import Graph
    from modelspec.layers.choices import Option
    from modelspec.torch.weight_ownership import View

_EPSILON = 1e-7


class Constraints:
    """Holds weights to what their layers say."""

    def __init__(self, held: Sequence[tuple[Option, View]]) -> None:
        self._positive: list[Tensor] = []
        self._others: list[tuple[Option, View]] = []
        for option, view in held:
            if isinstance(option, NonNeg) and isinstance(view, WholeView):
                self._positive.append(view.parameter)
            else:
                self._others.append((option, view))

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._positive or self._others)

    @torch.no_grad()
    def apply(self) -> None:
        """Change the weights, after an update."""
        if self._positive:
            torch._foreach_clamp_min_(self._positive, 0.0)
        for option, view in self._others:
            view.write(constrained(option, view.read()))


def constraints_of(graph: Graph, module: nn.Module) -> Constraints:
    """What a graph's layers hold their weights to."""
    return Constraints(weights_with(graph, module, "constraint"))


def constrained(option: Any, x: Tensor) -> Tensor:
    """What an array in Keras's layout becomes."""
    if isinstance(option, NonNeg):
        return x.clamp(min=0)
    norms: Tensor = torch.linalg.vector_norm(x, dim=option.axis, keepdim=True)
    wanted: Tensor
    if isinstance(option, UnitNorm):
        return x.div(norms + _EPSILON)
    if isinstance(option, MinMaxNorm):
        inside = norms.clamp(option.min_value, option.max_value)
        wanted = option.rate * inside + (1 - option.rate) * norms
    else:
        wanted = norms.clamp(max=option.max_value)
    return x.mul(wanted / (norms + _EPSILON))
