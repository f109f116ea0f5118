"""No encoded value is another one because the input's dtype cannot hold it."""

import numpy as np
import pytest

from modelspec.layers.values import FLOATS, INTEGERS
from tests.data.worlds import read, world

TABLE = """\
steps,small,day,seen,code,words,number
1 2.5 3,1 0,2024-01-01T12:00,2024-03-01,a,red car,1
1 300,0 1,2024-02-01T13:00,2024-03-02,b,blue,2
5,1,2024-02-01T14:00,2024-03-03,c,car,300
"""
FEATURES = {
    "{column: steps, type: sequence, length: 3}": [3],
    "{column: small, type: sequence, length: 2}": [2],
    "{column: small, type: sequence, length: 3, fill_steps: 0.5}": [3],
    "{column: small, type: sequence, length: 3, fill_steps: -1}": [3],
    "{column: small, type: sequence, length: 2, normalize: standard}": [2],
    "{column: small, type: sequence, length: 2, clip: [0.25, 0.75]}": [2],
    "{column: day, type: date, parts: [timestamp]}": [1],
    "{column: day, type: date, parts: [year, hour]}": [2],
    "{column: day, type: date, parts: [hour], cyclic: true}": [2],
    "{column: day, type: date, parts: [hour], normalize: standard}": [1],
    "{column: seen, type: date, parts: [month, day, is_weekend]}": [3],
    "{column: code, type: category, encode: index}": [],
    "{column: code, type: category, encode: index, size: 300, unknown: ignore}": [],
    "{columns: [code, words], type: category, encode: index, size: 300}": [2],
    "{column: words, type: text, length: 2, vocabulary: 3}": [2],
    "{column: number, type: number}": [1],
    "{column: number, type: number, normalize: minmax}": [1],
    "{column: number, type: number, clip: [0, 2.5]}": [1],
}
REFUSED = {"MS506", "MS803", "MS805"}
SMALLEST = {"bfloat16": 2**-8, "float16": 2**-11, "float32": 2**-24, "float64": 2**-53}


@pytest.mark.parametrize("feature", FEATURES)
def test_a_value_stays_or_is_refused(feature, tmp_path):
    (tmp_path / "t.csv").write_text(TABLE)
    section = f"file: t.csv\nfeatures:\n  x: {feature}\n"
    shape, found = FEATURES[feature], {}
    for dtype in ("float64", *sorted(FLOATS | INTEGERS)):
        splits, findings = world(tmp_path, section, {"x": (shape, dtype)}, {}).load()
        if splits is None:
            assert {each.code for each in findings} <= REFUSED, dtype
            continue
        found[dtype] = splits.train.inputs["x"].astype(np.float64)
    whole = found["float64" if "float64" in found else "int64"]
    for dtype, values in found.items():
        step = SMALLEST.get(dtype, 0)
        if "normalize" in feature or "cyclic" in feature or dtype == "bfloat16":
            step = max(step, 2**-20)
        np.testing.assert_allclose(values, whole, rtol=step, atol=step, err_msg=dtype)


@pytest.mark.parametrize("kind", ["number", "sequence"])
@pytest.mark.parametrize("clip", ["[1.0e+39, 1.0e+40]", "[-1.0e+40, -1.0e+39]"])
def test_numbers_are_clipped_to_what_the_input_holds(kind, clip, tmp_path):
    (tmp_path / "t.jsonl").write_text('{"x": %s}\n' % ("[1]" if kind == "sequence" else 1))
    section = f"file: t.jsonl\nfeatures: {{x: {{type: {kind}, clip: {clip}}}}}"
    found = world(tmp_path, section, {"x": [1]}, {}).finding()
    assert (found.code, found.help) == ("MS506", "write another `clip`, or another `dtype`")


def test_an_open_end_of_a_clip_may_be_any_number(tmp_path):
    (tmp_path / "t.csv").write_text("x\n1\n-2\n")
    section = "file: t.csv\nfeatures: {x: {clip: [0, 1.0e+300]}}"
    assert world(tmp_path, section, {"x": [1]}, {}).splits().train.inputs["x"].tolist() == [
        [1],
        [0],
    ]


@pytest.mark.parametrize(
    ("dtype", "scale", "fits"),
    [
        ("uint8", "", True),
        ("uint8", ", scale: none", True),
        ("uint8", ", scale: unit", False),
        ("uint8", ", scale: signed", False),
        ("int8", "", False),
        ("bool", "", False),
        ("float16", ", scale: signed", True),
    ],
)
def test_pictures_are_numbers_that_the_input_holds(dtype, scale, fits, tmp_path):
    from PIL import Image

    Image.new("RGB", (2, 2), (0, 100, 255)).save(tmp_path / "a.png")
    (tmp_path / "t.csv").write_text("x\na.png\n")
    section = f"file: t.csv\nfeatures: {{x: {{type: image{scale}}}}}"
    splits, found = world(tmp_path, section, {"x": ([2, 2, 3], dtype)}, {}).load()
    assert [each.code for each in found] == ([] if fits else ["MS506"])
    assert (splits is not None) == fits
    if dtype == "uint8" and fits:
        assert splits.train.inputs["x"][0, 0, 0].tolist() == [0, 100, 255]


@pytest.mark.parametrize(
    ("feature", "code", "words"),
    [
        ("{classes: [a, b], missing: mean}", "MS206", "a category has no mean"),
        ("{columns: [p, q], size: 9, missing: median}", "MS206", "a category has no median"),
        ("{normalize: standard, missing: constant, fill: abc}", "MS206", "`fill` is a number"),
        ("{type: date, parts: [year, month, year]}", "MS206", "`parts` names `year` twice"),
        ("{type: category, columns: [p, q], size: 1}", "MS206", "at least 2 classes"),
        (
            "{columns: [p, q], classes: {p: [a, b]}, unknown: other, size: 4}",
            "MS206",
            "`size` is 4, and the columns have at least 5 classes",
        ),
        ("{type: date, format: '%Y %Q'}", "MS206", "`%Q` in `%Y %Q` is no part of a date"),
        ("{type: date, format: '%d.%m.%'}", "MS206", "`%` in `%d.%m.%` is no part of a date"),
        ("{missing: constant, fill: .inf}", "MS204", "`fill` is inf"),
        ("{type: number, missing: constant, fill: {x: .nan}}", "MS204", "must be a finite number"),
        ("{type: sequence, fill_steps: .nan}", "MS204", "`fill_steps` is nan"),
        ("{type: image, missing: mean}", "MS206", "an image has no mean"),
    ],
)
def test_lint_refuses_what_no_table_can_fit(feature, code, words):
    settings, found = read(f"file: t.csv\nfeatures:\n  x: {feature}\n", ["x"])
    assert settings is None
    assert [each.code for each in found] == [code]
    assert words in found[0].message


@pytest.mark.parametrize(
    "format", ["%d.%m.%Y %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%:z", "%-d. %B %Y", "%I:%M %p %D", "%F%%"]
)
def test_marks_of_dates_are_known(format):
    settings, found = read(
        f"file: t.csv\nfeatures:\n  x: {{type: date, format: '{format}'}}\n", ["x"]
    )
    assert settings, found
