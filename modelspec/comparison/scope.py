"""Two models that are compared, and what is known of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.language.model import Model, Use

if TYPE_CHECKING:
    from modelspec.comparison.because import Params
    from modelspec.comparison.entry_graph import Entry
    from modelspec.language.model import What


class Scope:
    """Two models that are compared, and what is known of them.

    Args:
        before: The model in the first spec.
        after: In the second one.
        params: What values of them may follow from.
        file: What stands before paths in the file of the second: empty in the spec's own file.
        graphs: Their entries.
        names: Which entry is which.
    """

    def __init__(
        self,
        before: Model,
        after: Model,
        params: Params,
        file: str,
        graphs: tuple[dict[str, Entry], dict[str, Entry]],
        names: dict[str, str],
    ) -> None:
        self.before = before
        self.after = after
        self.params = params
        self.file = file
        self.graphs = graphs
        self.names = names

    def at(self, *keys: str | int) -> str:
        """A path in the second spec."""
        head = [self.file] if self.file else []
        return ".".join(map(str, (*head, *self.after.place.path, *keys)))

    def left_to_data(self, name: str, other: str) -> bool:
        """Whether both leave an input's shape to their data."""
        return self.before.inputs[name].left_to_data and self.after.inputs[other].left_to_data

    def shared_names(self) -> dict[str, str]:
        """Which shared layer is which: by name, or by who calls it."""
        known = {name: name for name in self.before.shared if name in self.after.shared}
        for name, other in self.names.items():
            first, second = (graph.get(each) for graph, each in zip(
                self.graphs, (name, other), strict=True))  # fmt: skip
            used = [_used(entry) for entry in (first, second)]
            if used[0] and used[1] and used[0] not in known and used[1] not in known.values():
                known[used[0]] = used[1]
        return known


def innermost(what: What) -> object:
    """What a wrapper holds, at its very inside; anything else itself."""
    inner: object = what
    while not isinstance(inner, Model) and getattr(inner, "layer", None) is not None:
        inner = inner.layer  # type: ignore[attr-defined]
    return inner


def _used(entry: Entry | None) -> str:
    declared = entry.declared if entry else None
    return declared.what.shared if declared and isinstance(declared.what, Use) else ""
