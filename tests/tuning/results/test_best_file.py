"""`best.yaml`: edits of the user's text, and paths that lead to the same files."""

from pathlib import Path

import pytest

from modelspec.diagnostics import Report, SpecError
from modelspec.lint import examine
from modelspec.source import load, parse
from modelspec.tuning.results.best_file import WRITTEN_ANEW, best_text

NAMED = "name: n\n"


def best(text: str, **values: object) -> str:
    document = parse(NAMED + text, "dir/spec.yaml", Report())
    assert document is not None
    found = best_text(document, {path.replace("__", "."): each for path, each in values.items()})
    assert found.startswith(NAMED)
    return found.removeprefix(NAMED)


@pytest.mark.parametrize(
    ("text", "values", "wanted"),
    [
        ("train: {epochs: 3}  # c\n", {"train__epochs": 5}, "train: {epochs: 5}  # c\n"),
        ("train:\n  epochs: 3", {"train__epochs": 5}, "train:\n  epochs: 5"),
        ("train:\r\n  epochs: 3\r\n", {"train__seed": 1}, "train:\r\n  epochs: 3\r\n  seed: 1\r\n"),
        ("train:\n  epochs: 3 # c", {"train__seed": 1}, "train:\n  epochs: 3 # c\n  seed: 1"),
        ("train: {epochs: 3,}\n", {"train__seed": 1}, "train: {epochs: 3, seed: 1,}\n"),
        ("train: {}\n", {"train__seed": 1}, "train: {seed: 1}\n"),
        ("train:  # c\n", {"train__seed": 1}, "train: {seed: 1}  # c\n"),
        ("params: {a: 1}\n", {"train__seed": 1}, "params: {a: 1}\ntrain: {seed: 1}\n"),
        (
            "layers:\n  relu_layer: Dense # c\n",
            {"layers__relu_layer__units": 5},
            "layers:\n  relu_layer: {type: Dense, units: 5} # c\n",
        ),
        (
            "inputs: {x: [8]}\n",
            {"inputs__x__dtype": "int64"},
            "inputs: {x: {shape: [8], dtype: int64}}\n",
        ),
        ("edges: [a, b -> c]\n", {"edges__1": "b -> d"}, 'edges: [a, "b -> d"]\n'),
        ("edges:\n  - a\n  - b # c\n", {"edges__1": "e"}, "edges:\n  - a\n  - e # c\n"),
        (
            "train:\n  optimizer:  # a\n    type: adam  # b\n  seed: 1\n",
            {"train__optimizer": "sgd"},
            "train:\n  # a\n  optimizer: sgd  # b\n  seed: 1\n",
        ),
        (
            "train:\n  optimizer: {type: adam,  # a\n    beta_1: 0.5}\n",
            {"train__optimizer": "sgd"},
            "train:\n  # a\n  optimizer: sgd\n",
        ),
        (
            "description: |\n  two\n  lines # no comment\nparams: {a: 'b'}\n",
            {"description": "one", "params__a": "yes"},
            'description: one\nparams: {a: "yes"}\n',
        ),
        (
            "description: >-\n  a\n",
            {"train__seed": 1},
            "description: >-\n  a\ntrain: {seed: 1}\n",
        ),
        (
            "layers:\n  a: &d {type: Dense, units: 3}\n  b: *d\n",
            {"layers__b__units": 5},
            "layers:\n  a: &d {type: Dense, units: 3}\n  b: {type: Dense, units: 5}\n",
        ),
        (
            "layers:\n  a: &d {type: Dense, units: 3}\n  b: *d\n",
            {"layers__a__units": 5},
            "layers:\n  a: &d {type: Dense, units: 5}\n  b: {type: Dense, units: 3}\n",
        ),
        (
            "layers:\n  a: {type: Dense, units: &n 3}\n  b: {type: Dense, units: *n}\n",
            {"layers__a": "Flatten"},
            "layers:\n  a: Flatten\n  b: {type: Dense, units: 3}\n",
        ),
        (
            "layers:\n  a: &d {type: Dense, units: 3}\n  b:\n    <<: *d\n",
            {"layers__b__units": 5},
            "layers:\n  a: &d {type: Dense, units: 3}\n  b:\n    <<: *d\n    units: 5\n",
        ),
        ("{params: {a: 1}}\n", {}, "{params: {a: 1}}\n"),
    ],
)
def test_edits(text: str, values: dict[str, object], wanted: str) -> None:
    if text.startswith("{"):
        document = parse(text, "n.yaml", Report())
        assert document is not None
        assert (
            best_text(document, {"train.seed": 2})
            == "{name: n, params: {a: 1}, train: {seed: 2}}\n"
        )
        return
    assert best(text, **values) == wanted


def test_what_no_edit_reaches_is_written_anew_and_says_so() -> None:
    text = best_text(_parsed("params: {a}  # c\ntrain: {epochs: 1}\n"), {"params.a": 3})
    found = parse(text, "best.yaml", Report())
    assert found is not None
    assert found.data == {"name": "spec", "params": {"a": 3}, "train": {"epochs": 1}}
    assert (text.startswith(WRITTEN_ANEW), "# c\n" in text) == (True, True)


