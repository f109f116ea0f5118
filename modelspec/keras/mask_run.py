"""Which masks Keras has while it runs a model, beside those that flow in the graph of its spec.

Both go by the same rules from layer to layer (`modelspec.layers.masks`), but in Keras a mask is
also an attribute of the very tensor that it belongs to, and so gets lost or comes back:

- MultiHeadAttention takes the masks off the tensors that it is given. What reads them later finds
  none: the residual connection around it, and all that is built on that.
- Layers that do nothing in prediction, such as Dropout, give the tensor that they are given.
- A model puts the masks that are arguments of its call on the tensors that it is given.
- A mask that is an argument of a saved call (`given_masks`) is there in any case.
- Bare operations, `x + y`, know no masks.

So the model is run, with nothing but the masks, in Keras's order of calls. Where a layer computes
with masks and Keras has lost one that flows in the spec, it is taken off there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from modelspec.keras.call_order import in_order
from modelspec.keras.given_masks import IMPLIED, leaves
from modelspec.keras.model import Call, KerasLayer, KerasModel, Source, sources
from modelspec.keras.operations import operation
from modelspec.keras.tensor_functions import UnknownOperationError
from modelspec.layers import registry

if TYPE_CHECKING:
    from collections.abc import Sequence

_SAME = frozenset(
    "Dropout SpatialDropout1D SpatialDropout2D SpatialDropout3D GaussianNoise GaussianDropout"
    " AlphaDropout ActivityRegularization Identity".split()
)
_RECURRENT = ("LSTM", "GRU", "SimpleRNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "Bidirectional")
HEADED = ("MultiHeadAttention", "GroupedQueryAttention")
"""The layers whose entry may say `use_masks: false`."""


def starts_masks(model: KerasModel) -> bool:
    """Whether a mask begins anywhere in a model."""
    return any(
        layer.type == "Masking"
        or bool(layer.config.get("mask_zero"))
        or any(starts_masks(inner) for inner in (layer.model, layer.wrapped) if inner)
        for layer in model.layers.values()
    )


class Reading(NamedTuple):
    """A value read by a call of a layer in a model, which is told by its identity."""

    model: int
    call: Source
    value: Source


@dataclass
class _Tensor:
    """A tensor in Keras.

    Attributes:
        masked: Whether it has a mask now.
    """

    masked: bool = False


class _Seen(NamedTuple):
    """A value.

    Attributes:
        tensor: What it is in Keras.
        masked: Whether it has a mask in the graph of the spec.
    """

    tensor: _Tensor
    masked: bool = False


@dataclass
class MaskRun:
    """What running models with their masks has shown.

    Attributes:
        lost: Where a layer computes without a mask that the value has in the spec.
        kept: Where one computes with it.
        missing: The calls that compute with a mask in Keras which the spec does not have.
        bare: The calls of operations whose results have a mask in the spec only.
        blind: The calls of attention that see none of the masks of what they read.
    """

    lost: set[Reading] = field(default_factory=set)
    kept: set[Reading] = field(default_factory=set)
    missing: set[tuple[int, Source]] = field(default_factory=set)
    bare: set[tuple[int, Source]] = field(default_factory=set)
    blind: set[tuple[int, Source]] = field(default_factory=set)

    def run(self, model: KerasModel, given: Sequence[_Seen] = ()) -> list[_Seen]:
        """Run a model.

        Args:
            model: What to run.
            given: Its inputs; without, they have no masks.

        Returns:
            Its outputs.
        """
        values = _Values(model, given)
        needed = set(in_order(model))
        for source in model.run_order or in_order(model):
            layer = model.layers[source.layer]
            if source in needed and layer.calls:
                _Step(self, id(model), layer, source, values).take()
        return [values[end] for end in model.outputs.values()]


class _Values(dict[Source, _Seen]):
    """The values of a model; what has never had a mask is made when it is asked for."""

    def __init__(self, model: KerasModel, given: Sequence[_Seen]) -> None:
        names = list(model.inputs.values())
        super().__init__(
            (Source(name, 0, 0), seen) for name, seen in zip(names, given, strict=False)
        )

    def __missing__(self, source: Source) -> _Seen:
        self[source] = found = _Seen(_Tensor())
        return found


class _Step:
    """One call.

    Args:
        run: Takes what is found.
        model: Which model it is in.
        layer: What is called.
        source: The call.
        values: What there is so far; takes what the call gives.
    """

    def __init__(
        self, run: MaskRun, model: int, layer: KerasLayer, source: Source, values: _Values
    ) -> None:
        self._run = run
        self._model = model
        self._layer = layer
        self._source = source
        self._values = values
        self._call = layer.calls[source.call]
        self._read = list(_operands(layer, self._call))
        self._seen = [values[each] for each in self._read]

    def take(self) -> None:
        """Run it."""
        if self._layer.model is not None:
            self._take_model(self._layer.model)
        elif self._layer.is_operation:
            self._take_operation()
        else:
            self._take_layer()

    def _give(self, seen: _Seen, place: int = 0) -> None:
        self._values[self._source._replace(place=place)] = seen

    def _take_model(self, model: KerasModel) -> None:
        given = _explicit(self._call, len(self._read))
        for seen, masked in zip(self._seen, given or (), strict=False):
            seen.tensor.masked = seen.tensor.masked or masked
        kept = self._compare([seen.tensor.masked for seen in self._seen])
        inner = [_Seen(seen.tensor, there) for seen, there in zip(self._seen, kept, strict=True)]
        for place, seen in enumerate(self._run.run(model, inner)):
            self._give(seen, place)

    def _take_operation(self) -> None:
        if not any(seen.masked for seen in self._seen):
            return
        try:
            kind = operation(self._layer, self._call)["type"]
        except UnknownOperationError:
            return  # it is refused when its entry is made
        rule = _rule(kind)
        if "uses" in rule:
            self._compare([False] * len(self._read))
        elif _outcome(rule, [seen.masked for seen in self._seen]):
            self._run.bare.add((self._model, self._source))

    def _take_layer(self) -> None:
        layer = self._layer
        there = [seen.tensor.masked for seen in self._seen]
        if given := _explicit(self._call, len(there)):
            there = given
        rule = _layer_rule(layer, self._call)
        flows = [seen.masked for seen in self._seen]
        if "uses" in rule or rule == "joins":
            flows = self._compare(there)
        if layer.wrapped is not None:
            self._run.run(layer.wrapped)
            if any(flows):
                self._run.run(layer.wrapped, [_Seen(_Tensor(masked=True), masked=True)])
        masked = _outcome(rule, flows)
        if _gives_what_it_gets(layer) and self._seen:
            self._give(_Seen(self._seen[0].tensor, masked))
            return
        self._give(_Seen(_Tensor(_outcome(rule, there)), masked))
        if layer.type == "Bidirectional" and layer.config.get("merge_mode") is None:
            self._give(_Seen(_Tensor(_outcome(rule, there)), masked), 1)
        if layer.type == "MultiHeadAttention":
            for seen in self._seen:
                seen.tensor.masked = False

    def _compare(self, there: list[bool]) -> list[bool]:
        """Note which masks are there and which are lost.

        Args:
            there: Whether each operand has a mask in Keras.

        Returns:
            The same of the spec, from where on both agree.
        """
        flows = [seen.masked for seen in self._seen]
        for value, flowing, kept in zip(self._read, flows, there, strict=True):
            if flowing:
                reading = Reading(self._model, self._source, value)
                (self._run.kept if kept else self._run.lost).add(reading)
            elif kept:
                self._run.missing.add((self._model, self._source))
        if self._layer.type in HEADED and any(flows) and len(self._layer.calls) == 1:
            both = zip(flows, there, strict=True)
            if not any(flowing and kept for flowing, kept in both):
                self._run.blind.add((self._model, self._source))
                return flows
        return [flowing and kept for flowing, kept in zip(flows, there, strict=True)]


def _gives_what_it_gets(layer: KerasLayer) -> bool:
    """Whether a call gives the very tensor that it gets, where nothing is trained."""
    return layer.type in _SAME or (
        layer.type == "Activation" and layer.config.get("activation") == "linear"
    )


def _operands(layer: KerasLayer, call: Call) -> list[Source]:
    """What a call reads whose masks may count, in the order of the arguments."""
    if layer.type in _RECURRENT and call.args:
        return sources(call.args[0])
    names = ("query", "value", "key", *call.kwargs)
    keys = dict.fromkeys(key for key in names if key in call.kwargs)
    named = [call.kwargs[key] for key in keys if "mask" not in key and key != "initial_state"]
    return [*sources(call.args), *sources(named)]


def _explicit(call: Call, count: int) -> list[bool] | None:
    """Whether each operand has a mask by the argument `mask`; None without that."""
    masks = leaves(call.kwargs.get("mask"))
    if IMPLIED not in masks:
        return None
    return ([each == IMPLIED for each in masks] + [False] * count)[:count]


def _layer_rule(layer: KerasLayer, call: Call) -> str:
    """What a call of a layer does with masks, as a declaration's `masks`."""
    if layer.type == "Embedding":
        return "starts" if layer.config.get("mask_zero") else "drops"
    if layer.type not in _RECURRENT:
        return _rule(layer.type)
    inner = layer.config.get("layer")
    own = inner["config"] if isinstance(inner, dict) else layer.config
    passes = bool(own.get("return_sequences"))
    if sources(call.args[1:]) or sources(call.kwargs.get("initial_state")):
        return "passes" if passes else "drops"
    return "uses and passes" if passes else "uses"


def _rule(kind: str) -> str:
    declaration = registry.find(kind)
    return declaration.masks if declaration is not None else "drops"


def _outcome(rule: str, masked: list[bool]) -> bool:
    """Whether the output has a mask, by whether the operands have."""
    if rule == "starts":
        return True
    if "passes" in rule:
        return bool(masked) and masked[0]
    if "merges" in rule:
        return bool(masked) and all(masked)
    return rule == "joins" and any(masked)
