"""Specs with something changed in them, in the text or in the structure, and what lint does."""

from __future__ import annotations

import json
from copy import deepcopy
from random import Random
from typing import Any

import yaml

from modelspec import language
from modelspec.diagnostics import Severity
from modelspec.lint import examine
from modelspec.summary import summarize
from tests.soundness.drawing import draw_spec

SCRAPS = (
    "null", "[]", "{}", "-1", "0", "1e400", ".nan", ".inf", "$x", "${1/0}", "${x * 4}", "$$",
    "*a", "&a ", "!!x", "\t", "\x00", "é", "\u2028", "true", "on", "- ", ": ", ", ", " -> ", "\n",
    "repeat: 9999", "{type: TimeDistributed, layer: ", "}", "]", "'", '"', "#", "|", ">", "<<: ",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2, 3, 7, 10_000, 10**6, 10**9, 2**53, 2**63, 10**30, -(10**30),
    0.5, -0.5, 1e308, float("inf"), float("nan"), "", "x", "T", "Dense", "LSTM", "Add", "$x",
    "${x}", "${2 ** 9}", "é" * 3, "a -> b", "a.b", [], {}, [1], [None], ["T"],
    [1, 2, 3], [[1]], {"x": 1},
    {"type": "Dense", "units": 3}, {"use": "x"}, {"type": "Flatten", "repeat": 10_000}, "relu",
    {1: 2}, {None: 1}, [10**9, 10**9, 10**9], ["T", "T", "S"], "x" * 300,
)  # fmt: skip


def draw_mutant(seed: int, texts: list[str]) -> str:
    """The mutant of a seed, made of one of the texts or of a drawn spec."""
    rng = Random(seed)
    text = rng.choice(texts)
    if rng.random() < 0.5:
        spec = draw_spec(rng.randrange(10**6))
        text = json.dumps(spec) if spec else text
    if rng.random() < 0.5:
        for _ in range(rng.randint(1, 4)):
            text = _text_changed(rng, text, texts)
        return text
    data = yaml.safe_load(text)
    for _ in range(rng.randint(1, 3)):
        data = _changed(rng, data)
    if rng.random() < 0.5:
        return json.dumps(data, default=str)
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True)


def look_at(text: str) -> None:
    """Lint a mutant; sum it up and render it, where it is fine. Nothing of that may raise."""
    examined = examine("mutant.yaml", text=text, training=True)
    for finding in examined.report:
        assert finding.message
        assert finding.span.line >= 1
        assert finding.span.column >= 1
    wrong = any(finding.severity is Severity.ERROR for finding in examined.report)
    assert wrong or examined.graph is not None
    if not wrong and examined.spec is not None and examined.graph is not None:
        summarize(examined.graph).as_data()
        language.render(examined.spec)


def _text_changed(rng: Random, text: str, texts: list[str]) -> str:
    lines = text.splitlines(keepends=True) or [""]
    at = rng.randint(0, len(text))
    line = rng.randrange(len(lines))
    match rng.randrange(7):
        case 0:
            return text[:at] + text[at + rng.randint(1, 12) :]
        case 1:
            return text[:at] + rng.choice(SCRAPS) + text[at:]
        case 2:
            other = rng.randrange(len(lines))
            lines[line], lines[other] = lines[other], lines[line]
        case 3:
            del lines[line]
        case 4:
            lines.insert(line, lines[line])
        case 5:
            words = text.replace("{", " ").replace(",", " ").split() or ["x"]
            return text.replace(rng.choice(words), rng.choice(words), 1)
        case _:
            other_lines = rng.choice(texts).splitlines(keepends=True)
            lines.insert(line, rng.choice(other_lines))
    return "".join(lines)


def _changed(rng: Random, data: Any) -> Any:
    """The data with one place in it changed."""
    data = deepcopy(data)
    places = list(_places(data))
    if not places:
        return rng.choice(VALUES)
    holder, key = rng.choice(places)
    match rng.randrange(6):
        case 0:
            del holder[key]
        case 1:
            other, name = rng.choice(places)
            if name in other if isinstance(other, dict) else name < len(other):
                holder[key] = deepcopy(other[name])
        case 2 if isinstance(holder, dict):
            holder[rng.choice((*VALUES[:24], "type", "use", "repeat", "layer", "x"))] = holder.pop(
                key
            )
        case 3 if isinstance(holder, dict):
            holder[
                rng.choice(("repeat", "trainable", "units", "axis", "layer", "shape", "params"))
            ] = rng.choice(VALUES)
        case _:
            holder[key] = deepcopy(rng.choice(VALUES))
    return data


def _places(data: Any) -> Any:
    """Every entry of every list and mapping: the holder, and the key in it."""
    if isinstance(data, dict):
        pairs = list(data.items())
    elif isinstance(data, list):
        pairs = list(enumerate(data))
    else:
        return
    for key, value in pairs:
        yield data, key
        yield from _places(value)
