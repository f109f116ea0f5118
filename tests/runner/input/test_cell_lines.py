"""What is said of the cells of a run's files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.runner.input.cell_lines import cell_lines
from modelspec.runner.run.data_fingerprint import cells, fingerprint, recorded
from tests.data.worlds import world

if TYPE_CHECKING:
    from pathlib import Path


def test_each_file_is_named_where_there_are_several(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x\n1\n?\n3\n")
    (tmp_path / "b.csv").write_text("x\n5\n6\nNA\nNA\n")
    (tmp_path / "c.csv").write_text("x\n5\n")
    section = """
    train: a.csv
    validation: b.csv
    test: c.csv
    features: {x: {missing: mean}}
    """
    splits = world(tmp_path, section, {"x": [1]}, {}).splits()
    assert cell_lines(splits) == [
        "a.csv, x: 1 of 3 values was missing and is filled with the mean, 2 (first at line 3)",
        "b.csv, x: 2 of 4 values were missing and are filled with the mean, 2 (first at line 4)",
    ]
    found = cells(splits)
    assert found["cells"].keys() == {"train", "validation"}
    assert recorded({"data": fingerprint(splits) | found}) == fingerprint(splits)
