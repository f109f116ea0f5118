"""The page of several runs of one spec."""

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from modelspec.report.series import SeriesContents, SeriesRunContents, series_page
from tests.report.pages import HISTORY, parsed, texts
from tests.report.test_page import HOSTILE

FOLDS = [
    SeriesRunContents("fold-1", True, "3 epochs", {"val_mae": 0.5}, HISTORY, "fold-1/report.html"),
    SeriesRunContents("fold-2", False, "failed: the loss became nan", {}, HISTORY[:1]),
    SeriesRunContents("fold-3", False, "not begun", {}, []),
]


def _page(**changes: Any) -> str:
    given: dict[str, Any] = {
        "kind": "fold",
        "name": "flowers",
        "folder": "flowers/2026",
        "runs": FOLDS,
        "means": {"val_mae": 0.5},
        "deviations": {},
        "notes": ["mae: in the data's units"],
        "files": {"values": "folds.json"},
    }
    return series_page(SeriesContents(**given | changes))


def test_it_has_a_row_and_a_line_for_each_fold() -> None:
    found = parsed(_page(deviations={"val_mae": 0.25}))
    assert texts(found, "h2") == ["Folds", "Curves"]
    links = [each.get("href") for each in found.iter("a")]
    assert links == ["folds.json", "#folds", "#curves", "fold-1/report.html"]
    rows = ["fold-1", "fold-2", "fold-3", "mean", "standard deviation"]
    assert [each for each in texts(found, "th") if each in rows] == rows
    assert "0.5 ± 0.25" in texts(found, "b")
    lines = [text for text in texts(found, "title") if text.startswith("fold-1, in the end")]
    assert len(lines) == 4


def test_links_to_files_are_told_apart() -> None:
    page = _page(files={"rows": "predictions.csv", "values": "folds.json"})
    assert ">rows</a> · <a" in page


@given(st.text(max_size=30) | st.just(HOSTILE))
@settings(max_examples=10)
def test_no_name_gets_out_of_its_place(name: str) -> None:
    history = [{**row, name: 1.0} for row in HISTORY]
    folds = [replace(each, name=name, told=name, link=name, history=history) for each in FOLDS]
    page = _page(
        name=name, folder=name, runs=folds, means={name: 1.0}, notes=[name], files={name: name}
    )
    assert "<script" not in page
    assert "<img" not in page
    assert not [each for each in parsed(page).iter() if each.get("src")]
