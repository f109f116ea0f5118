"""Twins of Adafactor, Muon and ScheduleFreeAdamW."""

from math import sqrt

import torch
from torch import Tensor

from modelspec.torch.optimizers.base import Optimizer, Tensors, follow_squares
from modelspec.training.optimizers import large as declared


class Adafactor(Optimizer):
    """`p -= max(epsilon_2, rms(p)) rho g / sqrt(v)`, v the outer product of means, clipped.

    Matrices are factored by rows and columns. Of a kernel with more axes, the outputs and the
    inputs are, which Keras has last and torch first.
    """

    settings: declared.Adafactor
    elementwise = False
    slot_names = ("row", "column", "velocity")

    def initial(self, slot: str) -> Tensors:
        """Zeros: of a matrix its rows and columns, of what is no matrix all of it."""
        if slot not in self.slot_names:
            return super().initial(slot)
        return [self._initial(slot, tensor.detach()) for tensor in self.parameters]

    def update(self, parameters: Tensors, gradients: Tensors, slots: dict[str, Tensors]) -> None:
        """One step."""
        found = zip(parameters, gradients, *(slots[name] for name in self.slot_names), strict=True)
        for parameter, gradient, row, column, velocity in found:
            squares = gradient.square().add_(self.settings.epsilon_1)
            if parameter.ndim < 2:
                velocity.lerp_(squares, self._share)
                self._move(parameter, gradient / velocity.sqrt())
                continue
            row.lerp_(squares.mean(1), self._share)
            column.lerp_(squares.mean(0), self._share)
            whole = (row / row.mean(0, keepdim=True)).unsqueeze(1) * column.unsqueeze(0)
            self._move(parameter, gradient / whole.sqrt())

    def _initial(self, slot: str, tensor: Tensor) -> Tensor:
        matrix = tensor.ndim >= 2
        if matrix == (slot == "velocity"):
            return tensor.new_zeros(())
        if not matrix:
            return torch.zeros_like(tensor)
        return torch.zeros_like(tensor.sum(1 if slot == "row" else 0))

    @property
    def _share(self) -> float:
        """How much of a running mean a step replaces."""
        return float(self.updates**self.settings.beta_2_decay)

    def _move(self, parameter: Tensor, step: Tensor) -> None:
        settings = self.settings
        limit = 1 / sqrt(self.updates)
        rate = min(self.learning_rate, limit)
        size = _root_mean_square(parameter).clamp_min(settings.epsilon_2)
        excess = (_root_mean_square(step) / settings.clip_threshold).clamp_min(1.0)
        parameter.sub_(step * (size * rate / excess))


