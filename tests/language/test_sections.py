"""The spec's own keys, its inputs and its outputs."""

import pytest

from modelspec.language.render_spec import render_spec
from modelspec.language.tune import Choice
from modelspec.shapes import UNKNOWN, symbol
from modelspec.training import losses
from modelspec.training.losses import called
from tests.language.reading import chain, clean, finding, fixed, model, read_text

BODY = "inputs: {x: [8]}\nlayers: {a: Flatten}\noutputs: {a: mse}\n"


def test_header() -> None:
    spec = clean("version: 1\nname: my-net.2\ndescription: Some net.\n" + BODY)
    assert (spec.name, spec.description, spec.version) == ("my-net.2", "Some net.", 1)
    assert clean(BODY).name == "spec"
    assert (spec.data, spec.train, spec.tune) == (None, None, None)


def test_sections() -> None:
    spec = clean(BODY + "train: {epochs: 3}\nparams: {n: 1}\ntune: {search: {params.n: [1, 2]}}\n")
    assert spec.train is not None
    assert spec.train.epochs == 3
    assert spec.tune is not None
    assert spec.tune.search == {"params.n": Choice((1, 2), {})}


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("«edgs»: []\n" + BODY, "MS201", "did you mean `edges`?"),
        ("«x-own»: 1\n" + BODY, "MS201", "not a key of a spec"),
        ("version: «2»\n" + BODY, "MS206", "use `1`"),
        ("name: «../../etc»\n" + BODY, "MS210", "folder"),
        ("name: «3»\n" + BODY, "MS203", "`name` is text, not 3"),
        ("train: «3»\n" + BODY, "MS203", "`train` is a mapping"),
        ("edges: «a -> b»\n" + BODY, "MS203", "`edges` is a list"),
        ("params: {«a-b»: 1}\n" + BODY, "MS210", "`a_b`"),
        ("blocks: {«Dense»: {inputs: [i], layers: {}, outputs: [i]}}\n" + BODY, "MS302", "type"),
        ("blocks: {b: «3»}\n" + BODY, "MS203", "the path of a spec"),
        ("«[1]»", "MS203", "a spec is a mapping"),
        ("«text»", "MS203", 'not the text "text"'),
        ("«layers»: {a: Flatten}\noutputs: [a]", "MS202", "a spec needs `inputs`"),
    ],
)
def test_wrong_sections(text: str, code: str, words: str) -> None:
    found = finding(text)
    assert found.code == code
    assert words in f"{found.message} {found.help}"


def test_a_mistyped_section_is_not_missing_too() -> None:
    text = "inputs: {x: [8]}\nlayers: {a: Flatten}\n«outptus»: [a]\n"
    assert finding(text).code == "MS201"
    assert "outputs: [a]" in fixed(text)


def test_inputs() -> None:
    body = model(
        "inputs:\n"
        "  a: [28, 28, 1]\n"
        "  b: {shape: [T, null], dtype: int64, description: words}\n"
        "  c: []\n"
        "layers: {}\n"
        "outputs: [a]\n"
    )
    assert body.inputs["a"].shape == (28, 28, 1)
    assert body.inputs["a"].dtype == "float32"
    assert body.inputs["b"].shape == (symbol("T"), UNKNOWN)
    assert (body.inputs["b"].dtype, body.inputs["b"].description) == ("int64", "words")
    assert body.inputs["c"].shape == ()


@pytest.mark.parametrize(
    ("inputs", "code", "words"),
    [
        ("{x: [«0»]}", "MS204", "must be from 1"),
        ("{x: [«-1»]}", "MS204", "`null`"),
        ("{x: {shape: [«2.5»]}}", "MS203", "not 2.5"),
        ("{x: [«'a b'»]}", "MS203", "a symbol"),
        ("{x: [«true»]}", "MS203", "not true"),
        ("{x: [«[3]»]}", "MS203", "not a list"),
        ("{x: [«9007199254740993»]}", "MS204", "9007199254740992"),
        ("{x: «8»}", "MS203", "write `x: [...]`"),
        ("{«x»: {}}", "MS202", "needs `shape`"),
        ("{«x»: null}", "MS202", "needs `shape`"),
        ("[«x»]", "MS202", "needs `shape`"),
        ("{x: {«shap»: [8]}}", "MS201", "did you mean `shape`?"),
        ("{x: {shape: «8»}}", "MS203", "`shape` is a list, not 8"),
        ("{x: {shape: [8], dtype: «int65»}}", "MS206", "did you mean `int64`?"),
        ("{x: [8], «y-y»: [8]}", "MS210", "`y_y`"),
    ],
)
def test_wrong_inputs(inputs: str, code: str, words: str) -> None:
    found = finding(f"inputs: {inputs}\nlayers: {{a: Flatten}}\noutputs: {{y: {{from: a}}}}\n")
    assert found.code == code
    assert words in f"{found.message} {found.help}"


def test_outputs() -> None:
    body = model(
        "inputs: {x: [8]}\n"
        "layers: {a: {type: LSTM, units: 2}, b: Flatten}\n"
        "edges: []\n"
        "outputs:\n"
        "  a: mse\n"
        "  b:\n"
        "  y: {from: a.state, loss: mae, weight: 2, metrics: [mae, mse]}\n"
        "  z: {from: b, loss: binary_crossentropy, class_weight: {0: 1, dog: 2.5}}\n"
    )
    a, b, y, z = body.outputs.values()
    assert (str(a.source), called(a.loss), a.weight, a.metrics) == ("a", "mse", 1.0, ())
    assert (str(b.source), b.loss) == ("b", None)
    assert (str(y.source), called(y.loss), y.weight) == ("a.state", "mae", 2.0)
    assert [metric.name for metric in y.metrics] == ["mae", "mse"]
    assert z.class_weight == {"0": 1.0, "dog": 2.5}
    assert list(model(chain("a: Flatten")).outputs) == ["out"]


