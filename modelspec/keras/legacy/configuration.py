"""From the configuration in an HDF5 file to the one that a `.keras` file of the model has."""

from __future__ import annotations

from typing import Any

from modelspec.keras.legacy.arguments import arguments
from modelspec.keras.legacy.calls import Calls
from modelspec.keras.legacy.functions import FUNCTIONS, operation
from modelspec.keras.model import BrokenError
from modelspec.keras.typed import listing, mapping, text

MODELS = ("Functional", "Sequential", "Model")
MOST_DEPTH = 32
_WRAPPED = ("layer", "backward_layer", "cell")
_OF_INTEGERS = {"Embedding", "CategoryEncoding"}
_WITHOUT_FLAG = ("InputLayer", "SpatialDropout", "Discretization")
"""How layers begin that do not save `trainable`, which tells `Add` from `keras.ops.add`."""
_NEWER_NAMES = {
    "BatchNormalizationV1": "BatchNormalization",
    "BatchNormalizationV2": "BatchNormalization",
    "SyncBatchNormalization": "BatchNormalization",
    "CuDNNLSTM": "LSTM",
    "CuDNNGRU": "GRU",
    "ThresholdedReLU": "ReLU",
    "MaxPool1D": "MaxPooling1D",
    "MaxPool2D": "MaxPooling2D",
    "Convolution1D": "Conv1D",
    "Convolution2D": "Conv2D",
    "Deconvolution2D": "Conv2DTranspose",
    "Model": "Functional",
}


class Translator:
    """Translates the layers of one file.

    Args:
        version: The major version of the Keras that wrote it.
    """

    def __init__(self, version: int) -> None:
        self._old = version < 3

    def model(self, saved: Any, depth: int = 0) -> dict[str, Any]:
        """A model, or one in it, as a `.keras` file has it.

        Args:
            saved: `{"class_name": ..., "config": ...}`.
            depth: How many models it lies in.

        Raises:
            BrokenError: It is malformed, or holds what has no meaning here.
        """
        saved = mapping(saved, "the model")
        kind = text(saved.get("class_name"), "the class of the model")
        if depth > MOST_DEPTH:
            raise BrokenError(f"models lie in models more than {MOST_DEPTH} deep")
        kind, module = _class(kind)
        if kind not in MODELS and not (kind == "Functional" and module == "keras"):
            return {**saved, "module": "" if self._old else module}
        own = saved.get("config")
        if kind == "Sequential":
            config = self._sequential(own, depth)
        else:
            config = self._functional(mapping(own, "the configuration of the model"), depth)
        module = "keras.src.models." + kind.lower()
        return {**saved, "class_name": kind, "module": module, "config": config}

    def _sequential(self, own: Any, depth: int) -> dict[str, Any]:
        if isinstance(own, list):  # as before Keras 2.2.3
            own = {"name": "sequential", "layers": own}
        own = mapping(own, "the configuration of a sequence")
        layers = [self._layer(each, depth) for each in listing(own.get("layers"), "`layers`")]
        if self._old and layers and layers[0]["class_name"] != "InputLayer":
            shape = _input_shape(listing(own["layers"], "`layers`")[0])
            if shape is not None:
                layers.insert(0, _input(shape, f"{layers[0]['config'].get('name', 'x')}_input"))
        if self._old:
            _read_as_integers(layers)
        return {**own, "layers": layers}

    def _functional(self, own: dict[str, Any], depth: int) -> dict[str, Any]:
        given = listing(own.get("layers"), f"`layers` of `{own.get('name')}`")
        layers = [self._layer(each, depth) for each in given]
        if not self._old:
            return {**own, "layers": layers}
        calls = Calls(given, own)
        found = []
        for old, new in zip(given, layers, strict=True):
            name = new["name"] = old.get("name") or new["config"].get("name")
            nodes = [calls.node(name, new["class_name"], node) for node in _nodes(old, name)]
            if old["class_name"] in FUNCTIONS:
                nodes, new["class_name"], new["config"] = operation(old, nodes)
                new["module"] = "keras.src.ops.numpy"
            new["inbound_nodes"] = nodes
            found.append(new)
        outputs = calls.outputs(own.get("output_layers"))
        _read_as_integers(found)
        return {**own, "layers": found, "output_layers": outputs}

    def _layer(self, saved: Any, depth: int) -> dict[str, Any]:
        """A layer; its calls are looked at when all layers are known."""
        saved = mapping(saved, "a layer")
        kind = text(saved.get("class_name"), "the class of a layer")
        known, module = _class(kind)
        if known in MODELS:
            return self.model(saved, depth + 1)
        config = mapping(saved.get("config"), f"the configuration of a `{kind}`")
        if not self._old:
            is_operation = "trainable" not in config and not kind.startswith(_WITHOUT_FLAG)
            module = "keras.src.ops.numpy" if is_operation and module else module
        elif module:
            config = arguments(kind, config)
        config = dict(config)
        for key in _WRAPPED:
            if isinstance(config.get(key), dict):
                config[key] = self._layer(config[key], depth)
        return {**saved, "class_name": known, "module": module, "config": config}


def major_version(written: str) -> int:
    """2 of "2.21.0" and "2.2.4-tf"."""
    first = written.partition(".")[0]
    return int(first) if first.isdigit() else 2


def _class(name: str) -> tuple[str, str]:
    """What the class is called today, and its module: "" of somebody's own."""
    package, _, own = name.rpartition(">")
    if package and package != "keras":
        return name, ""
    return _NEWER_NAMES.get(own, own), "keras" if own in MODELS else "keras.layers"


def _nodes(saved: dict[str, Any], name: str) -> list[Any]:
    return listing(saved.get("inbound_nodes"), f"`inbound_nodes` of `{name}`")


def _input_shape(saved: dict[str, Any]) -> Any:
    """What the first layer of a sequence says of its input."""
    config = saved.get("config")
    if isinstance(config, dict) and saved["class_name"] in MODELS:
        config = config.get("layers")
    if isinstance(config, list):
        return _input_shape(config[0]) if config and isinstance(config[0], dict) else None
    if not isinstance(config, dict):
        return None
    return config.get("batch_input_shape", config.get("batch_shape"))


def _input(shape: Any, name: str) -> dict[str, Any]:
    config = {"batch_shape": shape, "dtype": "float32", "name": name}
    return {"class_name": "InputLayer", "module": "keras.layers", "config": config, "name": name}


def _read_as_integers(layers: list[dict[str, Any]]) -> None:
    """Make inputs whole numbers that nothing reads but layers that round what they read."""
    readers: dict[str, list[str]] = {}
    for place, layer in enumerate(layers):
        if "inbound_nodes" not in layer:
            before = layers[place - 1]["config"].get("name") if place else None
            readers.setdefault(str(before), []).append(layer["class_name"])
        for call in layer.get("inbound_nodes", ()):
            for name in _read(call):
                readers.setdefault(name, []).append(layer["class_name"])
    for layer in layers:
        own = layer["config"]
        if layer["class_name"] == "InputLayer" and own.get("dtype") == "float32":
            reads = readers.get(str(own.get("name")), [])
            if reads and set(reads) <= _OF_INTEGERS:
                own["dtype"] = "int32"


def _read(value: Any) -> list[str]:
    """The names of the layers whose tensors stand in a call."""
    if isinstance(value, list):
        return [name for item in value for name in _read(item)]
    if not isinstance(value, dict):
        return []
    if value.get("class_name") == "__keras_tensor__":
        return [value["config"]["keras_history"][0]]
    return [name for item in value.values() for name in _read(item)]
