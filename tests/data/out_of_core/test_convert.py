"""A table that is read a chunk at a time gives what it gives when it is read whole."""

from __future__ import annotations

import gzip
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelspec.data import Arrays, LazyArray, Splits
from modelspec.data.out_of_core import cache, memory_budget
from tests.data.worlds import World, world

ROWS = 400


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("MODELSPEC_CACHE", str(folder))
    return folder


def frame(rows: int, seed: int) -> pl.DataFrame:
    draw = np.random.default_rng(seed)
    words = np.array(["red", "green", "blue", "Don't", "x,y", "a\nb"])
    return pl.DataFrame(
        {
            "a": [None if each < 0.1 else each for each in draw.random(rows).tolist()],
            "b": draw.normal(1e6, 1e-3, rows),
            "kind": draw.permutation(["k1", "k2", "k3"] * rows)[:rows],
            "tags": ["t1,t2" if each else "t3, t4" for each in draw.integers(0, 2, rows)],
            "words": [
                " ".join(draw.choice(words, draw.integers(0, 9))) or "x" for _ in range(rows)
            ],
            "day": [f"20{each:02d}-0{each % 9 + 1}-11" for each in draw.integers(0, 99, rows)],
            "label": draw.choice(["no", "yes"], rows),
            "part": draw.choice(["p1", "p2", "p3"], rows),
            "level": draw.integers(0, 3, rows).astype(float),
        }
    )


SECTION = """
file: table.{suffix}
{memory}
split: {split}
features:
  numbers: {{columns: [b, a], normalize: standard, missing: drop}}
  small: {{column: a, normalize: minmax, missing: mean}}
  kind: {{column: kind, type: category}}
  several: {{column: tags, type: category, encode: multi_hot}}
  words: {{column: words, type: text, length: 5}}
  open: {{column: words, type: text, vocabulary: 9}}
  day: {{column: day, type: date, parts: [year, month], normalize: standard}}
  level: {{column: level, type: category, encode: index}}
  y: {{column: label, type: category}}
"""
SHAPES = {
    "numbers": [2],
    "small": [],
    "kind": [3],
    "several": [4],
    "words": ([5], "int64"),
    "open": (["T"], "int64"),
    "day": [2],
    "level": ([], "int64"),
}


def table(folder: Path, suffix: str, split: str = "{validation: 0.2}", memory: str = "") -> World:
    section = SECTION.format(suffix=suffix, split=split, memory=memory and f"memory: {memory}")
    return world(folder, section, SHAPES, {"y": ([1], "binary_crossentropy")})


WRITE = {
    "csv": pl.DataFrame.write_csv,
    "tsv": lambda frame, path: frame.write_csv(path, separator="\t"),
    "parquet": lambda frame, path: frame.write_parquet(path, row_group_size=100),
    "jsonl": pl.DataFrame.write_ndjson,
    "arrow": lambda frame, path: frame.write_ipc(path, record_batch_size=90),
    "json": pl.DataFrame.write_json,
    "csv.gz": lambda frame, path: path.write_bytes(gzip.compress(frame.write_csv().encode())),
    "txt": lambda frame, path: path.write_bytes(foreign(frame)),
}


def foreign(frame: pl.DataFrame) -> bytes:
    """The table as Excel writes it where decimals have commas, but for its lines' ends."""
    text = frame.write_csv(separator=";", decimal_comma=True, float_precision=6)
    return f"# of Köln\n{text}".replace("\n", "\r").encode("latin-1")


def taken(arrays: Arrays) -> dict[str, np.ndarray]:
    inputs, targets = arrays.batch(np.arange(arrays.rows))
    return inputs | targets


def assert_equal(one: Splits, other: Splits) -> None:
    assert one.preprocessing.to_dict() == other.preprocessing.to_dict()
    for part in ("train", "validation", "test"):
        arrays, others = getattr(one, part), getattr(other, part)
        assert (arrays is None) == (others is None)
        if arrays is not None:
            assert arrays.rows == others.rows
            np.testing.assert_equal(arrays.kept, others.kept)
            for name, values in taken(arrays).items():
                np.testing.assert_array_equal(values, taken(others)[name], err_msg=name)


