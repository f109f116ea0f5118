"""What is a difference, what caused it, and what follows."""

from pathlib import Path

import pytest

from benchmarks import large_specs
from modelspec import lint
from modelspec.comparison import compare
from modelspec.comparison.values import flat
from tests.comparison.specs import BASE, compared, examined, with_line
from tests.work import growth

SPECS = sorted(Path("specs").glob("*.yaml"))
OTHER = {"relu": "tanh", "same": "valid", "valid": "same", "adam": "sgd", "mse": "mae"}


def causes(found: object) -> list[tuple[str, str]]:
    return [(change.kind, change.path) for change in found.causes]  # type: ignore[attr-defined]


def test_a_spec_differs_in_nothing_from_itself() -> None:
    found = compared(BASE, BASE)
    assert not found
    assert not found.consequences
    assert not found.notes


def test_implied_edges_and_params_mean_what_is_written_out() -> None:
    before, after = (Path(f"specs/{n}.yaml").read_text() for n in ("sequential", "functional"))
    found = compared(before, after)
    assert not found
    assert not found.consequences
    assert {note.path for note in found.notes} >= {"name", "params.width"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("join: Concatenate", "join: {type: Concatenate}"),
        ("{type: Dense, units: 3}", "{type: Dense, units: 3, use_bias: true}"),
        ("label: {loss: mse, metrics: [mae]}", "label: {loss: {type: mse}, metrics: [mae]}"),
        ("optimizer: adam", "optimizer: {type: Adam, beta_1: 0.9}"),
        ("optimizer: adam", "optimizer: adam, learning_rate: 0.001"),
        ("epochs: 3", "epochs: 3, batch_size: 32"),
        ("- x -> a -> b -> first -> deep", "- x -> a\n  - a -> b -> first\n  - first -> deep"),
        ("units: $twice", "units: 16"),
        ("inputs: {x: [8], y: [4]}", "inputs: {x: {shape: [8]}, y: [4]}"),
    ],
)
def test_other_words_for_the_same_are_no_difference(old: str, new: str) -> None:
    found = compared(BASE, with_line(old, new))
    assert causes(found) == []
    assert not found.changes


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("units: 3", "units: 4", ("changed", "layers.label.units")),
        ("join: Concatenate", "join: {type: Concatenate, axis: -1}", None),
        ("activation: relu", "activation: tanh", ("changed", "layers.a.activation")),
        ("repeat: 2", "repeat: 3", ("changed", "layers.deep.repeat")),
        ("{rate: 0.5}", "{rate: 0.25}", ("changed", "blocks.res.params.rate")),
        ("type: res, repeat", "type: res, rate: 0.1, repeat", ("changed", "layers.deep.rate")),
        ("fc: {type: Dense, units: $width}", "fc: {type: Dense, units: 8, use_bias: false}",
         ("changed", "blocks.res.layers.fc.use_bias")),
        ("encoder: {type: Dense, units: $width}", "encoder: {type: Dense, units: 8, use_bias: no}",
         ("changed", "shared.encoder.use_bias")),
        ("deep, second, y", "deep, second, x, y", ("rewired", "edges.2")),
        ("deep, second, y", "second, deep, y", ("rewired", "edges.2")),
        ("loss: mse", "loss: mae", ("changed", "outputs.label.loss")),
        ("epochs: 3", "epochs: 3, gradient_clip: 1.0", ("changed", "train.gradient_clip")),
        ("optimizer: adam", "optimizer: sgd", ("changed", "train.optimizer")),
        ("  b: {type: Dense, units: $width}", "  c: {type: Dense, units: $width}",
         ("renamed", "layers.c")),
    ],
)  # fmt: skip
def test_each_change_is_the_only_cause(old: str, new: str, expected: tuple[str, str]) -> None:
    after = with_line(old, new).replace("use_bias: no}", "use_bias: false}")
    if expected and expected[0] == "renamed":
        after = after.replace("a -> b -> first", "a -> c -> first").replace("b -> sec", "c -> sec")
    found = compared(BASE, after)
    assert causes(found) == ([expected] if expected else [])


