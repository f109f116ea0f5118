"""The fewest values that make a row fail: by taking values away, and by rows that do not fail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modelspec.tuning.proof.evidence import Evidence, Kind, Look
    from modelspec.tuning.proof.grid import Atom, Row

MOST_CULPRITS = 200
"""After so many, a space is said to fail in other ways too, and they are not looked for."""


@dataclass(slots=True, eq=False)
class Culprit:
    """Values that cannot go together.

    Attributes:
        atoms: The values, with the choices that they hang on.
        kinds: What is wrong with them.
        look: A row that they are in.
    """

    atoms: frozenset[Atom]
    kinds: set[Kind]
    look: Look


class Culprits:
    """All that were found: none is part of another, and no sound row has one in it.

    Attributes:
        unexplained: How many rows fail for which none was looked for, there being so many.
    """

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.found: list[Culprit] = []
        self.unexplained = 0

    def within(self, row: Row) -> bool:
        """Whether a row, whole or in part, has values that cannot go together."""
        atoms = row.items()
        return any(culprit.atoms <= atoms for culprit in self.found)

    def explain(self, look: Look) -> None:
        """Find the culprits of all that is wrong with a row; none where it is known already."""
        if len(self.found) >= MOST_CULPRITS:
            self.unexplained += bool(look.kinds) and not self.within(look.row)
            return
        for kind in sorted(look.kinds):
            if not any(kind in each.kinds and each.atoms <= look.atoms for each in self.found):
                of_kind = self._shrunk(look, kind, look.atoms)
                self._add(Culprit(self._shrunk(look, None, of_kind), {kind}, look))

    def refute(self, look: Look) -> None:
        """See whether a sound row has a culprit in it, which then is only part of one."""
        refuted = [each for each in self.found if not look.kinds and each.atoms <= look.atoms]
        self.found = [each for each in self.found if each not in refuted]
        for each in refuted:
            self.explain(each.look)

    def _add(self, new: Culprit) -> None:
        for each in self.found:
            if each.atoms <= new.atoms:
                each.kinds |= new.kinds
                return
        self.found = [each for each in self.found if not new.atoms <= each.atoms]
        self.found.append(new)

    def _shrunk(self, look: Look, kind: Kind | None, atoms: frozenset[Atom]) -> frozenset[Atom]:
        """The fewest of some values of a row that make it fail in one way, or at all.

        They fail on the file's own values; where a row that has them does not fail, what it takes
        beside them to make it is added.
        """
        kept = self._reduced(frozenset(), atoms, {}, kind)
        while (context := self._sound_with(kept, kind)) is not None:
            more = look.atoms - kept - context.items()
            kept |= self._closed(self._reduced(kept, more, context, kind))
        for atom in sorted(kept, reverse=True):
            fewer = kept - {atom}
            if fewer and self._closed(fewer) == fewer and self._sound_with(fewer, kind) is None:
                kept = fewer
        return kept

    def _reduced(
        self, given: frozenset[Atom], atoms: frozenset[Atom], context: Row, kind: Kind | None
    ) -> frozenset[Atom]:
        """The fewest of `atoms` that, with those given, make a context fail."""
        kept = atoms
        for atom in sorted(kept, reverse=True):
            fewer = kept - {atom}
            there = given | fewer | context.items()
            if self._closed(given | fewer) <= there and self._fails(context, given | fewer, kind):
                kept = fewer
        return kept

    def _closed(self, atoms: frozenset[Atom]) -> frozenset[Atom]:
        """Values of one row, with the choices that they hang on."""
        row = self.evidence.grid.closed(atoms)
        assert row is not None
        return frozenset(row.items())

    def _fails(self, context: Row, atoms: frozenset[Atom], kind: Kind | None) -> bool:
        kinds = self.evidence.kinds(self.evidence.grid.merged(context, atoms))
        return bool(kinds) if kind is None else kind in kinds

    def _sound_with(self, atoms: frozenset[Atom], kind: Kind | None) -> Row | None:
        """A row with these values that does not fail: the file's own, or one looked at."""
        if not self._fails({}, atoms, kind):
            return {}
        found = next(self.evidence.without(atoms, kind), None)
        return found.row if found else None
