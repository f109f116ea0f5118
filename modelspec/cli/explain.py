"""`modelspec explain`."""

import sys
from typing import Annotated

import typer

from modelspec.cli import pages
from modelspec.cli.options import Plugins, refuse
from modelspec.diagnostics import did_you_mean
from modelspec.language.elsewhere import elsewhere
from modelspec.language.foreign.layer_types import ACTIVATIONS, FOREIGN_TYPES
from modelspec.language.foreign.names import foreign_name
from modelspec.training import callbacks, losses, metrics, optimizers, schedules

_REGISTRIES = {
    "loss": losses,
    "metric": metrics,
    "optimizer": optimizers,
    "schedule": schedules,
    "callback": callbacks,
}

EXAMPLES = (
    "modelspec explain freeze",
    "modelspec explain MS401",
    "modelspec explain Conv2D",
    "modelspec explain adam",
    "modelspec explain | grep -i pooling",
)


def _completions(begin: str) -> list[str]:
    """The topics that begin so, for the shell."""
    return [name for name in pages.names() if name.lower().startswith(begin.lower())]


def run(
    topic: Annotated[
        str | None,
        typer.Argument(
            metavar="[TOPIC]",
            help="A concept, a finding's code or name, a layer, loss, metric, optimizer or"
            " callback, or a key such as `train.epochs`. Left out, all of them are listed.",
            autocompletion=_completions,
        ),
    ] = None,
    _plugins: Plugins = None,
) -> None:
    """Explain a concept, a finding, a layer, a loss, a metric, an optimizer or a callback."""
    if topic is None:
        _print(_listing())
        return
    found = pages.pages(topic)
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
    near = _meant(topic) or did_you_mean(topic, pages.names())
    return f"Did you mean `{near}`?" if near else "`modelspec explain` lists what there is."


def _meant(topic: str) -> str | None:
    """What a word of another framework is called here: `f1`, `lr`, `train.lr`."""
    for kind, registry in _REGISTRIES.items():
        if (name := foreign_name(topic, kind, registry.names())) is not None:
            return name
    section, _, key = topic.rpartition(".")
    there = elsewhere(key)
    return there if there and (not section or there.startswith(f"{section}.")) else None


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