class Muon(Optimizer):
    """`p -= rate sqrt(max(n, m)) rms_rate N(g + momentum m)`, N making it nearly orthogonal.

    What is no matrix is AdamW's.
    """

    settings: declared.Muon
    elementwise = False
    slot_names = ("momentum", "velocity")

    def initial(self, slot: str) -> Tensors:
        """Zeros; nothing of the velocity of a matrix."""
        zeros = super().initial(slot)
        if slot != "velocity":
            return zeros
        matrices = self._matrices()
        return [
            zero.new_zeros(()) if id(parameter) in matrices else zero
            for zero, parameter in zip(zeros, self.parameters, strict=True)
        ]

    def decay(self, parameters: Tensors) -> None:
        """Shrink the weights, matrices and others each by their own decay."""
        matrices = self._matrices()
        for mine, decay in (
            (True, self.settings.weight_decay),
            (False, self.settings.adam_weight_decay),
        ):
            some = [tensor for tensor in parameters if (id(tensor) in matrices) == mine]
            if some and decay:
                torch._foreach_mul_(some, 1 - decay * self.learning_rate)

    def update(self, parameters: Tensors, gradients: Tensors, slots: dict[str, Tensors]) -> None:
        """One step."""
        matrices = self._matrices()
        others: list[tuple[Tensor, ...]] = []
        rows = zip(parameters, gradients, slots["momentum"], slots["velocity"], strict=True)
        for row in rows:
            if id(row[0]) in matrices:
                self._turn(*row[:3])
            else:
                others.append(row)
        if others:
            self._adapt(*(list(column) for column in zip(*others, strict=True)))

    def _matrices(self) -> set[int]:
        skipped = self.embeddings if self.settings.exclude_embeddings else ()
        named = zip(self.names, self.parameters, strict=True)
        return {id(each) for name, each in named if each.ndim == 2 and name not in skipped}

    def _turn(self, parameter: Tensor, gradient: Tensor, momentum: Tensor) -> None:
        settings = self.settings
        momentum.mul_(settings.momentum).add_(gradient)
        move = gradient + settings.momentum * momentum if settings.nesterov else momentum
        rate = self.learning_rate
        if settings.rms_rate is not None:
            rate *= sqrt(max(parameter.shape)) * settings.rms_rate
        parameter.sub_(self._orthogonal(move), alpha=rate)

    def _orthogonal(self, matrix: Tensor) -> Tensor:
        """Nearly the orthogonal factor of a matrix, by steps of Newton and Schulz."""
        settings = self.settings
        tall = matrix.shape[0] > matrix.shape[1]
        x = matrix.T if tall else matrix
        x = x / (torch.linalg.vector_norm(x) + 1e-7)
        for _ in range(settings.ns_steps):
            square = x @ x.T
            turned = settings.muon_b * square + settings.muon_c * square @ square
            x = settings.muon_a * x + turned @ x
        factor: Tensor = x.T if tall else x
        return factor

    def _adapt(
        self, parameters: Tensors, gradients: Tensors, momentums: Tensors, velocities: Tensors
    ) -> None:
        """One step of AdamW."""
        settings, steps = self.settings, self.updates
        torch._foreach_lerp_(momentums, gradients, 1 - settings.adam_beta_1)
        follow_squares(velocities, gradients, settings.adam_beta_2)
        roots = torch._foreach_sqrt(velocities)
        torch._foreach_add_(roots, settings.epsilon)
        rate = self.learning_rate * settings.adam_lr_ratio
        rate *= sqrt(1 - settings.adam_beta_2**steps) / (1 - settings.adam_beta_1**steps)
        torch._foreach_addcdiv_(parameters, momentums, roots, value=-rate)


class ScheduleFreeAdamW(Optimizer):
    """`z -= rate g / (sqrt(v) + epsilon)`; x is the mean of all z.

    What is trained is `p = beta_1 x + (1 - beta_1) z`.
    """

    settings: declared.ScheduleFreeAdamW
    slot_names = ("momentum", "velocity")

    def initial(self, slot: str) -> Tensors:
        """The weights themselves for z, zeros else."""
        if slot != "momentum":
            return super().initial(slot)
        return [tensor.detach().clone() for tensor in self.parameters]

    def update(self, parameters: Tensors, gradients: Tensors, slots: dict[str, Tensors]) -> None:
        """One step."""
        settings, steps, rate = self.settings, self.updates, self.learning_rate
        leaders, velocities, beta = slots["momentum"], slots["velocity"], settings.beta_1
        if settings.warmup_steps:
            rate *= min(steps / settings.warmup_steps, 1.0)
        follow_squares(velocities, gradients, settings.beta_2)
        roots = torch._foreach_div(velocities, 1 - settings.beta_2**steps)
        torch._foreach_sqrt_(roots)
        torch._foreach_add_(roots, settings.epsilon)
        torch._foreach_sub_(parameters, leaders, alpha=1 - beta)
        torch._foreach_div_(parameters, beta)
        torch._foreach_addcdiv_(leaders, gradients, roots, value=-rate)
        torch._foreach_lerp_(parameters, leaders, 1 - beta + beta / steps)


def _root_mean_square(tensor: Tensor) -> Tensor:
    return tensor.square().mean().sqrt()
