"""The page of a study: what stands where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.report.markup import Child, Html, element, together
from modelspec.report.numbers import counted, duration, exact, short
from modelspec.report.page import breakable, document
from modelspec.report.spec import spec_drawn
from modelspec.report.study.epochs import epochs_drawn
from modelspec.report.study.front import fronts_drawn
from modelspec.report.study.history import history_drawn
from modelspec.report.study.importance import importance_drawn
from modelspec.report.study.marks import value_text
from modelspec.report.study.parallel import parallel_drawn
from modelspec.report.study.slices import slices_drawn
from modelspec.report.study.tables import (
    confirmed_table,
    failures_table,
    linked,
    plus_minus,
    rejected_table,
    trials_table,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelspec.report.study.contents import StudyContents

MOST_FIGURES = 6


def study_page(contents: StudyContents) -> str:
    """A study as an HTML file that fetches nothing and runs nothing."""
    title = f"{contents.name}, {counted(len(contents.trials), 'trial')}"
    return document(title, _header(contents), list(_sections(contents)), contents.folder)


def _sections(contents: StudyContents) -> Iterator[tuple[str, str, Child]]:
    if contents.confirmed:
        yield "confirmed", "Confirmed", confirmed_table(contents)
    if contents.trials:
        yield "history", "History", _history(contents)
    if len(contents.objectives) > 1:
        yield "front", "Front", element("div", *fronts_drawn(contents), class_="charts")
    if contents.trials:
        yield "importance", "Importance", importance_drawn(contents)
    if contents.ordered:
        yield "coordinates", "Parallel coordinates", parallel_drawn(contents)
        slices = slices_drawn(contents, contents.objectives[0])
        if slices:
            yield "slices", f"{contents.objectives[0].name} by path", _charts(slices)
    if contents.trials:
        yield "trials", "Trials", trials_table(contents)
    if contents.of_status("failed"):
        yield "failures", "Failures", failures_table(contents)
    if contents.rejected:
        yield "rejected", "Not started", rejected_table(contents)
    if contents.spec:
        yield "search", "Search", _search(contents)


def _search(contents: StudyContents) -> Html:
    told = " ".join(f"--set {each}" for each in contents.overrides)
    changed = element("p", "Changed by ", element("code", told), class_="soft") if told else None
    return together(changed, spec_drawn(contents.spec))


def _history(contents: StudyContents) -> Html:
    drawn = [history_drawn(contents, each) for each in contents.objectives]
    drawn += [
        chart for each in contents.objectives if (chart := epochs_drawn(contents, each)) is not None
    ]
    return _charts(drawn)


def _charts(charts: list[Html]) -> Html:
    return element("div", *charts, class_="charts")


def _header(contents: StudyContents) -> Html:
    counts = [
        f"{len(found):,} {status}"
        for status in ("complete", "pruned", "failed", "running")
        if (found := contents.of_status(status))
    ]
    seconds = sum(each.seconds for each in contents.trials)
    told = [counted(len(contents.trials), "trial") + (f": {', '.join(counts)}" if counts else "")]
    told += [f"{duration(seconds)} of training"] if seconds else []
    links = [element("a", name, href=file) for name, file in contents.files.items()]
    return element(
        "header",
        element("h1", contents.name),
        element("p", " · ".join([*told, contents.told] if contents.told else told), class_="soft"),
        element("div", *_figures(contents), class_="figures"),
        _best(contents),
        element("p", *_between(links), class_="soft") if links else None,
    )


def _between(links: list[Html]) -> Iterator[Child]:
    for place, link in enumerate(links):
        yield " · " if place else None
        yield link


def _figures(contents: StudyContents) -> list[Html]:
    """What stands largest: the best values, the means of the repeats, what the test rows say."""
    found: list[tuple[str, Html]] = []
    if contents.best is not None:
        trial = contents.by_number[contents.best]
        confirmed = next((e for e in contents.confirmed if e.trial == contents.best), None)
        for each in contents.objectives:
            found.append((f"{each.name}, trial {trial.number}", exact(trial.objectives[each.name])))
            if confirmed and each.name in confirmed.deviations and not each.cost:
                told = f"{each.name}, {counted(confirmed.repeats, 'seed')}"
                found.append((told, _pair(plus_minus(confirmed, each))))
    tests = next((each.test for each in contents.confirmed if each.test), {})
    ranked = sorted(tests.items(), key=lambda item: item[0].endswith("loss"))
    found += [(name, exact(value)) for name, value in ranked]
    if len(contents.objectives) > 1 and contents.front:
        found.append(("on the front", together(short(len(contents.front)))))
    return [
        element("div", element("span", breakable(name)), element("b", value), class_="card figure")
        for name, value in found[:MOST_FIGURES]
    ]


def _pair(text: str) -> Html:
    mean, sign, deviation = text.partition(" ± ")
    return together(mean, element("small", f"{sign}{deviation}") if sign else None)


def _best(contents: StudyContents) -> Html:
    """The values of the best trial."""
    if contents.best is None:
        why = "No trial has come to its end with a finite value."
        return element("p", why if contents.trials else "No trial has begun.", class_="note")
    trial = contents.by_number[contents.best]
    rows = [
        element("div", element("dt", path), element("dd", value_text(value)))
        for path, value in trial.values.items()
    ]
    told = linked(f"trial {trial.number}", trial.link)
    return together(
        element("p", "The best, ", told, f", {trial.parameters:,} parameters:", class_="soft"),
        element("dl", *rows, class_="card environment best-values"),
    )
