"""`modelspec explain`."""

import sys
from typing import Annotated

import typer

from modelspec.cli import pages
from modelspec.cli.options import Plugins, refuse
from modelspec.diagnostics import did_you_mean
from modelspec.language.foreign.layer_types import ACTIVATIONS, FOREIGN_TYPES

EXAMPLES = (
    "modelspec explain MS401",
    "modelspec explain Conv2D",
    "modelspec explain adam",
    "modelspec explain | grep -i pooling",
)


def run(
    topic: Annotated[
        str | None,
        typer.Argument(
            metavar="[TOPIC]",
            help="A finding's code or name, a layer, loss, metric, optimizer or callback."
            " Left out, all of them are listed.",
        ),
    ] = None,
    _plugins: Plugins = None,
) -> None:
    """Explain a finding, a layer, a loss, a metric, an optimizer or a callback."""
    if topic is None:
        _print(_listing())
        return
    found = list(pages.pages(topic))
    if not found:
        refuse(f"there is nothing called `{topic}`. {_hint(topic)}", "TOPIC")
    for page in found:
        _print(page)


def _hint(topic: str) -> str:
    """Where else to look for a topic."""
    if topic in ACTIVATIONS.values():
        return "As an `activation` it is; `modelspec explain Activation` lists them."
    foreign = FOREIGN_TYPES.get(topic)
    if foreign in pages.names():
        return f"In modelspec, it is `{foreign}`."
    near = did_you_mean(topic, pages.names())
    return f"Did you mean `{near}`?" if near else "`modelspec explain` lists what there is."


def _listing() -> str:
    """All topics, as Markdown lists."""
    parts = []
    for group in pages.groups():
        lines = [f"- `{name}` {line}" for name, line in group.topics.items()]
        parts.append("\n".join([f"# {group.title}", "", *lines, ""]))
    return "\n".join(parts)


def _print(markdown: str) -> None:
    """Markdown as it is in a pipe, and laid out on a terminal."""
    if not sys.stdout.isatty():
        print(markdown)
        return
    from modelspec.cli.pages.terminal import lay_out

    lay_out(markdown)
