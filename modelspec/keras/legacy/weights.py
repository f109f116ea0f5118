"""Which of the arrays of an HDF5 file belong to which layer.

A layer of the whole model has a group with all its arrays in order: those that are trained, then
the others. So does a model in the model, across all its layers, in whose names there is no trust;
how many arrays each of them has follows from its class and arguments.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from modelspec.keras.model import BrokenError

if TYPE_CHECKING:
    from modelspec.keras.model import KerasLayer, KerasModel


class Counts(NamedTuple):
    """How many arrays a layer has.

    Attributes:
        trained: Those that are trained.
        held: The others.
    """

    trained: int
    held: int = 0


class Place(NamedTuple):
    """Where the arrays of a layer lie.

    Attributes:
        group: The layer of the whole model that it is, or lies in.
        indices: Which of the group's arrays.
        kind: Its class.
        whole: How many arrays the group has.
    """

    group: str
    indices: list[int]
    kind: str
    whole: int


class _Array(NamedTuple):
    owner: str
    trained: bool


def places(model: KerasModel) -> dict[str, Place]:
    """Where the arrays of each layer lie, by a path that each layer is given as its `weights`.

    Raises:
        BrokenError: A layer's arguments do not say how many arrays it has.
    """
    found: dict[str, Place] = {}
    for layer in model.layers.values():
        kinds: dict[str, str] = {}
        arrays = _arrays(layer, "", kinds)
        for path, kind in kinds.items():
            indices = [place for place, each in enumerate(arrays) if each.owner == path]
            found[path] = Place(layer.name, indices, kind, len(arrays))
    return found


def _arrays(layer: KerasLayer, prefix: str, kinds: dict[str, str]) -> list[_Array]:
    """The arrays of a layer, in the order in which Keras saves them."""
    path = f"{prefix}{layer.name}"
    layer.weights = path
    inner = layer.model or layer.wrapped
    if inner is not None:
        inside = [each for own in inner.layers.values() for each in _arrays(own, f"{path}/", kinds)]
        arrays = _sorted(inside)
    else:
        kinds[path] = layer.type
        counts = Counts(0) if layer.is_operation else count(layer.type, layer.config)
        arrays = [_Array(path, True)] * counts.trained + [_Array(path, False)] * counts.held
    if layer.config.get("trainable") is False:
        arrays = [each._replace(trained=False) for each in arrays]
    return arrays


def _sorted(arrays: list[_Array]) -> list[_Array]:
    return sorted(arrays, key=lambda each: not each.trained)


_KERNEL_AND_BIAS = ("Dense", "Conv", "DepthwiseConv")
_RECURRENT = ("LSTM", "GRU", "SimpleRNN", "ConvLSTM")
_SCALED = ("LayerNormalization", "GroupNormalization")
_HEADED = ("MultiHeadAttention", "GroupedQueryAttention")


def count(kind: str, config: dict[str, Any]) -> Counts:
    """How many arrays a layer has.

    Args:
        kind: The class.
        config: Its arguments.

    Raises:
        BrokenError: A wrapper holds no layer.
    """
    bias = config.get("use_bias", True) is not False
    if kind in ("TimeDistributed", "Bidirectional", "SpectralNormalization"):
        own = _of_wrapped(kind, config)
        if kind == "Bidirectional":
            return Counts(2 * own.trained, 2 * own.held)
        return Counts(own.trained, own.held + (kind == "SpectralNormalization"))
    if kind.startswith("Separable"):
        return Counts(2 + bias)
    if kind.startswith(_RECURRENT):
        return Counts(2 + bias)
    if kind == "EinsumDense":
        return Counts(1 + (config.get("bias_axes") is not None))
    if kind.startswith(_KERNEL_AND_BIAS):
        return Counts(1 + bias)
    scaled = sum(config.get(key, True) is not False for key in ("scale", "center"))
    if kind == "BatchNormalization":
        return Counts(scaled, 5 if config.get("renorm") else 2)
    if kind in _SCALED:
        return Counts(1 if config.get("rms_scaling") else scaled)
    if kind in _HEADED:
        return Counts(4 * (1 + bias) + (1 + bias) * bool(config.get("use_gate")))
    return _OTHERS[kind](config) if kind in _OTHERS else Counts(0)


def _of_wrapped(kind: str, config: dict[str, Any]) -> Counts:
    inner = config.get("layer")
    if not isinstance(inner, dict) or not isinstance(inner.get("config"), dict):
        raise BrokenError(f"a `{kind}` holds no layer")
    own = count(str(inner.get("class_name")), inner["config"])
    return Counts(0, sum(own)) if inner["config"].get("trainable") is False else own


def _attention(config: dict[str, Any]) -> Counts:
    return Counts(bool(config.get("use_scale")) + (config.get("score_mode") == "concat"))


def _normalization(config: dict[str, Any]) -> Counts:
    return Counts(0, 3 if config.get("mean") is None else 0)


_OTHERS: dict[str, Any] = {
    "AdditiveAttention": lambda config: Counts(config.get("use_scale", True) is not False),
    "Attention": _attention,
    "Embedding": lambda _: Counts(1),
    "LayerScale": lambda _: Counts(1),
    "Normalization": _normalization,
    "PReLU": lambda _: Counts(1),
    "RMSNormalization": lambda _: Counts(1),
    "ReversibleEmbedding": lambda config: Counts(1 + (config.get("tie_weights") is False)),
}
