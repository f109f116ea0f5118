"""Do the contenders of `workloads.py` compute the same? From the same weights, on the same batches.

    python benchmarks/same_computation.py [--models mlp,qa] [--batches 4]
                                          [--keras PYTHON] [--backend jax]

`modelspec` is what `modelspec train` runs: it draws the first weights, takes some steps in the
order of the rows, and each other contender starts from the same weights and takes the same batches;
dropout is off. A row has the largest difference of what is predicted before the first step, the
largest of the losses of the steps, relative to the loss, and that of the weights after the last:
the root mean square of a tensor's difference relative to that of how far it moved, of the worst
tensor. A tensor that hardly moved counts as if it had moved a little, and a bias right before a
batch normalization, which takes it away again, not at all: its gradient is rounding noise.

In float64 nearly all bits agree with the loop by hand; those of Keras agree as far as its own
float64 goes, whose constants are float32 in places. In float32 an optimizer that divides by the
gradient's own size (Adam, RMSprop, Adadelta) makes steps of full length out of gradients that are
near zero, whatever their sign: only losses and predictions are judged there.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

SCRIPTS = Path(__file__).resolve().parent / "workloads"
sys.path.insert(0, str(SCRIPTS))

from definitions import WORKLOADS  # noqa: E402

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from modelspec.graph.graph import Graph
    from modelspec.runner.setup.prepare import Prepared

Arrays: TypeAlias = dict[str, list["NDArray[Any]"]]
"""Keras's arrays, by layer."""

LIMITS = {
    ("tight", "float32"): (1e-5, 1e-5, None),
    ("tight", "float64"): (1e-12, 1e-12, 1e-6),
    ("keras", "float32"): (1e-5, 1e-4, None),
    ("keras", "float64"): (1e-6, 1e-6, 2e-2),
}
"""What predictions, losses and weights may differ by."""
MOVED = 3e-5
"""A tensor that moved less hardly moved: its root mean square."""


class Steps(NamedTuple):
    """What came of some steps."""

    losses: list[float]
    predicted: dict[str, NDArray[Any]]
    after: Arrays
    left_out: frozenset[tuple[str, int]] = frozenset()
    """Tensors that are not compared, by layer and place: `centred_biases`, `variances`."""


def by_modelspec(model: str, batches: int, floats: str) -> tuple[Arrays, Steps]:
    """The weights that modelspec draws, and what `modelspec train` comes to."""
    import torch

    from modelspec.runner.run.options import TrainOptions
    from modelspec.runner.train import train
    from modelspec.torch import build
    from modelspec.training.callback import Callback, Training

    losses: list[float] = []

    class Losses(Callback):
        """The loss of each batch, from the running means."""

        def on_batch_end(self, run: Training) -> None:
            total = run.logs()["loss"] * run.samples
            losses.append((total - sum(losses) * WORKLOADS[model].batch) / WORKLOADS[model].batch)

    with tempfile.TemporaryDirectory() as folder:
        ready = prepared(model, batches, Path(folder))
        train_rows = ready.splits.train
        for kept in (train_rows.inputs, train_rows.targets) if floats == "float64" else ():
            for name, each in kept.items():  # the rows are read as float32
                kept[name] = each.astype(floats) if each.dtype == np.float32 else each
        module = build(ready.graph, seed=ready.settings.seed)
        before = arrays_of(ready.graph, module)
        rows = {
            name: torch.from_numpy(np.asarray(each)[: WORKLOADS[model].batch])
            for name, each in train_rows.inputs.items()
        }
        with torch.no_grad():
            said = module.eval()(**rows)
        predicted = {name: each.numpy() for name, each in said.items()}
        quiet = TrainOptions(
            runs=None, device="cpu", threads=1, quiet=True, callbacks=(Losses(),),
            say=lambda _: None,
        )  # fmt: skip
        result = train(ready, quiet)
    after = arrays_of(ready.graph, result.module)
    return before, Steps(losses, predicted, after, centred_biases(ready.graph))


def prepared(model: str, batches: int, folder: Path) -> Prepared:
    """The spec of a workload with the first rows of its data, without shuffling and dropout."""
    from modelspec import lint
    from modelspec.diagnostics import Report
    from modelspec.runner.setup.prepare import prepare

    workload = WORKLOADS[model]
    rows = batches * workload.batch
    inputs, targets = workload.data()
    arrays = {name: each[:rows] for name, each in (inputs | targets).items()}
    np.savez(folder / f"{model}.npz", **arrays)
    text = (SCRIPTS / "specs" / f"{model}.yaml").read_text()
    settings = ["train.shuffle=false", "train.epochs=1"]
    examined = lint.examine(str(folder / f"{model}.yaml"), text=text, overrides=settings)
    assert examined.graph
    settings += [
        f"layers.{name}.rate=0.0"
        for name, node in examined.graph.nodes.items()
        if type(node.layer).__name__ == "Dropout"
    ]
    examined = lint.examine(str(folder / f"{model}.yaml"), text=text, overrides=settings)
    examined.report.raise_if_failed()
    assert examined.spec
    assert examined.graph
    report = Report()
    found = prepare(examined.spec, examined.graph, report)
    report.raise_if_failed()
    assert found
    return found


