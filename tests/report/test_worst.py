from modelspec.report.contents import Worst, WorstRow
from modelspec.report.worst import LONGEST, worst_drawn
from tests.report.pages import part, texts

MEASURE = ("error", "error, predicted − true")


def test_each_row_with_its_cells() -> None:
    rows = [WorstRow("line 7", "1", "3", 2.0, ("red", "")), WorstRow("line 2", "5", "4", -1.0)]
    found = part(worst_drawn(Worst(MEASURE, rows, ["colour", "size"], 3, "of houses.csv")))
    head, first, second = [["".join(cell.itertext()) for cell in row] for row in found.iter("tr")]
    assert head == ["", "true", "predicted", "error", "colour", "size"]
    assert first == ["line 7", "1", "3", "2", "red", ""]
    assert second == ["line 2", "5", "4", "-1"]
    assert texts(found, "p") == ["by the error, predicted − true; of houses.csv; 3 more columns "
                                 "not shown"]  # fmt: skip


def test_long_cells_are_cut() -> None:
    found = part(
        worst_drawn(Worst(MEASURE, [WorstRow("row 1", "", "", 1.0, ("x" * 5000,))], ["a"]))
    )
    cell = list(found.iter("td"))[-1]
    assert len(cell.text or "") == LONGEST
    assert len(cell.get("title") or "") == 1000
    assert texts(found, "th")[:2] == ["", "error"]
