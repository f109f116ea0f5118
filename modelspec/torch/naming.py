"""What the nodes of a spec are called in Python: as attributes and as variables."""

import builtins
import keyword
from collections.abc import Iterable
from functools import cache

from torch import fx, nn


@cache
def reserved_attributes() -> frozenset[str]:
    """What an `nn.Module` made by `torch.fx` has already: `train`, `code`, `type` ..."""
    return frozenset(dir(fx.GraphModule(nn.Module(), fx.Graph())))


_USED = frozenset({"self", "torch", "nn", "inf", "nan", "device", "NoneType"})
"""What generated code calls by these names."""


def argument_name(name: str) -> str:
    """An input's name as an argument of `forward`."""
    return f"{name}_" if keyword.iskeyword(name) or name in _USED else name


def variable_name(name: str) -> str:
    """A node's name as a variable of `forward`."""
    return f"{name}_" if hasattr(builtins, name) else argument_name(name)


def activity_name(attribute: str) -> str:
    """The attribute, if it is free, of what notes the cost of a layer's outputs."""
    return f"{attribute}_activity"


class Attributes:
    """Gives out the attributes of one module, each to one owner.

    An attribute is its owner's name. Where the name is taken (by Python, by `nn.Module`, or by a
    node while a shared layer wants it too), underscores follow it.
    """

    def __init__(self, nodes: Iterable[str]) -> None:
        self._nodes = frozenset(nodes)
        self._taken: dict[str, tuple[str, bool]] = {}

    def of(self, name: str, *, shared: bool) -> str:
        """The attribute of a node, or of a shared layer."""
        owner = (name, shared)
        while self._is_reserved(name, owner) or self._taken.setdefault(name, owner) != owner:
            name += "_"
        return name

    def _is_reserved(self, name: str, owner: tuple[str, bool]) -> bool:
        if keyword.iskeyword(name) or name in reserved_attributes():
            return True
        wanted, shared = owner
        return name in self._nodes and (shared or name != wanted)
