"""What `modelspec init` takes the columns of a table for, and what it says of them."""

import json
import random
from pathlib import Path

import numpy as np
import pytest
import yaml

from modelspec import lint
from tests.cli.running import Run

ROWS = 60


def column(name: str, make) -> list[str]:
    """A column of text, by its name and what a row's number gives."""
    return [name, *(str(make(row)) for row in range(ROWS))]


HOURS = {"parts": ["year", "month", "day", "weekday", "hour"]}
Y = column("y", lambda row: row % 7 * 1.5 + row % 3)


class Drafted:
    """What `init` made of a table."""

    def __init__(self, run: Run, folder: Path, *columns: list[str], **how) -> None:
        separator, end, encoding = (
            how.get(key, usual)
            for key, usual in (("separator", ","), ("end", "\n"), ("encoding", "utf-8"))
        )
        rows = zip(*columns, how.get("target", Y), strict=True)
        text = end.join(separator.join(row) for row in rows) + end
        (folder / "t.csv").write_bytes(text.encode(encoding))
        target = how.get("target", Y)[0]
        self.spec = folder / "t.yaml"
        self.result = run("init", str(folder / "t.csv"), "--target", target, "--force")
        self.text = self.spec.read_text() if self.spec.exists() else ""
        content = yaml.safe_load(self.text) or {}
        self.features = content.get("data", {}).get("features", {})
        self.split = content.get("data", {}).get("split")

    def check(self) -> None:
        """The spec lints clean, with its data (but for rows that come twice)."""
        report = lint.examine(str(self.spec), data=True, training=True).report
        found = [each for each in report if each.code != "MS809"]
        assert [(each.code, each.message) for each in found] == []


@pytest.fixture
def drafted(run: Run, tmp_path: Path):
    return lambda *columns, **how: Drafted(run, tmp_path, *columns, **how)


@pytest.mark.parametrize(
    ("cells", "wanted", "said"),
    [
        (
            lambda row: "NA" if row == 3 else row * 1.5,
            {"missing": "mean"},
            "1 missing, written `NA`",
        ),
        (
            lambda row: "?" if row % 9 == 0 else row % 4,
            {"missing": "mean"},
            "7 missing, written `?`",
        ),
        (
            lambda row: "inf" if row == 7 else row * row,
            {"missing_values": ["inf"]},
            "written `inf`",
        ),
        (
            lambda row: "n.a." if row == 5 else row * 3,
            {"missing_values": ["n.a."]},
            "written `n.a.`",
        ),
        (lambda row: f"{row}%", {"format": "percent"}, "percent, "),
        (lambda row: f'"${row * 997:,}.50"', {"format": "currency"}, "currency, "),
        (lambda row: f"{row * row} EUR", {"format": "currency"}, "currency, "),
        (lambda row: f'"{row * 997 + 5000:,}"', {}, "different numbers, 5000 to"),
    ],
    ids=["na", "question", "inf", "marker", "percent", "dollars", "euros", "thousands"],
)
def test_numbers_as_people_write_them(drafted, cells, wanted, said) -> None:
    found = drafted(column("x", cells))
    assert found.features["x"].items() >= {"normalize": "standard", **wanted}.items()
    assert said in found.text
    found.check()


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        (lambda row: f"{row % 28 + 1:02}/{row % 12 + 1:02}/2021", {"format": "%d/%m/%Y"}),
        (lambda row: f"{row % 12 + 1:02}/{row % 28 + 1:02}/2021", {"format": "%m/%d/%Y"}),
        (
            lambda row: f"{row % 28 + 1}.{row % 12 + 1}.2021 10:{row:02}",
            {"format": "%d.%m.%Y %H:%M", **HOURS},
        ),
        (lambda row: f"2021-{row % 12 + 1:02}-{row % 28 + 1:02}", {}),
        (lambda row: "NA" if row == 8 else f"2021-01-{row % 28 + 1:02}", {"missing": "median"}),
        (lambda row: 1_585_785_600 + row * 86_401, {"format": "epoch", **HOURS}),
        (lambda row: 1_585_785_600_000 + row * 86_401_000, {"format": "epoch_ms", **HOURS}),
    ],
    ids=["day", "month", "times", "iso", "missing", "epoch", "epoch_ms"],
)
def test_dates(drafted, cells, wanted) -> None:
    found = drafted(column("when", cells))
    assert found.features["when"] == {"type": "date", "normalize": "standard", **wanted}
    found.check()


