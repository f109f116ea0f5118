import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelspec.data import permutation
from modelspec.data.splitting.split import split_rows
from modelspec.data.table.findings import Findings
from modelspec.data.table.table import Table
from modelspec.diagnostics import Report
from modelspec.language.split import Split
from tests.data.worlds import world

FRACTIONS = st.floats(0, 0.95)


def dealt(rows, columns=None, **settings):
    report = Report()
    parts = split_rows(
        Table("a.csv", rows, columns or {}), Split(**settings), Findings(report, "a.csv")
    )
    assert (parts is None) == bool(len(report))
    return parts, [d.message for d in report]


@given(st.integers(1, 500), FRACTIONS, FRACTIONS, st.integers(0, 2**70))
def test_a_split_is_a_partition(rows, validation, test, seed):
    parts, found = dealt(rows, validation=validation, test=test, seed=seed)
    if found:
        return
    sizes = [0 if part is None else len(part) for part in parts]
    if parts.train is None:
        assert validation == test == 0
        return
    together = np.concatenate([part for part in parts if part is not None])
    assert sorted(together) == list(range(rows))
    assert sizes[1] == int(rows * validation + 0.5)
    assert sizes[2] == int(rows * test + 0.5)
    assert sizes[0] > 0
    for part in parts:
        assert part is None or (np.diff(part) > 0).all()


def test_the_same_on_every_machine():
    """Written down once: a numpy or a platform that gives another order must not go unnoticed."""
    assert permutation(8, 0).tolist() == [3, 2, 1, 6, 0, 7, 4, 5]
    assert permutation(8, 0, 1).tolist() == [7, 4, 5, 1, 6, 2, 0, 3]
    parts, _ = dealt(10, validation=0.2, test=0.3, seed=7)
    assert [part.tolist() for part in parts] == [[1, 2, 5, 7, 8], [0, 9], [3, 4, 6]]


def test_test_rows_stay_when_the_validation_fraction_changes():
    few, _ = dealt(1000, validation=0.1, test=0.2)
    many, _ = dealt(1000, validation=0.5, test=0.2)
    assert (few.test == many.test).all()


def test_seeds_differ():
    one, _ = dealt(1000, test=0.2, seed=1)
    two, _ = dealt(1000, test=0.2, seed=2)
    assert len(np.intersect1d(one.test, two.test)) < 100


@pytest.mark.parametrize(
    ("rows", "settings", "words"),
    [
        (4, {"validation": 0.1}, "`validation: 0.1` of the 4 rows of `a.csv` is no row"),
        (4, {"test": 0.01, "validation": 0.5}, "`test: 0.01` of the 4 rows of `a.csv` is no row"),
        (2, {"test": 0.5, "validation": 0.4}, "leaves none of the 2 rows of `a.csv` to train on"),
        (1, {"test": 0.6}, "leaves none of the 1 rows"),
        (3, {"fold": "3/4"}, "`fold: 3/4` of the 3 rows of `a.csv` is no row"),
    ],
)
def test_no_empty_parts(rows, settings, words):
    parts, found = dealt(rows, **settings)
    assert parts is None
    assert words in found[0]


def test_epochs_have_orders_of_their_own():
    orders = {tuple(permutation(50, 3, epoch)) for epoch in range(20)}
    assert len(orders) == 20
    assert tuple(permutation(50, 3, 4)) == tuple(permutation(50, 3, 4))


def test_rows_stay_together(tmp_path):
    x = np.random.default_rng(0).normal(size=(100, 2))
    np.savez(tmp_path / "a.npz", x=x, y=x.sum(axis=1))
    section = "file: a.npz\nsplit: {validation: 0.1, test: 0.25}"
    splits = world(tmp_path, section, {"x": [2]}, {"y": ([1], "mse")}).splits()
    parts = splits.train, splits.validation, splits.test
    assert [part.rows for part in parts] == [65, 10, 25]
    for part in parts:
        np.testing.assert_allclose(part.inputs["x"].sum(axis=1), part.targets["y"][:, 0], atol=1e-5)
    seen = np.concatenate([part.inputs["x"] for part in parts])
    np.testing.assert_allclose(np.sort(seen, axis=0), np.sort(x, axis=0), atol=1e-6)


def test_files_for_each_part(tmp_path):
    (tmp_path / "a.csv").write_text("x\n1\n3\n")
    np.savez(tmp_path / "b.npz", x=[5.0])
    section = "train: a.csv\nvalidation: b.npz\nfeatures: {x: {normalize: minmax}}"
    splits = world(tmp_path, section, {"x": [1]}, {}).splits()
    assert splits.train.inputs["x"].tolist() == [[0], [1]]
    assert splits.validation.inputs["x"].tolist() == [[2]]
    assert splits.test is None


def test_a_split_of_the_training_file_beside_a_test_file(tmp_path):
    (tmp_path / "a.csv").write_text("x\n" + "1\n" * 10)
    (tmp_path / "b.csv").write_text("x\n2\n")
    section = "train: a.csv\ntest: b.csv\nsplit: {validation: 0.2}"
    splits = world(tmp_path, section, {"x": [1]}, {}).splits()
    assert (splits.train.rows, splits.validation.rows, splits.test.rows) == (8, 2, 1)


