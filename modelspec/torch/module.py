"""What `build` makes: an ordinary `nn.Module` that takes tensors by position, keyword or dict."""

from collections.abc import Mapping
from types import FunctionType
from typing import Any

from torch import fx, nn

from modelspec.diagnostics import did_you_mean, name_list


class InputError(TypeError):
    """A call lacks inputs, or has some that the model does not know: names them."""


class SpecModule(fx.GraphModule):
    """A built spec.

    `module(x, y)`, `module(x=x, y=y)` and `module({"x": x, "y": y})` are the same. What comes
    back is a dict of the outputs, in the spec's order. `forward` is generated code, which
    `module.code` shows.

    Attributes:
        input_names: The inputs, in the order of `forward`'s arguments.
    """

    def __init__(
        self, root: nn.Module | dict[str, Any], graph: fx.Graph, class_name: str = "SpecModule"
    ) -> None:
        # torch.compile keeps what it has compiled by code object, and only so much of it: with one
        # `__call__` for all, the tenth module of a process would no longer be compiled.
        type(self).__call__ = _copy(SpecModule.__call__)  # type: ignore[method-assign, arg-type]
        super().__init__(root, graph, class_name)
        self.input_names = tuple(
            str(node.meta.get("modelspec", node.target))
            for node in graph.nodes
            if node.op == "placeholder"
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run it, the inputs being put in the order of `forward`'s arguments.

        Raises:
            InputError: Inputs are missing, unknown or given twice.
        """
        if kwargs or len(args) != len(self.input_names) or isinstance(args[0], Mapping):
            args = self._in_order(args, kwargs)
        return super().__call__(*args)

    def _in_order(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        given: dict[str, Any]
        if len(args) == 1 and isinstance(args[0], Mapping):
            given, twice = {**args[0], **kwargs}, [name for name in kwargs if name in args[0]]
        else:
            given = dict(zip(self.input_names, args, strict=False)) | kwargs
            twice = [name for name in self.input_names[: len(args)] if name in kwargs]
        surplus = len(args) - len(self.input_names)
        if surplus > 0 or twice or given.keys() != set(self.input_names):
            raise InputError(self._complaint(given, twice, surplus))
        return tuple(given[name] for name in self.input_names)

    def _complaint(self, given: dict[str, Any], twice: list[str], surplus: int) -> str:
        missing = [name for name in self.input_names if name not in given]
        parts = [f"{name_list(missing)} missing"] if missing else []
        parts += [self._unknown(name) for name in given if name not in self.input_names]
        if twice:
            parts.append(f"{name_list(twice)} given twice")
        if surplus > 0:
            parts.append(f"{surplus} too many given")
        return f"the model takes {name_list(self.input_names)}: {'; '.join(parts)}"

    def _unknown(self, name: str) -> str:
        near = did_you_mean(name, self.input_names)
        return f"`{name}` is not an input" + (f" (did you mean `{near}`?)" if near else "")

    def _deepcopy_init(self) -> Any:
        return SpecModule.__init__


def _copy(function: FunctionType) -> FunctionType:
    """A function with a code object of its own."""
    code = function.__code__.replace()
    return FunctionType(code, function.__globals__, closure=function.__closure__)
