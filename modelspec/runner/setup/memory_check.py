"""Whether a training's step fits into the memory that there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.data.arrays.lazy_arrays import LazyArray
from modelspec.layers.values import Tensor
from modelspec.memory import available_memory, too_large, training_memory

if TYPE_CHECKING:
    from modelspec.data import Arrays
    from modelspec.graph.graph import Graph
    from modelspec.runner.setup.prepare import Prepared


def memory_warning(prepared: Prepared, processes: int, device: int | None = None) -> str | None:
    """What is to be said before a training that will not fit; None where nothing is.

    Args:
        prepared: The training, its data read.
        processes: How many share a batch.
        device: Bytes that are free on the device; None on the CPU.
    """
    settings, splits = prepared.settings, prepared.splits
    if processes > 1 and settings.strategy == "fsdp":
        return None
    validated = splits.validation is not None
    lengths = longest(prepared.graph, splits.train)
    memory = training_memory(prepared.graph, settings, lengths, validated=validated)
    if memory is None:
        return None
    size = -(-settings.batch_size // processes)
    size = min(size, splits.train.rows)
    if device is None:
        return too_large(memory, size, available_memory())
    parts = [splits.train] if splits.validation is None else [splits.train, splits.validation]
    return too_large(memory, size, device - sum(map(bytes_in_memory, parts)), on_cpu=False)


def longest(graph: Graph, arrays: Arrays) -> dict[str, int]:
    """The largest size of each open axis of the inputs among some rows."""
    found: dict[str, int] = {}
    for name, node in graph.inputs.items():
        value, array = node.outputs[""], arrays.inputs.get(name)
        if not isinstance(value, Tensor) or value.shape is None or array is None:
            continue
        sizes: tuple[int | None, ...] = tuple(array.shape[1:])
        if isinstance(array, LazyArray) and array.lengths is not None:
            sizes = (int(array.lengths.max(initial=1)), *sizes[1:])
        for dim, size in zip(value.shape, sizes, strict=False):
            if size is not None and str(dim) in graph.minimums:
                found[str(dim)] = max(found.get(str(dim), 1), size)
    return found


def bytes_in_memory(arrays: Arrays) -> int:
    """Bytes of the arrays that a device is given whole; none where some are read bit by bit."""
    values = [*arrays.inputs.values(), *arrays.targets.values()]
    if any(isinstance(each, LazyArray) for each in values):
        return 0
    return sum(each.nbytes for each in values if not isinstance(each, LazyArray))
