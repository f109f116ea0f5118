"""The base of all optimizers, and the arithmetic that several of them have."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import ClassVar, TypeAlias, TypeVar

import torch
from torch import Tensor

from modelspec.torch import switches
from modelspec.torch.optimizers import tensor_lists
from modelspec.torch.optimizers.flat import FixedGradients, FlatGroup, StepLists, flat_groups
from modelspec.torch.sharding import is_sharded, local_shard, shard_like, shard_of
from modelspec.training.optimizers.base import Optimizer as Declared
from modelspec.training.schedules.base import Schedule

Tensors: TypeAlias = list[Tensor]
Named: TypeAlias = Mapping[str, Tensor]
Picked = TypeVar("Picked")


class Optimizer:
    """The base of all optimizers.

    Args:
        parameters: The module's, by name; those that are not trained are left out.
        embeddings: The names of those that are embeddings.
        multipliers: How many times the learning rate some learn at, by name.

    Of a parameter that processes share out (FSDP), each updates its part.

    Attributes:
        learning_rate: The step size. Without a schedule, whoever changes it assigns it.
        iterations: The batches taken so far.
        slots: What is kept for each parameter, by the slot's name.
    """

    slot_names: ClassVar[tuple[str, ...]] = ()
    elementwise: ClassVar[bool] = True
    """Whether a number's step goes by its own gradients alone."""
    fused: ClassVar[bool] = False
    """Whether one kernel makes the whole step."""

    def __init__(
        self,
        settings: Declared,
        parameters: Iterable[tuple[str, Tensor]],
        embeddings: Collection[str] = (),
        multipliers: Mapping[str, float] | None = None,
    ) -> None:
        trained = [(name, tensor) for name, tensor in parameters if tensor.requires_grad]
        rate = settings.learning_rate
        self.settings = settings
        self.schedule = rate if isinstance(rate, Schedule) else None
        self.learning_rate = rate.rate(0) if isinstance(rate, Schedule) else rate
        self.iterations = 0
        self.names = [name for name, _ in trained]
        self._sources = [tensor for _, tensor in trained]
        self._shards = any(map(is_sharded, self._sources))
        self.parameters = [local_shard(tensor).detach() for tensor in self._sources]
        self._over_all: Callable[[Sequence[Tensor]], None] | None = None
        self.embeddings = embeddings
        self._multipliers = [(multipliers or {}).get(name, 1.0) for name in self.names]
        self._one_rate = set(self._multipliers) <= {1.0}
        self._every = settings.gradient_accumulation_steps or 1
        wanted = [*self.wanted_slots(), *self._common_slots()]
        self.slots = {slot: self.initial(slot) for slot in wanted}
        fits = self.elementwise and not self.fused and settings.clipnorm is None
        self._joins = bool(switches.FLAT_OPTIMIZER) and fits
        self._changes_gradients = self._every > 1 or bool(
            settings.global_clipnorm or settings.clipvalue
        )
        self._groups: list[FlatGroup] | None = None
        self._lists: StepLists | None = None

    def set_sharded(self, over_all: Callable[[Sequence[Tensor]], None]) -> None:
        """Hold parts of the parameters only; `over_all` sums what all processes have."""
        self._over_all = over_all

    @property
    def param_groups(self) -> list[dict[str, Tensors]]:
        """The parameters, as torch's own tools ask an optimizer for them."""
        return [{"params": self._sources}]

    @property
    def multipliers(self) -> dict[str, float]:
        """How many times the learning rate each parameter learns at, by name."""
        return dict(zip(self.names, self._multipliers, strict=True))

    @property
    def updates(self) -> int:
        """The updates of the weights, the one under way among them."""
        return self.iterations // self._every

    def wanted_slots(self) -> tuple[str, ...]:
        """The slots that these settings need."""
        return self.slot_names

    def initial(self, slot: str) -> Tensors:  # noqa: ARG002  (an override may go by it)
        """The first values of a slot, one tensor a parameter."""
        return [torch.zeros_like(tensor, requires_grad=False) for tensor in self.parameters]

    def step(self) -> None:
        """Take in a batch's gradients, and update the parameters by them.

        Those without a gradient stay.
        """
        found = [tensor.grad for tensor in self._sources]
        live = [place for place, gradient in enumerate(found) if gradient is not None]
        lists = self._laid_out(live)
        if self._shards:
            found = [None if each is None else local_shard(each) for each in found]
        gradients = lists.gradients(found)
        self._take(lists, gradients)
        if self._changes_gradients:
            lists.show(gradients, self._sources)

    def fixed_gradients(self, names: Collection[str]) -> FixedGradients:
        """Where the gradients of parameters may lie for `step_on`, which spares joining them.

        Args:
            names: Of the parameters that get gradients.
        """
        return self._lists_of(self._places(names)).fixed(self.names)

    def step_on(self, gradients: FixedGradients) -> None:
        """`step` of gradients that are there, of all in `fixed_gradients`."""
        self._take(gradients.lists, gradients.tensors)

    def _take(self, lists: StepLists, gradients: Tensors) -> None:
        self.count_batch()
        if lists.live and (self._every == 1 or self._accumulated(gradients, lists.slots)):
            self._clip(gradients)
            self._step_at_rates(lists.parameters, gradients, lists.slots, lists.multipliers)
        if self.settings.use_ema:
            self._follow()

    def lay_out(self, live: Collection[str]) -> None:
        """Put parameters and slots where the steps have them, if these get gradients."""
        self._laid_out(self._places(live))

    def sources(self, names: Iterable[str]) -> Tensors:
        """The parameters of these names, as the module has them."""
        by_name = dict(zip(self.names, self._sources, strict=True))
        return [by_name[name] for name in names]

    def count_batch(self) -> None:
        """Count a batch whose update comes next, at the rate that a schedule gives it."""
        if self.schedule is not None:
            self.learning_rate = self.schedule.rate(self.iterations)
        self.iterations += 1

    def _places(self, names: Collection[str]) -> list[int]:
        return [place for place, name in enumerate(self.names) if name in names]

    def _laid_out(self, live: list[int]) -> StepLists:
        """What the steps work on, made anew only where other parameters have gradients."""
        lists = self._lists
        if lists is None or lists.live != live:
            lists = self._lists = self._lists_of(live)
        return lists

    def _lists_of(self, live: list[int]) -> StepLists:
        """What a step works on, where these parameters have gradients."""
        if self._groups is None:
            self._groups = self._joined(live) if self._joins else []
        return StepLists(live, self._groups, self.parameters, self.slots, self._multipliers)

    def _joined(self, live: list[int]) -> list[FlatGroup]:
        """Join small parameters, and what is kept for each, which are views from now on."""
        groups = flat_groups(self._sources, live, self._multipliers)
        for group in groups:
            for slot, tensors in self.slots.items():
                views = group.add_slot(slot, _pick(tensors, group.places))
                for place, view in zip(group.places, views, strict=True):
                    tensors[place] = view
            for place in group.places:
                self.parameters[place] = self._sources[place].detach()
        return groups

    def _step_at_rates(
        self,
        parameters: Tensors,
        gradients: Tensors,
        slots: dict[str, Tensors],
        multipliers: Sequence[float],
    ) -> None:
        """One step of those that learn at one rate after the other."""
        if self._one_rate:
            self.decay(parameters)
            self.update(parameters, gradients, slots)
            return
        rate, rates = self.learning_rate, sorted(set(multipliers))
        for each in rates:
            self.learning_rate = rate * each
            if len(rates) == 1:
                some, theirs, kept = parameters, gradients, slots
            else:
                places = [place for place, own in enumerate(multipliers) if own == each]
                some, theirs = _pick(parameters, places), _pick(gradients, places)
                kept = {slot: _pick(tensors, places) for slot, tensors in slots.items()}
            self.decay(some)
            self.update(some, theirs, kept)
        self.learning_rate = rate

    def decay(self, parameters: Tensors) -> None:
        """Shrink the weights."""
        decay = self.settings.weight_decay
        if decay:
            torch._foreach_mul_(parameters, 1 - decay * self.learning_rate)

    def update(self, parameters: Tensors, gradients: Tensors, slots: dict[str, Tensors]) -> None:
        """One step, after clipping and weight decay; `updates` counts it already."""
        raise NotImplementedError

    def scalars(self) -> tuple[float, ...]:
        """The numbers that `formula` takes and that differ from step to step: the rate and such."""
        return (self.learning_rate,)

    def formula(
        self, parameter: Tensor, gradient: Tensor, slots: Named, scalars: Sequence[Tensor]
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """What `update` makes of one parameter and its slots, to be compiled: it changes nothing.

        Args:
            parameter: After weight decay.
            gradient: After clipping.
            slots: What is kept for it, by the slot's name.
            scalars: What `scalars` returned for this step, each a tensor of one number.
        """
        raise NotImplementedError

    @property
    def has_formula(self) -> bool:
        """Whether its steps can be compiled."""
        return type(self).formula is not Optimizer.formula

    @torch.no_grad()
    def finish(self) -> None:
        """At the end of training: the moving averages take the weights' places, if asked for."""
        if self.settings.use_ema and self.iterations:
            torch._foreach_copy_(self.parameters, self.slots["ema"])

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """The moving averages in the weights' places, as long as the block runs."""
        if not self.iterations:
            yield
            return
        with torch.no_grad():
            weights = [tensor.clone() for tensor in self.parameters]
            torch._foreach_copy_(self.parameters, self.slots["ema"])
        try:
            yield
        finally:
            with torch.no_grad():
                torch._foreach_copy_(self.parameters, weights)

    def zero_grad(self) -> None:
        """Drop all gradients."""
        for tensor in self._sources:
            tensor.grad = None

    def state_dict(self) -> dict[str, Tensor]:
        """All that a resumed run needs: `momentum/fc1.weight` ..., `iterations`, `learning_rate`.

        The slots are the live tensors, not copies.
        """
        return self.slot_tensors() | {
            "iterations": torch.tensor(self.iterations),
            "learning_rate": torch.tensor(self.learning_rate, dtype=torch.float64),
        }

    def slot_tensors(self) -> dict[str, Tensor]:
        """What is kept for each parameter, `momentum/fc1.weight`, shared out as that one is."""
        return {
            f"{slot}/{name}": shard_like(tensor, source)
            for slot, tensors in self.slots.items()
            for name, tensor, source in zip(self.names, tensors, self._sources, strict=True)
        }

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
            for name, tensor, source in zip(self.names, tensors, self._sources, strict=True):
                tensor.copy_(shard_of(state[f"{slot}/{name}"], source))
        self.load_counts(state)

    def load_counts(self, state: Mapping[str, Tensor]) -> None:
        """Take over what a state has besides slots."""
        self.iterations = int(state["iterations"])
        self.learning_rate = float(state["learning_rate"])

    def _common_slots(self) -> list[str]:
        slots = ["ema"] if self.settings.use_ema else []
        return slots + (["accumulated"] if self._every > 1 else [])

    def _accumulated(self, gradients: Tensors, slots: dict[str, Tensors]) -> bool:
        """Add the gradients up; when all are there, `gradients` become their mean."""
        sums = slots["accumulated"]
        if self.iterations % self._every:
            torch._foreach_add_(sums, gradients)
            return False
        torch._foreach_add_(gradients, sums)
        torch._foreach_div_(gradients, float(self._every))
        torch._foreach_zero_(sums)
        return True

    def ema_share(self) -> float:
        """How far the moving averages go towards the weights at this step."""
        first = (self.iterations - 1) // self._every == 0
        return 1.0 if first else 1 - self.settings.ema_momentum

    def _follow(self) -> None:
        """Let the averages follow the weights, and take their places when it is time."""
        settings, averages = self.settings, self.slots["ema"]
        before = (self.iterations - 1) // self._every
        torch._foreach_lerp_(averages, self.parameters, self.ema_share())
        every = settings.ema_overwrite_frequency
        if every and (before + 1) % every == 0:
            torch._foreach_copy_(self.parameters, averages)

    def _clip(self, gradients: Tensors) -> None:
        settings = self.settings
        if settings.clipnorm is not None:
            norms = torch._foreach_norm(gradients)
            torch._foreach_clamp_min_(norms, settings.clipnorm)
            torch._foreach_mul_(gradients, settings.clipnorm)
            torch._foreach_div_(gradients, norms)
        elif settings.global_clipnorm is not None:
            norm = torch.linalg.vector_norm(torch.stack(torch._foreach_norm(gradients)))
            if self._over_all is not None:
                squares = norm.square()
                self._over_all([squares])
                norm = squares.sqrt()
            scale = settings.global_clipnorm / norm.clamp_min(settings.global_clipnorm)
            torch._foreach_mul_(gradients, scale + (norm - norm))
        elif settings.clipvalue is not None:
            torch._foreach_clamp_max_(gradients, settings.clipvalue)
            torch._foreach_clamp_min_(gradients, -settings.clipvalue)


def follow_squares(means: Tensors, values: Tensors | tuple[Tensor, ...], rho: float) -> None:
    """Let running means follow the squares of values."""
    tensor_lists.mul_(means, rho)
    tensor_lists.addcmul_(means, values, values, 1 - rho)


def follow(mean: Tensor, value: Tensor, share: float | Tensor) -> Tensor:
    """A running mean that has moved by a share towards a value."""
    return mean + (value - mean) * share


def faded_square(mean: Tensor, value: Tensor, rho: float) -> Tensor:
    """A running mean of squares, after one more."""
    return mean * rho + value * value * (1 - rho)


def _pick(values: Sequence[Picked], places: Sequence[int]) -> list[Picked]:
    return [values[place] for place in places]
