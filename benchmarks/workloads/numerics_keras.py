"""Some steps of Keras's from given weights: `numerics_keras.py MODEL FILE BATCHES FLOATS`.

FILE, a `.npz`, has arrays by `LAYER/PLACE`; it is replaced by what came of them: `losses`,
`predicted/OUTPUT` before the first step, and the arrays after the last one.
"""

import sys

import keras
import numpy as np

model_name, file, batches, floats = sys.argv[1:]
keras.config.set_floatx(floats)

import keras_models  # noqa: E402 - layers take their type when they are made
from definitions import WORKLOADS  # noqa: E402


def typed(arrays):
    """Floats as the type that is asked for."""
    return {
        name: each.astype(floats) if each.dtype.kind == "f" else each
        for name, each in arrays.items()
    }


def main() -> None:
    """Load, step, write."""
    workload = WORKLOADS[model_name]
    given = dict(np.load(file))
    model = keras_models.build(model_name, steps_per_execution=1)
    layers = [each for each in model.layers if each.weights]
    for layer in layers:
        count = sum(key.startswith(f"{layer.name}/") for key in given)
        layer.set_weights([given[f"{layer.name}/{place}"] for place in range(count)])
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dropout):
            layer.rate = 0.0
    inputs, targets = map(typed, workload.data())
    size = workload.batch
    first = {name: each[:size] for name, each in inputs.items()}
    found = {f"predicted/{name}": np.asarray(each) for name, each in model(first).items()}
    losses = []
    for batch in range(int(batches)):
        rows = slice(batch * size, (batch + 1) * size)
        parts = ({name: each[rows] for name, each in a.items()} for a in (inputs, targets))
        model.reset_metrics()
        said = model.train_on_batch(*parts)
        losses.append(float(said[0] if isinstance(said, list) else said))
    for layer in layers:
        for place, array in enumerate(layer.get_weights()):
            found[f"{layer.name}/{place}"] = array
    np.savez(file, losses=losses, **found)


if __name__ == "__main__":
    main()
