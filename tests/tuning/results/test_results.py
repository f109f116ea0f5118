"""What is read of a study directory."""

from pathlib import Path

import pytest

from modelspec.diagnostics import SpecError
from modelspec.report.study import Column
from modelspec.tuning.record import confirm_folder, trial_folder
from modelspec.tuning.results.study_results import read_results
from tests.tuning.studies import SPEC, make_study, mixed, trial


def test_a_study_is_read_whole(tmp_path: Path) -> None:
    found = read_results(mixed(tmp_path / "s"))
    assert [each.number for each in found.ordered] == [4, 2, 6, 1]
    assert found.counts() == {"running": 1, "complete": 4, "pruned": 1, "failed": 1}
    assert found.rejections() == {
        "over the limit of parameters": 2,
        "MS502: `conv` has nothing left to slide on": 1,
    }
    assert found.seconds == 1.5 * 28
    assert [row["epoch"] for row in found.history(4)] == [1, 2, 3]
    assert found.history(5) == []


def test_the_best_is_what_the_repeats_say_and_the_run_is_the_tested_one(tmp_path: Path) -> None:
    found = read_results(mixed(tmp_path / "s"))
    assert found.best
    assert found.best.number == 2
    assert found.best_run == confirm_folder(found.folder, 2, 1)
    assert found.test == {"test_accuracy": 0.955, "test_loss": 0.25}


def test_without_repeats_it_is_the_best_trial_and_without_trials_none(tmp_path: Path) -> None:
    found = read_results(make_study(tmp_path / "s", [trial(1, 0.5), trial(2, 0.75)]))
    assert found.best_run == trial_folder(found.folder, 2)
    assert found.test == {}
    empty = read_results(make_study(tmp_path / "e", []))
    assert (empty.best, empty.best_run, empty.front, empty.confirmed) == (None, None, [], [])
    assert [each.path for each in empty.columns] == [
        "params.filters",
        "train.learning_rate",
        "train.optimizer",
        "layers.conv.type",
        "params.depth",
    ]


def test_columns_are_those_of_the_spec_that_was_kept(tmp_path: Path) -> None:
    found = read_results(mixed(tmp_path / "s"))
    assert found.columns == [
        Column("params.filters", low=16, high=128, log=True, whole=True),
        Column("train.learning_rate", low=1e-4, high=1e-2, log=True),
        Column("train.optimizer", ("adam", "{type: sgd, momentum: 0.9}")),
        Column("layers.conv.type", ("Conv2D", "SeparableConv2D")),
        Column("params.depth", low=1, high=4, whole=True),
    ]


def test_columns_hold_what_a_resumed_study_has_added(tmp_path: Path) -> None:
    trials = [trial(1, 0.5, values={"a": 1, "train.optimizer": "lion", "params.filters": 4})]
    found = read_results(make_study(tmp_path / "s", trials))
    by_path = {each.path: each for each in found.columns}
    assert by_path["train.optimizer"].choices[-1] == "lion"
    assert by_path["params.filters"].low == 4
    assert by_path["a"] == Column("a", low=1, high=1, whole=True)


def test_without_the_spec_columns_are_what_the_trials_have(tmp_path: Path) -> None:
    folder = make_study(tmp_path / "s", [trial(1, 0.5), trial(3, 0.5)], spec="[")
    found = read_results(folder)
    assert found.space is None
    assert found.columns[1:3] == [
        Column(
            "train.learning_rate",
            low=min(each.values["train.learning_rate"] for each in found.trials),
            high=max(each.values["train.learning_rate"] for each in found.trials),
        ),
        Column("train.optimizer", ("adam", "{type: sgd, momentum: 0.9}")),
    ]


def test_a_choice_in_one_place_and_a_range_in_another_are_choices(tmp_path: Path) -> None:
    spec = SPEC.replace("Conv2D: {}", "Conv2D: {params.depth: [9, auto]}")
    trials = [trial(n, 0.5, values={"params.depth": v}) for n, v in ((1, 3), (2, 1), (3, 9))]
    found = read_results(make_study(tmp_path / "s", trials, spec=spec))
    assert found.columns[-1] == Column("params.depth", ("9", "auto", "1", "3"))


def test_overrides_of_the_search_hold(tmp_path: Path) -> None:
    overrides = ["tune.search={params.filters: {int: [1, 8]}}"]
    found = read_results(make_study(tmp_path / "s", [], overrides=overrides))
    assert found.columns == [Column("params.filters", low=1, high=8, whole=True)]


def test_what_no_study_wrote_is_refused(tmp_path: Path) -> None:
    folder = mixed(tmp_path / "s")
    (trial_folder(folder, 3) / "trial.json").write_text('{"version": 1, "number": 3}')
    with pytest.raises(SpecError, match="it is not what a study wrote"):
        read_results(folder)
