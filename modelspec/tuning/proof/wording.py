"""What is said of values that cannot go together, at the values themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.diagnostics import Diagnostic, Related
from modelspec.language.search_reader import key_value
from modelspec.language.tune import Choice, IntRange
from modelspec.language.yaml_writer import flow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelspec.source import Place
    from modelspec.tuning.proof.boxes import Box
    from modelspec.tuning.proof.evidence import Evidence
    from modelspec.tuning.proof.grid import Grid
    from modelspec.tuning.space.axes import Axis
    from modelspec.tuning.space.candidates import Candidate

MOST_FINDINGS = 20
MOST_VALUES = 6
CLASH, SKIPPED, EMPTY = "MS712", "MS713", "MS714"


def clash(box: Box, evidence: Evidence, search: Place, code: str) -> Diagnostic:
    """The finding about values that cannot go together.

    Args:
        box: The values.
        evidence: What was looked at.
        search: The place of `tune.search`.
        code: `MS712` where the search is refused for it, `MS713` where it leaves them out.
    """
    grid = evidence.grid
    named = [_named(axis, levels, grid) for axis, levels in box.levels.items()]
    row = dict(box.first.atoms)
    error = evidence.error(row, evidence.kinds(row))
    assert error is not None
    example = f" (as with {_values(box, grid)})" if box.count > 1 else ""
    message = f"{_cannot(named)}: {error.code} {error.message}{example}"
    places = [
        value_place(grid.axes[axis], grid.levels[axis][row[axis]], search) for axis in box.levels
    ]
    spans = [place.key_span if is_key else place.span for place, is_key in places]
    related = [Related(span, "with this value") for span in spans[:-1]]
    if not error.span.file.startswith("--set "):
        related.append(Related(error.span, f"where {error.code} is found"))
    out = "write `invalid: skip` under `tune` to leave such combinations out"
    help = f"{error.help}; or {out}" if error.help else f"take a value away, or {out}"
    if code == SKIPPED:
        help = error.help
    return places[-1][0].finding(code, message, help=help, span=spans[-1], related=tuple(related))


def more(boxes: Sequence[Box], search: Place, code: str) -> Diagnostic:
    """That there are more of them than are said."""
    some = f"{len(boxes)} more groups of values" if len(boxes) > 1 else "another group of values"
    return search.finding(code, f"there are {some} that cannot go together", key=True)


def nothing_left(seen: Sequence[Candidate], looked_at: int, whole: bool, tune: Place) -> Diagnostic:
    """That nothing can be trained.

    Args:
        seen: The sound candidates, all of which are over a limit.
        looked_at: How many were linted.
        whole: Whether those were all.
        tune: The section.
    """
    of = "nothing that is searched" if whole else f"none of the {looked_at:,} candidates looked at"
    if not seen:
        help = "take values away that cannot go together"
        return tune.at("search").finding(EMPTY, f"{of} is a sound model", help=help, key=True)
    least = min(seen, key=lambda each: sum(each.over.values()))
    limits = tune.at("limits")
    message = f"{of} is within the limits: what is nearest has {least.why}"
    help = "raise `limits`, or search smaller values"
    return limits.finding(EMPTY, message, help=help, key=True)


def value_place(axis: Axis, value: object, search: Place) -> tuple[Place, bool]:
    """Where a value stands in a search, and whether it is a key there."""
    place = search
    for path, text in axis.needs:
        place, _ = _choice_place(place.at(path), text)
    place = place.at(axis.path)
    if isinstance(axis.space, Choice):
        return _choice_place(place, flow(value))
    kind = "int" if isinstance(axis.space, IntRange) else "float"
    ends = axis.space.bounds
    return (place.at(kind, ends.index(value)) if value in ends else place.at(kind)), False


def _choice_place(place: Place, text: str) -> tuple[Place, bool]:
    written = place.document.value(place.path)
    if isinstance(written, dict):
        key = next((key for key in written if flow(key_value(place, key)) == text), text)
        return place.at(key), True
    items = written if isinstance(written, list) else []
    index = next((index for index, item in enumerate(items) if flow(item) == text), 0)
    return place.at(index), False


def _named(axis: int, levels: tuple[int, ...], grid: Grid) -> str:
    path = grid.axes[axis].path
    if len(levels) == 1:
        return f"`{path}: {flow(grid.levels[axis][levels[0]])}`"
    return f"`{path}` of {_listed(axis, levels, grid)}"


def _listed(axis: int, levels: tuple[int, ...], grid: Grid) -> str:
    """`7, 9 or 11`; a run of integers as `7 to 20`."""
    texts = [flow(grid.levels[axis][level]) for level in levels]
    runs = levels[-1] - levels[0] == len(levels) - 1
    if (
        len(levels) > 2
        and runs
        and grid.counted[axis]
        and isinstance(grid.axes[axis].space, IntRange)
    ):
        return f"{texts[0]} to {texts[-1]}"
    if len(texts) > MOST_VALUES:
        texts = [*texts[: MOST_VALUES - 1], f"{len(texts) - MOST_VALUES + 1} more"]
    return f"{', '.join(texts[:-1])} or {texts[-1]}"


def _cannot(named: list[str]) -> str:
    if len(named) == 1:
        return f"{named[0]} can go with nothing that is searched"
    if len(named) == 2:
        return f"{named[0]} cannot go with {named[1]}"
    return f"{', '.join(named[:-1])} and {named[-1]} cannot go together"


def _values(box: Box, grid: Grid) -> str:
    row = dict(box.first.atoms)
    texts = [flow(grid.levels[axis][row[axis]]) for axis in box.levels]
    return f"{', '.join(texts[:-1])} and {texts[-1]}" if len(texts) > 1 else texts[0]
