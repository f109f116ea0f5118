"""`report.html` of real runs."""

from __future__ import annotations

import csv
from dataclasses import replace
from signal import SIGINT
from typing import TYPE_CHECKING

import numpy as np
import pytest

from modelspec.data.out_of_core import memory_budget
from modelspec.diagnostics import Report, SpecError
from modelspec.report.curves import charts
from modelspec.report.numbers import short
from modelspec.runner.inference.trained_model import TrainedModel, load_splits
from modelspec.runner.reporting import raw_cells
from modelspec.runner.reporting.report import is_other_data, report_training, write_report
from modelspec.runner.run.compare import history_of
from tests.report.pages import parsed, part, texts
from tests.runner.worlds import prepared, run, write_flowers, write_spec

if TYPE_CHECKING:
    from pathlib import Path
    from xml.etree.ElementTree import Element

    from modelspec.data import Splits
    from modelspec.runner.run.result import RunResult


def report_of(spec: Path, done: RunResult, *overrides: str) -> Element:
    path = report_training(prepared(spec, *overrides), done, "cpu")
    assert path
    assert path == (done.folder or spec) / "report.html"
    return parsed(path.read_text("utf-8"))


def anew(folder: Path) -> tuple[Element, Splits]:
    trained = TrainedModel.from_run(folder)
    splits = load_splits(trained, Report())
    assert splits
    return parsed(write_report(trained, splits, device="cpu").read_text("utf-8")), splits


def test_the_numbers_are_those_of_the_history(tmp_path: Path) -> None:
    spec = write_flowers(tmp_path)
    done = run(spec)
    found = report_of(spec, done)
    assert done.folder
    with open(done.folder / "history.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    hints = {each for each in texts(found, "title") if each.startswith("epoch")}
    assert hints == {
        f"epoch {row['epoch']}\ntrain {row[name]}\nvalidation {row[f'val_{name}']}"
        for row in rows
        for name in ("loss", "accuracy")
    }
    best = min(rows, key=lambda row: float(row["val_loss"]))
    cells = [each.get("title") for each in found.iter("td")]
    for name in ("loss", "val_loss", "accuracy", "val_accuracy"):
        assert best[name] in cells
    assert history_of(done.folder) == done.history
    assert texts(part(charts(done.history, None)), "b") == ["loss", "accuracy"]


def test_what_a_run_is_made_of_is_all_there(tmp_path: Path) -> None:
    spec = write_flowers(tmp_path)
    found = report_of(spec, run(spec, "train.epochs=1"))
    text = "".join(found.itertext())
    assert "67 parameters · 70 train rows · 20 validation rows · 10 test rows" in text
    assert "Predictions of the best weights on the 10 test rows:" in text
    assert "units: 8, activation: tanh" in texts(found, "pre")[0]
    assert {"torch", "numpy", "platform"} <= set(texts(found, "dt"))
    assert [each.text for each in found.iter("h4")][-2:] == ["petals", "species"]


def test_a_report_written_anew_is_the_same(tmp_path: Path) -> None:
    spec = write_flowers(tmp_path)
    done = run(spec)
    first = report_of(spec, done)
    assert done.folder
    again, splits = anew(done.folder)
    assert "".join(again.itertext()) == "".join(first.itertext())
    trained = TrainedModel.from_run(done.folder)
    assert not is_other_data(trained, splits)
    assert is_other_data(trained, replace(splits, test=None))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"interrupted": SIGINT}, "interrupted after 2 epochs"),
        ({"out_of_time": True}, "out of time after 2 epochs"),
        ({"stopped": "`loss` rose"}, "stopped early after 2 epochs: loss rose"),
        ({}, "· 2 epochs ·"),
    ],
)
def test_how_a_run_ended(tmp_path: Path, change: dict[str, object], said: str) -> None:
    spec = write_flowers(tmp_path)
    done = run(spec, "train.epochs=2")
    found = report_of(spec, replace(done, **change))  # type: ignore[arg-type]
    assert said in texts(found, "header")[0]


def test_a_run_that_goes_on_has_its_report_rewritten(tmp_path: Path) -> None:
    spec = write_flowers(tmp_path)
    done = run(spec, "train.epochs=1")
    report_of(spec, done)
    more = run(spec, resume=done.folder)
    assert more.folder == done.folder
    found = report_of(spec, more)
    assert "3 epochs" in texts(found, "header")[0]
    assert len([each for each in texts(found, "title") if each.startswith("epoch")]) == 6