@pytest.mark.parametrize(
    ("suffix", "split"),
    [
        ("csv", "{validation: 0.2, test: 0.1}"),
        ("tsv", "{test: 0.2, stratify: kind}"),
        ("parquet", "{validation: 0.2, group: day}"),
        ("parquet", "{validation: 0.3, time: day}"),
        ("jsonl", "{column: part, values: {test: [p1]}}"),
        ("csv", "{fold: 2/3}"),
        ("arrow", "{validation: 0.2}"),
        ("json", "{validation: 0.2}"),
        ("csv.gz", "{validation: 0.2}"),
        ("txt", "{validation: 0.2}"),
    ],
)
def test_pieces_give_what_the_whole_gives(
    suffix: str, split: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory_budget, "_LEAST", 3000)
    WRITE[suffix](frame(ROWS, 0), tmp_path / f"table.{suffix}")
    whole, found = table(tmp_path, suffix, split).load()
    assert whole, found
    parted, found = table(tmp_path, suffix, split, "1KB").load()
    assert parted, found
    again, _ = table(tmp_path, suffix, split, "1KB").load()
    assert whole is not None
    assert parted is not None
    assert again is not None
    assert isinstance(parted.train.inputs["numbers"], LazyArray)
    assert_equal(whole, parted)
    assert_equal(whole, again)
    labels = frame(ROWS, 0)["label"].to_numpy() == "yes"
    assert whole.train.kept is not None
    np.testing.assert_array_equal(taken(whole.train)["y"][:, 0], labels[whole.train.kept])


