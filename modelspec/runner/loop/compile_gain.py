"""What `torch.compile` gains on this model and machine, measured before a training begins."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
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

    What it compiles, the training does not compile again. It learns nothing: random numbers,
    buffers, sums and gradients are afterwards what they were.

    Args:
        train_state: Of a module that is compiled, in this process alone.
        plan: Has the rows.
    """
    batch, *short = (
        next(iter(plan.rows.batches(size, np.arange(size)))) for size in _batch_sizes(plan)
    )
    module = train_state.module
    assert isinstance(module, SpecModule)
    plain = direct_forward(module)
    clock = _clock(plan.device)
    with _unchanged(train_state, plan):
        firsts = [batch, *short]
        warm_up = sum(_passes(train_state, train_state.forward, each, clock) for each in firsts)
        _passes(train_state, plain, batch, clock)
        compiled_times: list[float] = []
        plain_times: list[float] = []
        end = time.monotonic() + SECONDS
        while not compiled_times or (len(compiled_times) < ROUNDS and time.monotonic() < end):
            compiled_times.append(_passes(train_state, train_state.forward, batch, clock))
            plain_times.append(_passes(train_state, plain, batch, clock))
    compiled = min(compiled_times)
    return CompileGain(max(warm_up - compiled, 0.0), compiled, min(plain_times))


def _batch_sizes(plan: TrainPlan) -> list[int]:
    """Those that an epoch has."""
    whole, rest = divmod(plan.rows.count, plan.batch_size)
    return ([plan.batch_size] if whole else []) + ([rest] if rest else [])


def _passes(
    train_state: TrainState,
    forward: Callable[..., object],
    batch: Batch,
    clock: Callable[[], float],
) -> float:
    """How long a forward and a backward pass take."""
    train_state.optimizer.zero_grad()
    begun = clock()
    with train_state.precision.context():
        outputs = train_state.objective.run(forward, batch.inputs)
    loss = train_state.objective.add(outputs, batch.targets, batch.rows)
    train_state.precision.backward(loss)
    return clock() - begun


def _clock(device: torch.device) -> Callable[[], float]:
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
def _unchanged(train_state: TrainState, plan: TrainPlan) -> Iterator[None]:
    objective, module = train_state.objective, train_state.module
    sums = [each.clone() for each in objective.sums()]
    buffers = [each.clone() for each in module.buffers()]
    drawn, training = random_state(plan.device), module.training
    module.train()
    try:
        yield
    finally:
        module.train(training)
        set_random_state(drawn, plan.device)
        train_state.optimizer.zero_grad()
        with torch.no_grad():
            for each, before in zip(objective.sums(), sums, strict=True):
                each.copy_(before)
            for each, before in zip(module.buffers(), buffers, strict=True):
                each.copy_(before)