def test_a_number_becomes_one_of_another_type() -> None:
    text = best_text(
        _parsed("name: n\nparams: {a: 1, b: true}\n"), {"params.a": 1.0, "params.b": 1}
    )
    assert text == "name: n\nparams: {a: 1.0, b: 1}\n"


def test_overrides_come_first() -> None:
    text = best_text(
        _parsed("name: n\ntrain: {epochs: 1}\n"),
        {"train.epochs": 3},
        ["train.epochs=2", "train.seed=4"],
    )
    assert text == "name: n\ntrain: {epochs: 3, seed: 4}\n"


def test_a_path_that_leads_nowhere() -> None:
    with pytest.raises(SpecError, match="MS201"):
        best_text(_parsed("layers: {}\n"), {"layers.a.units": 3})


def test_paths_lead_to_the_same_files(tmp_path: Path) -> None:
    (tmp_path / "specs").mkdir()
    study = tmp_path / "runs" / "s" / "1"
    (study / "source").mkdir(parents=True)
    part = "inputs: [x]\nlayers: {y: {type: Dense, units: 3}}\noutputs: [y]\n"
    (tmp_path / "specs" / "part.yaml").write_text(part)
    (study / "source" / "part.yaml").write_text(part)
    (tmp_path / "rows.csv").write_text("x,y\n1,2\n3,4\n")
    spec = tmp_path / "specs" / "s.yaml"
    spec.write_text(
        "inputs: {x: [1]}\nblocks: {part: ./part.yaml}  # b\n"
        "layers: {p: part, y: {type: Dense, units: 1}}\n"
        "outputs: {y: mse}\ndata: {file: ../rows.csv}  # d\n"
        "train: {weights: {p: w.safetensors}, epochs: 1}\n"
    )
    document = load(str(spec), Report())
    assert document is not None
    text = best_text(document, {"train.epochs": 2}, folder=study)
    assert text == (
        "name: s\n"
        "inputs: {x: [1]}\nblocks: {part: ./source/part.yaml}  # b\n"
        "layers: {p: part, y: {type: Dense, units: 1}}\n"
        "outputs: {y: mse}\ndata: {file: ../../../rows.csv}  # d\n"
        "train: {weights: {p: ../../../specs/w.safetensors}, epochs: 2}\n"
    )
    (study / "best.yaml").write_text(text)
    examined = examine(str(study / "best.yaml"), training=True, data=True)
    assert examined.report.errors == []


def test_files_that_are_searched_over_are_the_same_ones(tmp_path: Path) -> None:
    """The search of the written spec can be begun where it lies."""
    study = tmp_path / "runs" / "s" / "1"
    (study / "source").mkdir(parents=True)
    for name, units in (("one.yaml", 3), ("two.yaml", 4)):
        part = f"inputs: [x]\nlayers: {{y: {{type: Dense, units: {units}}}}}\noutputs: [y]\n"
        (tmp_path / name).write_text(part)
        (study / "source" / name).write_text(part)
    (tmp_path / "rows.csv").write_text("x,y\n1,2\n3,4\n")
    spec = tmp_path / "s.yaml"
    spec.write_text(
        "inputs: {x: [1]}\nblocks: {part: one.yaml, other: one.yaml}\n"
        "layers: {p: part, o: other, y: {type: Dense, units: 1}}\n"
        "outputs: {y: mse}\ndata: {file: rows.csv, split: {validation: 0.5}}\n"
        "train: {epochs: 1, weights: {p: a.safetensors}}\n"
        "tune:\n"
        "  search:\n"
        "    blocks.part: [one.yaml, two.yaml]  # which\n"
        "    blocks.other: {one.yaml: {}, two.yaml: {train.epochs: [1, 2]}}\n"
        "    train.weights: [{p: a.safetensors}, {p: b.safetensors}]\n"
        "    layers.y.activation:\n"
        "      relu: {train.batch_size: [1]}\n"
        "      tanh: {}\n"
    )
    document = load(str(spec), Report())
    assert document is not None
    values = {"blocks.part": "two.yaml", "blocks.other": "one.yaml"}
    text = best_text(document, values, folder=study)
    assert text.endswith(
        "blocks.part: [./source/one.yaml, ./source/two.yaml]  # which\n"
        "    blocks.other: {./source/one.yaml: {}, ./source/two.yaml: {train.epochs: [1, 2]}}\n"
        "    train.weights: [{p: ../../../a.safetensors}, {p: ../../../b.safetensors}]\n"
        "    layers.y.activation:\n"
        "      relu: {train.batch_size: [1]}\n"
        "      tanh: {}\n"
    )
    assert "blocks: {part: ./source/two.yaml, other: ./source/one.yaml}" in text
    (study / "best.yaml").write_text(text)
    examined = examine(str(study / "best.yaml"), training=True)
    assert [each for each in examined.report.errors if each.code != "MS209"] == []


def _parsed(text: str):  # type: ignore[no-untyped-def]
    document = parse(text, "spec.yaml", Report())
    assert document is not None
    return document
