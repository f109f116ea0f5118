"""The values inside a module, for `predict --output NODE`."""

from collections.abc import Iterable, Mapping
from typing import Any

from torch import Tensor, fx

from modelspec.diagnostics import did_you_mean
from modelspec.torch.module import SpecModule


def paths(module: fx.GraphModule) -> list[str]:
    """The paths of all values that `values_at` can give: `fc1`, `stage_1/conv1`."""
    found: dict[str, None] = {}
    stack = [("", module)]
    while stack:
        prefix, part = stack.pop()
        for node in part.graph.nodes:
            found |= dict.fromkeys(_paths(prefix, node))
            if node.op == "call_module":
                inner = part.get_submodule(str(node.target))
                if isinstance(inner, fx.GraphModule):
                    stack.append((_inside(prefix, node), inner))
    return list(found)


def values_at(
    module: SpecModule, inputs: Mapping[str, Tensor], wanted: Iterable[str]
) -> dict[str, Any]:
    """Run a module, node by node, and give the values at some of its nodes.

    Args:
        module: What `build` has made.
        inputs: The inputs by name.
        wanted: Paths of nodes, as `paths` lists them. An inner node of a block is reached
            through the node that calls the block: `left/conv1`.

    Raises:
        LookupError: A path leads nowhere.
    """
    known = paths(module)
    for path in (wanted := list(wanted)):
        if path not in known:
            near = did_you_mean(path, known)
            raise LookupError(f"no node `{path}`" + (f" (did you mean `{near}`?)" if near else ""))
    found: dict[str, Any] = {}
    _Watch(module, "", found).run(*(inputs[name] for name in module.input_names))
    return {path: found[path] for path in wanted}


def first_not_finite(module: SpecModule, inputs: Mapping[str, Tensor]) -> str | None:
    """The path of the first value on the way through a module that is not finite, if one is.

    Args:
        module: What `build` has made.
        inputs: The inputs by name.
    """
    found: dict[str, Any] = {}
    _Watch(module, "", found).run(*(inputs[name] for name in module.input_names))
    return next((path for path, value in found.items() if not _is_finite(value)), None)


def _is_finite(value: Any) -> bool:
    if isinstance(value, Tensor):
        return not value.is_floating_point() or bool(value.isfinite().all())
    if isinstance(value, dict):
        value = list(value.values())
    return not isinstance(value, tuple | list) or all(map(_is_finite, value))


class _Watch(fx.Interpreter):
    """Keeps the value of each node that is a value of the spec."""

    def __init__(self, module: fx.GraphModule, prefix: str, found: dict[str, Any]) -> None:
        super().__init__(module)
        self._prefix = prefix
        self._found = found
        self._node: fx.Node | None = None

    def run_node(self, n: fx.Node) -> Any:
        self._node = n
        value = super().run_node(n)
        self._found |= dict.fromkeys(_paths(self._prefix, n), value)
        return value

    def call_module(self, target: Any, args: Any, kwargs: Any) -> Any:
        module = self.fetch_attr(target)
        if not isinstance(module, fx.GraphModule):
            return module(*args, **kwargs)
        assert self._node is not None
        inside = _inside(self._prefix, self._node)
        return _Watch(module, inside, self._found).run(*args, **kwargs)


def _paths(prefix: str, node: fx.Node) -> list[str]:
    """The paths of the spec's values that this is; none on the way to one."""
    return [f"{prefix}{value}" for value in node.meta.get("values", ())]


def _inside(prefix: str, call: fx.Node) -> str:
    return f"{prefix}{call.meta['modelspec'].rpartition('/')[2]}/"
