"""The memory that a training takes: weights, gradients, slots, and the peak of a step."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from modelspec.diagnostics import Report
from modelspec.graph.totals import totals
from modelspec.language.train import read_train
from modelspec.memory.calls import FLOAT, UnknownSizeError, calls_of
from modelspec.memory.heap import heap_size, live_size
from modelspec.memory.step import forward_events, training_events
from modelspec.source import Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelspec.graph.graph import Graph
    from modelspec.language.model import Spec
    from modelspec.language.train import TrainSettings
    from modelspec.memory.step import Event

OPEN_LENGTH = 32
"""Steps that a sequence of open length is taken to have where the data do not say."""
VALIDATED = 2
"""Validation batches are so many times as large."""
MOST_EVENTS = 100_000
"""Of a larger model the heap is not played through."""
HEAP_SPARE, LIVE_SPARE = 1.45, 1.6
"""How many times what is played through a process grows by, kernels' own memory among it; measured
by `benchmarks/memory.py`."""
DEVICE_SPARE = 1.1
"""The same on a device, whose allocator is torch's own."""
KERNELS = 10_000_000
"""Bytes of torch's own code, and of what it sets up, that the first step touches: 6 to 16 million,
by `RssFile` before and after."""
RESOLUTION = 2 * KERNELS
"""Bytes that a peak on the CPU is only known to be less than: below, it is mostly torch's code."""
LARGEST = 1 << 30
"""The largest batch that is asked about."""


@dataclass(frozen=True, slots=True)
class TrainingMemory:
    """What a training takes at its peak, without its data and without the process itself.

    Attributes:
        weights: Bytes of all weights.
        gradients: Bytes of the gradients of those that are trained.
        slots: Bytes of what the optimizer keeps, and of kept copies of the weights.
        batch_size: The batch that it was asked for.
        lengths: The sizes that open axes were taken to have.
        steps: What is taken and given back, step by step.
        uncounted: Settings that change what it takes, which is not counted: `train.compile` takes
            more, `train.strategy` shares weights out among processes.
    """

    weights: int
    gradients: int
    slots: int
    batch_size: int
    lengths: dict[str, int]
    steps: tuple[list[Event], ...] = field(repr=False)
    uncounted: tuple[str, ...] = ()

    def peak(self, batch_size: int | None = None, *, on_cpu: bool = True) -> int:
        """Bytes at the worst moment of a step, for a batch."""
        size = self.batch_size if batch_size is None else batch_size
        kept = self.weights + self.slots
        if not on_cpu:
            return kept + int(DEVICE_SPARE * live_size(self.steps, size))
        live = live_size(self.steps, size)
        if sum(map(len, self.steps)) > MOST_EVENTS:
            return kept + KERNELS + int(LIVE_SPARE * live)
        return kept + KERNELS + max(live, int(HEAP_SPARE * heap_size(self.steps, size)))

    def largest_batch(self, available: int, *, on_cpu: bool = True) -> int:
        """The largest batch whose step fits into so many bytes; 0 where not one sample does.

        A peak is nearly proportional to the batch, so each guess is where the line between the two
        sizes that are known would cross; every third one is the middle.
        """
        fits, below = 0, self.peak(0, on_cpu=on_cpu)
        guess = max(1, self.batch_size)
        while (above := self.peak(guess, on_cpu=on_cpu)) <= available:
            fits, below = guess, above
            if guess >= LARGEST:
                return LARGEST
            guess = min(LARGEST, max(2 * guess, guess * available // max(1, above) + 1))
        too_large, turn = guess, 0
        while too_large - fits > 1:
            turn += 1
            width = too_large - fits
            on_line = max(0, available - below) * width // max(1, above - below)
            guess = fits + (min(max(on_line, 1), width - 1) if turn % 3 else width // 2)
            peak = self.peak(guess, on_cpu=on_cpu)
            if peak <= available:
                fits, below = guess, peak
            else:
                too_large, above = guess, peak
        return fits


def training_memory(
    graph: Graph,
    settings: TrainSettings,
    lengths: Mapping[str, int] | None = None,
    *,
    validated: bool = True,
) -> TrainingMemory | None:
    """What a step takes, or None where a size cannot be known.

    It is that of torch's own kernels in one process; `uncounted` says what of the settings takes
    more. The weights of which mixed precision makes a copy are those of all layers.

    Args:
        graph: The model, without errors.
        settings: Its training.
        lengths: The sizes of its open axes; `open_sizes` guesses those that are missing.
        validated: Whether there are validation rows to measure.
    """
    sums, sizes = totals(graph), open_sizes(graph) | dict(lengths or {})
    width = FLOAT if settings.precision == "float32" else 2
    try:
        calls = calls_of(graph, sizes, width)
    except UnknownSizeError:
        return None
    trained = FLOAT * sums.trainable
    losses = [
        calls.sizes[value]
        for value, output in zip(calls.results, graph.outputs.values(), strict=True)
        if output.loss is not None
    ]
    step = training_events(calls, losses, trained * settings.optimizer.passing_copies)
    measured = [
        each._replace(per_sample=VALIDATED * each.per_sample)
        for each in (forward_events(calls) if validated else ())
    ]
    weights = FLOAT * sums.parameters
    if width < FLOAT:
        weights += sums.parameters * width  # what products are computed with
    return TrainingMemory(
        weights,
        trained,
        trained * settings.optimizer.slot_count() + weights * _copies(settings),
        settings.batch_size,
        sizes,
        (step, step, measured),
        _uncounted(settings),
    )


def spec_memory(spec: Spec, graph: Graph) -> TrainingMemory | None:
    """The same of a spec whose data are not at hand; None too where no output has a loss."""
    settings = spec.train or read_train({}, Place(spec.document, ("train",)), Report())
    if settings is None or all(each.loss is None for each in graph.outputs.values()):
        return None
    data = spec.data
    validated = data is not None and ("validation" in data.files or data.split.validation > 0)
    return training_memory(graph, settings, validated=validated)


def open_sizes(graph: Graph) -> dict[str, int]:
    """The sizes that open axes are taken to have: the least that fits, or `OPEN_LENGTH`."""
    return {name: max(OPEN_LENGTH, least) for name, least in graph.minimums.items()}


def _uncounted(settings: TrainSettings) -> tuple[str, ...]:
    changes = {"train.compile": settings.compile, "train.strategy": settings.strategy == "fsdp"}
    return tuple(name for name, here in changes.items() if here)


def _copies(settings: TrainSettings) -> int:
    """How many copies of the weights callbacks keep."""
    found = (getattr(each.callback, "restore_best_weights", False) for each in settings.callbacks)
    return sum(map(bool, found))
