"""scikit-learn's own checks of estimators pass, but for those that are named here, and why."""

from pathlib import Path
from typing import Any

import pytest
from sklearn.exceptions import SkipTestWarning
from sklearn.utils.estimator_checks import check_estimator

from modelspec.sklearn import SpecClassifier, SpecRegressor

EXPECTED = {
    "check_do_not_raise_errors_in_init_or_set_params": (
        "it gives the constructor an argument called `paths`, which is no path of a spec; a name "
        "that is neither an argument nor a path is refused at once, as a misspelt argument is"
    ),
    "check_sample_weight_equivalence_on_dense_data": (
        "a row of weight 2 stands once in an epoch, and two equal rows stand in two places of it: "
        "batches differ, and so do the steps that are taken"
    ),
}
PAGE = Path(__file__).parents[2] / "docs" / "python.md"


@pytest.mark.parametrize("kind", [SpecClassifier, SpecRegressor])
@pytest.mark.filterwarnings(f"ignore::{SkipTestWarning.__module__}.SkipTestWarning")
def test_the_checks_pass(kind: type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    came: dict[str, tuple[str, Any]] = {}

    def note(*, check_name: str, status: str, exception: Any, **_: Any) -> None:
        if came.get(check_name, ("passed",))[0] != "failed":
            came[check_name] = (status, exception)

    check_estimator(
        kind(**{"train.epochs": 8, "params.units": 32}),
        expected_failed_checks=EXPECTED,
        on_fail=None,
        on_skip=None,
        callback=note,
    )
    assert len(came) > 50
    assert {name: told for name, told in came.items() if told[0] == "failed"} == {}
    assert {name for name, (status, _) in came.items() if status == "xfail"} == EXPECTED.keys()
    assert {name for name, (status, _) in came.items() if status == "skipped"} <= {
        "check_array_api_input"
    }
    assert not list(tmp_path.iterdir())


def test_the_page_names_what_fails() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for name in EXPECTED:
        assert f"`{name}`" in page
