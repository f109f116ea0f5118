"""From the calls of layers as Keras 2 wrote them to those of a `.keras` file."""

from __future__ import annotations

from typing import Any

from modelspec.keras.model import BrokenError
from modelspec.keras.typed import index, listing, mapping, text

CONSTANT = "_CONSTANT_VALUE"
FUNCTIONS = ("TFOpLambda", "SlicingOpLambda")
_STATEFUL = ("LSTM", "GRU", "SimpleRNN", "Bidirectional", "RNN", "ConvLSTM2D")


class Calls:
    """The calls of a functional model.

    Keras 2 counts the calls of a model in a model from 1, as its own making is the first.

    Args:
        layers: As they are saved.
        config: The model's own.
    """

    def __init__(self, layers: list[Any], config: dict[str, Any]) -> None:
        self._name = config.get("name")
        self._kinds: dict[str, str] = {}
        self._first: dict[str, int] = {}
        for saved in layers:
            own = mapping(saved.get("config"), "the configuration of a layer")
            name = text(saved.get("name") or own.get("name"), "the name of a layer")
            self._kinds[name] = saved["class_name"]
            self._first[name] = int(_counts_from_one(saved))

    def node(self, layer: str, kind: str, saved: Any) -> dict[str, Any]:
        """One call, `{"args": [...], "kwargs": {...}}`.

        Args:
            layer: Whose.
            kind: Its class.
            saved: `[["x", 0, 0, {}], ...]`; of a function without the outer list.

        Raises:
            BrokenError: It is malformed.
        """
        given: dict[str, Any] = {}
        of_one = isinstance(saved, list) and len(saved) == 1 and not _is_tensor(saved)
        first = self._argument(saved[0] if of_one else saved, layer, given)
        options = {key: self._value(value, layer) for key, value in given.items()}
        args = [first]
        if kind in _STATEFUL and isinstance(first, list):
            args, options["initial_state"] = first[:1], first[1:]
        options.pop("training", None)
        return {"args": args, "kwargs": options}

    def outputs(self, saved: Any) -> Any:
        """What flows out, as `_end` of the reader counts it."""
        if isinstance(saved, dict):
            return {name: self.outputs(each) for name, each in saved.items()}
        saved = listing(saved, f"`output_layers` of `{self._name}`")
        if not saved or not isinstance(saved[0], str):
            return [self.outputs(each) for each in saved]
        name, call, place = self._entry(saved, "an output")
        is_graph = self._kinds[name] in ("Functional", "Model")
        return [name, call - self._first[name] + is_graph, place]

    def _argument(self, saved: Any, layer: str, given: dict[str, Any]) -> Any:
        """The first argument of a call; the others stand beside each tensor in it."""
        if isinstance(saved, dict):
            return {key: self._argument(each, layer, given) for key, each in saved.items()}
        saved = listing(saved, f"a call of `{layer}`")
        if not _is_tensor(saved):
            return [self._argument(each, layer, given) for each in saved]
        if len(saved) == 4 and not given:
            given.update(mapping(saved[3], f"the arguments of a call of `{layer}`"))
        if saved[0] == CONSTANT:
            return self._value(saved[2], layer)
        return self._tensor(saved, layer)

    def _value(self, saved: Any, layer: str) -> Any:
        """An argument that may be a tensor, a slice, or hold some."""
        if isinstance(saved, list):
            if len(saved) == 3 and _is_tensor(saved) and saved[0] != CONSTANT:
                return self._tensor(saved, layer)
            return [self._value(each, layer) for each in saved]
        if isinstance(saved, dict):
            if saved.keys() == {"start", "stop", "step"}:
                return {"class_name": "__slice__", "config": saved}
            return {key: self._value(each, layer) for key, each in saved.items()}
        return saved

    def _tensor(self, saved: list[Any], layer: str) -> dict[str, Any]:
        name, call, place = self._entry(saved, f"what `{layer}` reads")
        history = [name, index(call - self._first[name], f"a call of `{name}`"), place]
        return {"class_name": "__keras_tensor__", "config": {"keras_history": history}}

    def _entry(self, saved: list[Any], what: str) -> tuple[str, int, int]:
        if len(saved) < 3 or saved[0] not in self._kinds:
            raise BrokenError(f"{what} is `{str(saved)[:60]}`, which is no layer's output")
        return saved[0], index(saved[1], what), index(saved[2], what)


def _is_tensor(value: list[Any]) -> bool:
    """Whether it is `[name, call, place]`, with or without arguments behind."""
    if not 3 <= len(value) <= 4 or not isinstance(value[0], str):
        return False
    return value[0] == CONSTANT or all(isinstance(each, int) for each in value[1:3])


def _counts_from_one(saved: dict[str, Any]) -> bool:
    """Whether a model had a call of its own when it was called."""
    kind, config = saved["class_name"], saved.get("config")
    if kind in ("Functional", "Model"):
        return True
    if kind != "Sequential":
        return False
    layers = config.get("layers") if isinstance(config, dict) else config
    first = layers[0] if isinstance(layers, list) and layers else None
    if not isinstance(first, dict) or not isinstance(first.get("config"), dict):
        return False
    return first.get("class_name") == "InputLayer" or "batch_input_shape" in first["config"]
