"""A body as the text of a spec that a person would have liked to write."""

from __future__ import annotations

from dataclasses import dataclass, field
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from modelspec.language.yaml_writer import entries, entry, flow, scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelspec.keras.body import Body
    from modelspec.keras.built import Built
    from modelspec.keras.compiled import Compiled

WIDTH = 100
OWN_FILE = 40
"""A block of more nodes gets a file of its own."""


@dataclass
class Files:
    """The files of a spec.

    Attributes:
        texts: By name: `model.yaml`, and one for each large block.
    """

    texts: dict[str, str] = field(default_factory=dict)


def write(built: Built, compiled: Compiled, source: str) -> Files:
    """The files of a model, `model.yaml` first.

    Args:
        built: The model.
        compiled: Its losses and optimizer.
        source: The Keras file's name, for a comment.
    """
    files = Files({"model.yaml": ""})
    body = built.body
    notes = [line for note in body.notes for line in wrap(note, WIDTH - 2)]
    lines = [f"# {each}" for each in (f"From {_printable(source)}.", *notes)]
    lines += ["version: 1", f"name: {scalar(body.name)}", ""]
    lines += _inputs(body) + _blocks(built, files, 0) + _shared(body, 0) + _layers(body, 0)
    lines += _edges(body, 0) + _outputs(body, compiled)
    lines += [f"# {_printable(each)}" for each in compiled.unknown]
    if compiled.train:
        lines += ["", "train:", *entries(compiled.train, 2)]
    files.texts["model.yaml"] = "\n".join(lines) + "\n"
    return files


def _inputs(body: Body) -> list[str]:
    lines = ["inputs:"]
    for name, value in body.inputs.items():
        first, *rest = entry(name, value, 2)
        lines += [first, *rest] if rest else [first + _remark(body, name)]
    return [*lines, ""]


def _blocks(built: Built, files: Files, indent: int) -> list[str]:
    if not built.blocks:
        return []
    margin = " " * indent
    lines = [f"{margin}blocks:"]
    for name, block in built.blocks.items():
        if len(block.body.nodes) > OWN_FILE:
            file = _fresh(f"{name}.yaml", files.texts)
            files.texts[file] = ""
            files.texts[file] = "\n".join(_block(block, files, 0)) + "\n"
            lines.append(f"{margin}  {name}: ./{file}")
        else:
            lines.append(f"{margin}  {name}:")
            lines += filter(None, _block(block, files, indent + 4))
    return [*lines, ""]


def _block(built: Built, files: Files, indent: int) -> list[str]:
    """What stands in a block."""
    margin = " " * indent
    body = built.body
    lines = [f"{margin}inputs: {flow(list(body.inputs))}"]
    lines += _blocks(built, files, indent) + _shared(body, indent) + _layers(body, indent)
    lines += _edges(body, indent)
    plain = {name: end for name, end in body.outputs.items() if name != end}
    if not plain:
        return [*_trimmed(lines), f"{margin}outputs: {flow(list(body.outputs))}"]
    ends = {name: {"from": end} for name, end in body.outputs.items()}
    return [*_trimmed(lines), f"{margin}outputs:", *entries(ends, indent + 2)]


def _shared(body: Body, indent: int) -> list[str]:
    if not body.shared:
        return []
    return [" " * indent + "shared:", *_described(body, body.shared, indent), ""]


def _layers(body: Body, indent: int) -> list[str]:
    layers = {name: node.entry for name, node in body.nodes.items()}
    return [" " * indent + "layers:", *_described(body, layers, indent), ""]


def _described(body: Body, layers: dict[str, Any], indent: int) -> Iterator[str]:
    """A line or more for each layer: a bare type where there are no arguments."""
    for name, own in layers.items():
        value = own["type"] if own.keys() == {"type"} else own
        first, *rest = entry(name, value, indent + 2)
        yield first + _remark(body, name) if not rest else first
        yield from rest


def _remark(body: Body, name: str) -> str:
    known = body.renamed.get(name)
    return f"    # `{_printable(known)}` in Keras" if known else ""


def _edges(body: Body, indent: int) -> list[str]:
    """Chains, or nothing where all is one chain in the order of the layers."""
    if _is_chain(body):
        return []
    margin = " " * indent
    lines = [f"{margin}edges:"]
    for chain in _chains(body):
        lines += [f"{margin}  - {piece}" for piece in _pieces(chain, indent)]
    return [*lines, ""]


def _is_chain(body: Body) -> bool:
    """Whether each node reads the one before it, from the only input to the only output."""
    if len(body.inputs) != 1 or len(body.outputs) != 1 or not body.nodes:
        return False
    before = next(iter(body.inputs))
    for node in body.nodes.values():
        if node.operands != {"": [before]}:
            return False
        before = node.name
    return list(body.outputs.values()) == [before]


def _chains(body: Body) -> list[list[str]]:
    """Edges, each led on from the chain that ends where it begins."""
    chains: list[list[str]] = []
    open_at: dict[str, list[str]] = {}
    for node in body.nodes.values():
        for port, ends in node.operands.items():
            target = f"{node.name}.{port}" if port else node.name
            chain = open_at.pop(ends[0], None) if len(ends) == 1 else None
            if chain is None:
                chain = [", ".join(ends)]
                chains.append(chain)
            chain.append(target)
            if not port:
                open_at[node.name] = chain
    return chains


def _pieces(chain: list[str], indent: int) -> Iterator[str]:
    """A chain as edges that fit the width, each beginning where the one before it ends."""
    line = chain[0]
    for place, group in enumerate(chain[1:], 1):
        longer = f"{line} -> {group}"
        if len(longer) + indent + 4 > WIDTH and " -> " in line and "," not in chain[place - 1]:
            yield line
            longer = f"{chain[place - 1]} -> {group}"
        line = longer
    yield line


def _outputs(body: Body, compiled: Compiled) -> list[str]:
    written: dict[str, Any] = {}
    for name, end in body.outputs.items():
        own = {} if end == name else {"from": end}
        written[name] = own | compiled.outputs.get(name, {})
    if not any(written.values()):
        return [f"outputs: {flow(list(written))}"]
    short = {
        name: own["loss"]
        if own.keys() == {"loss"} and isinstance(own["loss"], str)
        else own or None
        for name, own in written.items()
    }
    return ["outputs:", *entries(short, 2)]


def _trimmed(lines: list[str]) -> list[str]:
    return lines[:-1] if lines and not lines[-1] else lines


def _fresh(name: str, taken: dict[str, str]) -> str:
    stem, number, found = name.removesuffix(".yaml"), 1, name
    while found in taken:
        number += 1
        found = f"{stem}_{number}.yaml"
    return found


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text)
