"""The data that scikit-learn ships, through specs as people write them."""

from textwrap import dedent

import numpy as np
import polars as pl
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from modelspec import graph, language, source
from modelspec.data import load
from modelspec.diagnostics import Report
from tests.data.worlds import world


def splits_of(folder, text):
    """The whole way: YAML, spec, graph, data."""
    report = Report()
    document = source.parse(dedent(text), str(folder / "spec.yaml"), report)
    read = language.read(document, report)
    built = graph.build(read, report)
    made = load(read.data, built, folder, report)
    assert not list(report), [f"{d.code} {d.message}" for d in report]
    return made


def test_digits(tmp_path):
    digits = load_digits()
    np.savez_compressed(tmp_path / "digits.npz", image=digits.images, digit=digits.target)
    splits = splits_of(
        tmp_path,
        """
        inputs: {image: [8, 8, 1]}
        layers:
          conv: {type: Conv2D, filters: 4, kernel_size: 3}
          flat: Flatten
          digit: {type: Dense, units: 10, activation: softmax}
        edges: [image -> conv -> flat -> digit]
        outputs: {digit: {loss: categorical_crossentropy}}
        data:
          file: digits.npz
          split: {validation: 0.1, test: 0.2, seed: 0}
          features: {image: {normalize: minmax}}
        """,
    )
    assert (splits.train.rows, splits.validation.rows, splits.test.rows) == (1258, 180, 359)
    images = np.concatenate(
        [part.inputs["image"] for part in (splits.train, splits.validation, splits.test)]
    )
    assert images.shape == (1797, 8, 8, 1)
    assert images.dtype == np.float32
    totals = np.sort((images * 16).sum(axis=(1, 2, 3)).round())
    np.testing.assert_array_equal(totals, np.sort(digits.images.sum(axis=(1, 2))))
    assert splits.train.targets["digit"].dtype == np.int64
    assert set(splits.train.targets["digit"]) == set(range(10))


@pytest.mark.parametrize(
    ("normalize", "scaler"), [("standard", StandardScaler), ("minmax", MinMaxScaler)]
)
def test_breast_cancer(tmp_path, normalize, scaler):
    data = load_breast_cancer()
    names = [name.replace(" ", "_") for name in data.feature_names]
    table = pl.DataFrame(data.data, schema=names)
    table = table.with_columns(diagnosis=pl.Series(data.target_names[data.target].tolist()))
    table.write_csv(tmp_path / "cancer.csv")
    splits = splits_of(
        tmp_path,
        f"""
        inputs: {{cells: [30]}}
        layers:
          fc: {{type: Dense, units: 8, activation: relu}}
          diagnosis: {{type: Dense, units: 1, activation: sigmoid}}
        outputs: {{diagnosis: {{loss: binary_crossentropy}}}}
        data:
          file: cancer.csv
          features:
            cells: {{columns: [{", ".join(names)}], normalize: {normalize}}}
        """,
    )
    assert splits.validation is splits.test is None
    expected = scaler().fit_transform(data.data)
    np.testing.assert_allclose(splits.train.inputs["cells"], expected, atol=1e-5)
    assert splits.preprocessing.classes("diagnosis") == ("benign", "malignant")
    np.testing.assert_array_equal(splits.train.targets["diagnosis"][:, 0], 1 - data.target)


