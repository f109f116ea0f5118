"""Twins of Adam and its relatives."""

from collections.abc import Collection, Iterable, Mapping
from math import prod, sqrt
from typing import Any

import torch
from torch import Tensor

from modelspec.torch.optimizers.base import Optimizer, Tensors, follow_squares
from modelspec.training.optimizers import adam as declared
from modelspec.training.optimizers.base import Optimizer as Settings


class Adam(Optimizer):
    """`p -= rate sqrt(1 - beta_2^t) / (1 - beta_1^t) m / (sqrt(v) + epsilon)`."""

    settings: declared.Adam
    fused = True
    slot_names = ("momentum", "velocity")

    def __init__(
        self,
        settings: Settings,
        parameters: Iterable[tuple[str, Tensor]],
        embeddings: Collection[str] = (),
        multipliers: Mapping[str, float] | None = None,
    ) -> None:
        super().__init__(settings, parameters, embeddings, multipliers)
        device = self.parameters[0].device if self.parameters else None
        self._infinity = torch.tensor(float("inf"), device=device)

    def wanted_slots(self) -> tuple[str, ...]:
        """Both running means, and the largest velocity where asked for."""
        return (*self.slot_names, *(("velocity_hat",) if self.settings.amsgrad else ()))

    def decay(self, parameters: Tensors) -> None:
        """Nothing yet: `update` shrinks the weights in the same pass."""

    def update(self, parameters: Tensors, gradients: Tensors, slots: dict[str, Tensors]) -> None:
        """One step: torch's own kernel, told that infinitely many went before.

        Its corrections of the means are 1 then, and what is left is Keras's formula with its
        corrected rate, which weights are to be shrunk by as if it were not corrected.
        """
        settings, correction = self.settings, self._correction()
        arguments: dict[str, Any] = {
            "lr": self.learning_rate * correction,
            "beta1": settings.beta_1,
            "beta2": settings.beta_2,
            "weight_decay": (settings.weight_decay or 0.0) / correction,
            "eps": settings.epsilon,
            "amsgrad": settings.amsgrad,
            "maximize": False,
        }
        torch._fused_adamw_(
            parameters,
            gradients,
            slots["momentum"],
            slots["velocity"],
            slots.get("velocity_hat", []),
            [self._infinity] * len(parameters),
            **arguments,
        )

    def _correction(self) -> float:
        steps, settings = self.updates, self.settings
        return sqrt(1 - settings.beta_2**steps) / (1 - settings.beta_1**steps)


class AdamW(Adam):
    """Adam, whose declaration has another weight decay."""


class Adamax(Optimizer):
    """`p -= rate / (1 - beta_1^t) m / (u + epsilon)`, u the largest fading `|g|`."""

    settings: declared.Adamax
    slot_names = ("momentum", "norm")

    def update(self, parameters: Tensors, gradients: Tensors, slots: dict[str, Tensors]) -> None:
        """One step."""
        settings, momentums, norms = self.settings, slots["momentum"], slots["norm"]
        torch._foreach_lerp_(momentums, gradients, 1 - settings.beta_1)
        torch._foreach_mul_(norms, settings.beta_2)
        torch._foreach_maximum_(norms, torch._foreach_abs(gradients))
        divisors = torch._foreach_add(norms, settings.epsilon)
        rate = self.learning_rate / (1 - settings.beta_1**self.updates)
        torch._foreach_addcdiv_(parameters, momentums, divisors, value=-rate)


class Nadam(Optimizer):
    """Adam with a momentum `u_t = beta_1 (1 - 0.96^t / 2)` that is looked ahead by a step."""

    settings: declared.Nadam
    slot_names = ("momentum", "velocity")
    _known = (0, 1.0)
    """The product of the momentums up to a step."""

    def update(self, parameters: Tensors, gradients: Tensors, slots: dict[str, Tensors]) -> None:
        """One step."""
        settings, steps, rate = self.settings, self.updates, self.learning_rate
        momentums, velocities = slots["momentum"], slots["velocity"]
        torch._foreach_lerp_(momentums, gradients, 1 - settings.beta_1)
        follow_squares(velocities, gradients, settings.beta_2)
        roots = torch._foreach_div(velocities, 1 - settings.beta_2**steps)
        torch._foreach_sqrt_(roots)
        torch._foreach_add_(roots, settings.epsilon)
        product, ahead = self._product(steps), self._momentum(steps + 1)
        moves = list(torch._foreach_mul(momentums, ahead / (1 - product * ahead)))
        now = (1 - self._momentum(steps)) / (1 - product)
        torch._foreach_add_(moves, gradients, alpha=now)
        torch._foreach_addcdiv_(parameters, moves, roots, value=-rate)

    def _momentum(self, step: int) -> float:
        return float(self.settings.beta_1 * (1 - 0.5 * 0.96**step))

    def _product(self, steps: int) -> float:
        known, product = self._known
        if known > steps:
            known, product = 0, 1.0
        product *= prod(self._momentum(step) for step in range(known + 1, steps + 1))
        self._known = (steps, product)
        return product


class Lamb(Optimizer):
    """Adam's step, as long as the rate times the weight's norm."""

    settings: declared.Lamb
    elementwise = False
    slot_names = ("momentum", "velocity")

    def update(self, parameters: Tensors, gradients: Tensors, slots: dict[str, Tensors]) -> None:
        """One step."""
        settings, momentums, velocities = self.settings, slots["momentum"], slots["velocity"]
        torch._foreach_lerp_(momentums, gradients, 1 - settings.beta_1)
        follow_squares(velocities, gradients, settings.beta_2)
        roots = torch._foreach_div(velocities, 1 - settings.beta_2**self.updates)
        torch._foreach_sqrt_(roots)
        torch._foreach_add_(roots, settings.epsilon)
        steps = list(torch._foreach_div(momentums, 1 - settings.beta_1**self.updates))
        torch._foreach_div_(steps, roots)
        lengths = torch.stack(torch._foreach_norm(steps))
        norms = torch.stack(torch._foreach_norm(parameters))
        ratios = torch.where((norms > 0) & (lengths > 0), norms / lengths, 1.0)
        torch._foreach_mul_(steps, list((ratios * self.learning_rate).unbind()))
        torch._foreach_sub_(parameters, steps)
