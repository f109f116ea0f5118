"""The notebook runs from top to bottom, and shows what it was kept with."""

import re
import sys
from pathlib import Path
from subprocess import run

import nbformat
import pytest
from nbformat import NotebookNode

NOTEBOOK = Path(__file__).parents[2] / "docs" / "tour.ipynb"
_NUMBER = re.compile(r"\d[\d,.]*(e-?\d+)?")
_DURATION = re.compile(r"(0 (h|min) )*0 s")
_SECOND = re.compile(r"T0-0-0(-0)?\b")
"""A folder's time, with a number where two are of one second."""
_PROGRESS = re.compile(r"<div>[^<]*<progress.*?</div>")
"""How far it is, and how fast, as it was shown last: that hangs on when it was."""


def shown(cell: NotebookNode) -> list[dict[str, str]]:
    """What a cell shows in the end, by its kind; all numbers are 0."""
    found = []
    for output in cell.outputs:
        data = dict(output.get("data") or {output.output_type: output.get("text", "")})
        if "text/html" in data:
            del data["text/plain"]  # which is not seen
        foreign = "<small>shape" in data.get("text/html", "")  # a frame, as polars shows it
        found.append({kind: "" if foreign else plain(text) for kind, text in data.items()})
    return found


def plain(text: str) -> str:
    text = _PROGRESS.sub("", re.sub(r"base64,[^\"]*", "", text)).replace(" (best)", "")
    return _DURATION.sub("0 s", _SECOND.sub("T0-0-0", _NUMBER.sub("0", text)))


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> list[NotebookNode]:
    again = tmp_path_factory.mktemp("tour") / "again.ipynb"
    run([sys.executable, NOTEBOOK.with_name("notebook.py"), again], check=True)
    return [nbformat.read(each, as_version=4) for each in (NOTEBOOK, again)]


def test_the_notebook_shows_what_it_was_kept_with(books: list[NotebookNode]) -> None:
    kept, now = books
    for before, after in zip(kept.cells, now.cells, strict=True):
        if before.cell_type == "code":
            assert shown(before) == shown(after), f"python docs/notebook.py: {before.source}"


def test_progress_is_one_output_that_ends_with_the_last_epoch(books: list[NotebookNode]) -> None:
    for book in books:
        (cell,) = (each for each in book.cells if "spec.fit(" in each.source)
        (output,) = cell.outputs
        html = output.data["text/html"]
        assert html.startswith("<div>epoch 8/8 <progress ")
        assert html.count("<tr>") == 1 + 8
        assert output.data["text/plain"].startswith("epoch 8/8")


def test_a_reader_sees_the_diagram_and_nobodys_folders() -> None:
    text = NOTEBOOK.read_text(encoding="utf-8")
    assert "data:image/svg+xml;base64," in text
    assert "/tmp" not in text
    assert "Warning" not in text