def test_the_best_epoch_is_that_of_the_checkpoint(tmp_path: Path) -> None:
    callbacks = "[{type: checkpoint, monitor: accuracy, mode: min}]"
    spec = write_flowers(tmp_path, callbacks)
    done = run(spec)
    worst = min(done.history, key=lambda row: row["accuracy"])
    header = texts(report_of(spec, done), "header")[0]
    assert f"best epoch {worst['epoch']:g}, by accuracy" in header


@pytest.mark.parametrize(
    ("without", "asked"),
    [
        (["data.split.test=0"], "the 20 validation rows"),
        (["data.split.validation=0", "data.split.test=0"], "the 100 training rows"),
        (["data.split.test=0.01"], "the 1 test row"),
    ],
)
def test_without_test_rows_others_are_asked(tmp_path: Path, without: list[str], asked: str) -> None:
    spec = write_flowers(tmp_path)
    found = report_of(spec, run(spec, *without), *without)
    assert f"on {asked}:" in "".join(found.itertext())


def test_only_one_process_of_a_team_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = write_flowers(tmp_path)
    done = run(spec, "train.epochs=1")
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setenv("RANK", "1")
    assert report_training(prepared(spec), done) is None
    assert done.folder
    assert not (done.folder / "report.html").exists()
    monkeypatch.setenv("RANK", "0")
    assert report_training(prepared(spec), done) == done.folder / "report.html"
    assert report_training(prepared(spec), replace(done, folder=None)) is None


def test_damaged_weights_are_an_error_and_leave_the_report_as_it_was(tmp_path: Path) -> None:
    spec = write_flowers(tmp_path)
    done = run(spec, "train.epochs=1")
    report_of(spec, done)
    assert done.folder
    before = (done.folder / "report.html").read_bytes()
    (done.folder / "best.safetensors").write_bytes(b"nothing")
    with pytest.raises(SpecError) as caught:
        report_training(prepared(spec), done)
    assert caught.value.diagnostics[0].code == "MS807"
    assert (done.folder / "report.html").read_bytes() == before


def test_a_run_in_other_separators_is_read(tmp_path: Path) -> None:
    spec = write_flowers(tmp_path, "[{type: csv_logger, separator: ';'}]")
    done = run(spec, "train.epochs=2")
    assert done.folder
    assert history_of(done.folder) == done.history
    assert np.isfinite([row["loss"] for row in done.history]).all()


@pytest.mark.parametrize("memory", ["", "memory: 1KB"])
def test_the_worst_rows_are_told_with_their_lines_and_cells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, memory: str
) -> None:
    monkeypatch.setenv("MODELSPEC_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(memory_budget, "_LEAST", 500)
    names = ["nobody", *(f"house {n}" for n in range(60))]
    lines = [f"{n % 7},{'' if n == 3 else names[n]},{n % 7 * 2}" for n in range(60)]
    (tmp_path / "houses.csv").write_text("\n".join(["rooms,name,price", *lines]) + "\n")
    spec = write_spec(
        tmp_path,
        f"""\
        name: houses
        inputs: {{rooms: [1], name: {{shape: [1], dtype: int64}}}}
        layers:
          embed: {{type: Embedding, input_dim: 80, output_dim: 2}}
          flat: Flatten
          both: Concatenate
          price: {{type: Dense, units: 1}}
        edges: [name -> embed -> flat, "rooms, flat -> both -> price"]
        outputs: {{price: mse}}
        data:
          file: houses.csv
          {memory}
          split: {{test: 0.5}}
          features: {{name: {{type: text, length: 1, vocabulary: 80, missing: drop}}}}
        train: {{epochs: 1}}
        """,
    )
    done = run(spec)
    found = report_of(spec, done)
    (table,) = [each for each in found.iter("table") if "worst" in (each.get("class") or "")]
    head, *rows = [["".join(cell.itertext()) for cell in row] for row in table.iter("tr")]
    assert head == ["", "true", "predicted", "error", "rooms", "name"]
    assert len(rows) == 10
    for where, true, _, _, rooms, name in rows:
        number = int(where.removeprefix("line ")) - 2
        assert (rooms, name) == (str(number % 7), names[number])
        assert true == short(float(number % 7 * 2))
    errors = [abs(float(row[3])) for row in rows]
    assert errors == sorted(errors, reverse=True)


def test_a_file_that_is_too_large_is_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = write_flowers(tmp_path)
    done = run(spec, "train.epochs=1")
    monkeypatch.setattr(raw_cells, "MOST_BYTES", 10)
    found = report_of(spec, done)
    text = "".join(found.itertext())
    assert "too large to be read again for what its columns hold" in text
    assert any(each.startswith("test row ") for each in texts(found, "th"))
