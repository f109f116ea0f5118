"""Twins of SGD and Lion."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from modelspec.torch.optimizers.base import Named, Optimizer, Tensors, follow
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

    def formula(
        self, parameter: Tensor, gradient: Tensor, slots: Named, scalars: Sequence[Tensor]
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """One step."""
        momentum, step = self.settings.momentum, scalars[0] * gradient
        if not momentum:
            return parameter - step, {}
        velocity = slots["momentum"] * momentum + step
        moved = velocity * momentum + step if self.settings.nesterov else velocity
        return parameter - moved, {"momentum": velocity}


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

    def formula(
        self, parameter: Tensor, gradient: Tensor, slots: Named, scalars: Sequence[Tensor]
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """One step."""
        settings, momentum = self.settings, slots["momentum"]
        step = torch.sign(momentum * settings.beta_1 + gradient * (1 - settings.beta_1))
        after = follow(momentum, gradient, 1 - settings.beta_2)
        return parameter - scalars[0] * step, {"momentum": after}
