"""The code of a built module, to be read: one class for the model and one for each block."""

import json
import math
import re
from typing import Any

from torch import fx, nn

from modelspec.graph.graph import Graph
from modelspec.layers import Layer
from modelspec.layers.choices import Option
from modelspec.shapes import Shape
from modelspec.torch.build import DECLARED, build
from modelspec.torch.layers import declaration_of, layer_module
from modelspec.torch.regularization import ActivityRegularizer

_FREED = re.compile(r";  (?:\w+ = )+None\b.*$", re.MULTILINE)
"""What `torch.fx` adds so that values are freed early."""

_SLICE = re.compile(r"\bslice\(([^,()]+), ([^,()]+), ([^,()]+)\)")
WIDTH = 70
"""How long arguments may be on the line of their call."""
_INDEX = re.compile(r"\[\(?((?:slice\([^()]*\)|[^][()])*)\)?\]")
"""What stands in brackets: an index, if there is a slice in it."""


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
        declared = module.meta.get(DECLARED, {})
        made = [
            f"        self.{name} = {self._made(part, declared.get(name))}"
            for name, part in module.named_children()
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

    def _made(self, part: nn.Module, declared: tuple[Layer, tuple[Shape, ...]] | None) -> str:
        """What makes a part of a module anew, with other weights."""
        if isinstance(part, fx.GraphModule):
            return f"{self.class_of(part)}()"
        if isinstance(part, ActivityRegularizer):
            options = [self._option(option) for option in part.options]
            return f"{self._imported(ActivityRegularizer)}([{', '.join(options)}])"
        if type(part).__module__.startswith("torch.nn.") and not any(part.children()):
            return f"nn.{part!r}"
        if declared is None:
            return f"{self._imported(type(part))}{repr(part).removeprefix(type(part).__name__)}"
        layer, shapes = declared
        arguments = [_literal(declaration_of(layer)), *map(_sizes, shapes)]
        head, inside = self._imported(layer_module), ", ".join(arguments)
        if len(inside) <= WIDTH:
            return f"{head}({inside})"
        broken = "".join(f"            {argument},\n" for argument in arguments)
        return f"{head}(\n{broken}        )"

    def _option(self, option: Option) -> str:
        self._imported(type(option))
        return repr(option)

    def _imported(self, what: Any) -> str:
        home = "modelspec.torch.layers" if what is layer_module else what.__module__
        self.imports.add(f"from {home} import {what.__name__}")
        return str(what.__name__)

    def _forward(self, module: fx.GraphModule) -> str:
        generated = module.graph.python_code("self")
        text = _FREED.sub("", generated.src.strip().replace("'", '"'))
        text = text.replace("torch.nn.functional.", "nn.functional.")
        for name, value in generated.globals.items():
            text = self._with_short_name(text, name, value)
        return "".join(f"    {_tidy(line)}\n" for line in text.splitlines() if line.strip())

    def _with_short_name(self, text: str, name: str, value: Any) -> str:
        if isinstance(value, float):  # `inf`
            return re.sub(rf"\b{name}\b", f'float("{value}")', text)
        home = getattr(value, "__module__", None) or ""
        if not home.startswith("modelspec.") or not re.search(rf"\b{name}\b", text):
            return text
        self._imported(value)
        return re.sub(rf"\b{name}\b", value.__name__, text)


def _tidy(line: str) -> str:
    """`out = softmax(x, dim=-1)` in the place of `dim = -1`."""
    target, equals, value = line.partition(" = ")
    return target + equals + _INDEX.sub(_index, value.replace(" = ", "="))


def _index(match: re.Match[str]) -> str:
    """`[:, 1:]` in the place of `[(slice(None, None, None), slice(1, None, None))]`."""
    inside = match.group(1)
    if "slice(" not in inside:
        return match.group()
    return f"[{_SLICE.sub(_slice, inside).replace('Ellipsis', '...')}]"


def _slice(match: re.Match[str]) -> str:
    start, stop, step = ("" if bound == "None" else bound for bound in match.groups())
    return f"{start}:{stop}:{step}" if step else f"{start}:{stop}"


def _sizes(shape: Shape) -> str:
    """A shape as `layer_module` takes it."""
    sizes = [str(size) if isinstance(size, int) else "None" for size in shape]
    return f"({', '.join(sizes)}{',' * (len(sizes) == 1)})"


def _literal(value: Any) -> str:
    """A value as Python writes it, texts in double quotes."""
    if isinstance(value, dict):
        return (
            f"{{{', '.join(f'{_literal(key)}: {_literal(item)}' for key, item in value.items())}}}"
        )
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_literal, value))}]"
    if isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    return repr(value)


def _class(name: str, body: str) -> str:
    return f"class {name}(nn.Module):\n{body}"


def _class_name(name: str) -> str:
    words = re.findall(r"[A-Za-z0-9]+", name)
    return "".join(word[0].upper() + word[1:] for word in words) or "Model"
