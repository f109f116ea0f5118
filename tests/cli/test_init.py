"""`modelspec init`: what it writes lints clean, and trains."""

import datetime
import gzip
import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from sklearn.datasets import load_digits

from modelspec import lint
from tests.cli.running import Run

ROWS = 60


def everything(folder: Path) -> Path:
    """A table with a column of every kind."""
    generator = np.random.default_rng(0)
    (folder / "photos").mkdir(exist_ok=True)
    for row in range(ROWS):
        Image.new("RGB", (40, 20), (row, 0, 0)).save(folder / "photos" / f"{row}.png")
    first = datetime.date(2020, 1, 1)
    table = pl.DataFrame(
        {
            "id": range(ROWS),
            "2nd size": [None, *generator.normal(size=ROWS - 1).round(3)],
            "rooms": generator.integers(1, 6, ROWS),
            "town": generator.choice(["Rome", "Bonn", "no"], ROWS),
            "street": generator.choice([f"way {n}" for n in range(20)], ROWS),
            "advert": [" ".join(generator.choice(["big", "old", "new"], 6)) for _ in range(ROWS)],
            "photo": [f"photos/{row}.png" for row in range(ROWS)],
            "built": [(first + datetime.timedelta(row)).isoformat() for row in range(ROWS)],
            "prices": [" ".join(map(str, range(1, 3 + row % 3))) for row in range(ROWS)],
            "key": [f"k{row}x" for row in range(ROWS)],
            "empty": [None] * ROWS,
            "price": generator.normal(size=ROWS).round(2) * 100,
            "kind": [("flat", "house", "barn")[row % 3] for row in range(ROWS)],
            "sold": [row % 2 for row in range(ROWS)],
        }
    )
    table.write_csv(folder / "houses.csv")
    return folder / "houses.csv"


def check(spec: Path) -> None:
    report = lint.examine(str(spec), data=True, training=True).report
    assert not list(report), [(d.code, d.message) for d in report]


@pytest.mark.parametrize("target", ["price", "kind", "sold"])
def test_a_first_spec_lints_clean_and_trains(target: str, run: Run, tmp_path: Path) -> None:
    table = everything(tmp_path)
    result = run("init", str(table), "--target", target)
    assert result.code == 0, result.err
    spec = tmp_path / "houses.yaml"
    text = spec.read_text()
    for words in ("type: text", "type: image", "type: date", "type: sequence", "Embedding"):
        assert words in text
    for words in ("not used: id: it only numbers", "not used: empty", "not used: key: nearly"):
        assert words in text
    check(spec)
    arguments = ("--set", "train.epochs=1", "--runs-dir", str(tmp_path / "runs"), "-q")
    assert run("train", str(spec), *arguments).code == 0


def test_several_targets(run: Run, tmp_path: Path) -> None:
    table = everything(tmp_path)
    assert run("init", str(table), "--target", "price", "--target", "kind").code == 0
    check(tmp_path / "houses.yaml")


def test_a_folder_of_pictures(run: Run, tmp_path: Path) -> None:
    for label in ("cat", "dog"):
        (tmp_path / "pets" / label).mkdir(parents=True)
        for number in range(20):
            Image.new("RGB", (16, 16), (number, 0, len(label))).save(
                tmp_path / "pets" / label / f"{label}{number}.png"
            )
    assert run("init", str(tmp_path / "pets"), "--target", "label").code == 0
    report = lint.examine(str(tmp_path / "pets.yaml"), data=True, training=True).report
    assert not report.errors


def test_columns_of_lists(run: Run, tmp_path: Path) -> None:
    rows = [
        {
            "tags": ["a", "b c"][: number % 3],
            "grid": [[number, 1], [2, 3]],
            "uneven": [[number], [1, 2]],
            "steps": [number] * (1 + number % 2),
            "aim": [number, 1.5 * number],
        }
        for number in range(40)
    ]
    table = tmp_path / "lists.jsonl"
    table.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert run("init", str(table), "--target", "aim").code == 0
    text = (tmp_path / "lists.yaml").read_text()
    for words in ("encode: multi_hot", "[2, 2]", "units: 2}", "not used: uneven", "type: sequence"):
        assert words in text
    check(tmp_path / "lists.yaml")
    assert run("init", str(table), "--target", "grid", "--force").code == 2


