"""What fits into memory is known before it is read."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from modelspec.data.out_of_core import memory_budget
from modelspec.data.out_of_core.memory_budget import budget
from modelspec.language.byte_sizes import byte_count


@pytest.mark.parametrize(
    ("written", "count"), [("512MB", 512 * 10**6), ("1.5 gb", 1_500_000_000), ("1KB", 1000)]
)
def test_amounts_of_memory(written: str, count: int) -> None:
    assert byte_count(written) == count


@pytest.mark.parametrize("written", ["512", "MB", "2 GiB", "0MB", "-1MB", "²MB"])
def test_what_is_no_amount_of_memory(written: str) -> None:
    with pytest.raises(ValueError, match="512MB"):
        byte_count(written)


def test_files_are_held_against_the_bound(tmp_path: Path) -> None:
    rows = pl.DataFrame({"a": np.arange(10_000.0), "b": np.arange(10_000.0)})
    rows.write_parquet(tmp_path / "t.parquet")
    rows.write_csv(tmp_path / "t.csv")
    np.savez_compressed(tmp_path / "t.npz", a=np.zeros((10_000, 2)))
    for format in ("parquet", "csv", "npz"):
        path = str(tmp_path / f"t.{format}")
        assert budget(format, path, 100_000) is not None
        assert budget(format, path, 1_000_000) is None
        assert budget(format, path, None) is None


def test_what_is_free_is_what_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "t.csv").write_text("a\n" + "1\n" * 1000)
    monkeypatch.setattr(memory_budget, "SMALL", 100)
    monkeypatch.setattr(memory_budget, "available_memory", lambda: 10_000)
    found = budget("csv", str(tmp_path / "t.csv"), None)
    assert found is not None
    assert found.bound == 5_000


def test_the_machine_says_what_is_free() -> None:
    assert 1 << 20 < memory_budget.available_memory() < 1 << 50


@pytest.mark.parametrize("format", ["parquet", "npz", "csv", "folder"])
def test_what_cannot_be_read_is_for_the_reader_to_say(format: str, tmp_path: Path) -> None:
    assert budget(format, str(tmp_path / "none"), 1) is None
    (tmp_path / "broken").write_bytes(b"broken")
    assert (budget(format, str(tmp_path / "broken"), 1) is None) == (format != "csv")
