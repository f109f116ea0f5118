"""`best.yaml` of drawn specs in many styles: reads as the spec with `--set`, comments and all."""

import json
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
import yaml

from modelspec.diagnostics import Report
from modelspec.language import read, render
from modelspec.language.overrides import override
from modelspec.language.yaml_writer import entries, flow
from modelspec.source import parse
from modelspec.tuning.results.best_file import WRITTEN_ANEW, best_text
from modelspec.tuning.space.candidates import settings
from tests.soundness.drawing import draw_spec

SEEDS = range(5)
VALUES = (7, 0.25, True, None, "relu", "a: b # c", "8", [1, 2], {"type": "sgd", "momentum": 0.5})


def written(data: dict[str, Any], style: int) -> str:
    """A spec as text, a comment at the end of each line."""
    if style == 0:
        text = "\n".join(entries(data, 0))
    elif style == 1:
        text = yaml.safe_dump(data, sort_keys=False, width=10**6)
    elif style == 2:
        text = yaml.safe_dump(data, sort_keys=False, width=10**6, default_flow_style=None)
    else:
        text = json.dumps(data, indent=2)
    lines = text.splitlines()
    return "\n".join(f"{line}  # {number}" for number, line in enumerate(lines)) + "\n"


def paths(data: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The paths of all values."""
    items = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in items:
        if not str(key).startswith("$") and "." not in str(key):
            yield (*path, str(key))
            if isinstance(value, dict | list):
                yield from paths(value, (*path, str(key)))


def drawn_values(data: dict[str, Any], random: Random) -> dict[str, Any]:
    """Values for some paths, none within another; some are of what is not there yet."""
    known = [".".join(path) for path in paths(data) if path[0] in ("layers", "inputs")]
    found: dict[str, Any] = {}
    for path in random.sample(known, min(3, len(known))):
        ends = [f"{other}." for other in found]
        if not any(f"{path}.".startswith(end) or end.startswith(f"{path}.") for end in ends):
            found[path] = random.choice(VALUES)
    new = random.choice(("train.epochs", "train.optimizer.momentum", "data.file", "description"))
    return found | {new: random.choice(VALUES)}


@pytest.mark.parametrize("style", range(4))
def test_it_reads_as_the_spec_with_the_values_set(style: int) -> None:
    for seed in SEEDS:
        data = draw_spec(seed)
        if data is None:
            continue
        random = Random(seed)
        text = written({"name": "drawn", **data}, style)
        document = parse(text, "drawn.yaml", Report())
        assert document is not None
        for _ in range(2):
            values = drawn_values(document.data, random)
            report = Report()
            wanted = override(document, settings(values), report)
            if report.failed:
                continue
            best = best_text(document, values)
            found = parse(best, "drawn.yaml", Report())
            assert found is not None
            assert found.data == wanted.data, (seed, values)
            assert WRITTEN_ANEW not in best
            comments = [f"# {number}" for number in range(len(text.splitlines()))]
            assert all(best.count(f"{comment}\n") for comment in comments)


def test_it_renders_the_same() -> None:
    for seed in SEEDS:
        data = draw_spec(seed)
        if data is None:
            continue
        text = "\n".join(entries({"name": "drawn", **data, "train": {"epochs": 3}}, 0)) + "\n"
        document = parse(text, "drawn.yaml", Report())
        assert document is not None
        values = {"train.epochs": 5, "train.optimizer": {"type": "sgd", "momentum": 0.5}}
        spec = read(document, Report(), overrides=[f"{k}={flow(v)}" for k, v in values.items()])
        best = parse(best_text(document, values), "best.yaml", Report())
        assert spec is not None
        assert best is not None
        read_best = read(best, Report())
        assert read_best is not None
        assert render(read_best) == render(spec)
