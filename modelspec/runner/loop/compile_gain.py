"""What `torch.compile` gains on this model and machine, measured before a training begins."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch

from modelspec.runner.checkpoint.rng_state import random_state, set_random_state
from modelspec.torch import SpecModule
from modelspec.torch.passes.direct import direct_forward

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from modelspec.runner.input.batches import Batch
    from modelspec.runner.loop.train_state import TrainPlan, TrainState

ROUNDS = 10
SECONDS = 2.0
"""How long the rounds after the first may take together."""


class CompileGain(NamedTuple):
    """What was measured: CPU seconds on a CPU, else seconds.

    Attributes:
        warm_up: What compiling takes, for whole batches and for the short one that ends an epoch.
        compiled: The least that forward and backward pass of a batch took.
        plain: The same without `torch.compile`.
    """

    warm_up: float
    compiled: float
    plain: float

    def told(self, steps: int) -> str:
        """What is said of it.

        Args:
            steps: How many updates of the weights are still to come.
        """
        measured = (
            f"train.compile: {self.warm_up:.0f} s to compile; then a batch takes "
            f"{self.compiled * 1e3:.3g} ms, {self.plain * 1e3:.3g} ms without"
        )
        saved = (self.plain - self.compiled) * steps
        if saved <= 0:
            return f"{measured}: `train.compile: false` is faster here"
        if saved < self.warm_up:
            return (
                f"{measured}: the {steps:,} batches left gain {saved:.0f} s, less than compiling "
                "costs: `train.compile: false` is faster here"
            )
        return f"{measured}: the {steps:,} batches left gain {saved:.0f} s"


def compile_gain(train_state: TrainState, plan: TrainPlan) -> CompileGain:
    """Measure the passes of the first batch with `torch.compile` and without.

    What it compiles, the training does not compile again. It learns nothing.

    Args:
        train_state: Of a module that is compiled, in this process alone.
        plan: Has the rows.
    """
    batch, *short = (
        next(iter(plan.rows.batches(size, np.arange(size)))) for size in _batch_sizes(plan)
    )
    module = train_state.module
    assert isinstance(module, SpecModule)
    plain = replace(train_state, forward=direct_forward(module))
    clock = compile_clock(plan.device)
    with unchanged(train_state, plan):
        begun = clock()
        for each in (batch, *short):
            _passes(train_state, each)
        return measured_gain(
            clock() - begun,
            lambda: _passes(train_state, batch),
            lambda: _passes(plain, batch),
            clock,
        )


def measured_gain(
    warm_up: float,
    compiled: Callable[[], object],
    plain: Callable[[], object],
    clock: Callable[[], float],
) -> CompileGain:
    """Measure in turns what is compiled, once it is, and what is not.

    Args:
        warm_up: What it took up to the end of the first call, in seconds of the clock.
        compiled: A batch.
        plain: The same without.
        clock: Tells seconds.
    """
    plain()
    compiled_times: list[float] = []
    plain_times: list[float] = []
    end = time.monotonic() + SECONDS
    while not compiled_times or (len(compiled_times) < ROUNDS and time.monotonic() < end):
        compiled_times.append(_taken(compiled, clock))
        plain_times.append(_taken(plain, clock))
    fastest = min(compiled_times)
    return CompileGain(max(warm_up - fastest, 0.0), fastest, min(plain_times))


def _taken(call: Callable[[], object], clock: Callable[[], float]) -> float:
    begun = clock()
    call()
    return clock() - begun


def _batch_sizes(plan: TrainPlan) -> list[int]:
    """Those that an epoch has."""
    whole, rest = divmod(plan.rows.count, plan.batch_size)
    return ([plan.batch_size] if whole else []) + ([rest] if rest else [])


def _passes(train_state: TrainState, batch: Batch) -> None:
    """A forward and a backward pass."""
    train_state.optimizer.zero_grad()
    train_state.precision.backward(train_state.loss(batch))


def compile_clock(device: torch.device) -> Callable[[], float]:
    """CPU seconds with the processes that have ended, compilers among them; on a GPU, seconds."""
    if device.type != "cuda":
        return _cpu_seconds

    def now() -> float:
        torch.cuda.synchronize(device)
        return time.perf_counter()

    return now


def _cpu_seconds() -> float:
    spent = os.times()
    return time.process_time() + spent.children_user + spent.children_system


@contextmanager
def unchanged(train_state: TrainState, plan: TrainPlan) -> Iterator[None]:
    """Whatever is learnt, drawn and counted in the block, all is then as it was before."""
    objective, module, optimizer = train_state.objective, train_state.module, train_state.optimizer
    kept = [*objective.sums(), *module.parameters(), *module.buffers()]
    kept += [each for tensors in optimizer.slots.values() for each in tensors]
    before = [each.detach().clone() for each in kept]
    counts = optimizer.iterations, optimizer.learning_rate
    drawn, training = random_state(plan.device), module.training
    module.train()
    try:
        yield
    finally:
        module.train(training)
        set_random_state(drawn, plan.device)
        optimizer.zero_grad()
        optimizer.iterations, optimizer.learning_rate = counts
        objective.sums()  # what is added up on the host goes into these tensors
        with torch.no_grad():
            for each, value in zip(kept, before, strict=True):
                each.copy_(value)
