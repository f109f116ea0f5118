"""Twins of SGD and Lion."""

from typing import Any

import torch

from modelspec.torch.optimizers.base import Optimizer, Tensors
from modelspec.training.optimizers import descent as declared


class SGD(Optimizer):
    """`m = momentum m + rate g; p -= m`: the rate is inside the velocity."""

    settings: declared.SGD
    fused = True
    slot_names = ("momentum",)

    def wanted_slots(self) -> tuple[str, ...]:
        """None without momentum."""
        return self.slot_names if self.settings.momentum else ()

    def decay(self, parameters: Tensors) -> None:
        """Shrink the weights; without momentum, `update` does it in the same pass."""
        if self.settings.momentum:
            super().decay(parameters)

    def update(self, parameters: Tensors, gradients: Tensors, slots: dict[str, Tensors]) -> None:
        """One step."""
        momentum, rate = self.settings.momentum, self.learning_rate
        if self.settings.nesterov and momentum:
            velocities = slots["momentum"]
            torch._foreach_mul_(velocities, momentum)
            torch._foreach_add_(velocities, gradients, alpha=rate)
            torch._foreach_sub_(parameters, velocities, alpha=momentum)
            torch._foreach_sub_(parameters, gradients, alpha=rate)
            return
        # torch has the rate outside the velocity, and lets `1 - dampening` scale the gradient.
        arguments: dict[str, Any] = {
            "lr": 1.0 if momentum else rate,
            "momentum": momentum,
            "dampening": 1 - rate if momentum else 0.0,
            "weight_decay": 0.0 if momentum else self.settings.weight_decay or 0.0,
            "nesterov": False,
            "maximize": False,
            "is_first_step": False,
        }
        torch._fused_sgd_(parameters, gradients, slots.get("momentum", []), **arguments)


class Lion(Optimizer):
    """`p -= rate sign(beta_1 m + (1 - beta_1) g)`, then m follows g by `beta_2`."""

    settings: declared.Lion
    slot_names = ("momentum",)

    def update(self, parameters: Tensors, gradients: Tensors, slots: dict[str, Tensors]) -> None:
        """One step."""
        momentums, beta_1 = slots["momentum"], self.settings.beta_1
        steps = list(torch._foreach_mul(momentums, beta_1))
        torch._foreach_add_(steps, gradients, alpha=1 - beta_1)
        torch._foreach_sign_(steps)
        torch._foreach_add_(parameters, steps, alpha=-self.learning_rate)
        torch._foreach_mul_(momentums, self.settings.beta_2)
        torch._foreach_add_(momentums, gradients, alpha=1 - self.settings.beta_2)
