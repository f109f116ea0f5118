"""Classes, dates and what is said of them are the same where a table is read piece by piece."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from modelspec.data.out_of_core import memory_budget
from tests.data.worlds import world

if TYPE_CHECKING:
    from pathlib import Path

ROWS = 300
SECTION = """
file: table.{suffix}
{memory}
split: {{validation: 0.2, test: 0.1}}
features:
  member: {{type: category, unknown: other}}
  code: {{type: category, most_common: 4, unknown: other}}
  town: {{type: category, min_count: 20, unknown: ignore}}
  kinds: {{type: category, columns: [member, code, town], lower: true, unknown: other, size: 30}}
  ids: {{type: category, columns: [code, town], unknown: ignore}}
  day: {{type: date, normalize: standard}}
  seen: {{type: date, parts: [hour, timestamp], cyclic: true, time_zone: Europe/Berlin}}
"""
SHAPES = {
    "member": [3],
    "code": [5],
    "town": ["T"],
    "kinds": [30],
    "ids": ([2], "int64"),
    "day": [4],
    "seen": [3],
}
WRITE = {
    "csv": pl.DataFrame.write_csv,
    "parquet": lambda frame, path: frame.write_parquet(path, row_group_size=50),
    "jsonl": pl.DataFrame.write_ndjson,
}


def frame() -> pl.DataFrame:
    draw = np.random.default_rng(0)
    days = draw.integers(0, 20000, ROWS).astype("datetime64[D]").tolist()
    return pl.DataFrame(
        {
            "member": draw.choice(["True", "true", "no", "False"], ROWS),
            "code": draw.choice([1.0, 2.0, 3.0, 4.0, 5.0, 60.0], ROWS),
            "town": draw.choice(
                ["Bonn", "bonn", "Rome", "Oslo", "Kiel"], ROWS, p=[0.4, 0.03, 0.3, 0.25, 0.02]
            ),
            "day": [f"{day:%d/%m/%Y}" for day in days],
            "seen": [f"{day}T{day.day % 24:02}:30:00+0{day.day % 3}:00" for day in days],
        }
    )


@pytest.mark.parametrize("suffix", WRITE)
def test_pieces_give_what_the_whole_gives(
    suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODELSPEC_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(memory_budget, "_LEAST", 3000)
    WRITE[suffix](frame(), tmp_path / f"table.{suffix}")
    found = []
    for memory in ("", "memory: 1KB", "memory: 1KB"):
        section = SECTION.format(suffix=suffix, memory=memory)
        splits, said = world(tmp_path, section, SHAPES, {}).load()
        assert splits, said
        found.append((splits, [(each.code, each.message) for each in said]))
    (whole, said), *others = found
    assert {code for code, _ in said} == {"MS811", "MS812"}
    for parted, said_of_parts in others:
        assert said_of_parts == said
        assert parted.preprocessing.to_dict() == whole.preprocessing.to_dict()
        for part in ("train", "validation", "test"):
            one, other = getattr(whole, part), getattr(parted, part)
            rows = np.arange(one.rows)
            for name, values in one.batch(rows)[0].items():
                np.testing.assert_array_equal(values, other.batch(rows)[0][name], err_msg=name)


@pytest.mark.parametrize("suffix", WRITE)
def test_pieces_of_which_no_feature_is_sound_are_not_read(
    suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODELSPEC_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(memory_budget, "_LEAST", 3000)
    WRITE[suffix](frame(), tmp_path / f"table.{suffix}")
    feature = "features: {town: {missing: mean}}"
    said = []
    for memory in ("", "memory: 1KB"):
        section = f"file: table.{suffix}\n{memory}\n{feature}"
        splits, found = world(tmp_path, section, {"town": ([], "int64")}, {}).load()
        assert splits is None
        said.append([(each.code, each.message) for each in found])
    assert said[0] == said[1] == [("MS803", "`town` holds text, which has no mean")]
