"""The keys of a spec's own sections."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from modelspec.language.describe_values import shown

Named = dict[str, Any]
"""A mapping from names, which have checks of their own."""
_AtLeastOne = Annotated[Named, Field(min_length=1)] | Annotated[list[Any], Field(min_length=1)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class BlockSection(_Section):
    """A block that is written where it is used: a spec without losses."""

    description: str = ""
    """What it is for."""
    params: Named | None = None
    """Values that `$name` stands for, with their defaults; null for one that must be given."""
    inputs: _AtLeastOne
    """What flows in: names, or names with shapes."""
    layers: Named
    """The nodes, each a layer, a block or a call of a shared layer."""
    shared: Named | None = None
    """Layers that are called by several nodes, with one set of weights."""
    blocks: Named | None = None
    """Models that are used as layers, by name; a text is the path of a spec."""
    edges: list[Any] | None = None
    """What flows where: `a -> b`. Without it, the layers are one chain."""
    outputs: _AtLeastOne
    """What flows out."""


def _integer(version: object) -> object:
    """`true` is equal to 1, and no version."""
    if isinstance(version, bool | float):
        raise PydanticCustomError("MS203", f"`version` is an integer, not {shown(version)}")
    return version


class SpecSection(BlockSection):
    """A spec file."""

    version: Annotated[Literal[1], BeforeValidator(_integer)] = 1
    """The version of the language."""
    name: str = ""
    """What the model is called; by default, the file's name."""
    data: Named | None = None
    """Where the arrays come from."""
    train: Named | None = None
    """How the model is trained."""
    tune: Named | None = None
    """The search space."""


class InputSection(_Section):
    """An input."""

    shape: list[Any] | None = None
    """Its sizes without the batch axis: integers, symbols, or null for any size."""
    dtype: (
        Literal[
            "float16",
            "bfloat16",
            "float32",
            "float64",
            "bool",
            "int8",
            "int16",
            "int32",
            "int64",
            "uint8",
        ]
        | None
    ) = None
    """What it holds; float32 by default."""
    description: str = ""
    """What it is."""


class BlockOutputSection(_Section):
    """An output of a block."""

    from_: Annotated[str, Field(alias="from")] = ""
    """The node, or `node.port`, that it takes its value from; by default the one of its name."""
    description: str = ""
    """What it is."""


class PlainOutputSection(BlockOutputSection):
    """An output of a spec that is predicted as it is."""

    loss: str | dict[str, Any] | None = None
    """What it is trained with, `huber` or `{type: huber, delta: 2}`; without one, it is predicted
    only."""
    weight: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 1.0
    """How much its loss counts beside the other outputs'."""
    metrics: list[str | dict[str, Any]] = []
    """What it is measured with: names, or `{type: auc, curve: PR}`."""
    class_weight: dict[str, Annotated[float, Field(ge=0, allow_inf_nan=False)]] = {}
    """How much the rows of each class count."""
