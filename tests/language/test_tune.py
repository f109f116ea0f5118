"""The `tune` section: strict at every depth, and its values are those that the spec can have."""

import pytest

from modelspec.language.tune import Choice, FloatRange, IntRange
from modelspec.lint import examine

from .reading import clean, finding, read_text

BODY = (
    "params: {n: 3}\ninputs: {x: [8]}\n"
    "layers: {h: {type: Dense, units: $n, activation: relu}, y: {type: Dense, units: 1}}\n"
    "outputs: {y: mse}\n"
)


def tuned(search: str, rest: str = "") -> str:
    return f"{BODY}tune: {{search: {{{search}}}{rest}}}\n"


def test_a_search() -> None:
    search = (
        "params.n: {int: [1, 64], log: true}, train.learning_rate: {float: [0.001, 0.1]},"
        " train.optimizer: [adam, {type: sgd, momentum: 0.9}],"
        " layers.h.type: {Dense: {layers.h.units: {int: [2, 3]}}}"
    )
    rest = (
        ", objective: [val_loss, parameters], limits: {flops: 2000}, trials: 3,"
        " sampler: grid, pruner: none, confirm: {top: 1}"
    )
    settings = clean(tuned(search, rest)).tune
    assert settings is not None
    assert settings.search == {
        "params.n": IntRange.model_validate({"int": [1, 64], "log": True}),
        "train.learning_rate": FloatRange.model_validate({"float": [0.001, 0.1]}),
        "train.optimizer": Choice(("adam", {"type": "sgd", "momentum": 0.9}), {}),
        "layers.h.type": Choice(
            ("Dense",),
            {0: {"layers.h.units": IntRange.model_validate({"int": [2, 3]})}},
        ),
    }
    assert settings.section.objective == ["val_loss", "parameters"]
    assert (settings.section.limits.flops, settings.section.limits.parameters) == (2000, None)
    assert (settings.section.confirm.top, settings.section.confirm.seeds) == (1, 3)


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        (f"{BODY}tune: {{search: {{params.n: [1]}}, «banana»: 1}}\n", "MS201", "takes `search`"),
        (f"{BODY}tune: {{search: {{params.n: [1]}}, «n_trials»: 1}}\n", "MS201", "`trials`"),
        (tuned("params.n: {int: [1, 2], «lg»: true}"), "MS201", "`log`"),
        (tuned("params.n: [1]", ", limits: {«parameter»: 1}"), "MS201", "`parameters`"),
        (tuned("params.n: [1]", ", confirm: {«times»: 1}"), "MS201", "`confirm`"),
        (tuned("params.n: [1]", ", sampler: «rand»"), "MS206", "`random`"),
        (tuned("params.n: [1]", ", trials: «0»"), "MS204", "above 0"),
        (tuned("params.n: «[]»"), "MS203", "no value to choose"),
        (tuned("params.n: «3»"), "MS203", "a list, a range or a mapping"),
        (tuned("params.n: [1, 2, «1»]"), "MS206", "twice"),
        (tuned("params.n: «{int: [4, 2]}»"), "MS204", "from 4 to 2"),
        (tuned("params.n: «{int: [0, 2], log: true}»"), "MS204", "no logarithm of 0"),
        (tuned("params.n: {int: [«1.5», 2]}"), "MS203", "an integer"),
        (tuned("«params.m»: [1, 2]"), "MS207", "`params` it has `n`"),
        (tuned("«train.learning_rat»: {float: [0.1, 1]}"), "MS201", "`learning_rate`"),
        (tuned("«layers.h.unit»: [1, 2]"), "MS201", "`units`"),
        (tuned("«layers.z.units»: [1, 2]"), "MS201", "is not in `layers`"),
        (tuned("«a=b»: [1, 2]"), "MS201", "the path of no value"),
        (tuned("layers.h.units: {int: «[0, 4]»}"), "MS204", "at least 1"),
        (tuned("layers.h.units: {float: «[1, 4]»}"), "MS203", "an integer"),
        (tuned("layers.h.activation: [relu, «tnh»]"), "MS206", "`tanh`"),
        (tuned("train.optimizer: [adam, «{type: sgd, momentun: 1}»]"), "MS201", "`momentum`"),
        (tuned("layers.h.type: {Dense: {}, GRU: «3»}"), "MS203", "is a mapping, not 3"),
        (tuned("layers.h.type: {Dense: {}, «Dens»: {}}"), "MS205", "`Dense`"),
        (tuned("layers.h.type: {Dense: {«layers.h.unit»: [3]}}"), "MS201", "`units`"),
        (tuned("layers.h.type: {Dense: {layers.h.units: [3, «x»]}}"), "MS203", "an integer"),
        (tuned("params.n: {int: [1, 2], step: «0»}"), "MS204", "above 0"),
        (tuned("params.n: «{int: [16, 100], step: 16}»"), "MS204", "end the range at 96"),
        (tuned("train.learning_rate: «{float: [0.1, 0.55], step: 0.1}»"), "MS204", "at 0.5"),
        (tuned("train.learning_rate: «{float: [0.1, 1], step: 0.1, log: true}»"), "MS206", "leave"),
        (tuned("train.learning_rate: {float: «[-0.1, 0.1]», step: 0.1}"), "MS204", "above 0"),
        (tuned("«train.seed»: [1, 2]"), "MS206", "a seed of its own"),
        (tuned("«tune.trials»: [1, 2]"), "MS206", "over itself"),
        (tuned("«name»: [a, b]"), "MS206", "nothing that is trained"),
        (tuned("«data.split.seed»: [1, 2]"), "MS206", "the same rows"),
        (tuned("«data»: [{file: a.npz}]"), "MS206", "the same rows"),
        (
            tuned("params.n: [1, 2], layers.h.type: {Dense: {«params.n»: [3]}}"),
            "MS206",
            "already, further out",
        ),
        (
            tuned("train.optimizer: [«{type: sgd, momentum: 1}»], train.optimizer.momentum: [0.5]"),
            "MS206",
            "which is searched over by itself",
        ),
        (tuned("layers.h.units: {1: {}, «x»: {}}"), "MS203", "an integer"),
    ],
)
def test_wrong_searches(text: str, code: str, words: str) -> None:
    found = finding(text)
    assert found.code == code
    assert words in f"{found.message} {found.help}"


