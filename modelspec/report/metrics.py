"""What the best and the last epoch measured, output by output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.report.curves import VALIDATION
from modelspec.report.markup import Html, element, together
from modelspec.report.numbers import exact

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST_ROWS = 40

TOTAL = ""
"""What the values that are of no output belong to."""


def by_output(keys: Iterable[str], outputs: Sequence[str]) -> dict[str, dict[str, str]]:
    """For each output, the logged values that are its own: how each is called, and its key.

    Args:
        keys: What is logged; `val_` stands before values of the validation rows.
        outputs: Their names. With several, the name of its output stands before a value's.

    Returns:
        Also under `TOTAL`, those of no output. Names of validation values are left out.
    """
    found: dict[str, dict[str, str]] = {name: {} for name in (TOTAL, *outputs)}
    for key in keys:
        name = key.removeprefix(VALIDATION)
        owners = [each for each in outputs if name.startswith(f"{each}_")]
        if len(outputs) == 1:
            found[outputs[0]][name] = name
        elif owners:
            owner = max(owners, key=len)
            found[owner][name.removeprefix(f"{owner}_")] = name
        else:
            found[TOTAL][name] = name
    return found


def metric_table(
    names: dict[str, str], best: dict[str, float], last: dict[str, float]
) -> Html | None:
    """A row for each value, of training and validation.

    Args:
        names: How each value is called, and its key.
        best: The epoch that the best weights are of.
        last: The last one.
    """
    if not names:
        return None
    several = best["epoch"] != last["epoch"]
    epochs = [(best, "best")] + ([(last, "last")] if several else [])
    validated = any(VALIDATION + key in best for key in names.values())
    parts = [("", "train")] + ([(VALIDATION, "validation")] if validated else [])
    columns = [(row, prefix) for row, _ in epochs for prefix, _ in parts]
    first = [
        element("th", f"{name}, epoch {row['epoch']:g}", colspan=len(parts), scope="colgroup")
        for row, name in epochs
    ]
    second = [element("th", title, scope="col") for _ in epochs for _, title in parts]
    rows = [
        element(
            "tr",
            element("th", name, scope="row"),
            *(
                exact(row[prefix + key], "td") if prefix + key in row else element("td")
                for row, prefix in columns
            ),
        )
        for name, key in list(names.items())[:MOST_ROWS]
    ]
    left = len(names) - MOST_ROWS
    more = element("p", f"and {left} more in history.csv", class_="soft") if left > 0 else None
    head = element(
        "thead", element("tr", element("td"), *first), element("tr", element("td"), *second)
    )
    table = element("table", head, element("tbody", *rows), class_="plain metrics")
    return together(element("div", table, class_="scroll"), more)
