from dataclasses import replace

from modelspec.report.data import MOST_FEATURES, MOST_VALUES, data_drawn
from tests.report.pages import FEATURE, contents, part, texts

WORDS = FEATURE | {"kind": "text", "facts": {"vocabulary": 12}, "missing": 0}


def test_numbers_are_shown_by_a_histogram() -> None:
    found = part(data_drawn(contents()))
    assert texts(found, "title") == ["-1 to 0: 7", "0 to 1: 9"]
    assert texts(found, "dt") == ["mean", "deviation", "missing"]
    assert texts(found, "dd") == ["0", "1", "3"]
    shown = texts(found, "p")
    assert shown[:3] == [
        "Rows: 80 train, 20 validation. Below, the training rows as the model gets them.",
        "number of one, two",
        "[2, any] float32",
    ]


def test_words_are_shown_by_bars_and_rows() -> None:
    counts = {f"word{n}": 40 - n for n in range(30)}
    feature = WORDS | {"counts": counts, "rows": ["a b", "c" * 500, "d"], "sampled": 9}
    found = part(data_drawn(contents(features=[feature])))
    bars = [each.get("style") for each in found.iter("i")]
    assert bars[:2] == ["width:100.0%", "width:97.5%"]
    assert len(bars) == MOST_VALUES
    assert {"and 20 more", "“a b”", f"“{'c' * 120}”", "from 9 rows"} <= set(texts(found, "p"))


def test_many_inputs_and_none() -> None:
    found = part(data_drawn(contents(features=[FEATURE] * 100)))
    assert len(texts(found, "article")) == MOST_FEATURES
    assert "and 40 more: modelspec data shows them" in texts(found, "p")
    assert texts(part(data_drawn(replace(contents(), features=[]))), "article") == []