def centred_biases(graph: Graph) -> frozenset[tuple[str, int]]:
    """The biases right before a batch normalization: their gradient is zero but for rounding."""
    found = set()
    for node in graph.nodes.values():
        if type(node.layer).__name__ == "BatchNormalization":
            before = graph.nodes[node.sources[0].node]
            names = [weight.name for weight in before.weights]
            found |= {(before.name, place) for place, name in enumerate(names) if name == "bias"}
    return frozenset(found)


def arrays_of(graph: Graph, module: Any) -> Arrays:
    """The weights of a module of a graph as Keras's arrays, by layer."""
    from modelspec.torch.keras_arrays import keras_arrays
    from modelspec.torch.weight_ownership import LayerWeights, weight_owners

    return {
        node.shared or node.name: [
            each.numpy().copy()
            for each in keras_arrays(
                LayerWeights(node.layer, getattr(module, attribute), node.weights)
            ).values()
        ]
        for node, attribute in weight_owners(graph, module)
        if node.layer is not None and node.weights
    }


def by_hand(model: str, before: Arrays, batches: int, floats: str, mode: str) -> Steps:
    """What the loop written by hand comes to."""
    import numerics_torch

    found = Steps(*numerics_torch.steps(model, mode, before, batches, floats))
    return found._replace(left_out=variances(before))


def variances(arrays: Arrays) -> frozenset[tuple[str, int]]:
    """The moving variances of batch normalizations: torch's own is unbiased, Keras's is not."""
    return frozenset((name, 3) for name, each in arrays.items() if name.startswith("bn") and each)


def by_keras(
    model: str, before: Arrays, batches: int, floats: str, python: str, backend: str
) -> Steps:
    """What Keras comes to."""
    environment = os.environ | {"KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"}
    environment |= {"JAX_ENABLE_X64": "1"} if floats == "float64" else {}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "steps.npz")
        flat = {
            f"{name}/{place}": array
            for name, arrays in before.items()
            for place, array in enumerate(arrays)
        }
        np.savez(file, **flat)
        command = [python, str(SCRIPTS / "numerics_keras.py"), model, str(file), str(batches)]
        done = subprocess.run([*command, floats], env=environment, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"Keras failed on {model}: {done.stderr.strip()[-800:]}")
        found = dict(np.load(file))
    after = {
        name: [found[f"{name}/{place}"] for place in range(len(arrays))]
        for name, arrays in before.items()
    }
    names = [key.partition("/")[2] for key in found if key.startswith("predicted/")]
    return Steps(
        [float(each) for each in found["losses"]],
        {name: found[f"predicted/{name}"] for name in names},
        after,
    )


def differences(before: Arrays, ours: Steps, theirs: Steps) -> tuple[float, float, float]:
    """Of predictions, of losses and of weights."""
    predicted = max(
        float(np.abs(each - theirs.predicted[name]).max()) for name, each in ours.predicted.items()
    )
    pairs = zip(ours.losses, theirs.losses, strict=True)
    losses = max(abs(one - other) / abs(other) for one, other in pairs)
    weights = 0.0
    for name, arrays in before.items():
        for place, array in enumerate(arrays):
            if (name, place) in ours.left_out | theirs.left_out:
                continue
            one, other = ours.after[name][place], theirs.after[name][place]
            moved = max(_size(other - array), MOVED)
            weights = max(weights, _size(one - other) / moved)
    return predicted, losses, weights


def _size(array: NDArray[Any]) -> float:
    """The root mean square."""
    return float(np.sqrt(np.square(array.astype(np.float64)).mean()))


def main() -> None:
    """Print a table; ends with 1 where something differs by more than rounding."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--models", default=",".join(WORKLOADS))
    parser.add_argument("--batches", type=int, default=4, help="steps; the data may have fewer")
    parser.add_argument("--keras", metavar="PYTHON", help="one that has Keras and its backend")
    parser.add_argument("--backend", default="jax", choices=["jax", "tensorflow", "torch"])
    options = parser.parse_args()
    models = options.models.split(",")
    if unknown := [model for model in models if model not in WORKLOADS]:
        sys.exit(f"no model is called {', '.join(unknown)}; there are {', '.join(WORKLOADS)}")
    import torch

    torch.set_num_threads(1)
    print("| | against | floats | steps | predictions | losses | weights |")
    print("|---|---|---|---|---|---|---|")
    bad = 0
    for model in models:
        workload = WORKLOADS[model]
        batches = min(options.batches, workload.samples // workload.batch)
        for floats in ("float32", "float64"):
            torch.set_default_dtype(getattr(torch, floats))
            before, ours = by_modelspec(model, batches, floats)
            others = {"tight": by_hand(model, before, batches, floats, "tight")}
            if options.keras:
                others["keras"] = by_keras(
                    model, before, batches, floats, options.keras, options.backend
                )
            for name, theirs in others.items():
                found = differences(before, ours, theirs)
                limits = LIMITS[name, floats]
                pairs = zip(found, limits, strict=True)
                off = any(limit is not None and not value <= limit for value, limit in pairs)
                bad += off
                shown = f"keras-{options.backend}" if name == "keras" else name
                cells = " | ".join(f"{each:.1e}" for each in found)
                print(
                    f"| {model} | {shown} | {floats} | {batches} | {cells} |{' off' * off}",
                    flush=True,
                )
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
