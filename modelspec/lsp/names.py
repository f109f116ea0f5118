"""Where each name of a spec stands: nodes, shared layers, blocks, params, in all of its files."""

from __future__ import annotations

import re
from os.path import dirname, join, normpath
from typing import TYPE_CHECKING, Any, NamedTuple

from modelspec.source import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelspec.diagnostics import Span
    from modelspec.source import Document

_ENDPOINT = re.compile(r"(?<![\w.])([A-Za-z_]\w*)(?:\.([A-Za-z_]\w*))?")
_EXPRESSION = re.compile(r"\$\{([^}]*)\}|\$([A-Za-z_]\w*)")
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")


class Name(NamedTuple):
    """What a name means: one thing of one model.

    Attributes:
        kind: `node`, `shared`, `block` or `param`.
        file: The file of the model.
        model: The path of the model in it; empty for the whole file.
    """

    kind: str
    file: str
    model: tuple[str | int, ...]
    name: str


class Occurrence(NamedTuple):
    """A name, where it stands.

    Attributes:
        defines: Whether this is where it is declared.
    """

    meant: Name
    span: Span
    defines: bool = False


class _Model(NamedTuple):
    """A model, and those around it, innermost first: names of blocks and params reach inwards."""

    place: Place
    data: dict[str, Any]
    outer: tuple[_Model, ...] = ()

    @property
    def chain(self) -> tuple[_Model, ...]:
        return (self, *self.outer)

    def named(self, kind: str, name: str) -> Name:
        return Name(kind, self.place.document.file, self.place.path, name)

    def section(self, name: str) -> dict[str, Any]:
        found = self.data.get(name)
        return found if isinstance(found, dict) else {}

    def finds(self, section: str, kind: str, name: str) -> Name | None:
        """The nearest declaration of a block or a param."""
        for model in self.chain:
            if name in model.section(section):
                return model.named(kind, name)
        return None


def occurrences(documents: tuple[Document, ...]) -> list[Occurrence]:
    """All names of a spec and of the files that it uses."""
    found: list[Occurrence] = []
    by_file = {each.file: each for each in documents if isinstance(each.data, dict)}
    for document in by_file.values():
        found += _Reader(by_file).model(_Model(Place(document), document.data))
    return found


