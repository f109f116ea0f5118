"""Which entry of one model is which of another: by name, or else by what it does and where."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from modelspec.comparison.digest import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from modelspec.comparison.entry_graph import Entry

    Graph = dict[str, Entry]

_ROUNDS = 64
"""How far away a difference is looked for between entries that look alike."""


def matched(before: Graph, after: Graph, anchors: dict[str, str] | None = None) -> dict[str, str]:
    """The name in the second model of each entry of the first that is in both.

    Entries of one name and type are one and the same. Of the others, those are that do the same,
    with the same around them; then those of one name; then those of one type that have a
    neighbour in common, or are the only ones of it.

    Args:
        before: The entries of the first model.
        after: Those of the second.
        anchors: What is known beforehand.
    """
    pairs = dict(anchors or {})
    matching = _Matching(before, after, pairs)
    matching.by_name(same_type=True)
    matching.by_surroundings()
    matching.by_name(same_type=False)
    matching.by_neighbours()
    return {name: pairs[name] for name in before if name in pairs}


class _Matching:
    def __init__(self, before: Graph, after: Graph, pairs: dict[str, str]) -> None:
        self._before = before
        self._after = after
        self._pairs = pairs
        self._taken = set(pairs.values())
        self._readers = (_readers(before), _readers(after))

    def by_name(self, *, same_type: bool) -> None:
        for name, entry in self._before.items():
            other = self._after.get(name)
            if other is None or name in self._pairs or name in self._taken:
                continue
            if _is_input(entry) != _is_input(other):
                continue
            if not same_type or _type(entry) == _type(other):
                self._pair(name, name)

    def by_surroundings(self) -> None:
        """Pair what does the same, with the same around it as far as one looks."""
        marks = {name: f"pair {index}" for index, name in enumerate(self._pairs)}
        known = {self._pairs[name]: mark for name, mark in marks.items()}
        left, right = _colours((self._before, self._after), self._readers, (marks, known))
        alike: dict[str, list[str]] = defaultdict(list)
        for name in self._open(self._after, self._taken):
            alike[right[name]].append(name)
        for name in self._open(self._before, self._pairs):
            candidates = alike[left[name]]
            if candidates:
                beside = (each for each in candidates if self._shared_operands(name, each))
                best = next(beside, candidates[0])
                candidates.remove(best)
                self._pair(name, best)

    def by_neighbours(self) -> None:
        """Pair what is of one type and has a neighbour in common, or is the only one of it."""
        found = True
        while found:
            found = False
            alone = self._only_ones()
            for name in self._open(self._before, self._pairs):
                beside = [other for other in self._beside(name) if self._fits(name, other)]
                if beside:
                    self._pair(name, max(beside, key=lambda other: self._in_common(name, other)))
                elif name in alone and self._fits(name, alone[name]):
                    self._pair(name, alone[name])
                found |= name in self._pairs

    def _beside(self, name: str) -> dict[str, None]:
        """What is beside a neighbour's counterpart as an entry is beside the neighbour."""
        readers = self._readers[1]
        found: dict[str, None] = {}
        for operand in self._before[name].operands:
            found |= dict.fromkeys(readers.get(self._pairs.get(operand.source, ""), ()))
        for reader in self._readers[0][name]:
            entry = self._after.get(self._pairs.get(reader, ""))
            found |= dict.fromkeys(each.source for each in (entry.operands if entry else ()))
        return found

    def _fits(self, name: str, other: str) -> bool:
        """Whether two entries of one type do the same, or have most neighbours in common."""
        after = self._after.get(other)
        if after is None or other in self._taken:
            return False
        before = self._before[name]
        if _type(before) != _type(after):
            return False
        around, alike = self._in_common(name, other)
        sizes = [
            len(entry.operands) + len(readers[entry.name])
            for entry, readers in zip((before, after), self._readers, strict=True)
        ]
        return alike or 2 * around > max(sizes)

    def _only_ones(self) -> dict[str, str]:
        """Of each open entry that is the only one of its type in both, the other."""
        sides = []
        for graph, known in ((self._before, self._pairs), (self._after, self._taken)):
            by_type: dict[object, list[str]] = defaultdict(list)
            for name in self._open(graph, known):
                by_type[_type(graph[name])].append(name)
            sides.append({kind: names[0] for kind, names in by_type.items() if len(names) == 1})
        first, second = sides
        return {first[kind]: second[kind] for kind in first if kind in second}

    def _in_common(self, name: str, other: str) -> tuple[int, bool]:
        """How many neighbours two entries have in common, and whether they do the same."""
        around = self._shared_operands(name, other) + len(
            {self._pairs.get(reader) for reader in self._readers[0][name]}
            & set(self._readers[1][other])
        )
        return around, self._before[name].signature == self._after[other].signature

    def _shared_operands(self, name: str, other: str) -> int:
        sources = {operand.source for operand in self._after[other].operands}
        return sum(
            self._pairs.get(operand.source) in sources for operand in self._before[name].operands
        )

    def _open(self, graph: Graph, matched: Iterable[str]) -> list[str]:
        known = set(matched)
        return [name for name in graph if name not in known]

    def _pair(self, name: str, other: str) -> None:
        self._pairs[name] = other
        self._taken.add(other)


def _colours(
    graphs: tuple[Graph, Graph],
    readers: tuple[dict[str, list[str]], dict[str, list[str]]],
    known: tuple[dict[str, str], dict[str, str]],
) -> list[dict[str, str]]:
    """A digest of each entry and of what is around it: colour refinement (Weisfeiler, Leman).

    Both models are refined in step, so that their digests can be compared.
    """
    colours = [
        {name: marks.get(name) or digest([entry.signature]) for name, entry in graph.items()}
        for graph, marks in zip(graphs, known, strict=True)
    ]
    kinds = 0
    for _ in range(_ROUNDS):
        found = sum(len(set(each.values())) for each in colours)
        if found == kinds:
            break
        kinds = found
        colours = [
            {
                name: marks.get(name) or digest(_around(name, graph, to, each.__getitem__))
                for name in graph
            }
            for graph, to, marks, each in zip(graphs, readers, known, colours, strict=True)
        ]
    return colours


def _around(
    name: str, graph: Graph, readers: dict[str, list[str]], colour: Callable[[str], str]
) -> list[str]:
    operands = [
        f"{operand.entering} {operand.leaving} {colour(operand.source)}"
        for operand in graph[name].operands
        if operand.source in graph
    ]
    return [colour(name), "|", *operands, "|", *sorted(map(colour, readers[name]))]


def _readers(graph: Graph) -> dict[str, list[str]]:
    """The entries that each entry goes to."""
    found: dict[str, list[str]] = {name: [] for name in graph}
    for name, entry in graph.items():
        for operand in entry.operands:
            if operand.source in found:
                found[operand.source].append(name)
    return found


def _is_input(entry: Entry) -> bool:
    return entry.declared is None


def _type(entry: Entry) -> object:
    if entry.declared is None:
        return "input"
    found = entry.values.get(("type",)) or entry.values.get(("use",))
    return found.value if found else None
