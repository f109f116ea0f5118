"""What was predicted against what is true: a cloud around the diagonal, and the errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from modelspec.report.axes import Axis, axis_of, tick_text
from modelspec.report.curves import axes_drawn
from modelspec.report.markup import Html, element, together
from modelspec.report.numbers import counted, exact, short
from modelspec.report.tables import plain_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from modelspec.report.contents import Measures, Numbers

MOST_POINTS = 1500
"""So many values of a column are drawn; the measures are those of all."""
MOST_COLUMNS = 8
BINS = 31
DECILES = 10
SIZE, LEFT, RIGHT, TOP, BOTTOM = 340, 50, 330, 12, 296
LOW_HEIGHT, LOW = 220, 176


def residuals_drawn(found: Measures) -> Html:
    """Each column of an output."""
    parts = []
    for column, name in list(enumerate(found.names))[:MOST_COLUMNS]:
        truth, predicted = found.truth[:, column], found.predicted[:, column]
        sound = np.isfinite(truth) & np.isfinite(predicted)
        title = element("h4", name) if len(found.names) > 1 else None
        broken = len(sound) - int(sound.sum())
        told = f"{counted(broken, 'value')} left out: not finite" if broken else None
        note = element("p", told, class_="soft") if told else None
        parts.append(together(title, note, _column(truth[sound], predicted[sound])))
    left = len(found.names) - MOST_COLUMNS
    more = element("p", f"and {left} more columns", class_="soft") if left > 0 else None
    return together(*parts, more)


def _column(truth: Numbers, predicted: Numbers) -> Html:
    if not len(truth):
        return element("p", "no finite value", class_="soft")
    errors = predicted - truth
    told = element(
        "dl",
        *(
            element("div", element("dt", name), exact(value, "dd"))
            for name, value in measured(truth, predicted).items()
        ),
        class_="facts",
    )
    return element(
        "div",
        element("figure", element("figcaption", "predicted against true"), cloud(truth, predicted)),
        element(
            "figure",
            element("figcaption", "errors, predicted − true, by what was predicted"),
            _residuals(predicted, errors),
        ),
        element(
            "div",
            element("figure", element("figcaption", "errors, how many of each"), _errors(errors)),
            told,
        ),
        _by_decile(truth, errors),
        class_="plots",
    )


def measured(truth: Numbers, predicted: Numbers) -> dict[str, float]:
    """How far off the values are."""
    errors = predicted - truth
    found = {
        "mean absolute error": float(np.abs(errors).mean()),
        "root mean squared error": float(np.sqrt((errors**2).mean())),
        "mean error": float(errors.mean()),
        "median absolute error": float(np.median(np.abs(errors))),
    }
    spread = float(((truth - truth.mean()) ** 2).sum())
    return found | ({"R²": 1 - float((errors**2).sum()) / spread} if spread else {})


def cloud(truth: Numbers, predicted: Numbers) -> Html:
    """A point for each value, and the line on which all would lie."""
    truth, predicted = _drawn(truth, predicted)
    ends = [float(f(each)) for each in (truth, predicted) for f in (np.min, np.max)]
    across, up = axis_of(ends, LEFT, RIGHT), axis_of(ends, BOTTOM, TOP)
    ideal = element("path", d=f"M{LEFT} {BOTTOM}L{RIGHT} {TOP}", class_="ideal")
    return _points(across, up, truth, predicted, ideal, "true", "predicted against true values")


def _residuals(predicted: Numbers, errors: Numbers) -> Html:
    """A point for each error, and the line on which there is none."""
    predicted, errors = _drawn(predicted, errors)
    across = axis_of([float(predicted.min()), float(predicted.max())], LEFT, RIGHT)
    up = axis_of([float(errors.min()), float(errors.max()), 0.0], BOTTOM, TOP)
    ideal = element("line", x1=LEFT, x2=RIGHT, y1=up.at(0), y2=up.at(0), class_="ideal")
    return _points(across, up, predicted, errors, ideal, "predicted", "errors by prediction")


def _drawn(x: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
    """The points; of too many, some drawn at random."""
    if len(x) <= MOST_POINTS:
        return x, y
    chosen = np.random.default_rng(0).choice(len(x), MOST_POINTS, replace=False)
    return x[chosen], y[chosen]


def _points(
    across: Axis, up: Axis, x: Numbers, y: Numbers, ideal: Html, below: str, label: str
) -> Html:
    points = "".join(
        f"M{across.at(a):.1f} {up.at(b):.1f}h0" for a, b in zip(x.tolist(), y.tolist(), strict=True)
    )
    return element(
        "svg",
        *axes_drawn(across, up),
        ideal,
        element("path", d=points, class_="cloud", style=f"--dense:{_faintness(len(x))}"),
        element("text", below, x=RIGHT, y=SIZE - 12, class_="tick end"),
        viewBox=f"0 0 {SIZE} {SIZE - 8}",
        role="img",
        aria_label=label,
    )


def deciles(truth: Numbers) -> list[NDArray[np.intp]]:
    """The rows by their true values, in at most ten parts of about as many."""
    order = np.argsort(truth, kind="stable")
    return [part for part in np.array_split(order, min(DECILES, len(order))) if len(part)]


def _by_decile(truth: Numbers, errors: Numbers) -> Html:
    """The errors of small and of large true values."""
    rows = []
    for part in deciles(truth):
        values, off = truth[part], errors[part]
        ends = f"{short(float(values[0]))} to {short(float(values[-1]))}"
        numbers = (float(off.mean()), float(np.abs(off).mean()), float(np.abs(off).max()))
        cells = [exact(number, "td") for number in numbers]
        rows.append((ends, element("td", f"{len(part):,}"), *cells))
    head = ("true value", "rows", "mean error", "mean absolute", "greatest")
    title = element("figcaption", "errors of each tenth of the true values")
    return element("figure", title, plain_table(head, rows, "lines"), class_="whole")


def _faintness(count: int) -> str:
    return "0.8" if count < 100 else "0.55" if count < 500 else "0.35"


def _errors(errors: Numbers) -> Html:
    """A histogram, of the middle 99 % where a few are far out."""
    low, high = np.quantile(errors, [0.005, 0.995]) if len(errors) > 200 else (0.0, 0.0)
    shown = errors[(errors >= low) & (errors <= high)] if high > low else errors
    reach = float(np.abs(shown).max()) or 1.0
    counts, edges = np.histogram(shown, BINS, (-reach, reach))
    across = Axis(-reach, reach, LEFT, RIGHT)
    up = Axis(0, float(counts.max()) * 1.08 or 1.0, LOW, TOP)
    bars = [
        element(
            "rect",
            element("title", f"{tick_text(start)} to {tick_text(stop)}: {count:,}"),
            x=across.at(start) + 0.6,
            y=up.at(count),
            width=across.at(stop) - across.at(start) - 1.2,
            height=LOW - up.at(count),
            rx=1.5,
            class_="bar",
        )
        for count, start, stop in zip(
            counts.tolist(), edges[:-1].tolist(), edges[1:].tolist(), strict=True
        )
    ]
    middle = across.at(0)
    return element(
        "svg",
        *axes_drawn(across, up),
        *bars,
        element("line", x1=middle, x2=middle, y1=TOP, y2=LOW, class_="ideal"),
        viewBox=f"0 0 {SIZE} {LOW_HEIGHT - 18}",
        role="img",
        aria_label="histogram of the errors",
    )
