"""The inputs of an ensemble: those that members have in common, and those of one alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from modelspec.language.model import Input
from modelspec.shapes import Expr, symbol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelspec.data.features import Feature
    from modelspec.ensembles.members import Member
    from modelspec.shapes import Dim, Shape


class JoinedInput(NamedTuple):
    """An input of an ensemble.

    Attributes:
        given: As its spec declares it.
        feature: What fills it.
        owner: The first member that reads it, whose spec says how it is filled.
        name: What that member calls it.
    """

    given: Input
    feature: Feature
    owner: Member
    name: str


@dataclass
class JoinedInputs:
    """All inputs of an ensemble.

    Attributes:
        inputs: By name.
        names: Of each member, by its own name of an input, what the ensemble calls it.
    """

    inputs: dict[str, JoinedInput] = field(default_factory=dict)
    names: dict[str, dict[str, str]] = field(default_factory=dict)


def join_inputs(members: Sequence[Member]) -> JoinedInputs:
    """One input for all members that read the same columns in the same way, else one each.

    They read them in the same way if what was learnt of them is the same: the folds of a
    cross-validation have other means each, and so inputs of their own. Symbols of shapes that are
    not the same size get names of their own too.
    """
    joined = JoinedInputs()
    symbols: set[str] = set()
    for member in members:
        own = member.trained.spec.model.inputs
        features = member.trained.preprocessing.features
        called: dict[str, str] = {}
        sizes: dict[str, str] = {}
        for name, given in own.items():
            same = _same(given, features[name], joined, sizes, set(called.values()))
            if same:
                called[name] = same
        for name, given in own.items():
            if name in called:
                continue
            called[name] = free = _free(name, member.name, joined.inputs)
            shape = _renamed(given.shape or (), member.name, sizes, symbols)
            renamed = Input(free, given.place, shape, given.dtype, given.description)
            joined.inputs[free] = JoinedInput(renamed, features[name], member, name)
        symbols.update(sizes.values())
        joined.names[member.name] = called
    return joined


def _same(
    given: Input, feature: Feature, joined: JoinedInputs, sizes: dict[str, str], used: set[str]
) -> str:
    """The input that is there already for what a member reads; empty for none."""
    for name, other in joined.inputs.items():
        if name in used or encoding(other.feature) != encoding(feature):
            continue
        if other.given.dtype != given.dtype:
            continue
        found = _matching(given.shape or (), other.given.shape or (), sizes)
        if found is not None:
            sizes |= found
            return name
    return ""


def encoding(feature: Feature) -> dict[str, Any]:
    """All of a fitted feature that says what becomes of a value."""
    state = feature.to_dict()
    counted = [state, *state.get("parts", ())]
    for each in counted:
        if isinstance(each, dict):
            each.pop("rows", None)  # how many training rows each class has
    return state


def _matching(own: Shape, other: Shape, sizes: dict[str, str]) -> dict[str, str] | None:
    """What the symbols of a member's shape are called, if it is that of an input; else None."""
    if len(own) != len(other):
        return None
    found: dict[str, str] = {}
    for size, theirs in zip(own, other, strict=True):
        if isinstance(size, Expr) and isinstance(theirs, Expr):
            known = {**sizes, **found}.get(str(size))
            if known not in (None, str(theirs)):
                return None
            found[str(size)] = str(theirs)
        elif size != theirs:
            return None
    return found


def _renamed(shape: Shape, owner: str, sizes: dict[str, str], taken: set[str]) -> Shape:
    """A shape whose symbols have the ensemble's names; new ones get one that is free."""
    found: list[Dim] = []
    for size in shape:
        if isinstance(size, Expr):
            name = str(size)
            if name not in sizes:
                sizes[name] = f"{owner}_{name}" if name in taken else name
            found.append(symbol(sizes[name]))
        else:
            found.append(size)
    return tuple(found)


def _free(name: str, owner: str, taken: dict[str, JoinedInput]) -> str:
    free = name
    while free in taken:
        free = f"{owner}_{free}"
    return free
