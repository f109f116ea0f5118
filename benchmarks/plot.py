"""Seconds to draw generated graphs, next to Graphviz where there is a `dot`.

    python benchmarks/plot.py [--nodes 100 1000 5000] [--format svg] [--limit 60]

A chain; a DAG in which each node takes one to three of the nodes shortly before it; a random DAG,
whose edges are of any length; and a chain with skips that lie inside one another, as in a U-Net.
Printed are the CPU seconds of reading and building the graph, and of drawing it, and the wall
seconds that `dot -Tsvg` takes for the same graph as our DOT, given up after `--limit` seconds.
"""

import argparse
import random
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator

from modelspec import language, source
from modelspec.diagnostics import Report
from modelspec.graph.build import build
from modelspec.graph.graph import Graph
from modelspec.plot import FORMATS, PlotOptions, draw

Pairs = Iterator[tuple[int, int]]


def chain(count: int) -> Pairs:
    """Every node takes the one before it."""
    yield from ((index, index + 1) for index in range(count - 1))


def near_dag(count: int) -> Pairs:
    """Every node takes one to three of the nodes shortly before it."""
    dice = random.Random(0)
    for index in range(1, count):
        back = {1 + int(dice.expovariate(1 / 8)) for _ in range(dice.choice((1, 1, 2, 3)))}
        yield from ((index - min(step, index), index) for step in sorted(back))


def random_dag(count: int) -> Pairs:
    """A chain with twice as many edges between any two nodes."""
    dice = random.Random(0)
    yield from chain(count)
    for _ in range(2 * count):
        first, second = sorted(dice.sample(range(count), 2))
        yield first, second


def skips(count: int) -> Pairs:
    """A chain whose first half reaches over to its second half, mirrored."""
    yield from chain(count)
    yield from ((index, count - 1 - index) for index in range(count // 2 - 1))


SHAPES: dict[str, Callable[[int], Pairs]] = {
    "chain": chain,
    "near DAG": near_dag,
    "random DAG": random_dag,
    "skips": skips,
}


def spec_text(pairs: Pairs, count: int) -> str:
    """A spec with these edges: every node adds what it takes."""
    edges = sorted(set(pairs))
    sources = {before for before, _ in edges}
    lines = ["version: 1", "name: generated", "inputs: {n0: [8]}", "layers:"]
    lines += [f"  n{index}: Add" for index in range(1, count)]
    lines += ["edges:", *(f"  - n{before} -> n{after}" for before, after in edges)]
    ends = (f"n{index}" for index in range(count) if index not in sources)
    return "\n".join([*lines, f"outputs: [{', '.join(ends)}]"])


def graph_of(text: str) -> tuple[Graph, float]:
    """The graph of a spec, and the CPU seconds that it took."""
    start = time.process_time()
    report = Report()
    document = source.parse(text, "generated.yaml", report)
    assert document is not None
    read = language.read(document, report)
    assert read is not None
    return build(read, report), time.process_time() - start


def dot_seconds(graph: Graph, limit: float) -> str:
    """What Graphviz takes for the same graph."""
    text = draw(graph, PlotOptions(format="dot"))
    start = time.perf_counter()
    try:
        subprocess.run(["dot", "-Tsvg"], input=text, capture_output=True, timeout=limit, check=True)
    except subprocess.TimeoutExpired:
        return f"over {limit:.0f}"
    except subprocess.CalledProcessError as error:
        return f"failed ({error.returncode})"
    return f"{time.perf_counter() - start:.2f}"


def main() -> None:
    """Draw and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, nargs="+", default=[100, 1000, 5000])
    parser.add_argument("--format", choices=FORMATS, default="svg")
    parser.add_argument("--limit", type=float, default=60.0)
    options = parser.parse_args()
    with_dot = shutil.which("dot") is not None
    if not with_dot:
        print("no system `dot`: its column is left out")
    print(f"{'graph':12}{'nodes':>7}{'edges':>8}{'graph s':>9}{'draw s':>8}{'kB':>8}{'dot s':>11}")
    for name, shape in SHAPES.items():
        for count in options.nodes:
            text = spec_text(shape(count), count)
            graph, read = graph_of(text)
            start = time.process_time()
            data = draw(graph, PlotOptions(format=options.format))
            drawn = time.process_time() - start
            other = dot_seconds(graph, options.limit) if with_dot else "-"
            row = f"{name:12}{count:7}{text.count('->'):8}{read:9.2f}{drawn:8.2f}"
            print(f"{row}{len(data) / 1024:8.0f}{other:>11}", flush=True)


if __name__ == "__main__":
    main()
