"""The body of a spec or of a block: its sections in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelspec.language.block_calls import read_unused
from modelspec.language.describe_values import shown
from modelspec.language.edges_section import EdgesSection
from modelspec.language.entries import EntryReader
from modelspec.language.inputs import InputReader
from modelspec.language.model import Declared, Model
from modelspec.language.names import check_name
from modelspec.language.nodes import Nodes
from modelspec.language.outputs import OutputReader
from modelspec.language.params import substitute
from modelspec.language.scope import Block, Scope
from modelspec.language.sections import BlockSection, SpecSection
from modelspec.language.validation import validated
from modelspec.layers import registry

if TYPE_CHECKING:
    from modelspec.language.context import ReadContext
    from modelspec.source import Place

_RESERVED = ("type", "repeat", "trainable", "layer", "use")


def read_body(
    block: Block, arguments: dict[str, Any], context: ReadContext, *, top: bool = False
) -> Model:
    """The model that a body is for these arguments.

    Args:
        block: The block; the top spec is one too.
        arguments: Its params, substituted.
        context: Takes the findings.
        top: Whether it is the spec itself, which needs shapes and has losses.
    """
    return _Body(block, context, top).read(arguments)


class _Body:
    def __init__(self, block: Block, context: ReadContext, top: bool) -> None:
        assert block.body is not None
        self.block = block
        self.body = block.body
        self.place = block.place
        self.context = context
        self.report = context.report
        self.top = top
        self.complete = True

    def read(self, arguments: dict[str, Any]) -> Model:
        section = SpecSection if self.block.is_file else BlockSection
        valid = validated(section, self.body, self.place, self.report, elsewhere=_elsewhere)
        self.complete = valid is not None
        scope = self._scope(arguments)
        inputs = InputReader(scope.params, self.report, of_spec=self.top)
        found_inputs = inputs.read(self.body.get("inputs"), self.place.at("inputs"))
        shared_names = self._section("shared").keys()
        entries = EntryReader(scope, shared_names, self.context)
        shared = self._shared(entries)
        nodes = Nodes(found_inputs, inputs.dropped, self.context)
        nodes.readable = isinstance(self.body.get("inputs"), dict | list) and isinstance(
            self.body.get("layers"), dict
        )
        nodes.blocks, nodes.shared = scope.blocks.keys(), shared_names
        for name, raw in self._section("layers").items():
            place = self.place.at("layers", name)
            nodes.add(name, entries.read(raw, place), place)
        outputs = OutputReader(
            scope.params, nodes, self.report, trained=self.top, spec=self.block.is_file
        )
        found_outputs = outputs.read(self.body.get("outputs"), self.place.at("outputs"))
        wiring = self._wire(nodes, found_inputs, found_outputs)
        nodes.finish()
        for name in self._section("blocks"):
            declared = scope.blocks.get(name)
            if declared is not None and not declared.used:
                read_unused(declared, self.context)
        parts = (self, entries, nodes, outputs, wiring)
        return Model(
            name=self.block.name,
            place=self.place,
            params=scope.params,
            inputs=found_inputs,
            nodes=nodes.declared,
            shared=shared,
            edges=tuple(wiring.edges),
            outputs=found_outputs,
            description=self._text("description"),
            complete=all(part.complete for part in parts),
        )

    def _section(self, name: str) -> dict[str, Any]:
        section = self.body.get(name)
        return section if isinstance(section, dict) else {}

    def _text(self, name: str) -> str:
        text = self.body.get(name)
        return text if isinstance(text, str) else ""

    def _scope(self, arguments: dict[str, Any]) -> Scope:
        outer = self.block.outer or Scope()
        declares = bool(self._section("blocks"))
        scope = Scope(dict(outer.params), dict(outer.blocks) if declares else outer.blocks)
        own = {}
        for name, default in self._section("params").items():
            place = self.place.at("params", name)
            if not self._is_param(name, place):
                continue
            if name in arguments:
                own[name] = arguments[name]
            else:
                own[name] = substitute(default, scope.params, place, self.report)
            scope.params[name] = own[name]
        for name, raw in self._section("blocks").items():
            place = self.place.at("blocks", name)
            if self._is_block(name, place):
                scope.blocks[name] = self._declared_block(name, raw, place, scope)
        return scope

    def _is_param(self, name: Any, place: Place) -> bool:
        if not check_name(name, "a param", place, self.report):
            return False
        if name in _RESERVED and not self.top:
            message = f"a param cannot be called `{name}`, which layers have as a key of their own"
            self.report.add(place.finding("MS210", message, key=True))
            return False
        return True

    def _is_block(self, name: Any, place: Place) -> bool:
        if not check_name(name, "a block", place, self.report):
            return False
        if name in registry.names():
            message = f"block `{name}` has the name of a layer type"
            help = "give it another name"
            self.report.add(place.finding("MS302", message, help=help, key=True))
        return True

    def _declared_block(self, name: str, raw: Any, place: Place, scope: Scope) -> Block:
        if isinstance(raw, str):
            return self.context.library.block(name, raw, place)
        if not isinstance(raw, dict):
            message = f"a block is a mapping, or the path of a spec, not {shown(raw)}"
            self.report.add(place.finding("MS203", message))
            return Block(name, None, place)
        return Block(name, raw, place, scope)

    def _shared(self, entries: EntryReader) -> dict[str, Declared]:
        found: dict[str, Declared] = {}
        for name, raw in self._section("shared").items():
            place = self.place.at("shared", name)
            if check_name(name, "a shared layer", place, self.report):
                found[name] = entries.read(raw, place, node=False).declared(name, place)
        return found

    def _wire(self, nodes: Nodes, inputs: Any, outputs: Any) -> EdgesSection:
        wiring = EdgesSection(nodes, outputs, self.report)
        edges = self.body.get("edges")
        if isinstance(edges, list):
            wiring.read(edges, self.place.at("edges"))
        elif edges is not None:
            wiring.complete = False
        elif self.complete or "inputs" in self.body:
            wiring.chain(inputs, outputs, self.place)
        return wiring


def _elsewhere(key: str) -> str:
    """The section of a key; imported when there is one to look for, as sections cost to build."""
    from modelspec.language.elsewhere import elsewhere

    path = elsewhere(key)
    return f"it stands elsewhere: `{path}`" if path else ""
