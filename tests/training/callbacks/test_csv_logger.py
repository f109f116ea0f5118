from pathlib import Path

from modelspec.training.callbacks.csv_logger import CSVLogger
from tests.training.callbacks.fake_run import FakeRun


def test_one_row_an_epoch(tmp_path: Path) -> None:
    run, callback = FakeRun(tmp_path), CSVLogger()
    callback.on_train_begin(run)
    run.follow(callback, loss=[1.5, 0.1], val_loss=[2.0, 1e-7])
    assert (tmp_path / "history.csv").read_text().splitlines() == [
        "epoch,loss,val_loss",
        "1,1.5,2.0",
        "2,0.1,1e-07",
    ]


def test_a_resume_leaves_no_epoch_twice(tmp_path: Path) -> None:
    run, callback = FakeRun(tmp_path), CSVLogger(filename="log.tsv", separator="\t")
    callback.on_train_begin(run)
    run.follow(callback, loss=[3.0, 2.0, 1.0])
    del run.history[1:]
    run.epoch = 2
    callback.on_train_begin(run)
    run.follow(callback, loss=[2.0])
    assert (tmp_path / "log.tsv").read_text().splitlines() == ["epoch\tloss", "1\t3.0", "2\t2.0"]


def test_a_run_without_a_directory_writes_nothing() -> None:
    run, callback = FakeRun(), CSVLogger()
    callback.on_train_begin(run)
    run.follow(callback, loss=[3.0])