def test_dates_that_can_be_read_in_two_ways_are_said_to_be(drafted) -> None:
    found = drafted(column("when", lambda row: f"{row % 12 + 1:02}/{row % 11 + 1:02}/2021"))
    assert found.features["when"]["format"] == "%d/%m/%Y"
    assert 'they may be `format: "%m/%d/%Y"` as well' in found.text


@pytest.mark.parametrize(
    ("name", "cells", "said"),
    [
        ("zip", lambda row: f"{row % 5:05}", "5 codes: `00000` begins with a zero"),
        ("postcode", lambda row: 10_000 + row % 5, "5 codes: by its name"),
        ("town", lambda row: ("Bonn", "bonn", "Rome")[row % 3], "read as one: `Bonn`, `bonn`"),
        ("town", lambda row: ("New York", "New-York")[row % 2], "classes alike: `New York` and"),
        ("kind", lambda row: ("NA", "EU", "AS")[row % 3], "`AS`, `EU` and `NA`"),
    ],
)
def test_what_only_names_something_is_a_category(drafted, name, cells, said) -> None:
    found = drafted(column(name, cells))
    assert found.features[name]["type"] == "category"
    assert said in found.text
    found.check()


@pytest.mark.parametrize(
    ("name", "cells", "said"),
    [
        ("id", lambda row: 2**53 + row, "integers from 2^53 on"),
        ("id", lambda row: row * 17 % 1009, "every row has an id of its own"),
        ("n", lambda row: row, "it only numbers the rows"),
        ("code", lambda row: f"{row:04}", "nearly every row has its own"),
        ("uuid", lambda row: f"{random.Random(row).getrandbits(64):x}", "a value of its own"),
        ("empty", lambda _: "", "it is empty"),
        ("same", lambda _: 3, "it is 3 in every row"),
    ],
)
def test_what_says_nothing_is_left_out(drafted, name, cells, said) -> None:
    found = drafted(column(name, cells), column("x", lambda row: row * 1.5))
    assert list(found.features) == ["x", "y"]
    assert f"# not used: {name}: " in found.text
    assert said in found.text
    found.check()


def test_columns_of_one_name_are_left_out(drafted) -> None:
    x = column("x", lambda row: row * 1.5)
    found = drafted(column("a", lambda row: row * 2.5), column("a", lambda row: row * 3.5), x)
    assert "# not used: a: several columns have this name" in found.text
    found.check()
    found.spec.unlink()
    alone = drafted(column("a", lambda row: row * 2.5), column("a", lambda row: row * 3.5))
    assert alone.result.code == 2
    assert "a: several columns have this name" in alone.result.err


def test_a_file_of_another_dialect(drafted) -> None:
    area = column("Fläche m²", lambda row: f"{40 + row},5")
    price = column("Preis", lambda row: f"{100 + 3 * row},0")
    found = drafted(area, target=price, separator=";", end="\r\n", encoding="cp1252")
    assert "# separator `;`, decimal mark `,`" in found.text
    assert "60 different numbers, 40.5 to 99.5" in found.text
    found.check()


def test_a_column_that_says_which_part_a_row_is_of(drafted) -> None:
    words = ("train", "train", "dev", "testing")
    found = drafted(column("part", lambda row: words[row % 4]), column("x", lambda row: row * 1.5))
    values = {"test": ["testing"], "validation": ["dev"]}
    assert found.split == {"column": "part", "values": values}
    found.check()
    usual = drafted(
        column("split", lambda row: ("train", "val", "test")[row % 3]),
        column("x", lambda row: row * 1.5),
    )
    assert usual.split == {"column": "split"}
    usual.check()


def test_categories_are_one_entry_and_those_of_many_classes_another(drafted) -> None:
    found = drafted(
        column("a", lambda row: "pqr"[row % 3]),
        column("b", lambda row: "" if row == 4 else "st"[row % 2]),
        column("many", lambda row: f"v{row % 25}"),
    )
    assert found.features["kinds"] == {
        "type": "category",
        "columns": ["a", "b"],
        "size": 6,
        "unknown": "ignore",
        "missing": "constant",
        "fill": "missing",
    }
    assert found.features["many"]["unknown"] == "other"
    assert "Embedding" in found.text
    found.check()


