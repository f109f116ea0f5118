"""Families of layers, and the colours that everything has by name."""

from typing import NamedTuple

from modelspec.layers import Layer

FONT = 'Helvetica, Arial, "Liberation Sans", sans-serif'


class Paint(NamedTuple):
    """One named colour, on a light and on a dark ground."""

    light: str
    dark: str


PAINTS: dict[str, Paint] = {
    "ground": Paint("#ffffff", "#12161d"),
    "card": Paint("#ffffff", "#1d232d"),
    "rim": Paint("#cdd5e0", "#3a4453"),
    "shadow": Paint("#e6ebf2", "#0b0e13"),
    "ink": Paint("#1b2433", "#e8edf4"),
    "soft": Paint("#64708a", "#9aa7bd"),
    "line": Paint("#8592a8", "#7d8aa1"),
    "on-colour": Paint("#ffffff", "#ffffff"),
    "on-colour-soft": Paint("#ffffff", "#f2f5f9"),
    "conv": Paint("#2f6fd0", "#2c63b8"),
    "dense": Paint("#12837a", "#0f746c"),
    "pooling": Paint("#b8651b", "#a35916"),
    "recurrent": Paint("#7a4fd1", "#6c45bd"),
    "attention": Paint("#4b4fc9", "#4347b5"),
    "normalization": Paint("#4d7c0f", "#466f10"),
    "regularization": Paint("#7d7468", "#6d655a"),
    "merging": Paint("#3f4b60", "#4b5970"),
    "reshaping": Paint("#6b778c", "#5c677a"),
    "activation": Paint("#b0398f", "#9c327f"),
    "embedding": Paint("#1f7fa6", "#1b6f91"),
    "other": Paint("#5a6478", "#525c6f"),
    "block": Paint("#33415c", "#44546f"),
    "input": Paint("#eef3fa", "#273142"),
    "input-rim": Paint("#8ea3c4", "#5c6f90"),
    "output": Paint("#1f2a3d", "#dfe6f0"),
    "on-output": Paint("#ffffff", "#12161d"),
    "on-output-soft": Paint("#b9c4d6", "#4b5970"),
    "tint-0": Paint("#f4f7fb", "#181e27"),
    "tint-1": Paint("#e9eef6", "#1e2631"),
    "tint-2": Paint("#dfe6f1", "#25303d"),
    "band-0": Paint("#e3e9f3", "#243041"),
    "band-1": Paint("#d7e0ed", "#2c394c"),
    "band-2": Paint("#cbd6e6", "#344358"),
    "error": Paint("#d6293e", "#ef4b5e"),
    "warning": Paint("#d98206", "#e8971f"),
    "info": Paint("#3b82c4", "#5a9bd8"),
    "added": Paint("#1a8a3c", "#2fae58"),
    "removed": Paint("#d6293e", "#ef4b5e"),
    "changed": Paint("#c08a00", "#d9a514"),
    "follows": Paint("#9aa3b2", "#6f7a8c"),
    "shared-0": Paint("#0369a1", "#0b76b3"),
    "shared-1": Paint("#6d28d9", "#7c3aed"),
    "shared-2": Paint("#047857", "#0a8a66"),
    "shared-3": Paint("#be185d", "#cc2a6c"),
    "shared-4": Paint("#854d0e", "#9a5c16"),
    "shared-5": Paint("#c2410c", "#c2571f"),
}

SHARED_COLOURS = 6
TINTS = 3

_BY_TYPE = {"Dense": "dense", "Activation": "activation", "Embedding": "embedding"}
_BY_PAGE = {
    "convolution_layers": "conv",
    "pooling_layers": "pooling",
    "recurrent_layers": "recurrent",
    "normalization_layers": "normalization",
    "regularization_layers": "regularization",
    "attention_layers": "attention",
    "reshaping_layers": "reshaping",
    "merging_layers": "merging",
    "activation_layers": "activation",
    "core_layers": "dense",
    "preprocessing_layers": "embedding",
}


def family(layer: object) -> str:
    """The family of a layer type, a key of `PAINTS`; a wrapper has that of what it holds."""
    inner = getattr(layer, "layer", None)
    if isinstance(inner, Layer):
        return family(inner)
    if not isinstance(layer, Layer):
        return "other"
    by_type = _BY_TYPE.get(type(layer).__name__)
    return by_type or _BY_PAGE.get(layer.keras.partition("/")[0], "other")
