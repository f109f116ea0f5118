"""The whole lint of generated specs of 1,000, 10,000 and 100,000 nodes: does it grow linearly?

    python benchmarks/lint_scale.py [--sizes 1000,10000,100000]

Prints CPU seconds, microseconds a node, and the time a node against that of the size before
(1.0 is linear). 10,000 nodes may take 1.5 s.
"""

import argparse
import gc
import random
import time
from collections.abc import Callable, Iterator

from modelspec import lint
from modelspec.cli.exit_codes import ALLOCATIONS_A_COLLECTION

LIMIT_NODES, LIMIT_SECONDS = 10_000, 1.5


def chain(nodes: int) -> str:
    """One long chain of Dense layers, with its edges written out."""
    return _spec(
        (f"  n{i}: {{type: Dense, units: 8, activation: relu}}" for i in range(nodes)),
        (f"  - {'x' if i == 0 else f'n{i - 1}'} -> n{i}" for i in range(nodes)),
        f"n{nodes - 1}",
    )


def dag(nodes: int) -> str:
    """Every second node adds the one before it to one of the last hundred."""
    draw = random.Random(0)
    layers = (
        f"  n{i}: Add" if i % 2 else f"  n{i}: {{type: Dense, units: 8, activation: relu}}"
        for i in range(nodes)
    )

    def edges() -> Iterator[str]:
        for i in range(nodes):
            before = "x" if i == 0 else f"n{i - 1}"
            if i % 2 and i > 1:
                yield f"  - {before}, n{draw.randrange(max(0, i - 100), i - 1)} -> n{i}"
            elif i % 2:
                yield f"  - {before}, x -> n{i}"
            else:
                yield f"  - {before} -> n{i}"

    return _spec(layers, edges(), f"n{nodes - 1}")


def fan_in(nodes: int) -> str:
    """All layers read the input, and the last one joins them."""
    read = range(nodes - 1)
    layers = [*(f"  n{i}: {{type: Dense, units: 8}}" for i in read), "  join: Concatenate"]
    edges = [*(f"  - x -> n{i} -> join" for i in read)]
    return _spec(iter(layers), iter(edges), "join")


def blocks(nodes: int) -> str:
    """A chain of blocks of four layers, no two of them the same."""
    names = [f"b{i}" for i in range(nodes // 4)]
    parts = ", ".join(f"{name}: {{type: Dense, units: 8}}" for name in "abcd")
    body = f"{{inputs: [v], layers: {{{parts}}}, outputs: [d]}}"
    return "\n".join(
        [
            "inputs: {x: [8]}",
            "blocks:",
            *(f"  {name}: {body}" for name in names),
            "layers:",
            *(f"  n{name}: {name}" for name in names),
            f"outputs: {{n{names[-1]}: mse}}",
            "",
        ]
    )


def _spec(layers: Iterator[str], edges: Iterator[str], output: str) -> str:
    head = ["version: 1", "inputs: {x: [8]}", "layers:"]
    return "\n".join([*head, *layers, "edges:", *edges, f"outputs: {{{output}: mse}}", ""])


def cpu_seconds(text: str) -> float:
    """The CPU time of a lint of a spec that has no errors.

    Raises:
        SystemExit: It has one.
    """
    start = time.process_time()
    examined = lint.examine("generated.yaml", text=text)
    seconds = time.process_time() - start
    if examined.report.failed:
        raise SystemExit(f"the generated spec is wrong: {examined.report.errors[0]}")
    return seconds


def measure(name: str, generate: Callable[[int], str], sizes: list[int]) -> None:
    """Print a row for each size."""
    before = 0.0
    for nodes in sizes:
        seconds = cpu_seconds(generate(nodes))
        each = seconds / nodes
        growth = f"{each / before:8.2f}" if before else f"{'':8}"
        over = "  over the limit" if nodes == LIMIT_NODES and seconds > LIMIT_SECONDS else ""
        print(f"{name:<8} {nodes:>9,} {seconds:>10.3f} {each * 1e6:>10.1f} {growth}{over}")
        before = each


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="1000,10000,100000")
    sizes = [int(size) for size in parser.parse_args().sizes.split(",")]
    gc.set_threshold(ALLOCATIONS_A_COLLECTION)  # as the command does
    cpu_seconds(chain(10))
    print(f"{'graph':<8} {'nodes':>9} {'CPU s':>10} {'us a node':>10} {'growth':>8}")
    measure("chain", chain, sizes)
    measure("dag", dag, sizes)
    measure("fan-in", fan_in, sizes)
    measure("blocks", blocks, sizes)


if __name__ == "__main__":
    main()