@given(st.integers(100, 4000), st.integers(0, 5))
@settings(max_examples=4)
def test_any_size_of_pieces(size: int, seed: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(memory_budget, "_LEAST", size)
        with TemporaryDirectory() as folder:
            patch.setenv("MODELSPEC_CACHE", os.path.join(folder, "cache"))
            WRITE["csv"](frame(40, seed), Path(folder, "table.csv"))
            whole, _ = table(Path(folder), "csv").load()
            parted, _ = table(Path(folder), "csv", memory="1KB").load()
            assert whole is not None
            assert parted is not None
            assert_equal(whole, parted)


@pytest.mark.parametrize("order", ["C", "F"])
def test_arrays_of_an_npz_file(order: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_budget, "_LEAST", 3000)
    draw = np.random.default_rng(0)
    arrays = {
        "x": np.asarray(draw.normal(1e5, 1, (300, 4, 3)), np.float32, order=order),
        "kind": draw.choice(["u", "v"], 300),
        "y": draw.integers(0, 2, 300).astype(float),
    }
    np.savez_compressed(tmp_path / "table.npz", **arrays)
    section = """
    file: table.npz
    {}
    split: {{validation: 0.2}}
    features:
      x: {{normalize: standard}}
      kind: {{type: category}}
      y: {{type: category}}
    """
    shapes, outputs = {"x": [4, 3], "kind": [2]}, {"y": ([1], "binary_crossentropy")}
    whole = world(tmp_path, section.format(""), shapes, outputs).splits()
    parted = world(tmp_path, section.format("memory: 1KB"), shapes, outputs).splits()
    assert isinstance(parted.train.inputs["x"], LazyArray)
    assert_equal(whole, parted)


@pytest.mark.parametrize("suffix", WRITE)
@pytest.mark.parametrize(
    ("column", "value"), [("b", None), ("a", float("inf")), ("kind", "k9"), ("day", "yesterday")]
)
def test_a_wrong_row_far_down_is_named(
    suffix: str, column: str, value: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory_budget, "_LEAST", 3000)
    rows = frame(ROWS, 0).with_columns(words=pl.lit("a\nb"), a=pl.col("a").fill_null(0.5))
    bad = pl.Series(column, [value], rows[column].dtype)
    rows = rows.with_columns(
        pl.concat([rows[column].head(350), bad, rows[column].tail(ROWS - 351)]).alias(column)
    )
    WRITE[suffix](rows, tmp_path / f"table.{suffix}")
    split = "{column: part, values: {test: [p1]}}"
    section = SECTION.replace(", missing: drop", "").replace(", missing: mean", "")
    monkeypatch.setattr("tests.data.out_of_core.test_convert.SECTION", section)
    whole, found = table(tmp_path, suffix, split).load()
    parted, others = table(tmp_path, suffix, split, "1KB").load()
    if column == "kind":  # a class of one row more
        assert whole is None
    assert (whole is None) == (parted is None)
    wrong, wrongs = ([d for d in each if d.code != "MS810"] for each in (found, others))
    assert wrong
    assert [(d.code, d.message, d.related) for d in wrong] == [
        (d.code, d.message, d.related) for d in wrongs
    ]


def test_what_was_converted_is_found_again(tmp_path: Path, own_cache: Path) -> None:
    rows = frame(ROWS, 0)
    WRITE["csv"](rows, tmp_path / "table.csv")
    first, _ = table(tmp_path, "csv", memory="1KB").load()
    times = {file: file.stat().st_mtime_ns for file in own_cache.glob("*/*.npy")}
    assert times
    table(tmp_path, "csv", memory="1KB").load()
    assert times == {file: file.stat().st_mtime_ns for file in own_cache.glob("*/*.npy")}
    WRITE["csv"](rows.tail(ROWS - 50), tmp_path / "table.csv")
    second, _ = table(tmp_path, "csv", memory="1KB").load()
    assert first is not None
    assert second is not None
    assert first.train.rows != second.train.rows
    assert not list(own_cache.glob(".unfinished*"))
    assert cache.size() > 0
    assert cache.clear() > 0
    assert cache.size() == 0


@pytest.mark.parametrize("damage", ["flip", "cut", "remove", "garble"])
def test_a_damaged_cache_is_made_again(damage: str, tmp_path: Path, own_cache: Path) -> None:
    WRITE["csv"](frame(ROWS, 0), tmp_path / "table.csv")
    first, _ = table(tmp_path, "csv", memory="1KB").load()
    file = max(own_cache.glob("*/*.npy"), key=lambda each: each.stat().st_size)
    file = next(own_cache.glob("*/manifest.json")) if damage == "garble" else file
    content = bytearray(file.read_bytes())
    content[-20] ^= 1
    file.unlink()
    if damage != "remove":
        file.write_bytes(content[: -1 if damage == "cut" else None])
    again, found = table(tmp_path, "csv", memory="1KB").load()
    assert again is not None, found
    assert first is not None
    whole, _ = table(tmp_path, "csv").load()
    assert whole is not None
    assert_equal(whole, again)


def test_two_processes_convert_once(tmp_path: Path, own_cache: Path) -> None:
    WRITE["csv"](frame(ROWS, 0), tmp_path / "table.csv")
    with ThreadPoolExecutor(2) as pool:  # locks are held by what opened them, not by processes
        loads = [pool.submit(table(tmp_path, "csv", memory="1KB").load) for _ in range(2)]
        one, other = (load.result()[0] for load in loads)
    assert one is not None
    assert other is not None
    assert_equal(one, other)
    assert len(list(own_cache.glob("*/manifest.json"))) == 1


def test_a_full_disk_is_a_finding(
    tmp_path: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    WRITE["csv"](frame(ROWS, 0), tmp_path / "table.csv")
    monkeypatch.setattr("modelspec.data.out_of_core.npy_writer.NpyWriter.append", full)
    splits, found = table(tmp_path, "csv", memory="1KB").load()
    assert splits is None
    assert "No space left on device" in found[-1].message
    assert "MODELSPEC_CACHE" in found[-1].help
    assert not [each for each in own_cache.iterdir() if each.is_dir() and each.name != "sources"]


def test_a_class_of_no_training_row_is_reported_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory_budget, "_LEAST", 3000)
    (tmp_path / "table.csv").write_text("kind,y\n" + "u,0\nv,1\n" * 3000 + "w,1\n")
    section = """
    file: table.csv
    memory: 1KB
    split: {column: kind, values: {test: [w]}}
    features: {kind: {type: category}, y: {}}
    """
    found = world(tmp_path, section, {"kind": [2]}, {"y": ([1], "binary_crossentropy")}).finding()
    assert "line 6002" in found.message


@pytest.mark.parametrize(("memory_bound", "parted"), [("1KB", True), ("1GB", False), (None, False)])
def test_what_fits_into_memory_stays_there(
    memory_bound: str | None, parted: bool, tmp_path: Path, own_cache: Path
) -> None:
    WRITE["csv"](frame(ROWS, 0), tmp_path / "table.csv")
    splits, _ = table(tmp_path, "csv", memory=memory_bound or "").load()
    assert splits is not None
    assert splits.out_of_core == parted
    assert own_cache.exists() == parted
