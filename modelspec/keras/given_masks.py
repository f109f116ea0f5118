"""Masks that are arguments of saved calls: those that Keras has handed on by itself, and others.

While a model is put together, Keras works out the mask of each value, by operations that it saves
as if the user had called them (`not_equal`, `logical_or`, `any`, ...), and gives it to the layers
that take one. The graph of a spec works the same masks out again, so such arguments can go. Whether
an argument is such a mask is seen by comparing what it computes with what Keras's rules
(`compute_mask` of each layer) make of what the layer reads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelspec.keras.model import Call, KerasLayer, KerasModel, Source, sources
from modelspec.keras.recurrent_cells import RNN
from modelspec.layers import registry

if TYPE_CHECKING:
    from collections.abc import Sequence

IMPLIED = "implied"
"""Stands for a mask that is worked out again."""
_RECURRENT = ("LSTM", "GRU", "SimpleRNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")
_TRANSPARENT = ("ConvertToTensor", "ExpandDims", "Squeeze")
_OPERANDS = {
    "mask": (0, "query"),
    "query_mask": (0, "query"),
    "value_mask": (1, "value"),
    "key_mask": (2, "key"),
}
"""Where a call has what a mask belongs to: the place and the name of the argument."""


def drop_implied_masks(model: KerasModel, order: Sequence[Source]) -> None:
    """Put `IMPLIED` in the place of the masks that Keras has handed on by itself.

    Args:
        model: Whose calls.
        order: All of its calls, those that work out masks too, each after what it reads.
    """
    masks = _Masks(model)
    for source in order:
        layer = model.layers[source.layer]
        if not layer.calls:
            continue
        call = layer.calls[source.call]
        masks.add(layer, call, source)
        for key in call.kwargs.keys() & _OPERANDS.keys():
            given = call.kwargs[key]
            if sources(given) and masks.is_default(call, key):
                call.kwargs[key] = _implied(given)


def _implied(given: Any) -> Any:
    return [IMPLIED if isinstance(each, Source) else None for each in leaves(given)]


def leaves(value: Any) -> list[Any]:
    """What is in a structure of lists and dicts, in the order of Keras's flat list."""
    if isinstance(value, dict):
        value = [value[key] for key in sorted(value)]
    return [leaf for each in value for leaf in leaves(each)] if isinstance(value, list) else [value]


class _Masks:
    """The masks of values as numbers, equal ones for equal masks; None where there is none.

    Args:
        model: Whose values.
    """

    def __init__(self, model: KerasModel) -> None:
        self._model = model
        self._found: dict[Source, int | None] = {}
        self._known: dict[Any, int] = {}

    def add(self, layer: KerasLayer, call: Call, source: Source) -> None:
        """Take in what one call gives: the mask of its value, or the mask that it computes."""
        own = self._computed if layer.is_operation else self._of_layer
        self._found[source] = own(layer, call)

    def is_default(self, call: Call, key: str) -> bool:
        """Whether the mask at an argument of a call is the one of what the call reads."""
        given = leaves(call.kwargs[key])
        masks = [self._given(each) for each in given]
        known = all(
            mask is not None or each is None for mask, each in zip(masks, given, strict=True)
        )
        return known and masks == self._default(call, key)

    def _default(self, call: Call, key: str) -> list[int | None]:
        place, name = _OPERANDS.get(key, (0, ""))
        values = call.kwargs.get(name, call.args[place] if place < len(call.args) else None)
        return [self._mask_of(each) for each in leaves(values)]

    def _mask_of(self, value: Any) -> int | None:
        """The mask of a value."""
        if not isinstance(value, Source):
            return None
        layer = self._model.layers[value.layer]
        if layer.is_operation or (value.place and not _has_masks_behind(layer)):
            return None
        return self._found.get(value._replace(place=0))

    def _given(self, mask: Any) -> int | None:
        """What is computed for a mask."""
        if not isinstance(mask, Source) or not self._model.layers[mask.layer].is_operation:
            return None
        return self._found.get(mask)

    def _number(self, *mask: Any) -> int:
        return self._known.setdefault(mask, len(self._known))

    def _of_layer(self, layer: KerasLayer, call: Call) -> int | None:
        """What `compute_mask` of a layer makes of the masks of what it reads."""
        read = call.sources()
        if layer.model is not None and layer.type != RNN:
            return None
        if layer.type == "Embedding":
            return self._number("ne", read[0], 0.0) if layer.config.get("mask_zero") else None
        if layer.type == "Masking":
            value = float(layer.config.get("mask_value", 0.0))
            return self._number("any", self._number("ne", read[0], value))
        declaration = registry.find(layer.type)
        rule: str = declaration.masks if declaration is not None else "drops"
        operands = call.args[0] if call.args else call.kwargs.get("query")
        given = call.kwargs.get("mask")
        if given is not None:
            listed = [self._given(each) for each in leaves(given)]
        else:
            listed = [self._mask_of(each) for each in leaves(operands)]
        if layer.type in _RECURRENT or layer.type in ("Bidirectional", RNN):
            own = layer.config["layer"]["config"] if "layer" in layer.config else layer.config
            rule = "passes" if own.get("return_sequences") else "drops"
        if rule == "joins":
            return self._joined(layer, sources(operands), listed)
        if "merges" in rule:
            return self._merged(listed)
        return next(iter(listed), None) if "passes" in rule else None

    def _merged(self, masks: list[int | None]) -> int | None:
        if not masks or None in masks:
            return None
        found, *rest = masks
        for each in rest:
            found = self._number("or", found, each)
        return found

    def _joined(
        self, layer: KerasLayer, values: list[Source], masks: list[int | None]
    ) -> int | None:
        if all(mask is None for mask in masks):
            return None
        parts = [
            self._number("all", value) if mask is None else mask
            for value, mask in zip(values, masks, strict=True)
        ]
        return self._number("any", self._number("join", layer.config.get("axis", -1), *parts))

    def _computed(self, layer: KerasLayer, call: Call) -> int | None:
        """What an operation on masks computes; a mask of its own kind where it is another one."""
        read = call.sources()
        parts: list[int | None] = [self._given(each) for each in read]
        if layer.type == "NotEqual" and len(read) == 1 and len(call.args) == 2:
            constant = call.args[1]
            if isinstance(constant, int | float):
                return self._number("ne", read[0], float(constant))
        if layer.type in _TRANSPARENT and len(read) == 1 and parts[0] is not None:
            return parts[0]
        if layer.type == "OnesLike" and read:
            return self._number("all", read[0])
        if layer.type == "ZerosLike" and read:
            return self._number("none")
        if layer.type == "LogicalOr" and len(parts) == 2 and None not in parts:
            return self._number("or", *parts) if parts[1] != self._number("none") else parts[0]
        if layer.type == "Any" and parts and parts[0] is not None:
            return self._number("any", parts[0])
        if layer.type == "Concatenate" and parts and None not in parts:
            return self._number("join", layer.config.get("axis", -1), *parts)
        return None


def _has_masks_behind(layer: KerasLayer) -> bool:
    """Whether its second output has a mask too."""
    return layer.type == "Bidirectional" and layer.config.get("merge_mode") is None
