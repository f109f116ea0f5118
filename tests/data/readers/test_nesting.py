"""Lists in lists in lists: some are data, and too many are a finding."""

import polars as pl
import pytest

from modelspec.data.readers.nesting import MOST_DEPTH
from tests.data.worlds import world


def nested(depth):
    """JSONL of one row."""
    return f'{{"x": {"[" * depth}1{"]" * depth}}}\n'


def finding(folder, section):
    return world(folder, section, {"x": [1]}, {}).finding()


@pytest.mark.parametrize("depth", [MOST_DEPTH, 300, 100_000])
@pytest.mark.parametrize("memory", ["2GB", "1KB"])
def test_too_deep_in_jsonl(tmp_path, monkeypatch, depth, memory):
    """Up to some depth polars reads them, beyond it does not, and JSON neither."""
    monkeypatch.setenv("MODELSPEC_CACHE", str(tmp_path / "cache"))
    (tmp_path / "a.jsonl").write_text(nested(depth))
    found = finding(tmp_path, f"file: a.jsonl\nmemory: {memory}")
    assert found.code == "MS801"
    assert f"lists or objects lie more than {MOST_DEPTH} deep in each other" in found.message


def test_too_deep_in_parquet(tmp_path):
    values = pl.Series("x", [1])
    for _ in range(MOST_DEPTH):
        values = values.implode()
    pl.DataFrame({"x": values}).write_parquet(tmp_path / "a.parquet")
    assert "lie more than" in finding(tmp_path, "file: a.parquet").message


def test_objects_count_too(tmp_path):
    text = "1"
    for _ in range(MOST_DEPTH):
        text = f'{{"x": {text}}}'
    (tmp_path / "a.jsonl").write_text(f'{{"x": {text}}}')
    assert "lie more than" in finding(tmp_path, "file: a.jsonl").message


def test_few_are_dimensions(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"x": [[[1, 2]]]}\n' * 4)
    found = world(tmp_path, "file: a.jsonl", {"x": [1, 1, 2]}, {}).splits().train
    assert found.inputs["x"].shape[1:] == (1, 1, 2)
