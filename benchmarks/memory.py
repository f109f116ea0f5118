"""The peak memory of a training beside what was predicted before it ran.

    python benchmarks/memory.py [--specs FILE[:BATCH] ...] [--steps 3] [--tolerance 0.2]
    python benchmarks/memory.py --drawn 30

Each spec is trained by `modelspec.runner.train` on random rows in a process of its own. What is
measured is the most memory that was resident while it trained, less what was so before: torch was
imported, a small model trained and the rows were read by then. The named alternative is a common
rule of thumb: the weights four times (weights, gradients, two slots), and the outputs of all layers
twice. With `--drawn`, the models are drawn at random (`drawn_models.py`), every second of them with
validation rows.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import yaml
from drawn_models import drawn

if TYPE_CHECKING:
    from modelspec.graph.graph import Graph
    from modelspec.runner.setup.prepare import Prepared

ROOT = Path(__file__).resolve().parent.parent
SPECS = [
    *(str(path) for path in sorted((ROOT / "benchmarks/workloads/specs").glob("*.yaml"))),
    *(str(ROOT / "specs" / each) for each in ("resnet50.yaml:8", "unet.yaml:1")),
]
SMALL = """\
inputs: {x: [4]}
layers: {y: {type: Dense, units: 1}}
outputs: {y: mse}
data: {file: small.npz}
train: {epochs: 1}
"""
LENGTH = 32
"""What open axes are long."""
COUNTS = 50e6
"""Bytes from which on a model counts in the share of those that are within the tolerance."""


def rows(graph: Graph, count: int) -> dict[str, np.ndarray]:
    """Random inputs and targets; classes one-hot."""
    draw = np.random.default_rng(0)
    found = {}
    for name, node in graph.inputs.items():
        value = node.outputs[""]
        shape = (count, *(each if isinstance(each, int) else LENGTH for each in value.shape))
        if value.dtype.startswith("float"):
            found[name] = draw.standard_normal(shape, dtype=np.float32)
        else:
            found[name] = draw.integers(0, 2, shape).astype(value.dtype)
    for name, output in graph.outputs.items():
        shape = (count, *(each if isinstance(each, int) else LENGTH for each in output.value.shape))
        classes = draw.integers(0, shape[-1], shape[:-1])
        loss = output.loss.type_name if output.loss else ""
        if loss.startswith("sparse"):
            found[name] = classes
        elif loss == "categorical_crossentropy":
            found[name] = np.eye(shape[-1], dtype=np.float32)[classes]
        else:
            found[name] = draw.integers(0, 2, shape).astype(np.float32)
    return found


def prepared(
    spec: str, steps: int, folder: Path, batch: int, *, validated: bool = False
) -> Prepared:
    """A spec with so many batches of random rows, and as many for validation if there are any."""
    from modelspec import lint
    from modelspec.diagnostics import Report
    from modelspec.runner.setup.prepare import prepare

    split = ", split: {validation: 0.5}" if validated else ""
    settings = [f"data={{file: {folder}/rows.npz{split}}}", "train.epochs=1"]
    settings += [f"train.batch_size={batch}"] if batch else []
    examined = lint.examine(spec, overrides=settings)
    examined.report.raise_if_failed()
    assert examined.spec
    assert examined.graph
    assert examined.spec.train
    count = steps * examined.spec.train.batch_size * (2 if validated else 1)
    np.savez(folder / "rows.npz", **rows(examined.graph, count))
    report = Report()
    found = prepare(examined.spec, examined.graph, report)
    report.raise_if_failed()
    assert found
    return found


def resident(key: str) -> int:
    """Bytes of this process: `VmRSS` at the moment, `VmHWM` at most since the last reset."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * int(next(line for line in lines if line.startswith(key)).split()[1])


