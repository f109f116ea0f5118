"""The members of an ensemble: what each counts, and what that is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.report.markup import Html, element, prose, together
from modelspec.report.names import readable
from modelspec.report.numbers import counted, exact, short
from modelspec.report.reliability import calibration_drawn
from modelspec.report.tables import plain_table

if TYPE_CHECKING:
    from modelspec.report.contents import EnsembleContents, EnsembleOutput
    from modelspec.report.markup import Child


def ensemble_drawn(found: EnsembleContents) -> Html:
    """The members with their weights, then what each output's mean is worth."""
    several = len(found.outputs) > 1
    heads = [f"weight for {readable(each.name)}" if several else "weight" for each in found.outputs]
    rows: list[list[Child]] = []
    for place, (name, run) in enumerate(found.members):
        weights = [_weight(each.weights[place]) for each in found.outputs]
        rows.append([readable(name), *weights, element("td", element("code", run), class_="path")])
    members = element(
        "article",
        plain_table(["member", *heads, "run"], rows, "lines members"),
        *map(_note, found.notes),
        class_="card output",
    )
    return together(members, *(_output(each, several=several) for each in found.outputs))


def _weight(share: float) -> Html:
    return element("td", f"{share:.1%}", title=repr(share))


def _soft(text: str) -> Html:
    return element("p", prose(text), class_="soft")


def _note(text: str) -> Html:
    """A note as a sentence of its own."""
    return _soft(f"{text[:1].upper()}{text[1:]}.")


def _output(found: EnsembleOutput, *, several: bool) -> Html:
    title = readable(found.name) if several else "What the mean is worth"
    parts: list[Child] = [element("h3", title), _soft(found.told), *map(_note, found.notes)]
    if any(line.values for line in found.lines):
        parts += [_soft(f"Measured on {found.measured}:"), _table(found)]
    if found.temperature is not None:
        told = f"The logits of the mean are divided by a temperature of {short(found.temperature)}."
        parts.append(_soft(told))
    if found.before is not None and found.after is not None:
        drawn = [
            calibration_drawn(each, f"{when} the temperature")
            for each, when in ((found.before, "without"), (found.after, "with"))
        ]
        parts.append(element("div", *drawn, class_="plots"))
    return element("article", *parts, class_="card output")


def _table(found: EnsembleOutput) -> Html:
    keys = list(dict.fromkeys(key for line in found.lines for key in line.values))
    rows: list[list[Child]] = []
    for line in found.lines:
        chosen = (
            element("span", "the ensemble", class_="chip") if line.name == found.chosen else None
        )
        name = together(readable(line.name), chosen)
        cells = [exact(line.values[key], "td") if key in line.values else "" for key in keys]
        rows.append([name, *cells])
    return plain_table(["", *keys], rows, "metrics")


def members_told(found: EnsembleContents) -> str:
    """`a mean of 3 members`, `a mean of 2 of 3 members`, if one counts nothing."""
    count = len(found.members)
    counting = sum(any(each.weights[n] for each in found.outputs) for n in range(count))
    of = f"{counting} of " if found.outputs and counting < count else ""
    return f"a mean of {of}{counted(count, 'member')}"