@pytest.mark.parametrize(
    ("outputs", "code", "words"),
    [
        ("{«b»: mse}", "MS301", "output `b` has no node"),
        ("[«fcc»]", "MS301", "did you mean `fc`?"),
        ("{y: {from: «fcc»}}", "MS301", "did you mean `fc`?"),
        ("{y: {from: «fc.h.c»}}", "MS308", "`node.port`"),
        ("{fc: «msee»}", "MS206", "did you mean `mse`?"),
        ("{fc: {loss: «zork»}}", "MS206", "use `mse`"),
        ("{fc: {metrics: [mae, «acuracy»]}}", "MS206", "did you mean `accuracy`?"),
        ("{fc: {metrics: «mae»}}", "MS203", "`metrics` is a list"),
        ("{fc: {weight: «-1»}}", "MS204", "at least 0"),
        ("{fc: {weight: «.nan»}}", "MS204", ""),
        ("{fc: {weight: «'1'»}}", "MS203", "`weight` is a number"),
        ("{fc: {«los»: mse}}", "MS201", "did you mean `loss`?"),
        ("{fc: {«form»: fc}}", "MS201", "did you mean `from`?"),
        ("{fc: {class_weight: {0: «heavy»}}}", "MS203", "a number"),
        ("{fc: mse, «y-y»: {from: fc}}", "MS210", ""),
        ("[fc, «fc»]", "MS302", "twice"),
        ("«fc»", "MS203", "a mapping or a list"),
        ("{fc: «3»}", "MS203", "not 3"),
    ],
)
def test_wrong_outputs(outputs: str, code: str, words: str) -> None:
    layers = "inputs: {x: [8]}\nlayers: {fc: {type: Dense, units: 1}}\n"
    found = finding(f"{layers}outputs: {outputs}\n")
    assert found.code == code
    assert words in f"{found.message} {found.help}"


def test_everything_is_reported_at_once() -> None:
    _, found = read_text(
        "inputs: {x: [0]}\n"
        "layers: {a: {type: Dens}, b: {type: Dense, units: '3'}}\n"
        "edges:\n  - x -> aa\n  - a -> b\n"
        "outputs: {b: msee}\n"
        "train: {epochs: many}\n"
        "foo: 1\n"
    )
    assert [each.code for each in found] == [
        "MS204",
        "MS205",
        "MS203",
        "MS301",
        "MS206",
        "MS203",
        "MS201",
    ]


OUTPUT = "inputs: {x: [8]}\nlayers: {a: {type: Dense, units: 3}}\noutputs: {a: %s}\n"


def test_losses_and_metrics_have_arguments() -> None:
    described = "{loss: {type: Huber, delta: 2}, metrics: [acc, {type: auc, name: area}, F1Score]}"
    output = clean(OUTPUT % described).model.outputs["a"]
    assert output.loss == losses.find("huber")(delta=2.0)
    assert [metric.name for metric in output.metrics] == ["acc", "area", "F1Score"]


@pytest.mark.parametrize(
    ("described", "code", "at"),
    [
        ("{loss: {type: hubber}}", "MS206", "hubber"),
        ("{loss: {delta: 2}}", "MS202", "{delta: 2}"),
        ("{loss: {type: huber, delt: 2}}", "MS201", "delt"),
        ("{loss: {type: huber, delta: -2}}", "MS204", "-2"),
        ("{loss: {type: categorical_crossentropy, axis: 0}}", "MS204", "0"),
        ("{loss: {type: mse, reduction: none}}", "MS206", "none"),
        ("{loss: mse, metrics: [{type: auc, curve: PRR}]}", "MS206", "PRR"),
        ("{loss: mse, metrics: [{type: iou, target_class_ids: [1]}]}", "MS202", None),
        ("{loss: mse, metrics: [{type: mean_iou, num_classes: 0}]}", "MS204", "0"),
        ("{loss: mse, metrics: [mae, {type: mse, name: mae}]}", "MS302", None),
        ("{loss: mse, metrics: [{type: mse, name: loss}]}", "MS302", None),
        ("{loss: mse, metrics: [{type: mse, name: an error}]}", "MS204", "an error"),
        ("{loss: mse, metrics: [{type: auc, num_labels: 3}]}", "MS204", None),
    ],
)
def test_bad_arguments_of_losses_and_metrics(described: str, code: str, at: str | None) -> None:
    found = finding(OUTPUT % described)
    assert found.code == code
    if at is not None:
        line = (OUTPUT % described).splitlines()[found.span.line - 1]
        assert line[found.span.column - 1 :].startswith(at)


def test_losses_and_metrics_are_rendered_with_what_they_are_given() -> None:
    described = (
        "{loss: {type: MeanSquaredError, reduction: sum}, metrics: [acc, {type: AUC, name: area}, "
        "{type: recall, thresholds: [0.1, 0.5]}, {type: R2Score, num_regressors: 2}]}"
    )
    spec = clean(OUTPUT % described)
    again = clean(render_spec(spec)).model.outputs["a"]
    output = spec.model.outputs["a"]
    assert (again.loss, again.metrics) == (output.loss, output.metrics)
    assert [metric.name for metric in again.metrics] == ["acc", "area", "recall", "R2Score"]
    assert "loss: {type: mse, reduction: sum}" in render_spec(spec)