def test_paths_right_under_tune_lead_under_search() -> None:
    _, found = read_text(BODY + "tune: {params.n: [1, 2]}\n")
    assert "paths stand under `search`: `search: {params.n: [...]}`" in [
        each.help for each in found
    ]


def test_a_large_search_is_read_in_a_moment() -> None:
    values = ", ".join(f"{i}" for i in range(1, 5000))
    examined = examine("s.yaml", text=tuned(f"params.n: [{values}]"))
    assert [each for each in examined.report if each.code != "MS704"] == []


def test_keys_of_a_mapping_are_values() -> None:
    shuffle = "{train.shuffle: {true: {}, false: {}}}"
    search = f'layers.h.units: {{16: {{}}, 32: {shuffle}}}, train.epochs: {{"2": {{}}}}'
    _, found = read_text(tuned(search))
    assert [each.code for each in found] == ["MS203"]
    settings = clean(tuned(search.partition(", train.epochs")[0])).tune
    assert settings is not None
    choice = settings.search["layers.h.units"]
    assert isinstance(choice, Choice)
    assert choice.values == (16, 32)
    inner = choice.inner[1]["train.shuffle"]
    assert isinstance(inner, Choice)
    assert inner.values == (True, False)


def test_a_choice_and_what_lies_in_it_go_together() -> None:
    search = "train.optimizer: [sgd, {type: rmsprop}], train.optimizer.momentum: [0.5, 0.9]"
    assert clean(tuned(search)).tune is not None


def test_steps_are_those_that_are_written() -> None:
    settings = clean(tuned("train.learning_rate: {float: [0.1, 0.7], step: 0.1}")).tune
    assert settings is not None
    space = settings.search["train.learning_rate"]
    assert isinstance(space, FloatRange)
    assert space.count == 7
    assert [space.value(index) for index in range(7)] == [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]