def test_a_finding_in_another_part_stands_at_its_file(tmp_path):
    (tmp_path / "a.csv").write_text("x\n1\n")
    (tmp_path / "b.csv").write_text("x\n1\nfoo\n")
    finding = world(tmp_path, "train: a.csv\ntest: b.csv", {"x": [1]}, {}).finding()
    assert (finding.code, finding.path) == ("MS803", "data.test")
    assert "`x` is `foo`, not a number, at line 3 of" in finding.message


def test_all_files_are_looked_at(tmp_path):
    (tmp_path / "a.csv").write_text("x\n1\n")
    (tmp_path / "b.csv").write_text("x\nfoo\n")
    section = "train: a.csv\nvalidation: b.csv\ntest: missing.csv"
    splits, found = world(tmp_path, section, {"x": [1]}, {}).load()
    assert splits is None
    assert [(d.code, d.path) for d in found] == [
        ("MS803", "data.validation"),
        ("MS801", "data.test"),
    ]


CLASSES = st.lists(st.sampled_from("aabbc"), min_size=8, max_size=120)


@given(CLASSES, st.sampled_from([0.25, 0.5]), st.integers(0, 99))
def test_classes_come_in_their_shares(classes, test, seed):
    values = np.array(classes)
    parts, found = dealt(len(values), {"y": values}, stratify="y", test=test, seed=seed)
    assert not found
    assert len(parts.test) == int(len(values) * test + 0.5)
    for name in set(classes):
        share = (values == name).sum() * test
        assert abs((values[parts.test] == name).sum() - share) <= 1.5


@given(CLASSES, st.integers(0, 99))
def test_groups_stay_together(groups, seed):
    values = np.array(groups)
    parts, found = dealt(len(values), {"g": values}, group="g", validation=0.2, test=0.2, seed=seed)
    if found:
        return
    owned = [set(values[part]) for part in parts if part is not None]
    assert sum(map(len, owned)) == len(set(groups))
    assert len(parts.test) >= int(len(values) * 0.2 + 0.5)


def test_no_more_groups_are_taken_than_are_needed():
    groups = np.repeat(["a", "b", "c", "d"], 2)
    parts, _ = dealt(8, {"g": groups}, group="g", validation=0.25, test=0.25)
    assert [len(part) for part in parts] == [4, 2, 2]


def test_a_class_of_few_rows_is_not_the_first_to_be_dealt():
    values = np.array(["a"] * 9 + ["b"])
    parts, _ = dealt(10, {"y": values}, stratify="y", test=0.2)
    assert values[parts.test].tolist() == ["a", "a"]


@pytest.mark.parametrize(
    "times",
    [
        np.array([5, 1, 4, 2, 3]),
        pl.Series(["2024-05-01", "2024-01-31", "2024-04-01T10:00:00", "2024-02-01", "2024-03-01"]),
    ],
)
def test_the_last_rows_are_for_testing(times):
    parts, _ = dealt(5, {"day": times}, time="day", validation=0.4, test=0.2)
    assert [part.tolist() for part in parts] == [[1, 3], [2, 4], [0]]


def test_a_row_without_a_time():
    parts, found = dealt(2, {"day": pl.Series(["2024-05-01", "soon"])}, time="day", test=0.5)
    assert parts is None
    assert "`day` has no time" in found[0]


def test_a_column_that_says_which_part():
    column = pl.Series(["train", "val", "test", "train", None])
    parts, _ = dealt(5, {"part": column}, column="part")
    assert [part.tolist() for part in parts] == [[0, 3, 4], [1], [2]]
    _, found = dealt(5, {"part": pl.Series(["a"] * 5)}, column="part")
    assert "`part` says of no row" in found[0]
    values = {"validation": ["dev"]}
    _, found = dealt(5, {"part": column}, column="part", values=values)
    assert "`part` is `dev` in no row" in found[0]


@given(st.integers(8, 60), st.integers(2, 5), st.booleans(), st.integers(0, 9))
def test_folds_are_a_partition(rows, count, tested, seed):
    test = 0.2 if tested else 0.0
    folds = [
        dealt(rows, fold=f"{number}/{count}", test=test, seed=seed)[0]
        for number in range(1, count + 1)
    ]
    validated = np.concatenate([fold.validation for fold in folds])
    kept = np.concatenate([folds[0].train, folds[0].validation])
    assert sorted(validated) == sorted(kept)
    sizes = [len(fold.validation) for fold in folds]
    assert max(sizes) - min(sizes) <= 1


def test_folds_of_classes():
    values = np.array(["a"] * 30 + ["b"] * 10)
    for number in range(1, 6):
        parts, _ = dealt(40, {"y": values}, fold=f"{number}/5", stratify="y")
        assert (values[parts.validation] == "b").sum() == 2


def test_a_column_of_the_file_deals_the_rows(tmp_path):
    pl.DataFrame({"x": [1, 2, 3], "part": ["train", "test", "val"]}).write_csv(tmp_path / "a.csv")
    splits = world(tmp_path, "file: a.csv\nsplit: {column: part}", {"x": [1]}, {}).splits()
    assert splits.test.inputs["x"].tolist() == [[2]]
    finding = world(tmp_path, "file: a.csv\nsplit: {column: parts}", {"x": [1]}, {}).finding()
    assert finding.code == "MS802"
    assert "wanted by `data.split`" in finding.message
