"""Every spec of `specs/` and every layer's examples, as `.keras` files that Keras itself reads.

    PYTHONPATH=. python benchmarks/export_keras.py write FOLDER [SPEC ...]
    KERAS_BACKEND=jax python benchmarks/export_keras.py check FOLDER

The first writes the files, and beside each what the model says at two sizes; weights are new ones
with noise around them, so that no bias is zero and no softmax is sure of one class. The second runs
where Keras is installed, without modelspec, and prints how far Keras's numbers are from them.
"""

import json
import sys
import traceback
import warnings
from pathlib import Path
from typing import Any

import numpy as np

SPECS = Path(__file__).parent.parent / "specs"
NEAR = 1e-5


def write(folder: Path, names: list[str]) -> None:
    """Write the files, and print what is refused."""
    from modelspec.lint import examine

    folder.mkdir(parents=True, exist_ok=True)
    for name in names or sorted(path.stem for path in SPECS.glob("*.yaml")):
        _write(folder, name, examine(str(SPECS / f"{name}.yaml")).graph)
    if names:
        return
    for kind, number, text in _examples():
        spec = folder / "example.yaml"
        spec.write_text(text)
        _write(folder, f"{kind}-{number}", examine(str(spec)).graph)


def _write(folder: Path, name: str, graph: Any) -> None:
    import torch

    from modelspec import data
    from modelspec.exports.errors import ExportError
    from modelspec.exports.model import ExportModel
    from modelspec.exports.write import write as export

    if graph is None:
        print(f"{name:32} is no spec")
        return
    try:
        model = ExportModel.with_new_weights(graph, data.plain(graph))
        generator = torch.Generator().manual_seed(0)
        with torch.no_grad():
            for tensor in model.module.parameters():
                tensor.add_(0.1 * torch.rand(tensor.shape, generator=generator) - 0.05)
            for key, tensor in model.module.named_buffers():
                if "running" in key:
                    tensor.add_(0.1 * torch.rand(tensor.shape, generator=generator))
        export(model, folder / f"{name}.keras")
    except ExportError as error:
        print(f"{name:32} refused: {error}", flush=True)
        return
    except Exception as error:
        print(f"{name:32} FAILED: {error!r}", flush=True)
        traceback.print_exc()
        return
    said: dict[str, Any] = {}
    for number, at in enumerate(model.sizes.checked()[:2]):
        inputs = model.inputs(at)
        said |= {f"{number}.in.{key}": value.numpy() for key, value in inputs.items()}
        outputs = model.outputs(inputs)
        said |= {f"{number}.out.{key}": value.numpy() for key, value in outputs.items()}
    np.savez(folder / f"{name}.npz", **said)


def _examples() -> Any:
    """Each example of each layer as a spec."""
    from modelspec.layers import registry

    for kind in registry.names():
        declaration = registry.find(kind)
        assert declaration is not None
        for number, example in enumerate(declaration.examples):
            inputs = {
                f"x{place}": {"shape": list(shape), "dtype": example.dtype}
                for place, shape in enumerate(example.shapes)
            }
            layer = {"type": kind, **_written(example.arguments)}
            halves = layer.get("merge_mode", "") is None
            parts = [f"part_{place}" for place in range(2)] if kind == "Split" else []
            ends = ["forward", "backward"] if halves else parts
            outputs: Any = {f"y{end}": {"from": f"y.{end}"} for end in ends} if ends else ["y"]
            spec = {
                "version": 1,
                "name": "example",
                "inputs": inputs,
                "layers": {"y": layer},
                "edges": [f"{', '.join(inputs)} -> y"],
                "outputs": outputs,
            }
            yield kind, number, json.dumps(spec)


def _written(arguments: dict[str, Any]) -> dict[str, Any]:
    from modelspec.layers import Layer

    return {
        key: {"type": type(value).__name__, **_written(value.model_dump(exclude_defaults=True))}
        if isinstance(value, Layer)
        else value
        for key, value in arguments.items()
    }


def check(folder: Path) -> None:
    """Load every file with Keras, and compare."""
    import keras  # type: ignore[import-not-found]

    near = total = 0
    for file in sorted(folder.glob("*.keras")):
        total += 1
        try:
            model = keras.saving.load_model(file)
            found = _difference(model, np.load(file.with_suffix(".npz")))
        except Exception as error:
            print(f"{file.stem:32} FAILED: {type(error).__name__}: {str(error)[:300]}", flush=True)
            continue
        near += found <= NEAR
        if found > NEAR or "-" not in file.stem:
            print(f"{file.stem:32} {found:.1e}", flush=True)
    print(f"{near} of {total} within {NEAR}, Keras {keras.__version__}")


def _difference(model: Any, said: Any) -> float:
    worst = 0.0
    for number in ("0", "1"):
        inputs = [said[f"{number}.in.{each.name}"] for each in model.inputs]
        found = model(inputs if len(inputs) > 1 else inputs[0], training=False)
        names = [key.split(".", 2)[2] for key in said if key.startswith(f"{number}.out.")]
        if isinstance(found, dict):
            values = [found[name] for name in names]
        else:
            values = list(found) if isinstance(found, list | tuple) else [found]
        for name, value in zip(names, values, strict=True):
            ours, theirs = said[f"{number}.out.{name}"], np.asarray(value)
            if ours.shape != theirs.shape:
                raise ValueError(f"`{name}` is {theirs.shape}, and {ours.shape} here")
            ours, theirs = ours.astype("float64"), theirs.astype("float64")
            away = np.abs(ours - theirs) / np.maximum(1, np.abs(ours))
            same = (ours == theirs) | (np.isnan(ours) & np.isnan(theirs))
            worst = max(worst, float(np.where(same, 0, away).max(initial=0)))
    return worst


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    command, target, *given = sys.argv[1:]
    if command == "write":
        write(Path(target), given)
    else:
        check(Path(target))
