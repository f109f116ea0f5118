"""The whole file: a docstring, what the model is made of, its class, `load`, and an example."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from modelspec.layers.values import Tensor
from modelspec.shapes import Expr, evaluate
from modelspec.torch.build import build
from modelspec.torch.printing.classes import MODEL, Classes
from modelspec.torch.printing.literals import literal

if TYPE_CHECKING:
    from modelspec.graph.graph import Graph, Node
    from modelspec.torch.module import SpecModule

OPEN_SIZE = 2
"""How long an example is along an axis that has no name."""


def code(graph: Graph) -> str:
    """The code of what `build` makes of a graph without errors.

    Raises:
        PluginError: A layer cannot be written as code; the message names it.
    """
    return code_of(build(graph, seed=0), graph)


def code_of(module: SpecModule, graph: Graph, weights: str = "") -> str:
    """One file that needs torch and safetensors only.

    Args:
        module: What `build` has made of the graph.
        graph: Says what goes in and comes out.
        weights: The file beside it that holds `module.state_dict()`; empty if there is none.

    Raises:
        PluginError: A layer cannot be written as code; the message names it.
    """
    classes = Classes(module)
    own = [f"class {name}(nn.Module):\n{body}" for name, body in classes.texts.items()]
    made = "load()" if weights else f"{MODEL}().eval()"
    own += [_load(weights), _example(module, graph, classes.arguments, made)]
    needed = classes.sources.text("\n".join(own))
    head = [
        f'"""{_docstring(graph, weights, classes)}"""',
        "from __future__ import annotations",
        import_lines(classes.sources.imports),
    ]
    return "\n\n\n".join(["\n\n".join(head), *filter(None, [needed]), *own]) + "\n"


def _docstring(graph: Graph, weights: str, classes: Classes) -> str:
    name = (graph.name or "A model").replace("\\", "/").replace('"', "'")
    where = (
        f"Its weights lie beside it, in `{weights}`"
        if weights
        else "It has no weights: `load` reads some"
    )
    lines = [f"{name}, as plain PyTorch. {where}.", ""]
    lines += ["Inputs, the batch axis first, channels last:"]
    pairs = zip(classes.arguments, graph.inputs.values(), strict=True)
    lines += [f"    {argument}: {_said(node.outputs[''])}" for argument, node in pairs]
    lines += ["Outputs, by name:"]
    lines += [f"    {name}: {_said(output.value)}" for name, output in graph.outputs.items()]
    decoded = [name for name, output in graph.outputs.items() if output.decode is not None]
    lines += ["", *_left_out(decoded)]
    return "\n".join(lines) + "\n"


def _left_out(decoded: list[str]) -> list[str]:
    lines = [
        "What is done to the data before and after is not in this file, nor what training adds:",
        "losses, regularizers, the optimizer.",
    ]
    if decoded:
        names = ", ".join(f"`{name}`" for name in decoded)
        lines.append(
            f"Nor is the decoding of {names}: the model gives the next token of each step."
        )
    return lines


def _said(value: object) -> str:
    assert isinstance(value, Tensor)
    sizes = ", ".join(["batch", *(str(size) for size in value.shape or ())])
    return f"{value.dtype} [{sizes}]"


def import_lines(lines: set[str]) -> str:
    """The imports, those of the standard library first, names of one module in one line."""
    joined: dict[str, list[str]] = {}
    for line in sorted(lines):
        head, _, name = line.partition(" import ")
        joined.setdefault(head, []).extend([name] if name else [])
    groups: tuple[list[str], list[str]] = ([], [])
    for head, names in joined.items():
        listed = f" import {', '.join(sorted(names, key=_by_case))}" if names else ""
        groups[_is_foreign(head)].append(head + listed)
    for group in groups:
        group.sort(key=lambda line: (line.startswith("from"), line.lower()))
    return "\n\n".join("\n".join(group) for group in groups if group)


def _is_foreign(head: str) -> bool:
    return head.split()[1].partition(".")[0] not in sys.stdlib_module_names


def _by_case(name: str) -> tuple[bool, str]:
    """Constants, classes, functions."""
    return not name.isupper(), name


def _load(weights: str) -> str:
    default, said, path = "", "", "path"
    if weights:
        default, said = " | None = None", "; the one beside this file by default"
        path = f"path or Path(__file__).with_name({literal(weights)})"
    return f'''def load(path: str | Path{default}) -> {MODEL}:
    """The model with its weights, ready to predict; after `.train()` it can train on.

    Args:
        path: The file of the weights{said}.
    """
    model = {MODEL}()
    model.load_state_dict(load_file({path}))
    return model.eval()'''


def _example(module: SpecModule, graph: Graph, arguments: list[str], made: str) -> str:
    pairs = zip(arguments, module.input_names, strict=True)
    given = "".join(
        f"        {argument}={_drawn(graph.inputs[name], graph.minimums)},\n"
        for argument, name in pairs
    )
    return f"""if __name__ == "__main__":
    inputs = dict(
{given}    )
    with torch.no_grad():
        outputs = {made}(**inputs)
    for name, output in outputs.items():
        print(name, list(output.shape))"""


def _drawn(node: Node, sizes: dict[str, int]) -> str:
    value = node.outputs[""]
    assert isinstance(value, Tensor)
    found = [OPEN_SIZE, *(_size(size, sizes) for size in value.shape or ())]
    shape = ", ".join(map(str, found))
    if value.dtype == "float32":
        return f"torch.rand({shape})"
    return f"torch.zeros({shape}, dtype=torch.{value.dtype})"


def _size(size: object, sizes: dict[str, int]) -> int:
    if isinstance(size, int):
        return size
    if isinstance(size, Expr):
        known = {name: sizes.get(name, OPEN_SIZE) for name in size.symbols}
        return max(evaluate(size, known) or OPEN_SIZE, 1)
    return OPEN_SIZE
