"""What makes a module anew, its weights aside: a call of its class.

The arguments are what the module keeps under their names. Torch keeps a parameter, or None, under
the name of a flag that asks for it.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from torch import Tensor, nn

from modelspec.torch.printing.literals import call, literal

if TYPE_CHECKING:
    from collections.abc import Callable

_CONTAINERS = (nn.Sequential, nn.ModuleList)
_OF_TORCH = ("device", "dtype")
"""Arguments of torch's own that say where weights lie."""


class UnprintableError(Exception):
    """There is no code that makes a module."""


def constructor(module: nn.Module, name_of: Callable[[type], str], indent: int) -> str:
    """The call that makes a module.

    Args:
        module: No block.
        name_of: What a class is called in the file.
        indent: How far the line is indented.

    Raises:
        UnprintableError: An argument is not kept under its name, or is nothing that code can say.
    """
    name = name_of(type(module))
    if type(module) in _CONTAINERS:
        parts = [constructor(part, name_of, 0) for part in module.children()]
        listed = [f"[{', '.join(parts)}]"] if isinstance(module, nn.ModuleList) else parts
        return call(name, listed, indent)
    arguments = []
    for parameter in inspect.signature(type(module)).parameters.values():
        text = _argument(module, parameter, name_of)
        if text is not None:
            arguments.append(text)
    return call(name, arguments, indent)


def _argument(
    module: nn.Module, parameter: inspect.Parameter, name_of: Callable[[type], str]
) -> str | None:
    name = parameter.name
    if name.startswith("_") or (_is_torchs(module) and name in _OF_TORCH):
        return None
    if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
        raise UnprintableError(f"`{type(module).__name__}` takes any arguments (`*{name}`)")
    missing = object()
    value = getattr(module, name, missing)
    if value is missing:
        raise UnprintableError(
            f"`{type(module).__name__}` does not keep its argument `{name}` as `self.{name}`"
        )
    if name in module._parameters:
        value = value is not None
    if _same(value, parameter.default):
        return None
    if isinstance(value, nn.Module):
        text: str | None = constructor(value, name_of, 0)
    else:
        text = literal(value)
    if text is None:
        whose, kind = type(module).__name__, type(value).__name__
        raise UnprintableError(f"the argument `{name}` of `{whose}` is of type `{kind}`")
    return text if parameter.kind is parameter.POSITIONAL_ONLY else f"{name}={text}"


def _same(value: Any, default: Any) -> bool:
    if isinstance(value, Tensor | nn.Module) or default is inspect.Parameter.empty:
        return False
    return type(value) is type(default) and bool(value == default)


def _is_torchs(module: nn.Module) -> bool:
    return type(module).__module__.startswith("torch.")