class _Reader:
    """Reads the models of some files."""

    def __init__(self, files: dict[str, Document]) -> None:
        self.files = files

    def model(self, model: _Model) -> Iterator[Occurrence]:
        """The names of a model, and of the blocks written in it."""
        for section, kind in (
            ("inputs", "node"),
            ("layers", "node"),
            ("shared", "shared"),
            ("blocks", "block"),
            ("params", "param"),
        ):
            yield from self._declared(model, section, kind)
        for section in ("layers", "shared"):
            for name, entry in model.section(section).items():
                yield from self._entry(model, entry, model.place.at(section, name))
        yield from self._edges(model)
        yield from self._outputs(model)
        yield from self._train(model)
        yield from self._params(model, model.data, model.place)
        for name, body in model.section("blocks").items():
            if isinstance(body, dict):
                yield from self.model(_Model(model.place.at("blocks", name), body, model.chain))

    def _declared(self, model: _Model, section: str, kind: str) -> Iterator[Occurrence]:
        held = model.data.get(section)
        place = model.place.at(section)
        if isinstance(held, dict):
            for name in held:
                yield Occurrence(model.named(kind, name), place.at(name).key_span, True)
        elif isinstance(held, list) and section == "inputs":
            for index, name in enumerate(held):
                if isinstance(name, str):
                    yield Occurrence(model.named(kind, name), place.at(index).span, True)

    def _is_node(self, model: _Model, name: object) -> bool:
        inputs = model.data.get("inputs")
        listed = inputs if isinstance(inputs, list | dict) else ()
        return name in listed or name in model.section("layers")

    def _entry(self, model: _Model, entry: object, place: Place) -> Iterator[Occurrence]:
        """The shared layer or the block that an entry names, and the params that it sets."""
        if isinstance(entry, str):
            yield from self._block(model, entry, place)
        if not isinstance(entry, dict):
            return
        used, type = entry.get("use"), entry.get("type")
        if isinstance(used, str) and used in model.section("shared"):
            yield Occurrence(model.named("shared", used), place.at("use").span)
        if isinstance(type, str):
            yield from self._block(model, type, place.at("type"))
            body = self._body(model, type)
            for key in entry if body else ():
                if body and key in body.section("params"):
                    yield Occurrence(body.named("param", key), place.at(key).key_span)
        if "layer" in entry:
            yield from self._entry(model, entry["layer"], place.at("layer"))

    def _block(self, model: _Model, type: str, place: Place) -> Iterator[Occurrence]:
        if meant := model.finds("blocks", "block", type):
            yield Occurrence(meant, place.span)

    def _body(self, model: _Model, type: str) -> _Model | None:
        """The model that a block is, written there or in a file of its own."""
        for around in model.chain:
            if type not in around.section("blocks"):
                continue
            body, place = around.section("blocks")[type], around.place.at("blocks", type)
            if isinstance(body, dict):
                return _Model(place, body, around.chain)
            document = self._file(around.place.document.file, body)
            return None if document is None else _Model(Place(document), document.data)
        return None

    def _file(self, beside: str, path: object) -> Document | None:
        if not isinstance(path, str):
            return None
        return self.files.get(normpath(join(dirname(beside), path)))

    def _endpoints(self, model: _Model, text: str, place: Place) -> Iterator[Occurrence]:
        for each in _ENDPOINT.finditer(text):
            if self._is_node(model, each[1]):
                yield Occurrence(model.named("node", each[1]), place.within(*each.span(1)))
                yield from self._port(model, each, place)

    def _port(self, model: _Model, found: re.Match[str], place: Place) -> Iterator[Occurrence]:
        """The node of a block that a port leads to."""
        entry = model.section("layers").get(found[1])
        if isinstance(entry, dict) and "use" in entry:
            entry = model.section("shared").get(entry["use"])
        type = entry.get("type") if isinstance(entry, dict) else entry
        body = self._body(model, type) if isinstance(type, str) else None
        if body is not None and found[2] and self._is_node(body, found[2]):
            yield Occurrence(body.named("node", found[2]), place.within(*found.span(2)))

    def _edges(self, model: _Model) -> Iterator[Occurrence]:
        edges = model.data.get("edges")
        for index, text in enumerate(edges if isinstance(edges, list) else ()):
            if isinstance(text, str):
                yield from self._endpoints(model, text, model.place.at("edges", index))

    def _outputs(self, model: _Model) -> Iterator[Occurrence]:
        outputs, place = model.data.get("outputs"), model.place.at("outputs")
        if isinstance(outputs, list):
            for index, name in enumerate(outputs):
                if isinstance(name, str):
                    yield from self._endpoints(model, name, place.at(index))
        for name, output in outputs.items() if isinstance(outputs, dict) else ():
            source = output.get("from") if isinstance(output, dict) else None
            if isinstance(source, str):
                yield from self._endpoints(model, source, place.at(name, "from"))
            elif self._is_node(model, name):
                yield Occurrence(model.named("node", name), place.at(name).key_span)
        features = model.section("data").get("features")
        for name in features if isinstance(features, dict) else ():
            if self._is_node(model, name):
                at = model.place.at("data", "features", name)
                yield Occurrence(model.named("node", name), at.key_span)

    def _train(self, model: _Model) -> Iterator[Occurrence]:
        freeze = model.section("train").get("freeze")
        for index, name in enumerate(freeze if isinstance(freeze, list) else ()):
            if meant := self._trained(model, name):
                yield Occurrence(meant, model.place.at("train", "freeze", index).span)
        for key in ("learning_rate_multipliers", "weights"):
            held = model.section("train").get(key)
            for name in held if isinstance(held, dict) else ():
                if meant := self._trained(model, name):
                    yield Occurrence(meant, model.place.at("train", key, name).key_span)
        search = model.section("tune").get("search")
        for path in search if isinstance(search, dict) else ():
            yield from self._path(model, path, model.place.at("tune", "search", path).key_span)

    def _trained(self, model: _Model, name: object) -> Name | None:
        if not isinstance(name, str):
            return None
        if self._is_node(model, name):
            return model.named("node", name)
        return model.named("shared", name) if name in model.section("shared") else None

    def _path(self, model: _Model, path: str, span: Span) -> Iterator[Occurrence]:
        """The name in a path of a search: `layers.fc1.units`, `params.width`."""
        section, _, rest = path.partition(".")
        name = rest.partition(".")[0]
        kind = {"layers": "node", "inputs": "node", "shared": "shared", "params": "param"}.get(
            section
        )
        if kind is None or name not in model.section(section):
            return
        quoted = span.end_column - span.column - len(path) == 2
        column = span.column + len(section) + 1 + quoted
        narrow = span._replace(column=column, end_column=column + len(name))
        yield Occurrence(model.named(kind, name), narrow)

    def _params(self, model: _Model, held: Any, place: Place) -> Iterator[Occurrence]:
        """The params in the values of a model, but for those in its blocks."""
        if isinstance(held, dict):
            for key, value in held.items():
                if not (place == model.place and key == "blocks"):
                    yield from self._params(model, value, place.at(key))
        elif isinstance(held, list):
            for index, value in enumerate(held):
                yield from self._params(model, value, place.at(index))
        elif isinstance(held, str) and "$" in held:
            for each in _EXPRESSION.finditer(held):
                group = 1 if each[1] is not None else 2
                for word in _IDENTIFIER.finditer(each[group]):
                    meant = model.finds("params", "param", word[0])
                    if meant is not None:
                        start = each.start(group)
                        span = place.within(start + word.start(), start + word.end())
                        yield Occurrence(meant, span)
