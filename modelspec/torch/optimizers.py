"""Optimizers with Keras 3's exact formulas, without `torch.optim` (which takes 0.75 s to load).

Each step is a fused kernel where one computes Keras's formula after a change of variables,
and a few kernels over lists of tensors elsewhere. Source: https://keras.io/api/optimizers/.
"""

from collections.abc import Iterable, Mapping
from math import sqrt
from typing import Any, ClassVar, TypeAlias

import torch
from torch import Tensor

from modelspec.training import optimizers as declared

Tensors: TypeAlias = list[Tensor]


class Optimizer:
    """The base of all optimizers.

    Attributes:
        learning_rate: The step size; whoever schedules it assigns it.
        iterations: The steps taken so far.
        slots: What is kept for each parameter, by the slot's name.
    """

    slot_names: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self, settings: declared.Optimizer, parameters: Iterable[tuple[str, Tensor]]
    ) -> None:
        trained = [(name, tensor) for name, tensor in parameters if tensor.requires_grad]
        self.settings = settings
        self.learning_rate = settings.learning_rate
        self.iterations = 0
        self.names = [name for name, _ in trained]
        self.parameters = [tensor for _, tensor in trained]
        self.slots = {slot: self.initial() for slot in self.wanted_slots()}

    def wanted_slots(self) -> tuple[str, ...]:
        """The slots that these settings need."""
        return self.slot_names

    def initial(self) -> Tensors:
        """The first values of a slot, one tensor a parameter."""
        return [torch.zeros_like(tensor, requires_grad=False) for tensor in self.parameters]

    @torch.no_grad()
    def step(self) -> None:
        """Update the parameters by their gradients; those without one stay."""
        parameters, slots = self.parameters, self.slots
        gradients: Tensors = [tensor.grad for tensor in parameters]  # type: ignore[misc]
        if any(gradient is None for gradient in gradients):
            live = [index for index, gradient in enumerate(gradients) if gradient is not None]
            parameters, gradients = _pick(parameters, live), _pick(gradients, live)
            slots = {slot: _pick(tensors, live) for slot, tensors in slots.items()}
        self.iterations += 1
        if not parameters:
            return
        self._clip(gradients)
        decay = self.settings.weight_decay
        if decay:
            torch._foreach_mul_(parameters, 1 - decay * self.learning_rate)
        self.update(parameters, gradients, slots)

    def update(self, parameters: Tensors, gradients: Tensors, slots: dict[str, Tensors]) -> None:
        """One step, after clipping and weight decay; `iterations` counts it already."""
        raise NotImplementedError

    def zero_grad(self) -> None:
        """Drop all gradients."""
        for tensor in self.parameters:
            tensor.grad = None

    def state_dict(self) -> dict[str, Tensor]:
        """All that a resumed run needs: `momentum/fc1.weight` ..., `iterations`, `learning_rate`.

        The slots are the live tensors, not copies.
        """
        state = {
            f"{slot}/{name}": tensor
            for slot, tensors in self.slots.items()
            for name, tensor in zip(self.names, tensors, strict=True)
        }
        state["iterations"] = torch.tensor(self.iterations)
        state["learning_rate"] = torch.tensor(self.learning_rate, dtype=torch.float64)
        return state

    def load_state_dict(self, state: Mapping[str, Tensor]) -> None:
        """Take over a state.

        Raises:
            KeyError: It lacks something, or has something else: names it.
        """
        own = self.state_dict()
        if own.keys() != state.keys():
            odd = ", ".join(sorted(own.keys() ^ state.keys()))
            raise KeyError(f"the state is not one of this optimizer and model: {odd}")
        for slot, tensors in self.slots.items():
            for name, tensor in zip(self.names, tensors, strict=True):
                tensor.copy_(state[f"{slot}/{name}"])
        self.iterations = int(state["iterations"])
        self.learning_rate = float(state["learning_rate"])

    def _clip(self, gradients: Tensors) -> None:
        settings = self.settings
        if settings.clipnorm is not None:
            norms = torch._foreach_norm(gradients)
            torch._foreach_clamp_min_(norms, settings.clipnorm)
            torch._foreach_mul_(gradients, settings.clipnorm)
            torch._foreach_div_(gradients, norms)
        elif settings.global_clipnorm is not None:
            norm = torch.linalg.vector_norm(torch.stack(torch._foreach_norm(gradients)))
            scale = settings.global_clipnorm / norm.clamp_min(settings.global_clipnorm)
            torch._foreach_mul_(gradients, scale + (norm - norm))
        elif settings.clipvalue is not None:
            torch._foreach_clamp_max_(gradients, settings.clipvalue)
            torch._foreach_clamp_min_(gradients, -settings.clipvalue)


class SGD(Optimizer):
    """`m = momentum m + rate g; p -= m`: the rate is inside the velocity."""

    settings: declared.SGD
    slot_names = ("momentum",)

    def wanted_slots(self) -> tuple[str, ...]:
        """None without momentum."""
        return self.slot_names if self.settings.momentum else ()

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
            "weight_decay": 0.0,
            "nesterov": False,
            "maximize": False,
            "is_first_step": False,
        }
        torch._fused_sgd_(parameters, gradients, slots.get("momentum", []), **arguments)


