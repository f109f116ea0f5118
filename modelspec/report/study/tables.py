"""The trials as tables: all of them, those that were trained again, those that failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.report.markup import Child, Html, element, prose, together
from modelspec.report.numbers import counted, duration, exact, short
from modelspec.report.study.marks import value_text
from modelspec.report.tables import plain_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from modelspec.report.study.contents import (
        Column,
        ConfirmedContents,
        Objective,
        StudyContents,
        TrialContents,
    )

MOST_SHOWN = 50
"""So many trials are shown; the others when they are asked for."""
MOST_ROWS = 2000
MOST_REASONS = 30


def trials_table(contents: StudyContents) -> Html:
    """All trials: best first, then the pruned ones, then those without a value."""
    found = _in_order(contents)
    told = "Best first; those that were pruned, failed or are under way come last."
    rest = found[MOST_SHOWN:MOST_ROWS]
    hidden = found[MOST_ROWS:]
    return together(
        element("p", told, class_="soft"),
        _table(contents, found[:MOST_SHOWN]),
        element(
            "details",
            element("summary", f"{counted(len(rest), 'more trial')}"),
            _table(contents, rest),
        )
        if rest
        else None,
        element("p", f"and {len(hidden):,} more in trials.csv", class_="soft") if hidden else None,
    )


def _in_order(contents: StudyContents) -> list[TrialContents]:
    ordered = [contents.by_number[number] for number in contents.ordered]
    first, placed = contents.objectives[0], set(contents.ordered)
    others = [each for each in contents.trials if each.number not in placed]

    def place(each: TrialContents) -> tuple[int, float, int]:
        value = each.value(first.name)
        loss = 0.0 if value is None else -value if first.higher else value
        group = {"pruned": 0, "running": 2}.get(each.status, 1)
        return group, loss, each.number

    return [*ordered, *sorted(others, key=place)]


def _table(contents: StudyContents, trials: Sequence[TrialContents]) -> Html:
    sizes = [name for name in ("parameters",) if name not in _names(contents)]
    head = ["trial", "ending", *_names(contents), *(each.path for each in contents.columns)]
    rows = (
        (
            linked(str(each.number), each.link),
            element("td", _status(contents, each)),
            *(_number(each.objectives.get(name)) for name in _names(contents)),
            *(_value(each, column) for column in contents.columns),
            *(element("td", f"{each.parameters:,}") for _ in sizes),
            element("td", f"{each.epochs:,}"),
            element("td", duration(each.seconds)),
        )
        for each in trials
    )
    return plain_table([*head, *sizes, "epochs", "time"], rows, "trials lines")


def _names(contents: StudyContents) -> list[str]:
    return [each.name for each in contents.objectives]


def _status(contents: StudyContents, each: TrialContents) -> str:
    if each.status == "complete" and each.number not in contents.ordered:
        return "no finite value"
    if len(contents.objectives) > 1 and each.number in contents.front:
        return "front"
    return each.status


def _number(value: float | None) -> Html:
    return element("td") if value is None else exact(value, "td")


def _value(trial: TrialContents, column: Column) -> Html:
    if column.path not in trial.values:
        return element("td")
    value = trial.values[column.path]
    return element("td", value_text(value), title=str(value))


def linked(text: str, link: str) -> Html:
    """A text that leads somewhere, if there is somewhere to go."""
    return element("a", text, href=link) if link else together(text)


def confirmed_table(contents: StudyContents) -> Html:
    """The trials that were trained again, with what each objective came to."""
    names = _names(contents)
    tests = list(dict.fromkeys(key for each in contents.confirmed for key in each.test))
    rows = [
        (
            f"trial {each.trial}",
            element("td", *_links(each.links)),
            *(element("td", plus_minus(each, objective)) for objective in contents.objectives),
            *(_number(each.test.get(name)) for name in tests),
        )
        for each in contents.confirmed
    ]
    told = (
        "The best were trained again with other seeds: mean ± standard deviation. "
        "Of two that are close, the seeds decide."
    )
    if tests:
        told += " The test rows were asked once, of one run of the best."
    return together(
        element("p", told, class_="soft"),
        plain_table(["", "runs", *names, *tests], rows, "metrics lines"),
    )


def _links(links: Mapping[str, str]) -> Iterator[Child]:
    for place, (text, link) in enumerate(links.items()):
        yield ", " if place else None
        yield linked(text, link)


def plus_minus(found: ConfirmedContents, objective: Objective) -> str:
    """`0.958 ± 0.004`; a cost, which is the same with any seed, stands alone."""
    deviation = None if objective.cost else found.deviations.get(objective.name)
    more = "" if deviation is None else f" ± {deviation:.2g}"
    return f"{short(found.means[objective.name])}{more}"


def failures_table(contents: StudyContents) -> Html:
    """Why trials failed: each reason with the trials that it ended."""
    reasons: dict[str, list[TrialContents]] = {}
    for each in contents.of_status("failed"):
        reasons.setdefault(each.why or "for no reason that is known", []).append(each)
    items = [
        element(
            "li",
            element("span", prose(why)),
            element("span", *_links({f"{e.number}": e.link for e in trials}), class_="soft"),
        )
        for why, trials in list(reasons.items())[:MOST_REASONS]
    ]
    return _listed(items, len(reasons))


def rejected_table(contents: StudyContents) -> Html:
    """How many proposals were never started, by the reason."""
    items = [
        element("li", element("span", prose(why)), element("span", f"{count:,}", class_="soft"))
        for why, count in list(contents.rejected.items())[:MOST_REASONS]
    ]
    total = sum(contents.rejected.values())
    told = f"{counted(total, 'proposal')} {'was' if total == 1 else 'were'} not started"
    note = element("p", f"{told}: no training was spent on them.", class_="soft")
    return together(note, _listed(items, len(contents.rejected)))


def _listed(items: Sequence[Html], count: int) -> Html:
    left = count - len(items)
    more = element("p", f"and {left:,} more reasons", class_="soft") if left > 0 else None
    return together(element("ul", *items, class_="pairs reasons"), more)
