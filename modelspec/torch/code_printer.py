"""The code of a built module, to be read: one class for the model and one for each block."""

import re
from typing import Any

from torch import fx, nn

from modelspec.graph.graph import Graph
from modelspec.torch.build import build

_FREED = re.compile(r";  (?:\w+ = )+None\b.*$", re.MULTILINE)
"""What `torch.fx` adds so that values are freed early."""

_SLICE = re.compile(r"\bslice\((\w+|-\d+), (\w+|-\d+), None\)")


def code(graph: Graph) -> str:
    """The code of what `build` makes of a graph without errors."""
    return code_of(build(graph, seed=0))


def code_of(module: fx.GraphModule) -> str:
    """The classes of a built module and of the blocks in it, inner ones first, each once."""
    printer = _Printer()
    printer.class_of(module)
    imports = ["import torch", "from torch import nn", *sorted(printer.imports)]
    return "\n".join(imports) + "\n" + "".join(f"\n\n{text}" for text in printer.classes.values())


class _Printer:
    def __init__(self) -> None:
        self.imports: set[str] = set()
        self.classes: dict[str, str] = {}

    def class_of(self, module: fx.GraphModule) -> str:
        """The name of the class of a module, which is printed unless an equal one is there."""
        made = [
            f"        self.{name} = {self._made(part)}" for name, part in module.named_children()
        ]
        head = ["    def __init__(self):", "        super().__init__()", *made, ""] if made else []
        body = "\n".join([*head, self._forward(module)])
        wanted = _class_name(type(module).__name__)
        name, count = wanted, 1
        while name in self.classes and self.classes[name] != _class(name, body):
            count += 1
            name = f"{wanted}{count}"
        self.classes[name] = _class(name, body)
        return name

    def _made(self, part: nn.Module) -> str:
        if isinstance(part, fx.GraphModule):
            return f"{self.class_of(part)}()"
        text = re.sub(r"\s*\n\s*", " ", repr(part))
        kind = type(part)
        if kind.__module__.startswith("torch.nn"):
            return f"nn.{text}"
        self.imports.add(f"from {kind.__module__} import {kind.__name__}")
        return text

    def _forward(self, module: fx.GraphModule) -> str:
        generated = module.graph.python_code("self")
        text = _FREED.sub("", generated.src.strip().replace("'", '"'))
        text = text.replace("torch.nn.functional.", "nn.functional.")
        for name, value in generated.globals.items():
            text = self._with_short_name(text, name, value)
        return "".join(f"    {_tidy(line)}\n" for line in text.splitlines() if line.strip())

    def _with_short_name(self, text: str, name: str, value: Any) -> str:
        home = getattr(value, "__module__", None) or ""
        if not home.startswith("modelspec.") or not re.search(rf"\b{name}\b", text):
            return text
        self.imports.add(f"from {home} import {value.__name__}")
        return re.sub(rf"\b{name}\b", value.__name__, text)


def _tidy(line: str) -> str:
    """`out = softmax(x, dim=-1)` in the place of `dim = -1`."""
    target, equals, value = line.partition(" = ")
    return target + equals + _SLICE.sub(_slice, value.replace(" = ", "="))


def _slice(match: re.Match[str]) -> str:
    return ":".join("" if bound == "None" else bound for bound in match.groups())


def _class(name: str, body: str) -> str:
    return f"class {name}(nn.Module):\n{body}"


def _class_name(name: str) -> str:
    words = re.findall(r"[A-Za-z0-9]+", name)
    return "".join(word[0].upper() + word[1:] for word in words) or "Model"
