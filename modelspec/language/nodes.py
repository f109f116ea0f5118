"""The nodes of one body by name, and what edges call them."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from modelspec.diagnostics import Fix, Related
from modelspec.language.model import Declared, Edge, Endpoint, Repeat
from modelspec.language.names import check_name

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from modelspec.diagnostics import Span
    from modelspec.language.context import ReadContext
    from modelspec.language.entry import Entry
    from modelspec.language.model import Input
    from modelspec.source import Place


class Nodes:
    """Inputs and layers: one namespace.

    Attributes:
        declared: The layers, copies written out.
        chains: The edges between the copies that `repeat` makes.
        complete: Whether nothing was dropped.
        readable: False where the sections of inputs or layers are missing or broken, so that
            any name may be one of theirs.
        blocks: The names of blocks, which are no nodes.
        shared: Those of shared layers.
    """

    def __init__(
        self, inputs: Mapping[str, Input], dropped: set[str], context: ReadContext
    ) -> None:
        self.declared: dict[str, Declared] = {}
        self.chains: list[Edge] = []
        self.complete = not dropped
        self.readable = True
        self.blocks: Collection[str] = ()
        self.shared: Collection[str] = ()
        self._inputs = inputs
        self._dropped = set(dropped)
        self._copies: dict[str, int] = {}
        self._context = context
        self._undefined: dict[str, tuple[Place, Span, str, list[Span]]] = {}

    def __contains__(self, name: str) -> bool:
        return name in self.declared or name in self._inputs or name in self._copies

    def is_dropped(self, name: str) -> bool:
        """Whether a name belongs to something broken, which has been reported."""
        return name in self._dropped or not self.readable

    def enter(self, name: str) -> str:
        """The node that an edge to `name` enters: the first of several copies."""
        return f"{name}_1" if name in self._copies else name

    def leave(self, name: str) -> str:
        """The node that an edge from `name` leaves: the last of several copies."""
        return f"{name}_{self._copies[name]}" if name in self._copies else name

    def add(self, name: object, entry: Entry, place: Place) -> None:
        """Declare a node, or the copies of one."""
        named = check_name(name, "a layer", place, self._context.report)
        if not (named and isinstance(name, str)):
            self._drop(str(name))
        elif self._is_free(name, place):
            if not self._context.admit_entry(entry, place):
                self._drop(name)
            elif entry.copies is None:
                self.declared[name] = entry.declared(name, place)
            else:
                self._repeat(name, entry, entry.copies, place)

    def _repeat(self, name: str, entry: Entry, count: int, place: Place) -> None:
        copies = [f"{name}_{index}" for index in range(1, count + 1)]
        if not all(self._is_free(copy, place, f"copy `{copy}` of ") for copy in copies):
            self._drop(name)
            return
        self._copies[name] = count
        repeated = place.at("repeat")
        span = repeated.key_span
        for index, copy in enumerate(copies, 1):
            declared = Declared(
                copy, entry.what, place, entry.trainable, entry.block, Repeat(name, index, count)
            )
            self.declared[copy] = declared
        for left, right in itertools.pairwise(copies):
            self.chains.append(Edge(Endpoint(left), Endpoint(right), repeated, span, span))

    def _is_free(self, name: str, place: Place, copy: str = "") -> bool:
        if name in self._inputs:
            what, first = "an input", self._inputs[name].place
        elif name in self.declared:
            what, first = "a layer", self.declared[name].place
        elif name in self._copies:
            what, first = "a repeated layer", self.declared[f"{name}_1"].place
        else:
            return True
        shown = place.path[-1] if copy else name
        self._context.report.add(
            place.finding(
                "MS302",
                f"{copy}`{shown}` is a layer, and there is {what} of that name",
                help="give one of them another name; edges could mean either",
                key=True,
                related=(Related(first.key_span, f"{what} of that name"),),
            )
        )
        self.complete = False
        return False

    def _drop(self, name: str) -> None:
        self._dropped.add(name)
        self.complete = False

    def nearest(self, name: str) -> str | None:
        """The name that a mistyped one may have meant."""
        names = self._inputs, self.declared, self._copies
        return self._context.suggestions.nearest(name, *names)

    def report_undefined(self, name: str, place: Place, span: Span, what: str) -> None:
        """Note a use of a name that is not there; each name is reported once, by `finish`."""
        self.complete = False
        self._undefined.setdefault(name, (place, span, what, []))[3].append(span)

    def finish(self) -> None:
        """Report the undefined names."""
        for name, (place, span, what, spans) in self._undefined.items():
            near = None if self.what(name) else self.nearest(name)
            self._context.report.add(
                place.finding(
                    "MS301",
                    f"{what} `{name}`, which is neither an input nor a layer",
                    span=span,
                    help=self._way_to_declare(name, near),
                    related=tuple(Related(other, "and here") for other in spans[1:6]),
                    fix=Fix(span, near, f"write `{near}`") if near else None,
                )
            )

    def what(self, name: str) -> str:
        """What a name is that is no node: a shared layer, or a block; empty where it is neither."""
        if name in self.shared:
            return "a shared layer"
        return "a block" if name in self.blocks else ""

    def _way_to_declare(self, name: str, near: str | None) -> str:
        what = self.what(name)
        if what == "a shared layer":
            return (
                f"`{name}` is a shared layer: each call of it is a node of its own,"
                f" `layers: {{{name}_1: {{use: {name}}}}}`"
            )
        if what:
            return f"`{name}` is {what}: declare a layer, `layers: {{NAME: {{type: {name}}}}}`"
        if near is None and self._context.layer_type(name) is not None:
            example = f"`layers: {{NAME: {{type: {name}, ...}}}}`"
            return f"`{name}` is a layer type: declare a layer, {example}"
        return f"did you mean `{near}`?" if near else "declare it under `layers`"