def test_what_a_param_stands_for_follows_from_it() -> None:
    found = compared(BASE, BASE, "params.width=9")
    assert causes(found) == [("changed", "params.width")]
    follows = {change.path: change.because for change in found.changes if change.because}
    uses = ("shared.encoder", "layers.a", "layers.b", "blocks.res.layers.fc")
    assert follows == {f"{use}.units": ("params.width",) for use in uses}
    shapes = {each.node: each.after for each in found.consequences if each.what == "shape"}
    assert shapes["a"] == "[18]"
    assert shapes["first"] == "[9]"
    assert found.after.parameters > found.before.parameters


def test_a_param_without_effect_is_a_note() -> None:
    found = compared(BASE, BASE, "params.unused=2")
    assert not found
    assert [note.path for note in found.notes] == ["params.unused"]


def test_a_layer_put_between_two_is_one_cause() -> None:
    after = with_line("  join: Concatenate", "  join: Concatenate\n  new: ReLU")
    after = after.replace("a -> b -> first", "a -> b -> new -> first")
    found = compared(BASE, after)
    assert causes(found) == [("added", "layers.new")]
    (rewired,) = [change for change in found.changes if change.kind == "rewired"]
    assert rewired.because == ("layers.new",)
    assert rewired.path == "layers.first"
    back = compared(after, BASE)
    assert causes(back) == [("removed", "layers.new")]


def test_another_type_says_only_what_was_written() -> None:
    after = with_line("a: {type: Dense, units: $twice, activation: relu}", "a: ReLU")
    found = compared(BASE, after)
    assert causes(found) == [
        ("changed", "layers.a"),
        ("changed", "layers.a.units"),
        ("changed", "layers.a.activation"),
    ]


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_a_single_set_gives_exactly_its_path(path: Path) -> None:
    before = lint.examine(str(path))
    if before.report.failed:
        pytest.skip("it has errors without its data")
    assert before.document
    assert before.spec
    assert before.graph
    tried = 0
    for way, value in flat(before.document.data).items():
        name = ".".join(map(str, way))
        if tried == 6 or way[0] in ("version", "tune"):
            break
        other = OTHER.get(value) if isinstance(value, str) else None
        if isinstance(value, int | float) and value and not isinstance(value, bool):
            other = value * 2
        if other is None:
            continue
        after = lint.examine(str(path), overrides=[f"{name}={other}"])
        if after.report.failed:
            continue
        assert after.spec
        assert after.graph
        tried += 1
        found = compare((before.spec, before.graph), (after.spec, after.graph))
        assert {change.path for change in (*found.causes, *found.notes)} == {name}


def test_data_that_left_the_shape_is_the_cause() -> None:
    before = examined_file("specs/customers.yaml")
    after = examined_file("specs/customers.yaml", "data.features.kinds.size=15")
    found = compare(before, after)
    assert causes(found) == [("changed", "data.features.kinds.size")]
    assert "kinds" in {each.node for each in found.consequences}


def examined_file(path: str, *overrides: str) -> tuple:  # type: ignore[type-arg]
    found = lint.examine(path, overrides=overrides)
    found.report.raise_if_failed()
    return found.spec, found.graph


def test_json_has_all_of_it() -> None:
    found = compared(BASE, BASE, "params.width=9").as_data()
    assert found["differ"] is True
    (cause,) = found["causes"]
    assert cause["path"] == "params.width"
    assert (cause["before"], cause["after"]) == (8, 9)
    assert found["follows"][0]["because"] == ["params.width"]
    assert found["before"]["parameters"] < found["after"]["parameters"]
    assert examined(BASE)


def test_a_block_is_read_once_however_deep_it_lies(monkeypatch: pytest.MonkeyPatch) -> None:
    sides = {}
    for levels in (4, 16):
        monkeypatch.setattr(large_specs, "LEVELS", levels)
        text = large_specs.nested(4 * levels)
        sides[levels] = examined(text), examined(text.replace("units: 8", "units: 9"))
    assert growth(lambda levels: compare(*sides[levels]), 4, 16) < 1.2
