"""The data of `specs/`: the same at every call, what it says of itself, and enough to train on."""

import csv
import sys
from itertools import pairwise
from pathlib import Path
from statistics import fmean

import numpy as np
import pytest
import yaml
from sklearn.datasets import load_digits

from tests.runner.worlds import run

SPECS = Path("specs").resolve()
WITH_DATA = [path for path in sorted(SPECS.glob("*.yaml")) if "\ndata:" in path.read_text()]


@pytest.fixture(scope="module", autouse=True)
def made_up():
    """Let the modules beside `make_data.py` be imported, as that script does."""
    before = list(sys.path)
    sys.path.insert(0, str(SPECS))
    yield
    sys.path[:] = before


def table(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def contents(folder):
    return {
        path.relative_to(folder): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_it_is_the_same_at_every_call(tmp_path):
    import make_data

    folders = tmp_path / "one", tmp_path / "other"
    for folder in folders:
        folder.mkdir()
        make_data.write_breast_cancer(folder / "breast_cancer.csv")
        make_data.write_diabetes(folder / "diabetes.csv")
        make_data.write_dates(folder / "dates.csv", 50)
        make_data.write_reviews(folder / "reviews.csv", 50)
        make_data.write_garments(folder / "garments.csv", 20)
    one, other = map(contents, folders)
    assert len(one) == 25
    assert one == other


def test_an_unknown_name_is_refused(tmp_path):
    import make_data

    with pytest.raises(SystemExit, match="there is no data for reviws; there is for digits,"):
        make_data.main(tmp_path / "data", ["reviws"])
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("path", WITH_DATA, ids=lambda path: path.stem)
def test_every_data_file_of_a_spec_can_be_made(path):
    import make_data

    made = {f"../data/{file}" for _, file in make_data.WRITERS.values()}
    assert yaml.safe_load(path.read_text())["data"]["file"] in made


def test_no_two_reviews_are_alike_and_words_alone_tell_little():
    from made_up.reviews import BAD, GOOD, reviews

    written = list(reviews(2000))
    assert len({text for text, _ in written}) == 2000
    share = fmean(verdict == "positive" for _, verdict in written)
    assert 0.45 < share < 0.55
    right = fmean(
        (sum(text.count(word) for word in GOOD) > sum(text.count(word) for word in BAD))
        == (verdict == "positive")
        for text, verdict in written
    )
    assert right < 0.6


def test_no_scan_of_a_test_pair_is_in_another_pair():
    from made_up.pairs import PARTS, pairs

    digit = load_digits().target
    made = pairs(digit)
    assert ((digit[made["left"]] == digit[made["right"]]) == made["same"]).all()
    assert (made["left"] != made["right"]).all()
    assert fmean(made["same"]) == 0.5
    scans = [
        {*made["left"][made["part"] == part], *made["right"][made["part"] == part]}
        for part in PARTS
    ]
    assert all(not before & after for before, after in pairwise(scans))
    assert not scans[0] & scans[2]


def explained(without=()):
    """The share of the prices' variance that is left to see `without` some factors of the price.

    They are independent: the best guess is the product of the others and of their own means.
    """
    from made_up import garments as made

    factors = {
        "kind": made.KINDS.values(),
        "pattern": made.PATTERNS.values(),
        "brand": made.BRANDS.values(),
        "state": made.STATES,
        "age": [0.94**age for age in range(11)],
        "worn": [1 - 0.003 * worn for worn in range(101)],
    }
    whole = [(fmean(each), fmean(x * x for x in each)) for each in map(list, factors.values())]
    whole.append((1.0, 1 + made.LUCK**2))
    seen = [
        (mean, mean**2 if name in (*without, "luck") else square)
        for (mean, square), name in zip(whole, [*factors, "luck"], strict=True)
    ]
    total, left = (
        np.prod([square for _, square in each]) - np.prod([mean for mean, _ in each]) ** 2
        for each in (whole, seen)
    )
    return left / total


@pytest.mark.parametrize(
    ("without", "share"),
    [
        ((), 0.98),
        (("kind", "pattern"), 0.42),
        (("state",), 0.78),
        (("brand",), 0.76),
        (("age", "worn"), 0.85),
    ],
)
def test_every_part_of_an_offer_says_something_of_its_price(without, share):
    from made_up import garments

    assert explained(without) == pytest.approx(share, abs=0.005)
    assert f"{share * 100:.0f} %" in " ".join(garments.__doc__.split())


@pytest.mark.parametrize("name", ["breast_cancer", "reviews", "garments"])
def test_an_example_trains(tmp_path, name, monkeypatch):
    import make_data

    monkeypatch.setattr(make_data.write_reviews, "__defaults__", (400,))
    monkeypatch.setattr(make_data.write_garments, "__defaults__", (200,))
    make_data.main(tmp_path / "data", [name])
    spec = tmp_path / "specs" / f"{name}.yaml"
    spec.parent.mkdir()
    spec.write_text((SPECS / spec.name).read_text())
    losses = [
        epoch["loss"] for epoch in run(spec, "train.epochs=3", runs=tmp_path / "runs").history
    ]
    assert losses[-1] < losses[0]
