"""What a changed value follows from: the params that its text names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from modelspec.comparison.changes import NOTHING, Change
from modelspec.comparison.entries import own_params
from modelspec.comparison.values import Value, as_written, same

if TYPE_CHECKING:
    from modelspec.language.model import Model

_NAMES = re.compile(r"[A-Za-z_]\w*", re.ASCII)


class Params:
    """The params of one model in two specs, and which of their changes something follows from.

    Args:
        before: The model in the first spec.
        after: In the second one.
        given: Of a block, what the arguments of its call follow from, by name.
        file: What stands before paths in the file that the model is in.
        around: The params of the model around a block, which it sees too.
    """

    def __init__(
        self,
        before: Model,
        after: Model,
        given: dict[str, tuple[str, ...]] | None = None,
        file: str = "",
        around: Params | None = None,
    ) -> None:
        self._before = before
        self._after = after
        self._given = given or {}
        self._file = file
        self._around = around
        self._own = dict.fromkeys((*own_params(before), *own_params(after)))
        self.used: dict[str, Change] = {}

    def because(self, before: Value, after: Value) -> tuple[str, ...]:
        """The paths of the changed params that a changed value follows from.

        Empty where the value itself was written anew.
        """
        if before.written is NOTHING or not _alike(before.written, after.written):
            return ()
        found: dict[str, None] = {}
        for name in _named(after.written):
            found |= dict.fromkeys(self._of_param(name))
        return tuple(found)

    def unused(self) -> list[Change]:
        """The params of its own that were written otherwise, from which nothing follows."""
        found = []
        for name in self._own:
            before, after = (_param(model, name) for model in (self._before, self._after))
            if not _alike(before.written, after.written):
                given = before._replace(value=before.written), after._replace(value=after.written)
                found.append(between(self._path(before, after), *given))
        return [change for change in found if change.path not in self.used]

    def _of_param(self, name: str) -> tuple[str, ...]:
        if name in self._given:
            return self._given[name]
        if name not in self._own and self._around:
            return self._around._of_param(name)
        change = self._change(name)
        if change is None:
            return ()
        if self._is_computed(name):
            deeper: dict[str, None] = {}
            for inner in _named(_param(self._after, name).written):
                deeper |= dict.fromkeys(self._of_param(inner))
            return tuple(deeper)
        self.used[change.path] = change
        return (change.path,)

    def _is_computed(self, name: str) -> bool:
        """Whether a param's own text is the same in both."""
        before, after = (_param(model, name) for model in (self._before, self._after))
        return before.written is not NOTHING and _alike(before.written, after.written)

    def _change(self, name: str) -> Change | None:
        before, after = (_param(model, name) for model in (self._before, self._after))
        if same(before.value, after.value):
            return None
        return between(self._path(before, after), before, after)

    def _path(self, before: Value, after: Value) -> str:
        path = (before if after.written is NOTHING else after).place.text
        return f"{self._file}.{path}" if self._file else path


def between(
    path: str, before: Value | None, after: Value | None, because: tuple[str, ...] = ()
) -> Change:
    """The change from one value to another."""
    return Change(
        kind="changed",
        path=path,
        before=before.value if before else NOTHING,
        after=after.value if after else NOTHING,
        because=because,
        old=before.place.span if before and before.written is not NOTHING else None,
        new=after.place.span if after and after.written is not NOTHING else None,
    )


def _param(model: Model, name: str) -> Value:
    place = model.place.at("params", name)
    return Value(model.params.get(name, NOTHING), place, as_written(place))


def _alike(before: Any, after: Any) -> bool:
    return type(before) is type(after) and bool(before == after)


def _named(written: Any) -> list[str]:
    """The params that a text names, in its order."""
    if isinstance(written, dict):
        return [name for value in written.values() for name in _named(value)]
    if isinstance(written, list):
        return [name for value in written for name in _named(value)]
    if not isinstance(written, str) or not written.startswith("$") or written.startswith("$$"):
        return []
    return _NAMES.findall(written)
