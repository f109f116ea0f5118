"""`report.html` of a study, and what it says of the paths' importance."""

from pathlib import Path
from random import Random

import pytest

from modelspec.diagnostics import extras
from modelspec.tuning.record import trial_folder
from modelspec.tuning.results import importance as importance_module
from modelspec.tuning.results.importance import importance, importance_told
from modelspec.tuning.results.report import write_report
from modelspec.tuning.results.study_results import StudyResults, read_results
from modelspec.tuning.results.table import write_table
from tests.report.pages import parsed, texts
from tests.tuning.studies import SPEC, make_study, mixed, trial


def test_the_page_holds_what_the_directory_says(tmp_path: Path) -> None:
    folder = mixed(tmp_path / "digits" / "2026")
    (trial_folder(folder, 4) / "report.html").write_text("")
    results = read_results(folder)
    write_table(results)
    text = write_report(results).read_text(encoding="utf-8")
    found = parsed(text)
    bold = texts(found, "b")
    assert "0.965 ± 0.0071" in bold
    assert "0.955" in bold
    links = [each.get("href") for each in found.iter("a")]
    assert {"trials/0004/report.html", "trials/0002", "confirm/0002-1", "trials.csv"} < set(links)
    assert "best.yaml" not in links
    told = " ".join(texts(found, "p"))
    assert "7 trials: 4 complete, 1 pruned, 1 failed, 1 running" in told
    assert "3 proposals were not started" in told
    pre = "".join(texts(found, "pre"))
    assert pre.startswith("tune:")
    assert pre.endswith("trials: 12\n")


def test_hostile_paths_and_reasons_are_text(tmp_path: Path) -> None:
    bad = '<script>alert("x")</script>'
    trials = [trial(n, n / 10, values={bad: bad}, why=bad, status="complete") for n in range(1, 4)]
    trials.append(trial(4, status="failed", why=bad))
    folder = make_study(tmp_path / "s", trials, spec=bad, name=bad, overrides=[f"a={bad}"])
    text = write_report(read_results(folder)).read_text(encoding="utf-8")
    assert "<script" not in text
    assert bad in texts(parsed(text), "span")


def _results(tmp_path: Path, count: int, pruned: int = 0, **changes: object) -> StudyResults:
    """Trials whose value hangs on the learning rate alone."""
    random = Random(0)
    trials = []
    for number in range(1, count + 1):
        rate = 10 ** random.uniform(-4, -2)
        values = {"params.filters": random.randint(16, 128), "train.learning_rate": rate}
        value = -abs(rate - 1e-3)
        status = "pruned" if number <= pruned else "complete"
        trials.append(trial(number, value, values=values, status=status, **changes))
    return read_results(make_study(tmp_path / "s", trials))


def test_what_decides_is_important(tmp_path: Path) -> None:
    results = _results(tmp_path, 60, 10)
    found = importance(results)
    assert isinstance(found, dict)
    assert sum(found.values()) == pytest.approx(1)
    assert list(found) == [each.path for each in results.columns]
    assert found["train.learning_rate"] > 0.7
    assert found["layers.conv.type"] == 0
    assert "the 6 best trials" in importance_told(results)
    assert "10 pruned ones" in importance_told(results)


def test_less_is_better_too(tmp_path: Path) -> None:
    results = _results(tmp_path, 60)
    results.study.higher = [False]
    turned = importance(results)
    assert isinstance(turned, dict)
    assert turned["train.learning_rate"] > 0.5


def test_of_several_objectives_it_is_for_the_front(tmp_path: Path) -> None:
    results = _results(tmp_path, 40)
    results.study.objective, results.study.higher = ["val_accuracy", "parameters"], [True, False]
    for each in results.trials:
        each.objectives["parameters"] = each.parameters
    assert isinstance(importance(results), dict)
    assert "nearest to the front" in importance_told(results)


@pytest.mark.parametrize(
    ("count", "pruned", "why"),
    [(9, 0, "there are 9"), (20, 16, "of which 4 did"), (0, 0, "there are 0")],
)
def test_few_trials_say_nothing(tmp_path: Path, count: int, pruned: int, why: str) -> None:
    found = importance(_results(tmp_path, count, pruned))
    assert isinstance(found, str)
    assert why in found


def test_equal_trials_say_nothing(tmp_path: Path) -> None:
    folder = make_study(tmp_path / "s", [trial(n, 0.5) for n in range(1, 20)])
    assert importance(read_results(folder)) == "all trials came to the same"


def test_without_optuna_the_page_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = _results(tmp_path, 20)
    monkeypatch.setattr(importance_module, "is_missing", lambda package: package == "optuna")
    assert importance(results) == extras.missing("optuna", "importance")
    assert "which is not installed" in write_report(results).read_text(encoding="utf-8")


def test_a_spec_in_braces_is_shown_whole(tmp_path: Path) -> None:
    spec = "{tune: {search: {params.filters: {int: [1, 8]}}}}\n"
    results = read_results(make_study(tmp_path / "s", [], spec=spec))
    found = parsed(write_report(results).read_text(encoding="utf-8"))
    assert "".join(texts(found, "pre")) == spec
    assert [each.path for each in results.columns] == ["params.filters"]


def test_only_the_section_is_shown(tmp_path: Path) -> None:
    spec = SPEC + "# the end\n\ntrain_more: 1\n"
    folder = make_study(tmp_path / "s", [], spec=spec)
    found = parsed(write_report(read_results(folder)).read_text(encoding="utf-8"))
    assert "".join(texts(found, "pre")).endswith("trials: 12\n")
