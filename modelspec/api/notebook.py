"""How specs, runs and findings look in a notebook."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

from modelspec.report.markup import element, together
from modelspec.report.notebook import table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelspec.diagnostics import Diagnostic

MOST_EPOCHS = 10
"""A longer history is shown by its last epochs."""


class Findings(list["Diagnostic"]):
    """Findings in file order: a list, which a notebook shows as a table."""

    def _repr_html_(self) -> str:
        if not self:
            return str(element("p", "no findings"))
        head = ("where", "code", "what", "way out")
        return str(table(head, (_finding(each) for each in self)))


def _finding(found: Diagnostic) -> list[str]:
    return [str(found.span), f"{found.code} {found.name}", found.message, found.help]


def diagram_html(svg: bytes, name: str) -> str:
    """A diagram as a picture: its styles reach nothing else on the page, and scripts do not run."""
    source = f"data:image/svg+xml;base64,{b64encode(svg).decode()}"
    style = "max-width: 100%; height: auto"
    return str(element("img", src=source, alt=f"The diagram of {name}", style=style))


def run_html(name: str, folder: str, history: Sequence[dict[str, float]], best: int | None) -> str:
    """A run: its last epochs, with the best one marked, and where it lies."""
    from modelspec.runner.progress.epoch_line import number_text
    from modelspec.training.callback import measured_keys

    shown = list(history[-MOST_EPOCHS:])
    shown = [row for row in history if row["epoch"] == best and row not in shown] + shown
    keys = list(dict.fromkeys(key for row in shown for key in measured_keys(row)))
    rows = (
        [
            f"{row['epoch']:.0f}{' (best)' * (row['epoch'] == best)}",
            *(number_text(row[key]) if key in row else "" for key in keys),
        ]
        for row in shown
    )
    epochs = table(("epoch", *keys), rows) if shown else None
    said = element("p", element("b", name), f" in {folder}")
    return str(together(said, epochs))