def measure(spec: str, steps: int, *, validated: bool) -> dict[str, float]:
    """What training one spec took, and what was said before."""
    import gc

    from modelspec.memory import training_memory
    from modelspec.runner.run.options import TrainOptions
    from modelspec.runner.train import train

    options = TrainOptions(runs=None, device="cpu", threads=1, quiet=True, say=lambda _: None)
    file, _, batch = spec.partition(":")
    with tempfile.TemporaryDirectory() as folder:
        small = Path(folder, "small.yaml")
        small.write_text(SMALL)
        np.savez(f"{folder}/rows.npz", x=np.ones((4, 4), np.float32), y=np.ones((4, 1), np.float32))
        train(prepared(str(small), 1, Path(folder), 0), options)
        ready = prepared(file, steps, Path(folder), int(batch or 0), validated=validated)
        said = training_memory(ready.graph, ready.settings, validated=validated)
        assert said
        gc.collect()
        before = resident("VmRSS")
        Path("/proc/self/clear_refs").write_text("5")
        train(ready, options)
    return {
        "batch": said.batch_size,
        "said": said.peak(),
        "measured": resident("VmHWM") - before,
        "before": before,
        "thumb": thumb(ready.graph, said.weights, said.batch_size),
    }


def thumb(graph: Graph, weights: int, batch: int) -> int:
    """By the rule of thumb."""
    from modelspec.memory.calls import calls_of

    return 4 * weights + 2 * batch * sum(
        calls_of(graph, dict.fromkeys(graph.minimums, LENGTH)).sizes
    )


class Case(NamedTuple):
    """A model to measure: its name in the table, its file, with a batch, and how it is trained."""

    name: str
    spec: str
    validated: bool = False
    text: str = ""


def drawn_cases(count: int, folder: Path) -> list[Case]:
    """Models drawn at random, written to a folder."""
    found = []
    for place, (name, spec) in enumerate(drawn(count).items()):
        training = spec["train"]
        file = folder / f"drawn_{place}.yaml"
        file.write_text(yaml.safe_dump(spec, sort_keys=False))
        said = [training["optimizer"]["type"], *list(training["optimizer"])[1:]]
        said += [training[key] for key in ("precision",) if key in training]
        said += ["best weights"] if "callbacks" in training else []
        said += ["validation"] if place % 2 else []
        found.append(Case(name, str(file), bool(place % 2), ", ".join(said)))
    return found


def record(case: Case, steps: int) -> dict[str, float]:
    """What a process of its own measured."""
    command = [sys.executable, __file__, "--one", case.spec, "--steps", str(steps)]
    command += ["--validated"] if case.validated else []
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def table(cases: list[Case], steps: int, tolerance: float) -> None:
    """Measure each, and print a row of it; then how many of those that count are within."""
    print("| | batch | measured, MB | predicted, MB | of it | rule of thumb, MB |")
    print("|---|---|---|---|---|---|")
    from modelspec.memory import RESOLUTION, peak_text

    ratios = []
    for case in cases:
        got = record(case, steps)
        ratio = got["said"] / got["measured"]
        small = max(got["said"], got["measured"]) < RESOLUTION
        if got["measured"] >= COUNTS:
            ratios.append(ratio)
        near = "below" if small else f"{ratio:.2f}"
        near += " (off)" if not small and abs(ratio - 1) > tolerance else ""
        told = peak_text(int(got["said"])).removesuffix(" MB")
        said = told if told.startswith("less") else f"{got['said'] / 1e6:,.0f}"
        name = f"{case.name}: {case.text}" if case.text else case.name
        print(
            f"| {name} | {got['batch']} | {got['measured'] / 1e6:,.0f} | {said} | {near} "
            f"| {got['thumb'] / 1e6:,.0f} |",
            flush=True,
        )
    near = sum(abs(ratio - 1) <= tolerance for ratio in ratios)
    print(f"\n{near} of {len(ratios)} over {COUNTS / 1e6:.0f} MB are within {tolerance:.0%}")


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--specs", nargs="+", default=SPECS, metavar="FILE[:BATCH]")
    parser.add_argument("--drawn", type=int, metavar="COUNT", help="so many drawn models instead")
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--tolerance", type=float, default=0.2)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--validated", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one, options.steps, validated=options.validated)))
        return
    with tempfile.TemporaryDirectory() as folder:
        cases = [Case(Path(each.partition(":")[0]).stem, each) for each in options.specs]
        if options.drawn:
            cases = drawn_cases(options.drawn, Path(folder))
        table(cases, options.steps, options.tolerance)


if __name__ == "__main__":
    main()
