"""One diagram of two: what is new, gone, changed, and what merely follows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from modelspec.plot.diagram import Diagram
from modelspec.plot.marks import NO_MARK, Mark

if TYPE_CHECKING:
    from modelspec.plot.diagram import Arrow, Box


@dataclass(frozen=True, slots=True)
class Differences:
    """What there is to mark.

    Attributes:
        pairs: Of each box of the first diagram that is in the second too, its key there.
        changed: What was changed about a box of the second, by its key.
        follows: What became of a box without a change of its own.
    """

    pairs: dict[str, str]
    changed: dict[str, list[str]] = field(default_factory=dict)
    follows: dict[str, list[str]] = field(default_factory=dict)


def merged(before: Diagram, after: Diagram, differences: Differences) -> Diagram:
    """The second diagram with what is gone from the first, each box and arrow marked."""
    return _Merger(differences).merge(before, after)


def mark_closed(closed: Diagram, whole: Diagram) -> None:
    """Mark each block that is closed in one diagram, and has marks inside in the whole one."""
    bodies = {box.key: box.body for box in whole.walk() if box.body is not None}
    waiting = [closed]
    while waiting:
        diagram = waiting.pop()
        for index, box in enumerate(diagram.boxes):
            if box.body is not None:
                waiting.append(box.body)
            elif box.key in bodies and box.mark.level in ("", "follows"):
                level = _level_inside(bodies[box.key])
                if level and level != box.mark.level:
                    mark = Mark(level, (level,), (*box.mark.messages, f"{level} inside"))
                    diagram.boxes[index] = replace(box, mark=mark)


def _level_inside(body: Diagram) -> str:
    """`changed` where a box or an arrow has a change of its own, `follows`, or nothing."""
    boxes = body.walk()
    bodies = [body, *(box.body for box in boxes if box.body is not None)]
    marks = [
        *(box.mark for box in boxes),
        *(arrow.mark for each in bodies for arrow in each.arrows),
    ]
    levels = {mark.level for mark in marks} - {""}
    return "changed" if levels - {"follows"} else "".join(levels)


class _Merger:
    def __init__(self, differences: Differences) -> None:
        self._differences = differences

    def merge(self, before: Diagram, after: Diagram) -> Diagram:
        keys = {box.key: index for index, box in enumerate(after.boxes)}
        found = Diagram(list(after.boxes), [], list(after.notes))
        place: list[int] = []
        old: dict[int, Box] = {}
        for box in before.boxes:
            index = keys.get(self._counterpart(box))
            if index is None:
                index = len(found.boxes)
                found.boxes.append(self._all(box, "removed"))
            else:
                old[index] = box
            place.append(index)
        for index, box in enumerate(after.boxes):
            found.boxes[index] = self._marked(old.get(index), box)
        self._arrows(before, after, place, found)
        return found

    def _counterpart(self, box: Box) -> str:
        if box.kind in ("output", "exit"):
            return self._differences.pairs.get(box.key, box.key)
        return self._differences.pairs.get(box.key, "")

    def _marked(self, old: Box | None, box: Box) -> Box:
        if old is None:
            return self._all(box, "added")
        body = box.body
        if body is not None and old.body is not None:
            body = self.merge(old.body, body)
        for level, known in (
            ("changed", self._differences.changed),
            ("follows", self._differences.follows),
        ):
            if box.key in known:
                return replace(box, body=body, mark=Mark(level, (level,), tuple(known[box.key])))
        return replace(box, body=body, mark=NO_MARK)

    def _all(self, box: Box, level: str) -> Box:
        """A box that is only in one of the two, with all that is in it."""
        body = box.body
        if body is not None:
            body = replace(body, boxes=[self._all(inner, level) for inner in body.boxes])
        key = f"- {box.key}" if level == "removed" else box.key
        return replace(box, key=key, body=body, mark=Mark(level, (level,), (level,)))

    def _arrows(self, before: Diagram, after: Diagram, place: list[int], found: Diagram) -> None:
        moved = [
            replace(arrow, source=place[arrow.source], target=place[arrow.target])
            for arrow in before.arrows
        ]
        known = {_ends(arrow) for arrow in moved}
        kept = {_ends(arrow) for arrow in after.arrows}
        for arrow in after.arrows:
            fresh = _ends(arrow) not in known
            found.arrows.append(replace(arrow, mark=_mark("added") if fresh else NO_MARK))
        for arrow in moved:
            if _ends(arrow) not in kept:
                found.arrows.append(replace(arrow, mark=_mark("removed")))
                self._leave_by(found, arrow)

    def _leave_by(self, found: Diagram, arrow: Arrow) -> None:
        """Let a box have the port that an arrow leaves from."""
        box = found.boxes[arrow.source]
        if arrow.source_port not in box.outlets:
            outlets = (*box.outlets, arrow.source_port)
            found.boxes[arrow.source] = replace(box, outlets=outlets)


def _ends(arrow: Arrow) -> tuple[object, ...]:
    return arrow.source, arrow.source_port, arrow.target, arrow.target_port


def _mark(level: str) -> Mark:
    return Mark(level, (), (level,))
