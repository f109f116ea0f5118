"""How specs, runs and findings look in a notebook."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

from modelspec.report.markup import Html, element, together
from modelspec.report.notebook import table
from modelspec.runner.progress.notebook import MOST_EPOCHS, epochs_table

if TYPE_CHECKING:
    from modelspec.diagnostics import Diagnostic


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


class History(list[dict[str, float]]):
    """A dict for each epoch: a list, which a notebook shows as a table."""

    def _repr_html_(self) -> str:
        return str(_epochs(self) or element("p", "no epochs"))


def run_html(name: str, folder: str, history: list[dict[str, float]]) -> str:
    """A run: its last epochs, with the best one marked, and where it lies."""
    said = element("p", element("b", name), f" in {folder}")
    return str(together(said, _epochs(history, MOST_EPOCHS)))


def _epochs(history: list[dict[str, float]], most: int | None = None) -> Html | None:
    """The last epochs of a history, and the best one."""
    from modelspec.runner.run.compare import best_row

    best = best_row(history)
    shown = history[-most:] if most else history
    first = [best] if best and best not in shown else []
    return epochs_table([*first, *shown], int(best["epoch"]) if best else None)
