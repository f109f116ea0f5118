"""Completion: what can be meant where one types."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from lsprotocol import types

from modelspec.lsp.columns import columns_of
from modelspec.lsp.insertion import key_text, looks_like_other_yaml, value_of_key
from modelspec.lsp.outline import outline
from modelspec.lsp.paths import settable_paths
from modelspec.lsp.scope import scope_of
from modelspec.training import losses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelspec.lsp.open_file import OpenFile
    from modelspec.lsp.outline import Cursor, Outline
    from modelspec.lsp.schema_view import SchemaView
    from modelspec.lsp.scope import Scope

_WORD = re.compile(r"[\w$.]*\Z")
_NAME = re.compile(r"\w*\Z")
_PARAM = re.compile(r"\$\{?[^{}]*\Z")
_SYMBOL = re.compile(r"[A-Za-z_]\w*")
_KIND = types.CompletionItemKind


class Offer(NamedTuple):
    """One thing that can be meant.

    Attributes:
        label: What is listed, and what is typed to find it.
        detail: What it is, in a few words.
        insert: What is written, where that is not the label; a snippet.
        about: What is said of it.
        rank: What is likelier comes first.
    """

    label: str
    kind: types.CompletionItemKind
    detail: str = ""
    insert: str = ""
    about: str = ""
    rank: int = 5


def complete(
    file: OpenFile, position: types.Position, view: SchemaView, *, snippets: bool
) -> list[types.CompletionItem]:
    """What can be meant at a position, the likeliest first."""
    offset = file.text.offset(position)
    found = outline(file.text.content, offset)
    cursor = found.cursor
    if cursor is None or (not file.is_spec and looks_like_other_yaml(found.data)):
        return []
    typed = file.text.content[cursor.start : offset]
    scope = scope_of(found, cursor.path, file.good.graph if file.good else None)
    completion = _Completion(file, found, cursor, scope, typed, view)
    where = file.text.range(offset - len(completion.word), offset)
    return [
        _item(offer, where, number, snippets=snippets)
        for number, offer in enumerate(sorted(completion.offers(), key=lambda each: each.rank))
    ]


def _item(offer: Offer, where: types.Range, number: int, *, snippets: bool) -> types.CompletionItem:
    text = offer.insert or offer.label
    plain = re.sub(r"\$\{\d+:([^}]*)\}|\$\d", r"\1", text).replace("\\$", "$")
    is_snippet = snippets and bool(offer.insert)
    return types.CompletionItem(
        label=offer.label,
        kind=offer.kind,
        detail=offer.detail or None,
        documentation=types.MarkupContent(types.MarkupKind.Markdown, offer.about)
        if offer.about
        else None,
        sort_text=f"{number:04}",
        filter_text=offer.label,
        insert_text_format=types.InsertTextFormat.Snippet
        if is_snippet
        else types.InsertTextFormat.PlainText,
        text_edit=types.TextEdit(where, text if is_snippet else plain),
    )


class _Completion:
    """What is offered at one place."""

    def __init__(
        self,
        file: OpenFile,
        found: Outline,
        cursor: Cursor,
        scope: Scope,
        typed: str,
        view: SchemaView,
    ) -> None:
        self.file = file
        self.outline = found
        self.cursor = cursor
        self.scope = scope
        self.typed = typed
        self.view = view
        self.section = scope.path[0] if scope.path else ""
        self.word = self._word()

    def _word(self) -> str:
        """What the choice replaces: the part of a text that is a name of its own."""
        if param := _PARAM.search(self.typed):
            return _NAME.search(param[0])[0] if "{" in param[0] else param[0]  # type: ignore[index]
        pattern = _NAME if self.section == "edges" or self._is_endpoint() else _WORD
        found = pattern.search(self.typed)
        return found[0] if found else ""

    def _is_endpoint(self) -> bool:
        return self.section == "outputs" and self.scope.path[-1:] == ("from",)

    def offers(self) -> Iterator[Offer]:
        """All that can be meant."""
        if self.cursor.kind == "key":
            yield from self._keys()
        elif _PARAM.search(self.typed):
            yield from self._params()
        else:
            yield from self._values()

    def _keys(self) -> Iterator[Offer]:
        path = self.scope.path
        held = self.outline.at(self.cursor.path)
        present = held if isinstance(held, dict) else {}
        for name, detail, rank in self._named_keys():
            if name not in present or name == self.typed:
                yield Offer(name, _KIND.Reference, detail, f"{name}: $1", rank=rank)
        if self.section in ("layers", "shared") and len(path) == 2 and not present:
            yield Offer("use", _KIND.Keyword, "call a shared layer", "use: $1", rank=6)
        for key in self.view.keys(self.cursor.path, self.outline):
            if key.name in present and key.name != self.typed:
                continue
            insert = key_text(key, top=not path, flow=self.cursor.flow)
            rank = 0 if key.required else 4
            default = value_of_key(key)
            detail = "required" if key.required else f"default: {default}" if default else ""
            yield Offer(key.name, _KIND.Property, detail, insert, key.description, rank)
        yield from self._block_arguments(present)

    def _named_keys(self) -> Iterator[tuple[str, str, int]]:
        """Names of this very spec that can be keys here."""
        path = self.scope.path
        if path == ("outputs",):
            used = " ".join(map(str, self.scope.data.get("edges") or ()))
            for name, type in self.scope.nodes():
                if type != "an input":
                    is_last = re.search(rf"\b{re.escape(name)}\b[\w.]*\s*(->|,)", used) is None
                    yield name, type, 1 if is_last else 3
        elif path == ("data", "features"):
            yield from ((name, "an input", 1) for name in self.scope.section("inputs"))
            yield from ((name, "an output", 1) for name in self.scope.section("outputs"))
        elif path == ("tune", "search"):
            yield from ((name, f"is {value}", 1) for name, value in settable_paths(self.scope.data))
        elif path == ("train", "learning_rate_multipliers"):
            yield from ((name, type, 1) for name, type in self._trained())

    def _block_arguments(self, present: dict[str, object]) -> Iterator[Offer]:
        """The params of the block that an entry is of."""
        body = self.scope.blocks.get(str(present.get("type")))
        params = body.get("params") if isinstance(body, dict) else None
        if self.section in ("layers", "shared") and isinstance(params, dict):
            for name, value in params.items():
                if name not in present:
                    detail = f"default: {value}" if value is not None else "required"
                    yield Offer(
                        name, _KIND.Property, detail, f"{name}: ${{1:{value or ''}}}", rank=1
                    )

    def _params(self) -> Iterator[Offer]:
        inside = "{" in self.typed
        for name, value in self.scope.section("params").items():
            label = name if inside else f"${name}"
            insert = label.replace("$", "\\$")
            yield Offer(label, _KIND.Variable, f"is {value}", insert, rank=0)

    def _values(self) -> Iterator[Offer]:
        path = self.scope.path
        last = path[-1]
        if self.section == "edges" or self._is_endpoint():
            yield from self._endpoints()
            return
        if self.section == "outputs" and isinstance(last, int) and len(path) == 2:
            yield from (Offer(n, _KIND.Reference, t) for n, t in self.scope.nodes())
            return
        if self.section in ("layers", "shared"):
            yield from self._entries()
        if self.section == "inputs" and (path[2:3] == ("shape",) or isinstance(last, int)):
            yield from self._symbols()
        if path[:2] == ("train", "freeze"):
            yield from (Offer(n, _KIND.Reference, t, rank=1) for n, t in self._trained())
        if path[:2] == ("data", "features"):
            yield from self._columns()
        yield from self._choices()
        if not self.typed and self.section not in ("data", "params"):
            yield from (offer._replace(rank=8) for offer in self._params())

    def _symbols(self) -> Iterator[Offer]:
        """The symbols in the shapes of all inputs."""
        found: dict[str, None] = {}
        for entry in self.scope.section("inputs").values():
            shape = entry.get("shape") if isinstance(entry, dict) else entry
            sizes = shape if isinstance(shape, list) else ()
            found |= {size: None for size in sizes if _SYMBOL.fullmatch(str(size))}
        for name in found:
            if name != self.typed:
                yield Offer(name, _KIND.Variable, "a size, the same wherever it stands", rank=1)

    def _trained(self) -> Iterator[tuple[str, str]]:
        for name, entry in self.scope.section("shared").items():
            yield name, f"shared {self.scope.type_of(entry)}"
        for name, type in self.scope.nodes():
            if type != "an input":
                yield name, type

    def _endpoints(self) -> Iterator[Offer]:
        before = self.typed[: len(self.typed) - len(self.word)]
        if node := re.search(r"(\w+)\.\Z", before):
            for name, detail in self.scope.ports(node[1]):
                yield Offer(name, _KIND.Field, f"{detail} of {node[1]}")
            return
        edges = " ".join(map(str, self.scope.data.get("edges") or ()))
        targets = "->" in before
        for name, type in self.scope.nodes():
            if targets and type == "an input":
                continue
            named = len(re.findall(rf"\b{re.escape(name)}\b", edges))
            yield Offer(name, _KIND.Reference, type, rank=1 if named == 0 or not targets else 3)

    def _entries(self) -> Iterator[Offer]:
        """The types of a layer, with the arguments that have to be given; calls of shared ones."""
        path = self.scope.path
        if path[-1] == "use":
            for name, entry in self.scope.section("shared").items():
                yield Offer(name, _KIND.Reference, self.scope.type_of(entry), rank=0)
            return
        alone = len(path) == 2 or path[-1] == "layer"
        if not alone and path[-1] != "type":
            return
        if alone and self.section == "layers":
            for name, entry in self.scope.section("shared").items():
                label = f"use: {name}"
                detail = f"call the shared {self.scope.type_of(entry)}"
                yield Offer(label, _KIND.Reference, detail, f"{{use: {name}}}", rank=2)
        for name in self.scope.blocks:
            yield Offer(name, _KIND.Module, "a block", f"{{type: {name}}}" if alone else "", rank=2)
        holder = self.cursor.path if alone else self.cursor.path[:-1]
        held = self.outline.at(holder)
        beside = held.keys() - {"type"} if isinstance(held, dict) else set()
        for choice in self.view.choices((*holder, "type"), self.outline):
            needed = [
                key.name
                for key in self.view.required(holder, self.outline, choice.value)
                if key.name not in beside
            ]
            written = "".join(f", {name}: ${index}" for index, name in enumerate(needed, 1))
            insert = f"{choice.value}{written}"
            if alone:
                insert = f"{{type: {insert}}}" if needed else ""
            elif not self.cursor.flow:
                insert = ""
            yield Offer(choice.value, _KIND.Class, ", ".join(needed), insert, choice.description, 3)

    def _choices(self) -> Iterator[Offer]:
        """The values that the language has for this place; losses that fit the output first."""
        path = self.scope.path
        if self.section in ("layers", "shared") and (
            len(path) == 2 or path[-1] in ("type", "layer")
        ):
            return
        fitting = self._fitting_losses()
        for choice in self.view.choices(self.cursor.path, self.outline):
            rank = 0 if choice.value in fitting else 5
            yield Offer(choice.value, _KIND.EnumMember, about=choice.description, rank=rank)

    def _fitting_losses(self) -> set[str]:
        """The losses whose activation the output's layer ends in."""
        path = self.scope.path
        if self.section != "outputs" or len(path) < 2 or path[2:] not in ((), ("loss",)):
            return set()
        output = self.scope.section("outputs").get(str(path[1]))
        source = output.get("from") if isinstance(output, dict) else None
        node = str(source or path[1]).partition(".")[0]
        entry = self.scope.section("layers").get(node)
        ends = entry.get("activation") if isinstance(entry, dict) else None
        ends = "" if ends in (None, "linear") else ends
        return {name for name, found in losses.classes().items() if found().ends_in == ends}

    def _columns(self) -> Iterator[Offer]:
        path = self.scope.path
        if len(path) == 3 or path[3] in ("column", "columns"):
            spec = self.file.good.spec if self.file.good else None
            folder = os.path.dirname(self.file.path)
            section = self.scope.section("data")
            for name in columns_of(section, folder, spec.data if spec else None):
                yield Offer(name, _KIND.Field, "a column of the data", rank=0)
