import subprocess
import sys

import numpy as np
import pytest

from modelspec.language.data_format import FileFormat
from modelspec.language.features import AnyFeature, CategoryFeature, NumberFeature
from tests.data.worlds import read

INPUTS, OUTPUTS = ["rooms", "city", "image"], ["price"]


def codes(section: str) -> list[tuple[str, str]]:
    """What is found in a section: (code, the words of the spec that it points at)."""
    settings, found = read(section, INPUTS, OUTPUTS)
    assert (settings is None) == bool(found)
    text = ["data:", *("  " + line for line in section.splitlines())]
    return [
        (d.code, text[d.span.line - 1][d.span.column - 1 : d.span.end_column - 1]) for d in found
    ]


def test_one_file_and_its_split():
    settings, found = read("file: a.csv\nsplit: {validation: 0.1, test: 0.2, seed: 3}")
    assert not found
    assert settings.files.keys() == {"train"}
    assert settings.files["train"].path == "a.csv"
    assert settings.files["train"].format == FileFormat(type="csv")
    assert (settings.split.validation, settings.split.test, settings.split.seed) == (0.1, 0.2, 3)


def test_a_file_for_each_part():
    settings, found = read("train: a.csv\nvalidation: b.tsv\ntest: c.parquet")
    assert not found
    assert {part: (file.path, file.format.type) for part, file in settings.files.items()} == {
        "train": ("a.csv", "csv"),
        "validation": ("b.tsv", "tsv"),
        "test": ("c.parquet", "parquet"),
    }
    assert (settings.split.validation, settings.split.test) == (0, 0)


def test_format_overrules_the_suffix():
    settings, _ = read("file: a.txt\nformat: tsv")
    assert settings.files["train"].format.type == "tsv"


def test_features():
    settings, found = read(
        """
        file: a.csv
        features:
          rooms: {columns: [r1, r2], normalize: standard}
          city: {column: town, encode: one-hot, classes: [x, true, 3]}
          image: pixels
          price: {type: number}
        """,
        INPUTS,
        OUTPUTS,
    )
    assert not found
    rooms, city, image, price = settings.features.values()
    assert type(rooms) is NumberFeature
    assert rooms.sources("rooms") == ("r1", "r2")
    assert type(city) is CategoryFeature
    assert (city.encode, city.unknown) == ("one_hot", "error")
    assert type(image) is AnyFeature
    assert image.sources("image") == ("pixels",)
    assert price.sources("price") == ("price",)
    assert settings.feature("other").sources("other") == ("other",)


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ("{}", [("MS202", "data")]),
        ("file: a.csv\ntrain: b.csv", [("MS206", "train")]),
        ("file: a.dat", [("MS202", "a.dat")]),
        ("fil: a.csv", [("MS201", "fil")]),
        ("file: 3", [("MS203", "3")]),
        ("file: a.csv\nformat: exel", [("MS206", "exel")]),
        ("file: a.csv\nsplit: {validation: 0.5, test: 0.5}", [("MS204", "split")]),
        ("file: a.csv\nsplit: {validation: 1.5}", [("MS204", "1.5")]),
        ("file: a.csv\nsplit: {validation: -0.1}", [("MS204", "-0.1")]),
        ("file: a.csv\nsplit: {seed: -1}", [("MS204", "-1")]),
        (
            "train: a.csv\nvalidation: b.csv\nsplit: {validation: 0.1}",
            [("MS206", "validation")],
        ),
        ("file: a.csv\nfeatures: {citty: town}", [("MS301", "citty")]),
        ("file: a.csv\nfeatures: {city: 3}", [("MS203", "3")]),
        ("file: a.csv\nfeatures: [city]", [("MS203", "[city]")]),
        ("file: a.csv\nfeatures:", [("MS203", "features")]),
        ("file: a.csv\nfeatures: {3: city}", [("MS301", "3")]),
        ("file: a.csv\nfeatures: {city: {3: a}}", [("MS201", "3")]),
        ("file: a.csv\nfeatures: {city: ''}", [("MS203", "''")]),
        ("file: a.csv\nfeatures: {city: {type: categry}}", [("MS205", "categry")]),
        ("file: a.csv\nfeatures: {city: {type: [a]}}", [("MS205", "[a]")]),
        ("file: a.csv\nfeatures: {city: {encoding: index}}", [("MS201", "encoding")]),
        ("file: a.csv\nfeatures: {city: {encode: onehot}}", [("MS206", "onehot")]),
        (
            "file: a.csv\nfeatures: {city: {type: category, normalize: minmax}}",
            [("MS201", "normalize")],
        ),
        (
            "file: a.csv\nfeatures: {city: {encode: index, normalize: minmax}}",
            [("MS206", "normalize")],
        ),
        ("file: a.csv\nfeatures: {city: {column: a, columns: [b]}}", [("MS206", "columns")]),
        ("file: a.csv\nfeatures: {city: {columns: [b, b]}}", [("MS206", "columns")]),
        ("file: a.csv\nfeatures: {city: {columns: []}}", [("MS204", "[]")]),
        (
            "file: a.csv\nfeatures: {price: {type: category, columns: [a, b]}}",
            [("MS206", "columns")],
        ),
        ('file: a.csv\nfeatures: {city: {classes: [1, "1"]}}', [("MS206", "classes")]),
        (
            "file: a.csv\nsplit: {seed: x}\nfeatures: {citty: a, city: {encode: 3}}",
            [("MS203", "x"), ("MS301", "citty"), ("MS206", "3")],
        ),
    ],
)
def test_findings(section, expected):
    assert codes(section) == expected


