"""`--set path=value`: validated like the file."""

from typing import Any

import pytest

from modelspec.diagnostics import Diagnostic, Report
from modelspec.language.overrides import override
from modelspec.source import parse
from modelspec.training.losses import called
from tests.language.reading import clean, edges, read_text
from tests.source.marks import unmark

SPEC = (
    "params: {n: 4}\n"
    "inputs: {x: [8]}\n"
    "layers: {a: {type: Dense, units: $n}, b: Flatten, c: {type: Dropout, rate: 0.5}}\n"
    "edges: [x -> a, a -> b, b -> c]\n"
    "outputs: {c: mse}\n"
)


@pytest.mark.parametrize("order", [1, -1])
def test_overrides(order: int) -> None:
    settings = [
        "params.n=7",
        "layers.c.rate=1e-1",
        "layers.b.trainable=false",
        "inputs.x.dtype=float64",
        "outputs.c.weight=2",
        "edges.2='a -> c'",
        "train.epochs=3",
        "train.optimizer={type: sgd, momentum: 0.5}",
        "layers.extra={type: Dense, units: 2}",
        "name=other",
    ][::order]
    spec = clean(SPEC, *settings)
    nodes = spec.model.nodes
    assert nodes["a"].what.units == 7  # type: ignore[union-attr]
    assert nodes["c"].what.rate == 0.1  # type: ignore[union-attr]
    assert not nodes["b"].trainable
    assert spec.model.inputs["x"].shape == (8,)
    assert spec.model.inputs["x"].dtype == "float64"
    assert (called(spec.model.outputs["c"].loss), spec.model.outputs["c"].weight) == ("mse", 2.0)
    assert edges(spec.model)[-1] == "a -> c"
    assert spec.train is not None
    assert spec.train.epochs == 3
    assert (spec.name, spec.overrides) == ("other", tuple(settings))
    assert "extra" in nodes


def test_the_last_holds() -> None:
    spec = clean(SPEC, "params.n=7", "params.n=8")
    assert spec.model.params["n"] == 8


def test_a_short_optimizer_is_written_out() -> None:
    spec = clean(SPEC + "train: {optimizer: sgd}\n", "train.optimizer.momentum=0.5")
    assert spec.train is not None
    assert spec.train.optimizer.momentum == 0.5  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("setting", "path", "value"),
    [
        ("tune.search.params.n=[1, 2]", ("params.n",), [1, 2]),
        ("tune.search.params.n.step=2", ("params.n", "step"), 2),
        ("tune.search.train.epochs={int: [1, 2]}", ("train.epochs",), {"int": [1, 2]}),
        ("tune.search.b.type.LSTM.b.units=[3]", ("b.type", "LSTM", "b.units"), [3]),
        ("tune.search.b.type.GRU.b.units=[3]", ("b.type", "GRU", "b.units"), [3]),
        ("tune.search.b.type.LSTM.b.rate.0=3", ("b.type", "LSTM", "b.rate", 0), 3),
    ],
)
def test_keys_of_a_search_are_paths(setting: str, path: tuple[str | int, ...], value: Any) -> None:
    text = (
        "tune: {search: {params.n: {int: [1, 9]}, "
        "b.type: {LSTM: {b.units: [1], b.rate: [1, 2]}, GRU: {}}}}"
    )
    report = Report()
    document = parse(text, "f.yaml", report)
    assert document is not None
    changed = override(document, [setting], report)
    assert list(report) == []
    assert changed.value(("tune", "search", *path)) == value


def one(marked: str) -> Diagnostic:
    text, spans = unmark(marked, file="?")
    _, found = read_text(SPEC, text)
    assert len(found) == 1, found
    assert found[0].span == spans[0]._replace(file=f"--set {text}")
    return found[0]


@pytest.mark.parametrize(
    ("setting", "code", "words"),
    [
        ("«trian».epochs=3", "MS201", "did you mean `train`?"),
        ("«trian»=3", "MS201", "did you mean `train`?"),
        ("«train.epcohs»=3", "MS201", "did you mean `epochs`?"),
        ("train.epochs=«many»", "MS203", "`epochs` is an integer"),
        ("train.epochs=«0»", "MS204", "above 0"),
        ("layers.«aa».units=3", "MS201", "did you mean `a`?"),
        ("«layers.a.unitz»=3", "MS201", "`units`"),
        ("layers.a.units=«'3'»", "MS203", "without quotes"),
        ("layers.a.activation=«rleu»", "MS206", "did you mean `relu`?"),
        ("layers.a.units.«deep»=3", "MS203", "nothing inside"),
        ("params.«m»=3", "MS207", "`m` is not in `params`"),
        ("edges.«7»=a -> b", "MS201", "a list of 3"),
        ("edges.«first»=a -> b", "MS201", "a list of 3"),
        ("edges.0=x -> «bb»", "MS301", "did you mean `b`?"),
        ("inputs.x=[«0»]", "MS204", "must be from 1"),
        ("outputs.c=«msee»", "MS206", "`mse`"),
        ("version=«2»", "MS206", ""),
        ("«epochs»", "MS203", "train.epochs=3"),
        ("«»=3", "MS203", "is no override"),
        ("«a..b»=3", "MS203", "is no override"),
        ("layers.a={type: «Dens»}", "MS205", "`Dense`"),
        ("train.epochs=«!!python/object:x» 3", "MS104", "tag"),
    ],
)
def test_wrong_overrides(setting: str, code: str, words: str) -> None:
    if "«»" in setting:
        _, (found,) = read_text(SPEC, setting.replace("«»", ""))
    else:
        found = one(setting)
    assert found.code == code
    assert words in f"{found.message} {found.help}"


def test_a_value_that_is_no_yaml() -> None:
    _, (found,) = read_text(SPEC, "params.n=[1")
    assert (found.code, found.span.file) == ("MS101", "--set params.n=[1")


def test_a_broken_override_leaves_the_rest() -> None:
    spec, found = read_text(SPEC, "nonsense", "params.n=9")
    assert len(found) == 1
    assert spec is not None
    assert spec.model.params["n"] == 9


def test_a_size_of_a_short_input() -> None:
    assert clean(SPEC, "inputs.x.0=16").model.inputs["x"].shape == (16,)
    _, found = read_text(SPEC, "inputs.x.1=16")
    assert [each.message for each in found] == ["`inputs.x` is a list of 1; there is no `1`"]