class RMSprop(Optimizer):
    """`v = rho v + (1 - rho) g^2; p -= rate g / sqrt(v + epsilon)`."""

    settings: declared.RMSprop

    def wanted_slots(self) -> tuple[str, ...]:
        """The running mean of squares; those of momentum and of the mean where asked for."""
        momentum = ("momentum",) if self.settings.momentum else ()
        return ("velocity", *momentum, *(("average",) if self.settings.centered else ()))

    def update(self, parameters: Tensors, gradients: Tensors, slots: dict[str, Tensors]) -> None:
        """One step."""
        settings = self.settings
        velocities = slots["velocity"]
        _follow_squares(velocities, gradients, settings.rho)
        roots = torch._foreach_add(velocities, settings.epsilon)
        if settings.centered:
            averages = slots["average"]
            torch._foreach_lerp_(averages, gradients, 1 - settings.rho)
            torch._foreach_addcmul_(roots, averages, averages, value=-1)
        torch._foreach_sqrt_(roots)
        if not settings.momentum:
            torch._foreach_addcdiv_(parameters, gradients, roots, value=-self.learning_rate)
            return
        momentums = slots["momentum"]
        torch._foreach_mul_(momentums, settings.momentum)
        torch._foreach_addcdiv_(momentums, gradients, roots, value=self.learning_rate)
        torch._foreach_sub_(parameters, momentums)


class Adagrad(Optimizer):
    """`a += g^2; p -= rate g / sqrt(a + epsilon)`."""

    settings: declared.Adagrad
    slot_names = ("accumulator",)

    def initial(self) -> Tensors:
        """The accumulators' first value."""
        value = self.settings.initial_accumulator_value
        return [torch.full_like(tensor, value, requires_grad=False) for tensor in self.parameters]

    def update(self, parameters: Tensors, gradients: Tensors, slots: dict[str, Tensors]) -> None:
        """One step."""
        accumulators = slots["accumulator"]
        torch._foreach_addcmul_(accumulators, gradients, gradients)
        roots = torch._foreach_add(accumulators, self.settings.epsilon)
        torch._foreach_sqrt_(roots)
        torch._foreach_addcdiv_(parameters, gradients, roots, value=-self.learning_rate)


class Adadelta(Optimizer):
    """`d = g sqrt(D + epsilon) / sqrt(G + epsilon); p -= rate d`, D and G following d^2 and g^2."""

    settings: declared.Adadelta
    slot_names = ("gradient", "delta")

    def update(self, parameters: Tensors, gradients: Tensors, slots: dict[str, Tensors]) -> None:
        """One step."""
        rho, epsilon = self.settings.rho, self.settings.epsilon
        _follow_squares(slots["gradient"], gradients, rho)
        steps = torch._foreach_add(slots["delta"], epsilon)
        torch._foreach_sqrt_(steps)
        torch._foreach_mul_(steps, gradients)
        roots = torch._foreach_add(slots["gradient"], epsilon)
        torch._foreach_sqrt_(roots)
        torch._foreach_div_(steps, roots)
        _follow_squares(slots["delta"], steps, rho)
        torch._foreach_add_(parameters, steps, alpha=-self.learning_rate)


class Adam(Optimizer):
    """`p -= rate sqrt(1 - beta_2^t) / (1 - beta_1^t) m / (sqrt(v) + epsilon)`."""

    settings: declared.Adam
    slot_names = ("momentum", "velocity")

    def __init__(
        self, settings: declared.Optimizer, parameters: Iterable[tuple[str, Tensor]]
    ) -> None:
        super().__init__(settings, parameters)
        device = self.parameters[0].device if self.parameters else None
        self._infinity = torch.tensor(float("inf"), device=device)

    def wanted_slots(self) -> tuple[str, ...]:
        """Both running means, and the largest velocity where asked for."""
        return (*self.slot_names, *(("velocity_hat",) if self.settings.amsgrad else ()))

    def update(self, parameters: Tensors, gradients: Tensors, slots: dict[str, Tensors]) -> None:
        """One step: torch's own kernel, told that infinitely many went before.

        Its corrections of the means are 1 then, and what is left is Keras's formula with its
        corrected rate.
        """
        settings = self.settings
        arguments: dict[str, Any] = {
            "lr": self._corrected_rate(),
            "beta1": settings.beta_1,
            "beta2": settings.beta_2,
            "weight_decay": 0.0,
            "eps": settings.epsilon,
            "amsgrad": settings.amsgrad,
            "maximize": False,
        }
        torch._fused_adam_(
            parameters,
            gradients,
            slots["momentum"],
            slots["velocity"],
            slots.get("velocity_hat", []),
            [self._infinity] * len(parameters),
            **arguments,
        )

    def _corrected_rate(self) -> float:
        steps, settings = self.iterations, self.settings
        return self.learning_rate * sqrt(1 - settings.beta_2**steps) / (1 - settings.beta_1**steps)


class AdamW(Adam):
    """Adam, whose declaration has another weight decay."""


OPTIMIZERS: dict[type[declared.Optimizer], type[Optimizer]] = {
    declared.SGD: SGD,
    declared.RMSprop: RMSprop,
    declared.Adagrad: Adagrad,
    declared.Adadelta: Adadelta,
    declared.Adam: Adam,
    declared.AdamW: AdamW,
}


def create(settings: declared.Optimizer, module: torch.nn.Module) -> Optimizer:
    """The optimizer of a module's trainable parameters."""
    return OPTIMIZERS[type(settings)](settings, module.named_parameters())


def _pick(tensors: Tensors, places: list[int]) -> Tensors:
    return [tensors[place] for place in places]


def _follow_squares(means: Tensors, values: Tensors | tuple[Tensor, ...], rho: float) -> None:
    torch._foreach_mul_(means, rho)
    torch._foreach_addcmul_(means, values, values, value=1 - rho)
