"""Twins of Adam and its relatives."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from math import prod, sqrt
from typing import Any

import torch
from torch import Tensor

from modelspec.torch.optimizers.base import (
    Named,
    Optimizer,
    Tensors,
    faded_square,
    follow,
    follow_squares,
)
from modelspec.training.optimizers.adam import adam, relatives
from modelspec.training.optimizers.base import Optimizer as Settings


class Adam(Optimizer):
    """`p -= rate sqrt(1 - beta_2^t) / (1 - beta_1^t) m / (sqrt(v) + epsilon)`."""

    settings: adam.Adam
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

    def scalars(self) -> tuple[float, ...]:
        """The corrected rate."""
        return (self.learning_rate * self._correction(),)

    def formula(
        self, parameter: Tensor, gradient: Tensor, slots: Named, scalars: Sequence[Tensor]
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """One step."""
        settings = self.settings
        momentum = follow(slots["momentum"], gradient, 1 - settings.beta_1)
        velocity = faded_square(slots["velocity"], gradient, settings.beta_2)
        after = {"momentum": momentum, "velocity": velocity}
        if settings.amsgrad:
            velocity = torch.maximum(slots["velocity_hat"], velocity)
            after["velocity_hat"] = velocity
        root = torch.sqrt(velocity) + settings.epsilon
        return parameter - scalars[0] * momentum / root, after

    def _correction(self) -> float:
        steps, settings = self.updates, self.settings
        return sqrt(1 - settings.beta_2**steps) / (1 - settings.beta_1**steps)


class AdamW(Adam):
    """Adam, whose declaration has another weight decay."""


class Adamax(Optimizer):
    """`p -= rate / (1 - beta_1^t) m / (u + epsilon)`, u the largest fading `|g|`."""

    settings: relatives.Adamax
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

    def scalars(self) -> tuple[float, ...]:
        """The corrected rate."""
        return (self.learning_rate / (1 - self.settings.beta_1**self.updates),)

    def formula(
        self, parameter: Tensor, gradient: Tensor, slots: Named, scalars: Sequence[Tensor]
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """One step."""
        settings = self.settings
        momentum = follow(slots["momentum"], gradient, 1 - settings.beta_1)
        norm = torch.maximum(slots["norm"] * settings.beta_2, torch.abs(gradient))
        moved = parameter - scalars[0] * momentum / (norm + settings.epsilon)
        return moved, {"momentum": momentum, "norm": norm}


class Nadam(Optimizer):
    """Adam with a momentum `u_t = beta_1 (1 - 0.96^t / 2)` that is looked ahead by a step."""

    settings: relatives.Nadam
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
        ahead, now = self._shares(steps)
        moves = list(torch._foreach_mul(momentums, ahead))
        torch._foreach_add_(moves, gradients, alpha=now)
        torch._foreach_addcdiv_(parameters, moves, roots, value=-rate)

    def scalars(self) -> tuple[float, ...]:
        """The rate, the shares of momentum and gradient, and the correction of the squares."""
        correction = 1 - self.settings.beta_2**self.updates
        return (self.learning_rate, *self._shares(self.updates), correction)

    def formula(
        self, parameter: Tensor, gradient: Tensor, slots: Named, scalars: Sequence[Tensor]
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """One step."""
        settings = self.settings
        rate, ahead, now, correction = scalars
        momentum = follow(slots["momentum"], gradient, 1 - settings.beta_1)
        velocity = faded_square(slots["velocity"], gradient, settings.beta_2)
        root = torch.sqrt(velocity / correction) + settings.epsilon
        moved = parameter - rate * (momentum * ahead + gradient * now) / root
        return moved, {"momentum": momentum, "velocity": velocity}

    def _shares(self, steps: int) -> tuple[float, float]:
        """What a step takes of the momentum, and of the gradient."""
        product, ahead = self._product(steps), self._momentum(steps + 1)
        return ahead / (1 - product * ahead), (1 - self._momentum(steps)) / (1 - product)

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

    settings: relatives.Lamb
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

    def scalars(self) -> tuple[float, ...]:
        """The rate, and the corrections of both means."""
        settings, steps = self.settings, self.updates
        return (self.learning_rate, 1 - settings.beta_1**steps, 1 - settings.beta_2**steps)

    def formula(
        self, parameter: Tensor, gradient: Tensor, slots: Named, scalars: Sequence[Tensor]
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """One step."""
        settings = self.settings
        rate, of_momentum, of_velocity = scalars
        momentum = follow(slots["momentum"], gradient, 1 - settings.beta_1)
        velocity = faded_square(slots["velocity"], gradient, settings.beta_2)
        root = torch.sqrt(velocity / of_velocity) + settings.epsilon
        step = momentum / of_momentum / root
        length, norm = torch.linalg.vector_norm(step), torch.linalg.vector_norm(parameter)
        ratio = torch.where((norm > 0) & (length > 0), norm / length, 1.0)
        return parameter - step * (ratio * rate), {"momentum": momentum, "velocity": velocity}
