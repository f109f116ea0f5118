"""Twins of RMSprop, Adagrad, Adadelta and Ftrl."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from modelspec.torch.optimizers import tensor_lists
from modelspec.torch.optimizers.base import (
    Named,
    Optimizer,
    Tensors,
    faded_square,
    follow,
    follow_squares,
)
from modelspec.training.optimizers.adaptive import adagrad, ftrl, rmsprop


class RMSprop(Optimizer):
    """`v = rho v + (1 - rho) g^2; p -= rate g / sqrt(v + epsilon)`."""

    settings: rmsprop.RMSprop

    def wanted_slots(self) -> tuple[str, ...]:
        """The running mean of squares; those of momentum and of the mean where asked for."""
        momentum = ("momentum",) if self.settings.momentum else ()
        return ("velocity", *momentum, *(("average",) if self.settings.centered else ()))

    def update(self, parameters: Tensors, gradients: Tensors, slots: dict[str, Tensors]) -> None:
        """One step."""
        settings = self.settings
        velocities = slots["velocity"]
        follow_squares(velocities, gradients, settings.rho)
        roots = tensor_lists.add(velocities, settings.epsilon)
        if settings.centered:
            averages = slots["average"]
            tensor_lists.lerp_(averages, gradients, 1 - settings.rho)
            tensor_lists.addcmul_(roots, averages, averages, value=-1)
        tensor_lists.sqrt_(roots)
        if not settings.momentum:
            tensor_lists.addcdiv_(parameters, gradients, roots, value=-self.learning_rate)
            return
        momentums = slots["momentum"]
        tensor_lists.mul_(momentums, settings.momentum)
        tensor_lists.addcdiv_(momentums, gradients, roots, value=self.learning_rate)
        tensor_lists.sub_(parameters, momentums)

    def formula(
        self, parameter: Tensor, gradient: Tensor, slots: Named, scalars: Sequence[Tensor]
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """One step."""
        settings = self.settings
        velocity = faded_square(slots["velocity"], gradient, settings.rho)
        after, square = {"velocity": velocity}, velocity + settings.epsilon
        if settings.centered:
            average = after["average"] = follow(slots["average"], gradient, 1 - settings.rho)
            square = square - average * average
        step = scalars[0] * gradient / torch.sqrt(square)
        if settings.momentum:
            step = after["momentum"] = slots["momentum"] * settings.momentum + step
        return parameter - step, after


class Adagrad(Optimizer):
    """`a += g^2; p -= rate g / sqrt(a)`, where a begins with epsilon, which Keras adds each time.

    So torch's kernel, which adds its epsilon to the root, computes it with none.
    """

    settings: adagrad.Adagrad
    fused = True
    slot_names = ("accumulator",)

    _steps = torch.ones(())
    """Of no consequence without a decay of the rate."""

    def initial(self, slot: str) -> Tensors:
        """The accumulators' first value."""
        if slot != "accumulator":
            return super().initial(slot)
        value = self.settings.initial_accumulator_value + self.settings.epsilon
        return [torch.full_like(tensor, value, requires_grad=False) for tensor in self.parameters]

    def update(self, parameters: Tensors, gradients: Tensors, slots: dict[str, Tensors]) -> None:
        """One step."""
        accumulators = slots["accumulator"]
        if parameters[0].device.type != "cpu":  # others may lack the kernel
            self._step_lists(parameters, gradients, accumulators)
            return
        arguments: dict[str, Any] = {
            "lr": self.learning_rate,
            "lr_decay": 0.0,
            "weight_decay": 0.0,
            "eps": 0.0,
            "maximize": False,
        }
        steps = [self._steps] * len(parameters)
        torch._fused_adagrad_(parameters, gradients, accumulators, steps, **arguments)

    def _step_lists(self, parameters: Tensors, gradients: Tensors, accumulators: Tensors) -> None:
        torch._foreach_addcmul_(accumulators, gradients, gradients)
        roots = torch._foreach_sqrt(accumulators)
        torch._foreach_addcdiv_(parameters, gradients, roots, value=-self.learning_rate)

    def formula(
        self, parameter: Tensor, gradient: Tensor, slots: Named, scalars: Sequence[Tensor]
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """One step."""
        accumulator = slots["accumulator"] + gradient * gradient
        moved = parameter - scalars[0] * gradient / torch.sqrt(accumulator)
        return moved, {"accumulator": accumulator}


class Adadelta(Optimizer):
    """`d = g sqrt(D + epsilon) / sqrt(G + epsilon); p -= rate d`, D and G following d^2 and g^2."""

    settings: adagrad.Adadelta
    slot_names = ("gradient", "delta")

    def update(self, parameters: Tensors, gradients: Tensors, slots: dict[str, Tensors]) -> None:
        """One step."""
        rho, epsilon = self.settings.rho, self.settings.epsilon
        follow_squares(slots["gradient"], gradients, rho)
        steps = torch._foreach_add(slots["delta"], epsilon)
        torch._foreach_sqrt_(steps)
        torch._foreach_mul_(steps, gradients)
        roots = torch._foreach_add(slots["gradient"], epsilon)
        torch._foreach_sqrt_(roots)
        torch._foreach_div_(steps, roots)
        follow_squares(slots["delta"], steps, rho)
        torch._foreach_add_(parameters, steps, alpha=-self.learning_rate)

    def formula(
        self, parameter: Tensor, gradient: Tensor, slots: Named, scalars: Sequence[Tensor]
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """One step."""
        rho, epsilon = self.settings.rho, self.settings.epsilon
        squares = faded_square(slots["gradient"], gradient, rho)
        step = torch.sqrt(slots["delta"] + epsilon) * gradient / torch.sqrt(squares + epsilon)
        after = {"gradient": squares, "delta": faded_square(slots["delta"], step, rho)}
        return parameter - scalars[0] * step, after


class Ftrl(Optimizer):
    """`p = (clip(l, l1) - l) / q`, where l sums what the gradients ask for, and q how sure it is.

    With `n` the sum of squares to the power `-learning_rate_power`, each step adds
    `g - (n_new - n_old) / rate p` to l, and `q = n_new / rate + 2 l2 + beta / rate`.
    """

    settings: ftrl.Ftrl
    slot_names = ("accumulator", "linear")

    def initial(self, slot: str) -> Tensors:
        """The accumulators' first value; zeros else."""
        if slot != "accumulator":
            return super().initial(slot)
        value = self.settings.initial_accumulator_value
        return [torch.full_like(tensor, value, requires_grad=False) for tensor in self.parameters]

    def update(self, parameters: Tensors, gradients: Tensors, slots: dict[str, Tensors]) -> None:
        """One step."""
        settings, rate = self.settings, self.learning_rate
        accumulators, linears = slots["accumulator"], slots["linear"]
        power, bound = -settings.learning_rate_power, settings.l1_regularization_strength
        before = torch._foreach_pow(accumulators, power)
        torch._foreach_addcmul_(accumulators, gradients, gradients)
        sums = torch._foreach_pow(accumulators, power)
        torch._foreach_add_(linears, gradients)
        shrinkage = 2 * settings.l2_shrinkage_regularization_strength
        torch._foreach_add_(linears, parameters, alpha=shrinkage)
        rises = torch._foreach_sub(sums, before)
        torch._foreach_addcmul_(linears, rises, parameters, value=-1 / rate)
        torch._foreach_div_(sums, rate)
        torch._foreach_add_(sums, 2 * settings.l2_regularization_strength + settings.beta / rate)
        clipped = torch._foreach_clamp_max(linears, bound)
        torch._foreach_clamp_min_(clipped, -bound)
        torch._foreach_sub_(clipped, linears)
        torch._foreach_div_(clipped, sums)
        torch._foreach_copy_(parameters, clipped)

    def formula(
        self, parameter: Tensor, gradient: Tensor, slots: Named, scalars: Sequence[Tensor]
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """One step."""
        settings, rate = self.settings, scalars[0]
        power, bound = -settings.learning_rate_power, settings.l1_regularization_strength
        before = torch.pow(slots["accumulator"], power)
        accumulator = slots["accumulator"] + gradient * gradient
        total = torch.pow(accumulator, power)
        shrinkage = 2 * settings.l2_shrinkage_regularization_strength
        linear = slots["linear"] + gradient + parameter * shrinkage
        linear = linear - (total - before) / rate * parameter
        sureness = total / rate + (2 * settings.l2_regularization_strength + settings.beta / rate)
        moved = (torch.clamp(linear, -bound, bound) - linear) / sureness
        return moved, {"accumulator": accumulator, "linear": linear}
