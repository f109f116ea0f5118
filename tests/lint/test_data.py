"""`lint --data`: what the data says against the spec, before torch is loaded."""

from textwrap import dedent

import polars as pl
import pytest

from modelspec import lint

SPEC = """\
    inputs: {x: [2]}
    layers: {y: {type: Dense, units: 2, activation: softmax}}
    outputs: {y: OUTPUT}
    data: {file: a.csv, split: SPLIT, features: {x: {columns: [a, b]}}}
"""


def found(folder, labels, *, split="{test: 0.2}", output="categorical_crossentropy", a=None):
    rows = len(labels)
    table = pl.DataFrame({"a": a or list(range(rows)), "b": [0] * rows, "y": labels})
    table.write_csv(folder / "a.csv")
    text = dedent(SPEC).replace("OUTPUT", output).replace("SPLIT", split)
    (folder / "spec.yaml").write_text(text)
    return list(lint.examine(str(folder / "spec.yaml"), data=True).report)


def test_sound_data(tmp_path):
    assert not found(tmp_path, [0, 1] * 20)


def test_a_rare_class(tmp_path):
    (finding,) = found(tmp_path, [0] * 95 + [1] * 4, split="{}")
    assert finding.code == "MS808"
    assert "class `1` of `y` has 4 rows of 99" in finding.message
    assert "class_weight: {1: 24}" in finding.help
    weighed = "{loss: categorical_crossentropy, class_weight: {1: 24.0}}"
    assert not found(tmp_path, [0] * 95 + [1] * 4, split="{}", output=weighed)


def test_a_class_that_is_not_there(tmp_path):
    output = "sparse_categorical_crossentropy"
    assert not found(tmp_path, [0, 1] * 5, split="{}", output=output)
    (finding,) = found(tmp_path, ["a"] * 5, split="{}")
    assert finding.code == "MS607"


def test_rows_of_two_parts(tmp_path):
    (finding,) = found(tmp_path, [0, 1] * 20, a=[7] * 40)
    assert finding.code == "MS809"
    assert "8 of the 8 test rows have the inputs and targets of a training row" in finding.message
    assert finding.span.line == 4


def test_rows_of_two_parts_that_are_no_repetition(tmp_path):
    """Inputs that are a few categories come again; what they lead to does not."""
    (tmp_path / "d.csv").write_text("a,y\n" + "".join(f"{i % 2},{i}\n" for i in range(40)))
    assert not [each for each in numbers(tmp_path) if each.code == "MS809"]
    (tmp_path / "d.csv").write_text("a,y\n" + "".join(f"{i % 2},{i % 4}\n" for i in range(40)))
    assert [each.code for each in numbers(tmp_path)] == ["MS809"]


def numbers(folder):
    text = (
        "inputs: {a: [1]}\nlayers: {y: {type: Dense, units: 1}}\noutputs: {y: mse}\n"
        "data: {file: d.csv, split: {test: 0.2}}\n"
    )
    (folder / "s.yaml").write_text(text)
    return list(lint.examine(str(folder / "s.yaml"), data=True).report)


def test_errors_of_the_data_are_findings(tmp_path):
    (finding,) = found(tmp_path, [0, 5] * 20)
    assert finding.code == "MS607"


@pytest.mark.parametrize("data", [True, False])
def test_the_data_is_read_where_it_is_asked_for(tmp_path, data):
    text = dedent(SPEC).replace("OUTPUT", "mse").replace("SPLIT", "{}")
    (tmp_path / "spec.yaml").write_text(text)
    report = lint.examine(str(tmp_path / "spec.yaml"), data=data).report
    assert [each.code for each in report] == (["MS801"] if data else [])