def test_what_cannot_be(run: Run, tmp_path: Path) -> None:
    table = str(everything(tmp_path))
    for arguments, words in (
        (("--target", "prise"), "did you mean `price`?"),
        (("--target", "advert"), "cannot be predicted"),
        (("--target", "empty"), "cannot be predicted"),
    ):
        result = run("init", table, *arguments)
        assert result.code == 2
        assert words in result.err
    assert not (tmp_path / "houses.yaml").exists()
    assert run("init", table, "--target", "price").code == 0
    before = (tmp_path / "houses.yaml").read_text()
    result = run("init", table, "--target", "kind")
    assert (result.code, "is there already" in result.err) == (2, True)
    assert (tmp_path / "houses.yaml").read_text() == before
    assert run("init", table, "--target", "kind", "--force").code == 0


NAMES = st.lists(
    st.text(st.characters(codec="utf-8", exclude_characters='\r\n",\x00'), min_size=1).map(
        str.strip
    ),
    min_size=2,
    max_size=5,
    unique=True,
).filter(all)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(NAMES, st.data())
def test_any_names_and_values(run: Run, tmp_path: Path, names: list[str], data) -> None:
    values = st.one_of(
        st.lists(st.integers(0, 3), min_size=24, max_size=24),
        st.lists(st.floats(-9, 9), min_size=24, max_size=24),
        st.lists(st.sampled_from(["a b c", "yes", "1:30", "'x\"", "ü"]), min_size=24, max_size=24),
    )
    table = pl.DataFrame({name: data.draw(values) for name in names})
    table = table.with_columns(pl.Series("y", [row % 7 * 1.5 for row in range(24)]))
    file = tmp_path / "t.parquet"
    table.write_parquet(file)
    result = run("init", str(file), "--target", "y", "--force")
    if result.code == 0:
        report = lint.examine(str(tmp_path / "t.yaml"), data=True, training=True).report
        assert not report.errors, [(d.code, d.message) for d in report]
    else:
        assert "no column to predict from" in result.err


@pytest.mark.parametrize(
    ("file", "name"),
    [("wine.csv", "wine"), ("my wine (1).csv", "my_wine_1"), ("2024.csv", "2024"),
     ("null.csv", "null"), ("....csv", "csv")],
)  # fmt: skip
def test_the_spec_is_called_after_the_table(
    file: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"{row % 7}.5,{row % 3}\n" for row in range(60))
    Path(file).write_text(f"acid,target\n{rows}")
    assert run("init", file, "--target", "target", "-o", "spec.yaml").code == 0
    examined = lint.examine("spec.yaml")
    assert examined.spec is not None
    assert examined.spec.name == name


def test_what_a_table_is_compressed_by_is_no_part_of_its_name(run: Run, tmp_path: Path) -> None:
    table = everything(tmp_path)
    packed = tmp_path / "homes.csv.gz"
    packed.write_bytes(gzip.compress(table.read_bytes(), mtime=0))
    assert run("init", str(packed), "--target", "price").code == 0
    examined = lint.examine(str(tmp_path / "homes.yaml"))
    assert examined.spec is not None
    assert examined.spec.name == "homes"


def test_a_branch_for_pictures_learns(run: Run, tmp_path: Path) -> None:
    """Scans of digits as PNG; a mean over all cells, say, tells 39 % of them apart by then."""
    (tmp_path / "scans").mkdir()
    digits = load_digits()
    for row, scan in enumerate(digits.images):
        picture = Image.fromarray((scan * (255 / 16)).astype(np.uint8))
        picture.save(tmp_path / "scans" / f"{row}.png")
    names = [f"scans/{row}.png" for row in range(len(digits.images))]
    pl.DataFrame({"scan": names, "digit": digits.target}).write_csv(tmp_path / "digits.csv")
    assert run("init", str(tmp_path / "digits.csv"), "--target", "digit").code == 0
    spec, runs = str(tmp_path / "digits.yaml"), str(tmp_path / "runs")
    assert run("train", spec, "--set", "train.epochs=8", "--runs-dir", runs, "-q").code == 0
    found = run("eval", "digits", "--runs-dir", runs, "--json")
    assert json.loads(found.out)["outputs"]["digit"]["accuracy"] > 0.93