def test_diabetes(tmp_path):
    data = load_diabetes(scaled=False)
    table = pl.DataFrame(data.data, schema=data.feature_names)
    table = table.with_columns(progress=pl.Series(data.target))
    table.write_parquet(tmp_path / "diabetes.parquet")
    splits = splits_of(
        tmp_path,
        """
        inputs: {blood: [8], sex: {shape: [1], dtype: int64}}
        layers:
          code: {type: Embedding, input_dim: 2, output_dim: 3}
          flat: Flatten
          join: Concatenate
          progress: {type: Dense, units: 1}
        edges:
          - sex -> code -> flat
          - blood, flat -> join -> progress
        outputs: {progress: {loss: mse}}
        data:
          file: diabetes.parquet
          features:
            blood: {columns: [bmi, bp, s1, s2, s3, s4, s5, s6], normalize: standard}
            sex: {type: category}
            progress: {normalize: standard}
        """,
    )
    assert splits.preprocessing.classes("sex") == ("1", "2")
    np.testing.assert_array_equal(splits.train.inputs["sex"][:, 0], data.data[:, 1] - 1)
    decoded = splits.preprocessing.decode("progress", splits.train.targets["progress"])
    np.testing.assert_allclose(decoded["progress"], data.target, rtol=1e-5)


def test_iris_by_name_alone(tmp_path):
    data = load_iris()
    table = pl.DataFrame(data.data, schema=["sl", "sw", "pl", "pw"])
    table = table.with_columns(species=pl.Series(data.target_names[data.target].tolist()))
    table.write_csv(tmp_path / "iris.csv")
    inputs = {name: [1] for name in ("sl", "sw", "pl", "pw")}
    outputs = {"species": ([3], "categorical_crossentropy")}
    splits = world(tmp_path, "file: iris.csv", inputs, outputs).splits()
    assert splits.preprocessing.classes("species") == tuple(data.target_names)
    np.testing.assert_array_equal(splits.train.targets["species"], data.target)
    np.testing.assert_allclose(splits.train.inputs["pw"][:, 0], data.data[:, 3], rtol=1e-6)


EMBEDDED = """
inputs: {{word: {{shape: [], dtype: int64}}}}
blocks:
  inner:
    inputs: [ids]
    layers: {{code: {{type: Embedding, input_dim: 3, output_dim: 2}}, y: {{type: Dense, units: 1}}}}
    outputs: [y]
layers: {{{layers}}}
outputs: {{{output}: mse}}
data: {{file: a.csv, features: {{word: {feature}, {output}: {{column: y}}}}}}
"""
CHAIN = "code: {type: Embedding, input_dim: 3, output_dim: 2}, out: {type: Dense, units: 1}"
NESTED = "net: inner"


def embedded(folder, words, feature, layers, output):
    (folder / "a.csv").write_text("word,y\n" + "".join(f"{word},1\n" for word in words))
    text = EMBEDDED.format(layers=layers, feature=feature, output=output)
    report = Report()
    read = language.read(source.parse(text, "spec.yaml", report), report)
    built = graph.build(read, report)
    assert not report.failed, [f"{d.code} {d.message}" for d in report]
    return load(read.data, built, folder, report), [
        d for d in report if d.code in ("MS803", "MS805")
    ]


@pytest.mark.parametrize(
    ("layers", "output", "node"), [(CHAIN, "out", "code"), (NESTED, "net", "net/code")]
)
def test_integers_are_held_against_the_embedding(tmp_path, layers, output, node):
    made, found = embedded(tmp_path, [0, 1, 2], "word", layers, output)
    assert made.train.inputs["word"].tolist() == [0, 1, 2]
    assert not found
    made, (finding,) = embedded(tmp_path, [0, 1, 3, 7, -1], "word", layers, output)
    assert made is None
    assert finding.code == "MS803"
    expected = f"`word` is `3`, and `{node}` takes 0 to 2, at lines 4, 5 and 6 of"
    assert expected in finding.message


@pytest.mark.parametrize(
    ("feature", "words"),
    [
        ("{type: category}", "abcd"),
        ("{type: category, classes: [a, b, c], unknown: ignore}", "abc"),
    ],
)
def test_classes_are_held_against_the_embedding(tmp_path, feature, words):
    made, (finding,) = embedded(tmp_path, words, feature, CHAIN, "out")
    assert made is None
    assert finding.code == "MS805"
    assert f"`code` takes 3 classes, `word` has {len(words)} classes" in finding.message
    assert finding.help == "set `input_dim` of `code` to 4"
