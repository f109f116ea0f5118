"""What weights and outputs cost, besides the losses. Numbers are Keras's.

A weight's cost is a term of the loss of every batch, in evaluation too; that of a layer's outputs
(`activity_regularizer`) is divided by the number of samples, and counted at every call. A frozen
weight costs nothing, one that is shared is counted once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from modelspec.layers.choices import Option
from modelspec.layers.options.regularizers import L1, L1L2, L2, Orthogonality
from modelspec.torch.weight_ownership import ScatteredView, View, array_views, layer_weights

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from modelspec.graph.graph import Graph


class ActivityRegularizer(nn.Module):
    """Gives a layer's output back, and notes what it costs while somebody listens.

    Attributes:
        terms: What the calls have cost; None while nobody listens.
    """

    def __init__(self, options: Sequence[Option]) -> None:
        super().__init__()
        self.options = tuple(options)
        self.terms: list[Tensor] | None = None

    def forward(self, x: Tensor) -> Tensor:
        """The output itself."""
        if self.terms is not None and len(x):
            self.terms += [cost(option, x) / len(x) for option in self.options]
        return x

    def extra_repr(self) -> str:
        """The names of its regularizers."""
        return ", ".join(option.type for option in self.options)


class RegularizationLosses:
    """The cost of a module's weights, and of what its layers give out.

    Attributes:
        absolute: Weights whose absolute values cost, with the factor of each.
        squared: Weights whose squares cost, with the factor of each.
        others: Arrays that cost otherwise.
        activities: The modules that note what layers give out.
    """

    def __init__(
        self, costs: Sequence[tuple[Option, View]], activities: Sequence[ActivityRegularizer]
    ) -> None:
        self.absolute = _Norms(1)
        self.squared = _Norms(2)
        self.others: list[tuple[Option, View]] = []
        self.activities = activities
        self._noted: list[Tensor] = []
        for option, view in costs:
            self._sort_in(option, view)

    def _sort_in(self, option: Option, view: View) -> None:
        """What sums all numbers of whole parameters is computed together."""
        if isinstance(view, ScatteredView) or not isinstance(option, L1 | L2 | L1L2):
            self.others.append((option, view))
            return
        self.absolute.add(getattr(option, "l1", 0.0), view.parameter)
        self.squared.add(getattr(option, "l2", 0.0), view.parameter)

    def run(self, module: Callable[[Any], Any], inputs: Any) -> Any:
        """The outputs of the module, what its layers give out being noted for `total`."""
        try:
            for activity in self.activities:
                activity.terms = []
            outputs = module(inputs)
            self._noted = [term for each in self.activities for term in each.terms or ()]
        finally:
            for activity in self.activities:
                activity.terms = None
        return outputs

    def weight_losses(self) -> Tensor:
        """The cost of the weights as they are."""
        terms = [each.total() for each in (self.absolute, self.squared) if each.factors]
        terms += [cost(option, view.read()) for option, view in self.others]
        return torch.stack(terms).sum() if terms else torch.zeros(())

    def activity_losses(self) -> Tensor:
        """The cost of what `run` has noted, which is forgotten."""
        noted, self._noted = self._noted, []
        return torch.stack(noted).sum() if noted else torch.zeros(())


class _Norms:
    """Sums of the powers of parameters, each times a factor, by few kernels."""

    def __init__(self, power: int) -> None:
        self.factors: list[float] = []
        self._power = power
        self._parameters: list[Tensor] = []
        self._weighting: Tensor | None = None

    def add(self, factor: float, parameter: Tensor) -> None:
        if factor:
            self.factors.append(factor)
            self._parameters.append(parameter)

    def total(self) -> Tensor:
        norms = torch.stack(torch._foreach_norm(self._parameters, self._power))
        if self._weighting is None:
            with torch.inference_mode(mode=False):  # gradients need it, whoever asks first
                self._weighting = torch.tensor(self.factors, device=norms.device)
        return torch.dot(norms if self._power == 1 else norms * norms, self._weighting)


def regularization_losses(graph: Graph, module: nn.Module) -> RegularizationLosses | None:
    """What the options of a graph's layers cost; None where there are none."""
    activities = [part for part in module.modules() if isinstance(part, ActivityRegularizer)]
    costs = weights_with(graph, module, "regularizer")
    return RegularizationLosses(costs, activities) if costs or activities else None


def weights_with(graph: Graph, module: nn.Module, kind: str) -> list[tuple[Option, View]]:
    """The trained weights that have a regularizer, or a constraint, and that."""
    found: list[tuple[Option, View]] = []
    for owner in layer_weights(graph, module):
        options = {weight.name: owner.layer.option(weight.name, kind) for weight in owner.weights}
        given = {name: option for name, option in options.items() if isinstance(option, Option)}
        if given:
            found += [(given[name], view) for name, view in array_views(owner, list(given)).items()]
    return found


def cost(option: Option, x: Tensor) -> Tensor:
    """What an array in Keras's layout costs."""
    if isinstance(option, Orthogonality):
        return _orthogonality(option, x)
    x = x if x.is_floating_point() else x.float()
    total = x.new_zeros(())
    if factor := getattr(option, "l1", 0.0):
        total = total + factor * x.abs().sum()
    if factor := getattr(option, "l2", 0.0):
        total = total + factor * x.square().sum()
    return total


def _orthogonality(option: Orthogonality, x: Tensor) -> Tensor:
    """The mean of the products of every two rows; a single one has none."""
    rows = F.normalize(x if option.mode == "rows" else x.T, dim=1)
    count = len(rows)
    products = (rows @ rows.T) * (1 - torch.eye(count, device=x.device))
    return option.factor * products.abs().sum() / (count * (count - 1))
