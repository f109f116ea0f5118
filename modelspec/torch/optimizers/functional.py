"""A whole step of an optimizer as a function of tensors, which a compiler can take."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import torch

from modelspec.torch.optimizers.base import follow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor

    from modelspec.torch.optimizers.base import Optimizer


class Moved(NamedTuple):
    """What a step makes of one parameter."""

    parameter: Tensor
    slots: dict[str, Tensor]


class FunctionalStep:
    """What `Optimizer.step` does, with nothing changed in place: decay, `formula`, EMA.

    The numbers that differ from step to step are tensors, `scalars` of a step, so that all steps
    are one function.

    Args:
        optimizer: One for which `why_not` has no reason.
        live: The names of the parameters that get gradients.
    """

    def __init__(self, optimizer: Optimizer, live: Sequence[str]) -> None:
        self._optimizer = optimizer
        self._multipliers = {name: optimizer.multipliers[name] for name in live}
        self._rates = sorted(set(self._multipliers.values()))
        self._decay = optimizer.settings.weight_decay or 0.0

    def scalars(self) -> tuple[float, ...]:
        """The numbers of the step under way, after `Optimizer.count_batch`."""
        optimizer = self._optimizer
        rate, found = optimizer.learning_rate, []
        for each in self._rates:
            optimizer.learning_rate = rate * each
            found += [1 - self._decay * optimizer.learning_rate, *optimizer.scalars()]
        optimizer.learning_rate = rate
        return (*found, optimizer.ema_share()) if optimizer.settings.use_ema else tuple(found)

    @property
    def count(self) -> int:
        """How many numbers `scalars` returns."""
        optimizer = self._optimizer
        iterations, optimizer.iterations = optimizer.iterations, 1
        try:
            return len(self.scalars())
        finally:
            optimizer.iterations = iterations

    def __call__(
        self,
        parameters: Mapping[str, Tensor],
        gradients: Mapping[str, Tensor],
        slots: Mapping[str, Mapping[str, Tensor]],
        scalars: Sequence[Tensor],
    ) -> dict[str, Moved]:
        """What becomes of every parameter, by name.

        Args:
            parameters: Those that are live, by name.
            gradients: Theirs, after `clipped`.
            slots: What is kept for each, by its name and the slot's.
            scalars: What `scalars` returned, each a tensor of one number.
        """
        averages = self._optimizer.settings.use_ema
        width = (len(scalars) - averages) // len(self._rates) if self._rates else 0
        found = {}
        for name, parameter in parameters.items():
            start = width * self._rates.index(self._multipliers[name])
            shrink, *own = scalars[start : start + width]
            decayed = parameter * shrink if self._decay else parameter
            moved = Moved(*self._optimizer.formula(decayed, gradients[name], slots[name], own))
            if averages:
                moved.slots["ema"] = follow(slots[name]["ema"], moved.parameter, scalars[-1])
            found[name] = moved
        return found

    def clipped(self, gradients: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The gradients that the settings leave, by name."""
        settings = self._optimizer.settings
        bound = settings.clipnorm or settings.global_clipnorm
        if bound is not None:
            norms = {name: torch.linalg.vector_norm(each) for name, each in gradients.items()}
            if settings.clipnorm is None:
                whole = torch.linalg.vector_norm(torch.stack(list(norms.values())))
                scale = bound / torch.clamp_min(whole, bound) + (whole - whole)
                return {name: each * scale for name, each in gradients.items()}
            return {
                name: each * bound / torch.clamp_min(norms[name], bound)
                for name, each in gradients.items()
            }
        if settings.clipvalue is not None:
            value = settings.clipvalue
            return {name: torch.clamp(each, -value, value) for name, each in gradients.items()}
        return dict(gradients)


def why_not(optimizer: Optimizer) -> str | None:
    """Why an optimizer's step is no such function; None where it is one."""
    settings, name = optimizer.settings, type(optimizer).__name__
    if not optimizer.has_formula:
        return f"`{name}` has no step that compiles"
    if settings.gradient_accumulation_steps:
        return "`gradient_accumulation_steps` updates after some batches only"
    if settings.use_ema and settings.ema_overwrite_frequency:
        return "`ema_overwrite_frequency` changes weights after some batches only"
    return None