def test_a_rare_class_is_said_to_be(drafted) -> None:
    target = column("y", lambda row: "yes" if row % 10 == 0 else "no")
    found = drafted(column("x", lambda row: row * 1.5), target=target)
    assert (
        '`yes` has 6 rows, another class 54: `class_weight: {"yes": 9}` at the output' in found.text
    )


def test_few_words_that_recur_are_text_and_names_are_not(drafted) -> None:
    words = ["red", "blue", "car", "bike", "old", "new"]
    notes = column("note", lambda row: " ".join(random.Random(row).sample(words, 2)) + f" {row}x")
    letters = "abcdefghijklmnopqrstuvwxyz"
    names = column("name", lambda row: "".join(random.Random(row).choices(letters, k=9)))
    found = drafted(notes, names, column("x", lambda row: row * 1.5))
    assert found.features["note"]["type"] == "text"
    assert "name" not in found.features
    found.check()


@pytest.mark.parametrize(
    ("name", "cells", "said"),
    [
        ("fee", lambda row: f"{'$€'[row % 2]}{row}.50", "amounts of money in `$` and `€`"),
        ("code", lambda row: "007" if row % 3 else "", "it is `007` in every row"),
        ("case", lambda row: "aA"[row % 2], "it is `A`, `a` in every row"),
        ("path", lambda row: f"{row % 5}.png", "5 of 5 are not there, such as `0.png`"),
    ],
)
def test_what_cannot_be_read_is_left_out(drafted, name, cells, said) -> None:
    found = drafted(column(name, cells), column("x", lambda row: row * 1.5))
    assert list(found.features) == ["x", "y"]
    assert f"# not used: {name}: " in found.text
    assert said in found.text
    found.check()


def test_yes_and_no_in_many_spellings_are_two_classes(drafted) -> None:
    words = ("yes", "no", "True", "FALSE", "1", "0", "true")
    target = column("y", lambda row: words[row % len(words)])
    found = drafted(column("x", lambda row: row * 1.5), target=target)
    assert (
        "# read as `FALSE` and `True`: `0`, `1`, `FALSE`, `True`, `no`, `true` and `yes`"
        in found.text
    )
    assert "units: 1, activation: sigmoid" in found.text
    found.check()


def test_gaps_among_spellings_of_yes_and_no_are_a_class(drafted) -> None:
    words = ("yes", "no", "True", "false", "")
    found = drafted(column("b", lambda row: words[row % len(words)]))
    assert found.features["b"]["classes"] == ["false", "True", "missing"]
    found.check()


def test_points_are_no_decimal_marks_where_the_file_has_commas(drafted) -> None:
    lists = column("list", lambda row: f"{row}.5 {row}.25")
    comma = column("x", lambda row: f"{row},5")
    found = drafted(lists, comma, target=column("y", lambda row: f"{row % 7},25"), separator="\t")
    assert "sequence" not in found.text
    found.check()


@pytest.mark.parametrize("rows", range(1, 12))
def test_a_spec_of_few_rows_is_sound_or_refused(run, tmp_path, rows) -> None:
    text = "".join(f"{row},{row * 1.5}\n" for row in range(rows))
    (tmp_path / "t.csv").write_text("x,y\n" + text + "7,\n8,\n")
    done = run("init", str(tmp_path / "t.csv"), "--target", "y")
    if done.code:
        assert (done.code, rows < 4) == (2, True)
        return
    report = lint.examine(str(tmp_path / "t.yaml"), data=True, training=True).report
    assert [each.message for each in report] == []


def test_a_long_value_makes_no_long_comment(drafted) -> None:
    found = drafted(column("x", lambda row: "ab"[row % 2] * 5000))
    assert max(map(len, found.text.splitlines())) < 600
    found.check()


def test_arrays_with_gaps_are_filled(run, tmp_path) -> None:
    rows = [
        {
            "pair": [row * 1.5, None if row == 3 else 2.5 * row],
            "steps": [1] * (row % 3),
            "y": row**2,
        }
        for row in range(ROWS)
    ]
    rows[4]["pair"] = rows[5]["steps"] = None
    (tmp_path / "t.json").write_text(json.dumps(rows))
    assert run("init", str(tmp_path / "t.json"), "--target", "y").code == 0
    features = yaml.safe_load((tmp_path / "t.yaml").read_text())["data"]["features"]
    assert {name: features[name].get("missing") for name in features} == {
        "pair": "mean",
        "steps": "mean",
        "y": None,
    }
    report = lint.examine(str(tmp_path / "t.yaml"), data=True, training=True).report
    assert [each.message for each in report] == []


