"""The classes of a built module and of the blocks in it, inner ones first, each once."""

from __future__ import annotations

import re
from copy import deepcopy

from torch import fx, nn

from modelspec.diagnostics.plugin_error import PluginError
from modelspec.torch.layers import freeze
from modelspec.torch.printing.constructors import UnprintableError, constructor
from modelspec.torch.printing.forward import forward_lines
from modelspec.torch.printing.sources import NoSourceError, Sources
from modelspec.torch.regularization import ActivityRegularizer

MODEL = "Model"
"""What the class of a whole model is called."""
_INDENT = 8


class Classes:
    """Prints the classes of a module.

    Args:
        module: The whole model.

    Attributes:
        sources: What they are made of.
        texts: The classes by name, those of blocks before those that call them.
        arguments: What the model's `forward` takes.

    Raises:
        PluginError: A layer cannot be written as code; the message names it.
    """

    def __init__(self, module: fx.GraphModule) -> None:
        self.sources = Sources()
        self.texts: dict[str, str] = {}
        self.arguments: list[str] = []
        self._add(module, MODEL)
        self.texts.clear()  # again, as the names of all that is inlined are known now
        self._add(module, MODEL)

    def _add(self, module: fx.GraphModule, wanted: str) -> str:
        """The name of the class of a module, which is printed unless an equal one is there."""
        recorded = _without_costs(module)
        parts = {
            name: part
            for name, part in module.named_children()
            if not isinstance(part, ActivityRegularizer)
        }
        made = [line for name, part in parts.items() for line in self._made(name, part)]
        head = ["    def __init__(self):", "        super().__init__()", *made, ""] if made else []
        body = "\n".join([*head, *self._forward(recorded)])
        return self._named(wanted, body)

    def _forward(self, recorded: fx.Graph) -> list[str]:
        try:
            lines = forward_lines(recorded, self.sources)
        except NoSourceError as error:
            raise _refused("a function that it calls", error) from error
        self.arguments = [str(n.target) for n in recorded.nodes if n.op == "placeholder"]
        return lines

    def _named(self, wanted: str, body: str) -> str:
        name, count = wanted, 1
        while self.texts.get(name, body) != body or name in self.sources.names:
            count += 1
            name = f"{wanted}{count}"
        self.texts[name] = body
        return name

    def _made(self, name: str, part: nn.Module) -> list[str]:
        """The lines that make a part of a module anew, with other weights."""
        if isinstance(part, fx.GraphModule):
            return [f"        self.{name} = {self._add(part, class_name(type(part).__name__))}()"]
        try:
            made = constructor(part, self._class_of, _INDENT)
        except (UnprintableError, NoSourceError) as error:
            raise _refused(f"`{name}`", error) from error
        lines = [f"        self.{name} = {made}"]
        if _is_frozen(part):
            lines.append(f"        {self.sources.add(freeze)}(self.{name})")
        return lines

    def _class_of(self, kind: type) -> str:
        kind = getattr(kind, "plain", kind)
        if kind.__module__.startswith("torch.nn."):
            return f"nn.{kind.__name__}"
        return self.sources.add(kind)


def _refused(what: str, error: Exception) -> PluginError:
    return PluginError(
        f"{what} cannot be written as code: {error}",
        "let a plugin's module keep each argument of its constructor as the attribute of that name,"
        " plain values all, and its source need none of modelspec's declarations",
    )


def _is_frozen(part: nn.Module) -> bool:
    parameters = list(part.parameters())
    if parameters:
        return not any(each.requires_grad for each in parameters)
    return any(getattr(each, "frozen", False) for each in part.modules())


def _without_costs(module: fx.GraphModule) -> fx.Graph:
    """What is recorded, without what only notes the costs of outputs."""
    graph = deepcopy(module.graph)
    for node in graph.nodes:
        if node.op == "call_module":
            part = module.get_submodule(str(node.target))
            if isinstance(part, ActivityRegularizer):
                node.replace_all_uses_with(node.args[0])
                graph.erase_node(node)
    return graph


def class_name(name: str) -> str:
    """`inception_block` as the name of a class."""
    words = re.findall(r"[A-Za-z0-9]+", name)
    found = "".join(word[0].upper() + word[1:] for word in words) or "Block"
    return f"Block{found}" if found[0].isdigit() or found == MODEL else found
