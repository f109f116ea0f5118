"""The specs that `benchmarks/tables.py` trains beside others."""

from pathlib import Path

import pytest

import modelspec

SPECS = sorted(Path("benchmarks/tables").glob("*.yaml"))


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_they_lint_clean(path: Path) -> None:
    assert not modelspec.check(str(path))


def test_there_are_at_least_seven() -> None:
    assert len(SPECS) >= 7
