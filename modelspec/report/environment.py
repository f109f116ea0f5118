"""What a run ran on."""

from __future__ import annotations

from os.path import basename
from shlex import join
from typing import TYPE_CHECKING, Any

from modelspec.report.markup import Html, element, together

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_COMMAND = "command_line"


def environment_drawn(environment: Mapping[str, Any], overrides: Sequence[str]) -> Html:
    """Versions, machine, and the command line."""
    rows = dict(_rows(environment))
    if overrides:
        rows["overrides"] = "\n".join(overrides)
    words = environment.get(_COMMAND)
    command = None
    if isinstance(words, list):
        command = element("pre", _command(list(map(str, words))), class_="card", tabindex=0)
    listed = element(
        "dl",
        *(
            element("div", element("dt", name), element("dd", value))
            for name, value in rows.items()
        ),
        class_="card environment",
    )
    return together(listed, command)


def _command(words: list[str]) -> str:
    """A command line as it was typed; where the program lies tells nobody anything."""
    if words and basename(words[0]) in ("modelspec", "__main__.py"):
        words = ["modelspec", *words[1:]]
    return join(words)


def _rows(environment: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in environment.items():
        if name == _COMMAND:
            continue
        if isinstance(value, dict):
            yield from ((str(inner), str(each)) for inner, each in value.items())
        else:
            told = str(value).partition("\n")[0]
            yield name.replace("_", " "), told.partition(" ")[0] if name == "python" else told
