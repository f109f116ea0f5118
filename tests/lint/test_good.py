"""Realistic specs have no findings at all, infos included."""

from pathlib import Path

import pytest

from modelspec.diagnostics import CODES
from modelspec.lint import examine

HERE = Path(__file__).parent
GOOD = sorted(
    [*HERE.joinpath("good").glob("*.yaml"), *HERE.parents[1].joinpath("specs").glob("*.yaml")]
)


@pytest.mark.parametrize("file", GOOD, ids=lambda file: file.stem)
def test_good_spec(file: Path) -> None:
    examined = examine(str(file), select=tuple(CODES))
    assert [f"{found.span} {found.code} {found.message}" for found in examined.report] == []
    assert examined.graph is not None


def test_there_are_some() -> None:
    assert len(GOOD) >= 14
