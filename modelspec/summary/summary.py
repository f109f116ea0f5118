"""The whole summary of a graph, as data."""

from dataclasses import asdict, dataclass
from typing import Any

from modelspec.graph import Graph, totals
from modelspec.memory import RESOLUTION, TrainingMemory, available_memory
from modelspec.shapes import Dim
from modelspec.summary.rows import Row, rows

BYTES_A_PARAMETER = 4
"""At float32."""
PROCESS = 300_000_000
"""Bytes that Python, torch and modelspec take before they train anything."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A graph's rows and sums.

    Attributes:
        trainable: How many numbers training changes.
        non_trainable: How many it leaves: frozen weights, running statistics.
        flops: Operations a sample, a multiplication and an addition being two; an expression
            where sizes are symbols.
        minimums: The least size of each symbol that every layer can take, where it is not 1.
        memory: What training takes at its peak, beside the data and the process itself; None where
            it cannot be trained, or a size is not known.
    """

    name: str
    description: str
    rows: tuple[Row, ...]
    trainable: int
    non_trainable: int
    flops: Dim
    minimums: dict[str, int]
    memory: TrainingMemory | None = None

    def _repr_html_(self) -> str:
        from modelspec.report.markup import element, together
        from modelspec.report.notebook import table

        nodes = (
            [
                "\N{EM SPACE}" * row.level + row.name,
                row.type,
                " ".join(row.outputs.values()),
                f"{row.parameters:,}" if row.parameters else "",
            ]
            for row in self.rows
        )
        found = table(("node", "type", "output", "parameters"), nodes)
        sums = f"{self.parameters:,} parameters, {self.trainable:,} of them trainable"
        return str(together(element("b", self.name), found, element("p", sums)))

    @property
    def parameters(self) -> int:
        """How many numbers all weights hold."""
        return self.trainable + self.non_trainable

    @property
    def bytes(self) -> int:
        """How much memory the weights take at float32."""
        return self.parameters * BYTES_A_PARAMETER

    def as_data(self) -> dict[str, Any]:
        """What `modelspec summary --json` prints. Sizes that are not numbers are text."""
        return {
            "name": self.name,
            "description": self.description,
            "nodes": [{**asdict(row), "flops": _plain(row.flops)} for row in self.rows],
            "parameters": self.parameters,
            "trainable": self.trainable,
            "non_trainable": self.non_trainable,
            "bytes": self.bytes,
            "flops": _plain(self.flops),
            "minimums": self.minimums,
            "training_memory": self.memory and memory_data(self.memory),
        }


def summarize(
    graph: Graph, depth: int | None = None, memory: TrainingMemory | None = None
) -> Summary:
    """Summarize a graph.

    Args:
        graph: The graph.
        depth: How many levels of blocks are opened; None for all.
        memory: What training it takes.
    """
    sums = totals(graph)
    return Summary(
        name=graph.name,
        description=graph.description,
        rows=tuple(rows(graph, depth)),
        trainable=sums.trainable,
        non_trainable=sums.non_trainable,
        flops=sums.flops,
        minimums={name: least for name, least in graph.minimums.items() if least > 1},
        memory=memory,
    )


def largest_batch(memory: TrainingMemory) -> int:
    """The largest batch that fits into what is free now, beside the process itself."""
    return memory.largest_batch(available_memory() - PROCESS)


def memory_data(memory: TrainingMemory) -> dict[str, Any]:
    """What a training takes, in bytes, as JSON can hold it.

    Of a `peak` below `resolution` it is only known that it is below.
    """
    return {
        "batch_size": memory.batch_size,
        "peak": memory.peak(),
        "resolution": RESOLUTION,
        "weights": memory.weights,
        "gradients": memory.gradients,
        "slots": memory.slots,
        "sizes": memory.lengths,
        "uncounted": list(memory.uncounted),
        "largest_batch": largest_batch(memory),
    }


def _plain(size: Dim) -> int | str:
    return size if isinstance(size, int) else str(size)