def test_did_you_mean_the_input():
    _, found = read("file: a.csv\nfeatures: {citty: town}", INPUTS, OUTPUTS)
    assert found[0].help == "did you mean `city`?"


def test_reading_settings_imports_no_numpy():
    code = (
        "import sys, modelspec.language.data as d; d.AnyFeature();"
        "print([m for m in ('numpy', 'polars', 'torch') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_arrays_of_numbers_need_neither_torch_nor_polars(tmp_path):
    np.savez(tmp_path / "a.npz", x=np.zeros((4, 2)), y=[0, 1, 2, 0])
    code = f"""
import sys
from pathlib import Path
from tests.data.worlds import world
outputs = {{"y": ([3], "categorical_crossentropy")}}
world(Path({str(tmp_path)!r}), "file: a.npz", {{"x": [2]}}, outputs).splits()
print([m for m in ("polars", "torch") if m in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("split", "found"),
    [
        ("{stratify: y, time: day, test: 0.1}", [("MS206", "time")]),
        ("{column: part, test: 0.1}", [("MS206", "test")]),
        ("{fold: 6/5}", [("MS204", "fold")]),
        ("{fold: 1/1}", [("MS204", "fold")]),
        ("{fold: 1/5, validation: 0.1}", [("MS206", "validation")]),
        ("{fold: 1/5, time: day}", [("MS206", "fold")]),
    ],
)
def test_splits_that_contradict_themselves(split, found):
    assert codes(f"file: a.csv\nsplit: {split}") == found


@pytest.mark.parametrize(
    ("feature", "found"),
    [
        ("{type: text, columns: [a, b]}", [("MS206", "columns")]),
        ("{type: text, missing: mean}", [("MS206", "missing")]),
        ("{type: image, missing: constant, fill: 0}", [("MS206", "fill")]),
        ("{missing: constant}", [("MS206", "missing")]),
        ("{fill: 3}", [("MS206", "fill")]),
        ("{type: number, missing: constant, fill: x}", [("MS206", "fill")]),
        ("{encode: index, separator: '|'}", [("MS206", "separator")]),
        ("{type: text, tokenizr: word}", [("MS201", "tokenizr")]),
        ("{type: image, size: [3]}", [("MS204", "[3]")]),
        ("{type: date, parts: [weak]}", [("MS206", "weak")]),
        ("{type: date, format: ['%Y', '%Y']}", [("MS206", "format")]),
        ("{type: date, format: [epoch, '%Y']}", [("MS206", "format")]),
        ("{type: date, format: epoch_s}", [("MS206", "format")]),
        ("{type: date, format: '%Y', day_first: true}", [("MS206", "day_first")]),
        ("{type: date, time_zone: Europe/Berlim}", [("MS206", "time_zone")]),
        ("{columns: [a, b], encode: multi_hot}", [("MS206", "encode")]),
        ("{columns: [a, b], classes: {c: [x]}}", [("MS206", "classes")]),
        ("{column: a, classes: {a: [x]}}", [("MS206", "classes")]),
        ("{columns: [a, b], size: {c: 3}}", [("MS206", "size")]),
        ("{columns: [a, b], classes: {a: [x]}, size: {a: 3}}", [("MS206", "size")]),
        ("{classes: [A, a], lower: true}", [("MS206", "classes")]),
        ("{classes: [a, b], most_common: 2, unknown: other}", [("MS206", "most_common")]),
        ("{most_common: 2}", [("MS206", "most_common")]),
        ("{min_count: 2}", [("MS206", "min_count")]),
        ("{most_common: 2, size: 3, unknown: other}", [("MS206", "size")]),
    ],
)
def test_features_that_contradict_themselves(feature, found):
    assert codes(f"file: a.csv\nfeatures:\n  city: {feature}") == found


def category(text: str) -> CategoryFeature:
    settings, found = read(f"file: a.csv\nfeatures: {{city: {text}}}", INPUTS, OUTPUTS)
    assert not found
    feature = settings.features["city"]
    assert type(feature) is CategoryFeature
    return feature


@pytest.mark.parametrize(
    ("feature", "one_hot", "ids"),
    [
        ("{type: category}", None, None),
        ("{classes: [a, b, c]}", 3, 3),
        ("{classes: [a, b, c], unknown: ignore}", 3, 4),
        ("{classes: [a, b, c], unknown: other}", 4, 4),
        ("{classes: [a, other, c], unknown: other}", 3, 3),
        ("{size: 7, unknown: ignore}", 7, 8),
        ("{most_common: 5, unknown: other}", 6, 6),
        ("{min_count: 5, unknown: other}", None, None),
        ("{classes: [a, b], encode: index, unknown: ignore}", 3, 3),
        ("{columns: [k, l], classes: [u, v]}", 4, 4),
        ("{columns: [k, l], classes: {k: [a], l: [b, c]}, unknown: other}", 5, 5),
        ("{columns: [k, l], classes: {k: [a]}, size: {l: 4}, unknown: ignore}", 5, 6),
        ("{columns: [k, l], size: {k: 4}}", None, None),
        ("{columns: [k, l], size: 9, unknown: ignore}", 9, 10),
        ("{columns: [k, l], most_common: 2, unknown: ignore}", 4, 5),
    ],
)
def test_the_width_of_a_category_is_known_where_the_spec_says_it(feature, one_hot, ids):
    known = category(feature)
    assert (known.width(), known.width(integers=True)) == (one_hot, ids)
    assert known.id_columns() == (2 if known.columns else 1)


@pytest.mark.parametrize(
    ("feature", "found"),
    [
        ("{columns: [a, b], missing: {c: mean}}", [("MS206", "missing")]),
        ("{columns: [a, b], missing: {}}", [("MS206", "missing")]),
        ("{columns: [a, b], missing: {a: constant}, fill: {b: 1}}", [("MS206", "missing")]),
        ("{columns: [a, b], missing: {a: mean}, fill: {a: 1}}", [("MS206", "fill")]),
        ("{columns: [a, b], missing: {a: constant}, fill: {c: 1}}", [("MS206", "fill")]),
        ("{columns: [a, b], normalize: {c: minmax}}", [("MS206", "normalize")]),
        ("{columns: [a, b], normalize: {a: minmx}}", [("MS206", "minmx")]),
        ("{missing: avg}", [("MS206", "avg")]),
        ("{missing: {town: mean}}", [("MS206", "missing")]),
        ("{type: category, missing: mean}", [("MS206", "missing")]),
        ("{type: text, missing: mode}", [("MS206", "missing")]),
        ("{type: image, missing: mode}", [("MS206", "missing")]),
        ("{type: sequence, missing: constant, fill: x}", [("MS206", "fill")]),
        ("{indicator: true}", [("MS206", "indicator")]),
        ("{missing: drop, indicator: true}", [("MS206", "indicator")]),
        ("{missing: mean, indicator: [b]}", [("MS206", "indicator")]),
        ("{missing: mean, indicator: []}", [("MS206", "indicator")]),
        (
            "{columns: [a, b], missing: {a: mean}, indicator: [b]}",
            [("MS206", "indicator")],
        ),
        (
            "{type: text, missing: constant, fill: x, indicator: true}",
            [("MS206", "indicator")],
        ),
        ("{encode: index, missing: mode, indicator: true}", [("MS206", "indicator")]),
        ("{missing_values: []}", [("MS204", "[]")]),
        ("{missing_values: NA}", [("MS203", "NA")]),
        ("{clip: 0}", [("MS204", "0")]),
        ("{clip: [3, 1]}", [("MS206", "clip")]),
        ("{clip: [1]}", [("MS204", "[1]")]),
        ("{format: percent, encode: index}", [("MS206", "format")]),
        ("{type: category, clip: 3}", [("MS201", "clip")]),
    ],
)
def test_missing_values_and_scales_that_contradict_themselves(feature, found):
    assert codes(f"file: a.csv\nfeatures:\n  city: {feature}") == found


def test_targets_have_no_indicator():
    section = "file: a.csv\nfeatures:\n  price: {missing: mean, indicator: true}"
    assert codes(section) == [("MS206", "indicator")]


def test_each_finding_about_missing_values_has_a_way_out():
    features = [
        "{type: category, missing: mean}",
        "{type: image, missing: mode}",
        "{indicator: true}",
        "{columns: [a, b], missing: {c: mean}}",
        "{clip: [3, 1]}",
    ]
    for feature in features:
        _, found = read(f"file: a.csv\nfeatures:\n  city: {feature}", INPUTS, OUTPUTS)
        assert all(each.help for each in found), feature


def test_markers_of_the_data_and_of_a_feature():
    section = """
        file: a.csv
        missing_values: [NA, -999]
        features: {rooms: {missing: mean, missing_values: ["?"]}}
        """
    settings, found = read(section, INPUTS, OUTPUTS)
    assert not found
    assert settings.feature("rooms").missing_values == ["NA", -999, "?"]
    assert settings.feature("city").missing_values == ["NA", -999]


def test_strategies_of_columns():
    feature = NumberFeature(
        columns=["a", "b", "c"],
        missing={"a": "mean", "b": "constant"},
        fill=0,
        indicator=True,
        normalize={"c": "log1p"},
    )
    assert feature.strategies("x") == ("mean", "constant", "error")
    assert feature.fills("x") == (None, 0, None)
    assert feature.indicators("x") == ("a", "b")
    assert feature.normalizations("x") == ("none", "none", "log1p")