def test_arrays_that_hold_nothing_are_left_out(run, tmp_path) -> None:
    y = np.arange(ROWS) % 7 * 1.5
    np.savez(tmp_path / "t.npz", none=np.zeros((ROWS, 0)), x=np.arange(ROWS) ** 2, y=y)
    assert run("init", str(tmp_path / "t.npz"), "--target", "y").code == 0
    assert (
        "# not used: none: an array of [0], which holds nothing"
        in (tmp_path / "t.yaml").read_text()
    )


def test_a_target_of_numbers_keeps_its_markers_as_classes(drafted) -> None:
    target = column("y", lambda row: "?" if row % 9 == 4 else row % 3)
    found = drafted(column("x", lambda row: row * 1.5), target=target)
    assert found.features["y"]["missing_values"] == ["?"]
    assert "; 7 missing, written `?`" in found.text
    found.check()


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (lambda row: row * 1.5 if row in (3, 4, 5, 6) else "", "only 4 of 60 rows have a value"),
        (
            lambda row: f"2020-01-{1 + row % 28:02}T03:04:05" + "Z" * (row % 2),
            "some say how far they are from UTC, and others do not",
        ),
        (lambda row: "" if row % 2 else "x", "it is `x` in every row that has a value"),
        (lambda _: "2020-01-01", "it is `2020-01-01` in every row"),
    ],
)
def test_what_training_may_not_see_is_left_out(drafted, cells, said) -> None:
    found = drafted(column("odd", cells), column("x", lambda row: row * 1.5))
    assert list(found.features) == ["x", "y"]
    assert said in found.text
    found.check()


def test_many_classes_of_two_rows_are_all_their_own(drafted) -> None:
    found = drafted(column("name", lambda row: f"n{row // 2}"), column("x", lambda row: row * 1.5))
    assert found.features["name"]["size"] == 31
    assert "min_count" not in found.features["name"]
    found.check()


def test_clocks_of_twelve_hours_are_times(drafted) -> None:
    when = column(
        "when", lambda row: f"01/{1 + row % 28:02}/2020 {1 + row % 12}:30 {'AP'[row % 2]}M"
    )
    found = drafted(when)
    assert found.features["when"]["format"] == "%m/%d/%Y %I:%M %p"
    found.check()


def test_many_rare_classes_are_no_target(drafted) -> None:
    target = column("y", lambda row: f"n{row % 27}" if row < 54 else "common")
    assert "units: 28" in drafted(column("x", lambda row: row * 1.5), target=target).text
    rows = range(120)
    target = ["y", *(f"n{row % 60}" for row in rows)]
    refused = drafted(["x", *(str(row * 1.5) for row in rows)], target=target).result
    assert refused.code == 2
    assert "it has 60 classes, of which `n9` has 2 rows" in " ".join(refused.err.split())


def test_several_columns_of_two_cases_are_one_entry(drafted) -> None:
    found = drafted(
        column("a", lambda row: ["Ulm", "ulm", "Bonn"][row % 3]),
        column("b", lambda row: ["x", "X", "y", "z"][row % 4]),
    )
    assert found.features["kinds"]["lower"] is True
    assert found.features["kinds"]["size"] == 5
    found.check()


def test_lists_that_hold_nothing_are_left_out(run, tmp_path) -> None:
    rows = [{"none": [], "x": row**2, "y": row % 7 * 1.5} for row in range(ROWS)]
    (tmp_path / "t.json").write_text(json.dumps(rows))
    assert run("init", str(tmp_path / "t.json"), "--target", "y").code == 0
    assert "# not used: none: its lists hold nothing" in (tmp_path / "t.yaml").read_text()


@pytest.mark.parametrize("cells", [lambda row: f"+{row % 3}", lambda row: f"{row % 2 * 100}%"])
def test_numbers_in_words_of_their_own_are_no_classes(drafted, cells) -> None:
    found = drafted(column("x", lambda row: row * 1.5), target=column("y", cells))
    assert "loss: mse" in found.text
    found.check()


def test_markers_among_codes_are_classes(drafted) -> None:
    words = {7: "NA", 9: "x", 11: "y"}
    found = drafted(column("zip", lambda row: words.get(row, f"0{row % 4}00")))
    assert found.features["zip"]["size"] == 7
    assert "7 codes: `0000` begins with a zero" in found.text
    assert "written" not in found.text
    found.check()
